"""Random centres with hours and holidays of every kind, and the moments at which they are easily got wrong.

For the tests of the dialplan here and on FreeSWITCH.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays as public_holidays

from app.core.definitions import Holiday, Slot, TenantConfig
from app.core.public_holidays import from_table
from tests.unit.dialplan.example import tenant

YEARS = range(2026, 2033)
ZONES = (*("Asia/Seoul",) * 5, *("America/New_York",) * 2, "Europe/Berlin", "Africa/Cairo", "UTC", "Asia/Kathmandu")
SECOND = timedelta(seconds=1)


@cache
def korean(year: int) -> tuple[Holiday, ...]:
    """The year's public holidays, lunar and substitute ones with them."""
    return from_table(lambda n: public_holidays.KR(years=n, language="ko"), [year])


def a_time(chance: random.Random) -> time:
    minute = chance.choice((0, 0, 0, 30, 30, 15, 59, chance.randrange(60)))
    return time(chance.randrange(24), minute, chance.choice((0, 0, 0, 0, 0, 59, 1)))


def a_slot(chance: random.Random) -> Slot:
    weekdays = chance.choice(
        (range(5), (5, 6), range(7), (chance.randrange(7),), chance.sample(range(7), chance.randint(1, 6)))
    )
    start, end = a_time(chance), a_time(chance)
    if chance.random() < 0.15:
        start = end = time(0)  # the whole day
    elif chance.random() < 0.15:
        end = time(0)
    return Slot(frozenset(weekdays), start, end, chance.random() < 0.7)


def some_holidays(chance: random.Random) -> tuple[Holiday, ...]:
    year = chance.choice(YEARS)
    found = list(korean(year)) if chance.random() < 0.5 else []
    for _ in range(chance.randint(0, 5)):
        day = chance.choice(
            (
                date(chance.choice((2024, 2028, 2032)), 2, 29),
                date(year, 12, 31),
                date(year, 1, 1),
                date(year, 2, 28),
                date(year, 3, 1),
                chance.choice(korean(year)).day,
                date(year, 1, 1) + timedelta(days=chance.randrange(365)),
            )
        )
        found.append(Holiday(day, "휴무", chance.choice(("own", "temporary")), yearly=chance.random() < 0.4))
    return tuple(found)


def a_centre(chance: random.Random, **changes: Any) -> TenantConfig:
    slots = tuple(a_slot(chance) for _ in range(chance.randint(0, 5)))
    zone = chance.choice(ZONES)
    return tenant(ars_slots=slots, ars_holidays=some_holidays(chance), timezone=zone, **changes)


def clock_changes(zone: str, year: int) -> Iterator[date]:
    """The days on which the zone's clock changes."""
    place = ZoneInfo(zone)
    day = date(year, 1, 1)
    while day.year == year:
        following = day + timedelta(days=1)
        if datetime.combine(day, time(0), place).utcoffset() != datetime.combine(following, time(0), place).utcoffset():
            yield day
        day = following


clock_changes_of = cache(lambda zone, year: tuple(clock_changes(zone, year)))


def delicate_days(chance: random.Random, config: TenantConfig, count: int) -> set[date]:
    """Days that are easily got wrong, and those beside them."""
    year = chance.choice(YEARS)
    leap = chance.choice((2028, 2032))
    days = [
        date(year, 12, 31), date(year, 1, 1), date(leap, 2, 29), date(leap, 2, 28), date(leap, 3, 1), date(2027, 2, 28),
        date(2027, 3, 1), *clock_changes_of(config.timezone, year),
        *(one.day for one in korean(year)),
    ]  # fmt: skip
    own = [one.day for one in config.ars.holidays]
    days += [day + timedelta(days=chance.choice((-1, 0, 0, 1))) for day in own]
    days += [day.replace(year=year) for day in own if (day.month, day.day) != (2, 29)]
    days.append(date(year, 1, 1) + timedelta(days=chance.randrange(365)))
    return set(chance.sample(days, min(count, len(days))))


def moments(config: TenantConfig, days: set[date]) -> Iterator[datetime]:
    """Every boundary on those days, and one second on either side, in UTC."""
    place = ZoneInfo(config.timezone)
    edges = {time(0), *(edge for slot in config.ars.slots for edge in (slot.start, slot.end))}
    # Where a clock changes.
    edges |= {time(1), time(2), time(3)} if days & set(_changing(config, days)) else set()
    for day in sorted(days):
        for edge in sorted(edges):
            for fold in (0, 1):
                at = datetime.combine(day, edge, place).replace(fold=fold).astimezone(UTC)
                if fold and at == datetime.combine(day, edge, place).astimezone(UTC):
                    continue
                yield from (at - SECOND, at, at + SECOND)


def _changing(config: TenantConfig, days: set[date]) -> Iterator[date]:
    for year in {day.year for day in days}:
        yield from clock_changes_of(config.timezone, year)
