"""Date conditions as FreeSWITCH decides them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from simswitch.datetimes import datetime_check, dow_cmp, number_cmp, tod_cmp

# A Monday, 09:00:00 in Seoul, day 327 of the year.
MONDAY = datetime(2026, 11, 23, 0, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attributes", "holds"),
    [
        ({}, -1),
        ({"wday": "2"}, 1),
        ({"wday": "mon-fri"}, 1),
        ({"wday": "sat,sun"}, 0),
        ({"wday": "6-2"}, 1),
        ({"wday": "3-6"}, 0),
        ({"hour": "9"}, 1),
        ({"hour": "18-8"}, 0),
        ({"minute": "0"}, 1),
        ({"minute-of-day": "541"}, 1),
        ({"minute-of-day": "540"}, 0),
        ({"minute-of-day": "541-1080"}, 1),
        ({"time-of-day": "09:00-18:00"}, 1),
        ({"time-of-day": "09:00:01-18:00"}, 0),
        ({"time-of-day": "08:00-09:00"}, 1),
        ({"time-of-day": "18:00-08:59:59"}, 0),
        ({"time-of-day": "22:00-09:00:00"}, 1),
        ({"time-of-day": "07:00-08:00,09:00-10:00"}, 1),
        ({"mon": "11", "mday": "23"}, 1),
        ({"mon": "11", "mday": "22"}, 0),
        ({"year": "2026", "yday": "327"}, 1),
        ({"week": "47"}, 1),
        ({"mweek": "4"}, 1),
        ({"date-time": "2026-11-23 00:00:00~2026-11-23 00:00:01"}, 1),
        ({"date-time": "2026-11-22 00:00:00~2026-11-23 00:00:00"}, 0),
        ({"date-time": "2026-11-22 00:00:00~2026-11-22 01:00:00,2026-11-23 00:00:00~2026-11-24 00:00:00"}, 1),
        ({"date-time": "no date~2026-11-24 00:00:00"}, 0),
        ({"tz-offset": "9"}, 1),
        ({"tz-offset": "0"}, 0),
        ({"dst": "true"}, 0),
        ({"dst": "false"}, 0),
        ({"wday": "mon", "time-of-day": "10:00-11:00"}, 0),
    ],
)
def test_monday_nine_in_seoul(attributes: dict[str, str], holds: int) -> None:
    assert datetime_check(attributes, MONDAY, "Asia/Seoul", local=UTC) == holds


@pytest.mark.parametrize(
    ("zone", "offset", "hour"),
    [
        ("Asia/Seoul", None, "9"),
        ("", None, "0"),
        ("America/New_York", None, "19"),
        ("Asia/Seoul", -3, "21"),  # tod_tz_offset wins over timezone
        ("Not/AZone", None, "0"),
    ],
)
def test_whose_hour_it_is(zone: str, offset: int | None, hour: str) -> None:
    assert datetime_check({"hour": hour}, MONDAY, zone, offset, local=UTC) == 1


def test_a_day_given_by_date_is_the_machines_own_day() -> None:
    seoul = timezone(timedelta(hours=9))
    attributes = {"date-time": "2026-11-23 00:00:00~2026-11-24 00:00:00"}
    evening = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # already the 24th in Seoul
    assert datetime_check(attributes, evening, "Asia/Seoul", local=UTC) == 1
    assert datetime_check(attributes, evening, "Asia/Seoul", local=seoul) == 0


@pytest.mark.parametrize(
    ("expression", "value", "holds"),
    [
        ("1,3-5", 4, True),
        ("1,3-5", 2, False),
        ("18-8", 3, True),
        ("18-8", 12, False),
        ("x", 0, True),
        ("", 7, False),
    ],
)
def test_numbers(expression: str, value: int, holds: bool) -> None:
    assert number_cmp(expression, value) is holds


@pytest.mark.parametrize(
    ("expression", "value", "holds"),
    [
        ("sun", 1, True),
        ("Mon-Wed", 3, True),
        ("sat-mon", 2, True),
        ("sat-mon", 4, False),
        ("1,7", 7, True),
        ("?", 1, False),
    ],
)
def test_days(expression: str, value: int, holds: bool) -> None:
    assert dow_cmp(expression, value) is holds


def test_a_time_of_day_without_a_range_never_holds() -> None:
    assert not tod_cmp("09:00", 9 * 3600)
