"""Korean public holidays from the library ``holidays``: lunar, substitute and newly declared days, Korean names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def korean_holidays(year: int) -> Mapping[date, str]:
    """The year's public holidays; a day with two names has both, parted by "; ": 부처님오신날; 어린이날.

    The library knows what had been declared when it was released: a newer release knows more.
    """
    found = holidays.country_holidays("KR", years=year, language="ko", categories=("public",))
    return {day: name for day, name in sorted(found.items()) if day.year == year}
