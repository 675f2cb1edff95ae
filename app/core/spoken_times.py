"""Clock times and spans in Korean that is written out (오전 아홉 시부터 여섯 시까지), as seconds of a day.

Whoever leaves out the half of the day leaves a doubt: 한 시부터 다섯 시까지 may be the night. All readings
are kept, the likeliest first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.business_hours import DAY_SECONDS, Window
from app.core.korean_numbers import native, sino

_HOUR, _MINUTE, _HALF_DAY = 3600, 60, 12 * 3600

_HOURS = {native(hour): hour for hour in range(1, 25)} | {sino(hour): hour for hour in range(25)}
_MINUTES = {sino(minute): minute for minute in range(60)}
_MORNING, _AFTERNOON = ("오전", "아침", "새벽"), ("오후", "낮", "점심", "저녁")

_TIME = (
    r"(?:(?P<half>오전|오후|새벽|아침|점심|낮|저녁|밤) ?|(?<![가-힣]))"
    rf"(?:(?P<name>자정|정오)|(?P<hour>{'|'.join(sorted(_HOURS, key=len, reverse=True))}) ?시(?!간)"
    rf"(?: ?(?P<minute>{'|'.join(sorted(_MINUTES, key=len, reverse=True))}) ?분"
    r"|(?P<thirty> ?반(?![가-힣])| ?반(?=부터|까지|에)))?)"
)


def _suffixed(suffix: str) -> str:
    return re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{suffix}>", _TIME)


SPAN = (
    rf"{_suffixed('1')} ?(?P<join>부터|에서),? ?(?:(?P<next>다음 ?날|익일|이튿날) )?{_suffixed('2')}"
    r"(?P<until> ?까지| ?사이)?"
)
"""Expression for 오전 아홉 시부터 여섯 시까지; read with :func:`span`."""

UNTIL = rf"{_suffixed('3')} ?까지"
"""Expression for 오후 여덟 시까지; read with :func:`until`."""


@dataclass(frozen=True, slots=True)
class _Time:
    """Seconds of the day that it can be, the likeliest first."""

    seconds: tuple[int, ...]


def span(match: re.Match[str]) -> tuple[Window, ...]:
    """What a match of ``SPAN`` can be, the likeliest first; an end after midnight lies beyond 24 hours."""
    found: list[Window] = []
    ends = _time(match, "2").seconds
    for start in _time(match, "1").seconds:
        start %= DAY_SECONDS
        later = sorted(
            {end + DAY_SECONDS for end in ends}
            if match["next"]
            else {end + day for end in ends for day in (0, DAY_SECONDS) if start < end + day <= start + DAY_SECONDS}
        )
        found += [(start, end) for end in later]
    # Of the likeliest beginning the nearest end, then all others.
    return tuple(dict.fromkeys(found))


def until(match: re.Match[str]) -> tuple[int, ...]:
    """What a match of ``UNTIL`` can be, the likeliest first."""
    return _time(match, "3").seconds


def _time(match: re.Match[str], name: str) -> _Time:
    if match[f"name{name}"]:
        return _Time((0,) if match[f"name{name}"] == "자정" else (_HALF_DAY,))
    hour, half = _HOURS[match[f"hour{name}"]], match[f"half{name}"]
    minute = 30 if match[f"thirty{name}"] else _MINUTES[match[f"minute{name}"] or "영"]
    past = minute * _MINUTE
    if hour > 12 or hour == 0:
        return _Time((hour % 24 * _HOUR + past,))
    early, late = hour % 12 * _HOUR + past, hour % 12 * _HOUR + _HALF_DAY + past
    if half is None:
        return _Time((late, early) if hour <= 6 or hour == 12 else (early, late))
    if half == "밤":
        return _Time((early,) if hour == 12 or hour <= 5 else (late,))
    if hour == 12 and half in ("오전", "오후", "저녁"):
        # Many mean noon by 오전 12시 and midnight by 오후 12시.
        return _Time((early, late) if half == "오전" else (late, early))
    if half in _MORNING or (half in ("낮", "점심") and 6 <= hour < 12):
        return _Time((early,))
    assert half in _AFTERNOON
    return _Time((late,))
