"""Walks a compiled dialplan as FreeSWITCH would: what does a caller meet at this moment?

Pure. The preview and the year proof use it, so what they show is the very dialplan that runs.
Applications that a caller does not notice (``set``, ``answer`` …) only change variables.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.business_hours import OpenState, local
from dialplan.model import Action, Compiled, Condition, Context, Extension

MOST_STEPS = 2000
"""More actions than this mean that the dialplan goes in circles."""

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


class StepKind(enum.StrEnum):
    """What a caller notices."""

    MARK = "mark"  # name: the step; detail
    PLAY = "play"  # name: the sound file
    ASK = "ask"  # name: the sound file; detail: the key that was pressed, empty for none
    WAIT = "wait"  # name: the queue's id; parked until the controller adopts the call
    RING = "ring"  # name: the dial string of the agents that ring without a controller
    REFUSE = "refuse"  # name: the SIP status
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to the caller, and the extension in which it stands."""

    kind: StepKind
    name: str = ""
    detail: str = ""
    extension: str = ""


class GoesInCircles(RuntimeError):
    """The dialplan never comes to an end."""


def walk(
    compiled: Compiled,
    did: str,
    at: datetime,
    keys: Sequence[str | None] = (),
    *,
    lines_used: int = 0,
    adopted: bool = True,
) -> tuple[Step, ...]:
    """What a caller meets who dials ``did`` at the aware moment ``at``.

    ``keys`` answer the questions in turn (None: no key; after the last one no key is pressed any more).
    ``lines_used``: other calls that hold a line. ``adopted``: a controller takes over a waiting call; if
    False the guard leads it to its fallback, where nobody answers. Raises GoesInCircles.
    """
    return tuple(_Walk(compiled, local(at, compiled.timezone), keys, lines_used, adopted).steps(did))


def state_of(compiled: Compiled, at: datetime) -> OpenState:
    """Open, closed or holiday, read from the compiled extension ``hours``."""
    hunted = hunt(compiled.context, "hours", {}, local(at, compiled.timezone))
    if hunted is None:
        return OpenState.CLOSED
    target = hunted[1][0].data.split()[0]
    return {"greeting": OpenState.OPEN, "holiday": OpenState.HOLIDAY}.get(target, OpenState.CLOSED)


def hunt(
    context: Context, destination: str, variables: dict[str, str], moment: datetime
) -> tuple[Extension, list[Action]] | None:
    """The extension that takes the destination, with its actions (mod_dialplan_xml.c: parse_exten)."""
    actions: list[Action] = []
    for extension in context.extensions:
        proceed = False
        for condition in extension.conditions:
            found = _holds(condition, destination, variables, moment)
            proceed = found is not None
            if found is not None:
                actions += [_filled_in(action, found) for action in condition.actions]
            if condition.break_ == ("on-true" if proceed else "on-false") or condition.break_ == "always":
                break
        if proceed:
            return extension, actions
    return None


_ALWAYS = re.match("", "")


def _holds(
    condition: Condition, destination: str, variables: dict[str, str], moment: datetime
) -> re.Match[str] | None:
    """What the condition's expression matched; None when the condition does not hold."""
    if condition.when is not None:
        return _ALWAYS if condition.when.holds(moment) else None
    if not condition.field:
        return _ALWAYS
    if condition.field == "destination_number":
        value = destination
    else:
        value = _VARIABLE.sub(lambda match: variables.get(match[1], ""), condition.field)
    return _pattern(condition.expression).search(value)


@functools.lru_cache(maxsize=16_384)
def _pattern(expression: str) -> re.Pattern[str]:
    """A large menu has more expressions than re itself remembers."""
    return re.compile(expression)


def _filled_in(action: Action, found: re.Match[str]) -> Action:
    """``$1`` is what the first group matched (switch_perform_substitution)."""
    if not found.re.groups or "$1" not in action.data:
        return action
    return Action(action.application, action.data.replace("$1", found[1] or ""))


class _Walk:
    def __init__(
        self,
        compiled: Compiled,
        moment: datetime,
        keys: Sequence[str | None],
        lines_used: int,
        adopted: bool,
    ) -> None:
        self.contexts = {context.name: context for context in compiled.contexts()}
        self.moment = moment
        self.keys = iter(keys)
        self.lines_used = lines_used
        self.adopted = adopted
        self.variables: dict[str, str] = {}
        self.target: tuple[str, str] | None = None
        self.guard: tuple[str, str] | None = None
        self.done = 0

    def steps(self, did: str) -> Iterator[Step]:
        self.target = (did, "public")
        while self.target is not None:
            destination, context = self.target
            self.target = None
            found = hunt(self.contexts[context], destination, self.variables, self.moment)
            if found is None:
                yield Step(StepKind.REFUSE, "404")
                return
            extension, actions = found
            for action in actions:
                self.done += 1
                if self.done > MOST_STEPS:
                    raise GoesInCircles(extension.name)
                yield from self._do(action, extension.name)
                if self.target is not None:
                    break

    def _do(self, action: Action, extension: str) -> Iterator[Step]:
        data = action.data
        match action.application:
            case "set" | "export":
                name, _, value = data.partition("=")
                self.variables[name] = value
            case "transfer":
                self._go(data.split())
            case "limit":
                _, _, _, most, *target = data.split()
                if self.lines_used >= int(most):
                    self._go(target)
            case "event":
                values = dict(part.partition("=")[::2] for part in data.split(","))
                yield Step(StepKind.MARK, values["sangdam_step"], values["sangdam_detail"], extension)
            case "playback":
                yield self._play(data, extension)
            case "sched_transfer":
                _, destination, _, context = data.split()
                self.guard = (destination, context)
            case "park":
                yield Step(StepKind.WAIT, self.variables.get("sangdam_queue", ""), "", extension)
                if not self.adopted:
                    self.target, self.guard = self.guard, None
            case "bridge":
                yield Step(StepKind.RING, data, "", extension)
            case "hangup":
                yield Step(StepKind.HANG_UP, data, "", extension)
            case "respond":
                yield Step(StepKind.REFUSE, data, "", extension)

    def _play(self, data: str, extension: str) -> Step:
        """An announcement; a question when a key ends it (``playback_terminators``). A question's sound file is
        followed by music (``file_string://a!b``), which is no announcement."""
        path = data.removeprefix("file_string://").partition("!")[0]
        terminators = self.variables.get("playback_terminators", "*")
        self.variables["playback_terminator_used"] = ""
        if terminators == "none":
            return Step(StepKind.PLAY, path, "", extension)
        key = next(self.keys, None)
        accepted = key if key is not None and len(key) == 1 and key in terminators else ""
        self.variables["playback_terminator_used"] = accepted
        return Step(StepKind.ASK, path, accepted, extension)

    def _go(self, target: list[str]) -> None:
        destination, _, context = target
        self.target = (destination, context)
