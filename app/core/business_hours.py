"""Hours of service and holidays: is a tenant open at a moment?

:func:`state_at` is the definition. What FreeSWITCH runs is compiled from :func:`open_windows`, and a
test holds the two against each other. Weekdays are Python's (Monday = 0), times are the tenant's wall
clock, intervals are ``[start, end)`` to the second.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.definitions import Holiday, Slot
from app.core.errors import InvalidDefinition

DAY_SECONDS = 24 * 60 * 60


class OpenState(enum.StrEnum):
    """What a caller meets at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


def zone(name: str) -> ZoneInfo:
    """The tenant's time zone. Raises InvalidDefinition for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidDefinition(f"unknown time zone {name!r}", field="timezone", value=name) from error


def local(now: datetime, tz: str | tzinfo) -> datetime:
    """The moment on the tenant's wall clock. Raises ValueError for a naive datetime."""
    if now.tzinfo is None or now.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return now.astimezone(zone(tz) if isinstance(tz, str) else tz)


def is_holiday(holidays: Iterable[Holiday], day: date) -> bool:
    """True when the day is one of the holidays; a yearly one repeats its month and day."""
    return holiday_on(holidays, day) is not None


def holiday_on(holidays: Iterable[Holiday], day: date) -> Holiday | None:
    """The holiday that falls on the day, if any. A yearly 29 February exists in leap years only."""
    for holiday in holidays:
        if holiday.day == day or (
            holiday.yearly and (holiday.day.month, holiday.day.day) == (day.month, day.day)
        ):
            return holiday
    return None


def state_at(
    slots: Sequence[Slot], holidays: Iterable[Holiday], now: datetime, tz: str | tzinfo
) -> OpenState:
    """Holiday before hours; a slot that is closed (lunch) outweighs one that is open; no slot: closed.

    ``now`` is aware. A slot over midnight belongs to the weekday on which it begins, but a holiday is
    a calendar day: the rest of Friday's night slot is not served when Saturday is a holiday.
    """
    moment = local(now, tz)
    if is_holiday(holidays, moment.date()):
        return OpenState.HOLIDAY
    covering = [slot.is_open for slot in slots if _covers(slot, moment.weekday(), moment.time())]
    return OpenState.OPEN if covering and all(covering) else OpenState.CLOSED


def _covers(slot: Slot, weekday: int, at: time) -> bool:
    if slot.end > slot.start:
        return weekday in slot.weekdays and slot.start <= at < slot.end
    begins_today = weekday in slot.weekdays and at >= slot.start
    began_yesterday = (weekday - 1) % 7 in slot.weekdays and at < slot.end
    return begins_today or began_yesterday


Window = tuple[int, int]
"""[start, end) in seconds of the day."""


def open_windows(slots: Sequence[Slot]) -> dict[int, tuple[Window, ...]]:
    """For each weekday the windows in which it is open: open slots together, minus the closed ones.

    Raises InvalidDefinition for a slot without weekdays, with a wrong weekday or finer than a second.
    """
    wanted: dict[int, list[Window]] = {day: [] for day in range(7)}
    refused: dict[int, list[Window]] = {day: [] for day in range(7)}
    for slot in slots:
        check_slot(slot)
        target = wanted if slot.is_open else refused
        for weekday in slot.weekdays:
            for day, window in _parts(slot, weekday):
                target[day].append(window)
    return {day: _subtract(_union(wanted[day]), _union(refused[day])) for day in range(7)}


def check_slot(slot: Slot) -> None:
    """Raises InvalidDefinition when the slot cannot be meant."""
    if not slot.weekdays or not slot.weekdays <= frozenset(range(7)):
        raise InvalidDefinition(
            "a slot needs weekdays from 0 (Monday) to 6", field="weekdays", value=sorted(slot.weekdays)
        )
    for value in (slot.start, slot.end):
        if value.tzinfo is not None or value.microsecond:
            raise InvalidDefinition(
                "a slot's times are whole seconds without a zone", field="time", value=value
            )


def _parts(slot: Slot, weekday: int) -> list[tuple[int, Window]]:
    start, end = seconds_of(slot.start), seconds_of(slot.end)
    if end > start:
        return [(weekday, (start, end))]
    parts = [(weekday, (start, DAY_SECONDS))]
    return parts + [((weekday + 1) % 7, (0, end))] if end else parts


def seconds_of(value: time) -> int:
    """Seconds since midnight."""
    return value.hour * 3600 + value.minute * 60 + value.second


def _union(windows: Iterable[Window]) -> tuple[Window, ...]:
    result: list[Window] = []
    for start, end in sorted(windows):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def _subtract(windows: Iterable[Window], holes: Iterable[Window]) -> tuple[Window, ...]:
    left = list(windows)
    for low, high in holes:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, low)), (max(start, high), end))
            if piece[0] < piece[1]
        ]
    return tuple(left)
