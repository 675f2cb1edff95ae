"""Date and time conditions of the dialplan, exactly as FreeSWITCH decides them.

Sources: switch_xml.c (switch_xml_std_datetime_check), switch_utils.c (switch_number_cmp, switch_dow_cmp,
switch_tod_cmp, switch_fulldate_cmp). Where those are odd (``dst`` never matches winter, ``date-time``
reads the machine's own zone, an end second belongs to ``time-of-day``), so is this.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

ATTRIBUTES = (
    "date-time", "year", "yday", "mon", "mday", "week", "mweek", "wday", "hour", "minute",
    "minute-of-day", "time-of-day", "tz-offset", "dst",
)  # fmt: skip

_INT = re.compile(r"\s*([+-]?\d+)")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_TRUE = frozenset({"yes", "on", "true", "t", "enabled", "active", "allow"})


def is_true(text: str | None) -> bool:
    """switch_true: a true word in any case, or a number that is not zero."""
    if not text:
        return False
    if text.lower() in _TRUE:
        return True
    return bool(re.fullmatch(r"[+-]?[\d.]+", text)) and c_int(text) != 0


def c_int(text: str) -> int:
    """atoi: the leading number, else 0."""
    found = _INT.match(text)
    return int(found.group(1)) if found else 0


def number_cmp(expression: str, value: int) -> bool:
    """``1,3-5``; a range whose start is the greater runs over the end (18-8: not 9 to 17)."""
    position = 0
    while True:
        found = _INT.match(expression, position)
        first = int(found.group(1)) if found else 0
        position = found.end() if found else position
        if expression[position : position + 1] != "-":
            if first == value:
                return True
        else:
            found = _INT.match(expression, position + 1)
            last = int(found.group(1)) if found else 0
            position = found.end() if found else position + 1
            if (first <= value <= last) if first <= last else (value >= first or value <= last):
                return True
        if expression[position : position + 1] != ",":
            return False
        position += 1


def dow_cmp(expression: str, value: int) -> bool:
    """Days of the week, 1 is Sunday: ``mon-fri``, ``2-6``, ``sat,sun``."""
    position, previous, start = 0, 0, 0
    while position < len(expression):
        char = expression[position]
        if char == ",":
            previous = 0
            position += 1
            continue
        if char == "-":
            start = previous
            position += 1
            continue
        if "1" <= char <= "7":
            day = int(char)
            position += 1
        elif expression[position : position + 3].lower() in _DAYS:
            day = _DAYS.index(expression[position : position + 3].lower()) + 1
            position += 3
        else:
            return False
        if start:
            if (start <= value <= day) if start <= day else (value >= start or value <= day):
                return True
            start = 0
        elif value == day:
            return True
        previous = day
    return False


def tod_cmp(expression: str, second: int) -> bool:
    """``09:00-18:00`` or with seconds, several with commas; the end second is still inside."""
    for part in expression.split(","):
        head, colon, rest = part.partition(":")
        if not colon or "-" not in rest:
            continue
        low, _, high = rest.partition("-")
        if ":" not in high:
            continue
        start = _seconds([head, *low.split(":")])
        end = _seconds(high.split(":"))
        if (start <= second <= end) if start <= end else (second >= start or second <= end):
            return True
    return False


def _seconds(parts: list[str]) -> int:
    hours, minutes, seconds = ([c_int(part) for part in parts] + [0, 0, 0])[:3]
    return hours * 3600 + minutes * 60 + seconds


def fulldate_cmp(expression: str, now: datetime, local: tzinfo | None) -> bool:
    """``2026-01-01 00:00:00~2026-01-02 00:00:00``, [start, end), in the machine's own zone."""
    for part in expression.split(","):
        first, tilde, last = part.partition("~")
        if not tilde:
            continue
        start, end = _moment(first, local), _moment(last, local)
        if start is None or end is None:
            return False
        if start <= now < end:
            return True
    return False


def _moment(text: str, local: tzinfo | None) -> datetime | None:
    found = re.match(r"\s*(\d+)-(\d+)-(\d+)(?:\s+(\d+):(\d+)(?::(\d+))?)?", text)
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (int(item or 0) for item in found.groups())
        plain = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return plain.replace(tzinfo=None).astimezone() if local is None else plain.replace(tzinfo=local)


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The zone of that name; UTC when FreeSWITCH would not find it either."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def datetime_check(
    attributes: Mapping[str, str],
    now: datetime,
    timezone_name: str = "",
    offset_hours: int | None = None,
    local: tzinfo | None = None,
) -> int:
    """1: the date conditions hold, 0: they do not, -1: there are none.

    ``timezone_name`` and ``offset_hours`` are the channel's ``timezone`` and ``tod_tz_offset``.
    """
    here = now.astimezone(local)
    if offset_hours is not None:
        at = now.astimezone(timezone(timedelta(hours=offset_hours)))
    elif timezone_name:
        at = now.astimezone(zone(timezone_name))
    else:
        at = here
    match = -1
    get = attributes.get
    if (wanted := get("tz-offset")) is not None:
        gmtoff = at.utcoffset() or timedelta()
        effective = offset_hours if offset_hours is not None else int(gmtoff.total_seconds() / 3600)
        match = int((c_int(wanted) if re.fullmatch(r"[+-]?[\d.]+", wanted) else effective) == effective)
    if match and (wanted := get("dst")):
        match = int(bool(here.dst()) and is_true(wanted))
    if match and (wanted := get("date-time")) is not None:
        match = int(fulldate_cmp(wanted, now, local))
    yday = at.timetuple().tm_yday - 1
    wday = (at.weekday() + 1) % 7
    numbers = (
        ("year", at.year),
        ("yday", yday + 1),
        ("mon", at.month),
        ("mday", at.day),
        ("week", yday // 7 + 1),
        ("mweek", _week_of_month(at.day, wday)),
    )
    for name, value in numbers:
        if match and (wanted := get(name)) is not None:
            match = int(number_cmp(wanted, value))
    if match and (wanted := get("wday")) is not None:
        match = int(dow_cmp(wanted, wday + 1))
    minute_of_day = at.hour * 60 + at.minute + 1
    for name, value in (("hour", at.hour), ("minute", at.minute), ("minute-of-day", minute_of_day)):
        if match and (wanted := get(name)) is not None:
            match = int(number_cmp(wanted, value))
    if match and (wanted := get("time-of-day")) is not None:
        match = int(tod_cmp(wanted, at.hour * 3600 + at.minute * 60 + at.second))
    return match


def _week_of_month(mday: int, wday: int) -> int:
    difference = mday - (wday + 1)
    remainder = int(math.fmod(difference, 7))  # C's %, which keeps the sign
    first = int(math.fmod(7 - remainder, 7))
    return math.ceil((mday + first) / 7.0)
