"""Opening hours and holidays as native conditions.

FreeSWITCH's ``date-time`` attribute is compared in the server's zone (switch_utils.c:
switch_fulldate_cmp), so holidays are written as year, month and day, which follow the channel
variable ``timezone``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.core.business_hours import DAY_SECONDS, Window, open_windows
from app.core.definitions import Holiday, Slot
from dialplan.model import Action, Condition, When


def holiday_conditions(holidays: Iterable[Holiday], actions: tuple[Action, ...]) -> list[Condition]:
    """One condition for each month that has holidays, and for each month that has them every year."""
    days: dict[tuple[int, int], set[int]] = {}
    for holiday in holidays:
        year = 0 if holiday.yearly else holiday.day.year
        days.setdefault((year, holiday.day.month), set()).add(holiday.day.day)
    return [
        Condition(
            when=When(
                year=str(year) if year else "",
                mon=str(month),
                mday=",".join(str(day) for day in sorted(found)),
            ),
            actions=actions,
            break_="on-true",
        )
        for (year, month), found in sorted(days.items())
    ]


def hour_conditions(slots: Sequence[Slot], actions: tuple[Action, ...]) -> list[Condition]:
    """One condition for each different day: weekdays with the same windows share one."""
    alike: dict[tuple[Window, ...], list[int]] = {}
    for weekday, windows in open_windows(slots).items():
        if windows:
            alike.setdefault(windows, []).append(weekday)
    return [
        Condition(
            when=When(
                wday=",".join(str(day) for day in sorted(_fs_weekday(day) for day in weekdays)),
                time_of_day=",".join(f"{_clock(start)}-{_clock(end - 1)}" for start, end in windows),
            ),
            actions=actions,
            break_="on-true",
        )
        for windows, weekdays in sorted(alike.items(), key=lambda item: item[1])
    ]


def _fs_weekday(weekday: int) -> int:
    """Monday = 0 → FreeSWITCH's Sunday = 1."""
    return (weekday + 1) % 7 + 1


def _clock(second: int) -> str:
    assert 0 <= second < DAY_SECONDS
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
