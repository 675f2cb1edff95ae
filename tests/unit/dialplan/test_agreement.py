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
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core.business_hours import OpenState, state_at
from dialplan.compiler import compile_tenant
from dialplan.evaluator import StepKind, state_of, walk
from dialplan.model import Compiled
from dialplan.proof import prove
from dialplan.writer import context_xml, public_xml
from dialplan.year import sweep
from simswitch.datetimes import datetime_check
from simswitch.dialplan import Context, Hunt
from simswitch.xmldoc import load
from tests.unit.dialplan.centres import SECOND, YEARS, a_centre, delicate_days, moments
from tests.unit.dialplan.example import DID

CASES = int(os.environ.get("SANGDAM_AGREEMENT_CASES", "2000"))
SEED = int(os.environ.get("SANGDAM_AGREEMENT_SEED", "20260217"))
IN_PIECES = 8

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
