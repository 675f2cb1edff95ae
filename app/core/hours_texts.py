"""Opening hours in Korean as a person tells them: 평일 오전 아홉 시부터 낮 열두 시까지, 오후 한 시부터 ….

Days with the same hours are told together, a night is told from the day on which it begins, minutes are
told always. Where each weekday has hours of its own and the sentence would grow too long to listen to, a
break that all of them share is told once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.core.business_hours import DAY_SECONDS, Window, open_windows
from app.core.definitions import Slot
from app.core.korean_numbers import clock, half_day

SENSIBLE_LENGTH = 130
"""Characters of hours that a caller listens to; with the sentence around them they stay below 200."""

_DAYS = "월화수목금토일"
_NAMED = {tuple(range(7)): "매일", tuple(range(5)): "평일", (5, 6): "주말"}
_HOUR, _MINUTE = 3600, 60
_LUNCH = (10 * _HOUR, 16 * _HOUR)
"""A break outside of this is not called 점심시간."""

Windows = tuple[Window, ...]


def hours_text(slots: Sequence[Slot]) -> str:
    """평일 오전 아홉 시부터 오후 여섯 시까지, 토요일 오전 …; empty when never open.

    Times are told to the minute: seconds are rounded (23:59:59 is 자정).
    """
    groups = _groups(told_windows(slots))
    text = _told(groups)
    shared = _shared_break(windows for windows, _ in groups) if len(text) > SENSIBLE_LENGTH else None
    if shared is None:
        return text
    start, end = shared
    whole = _groups({day: _without_break(windows, shared) for windows, days in groups for day in days})
    folded = f"{_told(whole)}, 점심시간 {_window_text(start, end)} 제외"
    return folded if len(folded) < len(text) else text


def days_text(weekdays: Iterable[int]) -> str:
    """매일, 평일, 주말, 월요일부터 목요일까지, 월요일과 수요일, 월, 수, 금요일, 수요일을 제외한 매일."""
    days = sorted(weekdays)
    named = _NAMED.get(tuple(days))
    if named:
        return named
    if len(days) > 2:
        # 일요일부터 목요일까지: a run may begin with the weekend.
        first = next((day for day in days if (day - 1) % 7 not in days), 0)
        run = sorted((first + step) % 7 for step in range(len(days))) == days
        if run and (len(days) < 6 or first in (0, 1, 6)):
            return f"{_DAYS[first]}요일부터 {_DAYS[(first + len(days) - 1) % 7]}요일까지"
        if len(days) == 6:
            closed = next(day for day in range(7) if day not in days)
            return f"{_DAYS[closed]}요일을 제외한 매일"
    if len(days) == 2:
        return f"{_DAYS[days[0]]}요일과 {_DAYS[days[1]]}요일"
    return ", ".join(_DAYS[day] for day in days) + "요일"


def told_windows(slots: Sequence[Slot]) -> dict[int, Windows]:
    """Windows of each weekday, a night joined to the evening before: its end lies beyond 24 hours.

    Raises InvalidDefinition as :func:`open_windows` does.
    """
    windows = {day: _to_the_minute(found) for day, found in open_windows(slots).items()}
    told = {day: list(found) for day, found in windows.items()}
    for day, found in windows.items():
        evening = found[-1] if found and found[-1][1] == DAY_SECONDS and found[-1][0] > 0 else None
        tomorrow = windows[(day + 1) % 7]
        if evening and tomorrow and tomorrow[0][0] == 0 and tomorrow[0][1] < DAY_SECONDS:
            told[day][told[day].index(evening)] = (evening[0], DAY_SECONDS + tomorrow[0][1])
            told[(day + 1) % 7].remove(tomorrow[0])
    return {day: tuple(found) for day, found in told.items()}


def _to_the_minute(windows: Windows) -> Windows:
    rounded: list[Window] = []
    for start, end in ((_minute(start), _minute(end)) for start, end in windows):
        if rounded and start <= rounded[-1][1]:
            rounded[-1] = (rounded[-1][0], end)
        elif start < end:
            rounded.append((start, end))
    return tuple(rounded)


def _minute(second: int) -> int:
    return (second + _MINUTE // 2) // _MINUTE * _MINUTE


def _groups(told: Mapping[int, Windows]) -> list[tuple[Windows, list[int]]]:
    """Windows with the weekdays that have them, in the order of the week."""
    alike: dict[Windows, list[int]] = {}
    for day in sorted(told):
        if told[day]:
            alike.setdefault(told[day], []).append(day)
    return list(alike.items())


def _told(groups: Iterable[tuple[Windows, list[int]]]) -> str:
    return ", ".join(f"{days_text(days)} {_windows_text(windows)}" for windows, days in groups)


def _windows_text(windows: Windows) -> str:
    if windows == ((0, DAY_SECONDS),):
        return "이십사 시간"
    return ", ".join(_window_text(start, end) for start, end in windows)


def _window_text(start: int, end: int) -> str:
    """오후 한 시부터 여섯 시까지: the half of the day is told once; until 밤 열두 시 삼십 분 it is still that night."""
    hour, minute = start // _HOUR, start % _HOUR // _MINUTE
    last_hour, last_minute = end // _HOUR, end % _HOUR // _MINUTE
    same_half = half_day(hour) == half_day(last_hour) and (hour, minute) != (0, 0) and end < DAY_SECONDS
    first = clock(hour, minute)
    last = clock(last_hour, last_minute, with_half_day=not same_half)
    tomorrow = "다음 날 " if end >= DAY_SECONDS + _HOUR or (start < _HOUR and end > DAY_SECONDS) else ""
    return f"{first}부터 {tomorrow}{last}까지"


def _shared_break(all_windows: Iterable[Windows]) -> Window | None:
    """The lunch that every weekday has that is open before and after it; None unless there is exactly one."""
    groups = list(all_windows)
    breaks = {
        (end, start)
        for windows in groups
        for (_, end), (start, _) in zip(windows, windows[1:], strict=False)
    }
    if len(breaks) != 1:
        return None
    low, high = shared = breaks.pop()
    crossing = any(start < high and low < end for windows in groups for start, end in windows)
    return None if crossing or low < _LUNCH[0] or high > _LUNCH[1] else shared


def _without_break(windows: Windows, shared: Window) -> Windows:
    """The windows on both sides of the break as one."""
    low, high = shared
    if not any(end == low for _, end in windows) or not any(start == high for start, _ in windows):
        return windows
    before = next(start for start, end in windows if end == low)
    after = next(end for start, end in windows if start == high)
    return tuple(
        sorted([window for window in windows if window[1] != low and window[0] != high] + [(before, after)])
    )
