"""Which number customers see: the verified one to its last day, then the first DID, without any publication."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.core.caller_ids import shown_at
from tests.unit.dialplan.example import DID, tenant

VERIFIED = "0212345678"


@pytest.mark.parametrize(
    ("at", "until", "shown"),
    [
        # midnight in Seoul is 15:00 UTC
        (datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC), date(2026, 11, 30), VERIFIED),
        (datetime(2026, 11, 30, 15, 0, 0, tzinfo=UTC), date(2026, 11, 30), DID),
        (datetime(2027, 11, 30, 15, 0, 0, tzinfo=UTC), None, VERIFIED),
    ],
)
def test_the_day_ends_at_the_tenants_midnight(at: datetime, until: date | None, shown: str) -> None:
    config = tenant(caller_id=VERIFIED, caller_id_until=until)
    assert shown_at(config, at) == shown


def test_nothing_is_shown_by_who_has_no_number_at_all() -> None:
    config = tenant(caller_id=VERIFIED, caller_id_until=date(2026, 1, 1), dids=())
    assert shown_at(config, datetime(2026, 2, 1, tzinfo=UTC)) == ""
