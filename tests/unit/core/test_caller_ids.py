"""Which number may be shown, and for how long (전기통신사업법 §84-2)."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.caller_ids import counts, number_to_show, presentable

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("02-123-4567", "021234567"),
        ("+82 2 1234 5678", "0212345678"),
        ("1588-0000", "15880000"),
        ("070-4000-0001", "07040000001"),
        ("010-3612-3712", "01036123712"),
        ("080-123-4567", "0801234567"),
        ("0505-123-4567", "05051234567"),
        ("112", None),
        ("114", None),
        ("1003", None),
        ("+1 212 555 0100", None),
        ("00212345678", None),
        ("02-12", None),
        ("", None),
        ("번호", None),
    ],
)
def test_numbers_that_somebody_can_own(number: str, expected: str | None) -> None:
    assert presentable(number) == expected


@pytest.mark.parametrize(
    ("state", "expires_on", "expected"),
    [
        ("requested", None, False),
        ("verified", TODAY, True),
        ("verified", date(2026, 11, 19), False),
        ("requested", TODAY, True),
        ("refused", TODAY, False),
        ("expired", date(2026, 11, 19), False),
        ("verified", None, False),
    ],
)
def test_evidence_counts_to_its_last_day(state: str, expires_on: date | None, expected: bool) -> None:
    assert counts(state, expires_on, TODAY) is expected


def test_what_may_not_be_shown_gives_way_to_the_first_own_number() -> None:
    own = ("07040000001", "07040000002")
    assert number_to_show("07040000002", own, ()) == "07040000002"
    assert number_to_show("0212345678", own, ("0212345678",)) == "0212345678"
    assert number_to_show("0212345678", own, ()) == "07040000001"
    assert number_to_show("0212345678", (), ()) == ""
    assert number_to_show("", own, ()) == "07040000001"
