"""Periods of reports: from–to, times of day, units. Local time of the tenant; instants are aware."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import InvalidDefinition

_FIRST_MINUTE = time(0, 0)
_LAST_MINUTE = time(23, 59)


class Unit(enum.StrEnum):
    """How a report divides its period (단위)."""

    WHOLE = "whole"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``first`` to ``last``, both included, and within each day the minutes ``from_time`` to
    ``to_time``, both included: the seeds' ``00:00 ~ 23:59`` is the whole day. ``to_time`` before
    ``from_time`` runs over midnight (of the same day: its early and its late part).

    Raises InvalidDefinition when the days are the wrong way round.
    """

    first: date
    last: date
    from_time: time = _FIRST_MINUTE
    to_time: time = _LAST_MINUTE
    unit: Unit = Unit.WHOLE
    timezone: str = "Asia/Seoul"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidDefinition(
                "the period ends before it begins", field="last", value=self.last.isoformat()
            )

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def start(self) -> datetime:
        """The first instant, UTC."""
        return instant(self.first, _FIRST_MINUTE, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after the period, UTC."""
        return instant(self.last + timedelta(days=1), _FIRST_MINUTE, self.zone)

    @property
    def whole_days(self) -> bool:
        """No time of day is left out."""
        return minute(self.from_time) == _FIRST_MINUTE and minute(self.to_time) == _LAST_MINUTE

    def holds(self, at: datetime) -> bool:
        """Whether an instant belongs to the period."""
        if not self.start <= at < self.end:
            return False
        return self.whole_days or within(at.astimezone(self.zone).time(), self.from_time, self.to_time)

    def bucket(self, at: datetime) -> str:
        """The part of the period that an instant falls into, by ``unit``: '' for the whole, else
        ``2026-11-23 14``, ``2026-11-23``, ``2026-W48`` (ISO), ``2026-11``. They sort by time."""
        local = at.astimezone(self.zone)
        if self.unit is Unit.HOUR:
            return local.strftime("%Y-%m-%d %H")
        if self.unit is Unit.DAY:
            return local.strftime("%Y-%m-%d")
        if self.unit is Unit.WEEK:
            year, week, _ = local.isocalendar()
            return f"{year}-W{week:02d}"
        if self.unit is Unit.MONTH:
            return local.strftime("%Y-%m")
        return ""


def minute(at: time) -> time:
    """The minute that a time of day lies in."""
    return at.replace(second=0, microsecond=0)


def within(local: time, from_time: time, to_time: time) -> bool:
    """Whether a local time of day lies in the minutes ``from_time`` … ``to_time``, both included."""
    now, low, high = minute(local), minute(from_time), minute(to_time)
    return low <= now <= high if low <= high else now >= low or now <= high


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local day and time."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def daily_ranges(
    start: datetime, end: datetime, from_time: time | None, to_time: time | None, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """[start, end) less the times of day outside ``from_time`` … ``to_time``, as UTC ranges [a, b).

    Queries use them: no database computes local times of day the same way as another.
    """
    low, high = minute(from_time or _FIRST_MINUTE), minute(to_time or _LAST_MINUTE)
    if low == _FIRST_MINUTE and high == _LAST_MINUTE:
        return [(start, end)] if start < end else []
    parts = [(low, high)] if low <= high else [(_FIRST_MINUTE, high), (low, _LAST_MINUTE)]
    ranges = []
    day = start.astimezone(zone).date()
    while (midnight := instant(day, _FIRST_MINUTE, zone)) < end:
        for first, last in parts:
            begins = instant(day, first, zone)
            if last == _LAST_MINUTE:
                ends = instant(day + timedelta(days=1), _FIRST_MINUTE, zone)
            else:
                ends = instant(day, time(last.hour, last.minute), zone) + timedelta(minutes=1)
            clipped = max(begins, start), min(ends, end)
            if clipped[0] < clipped[1]:
                ranges.append(clipped)
        day = midnight.astimezone(zone).date() + timedelta(days=1)
    return ranges
