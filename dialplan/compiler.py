"""Compiles a tenant's definition into native dialplan.

A caller goes: ``public`` → entry → hours → greeting → menu → menu-<keys> → queue-<id>, where the
controller takes over. Every way ends with an announcement, never in silence. Nothing that a caller
controls is ever part of an argument, and from the first extension on FreeSWITCH expands no variables
in arguments any more (``app_disable_expand_variables``), also not in those that the controller sends.

A tree is never changed under a call that walks it: its context is named by its content, and what is
published next is another context (see ``dialplan.publish``).
"""

from __future__ import annotations

import hashlib
import re

from app.core.business_hours import zone
from app.core.definitions import QueueConfig, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.fallback import ring_agents
from dialplan.hours import holiday_conditions, hour_conditions
from dialplan.menus import check_menu, greeting_and_menu
from dialplan.model import Action, Compiled, Condition, Context, Extension, context_name, named
from dialplan.model import set_variable as _set
from dialplan.pieces import Pieces, check_path, mark

GUARD_SECONDS = 5
"""A queued call that no controller has adopted by then is served by its fallback."""

MUSIC_AFTER_SECONDS = 2
"""A caller whom nobody has adopted by then hears music. FreeSWITCH counts whole seconds of the clock (this comes
1 to 2 s later) and plays it under a lock that nothing else gets through: a controller that is there comes first."""

MEDIA_TIMEOUT_MS = 300_000
HOLD_TIMEOUT_MS = 1_800_000

_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_DID = re.compile(r"[0-9]{4,15}")
_STREAM = re.compile(r"local_stream://[A-Za-z0-9._-]+")


def compile_tenant(
    config: TenantConfig, sip_domain: str = "sangdam.local", recordings_dir: str = "", key_music: str = ""
) -> Compiled:
    """The tenant's dialplan. Pure. Raises InvalidDefinition, naming field and value.

    ``recordings_dir`` is where talks are recorded that the fallback connects without a controller; empty:
    those are not recorded. ``key_music`` is the sound file that a caller hears who thinks about which key to
    press; empty: the tenant's music on hold.
    """
    for value, form, field in ((sip_domain, _DOMAIN, "sip_domain"), (config.music, _STREAM, "music")):
        if not form.fullmatch(value):
            raise InvalidDefinition(f"not a {field}", field=field, value=value)
    for path, field in ((recordings_dir, "recordings_dir"), (key_music, "key_music")):
        if path:
            check_path(path, field)
    zone(config.timezone)
    check_menu(config)
    lasting = context_name(config.tenant_id)
    nameless = _Compiler(config, lasting, sip_domain, recordings_dir, key_music).extensions()
    name = f"{lasting}_{_digest(nameless)}"
    compiler = _Compiler(config, name, sip_domain, recordings_dir, key_music)
    tree = Context(name, compiler.extensions())
    entries = tuple(compiler.entry(did) for did in config.dids)
    files = tuple(compiler.make.played) + ((key_music,) if key_music else ())
    return Compiled(
        config.tenant_id, config.version, config.timezone, entries, tree, _doorway(lasting, name), files
    )


def did_expression(did: str) -> str:
    """Matches the number as carriers write it: national, international with and without +, bare."""
    if not _DID.fullmatch(did):
        raise InvalidDefinition(f"{did!r} is not a public number", field="dids", value=did)
    # (?!\n)$ because PCRE's $ also matches before a line feed at the end.
    if did.startswith("0"):
        return rf"^(?:\+?820?|0)?{did[1:]}(?!\n)$"
    return rf"^(?:\+?82)?{did}(?!\n)$"


def _digest(extensions: tuple[Extension, ...]) -> str:
    """Names a tree by what it does, descriptions apart; twelve hexadecimal digits tell a tenant's trees apart."""
    does = [(extension.name, extension.conditions) for extension in extensions]
    return hashlib.sha256(repr(does).encode()).hexdigest()[:12]


def _doorway(lasting: str, tree: str) -> Context:
    """From the tenant's lasting name into the present tree. ``$1`` is no variable: it is filled in also where
    variables are not."""
    expression = r"^([a-z]+(?:-[a-z0-9]+)*)$"
    into = Condition("destination_number", expression, actions=(Action("transfer", f"$1 XML {tree}"),))
    return Context(lasting, (Extension("doorway", (into,)),))


class _Compiler:
    """One tenant's extensions in the context ``name``."""

    def __init__(
        self, config: TenantConfig, name: str, sip_domain: str, recordings_dir: str, key_music: str
    ) -> None:
        self.config = config
        self.ars = config.ars
        self.make = Pieces(config, name, key_music)
        self.sip_domain = sip_domain
        self.recordings_dir = recordings_dir

    def extensions(self) -> tuple[Extension, ...]:
        """The whole tree."""
        config, make = self.config, self.make
        if not config.under_contract:
            return (
                named("entry", [Action("answer"), make.go("unavailable")]),
                self._ending("unavailable", "unavailable"),
            )
        extensions = [self._limit(), self._hours(), *greeting_and_menu(make)]
        # All queues, also those without a menu entry: the controller transfers calls to them.
        for queue_id in sorted(config.queues):
            extensions += self._queue(config.queues[queue_id])
        return (*extensions, *self._endings())

    def entry(self, did: str) -> Extension:
        """Where calls of a public number come in."""
        config = self.config
        lasting = context_name(config.tenant_id)
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
            # By the lasting name: this file stays as it is when the tree changes.
            Action("transfer", f"entry XML {lasting}"),
        )
        condition = Condition("destination_number", did_expression(did), actions=actions)
        return Extension(f"{lasting}-{did}", (condition,), config.service_name)

    def _limit(self) -> Extension:
        name = context_name(self.config.tenant_id)
        limit = f"hash sangdam {name}_in {self.config.lines_in} lines-full XML {self.make.name}"
        return named(
            "entry",
            [
                # Otherwise the first transfer would give the line back.
                _set("limit_ignore_transfer", "true"),
                Action("limit", limit),
                Action("answer"),
                Action("sleep", "200"),
                self.make.go("hours"),
            ],
            self.config.service_name,
        )

    def _hours(self) -> Extension:
        go = self.make.go
        conditions = [
            Condition("destination_number", "^hours$"),
            *holiday_conditions(self.ars.holidays, (go("holiday"),)),
            *hour_conditions(self.ars.slots, (go("greeting"),)),
            Condition(actions=(go("after-hours"),)),
        ]
        return Extension("hours", tuple(conditions))

    def _queue(self, queue: QueueConfig) -> list[Extension]:
        fallback = f"fallback-{queue.queue_id}"
        waiting = [
            Action("export", f"sangdam_queue={queue.queue_id}"),
            _set("sangdam_step", "queue"),
            mark("queue", str(queue.queue_id)),
            self.make.play("connecting"),
            Action("sched_transfer", f"+{GUARD_SECONDS} {fallback} XML {self.make.name}"),
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
        delay = (self.make.play("delay"),) if self.ars.prompts.get("delay") else ()
        actions += ring_agents(self.config, queue, self.sip_domain, self.recordings_dir, between=delay)
        return [*actions, self.make.go("unavailable")]

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
        actions = [*before, _set("sangdam_step", step), mark(step), self.make.play(prompt), Action("hangup")]
        return named(name, actions)
