"""The Korean public holidays: by the moon, substitutes, two on one day. Days as the government announced them."""

from __future__ import annotations

from datetime import date

import pytest

from app.adapters.public_holidays import korean_holidays
from app.core.public_holidays import from_table


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-02-16", "설날 전날"),
        ("2026-02-17", "설날"),
        ("2026-02-18", "설날 다음날"),
        ("2026-03-02", "삼일절 대체 휴일"),
        ("2026-05-24", "부처님오신날"),
        ("2026-05-25", "부처님오신날 대체 휴일"),
        ("2026-09-25", "추석"),
        ("2026-10-05", "개천절 대체 휴일"),
        ("2027-02-09", "설날 대체 휴일"),
        ("2025-05-05", "부처님오신날; 어린이날"),
        ("2028-10-05", "추석 대체 휴일"),
    ],
)
def test_days_by_the_moon_and_their_substitutes(day: str, name: str) -> None:
    assert korean_holidays(int(day[:4])).get(date.fromisoformat(day)) == name


@pytest.mark.parametrize("day", ["2026-02-19", "2026-05-26", "2026-06-07", "2026-10-06", "2027-06-07"])
def test_days_that_are_none(day: str) -> None:
    assert date.fromisoformat(day) not in korean_holidays(int(day[:4]))


def test_several_years_in_order_each_day_once() -> None:
    found = from_table(korean_holidays, [2027, 2026, 2026])
    days = [holiday.day for holiday in found]
    assert days == sorted(set(days)) and {day.year for day in days} == {2026, 2027}
    assert all(holiday.kind == "public" and not holiday.yearly for holiday in found)
    assert korean_holidays(2026) is korean_holidays(2026), "worked out once"
