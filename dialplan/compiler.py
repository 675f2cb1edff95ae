"""Compiles a tenant's definition into native dialplan.

A caller goes: ``public`` → entry → hours → greeting → menu → menu-<digit> → queue-<id>, where the
controller takes over. Every way ends with an announcement, never in silence. Nothing that a caller
controls is ever part of an argument, and from the first extension on FreeSWITCH expands no variables
in arguments any more (``app_disable_expand_variables``), also not in those that the controller sends.

A round of the menu is an extension of its own (menu, menu_2 …): FreeSWITCH evaluates conditions before
it executes anything, so each question is answered by a transfer to the extension that looks at the key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.core.business_hours import zone
from app.core.definitions import MenuEntry, QueueConfig, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.fallback import ring_agents
from dialplan.hours import holiday_conditions, hour_conditions
from dialplan.model import Action, Compiled, Condition, Context, Extension, context_name, named
from dialplan.model import set_variable as _set

GUARD_SECONDS = 5
"""A queued call that no controller has adopted by then is served by its fallback."""

MUSIC_AFTER_SECONDS = 2
"""A caller whom nobody has adopted by then hears music. FreeSWITCH counts whole seconds of the clock (this comes
1 to 2 s later) and plays it under a lock that nothing else gets through: a controller that is there comes first."""

MEDIA_TIMEOUT_MS = 300_000
HOLD_TIMEOUT_MS = 1_800_000

EARLY_KEY = "playback_terminator_used"
"""FreeSWITCH's channel variable with the key that ended an announcement."""

ALL_KEYS = "0123456789*#"

KEY = "sangdam_key"
"""Channel variable with the key that the caller pressed last."""

ANY_KEY = "^[0-9*#]$"
DIGITS = "123456789"

# What is said when a tenant has no prompt of its own for a step.
INSTEAD = {
    "no_digit": "unavailable",
    "wrong_digit": "no_digit",
    "lines_full": "unavailable",
    "holiday": "after_hours",
    "forced_end": "unavailable",
}

