"""Opening hours: the definition by example, and the compiled dialplan against the definition."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.business_hours import OpenState, state_at
from app.core.definitions import Holiday, Slot
from app.core.errors import InvalidDefinition
from dialplan.compiler import compile_tenant
from dialplan.evaluator import state_of
from tests.unit.dialplan.example import tenant

SEOUL = ZoneInfo("Asia/Seoul")
OPEN, CLOSED, HOLIDAY = OpenState.OPEN, OpenState.CLOSED, OpenState.HOLIDAY

# The example tenant: weekdays 9-18, lunch 12-13 closed, 1 January every year, 2 March 2026.
STORY = [
    ("2026-03-03 08:59:59", CLOSED),
    ("2026-03-03 09:00:00", OPEN),
    ("2026-03-03 11:59:59", OPEN),
    ("2026-03-03 12:00:00", CLOSED),
    ("2026-03-03 12:59:59", CLOSED),
    ("2026-03-03 13:00:00", OPEN),
    ("2026-03-03 17:59:59", OPEN),
    ("2026-03-03 18:00:00", CLOSED),
    ("2026-03-07 10:00:00", CLOSED),  # Saturday
    ("2026-03-02 10:00:00", HOLIDAY),
    ("2026-03-02 23:59:59", HOLIDAY),
    ("2027-03-02 10:00:00", OPEN),  # once only
    ("2026-01-01 00:00:00", HOLIDAY),
    ("2029-01-01 10:00:00", HOLIDAY),  # every year
    ("2028-12-31 23:59:59", CLOSED),  # Sunday
]


@pytest.mark.parametrize(("moment", "expected"), STORY)
def test_the_example_tenant(moment: str, expected: OpenState) -> None:
    config = tenant()
    now = datetime.fromisoformat(moment).replace(tzinfo=SEOUL)
    assert state_at(config.ars.slots, config.ars.holidays, now, config.timezone) is expected
    assert state_of(compile_tenant(config), now) is expected
    assert state_of(compile_tenant(config), now.astimezone(UTC)) is expected


FRIDAY_NIGHT = (Slot(frozenset({4}), time(22), time(2)),)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-06 21:59:59", CLOSED),
        ("2026-03-06 22:00:00", OPEN),
        ("2026-03-07 00:00:00", OPEN),
        ("2026-03-07 01:59:59", OPEN),
        ("2026-03-07 02:00:00", CLOSED),
        ("2026-03-06 01:00:00", CLOSED),
        ("2026-03-14 01:00:00", HOLIDAY),  # the Saturday is a holiday
        ("2026-03-13 23:00:00", OPEN),
    ],
)
def test_a_night_belongs_to_the_evening_on_which_it_begins(moment: str, expected: OpenState) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=SEOUL)
    holidays = (Holiday(date(2026, 3, 14), "토요일"),)
    config = tenant(ars_slots=FRIDAY_NIGHT, ars_holidays=holidays)
    assert state_at(FRIDAY_NIGHT, holidays, now, SEOUL) is expected
    assert state_of(compile_tenant(config), now) is expected


def test_the_whole_day_and_a_day_from_nine_to_nine() -> None:
    whole = (Slot(frozenset({0}), time(0), time(0)),)
    round_the_clock = (Slot(frozenset({0}), time(9), time(9)),)
    monday = datetime(2026, 3, 2, tzinfo=SEOUL)
    table = [(whole, 0, OPEN), (whole, 24, CLOSED), (round_the_clock, 8, CLOSED), (round_the_clock, 9, OPEN)]
    table += [(round_the_clock, 32, OPEN), (round_the_clock, 33, CLOSED)]
    for slots, hours, expected in table:
        now = monday + timedelta(hours=hours)
        assert state_at(slots, (), now, SEOUL) is expected, (slots, hours)
        assert state_of(compile_tenant(tenant(ars_slots=slots, ars_holidays=())), now) is expected


def test_a_leap_day_every_year_exists_in_leap_years_only() -> None:
    holidays = (Holiday(date(2024, 2, 29), "윤일", yearly=True),)
    always = (Slot(frozenset(range(7)), time(0), time(0)),)
    compiled = compile_tenant(tenant(ars_slots=always, ars_holidays=holidays))
    for year, expected in ((2027, OPEN), (2028, HOLIDAY)):
        day = datetime(year, 2, 28, 12, tzinfo=SEOUL) + timedelta(days=1)
        assert state_of(compiled, day) is state_at(always, holidays, day, SEOUL) is expected


def test_summer_time_follows_the_wall_clock() -> None:
    slots = (Slot(frozenset(range(7)), time(9), time(17)),)
    compiled = compile_tenant(tenant(ars_slots=slots, ars_holidays=(), timezone="Europe/Berlin"))
    for day, utc_hour in ((date(2026, 3, 28), 8), (date(2026, 3, 29), 7)):
        opening = datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
        assert state_of(compiled, opening) is OPEN
        assert state_of(compiled, opening - timedelta(seconds=1)) is CLOSED


def test_naive_moments_and_impossible_slots_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        state_at((), (), datetime(2026, 1, 1), SEOUL)  # noqa: DTZ001
    for slot in (
        Slot(frozenset(), time(9), time(18)),
        Slot(frozenset({7}), time(9), time(18)),
        Slot(frozenset({0}), time(9, 0, 0, 5), time(18)),
    ):
        with pytest.raises(InvalidDefinition):
            compile_tenant(tenant(ars_slots=(slot,)))
    with pytest.raises(InvalidDefinition, match="time zone"):
        compile_tenant(tenant(timezone="Asia/Atlantis"))


times = st.builds(
    time, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)), st.sampled_from((0, 59))
) | st.just(time(0))
slots = st.lists(
    st.builds(Slot, st.frozensets(st.integers(0, 6), min_size=1), times, times, st.booleans()), max_size=5
)
days = st.dates(date(2026, 2, 20), date(2026, 3, 12))
holidays = st.lists(st.builds(Holiday, days, st.just(""), yearly=st.booleans()), max_size=4)
zones = st.sampled_from(("Asia/Seoul", "America/New_York", "UTC", "Asia/Kathmandu"))


@settings(max_examples=150, deadline=None)
@given(slots, holidays, zones, st.data())
def test_the_compiled_hours_say_what_the_definition_says(
    slots: list[Slot], holidays: list[Holiday], zone: str, data: st.DataObject
) -> None:
    config = tenant(ars_slots=tuple(slots), ars_holidays=tuple(holidays), timezone=zone)
    compiled = compile_tenant(config)
    day = datetime.combine(data.draw(days), time(0), tzinfo=ZoneInfo(zone))
    edges = {time(0), time(12)} | {edge for slot in slots for edge in (slot.start, slot.end)}
    for edge in edges:
        moment = datetime.combine(day.date(), edge, tzinfo=ZoneInfo(zone))
        for shift in (-1, 0, 1):
            now = moment.astimezone(UTC) + timedelta(seconds=shift)
            assert state_of(compiled, now) is state_at(slots, holidays, now, zone), now
