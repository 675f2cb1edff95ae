"""Korean public holidays as the tenant's holidays (국가공휴일), from a table that is handed in.

Which days those are (lunar ones, substitutes, newly declared ones) is knowledge of a library, which
the core does not import: a service calls :func:`from_table` with what the library says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from app.core.definitions import Holiday

KIND = "public"

HolidayTable = Callable[[int], Mapping[date, str]]
"""year → its public holidays with their names, e.g. ``lambda y: holidays.KR(years=y, language="ko")``."""


def from_table(table: HolidayTable, years: Iterable[int]) -> tuple[Holiday, ...]:
    """The public holidays of the years, in order of date. Each is one day of one year: lunar days move."""
    found: dict[date, str] = {}
    for year in sorted(set(years)):
        for day, name in table(year).items():
            if day.year == year:
                found[day] = name
    return tuple(Holiday(day, name, kind=KIND) for day, name in sorted(found.items()))


def merged(own: Iterable[Holiday], public: Iterable[Holiday]) -> tuple[Holiday, ...]:
    """Own and public holidays together; on a day that both name the tenant's own entry stays."""
    mine = tuple(own)
    named = {holiday.day for holiday in mine}
    both = [*mine, *(holiday for holiday in public if holiday.day not in named)]
    return tuple(sorted(both, key=lambda holiday: (holiday.day, holiday.kind)))


def missing(own: Iterable[Holiday], public: Iterable[Holiday]) -> tuple[Holiday, ...]:
    """Public holidays that the tenant has not entered yet: what the settings page offers."""
    mine = tuple(own)
    days = {holiday.day for holiday in mine}
    yearly = {(holiday.day.month, holiday.day.day) for holiday in mine if holiday.yearly}
    return tuple(
        holiday
        for holiday in public
        if holiday.day not in days and (holiday.day.month, holiday.day.day) not in yearly
    )
