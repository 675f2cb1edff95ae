"""Rules of all time zones for FreeSWITCH, taken from the very data that Python computes with.

FreeSWITCH's dialplan conditions look a zone's name up in its own list; a name that is missing makes
the time of day undefined. The last line of a compiled zone file (RFC 9636, "footer") is the POSIX
rule that such a list wants.
"""

from __future__ import annotations

import io
import re
import struct
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

YEARS = timedelta(days=3 * 366)
"""How far ahead a clock is looked at: the tables of Ramadan alone go further."""


class UnknownZone(ValueError):
    """There is no zone of this name, or FreeSWITCH is told no rule of it."""


def posix_rules() -> list[tuple[str, str]]:
    """(name, POSIX rule) of every zone on this machine, by name. Empty when there is no zone data."""
    found = ((name, _rule(name)) for name in sorted(zoneinfo.available_timezones()))
    return [(name, rule) for name, rule in found if rule]


def first_difference(name: str, start: datetime, ahead: timedelta = YEARS) -> datetime | None:
    """The first full hour from ``start`` on at which FreeSWITCH, by the rule that it is given, would tell another
    time of day than the zone's own table (UTC). None: their clocks agree, hour by hour, for all the time ahead.

    Raises UnknownZone.
    """
    try:
        zone = ZoneInfo(name)
        rule = _rule(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error
    if not rule:
        raise UnknownZone(name)
    told = _clock_of(rule)
    hours = (start + timedelta(hours=n) for n in range(int(ahead / timedelta(hours=1))))
    return next((at for at in hours if at.astimezone(zone).utcoffset() != at.astimezone(told).utcoffset()), None)


def _clock_of(rule: str) -> ZoneInfo:
    """A zone that has nothing but a rule: a compiled file without changes, whose last line then always counts."""
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = head + struct.pack(">l2b", 0, 0, 0) + b"UTC\0"
    return ZoneInfo.from_file(io.BytesIO(block + block + f"\n{rule}\n".encode("ascii")))


def _rule(name: str) -> str | None:
    return next((rule for data in _compiled(name) if (rule := _footer(data))), None)


def _compiled(name: str) -> Iterator[bytes]:
    for place in zoneinfo.TZPATH:
        path = Path(place) / name
        if path.is_file():
            yield path.read_bytes()
    try:
        bundled = resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
        if bundled.is_file():
            yield bundled.read_bytes()
    except ModuleNotFoundError:
        return


def _footer(data: bytes) -> str | None:
    if not data.startswith(b"TZif") or data[4:5] < b"2" or not data.endswith(b"\n"):
        return None
    line = data[:-1].rpartition(b"\n")[2]
    try:
        return _readable(line.decode("ascii")) or None
    except UnicodeDecodeError:
        return None


_QUOTED = re.compile(r"<[^>]*>")
_NEGATIVE_TIME = re.compile(r"/-\d+(?::\d+)*")


def _readable(rule: str) -> str:
    """The rule without what FreeSWITCH cannot read (switch_time.c: getzname, getsecs).

    Quoted names get plain ones: ``<+0545>-5:45`` → ``STD-5:45``. A change before midnight (``/-1``, in
    Greenland only) is put at midnight: there the clock is wrong for an hour, twice a year, and
    :func:`first_difference` finds it.
    """
    names = iter(("STD", "DST"))
    rule = _QUOTED.sub(lambda match: next(names, "DST"), rule)
    return _NEGATIVE_TIME.sub("/0", rule)
