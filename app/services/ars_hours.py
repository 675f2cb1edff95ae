"""상담시간 that is allowed and yet perhaps not meant: overlaps, slots without effect, gaps of minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.ars_json import ars_from_json
from app.core.business_hours import DAY_SECONDS, open_windows
from app.core.definitions import Slot
from app.services.ars_problems import Problem

SHORTEST_GAP_SECONDS = 15 * 60
"""A pause shorter than that is more often a slip of the finger than a break."""


def slot_warnings(slots: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """What should be looked at in slots that can be read (``document["slots"]``)."""
    read = ars_from_json({"slots": list(slots)}).slots
    found: list[Problem] = []
    for place, slot in enumerate(read):
        raw = slots[place]
        if slot.start == slot.end and raw["start"] != "00:00":
            found.append(Problem(f"slots.{place}", "slot_whole_day", {"time": raw["start"]}))
        for other in range(place):
            days = _shared_days(read[other], slot)
            if days and read[other].is_open and slot.is_open:
                found.append(
                    Problem(f"slots.{place}", "slots_overlap", {"other": other, "weekdays": sorted(days)})
                )
    found += _without_effect(read)
    found += _small_gaps(read)
    if not any(open_windows(read).values()):
        found.append(Problem("slots", "never_open"))
    return found


def _shared_days(one: Slot, other: Slot) -> set[int]:
    """Weekdays with a moment that both cover."""
    mine, theirs = (open_windows([_opened(slot)]) for slot in (one, other))
    return {
        day
        for day in range(7)
        if any(a < d and c < b for a, b in mine[day] for c, d in theirs[day])
    }


def _without_effect(slots: Sequence[Slot]) -> list[Problem]:
    """Open slots that closed ones cover whole, and closed ones within which nothing would be open."""
    found = []
    for place, slot in enumerate(slots):
        rest = [other for index, other in enumerate(slots) if index != place]
        if open_windows(rest) == open_windows(slots) and not any(
            _shared_days(slot, other) for other in rest if other.is_open == slot.is_open
        ):
            found.append(Problem(f"slots.{place}", "slot_without_effect"))
    return found


def _small_gaps(slots: Sequence[Slot]) -> list[Problem]:
    """Minutes between two slots in which it is closed although no closed slot says so."""
    found: dict[tuple[int, int], list[int]] = {}
    week = [
        (day * DAY_SECONDS + start, day * DAY_SECONDS + end)
        for day, windows in open_windows([slot for slot in slots if slot.is_open]).items()
        for start, end in windows
    ]
    for (_, end), (start, _) in zip(week, [*week[1:], *week[:1]], strict=True):
        gap = (start - end) % (7 * DAY_SECONDS)
        if 0 < gap < SHORTEST_GAP_SECONDS:
            found.setdefault((end % DAY_SECONDS, start % DAY_SECONDS), []).append(end // DAY_SECONDS % 7)
    return [
        Problem("slots", "small_gap", {"start": _clock(end), "end": _clock(start), "weekdays": days})
        for (end, start), days in found.items()
    ]


def _opened(slot: Slot) -> Slot:
    return Slot(slot.weekdays, slot.start, slot.end)


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"
