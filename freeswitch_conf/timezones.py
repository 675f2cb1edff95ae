"""Rules of all time zones for FreeSWITCH, taken from the very data that Python computes with.

FreeSWITCH's dialplan conditions look a zone's name up in its own list; a name that is missing makes
the time of day undefined. The last line of a compiled zone file (RFC 9636, "footer") is the POSIX
rule that such a list wants.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from importlib import resources
from pathlib import Path


def posix_rules() -> list[tuple[str, str]]:
    """(name, POSIX rule) of every zone on this machine, by name. Empty when there is no zone data."""
    found = []
    for name in sorted(zoneinfo.available_timezones()):
        for data in _compiled(name):
            rule = _footer(data)
            if rule:
                found.append((name, rule))
                break
    return found


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
    Greenland only) is put at midnight: there the clock is wrong for an hour, twice a year.
    """
    names = iter(("STD", "DST"))
    rule = _QUOTED.sub(lambda match: next(names, "DST"), rule)
    return _NEGATIVE_TIME.sub("/0", rule)
