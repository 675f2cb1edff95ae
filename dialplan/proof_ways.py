"""Every way through the menu, walked to its end on the compiled dialplan.

A way is taken as a caller takes it: at each question of the menu the next key of the entry. What is met must be what
the entry promises, and every end must be an announcement and then the end of the call, or a queue; the silent, the
endless and the wrong are errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.business_hours import OpenState
from app.core.definitions import CallbackOffer, MenuEntry, QueueConfig, TenantConfig
from app.core.prompt_texts import POSITIONS
from dialplan.evaluator import GoesInCircles, Step, StepKind, walk
from dialplan.findings import Finding, Severity
from dialplan.model import Compiled
from dialplan.preview import walk_from
from ivr_scripts.waiting import MORE

Keys = list[str | None]

WRONG_KEY = "0"
"""A key that no menu has."""

AGAIN, TOP = "1", "2"
"""What the keys do after an announcement."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an entry leads: ``ends`` is "queue" or "announcement" (empty: neither); ``rings``: agents ring also
    when no controller is there."""

    keys: str
    name: str
    ends: str
    rings: bool


def ways_findings(
    compiled: Compiled, config: TenantConfig, moments: dict[OpenState, datetime]
) -> tuple[tuple[Way, ...], tuple[Finding, ...]]:
    """All ways and what is wrong with them. ``moments``: one for each state that occurs."""
    proof = _Ways(compiled, config, moments)
    findings = [*proof.endings(), *proof.menus(), *proof.entries()]
    findings += proof.missing_prompts()
    return tuple(proof.ways), tuple(findings)


class _Ways:
    def __init__(self, compiled: Compiled, config: TenantConfig, moments: dict[OpenState, datetime]) -> None:
        self.compiled, self.config, self.moments = compiled, config, moments
        self.at = moments.get(OpenState.OPEN) or next(iter(moments.values()))
        self.ways: list[Way] = []
        self.files = frozenset(config.ars.prompts.values())
        self.without_file: dict[str, str] = {}
        self.walked: dict[tuple[tuple[str | None, ...], bool], tuple[Step, ...]] = {}

    # -- walking ------------------------------------------------------------------------------------

    def walk(self, keys: Sequence[str | None], *, adopted: bool = True) -> tuple[Step, ...]:
        """From the first number on when it is ever open, else from the greeting."""
        known = (tuple(keys), adopted)
        if known not in self.walked:
            if self.config.dids and OpenState.OPEN in self.moments:
                steps = walk(self.compiled, self.config.dids[0], self.at, keys, adopted=adopted)
            else:
                steps = walk_from(self.compiled, "greeting", self.at, keys, adopted=adopted)
            self.walked[known] = self._seen(steps)
        return self.walked[known]

    def _seen(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        for step in steps:
            if step.kind in (StepKind.PLAY, StepKind.ASK) and step.name not in self.files:
                self.without_file[step.name] = step.extension
        return steps

    def keys_to(self, path: str) -> Keys:
        """What to press, question by question, to get where the keys of ``path`` lead."""
        keys: Keys = []
        taken = ""
        # With a single entry the caller is there without a key.
        if len(self.config.ars.menu) == 1:
            taken = path[:1]
        while True:
            asks = [step for step in self.walk(keys) if step.kind is StepKind.ASK]
            if len(asks) <= len(keys):
                return keys
            place = asks[len(keys)].extension
            if place == "greeting":
                keys.append(None)
            elif taken != path and place == ("menu-" + taken if taken else "menu"):
                keys.append(path[len(taken)])
                taken = path[: len(taken) + 1]
            else:
                return keys

    def end(
        self, where: str, keys: Keys, steps: tuple[Step, ...], *, adopted: bool = True
    ) -> Iterator[Finding]:
        """Whether this way ends as one may."""
        if not _ends_well(steps, adopted):
            last = steps[-1] if steps else Step(StepKind.REFUSE)
            details = {"keys": _told(keys), "extension": last.extension, "step": str(last.kind)}
            yield Finding(Severity.ERROR, "way.dead_end", where, details)

    @staticmethod
    def unless_endless(where: str, findings: Iterator[Finding]) -> Iterator[Finding]:
        """The findings, or that this way never ends."""
        try:
            yield from findings
        except GoesInCircles as error:
            yield Finding(Severity.ERROR, "way.circle", where, {"extension": str(error)})

    # -- what is proved -----------------------------------------------------------------------------

    def endings(self) -> Iterator[Finding]:
        """What is met outside the hours, on a holiday, with all lines busy."""
        if not self.config.dids:
            yield Finding(Severity.WARNING, "number.missing", "numbers")
            return
        busy = self.config.lines_in
        situations = [(state.value, at, 0) for state, at in self.moments.items() if state is not OpenState.OPEN]
        for where, at, lines in (*situations, ("lines_full", self.at, busy)):
            yield from self.unless_endless(where, self._ending(where, at, lines))

    def _ending(self, where: str, at: datetime, lines_used: int) -> Iterator[Finding]:
        steps = walk(self.compiled, self.config.dids[0], at, lines_used=lines_used)
        yield from self.end(where, [], self._seen(steps))

    def menus(self) -> Iterator[Finding]:
        """Each menu left alone, and with a wrong key at each try."""
        menu = self.config.ars.menu
        if not menu:
            yield Finding(Severity.ERROR, "menu.empty", "menu")
        for path in ("", *(entry.digit for entry in menu if entry.is_submenu)):
            where = f"menu.{path}" if path else "menu"
            yield from self.unless_endless(where, self._left_alone(where, path))

    def _left_alone(self, where: str, path: str) -> Iterator[Finding]:
        to = self.keys_to(path)
        for keys in (to, [*to, *[WRONG_KEY] * self.config.ars.menu_tries]):
            yield from self.end(where, keys, self.walk(keys))

    def entries(self) -> Iterator[Finding]:
        """Each entry to its end."""
        for keys, entry in self.config.ars.leaves():
            yield from self.unless_endless(f"menu.{keys}", self._entry(keys, entry))

    def _entry(self, keys: str, entry: MenuEntry) -> Iterator[Finding]:
        where = f"menu.{keys}"
        to = self.keys_to(keys)
        steps = self.walk(to)
        if entry.queue_id is None:
            # The question after the keys is the announcement's own.
            asked = [step for step in steps if step.kind is StepKind.ASK][len(to) :]
            right = bool(asked) and asked[0].name == self.config.ars.prompts.get(f"announcement_{keys}")
            self.ways.append(Way(keys, entry.name, "announcement" if right else "", False))
            for after in ([], [AGAIN], [TOP], [WRONG_KEY] * self.config.ars.menu_tries):
                yield from self.end(where, [*to, *after], self.walk([*to, *after]))
        else:
            right = steps[-1].kind is StepKind.WAIT and steps[-1].name == str(entry.queue_id)
            alone = self.walk(to, adopted=False)
            rings = any(step.kind is StepKind.RING for step in alone)
            self.ways.append(Way(keys, entry.name, "queue" if right else "", rings))
            yield from self.end(where, to, steps)
            yield from self.end(where, to, alone, adopted=False)
            yield from self._nobody(where, entry, self.config.queues[entry.queue_id])
        if not right:
            yield Finding(Severity.ERROR, "way.wrong", where, {"name": entry.name, "keys": _told(to)})

    def _nobody(self, where: str, entry: MenuEntry, queue: QueueConfig) -> Iterator[Finding]:
        """An entry for whose calls no phone can ever ring.

        A warning, no error: a centre is set up before its people are, and 적용 has to be possible then (only what is
        live can be assigned to); nobody hears silence, but music, and in the end that nobody can be reached.
        """
        known = [self.config.agents.get(agent_id) for agent_id in queue.tiers]
        if any(agent is not None and agent.active for agent in known):
            return
        details = {
            "name": entry.name, "queue_id": queue.queue_id, "assigned": len(known), "callback": str(queue.callback),
        }  # fmt: skip
        yield Finding(Severity.WARNING, "menu.nobody", where, details)

    def missing_prompts(self) -> Iterator[Finding]:
        """Sound files that nobody made, and prompts without which a waiting caller would hear nothing."""
        for path, extension in sorted(self.without_file.items()):
            yield Finding(Severity.ERROR, "prompt.unknown", "texts", {"path": path, "extension": extension})
        needed: dict[str, str] = {}
        for keys, entry in self.config.ars.leaves():
            if entry.queue_id is not None:
                needed |= {name: f"menu.{keys}" for name in _said_while_waiting(self.config.queues[entry.queue_id])}
        for name, where in sorted(needed.items()):
            if not self.config.ars.prompts.get(name):
                yield Finding(Severity.WARNING, "prompt.missing", where, {"prompt": name})


def _said_while_waiting(queue: QueueConfig) -> Iterator[str]:
    yield "delay"
    if queue.callback is not CallbackOffer.OFF:
        yield from ("callback_offer", "callback_confirm", "callback_number", "callback_done", "invalid")
    if queue.announce_position:
        yield from (*(f"position_{place}" for place in range(1, POSITIONS + 1)), MORE)


def _ends_well(steps: Sequence[Step], adopted: bool) -> bool:
    """In a queue of which somebody takes care, or with an announcement and the end of the call."""
    told = [step for step in steps if step.kind is not StepKind.MARK]
    if told and told[-1].kind is StepKind.WAIT:
        return adopted
    return [step.kind for step in told[-2:]] == [StepKind.PLAY, StepKind.HANG_UP]


def _told(keys: Sequence[str | None]) -> list[str]:
    return [key or "" for key in keys]
