"""What a caller would meet, step by step: on the compiled dialplan, and then waiting for an agent.

Pure, in virtual time. The dialplan is walked by ``evaluator``; what a waiting caller hears is said by the very
generator that the controller runs (``ivr_scripts.waiting``), with facts that are handed in. How long a prompt lasts is
taken from ``lengths`` or estimated from its text, so the seconds are about right, not exact.
"""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core.business_hours import OpenState, local
from app.core.definitions import QueueConfig, TenantConfig
from app.core.prompt_texts import default_texts, texts_for
from dialplan.evaluator import Step, StepKind, state_of, walk
from dialplan.model import Action, Compiled, named, set_variable
from dialplan.pieces import KEYS
from ivr_scripts.actions import Action as ScriptAction
from ivr_scripts.actions import Collect, Play, Wait
from ivr_scripts.waiting import waiting

WAITING_SECONDS = 90.0
"""How long a waiting caller is followed when nothing else is said."""

_SYLLABLES_PER_SECOND = 6.0
_PRESSED_AFTER = 2.0
_SECONDS_PER_KEY = 0.5
_MOST_ACTIONS = 1000
_SAID_IN = {"queue": "connecting", "fallback": "delay", "chosen": "invalid", "heard": "invalid"}
"""Prompts of extensions that have another name (and the queue's id or the keys behind it)."""

_AGENT = re.compile(r"sangdam_agent=(\d+)")


class HeardKind(enum.StrEnum):
    """What the caller notices: the kinds of the evaluator's steps, and those of a waiting caller."""

    MARK = "mark"  # name: the step; detail
    PLAY = "play"  # a prompt
    ASK = "ask"  # a prompt during or after which a key is taken; without a name: digits are collected
    WAIT = "wait"  # name: the queue's id; the caller waits for its agents from here on
    MUSIC = "music"  # music for so many seconds
    CALLBACK = "callback"  # detail: the number that will be called back
    RING = "ring"  # detail: the agents whose phones ring because no controller is there
    REFUSE = "refuse"  # name: the SIP status
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Heard:
    """One step. ``at`` counts seconds from the beginning of the call, ``seconds`` is how long the step lasts."""

    kind: HeardKind
    at: float
    seconds: float = 0.0
    name: str = ""
    text: str = ""
    """The prompt as it was typed, or its default; empty when an uploaded file is played."""
    spoken: str = ""
    """The prompt as the voice says it, with figures written out."""
    upload: int | None = None
    keys: str = ""
    """Keys that are taken here. Each step that takes some uses up one of the keys that were handed in."""
    key: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object; inverse of :meth:`from_json`."""
        return {**dataclasses.asdict(self), "kind": str(self.kind)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Heard:
        """What ``to_json`` wrote. Raises TypeError, ValueError or KeyError for anything else."""
        return cls(**{**raw, "kind": HeardKind(raw["kind"])})


def preview(
    compiled: Compiled,
    config: TenantConfig,
    texts: Mapping[str, str],
    *,
    did: str,
    at: datetime,
    keys: Sequence[str | None] = (),
    waiting_seconds: float = WAITING_SECONDS,
    uploads: Mapping[str, int] | None = None,
    lengths: Mapping[str, float] | None = None,
    agents_logged_in: int | None = None,
    position: int = 1,
    caller_number: str = "",
    lines_used: int = 0,
    adopted: bool = True,
) -> tuple[Heard, ...]:
    """What a caller meets who dials ``did`` at the aware moment ``at`` and whom no agent answers.

    ``texts``: what the tenant typed. ``keys`` answer the questions in turn, in the dialplan and while waiting (None: no
    key at this one; a text of several keys: one after another; after the last one none is pressed any more). A number
    that is keyed in takes all keys up to ``#``, None or their end. Facts of the one who waits:
    ``agents_logged_in`` (None: all who are assigned and active), ``position``, ``caller_number`` (national digits;
    empty: withheld), for ``waiting_seconds`` at most. ``lengths``: seconds by prompt name. ``lines_used`` and
    ``adopted`` as in ``evaluator.walk``. Raises ValueError for a naive moment, GoesInCircles.
    """
    pressed = [key for one in keys for key in (one or (None,))]
    call = _Call(
        compiled, config, local(at, compiled.timezone), _Prompts(config, texts, uploads or {}, lengths or {}),
        pressed, lines_used, waiting_seconds, agents_logged_in, position, caller_number,
    )  # fmt: skip
    return tuple(call.heard(walk(compiled, did, at, pressed, lines_used=lines_used, adopted=adopted), adopted))


def walk_from(
    compiled: Compiled, extension: str, at: datetime, keys: Sequence[str | None] = (), *, adopted: bool = True
) -> tuple[Step, ...]:
    """``evaluator.walk`` from an extension of the tenant's tree on, as when a call is transferred there."""
    # As the entry does: nothing cuts an announcement short.
    begin = set_variable("playback_terminators", "none")
    door = named("preview", [begin, Action("transfer", f"{extension} XML {compiled.context.name}")])
    return walk(dataclasses.replace(compiled, entries=(door,)), "preview", at, keys, adopted=adopted)


