"""Status intervals, billed seconds, periods."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time

import pytest

from app.core.billing import billed_seconds, price, whole_seconds
from app.core.errors import InvalidDefinition
from app.core.journal import agent_fact
from app.core.periods import Period, Unit, daily_ranges
from app.core.records import merge_statuses, status_changes
from app.core.reporting import status_lines
from tests.scenarios.records.stories import at

CHANGES = [
    agent_fact(1, 5, "agent.logged_in", at("0:0"), platform="PC"),
    agent_fact(1, 5, "agent.status", at("0:0"), status="available", previous="logged_out"),
    agent_fact(1, 5, "agent.status", at("5:0"), status="on_break", reason="식사"),
    agent_fact(1, 5, "agent.state", at("6:0"), state="idle"),
    agent_fact(1, 5, "agent.status", at("9:0"), status="available"),
    agent_fact(1, 5, "agent.status", at("10:0"), status="logged_out"),
    agent_fact(1, 5, "agent.logged_out", at("10:0"), cause="asked"),
]


def test_each_status_lasts_until_the_next_in_any_order() -> None:
    expected = [
        ("available", "", at("0:0"), at("5:0")),
        ("on_break", "식사", at("5:0"), at("9:0")),
        ("available", "", at("9:0"), at("10:0")),
        ("logged_out", "", at("10:0"), None),
    ]
    for order in itertools.islice(itertools.permutations(CHANGES), 0, None, 97):
        merged = merge_statuses(status_changes(order))
        assert [(i.status, i.reason, i.started_at, i.ended_at) for i in merged] == expected


def test_statuses_are_cut_to_the_period() -> None:
    day = Period(date(2026, 11, 23), date(2026, 11, 23))
    before, after = datetime(2026, 11, 22, 14, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC)
    intervals = [
        (5, "available", before, at("0:0")),
        (5, "on_break", at("0:0"), None),
        (6, "available", before, None),
    ]
    (line,) = status_lines(intervals, day, after, {5: ("agent1", "상담원1")})
    assert line.seconds == {"available": 10 * 3600, "on_break": 14 * 3600}
    assert line.times == {"available": 1, "on_break": 1}


@pytest.mark.parametrize(
    ("direction", "number", "talk", "billed", "won"),
    [
        ("outbound", "010-3612-3712", 7, 10, 14),
        ("outbound", "01036123712", 10, 10, 14),
        ("outbound", "01036123712", 10.4, 10, 14),
        ("outbound", "01036123712", 10.5, 20, 28),
        ("outbound", "+821036123712", 65, 70, 98),
        ("outbound", "0212345678", 1, 180, 41),
        ("outbound", "07040000001", 181, 360, 82),
        ("outbound", "15881234", 180, 180, 41),
        ("outbound", "01036123712", 0, 0, 0),
        ("inbound", "01036123712", 29, 0, 0),
        ("internal", "1002", 29, 0, 0),
    ],
)
def test_bills(direction: str, number: str, talk: float, billed: int, won: int) -> None:
    assert billed_seconds(direction, number, talk) == billed
    assert price(direction, number, talk) == won


def test_whole_seconds_round_halves_up() -> None:
    assert [whole_seconds(s) for s in (0, 0.49, 0.5, 1.5, 2.5, -3.0)] == [0, 0, 1, 2, 3, 0]


class TestPeriods:
    def test_a_day_in_seoul(self) -> None:
        day = Period(date(2026, 11, 23), date(2026, 11, 23))
        assert day.start == datetime(2026, 11, 22, 15, tzinfo=UTC)
        assert day.end == datetime(2026, 11, 23, 15, tzinfo=UTC)
        assert day.holds(day.start)
        assert not day.holds(day.end)

    @pytest.mark.parametrize(
        ("unit", "bucket"),
        [
            (Unit.WHOLE, ""),
            (Unit.HOUR, "2026-01-01 08"),
            (Unit.DAY, "2026-01-01"),
            (Unit.WEEK, "2026-W01"),
            (Unit.MONTH, "2026-01"),
        ],
    )
    def test_buckets_are_local(self, unit: Unit, bucket: str) -> None:
        year = Period(date(2025, 1, 1), date(2026, 12, 31), unit=unit)
        assert year.bucket(datetime(2025, 12, 31, 23, 5, tzinfo=UTC)) == bucket

    def test_the_last_minute_belongs_to_the_time_of_day(self) -> None:
        office = Period(date(2026, 11, 23), date(2026, 11, 24), time(9, 0), time(17, 59))
        assert office.holds(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
        assert office.holds(datetime(2026, 11, 23, 8, 59, 59, 999999, tzinfo=UTC))
        assert not office.holds(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("first", "last"),
        [(time(9, 0), time(17, 59)), (time(22, 0), time(5, 59)), (time(0, 0), time(23, 59))],
    )
    @pytest.mark.parametrize("zone", ["Asia/Seoul", "Europe/Berlin"])
    def test_ranges_for_queries_say_the_same_as_the_period(self, first: time, last: time, zone: str) -> None:
        # 25 October 2026 has 25 hours in Berlin.
        period = Period(date(2026, 10, 24), date(2026, 10, 26), first, last, timezone=zone)
        ranges = daily_ranges(period.start, period.end, first, last, period.zone)
        instant = period.start.timestamp() - 7200
        while instant < period.end.timestamp() + 7200:
            moment = datetime.fromtimestamp(instant, UTC)
            in_ranges = any(low <= moment < high for low, high in ranges)
            # The hour that comes twice is one range: its second run cannot be told from the first.
            assert in_ranges == period.holds(moment) or zone == "Europe/Berlin" and moment.day == 25
            instant += 600

    def test_backwards_is_refused(self) -> None:
        with pytest.raises(InvalidDefinition):
            Period(date(2026, 1, 2), date(2026, 1, 1))
