"""What a virtual caller heard, against what was to be heard: prompts and their order, silences, times."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.bootstrap.rehearsal.stage import Stage
from app.core.definitions import AgentId
from app.core.rehearsal_calls import Planned
from app.core.rehearsed import Fault, Sounded
from simswitch.hearing import Ear, parts

LONGEST_SILENCE = 1.2
"""Seconds of nothing at all that a caller may hear."""

LONGEST_SILENCE_ALONE = 2.2
"""The same while no controller is there: FreeSWITCH's own music comes 1 to 2 s after the caller was parked
(dialplan.compiler.MUSIC_AFTER_SECONDS)."""

SHORTEST_SOUND = 0.05
"""Seconds; nobody hears less."""

TOLERANCE = 1.5
"""Seconds by which a time may be missed: FreeSWITCH's timers count whole seconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt that was heard, wholly or in part: the names that its file has. Epoch seconds."""

    names: tuple[str, ...]
    at: float
    ended: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``heard`` is Came.heard as it was met."""

    heard: tuple[str, ...]
    faults: tuple[Fault, ...]


def spoken(stage: Stage, ear: Ear) -> list[Said]:
    """The prompts in the order in which they were heard. Of several files played as one, those whose turn came."""
    found: list[Said] = []
    for sound in ear.sounds:
        if sound.kind != "play":
            continue
        at = sound.at
        for part in parts(sound.what):
            length = stage.seconds(part)
            if length is None or (sound.ended is not None and at >= sound.ended):
                continue
            end = at + length if sound.ended is None else min(at + length, sound.ended)
            if not part.startswith("{") and "://" not in part:
                found.append(Said(stage.names(part), at, end))
            at += length
    return found


def compare(
    stage: Stage, planned: Planned, ear: Ear, said: Sequence[Said], *, answered: float, ended: float
) -> Verdict:
    """What was heard and all that was wrong with it."""
    expected = [name for name in planned.expected.heard if name not in planned.optional]
    heard = _heard(planned, said, expected)
    faults = [
        Fault("sound_missing", {"prompt": name, "path": stage.path(name)})
        for name in dict.fromkeys(planned.expected.heard)
        if not os.path.isfile(stage.path(name))
    ]
    if list(heard) != expected:
        faults.append(Fault("heard", {"expected": expected, "met": list(heard)}))
    faults += _silences(planned, ear, answered, ended)
    faults += _times(stage, planned, said)
    return Verdict(heard, tuple(faults))


def _heard(planned: Planned, said: Sequence[Said], expected: Sequence[str]) -> tuple[str, ...]:
    """By name; of the names that one file has, the expected one."""
    found: list[str] = []
    for one in said:
        wanted = expected[len(found)] if len(found) < len(expected) else ""
        if wanted in one.names and wanted not in planned.repeated.intersection(found):
            found.append(wanted)
        elif not (planned.optional.intersection(one.names) or _again(planned, one, found)):
            found.append(one.names[0])
    return tuple(found)


def _again(planned: Planned, one: Said, found: Sequence[str]) -> bool:
    """Something that is repeated while a caller waits, and has been heard."""
    return bool(planned.repeated.intersection(one.names, found))


def _silences(planned: Planned, ear: Ear, answered: float, ended: float) -> list[Fault]:
    longest = LONGEST_SILENCE if planned.controller else LONGEST_SILENCE_ALONE
    open_end = [(ear.silent_since, ended)] if ear.silent_since is not None else []
    found = []
    for begin, end in (*ear.silences, *open_end):
        begin, end = max(begin, answered), min(end, ended)
        if answered and end - begin > longest:
            details = {"at": round(begin - answered, 2), "seconds": round(end - begin, 2)}
            found.append(Fault("silence", details))
    return found


def _times(stage: Stage, planned: Planned, said: Sequence[Said]) -> list[Fault]:
    found = []
    for timing in planned.timings:
        first = next((at for at, one in enumerate(said) if timing.after in one.names), None)
        if first is None:
            continue
        then = next((one for one in said[first + 1 :] if timing.then in one.names), None)
        if then is None:
            continue
        met = then.at - said[first].ended
        late = sum(stage.seconds(stage.path(name)) or 0.0 for name in timing.late) + TOLERANCE
        if not -TOLERANCE <= met - timing.seconds <= late:
            details = {"after": timing.after, "then": timing.then, "expected": timing.seconds, "met": round(met, 2)}
            found.append(Fault("timing", details))
    return found


def sounded(
    stage: Stage,
    ear: Ear,
    pressed: Sequence[tuple[float, str]],
    began: float,
    ended: float,
    agents: Mapping[str, AgentId],
) -> tuple[Sounded, ...]:
    """The call as the caller lived it, in order of time, to be shown."""
    found: list[Sounded] = []

    def add(at: float, end: float | None, kind: str, name: str = "") -> None:
        length = max(0.0, min(ended if end is None else end, ended) - at)
        if length < SHORTEST_SOUND and kind != "key":
            return
        found.append(Sounded(round(at - began, 2), kind, name, round(length, 2)))

    for one in spoken(stage, ear):
        add(one.at, one.ended, "prompt", one.names[0])
    for sound in ear.sounds:
        if sound.kind == "talk":
            add(sound.at, sound.ended, "talk", str(agents.get(sound.what, "")))
        elif sound.kind == "ringing":
            add(sound.at, sound.ended, "ringing")
        else:
            at = sound.at
            for part in parts(sound.what):
                length = stage.seconds(part)
                if length is None:
                    continue
                if part.startswith("{") or part.startswith("local_stream://"):
                    end = sound.ended if sound.ended is not None else ended
                    add(at, min(end, at + length), "music")
                at += length
    for begin, end in ear.silences:
        if end - begin > LONGEST_SILENCE and begin < ended:
            add(begin, end, "silence")
    for at, key in pressed:
        add(at, at, "key", key)
    # Music that something else covers from its beginning is not heard.
    covered = [one.at for one in found if one.kind in ("prompt", "ringing", "talk")]
    found = [one for one in found if one.kind != "music" or all(abs(at - one.at) >= SHORTEST_SOUND for at in covered)]
    # A key stands before what it leads to.
    return tuple(sorted(found, key=lambda one: (one.at, one.kind != "key")))
