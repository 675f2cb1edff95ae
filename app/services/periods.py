"""Periods as people choose them: local days, times of day, and the words 오늘, 어제, 이번주, 이번달, 한달간."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.services.errors import Refused

LONGEST_DAYS = 366
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
"""Days that can be asked for: beyond are slips of the pen, and at the ends of the calendar time zones overflow."""
PRESETS = ("today", "yesterday", "week", "month", "30days")


def check_days(first: date, last: date) -> None:
    """Refuse what is no period: Refused ``date_out_of_range`` for a day before EARLIEST or after LATEST,
    ``bad_period`` when it ends before it starts or is longer than a leap year."""
    if not (EARLIEST <= first <= LATEST and EARLIEST <= last <= LATEST):
        raise Refused("date_out_of_range", earliest=EARLIEST.isoformat(), latest=LATEST.isoformat())
    if last < first or (last - first).days >= LONGEST_DAYS:
        raise Refused("bad_period", days=LONGEST_DAYS)


def day_bounds(first: date, last: date, timezone: str) -> tuple[datetime, datetime]:
    """``[start of first, start of the day after last)`` in the time zone.

    Raises Refused as ``check_days`` does.
    """
    check_days(first, last)
    zone = ZoneInfo(timezone)
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def today(now: datetime, timezone: str) -> date:
    """The local day of a moment."""
    return now.astimezone(ZoneInfo(timezone)).date()


def preset(name: str, now: datetime, timezone: str) -> tuple[date, date]:
    """First and last day of a preset; a week starts on Monday. Raises Refused ``bad_period`` if unknown."""
    day = today(now, timezone)
    if name == "today":
        return day, day
    if name == "yesterday":
        return day - timedelta(days=1), day - timedelta(days=1)
    if name == "week":
        return day - timedelta(days=day.weekday()), day
    if name == "month":
        return day.replace(day=1), day
    if name == "30days":
        return day - timedelta(days=29), day
    raise Refused("bad_period", days=LONGEST_DAYS)
