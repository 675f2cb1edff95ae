"""Open, closed or holiday: the core, the compiled dialplan and the simulator on the published XML agree.

Thousands of random centres (SANGDAM_AGREEMENT_CASES for more, SANGDAM_AGREEMENT_SEED for others), each asked on days
that are easily got wrong, at every boundary of its hours and one second on either side. FreeSWITCH itself is asked in
tests/freeswitch/test_hours_by_faketime.py.

When the clock changes, the wall clock counts: at New York's 02:00 → 03:00 in March, hours in between are not served
that day; from 01:00 to 02:00 in November, hours are served both times. It is what FreeSWITCH does, which breaks the
moment down to the zone's wall clock before it compares.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytest

from app.core.business_hours import OpenState, state_at
from app.core.definitions import Holiday, Slot, TenantConfig
from app.core.public_holidays import from_table
from dialplan.compiler import compile_tenant
from dialplan.evaluator import StepKind, state_of, walk
from dialplan.model import Compiled
from dialplan.proof import prove
from dialplan.writer import context_xml, public_xml
from dialplan.year import sweep
from simswitch.datetimes import datetime_check
from simswitch.dialplan import Context, Hunt
from simswitch.xmldoc import load
from tests.unit.dialplan.example import DID, tenant

CASES = int(os.environ.get("SANGDAM_AGREEMENT_CASES", "2000"))
SEED = int(os.environ.get("SANGDAM_AGREEMENT_SEED", "20260217"))
IN_PIECES = 8

YEARS = range(2026, 2033)
ZONES = ("Asia/Seoul",) * 4 + ("America/New_York", "America/New_York", "Europe/Berlin", "UTC", "Asia/Kathmandu")
SECOND = timedelta(seconds=1)


@cache
def korean(year: int) -> tuple[Holiday, ...]:
    """The year's public holidays, lunar and substitute ones with them."""
    return from_table(lambda n: public_holidays.KR(years=n, language="ko"), [year])


# -- random centres ---------------------------------------------------------------------------------


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


# -- the simulator, on the XML that is published ----------------------------------------------------


class Published:
    """The XML of a tenant as the simulator reads it; a call asks it as a channel would."""

    def __init__(self, compiled: Compiled) -> None:
        self.contexts = load(_bare(context_xml(compiled)) + _bare(public_xml(compiled))).contexts

    def state_at(self, now: datetime) -> OpenState:
        """Where a call to the number goes from ``hours``: through the entry, which sets the zone, and the doorway."""
        call = _Channel(DID, now)
        application, data = "transfer", f"{DID} XML public"
        while application == "transfer":
            call.destination, _, context = data.split()
            state = {"greeting": OpenState.OPEN, "holiday": OpenState.HOLIDAY, "after-hours": OpenState.CLOSED}
            if call.destination in state:
                return state[call.destination]
            for application, data in call.hunt(self.contexts[context]):
                if application in ("set", "export"):
                    name, _, value = data.partition("=")
                    call.variables[name] = value
                if application == "transfer":
                    break
        raise AssertionError(f"no way through: {application} {data}")


class _Channel:
    """What the simulator's dialplan asks of a channel (simswitch.dialplan.Subject)."""

    def __init__(self, destination: str, now: datetime) -> None:
        self.destination, self.now = destination, now
        self.variables: dict[str, str] = {}

    def hunt(self, context: Context) -> Sequence[tuple[str, str]]:
        found = Hunt(self, lambda app, data: None)
        assert found.walk(context), self.destination
        return found.actions or ()

    def field(self, name: str) -> str:
        assert name == "destination_number"
        return self.destination

    def expand(self, text: str) -> str:
        return text

    def dates(self, attributes: dict[str, str]) -> int:
        # The machine's own zone is another one: the tenant's has to count.
        return datetime_check(attributes, self.now, self.variables.get("timezone", ""), local=ZoneInfo("Asia/Tokyo"))

    def set_variable(self, name: str, value: Any) -> None:
        self.variables[name] = value

    def clear_prefix(self, prefix: str) -> None:
        pass

    def auto_hunt(self) -> str:
        return ""


def _bare(xml: str) -> str:
    return xml.strip().removeprefix("<include>").removesuffix("</include>")


# -- they agree -------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", range(IN_PIECES))
def test_core_dialplan_and_simulator_agree(piece: int) -> None:
    chance = random.Random(SEED + piece)
    seen: dict[OpenState, int] = dict.fromkeys(OpenState, 0)
    for case in range(CASES // IN_PIECES):
        config = a_centre(chance)
        compiled = compile_tenant(config)
        published = Published(compiled)
        slots, holidays = config.ars.slots, config.ars.holidays
        for now in moments(config, delicate_days(chance, config, 2)):
            expected = state_at(slots, holidays, now, config.timezone)
            told = (state_of(compiled, now), published.state_at(now))
            assert told == (expected, expected), f"seed {SEED + piece}, case {case}, {now}: {config.ars}"
            seen[expected] += 1
    assert min(seen.values()) > CASES // IN_PIECES, seen


def test_the_year_proof_shows_the_same_year() -> None:
    chance = random.Random(SEED)
    for _ in range(max(6, CASES // 200)):
        config = a_centre(chance)
        compiled = compile_tenant(config)
        place = ZoneInfo(config.timezone)
        start = date(chance.choice(YEARS), chance.randint(1, 12), chance.randint(1, 28))
        year = sweep(compiled, start)
        assert len(year.days) == 366
        assert not year.unsteady
        for one in year.boundaries:
            for at, state in ((one.at - SECOND, one.before), (one.at, one.now), (one.at + SECOND, one.after)):
                assert state is state_at(config.ars.slots, config.ars.holidays, at, place), (at, config.ars)
        for day in chance.sample(year.days, 20):
            for second in chance.sample(range(86_400), 4):
                wall = datetime.combine(day.day, time(0)) + timedelta(seconds=second)
                at = wall.replace(tzinfo=place)
                if day.clock_changes and at.astimezone(UTC).astimezone(place).replace(tzinfo=None) != wall:
                    continue
                is_open = any(low <= second < high for low, high in day.windows)
                state = state_at(config.ars.slots, config.ars.holidays, at, place)
                assert is_open is (state is OpenState.OPEN), (at, config.ars)
                assert day.is_holiday is (state is OpenState.HOLIDAY), (at, config.ars)


def test_a_call_meets_what_the_state_says() -> None:
    chance = random.Random(SEED)
    first = {OpenState.OPEN: "greeting", OpenState.CLOSED: "after_hours", OpenState.HOLIDAY: "holiday"}
    for _ in range(max(20, CASES // 20)):
        config = a_centre(chance)
        compiled = compile_tenant(config)
        for now in moments(config, delicate_days(chance, config, 1)):
            expected = first[state_at(config.ars.slots, config.ars.holidays, now, config.timezone)]
            marks = [step.name for step in walk(compiled, DID, now) if step.kind is StepKind.MARK]
            assert marks[:2] == ["did", expected], (now, config.ars)


def test_no_random_centre_has_an_error_in_its_hours_but_that_it_is_never_open() -> None:
    chance = random.Random(SEED)
    for _ in range(max(6, CASES // 200)):
        config = a_centre(chance)
        errors = {one.code for one in prove(compile_tenant(config), config, {}, date(2026, 3, 1)).errors}
        assert errors <= {"hours.never_open"}, config.ars