class _Prompts:
    """From sound files back to names and words."""

    def __init__(
        self, config: TenantConfig, texts: Mapping[str, str], uploads: Mapping[str, int], lengths: Mapping[str, float]
    ) -> None:
        self.names: dict[str, list[str]] = {}
        for name, path in sorted(config.ars.prompts.items()):
            self.names.setdefault(path, []).append(name)
        self.defaults = default_texts(config)
        self.typed = texts
        self.spoken = texts_for(config, texts)
        self.uploads = uploads
        self.lengths = lengths

    def name(self, step: Step, mark: str) -> str:
        """The prompt of a step; of several with the same file the one that the dialplan's place speaks of."""
        names = self.names.get(step.name, [])
        place = re.sub(r"_\d+$", "", step.extension).replace("-", "_")
        kind, _, which = place.partition("_")
        wanted = (place, f"announcement_{which}", _SAID_IN.get(kind, mark))
        return next((name for name in wanted if name in names), names[0] if names else "")

    def length(self, name: str) -> float:
        text = self.spoken.get(name, "")
        return round(self.lengths.get(name) or len(text.replace(" ", "")) / _SYLLABLES_PER_SECOND + 0.5, 1)

    def heard(self, kind: HeardKind, at: float, name: str, **more: Any) -> Heard:
        upload = self.uploads.get(name)
        text = "" if upload is not None else self.typed.get(name, "").strip() or self.defaults.get(name, "")
        spoken = "" if upload is not None else self.spoken.get(name, "")
        return Heard(kind, at, name=name, text=text, spoken=spoken, upload=upload, **more)


