"""What the year proof says of hours and holidays: what the compiled dialplan shows, beside what was entered."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.core.business_hours import DAY_SECONDS, Window, holiday_on, open_windows
from app.core.definitions import ArsDefinition, Holiday, Slot
from app.core.public_holidays import HolidayTable, from_table, missing
from dialplan.findings import Finding, Severity, clock, first
from dialplan.year import Year

SHORT_GAP_SECONDS = 15 * 60
"""A gap up to here is hardly a break: 11:59 was entered for 12:00."""

LONGEST_BREAK_SECONDS = 4 * 3600
"""A gap longer than that is no break: the night ends and the evening begins."""

LOOKS_AHEAD_YEARS = 3
"""In how many years a yearly holiday has to stand on its day before it counts as one that stays there."""

_DAYS = range(7)
_SUNDAY = 6


def hours_findings(year: Year, ars: ArsDefinition) -> Iterator[Finding]:
    """Of opening hours: what is never open, where there are gaps, what overlaps, what has no effect."""
    if year.unsteady:
        yield Finding(Severity.ERROR, "hours.unsteady", "calendar", {}, first(year.unsteady))
    usual = year.usual()
    if not any(day.windows for day in year.days):
        yield Finding(Severity.ERROR, "hours.never_open", "slots", {"days": len(year.days)}, first([year.days[0].day]))
    else:
        yield from _closed_weekdays(usual)
        yield from _gaps(usual, ars.slots)
    yield from _overlaps(ars.slots)
    yield from _without_effect(usual, ars.slots)
    yield from _disagreements(year, usual, ars.holidays)


def _closed_weekdays(usual: Mapping[int, Sequence[Window]]) -> Iterator[Finding]:
    """A day off between working days, for example Wednesday. That Sunday is one surprises nobody."""
    closed = [day for day in _DAYS if day in usual and not usual[day] and day != _SUNDAY]
    between = [day for day in closed if usual.get((day - 1) % 7) and usual.get((day + 1) % 7)]
    if between:
        yield Finding(Severity.NOTE, "weekday.closed", "slots", {"weekdays": between})


def _gaps(usual: Mapping[int, Sequence[Window]], slots: Sequence[Slot]) -> Iterator[Finding]:
    """Between two openings of a day, or of two days at midnight, where no closed slot says so."""
    meant = open_windows([replace(slot, is_open=True) for slot in slots if not slot.is_open])
    found: dict[tuple[int, int], list[int]] = {}
    for day, windows in usual.items():
        for (_, end), (start, _) in zip(windows, windows[1:], strict=False):
            said = any(low < start and end < high for low, high in meant[day])
            if start - end <= LONGEST_BREAK_SECONDS and not said:
                found.setdefault((end, start), []).append(day)
        tomorrow = usual.get((day + 1) % 7)
        if windows and tomorrow and windows[-1][1] < DAY_SECONDS and tomorrow[0][0] == 0:
            gap = (windows[-1][1], DAY_SECONDS)
            if gap[1] - gap[0] <= SHORT_GAP_SECONDS and not any(gap[0] < high for _, high in meant[day]):
                found.setdefault(gap, []).append(day)
    for (end, start), days in sorted(found.items(), key=lambda item: (item[1], item[0])):
        short = start - end <= SHORT_GAP_SECONDS
        details = {"weekdays": days, "start": clock(end), "end": clock(start), "seconds": start - end}
        yield Finding(
            Severity.WARNING if short else Severity.NOTE, "slots.short_gap" if short else "slots.gap", "slots", details
        )


def _overlaps(slots: Sequence[Slot]) -> Iterator[Finding]:
    """Open slots that say the same twice: harmless for callers, but one of them is not what was meant."""
    parts = [open_windows((slot,)) if slot.is_open else {} for slot in slots]
    for one, mine in enumerate(parts):
        for other in range(one + 1, len(parts)):
            shared = {
                day: (max(low, start), min(high, end))
                for day in _DAYS
                for low, high in mine.get(day, ())
                for start, end in parts[other].get(day, ())
                if max(low, start) < min(high, end)
            }
            if shared:
                start, end = shared[min(shared)]
                details = {
                    "other": other, "names": [slots[one].name, slots[other].name], "weekdays": sorted(shared),
                    "start": clock(start), "end": clock(end),
                }  # fmt: skip
                yield Finding(Severity.WARNING, "slots.overlap", f"slots.{one}", details)


def _without_effect(usual: Mapping[int, Sequence[Window]], slots: Sequence[Slot]) -> Iterator[Finding]:
    """An open slot in whose time it is never open, because closed ones cover it."""
    for place, slot in enumerate(slots):
        if not slot.is_open:
            continue
        reached = any(
            max(low, start) < min(high, end)
            for day, windows in open_windows((slot,)).items()
            for low, high in windows
            for start, end in usual.get(day, ())
        )
        if not reached:
            details = {"name": slot.name, "weekdays": sorted(slot.weekdays)}
            yield Finding(Severity.WARNING, "slot.unreachable", f"slots.{place}", details)


def _disagreements(
    year: Year, usual: Mapping[int, Sequence[Window]], holidays: Sequence[Holiday]
) -> Iterator[Finding]:
    """Days that are not what was entered: this cannot be, so it is an error when it is."""
    ordinary = [day for day in year.days if not day.is_holiday and not day.clock_changes]
    closed = [day.day for day in ordinary if day.windows != usual[day.day.weekday()]]
    if closed:
        yield Finding(Severity.ERROR, "day.unlike_its_weekday", "calendar", {"days": len(closed)}, first(closed))
    served = [day.day for day in year.days if (holiday_on(holidays, day.day) is not None) != day.is_holiday]
    if served:
        yield Finding(Severity.ERROR, "day.holiday_differs", "calendar", {"days": len(served)}, first(served))


# -- holidays ---------------------------------------------------------------------------------------


def holiday_findings(year: Year, ars: ArsDefinition, table: HolidayTable | None) -> Iterator[Finding]:
    """Of holidays: what is over, what moves and was entered as if it stood still, what is not entered.

    ``table`` says the public holidays of a year; without it only what is over is told.
    """
    start, end = year.days[0].day, year.days[-1].day
    over = [one for one in ars.holidays if not one.yearly and one.day < start]
    if over:
        details = {"count": len(over), "names": _names(over)}
        yield Finding(Severity.NOTE, "holiday.past", "holidays", details, first(one.day for one in over))
    if table is None:
        return
    # A library computes the moon's days anew each time that it is asked.
    table = functools.cache(table)
    for one in ars.holidays:
        moved = _moves(one, table, start.year) if one.yearly else None
        if moved is not None:
            when, day = moved
            details = {"name": one.name, "year": when, "day": day.isoformat() if day else None}
            yield Finding(Severity.WARNING, "holiday.moves", f"holidays.{one.day.isoformat()}", details)
    usual = year.usual()
    absent = [
        one
        for one in missing(ars.holidays, from_table(table, range(start.year, end.year + 1)))
        # On a day that is closed anyway nobody misses it.
        if start <= one.day <= end and usual.get(one.day.weekday())
    ]
    if absent:
        details = {"count": len(absent), "names": _names(absent), "days": [one.day.isoformat() for one in absent]}
        yield Finding(Severity.NOTE, "holiday.missing", "holidays", details, first(one.day for one in absent))


def _names(holidays: Sequence[Holiday]) -> list[str]:
    return [one.name for one in holidays]


def _moves(holiday: Holiday, table: HolidayTable, year: int) -> tuple[int, date | None] | None:
    """Whether a yearly holiday is a public one that other years have on another day (by the moon) or not at all (a
    substitute, an election): the first such year from ``year`` on, and its day there. None for one that stays, and for
    the tenant's own."""
    years = range(max(year, holiday.day.year), max(year, holiday.day.year) + LOOKS_AHEAD_YEARS)
    told = {n: _days_by_name(table, n) for n in (holiday.day.year, *years)}
    name = _plain(holiday.name)
    on_its_day = {one for one, days in told[holiday.day.year].items() if holiday.day in days}
    alike = {one for one in on_its_day if name and (one in name or name in one)}
    names = alike or (on_its_day if holiday.kind == "public" else set()) or {name}
    if not any(one in known for known in told.values() for one in names):
        return None
    for another in years:
        days = sorted(day for one in names for day in told[another].get(one, ()))
        if not any((day.month, day.day) == (holiday.day.month, holiday.day.day) for day in days):
            return another, days[0] if days else None
    return None


def _days_by_name(table: HolidayTable, year: int) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for day, names in table(year).items():
        for name in names.split(";") if day.year == year else ():
            found.setdefault(_plain(name), []).append(day)
    return found


def _plain(name: str) -> str:
    """Without blanks, and without the word that people add or leave out (설날 연휴)."""
    return "".join(name.split()).removesuffix("연휴")
