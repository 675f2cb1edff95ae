"""The public holidays that a library knows, as a tenant takes them."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.public_holidays import from_table, merged, missing
from tests.unit.dialplan.example import tenant


def test_public_holidays_of_a_library_become_the_tenants() -> None:
    holidays = pytest.importorskip("holidays")
    public = from_table(lambda year: holidays.country_holidays("KR", years=year, language="ko"), (2026, 2027))
    by_day = {one.day: one.name for one in public}
    assert "설날" in by_day[date(2026, 2, 17)]
    assert date(2026, 3, 2) in by_day  # substitute for 1 March, a Sunday
    assert date(2027, 2, 7) in by_day
    assert all(one.kind == "public" and not one.yearly for one in public)
    own = tenant().ars.holidays
    assert len(missing(own, public)) == len(
        [h for h in public if h.day != date(2026, 3, 2) and (h.day.month, h.day.day) != (1, 1)]
    )
    assert [h.kind for h in merged(own, public) if h.day == date(2026, 3, 2)] == ["temporary"]