@dataclass(slots=True)
class _Call:
    """One virtual call: its time, its keys, and the facts that the waiting script asks for."""

    compiled: Compiled
    config: TenantConfig
    moment: datetime
    prompts: _Prompts
    keys: list[str | None]
    lines_used: int
    bound: float
    agents: int | None
    place: int
    caller_number: str
    seconds: float = 0.0
    entered: float = 0.0
    queue: QueueConfig = field(default_factory=lambda: QueueConfig(0, ""))

    # -- what the waiting script asks (ivr_scripts.actions.WaitingFacts) ----------------------------

    def position(self) -> int:
        return self.place

    def waited_seconds(self) -> float:
        return self.seconds - self.entered

    def agents_logged_in(self) -> int:
        if self.agents is not None:
            return self.agents
        known = (self.config.agents.get(agent_id) for agent_id in self.queue.tiers)
        return sum(agent is not None and agent.active for agent in known)

    def is_open(self) -> bool:
        return state_of(self.compiled, self._now()) is OpenState.OPEN

    def prompt_exists(self, name: str) -> bool:
        return bool(self.config.ars.prompts.get(name))

    # -- the dialplan -------------------------------------------------------------------------------

    def heard(self, steps: Sequence[Step], adopted: bool) -> Iterator[Heard]:
        mark = ""
        for step in steps:
            mark = step.name if step.kind is StepKind.MARK else mark
            yield from self._step(step, mark)
            if step.kind is StepKind.WAIT and adopted:
                yield from self._waiting(step.name)
                return

    def _step(self, step: Step, mark: str) -> Iterator[Heard]:
        at = round(self.seconds, 1)
        match step.kind:
            case StepKind.PLAY | StepKind.ASK:
                name = self.prompts.name(step, mark)
                seconds = self.prompts.length(name)
                asks = step.kind is StepKind.ASK
                if asks:
                    del self.keys[:1]
                    if not step.detail and name != "greeting":
                        seconds += self.config.ars.menu_timeout_seconds
                yield self.prompts.heard(
                    HeardKind(step.kind), at, name, seconds=seconds, keys=KEYS if asks else "", key=step.detail
                )
                self.seconds += seconds
            case StepKind.RING:
                agents = [self.config.agents[int(found)].name for found in _AGENT.findall(step.name)]
                yield Heard(HeardKind.RING, at, detail=", ".join(agents))
            case StepKind.HANG_UP:
                yield Heard(HeardKind.HANG_UP, at)
            case _:
                yield Heard(HeardKind(step.kind), at, name=step.name, detail=step.detail)

    def _ending(self, extension: str) -> Iterator[Heard]:
        yield from self.heard(walk_from(self.compiled, extension, self._now()), adopted=False)

    # -- waiting ------------------------------------------------------------------------------------

    def _waiting(self, queue_id: str) -> Iterator[Heard]:
        self.queue = self.config.queues[int(queue_id)]
        self.entered = self.seconds
        longest = float(self.queue.longest_wait_seconds)
        end = self.entered + min(self.bound, longest)
        script = waiting(self.queue, self)
        answer: str | None = None
        for _ in range(_MOST_ACTIONS):
            if self.seconds >= end:
                break
            try:
                action = next(script) if answer is None else script.send(answer)
            except StopIteration as stop:
                yield from self._ended(stop.value.result, stop.value.data.get("number", ""))
                return
            answer = yield from self._action(action, end)
        script.close()
        if self.seconds >= end and longest <= self.bound:
            yield from self._ending("unavailable")

    def _action(self, action: ScriptAction, end: float) -> Generator[Heard, None, str]:
        """Tells what is heard; returns what is sent back to the script."""
        at = round(self.seconds, 1)
        match action:
            case Play(names=names, keys=keys):
                there = [name for name in names if self.prompt_exists(name)]
                key = self._pressed(keys) if there else ""
                for name in there:
                    last = keys if name == there[-1] else ""
                    kind = HeardKind.ASK if last else HeardKind.PLAY
                    seconds = self.prompts.length(name)
                    yield self.prompts.heard(
                        kind, round(self.seconds, 1), name, seconds=seconds, keys=last, key=key if last else ""
                    )
                    self.seconds += seconds
                return key
            case Wait(seconds=seconds, keys=keys):
                key = self._pressed(keys)
                lasts = min(seconds, _PRESSED_AFTER if key else seconds, max(0.0, end - self.seconds))
                yield Heard(HeardKind.MUSIC, at, round(lasts, 1), keys=keys, key=key)
                self.seconds += lasts
                return key
            case Collect(seconds=seconds, most=most, terminator=terminator):
                digits, ended = self._keyed(most, terminator)
                lasts = len(digits) * _SECONDS_PER_KEY + (0.0 if ended else seconds)
                yield Heard(HeardKind.ASK, at, lasts, keys=KEYS, key=digits)
                self.seconds += lasts
                return digits
        return ""

    def _ended(self, result: str, number: str) -> Iterator[Heard]:
        if result == "callback":
            at = round(self.seconds, 1)
            yield Heard(HeardKind.CALLBACK, at, detail=number)
            yield Heard(HeardKind.HANG_UP, at)
        else:
            yield from self._ending("unavailable")

    def _pressed(self, keys: str) -> str:
        key = self.keys.pop(0) if keys and self.keys else None
        return key if key is not None and key in keys else ""

    def _keyed(self, most: int, terminator: str) -> tuple[str, bool]:
        """The digits that are keyed in, and whether they end of themselves (not by silence)."""
        digits = ""
        while self.keys and len(digits) < most:
            key = self.keys.pop(0)
            if key is None or key == terminator:
                return digits, key is not None
            digits += key
        return digits, len(digits) == most

    def _now(self) -> datetime:
        return self.moment + timedelta(seconds=self.seconds)