_PATH = re.compile(r"/(?!/)[A-Za-z0-9._+/-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_DID = re.compile(r"[0-9]{4,15}")
_STREAM = re.compile(r"local_stream://[A-Za-z0-9._-]+")


def compile_tenant(
    config: TenantConfig, sip_domain: str = "sangdam.local", recordings_dir: str = ""
) -> Compiled:
    """The tenant's dialplan. Pure. Raises InvalidDefinition, naming field and value.

    ``recordings_dir`` is where talks are recorded that the fallback connects without a controller; empty:
    those are not recorded.
    """
    return _Compiler(config, sip_domain, recordings_dir).compile()


def did_expression(did: str) -> str:
    """Matches the number as carriers write it: national, international with and without +, bare."""
    if not _DID.fullmatch(did):
        raise InvalidDefinition(f"{did!r} is not a public number", field="dids", value=did)
    # (?!\n)$ because PCRE's $ also matches before a line feed at the end.
    if did.startswith("0"):
        return rf"^(?:\+?820?|0)?{did[1:]}(?!\n)$"
    return rf"^(?:\+?82)?{did}(?!\n)$"


def mark(step: str, detail: str = "") -> Action:
    """An event that tells the controller where the caller is."""
    data = f"Event-Name=CUSTOM,Event-Subclass=sangdam::ars,sangdam_step={step},sangdam_detail={detail}"
    return Action("event", data)


class _Compiler:
    def __init__(self, config: TenantConfig, sip_domain: str, recordings_dir: str) -> None:
        self.config = config
        if recordings_dir and not _PATH.fullmatch(recordings_dir):
            raise InvalidDefinition("not a plain absolute path", field="recordings_dir", value=recordings_dir)
        self.recordings_dir = recordings_dir
        self.ars = config.ars
        self.name = context_name(config.tenant_id)
        if not _DOMAIN.fullmatch(sip_domain):
            raise InvalidDefinition("not a domain", field="sip_domain", value=sip_domain)
        self.sip_domain = sip_domain
        if not _STREAM.fullmatch(config.music):
            raise InvalidDefinition("music is a local stream", field="music", value=config.music)
        self.played: dict[str, None] = {}

    def compile(self) -> Compiled:
        config = self.config
        zone(config.timezone)
        self._check_menu()
        entries = tuple(self._entry(did) for did in config.dids)
        if config.under_contract:
            extensions = [self._limit(), self._hours(), *self._greeting_and_menu()]
            for queue_id in self._queue_ids():
                extensions += self._queue(config.queues[queue_id])
            extensions += self._endings()
        else:
            extensions = [
                named("entry", [Action("answer"), self._go("unavailable")]),
                self._ending("unavailable", "unavailable"),
            ]
        return Compiled(
            config.tenant_id,
            config.version,
            config.timezone,
            entries,
            Context(self.name, tuple(extensions)),
            tuple(self.played),
        )

    # -- checks ---------------------------------------------------------------------------------

    def _check_menu(self) -> None:
        seen: set[str] = set()
        for entry in self.ars.menu:
            if entry.digit not in DIGITS or len(entry.digit) != 1:
                raise InvalidDefinition("a menu's digits are 1 to 9", field="menu.digit", value=entry.digit)
            if entry.digit in seen:
                raise InvalidDefinition("the digit stands twice", field="menu.digit", value=entry.digit)
            seen.add(entry.digit)
            if entry.queue_id is None and not entry.announcement:
                raise InvalidDefinition(
                    "an entry leads to agents or plays an announcement", field="menu.entry", value=entry.digit
                )
            if entry.queue_id is not None and entry.queue_id not in self.config.queues:
                raise InvalidDefinition("no such queue", field="menu.queue_id", value=entry.queue_id)
        if not 1 <= self.ars.menu_tries <= 9:
            raise InvalidDefinition("1 to 9 tries", field="menu_tries", value=self.ars.menu_tries)
        if not 1 <= self.ars.menu_timeout_seconds <= 30:
            raise InvalidDefinition(
                "1 to 30 seconds", field="menu_timeout_seconds", value=self.ars.menu_timeout_seconds
            )

    def _queue_ids(self) -> list[int]:
        """All queues, also those without a menu entry: the controller transfers calls to them."""
        return sorted(self.config.queues)

    # -- pieces ---------------------------------------------------------------------------------

    def _go(self, extension: str) -> Action:
        return Action("transfer", f"{extension} XML {self.name}")

    def _prompt(self, name: str) -> str:
        """The sound file of a prompt, or of the one that stands in for it."""
        wanted: str | None = name
        while wanted is not None:
            path = self.ars.prompts.get(wanted)
            if path:
                break
            wanted = INSTEAD.get(wanted)
        else:
            raise InvalidDefinition(f"the prompt {name!r} is missing", field="prompts", value=name)
        if not _PATH.fullmatch(path) or ".." in path.split("/"):
            raise InvalidDefinition("not a plain absolute path", field=f"prompts.{name}", value=path)
        self.played[path] = None
        return path

    def _play(self, name: str) -> Action:
        return Action("playback", self._prompt(name))

    def _ask(self, path: str) -> Action:
        """Play and take one key, at any time during the prompt or in the seconds after it."""
        milliseconds = self.ars.menu_timeout_seconds * 1000
        return Action(
            "play_and_get_digits",
            f"1 1 1 {milliseconds} none {path} silence_stream://20 {KEY} {ANY_KEY} {milliseconds}",
        )

    # -- the way of a caller --------------------------------------------------------------------

    def _entry(self, did: str) -> Extension:
        config = self.config
        actions = (
            Action("export", f"sangdam_tenant={config.tenant_id}"),
            _set("sangdam_did", did),
            _set("sangdam_role", "caller"),
            Action("export", "sangdam_call=${uuid}"),
            # From here on an argument is what it says, whoever sends it.
            _set("app_disable_expand_variables", "true"),
            # X- headers of the caller's would reach the agent's phone as if they were ours.
            _set("sip_copy_custom_headers", "false"),
            _set("timezone", config.timezone),
            _set("media_timeout", str(MEDIA_TIMEOUT_MS)),
            _set("media_hold_timeout", str(HOLD_TIMEOUT_MS)),
            # A star would cut an announcement short.
            _set("playback_terminators", "none"),
            _set("sangdam_step", "did"),
            mark("did", did),
            self._go("entry"),
        )
        condition = Condition("destination_number", did_expression(did), actions=actions)
        return Extension(f"{self.name}-{did}", (condition,), config.service_name)

    def _limit(self) -> Extension:
        limit = f"hash sangdam {self.name}_in {self.config.lines_in} lines-full XML {self.name}"
        return named(
            "entry",
            [
                # Otherwise the first transfer would give the line back.
                _set("limit_ignore_transfer", "true"),
                Action("limit", limit),
                Action("answer"),
                Action("sleep", "200"),
                self._go("hours"),
            ],
            self.config.service_name,
        )

    def _hours(self) -> Extension:
        conditions = [
            Condition("destination_number", "^hours$"),
            *holiday_conditions(self.ars.holidays, (self._go("holiday"),)),
            *hour_conditions(self.ars.slots, (self._go("greeting"),)),
            Condition(actions=(self._go("after-hours"),)),
        ]
        return Extension("hours", tuple(conditions))

    def _greeting_and_menu(self) -> list[Extension]:
        menu = self.ars.menu
        begin = [_set("sangdam_step", "greeting"), mark("greeting")]
        first = [*begin, self._play("greeting")]
        if not menu:
            return [named("greeting", [*first, self._go("unavailable")])]
        if len(menu) == 1:
            (only,) = menu
            # With a single entry no menu is played.
            straight = [named("greeting", [*first, self._go(f"menu-{only.digit}")])]
            return straight + self._menu_entry(only, top="greeting")
        # Who knows the menu presses the key while the greeting still plays. Not asked for by
        # play_and_get_digits: it waits a second at least, and the caller would hear nothing.
        early = [
            _set("playback_terminators", ALL_KEYS),
            self._play("greeting"),
            _set("playback_terminators", "none"),
            self._go("early"),
        ]
        extensions = [named("greeting", [*begin, *early]), self._early(menu)]
        for turn in range(1, self.ars.menu_tries + 1):
            question = [_set("sangdam_step", "menu"), self._ask(self._prompt("menu"))]
            extensions.append(named(_turn("menu", turn), [*question, self._go(_turn("chosen", turn))]))
            answers = [(entry.digit, f"menu-{entry.digit}") for entry in menu]
            last = turn == self.ars.menu_tries
            again = "" if last else _turn("menu", turn + 1)
            extensions.append(self._answer(_turn("chosen", turn), answers, again))
        for entry in menu:
            extensions += self._menu_entry(entry, top="menu")
        return extensions

    def _early(self, menu: Sequence[MenuEntry]) -> Extension:
        """Where a key pressed during the greeting leads; any other, or none, to the menu."""
        conditions = [Condition("destination_number", "^early$")]
        for entry in menu:
            go = (self._go(f"menu-{entry.digit}"),)
            conditions.append(Condition(f"${{{EARLY_KEY}}}", f"^{entry.digit}$", None, go, "on-true"))
        return Extension("early", (*conditions, Condition(actions=(self._go("menu"),))))

    def _answer(self, name: str, answers: Sequence[tuple[str, str]], again: str) -> Extension:
        """Where each key leads; a wrong one says so and, like none at all, leads to ``again``."""
        field = f"${{{KEY}}}"
        conditions = [Condition("destination_number", f"^{name}$")]
        for key, target in answers:
            conditions.append(Condition(field, f"^{key}$", None, (self._go(target),), "on-true"))
        nothing: tuple[Action, ...] = (self._go(again or "no-digit"),)
        conditions.append(Condition(field, "^$", None, nothing, "on-true"))
        wrong = (
            (mark("wrong_digit"), self._play("invalid"), self._go(again))
            if again
            else (self._go("wrong-digit"),)
        )
        conditions.append(Condition(actions=wrong))
        return Extension(name, tuple(conditions))

    def _menu_entry(self, entry: MenuEntry, top: str) -> list[Extension]:
        name = f"menu-{entry.digit}"
        chosen = [
            _set("sangdam_menu", entry.digit),
            mark("menu", entry.digit),
        ]
        if entry.queue_id is not None:
            return [named(name, [*chosen, self._go(f"queue-{entry.queue_id}")], entry.name)]
        extensions = []
        for turn in range(1, self.ars.menu_tries + 1):
            prompt = self._prompt(f"announcement_{entry.digit}")
            actions = [
                *(chosen if turn == 1 else ()),
                _set("sangdam_step", "announcement"),
                mark("announcement", entry.digit),
                self._ask(prompt),
                self._go(_turn(f"heard-{entry.digit}", turn)),
            ]
            extensions.append(named(_turn(name, turn), actions, entry.name))
            again = "" if turn == self.ars.menu_tries else _turn(name, turn + 1)
            answers = [("1", name), ("2", top)]
            extensions.append(self._answer(_turn(f"heard-{entry.digit}", turn), answers, again))
        return extensions

    def _queue(self, queue: QueueConfig) -> list[Extension]:
        fallback = f"fallback-{queue.queue_id}"
        waiting = [
            Action("export", f"sangdam_queue={queue.queue_id}"),
            _set("sangdam_step", "queue"),
            mark("queue", str(queue.queue_id)),
            self._play("connecting"),
            Action("sched_transfer", f"+{GUARD_SECONDS} {fallback} XML {self.name}"),
            Action("sched_broadcast", f"+{MUSIC_AFTER_SECONDS} {self.config.music} aleg"),
            Action("park"),
        ]
        return [
            named(f"queue-{queue.queue_id}", waiting, queue.name),
            named(fallback, self._fallback(queue), queue.name),
        ]

    def _fallback(self, queue: QueueConfig) -> list[Action]:
        """Rings the assigned agents without any controller, then says that nobody can be reached."""
        actions = [_set("sangdam_step", "fallback"), mark("fallback", str(queue.queue_id))]
        delay = (self._play("delay"),) if self.ars.prompts.get("delay") else ()
        actions += ring_agents(self.config, queue, self.sip_domain, self.recordings_dir, between=delay)
        return [*actions, self._go("unavailable")]

    # -- endings --------------------------------------------------------------------------------

    def _endings(self) -> list[Extension]:
        return [
            self._ending("after-hours", "after_hours"),
            self._ending("holiday", "holiday"),
            self._ending("lines-full", "lines_full", before=(Action("answer"), Action("sleep", "200"))),
            self._ending("unavailable", "unavailable"),
            self._ending("no-digit", "no_digit"),
            self._ending("wrong-digit", "wrong_digit"),
            self._ending("forced-end", "forced_end"),
        ]

    def _ending(self, name: str, prompt: str, before: tuple[Action, ...] = ()) -> Extension:
        step = name.replace("-", "_")
        actions = [*before, _set("sangdam_step", step), mark(step), self._play(prompt), Action("hangup")]
        return named(name, actions)


def _turn(name: str, turn: int) -> str:
    return name if turn == 1 else f"{name}_{turn}"
