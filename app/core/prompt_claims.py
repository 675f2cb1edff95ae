"""What the text of an announcement says about hours, and where the tenant's slots say otherwise.

:func:`claims` reads the text (``claimed_hours``), :func:`contradictions` holds it against the slots.

Codes (``Contradiction.code``), stable:

====================  ==========================================================================
claimed_but_closed    the text says that the centre is open then, the slots say closed
open_but_unsaid       the slots are open then; the text names hours, but not these
break_but_open        the text names a break (점심시간), the slots are open during it
day_off_but_open      the text calls the day closed (휴무), the slots are open on it
====================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.business_hours import DAY_SECONDS, Window, open_windows
from app.core.claimed_hours import Claim, claims
from app.core.definitions import Slot

__all__ = ["Claim", "Contradiction", "claims", "contradictions"]

TOLERANCE_SECONDS = 60
"""People tell hours to the minute: 18:00 for 17:59:59 is no contradiction. Less than this is none."""

_EVERY_DAY = range(7)
_WHOLE_DAY: Window = (0, DAY_SECONDS)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Text and slots disagree about [start, end) of these weekdays.

    ``start`` and ``end`` in seconds of the day; ``real``: the windows in which these weekdays are open; ``words``:
    what the text says, written out (empty where it says nothing).
    """

    code: str
    weekdays: tuple[int, ...]
    start: int
    end: int
    real: tuple[Window, ...]
    words: str = ""

    def details(self) -> dict[str, Any]:
        """As JSON values: weekdays, start and end (``HH:MM``), real (pairs of them), words."""
        return {
            "weekdays": list(self.weekdays),
            "start": _clock(self.start),
            "end": _clock(self.end),
            "real": [[_clock(start), _clock(end)] for start, end in self.real],
            "words": self.words,
        }


def contradictions(text: str, slots: Sequence[Slot]) -> tuple[Contradiction, ...]:
    """What in the text is not so, in the order of the week; none when it names no hours.

    A time of which the half of the day is left out is taken as it fits the slots best. Raises InvalidDefinition
    as :func:`open_windows` does.
    """
    real = open_windows(slots)
    said = claims(text)
    found = list(_found(said, real)) if said else []
    return _together(found, real)


@dataclass(frozen=True, slots=True)
class _On:
    """A contradiction on one weekday."""

    code: str
    weekday: int
    window: Window
    words: str


def _found(said: Sequence[Claim], real: Mapping[int, tuple[Window, ...]]) -> Iterator[_On]:
    off = {day for claim in said if not claim.is_open and claim.whole_day for day in claim.weekdays or ()}
    named = off | {day for claim in said if claim.is_open for day in claim.weekdays or ()}
    opening = [_as_it_fits(claim, _days(claim, named, real), real) for claim in said if claim.is_open]
    # Nobody means the night by 점심시간 12시부터 1시까지: of a break the likeliest reading counts.
    breaks = [(_days(claim, off, real), claim) for claim in said if not claim.is_open]
    for day in _EVERY_DAY:
        claimed = [(window, claim) for days, claim in opening for window in _on(day, days, claim)]
        claimed = [(window, claim) for window, claim in claimed if day not in off or claim.end > DAY_SECONDS]
        rests = [
            (window, claim) for days, claim in breaks if not claim.whole_day for window in _on(day, days, claim)
        ]
        told = _union(window for window, _ in claimed)
        for window, claim in claimed:
            for part in _without((window,), (*real[day], *(rest for rest, _ in rests))):
                yield _On("claimed_but_closed", day, part, claim.words)
        silent = _without(real[day], told)
        if day in off:
            words = next(
                claim.words for claim in said if claim.whole_day and not claim.is_open and day in (claim.weekdays or ())
            )
            for part in silent:
                yield _On("day_off_but_open", day, part, words)
            continue
        if opening:
            for part in _without(silent, [window for window, _ in rests] if told else []):
                yield _On("open_but_unsaid", day, part, "")
        for window, claim in rests:
            if claim.weekdays is None and _kept_somewhere(window, real):
                continue
            for part in _within(window, real[day]):
                yield _On("break_but_open", day, part, claim.words)


def _days(claim: Claim, otherwise: Iterable[int], real: Mapping[int, tuple[Window, ...]]) -> frozenset[int]:
    """The weekdays of a claim. One that names none is meant for the days that are open at all."""
    if claim.weekdays is not None:
        return claim.weekdays
    free = frozenset(_EVERY_DAY) - frozenset(otherwise)
    return frozenset(day for day in free if real[day]) or free


def _as_it_fits(
    claim: Claim, days: frozenset[int], real: Mapping[int, tuple[Window, ...]]
) -> tuple[frozenset[int], Claim]:
    """The claim with that of its readings which disagrees least with the slots."""

    def disagreement(window: Window) -> int:
        start, end = window
        tried = Claim(claim.weekdays, start, end, claim.is_open, claim.words)
        wrong = [part for day in _EVERY_DAY for part in _without(_on(day, days, tried), real[day])]
        return sum(end - start for start, end in wrong)

    readings = ((claim.start, claim.end), *claim.others)
    start, end = min(readings, key=disagreement)
    return days, Claim(claim.weekdays, start, end, claim.is_open, claim.words)


def _on(day: int, days: frozenset[int], claim: Claim) -> list[Window]:
    """What the claim says of one weekday; the rest of a night belongs to the next day."""
    parts = []
    if day in days:
        parts.append((claim.start, min(claim.end, DAY_SECONDS)))
    if (day - 1) % 7 in days and claim.end > DAY_SECONDS:
        parts.append((0, claim.end - DAY_SECONDS))
    return parts


def _kept_somewhere(window: Window, real: Mapping[int, tuple[Window, ...]]) -> bool:
    """Whether some weekday that is open before and after the break is closed during it."""
    start, end = window
    return any(
        not _within(window, windows)
        and any(closes <= start + TOLERANCE_SECONDS for _, closes in windows)
        and any(opens >= end - TOLERANCE_SECONDS for opens, _ in windows)
        for windows in real.values()
    )


def _within(window: Window, windows: Iterable[Window]) -> list[Window]:
    start, end = window
    parts = ((max(start, low), min(end, high)) for low, high in windows)
    return [part for part in parts if part[1] - part[0] >= TOLERANCE_SECONDS]


def _without(windows: Iterable[Window], holes: Iterable[Window]) -> list[Window]:
    """What is left of the windows, scraps within the tolerance apart."""
    left = list(windows)
    for low, high in holes:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, low)), (max(start, high), end))
            if piece[0] < piece[1]
        ]
    return [piece for piece in left if piece[1] - piece[0] >= TOLERANCE_SECONDS]


def _union(windows: Iterable[Window]) -> list[Window]:
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _together(found: Iterable[_On], real: Mapping[int, tuple[Window, ...]]) -> tuple[Contradiction, ...]:
    """The same on several weekdays is one contradiction."""
    alike: dict[tuple[str, Window, str, tuple[Window, ...]], list[int]] = {}
    for one in found:
        days = alike.setdefault((one.code, one.window, one.words, real[one.weekday]), [])
        if one.weekday not in days:
            days.append(one.weekday)
    return tuple(
        Contradiction(code, tuple(days), start, end, windows, words)
        for (code, (start, end), words, windows), days in sorted(alike.items(), key=lambda item: (item[1], item[0][1]))
    )


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"
