"""Clock times and weekdays: 9시~18시 → 오전 아홉 시부터 오후 여섯 시까지; 월~금 → 월요일부터 금요일까지.

From 13시 on the hour is told by the half of the day. 9:00 may be meant as the evening, so a half is only
added where the writer leaves no doubt: 09:00, 12:00, or a span that ends at 13시 or later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.korean_dates import suffixed
from app.core.korean_numbers import clock, half_day, native, sino
from app.core.korean_particles import MARK

_HALF = r"오전|오후|새벽|아침|낮|저녁|밤|[AP]\.?M\.?|[ap]\.?m\.?"
_DAY = "익일|다음 ?날|이튿날|당일|명일"
_HALVES = {"am": "오전", "pm": "오후"}
_TWELVE = {"오전": "밤", "오후": "낮"}
"""오전 and 오후 열두 시 are mistaken for each other: nobody mistakes these."""
_EVENING_HOUR = 17
"""A span that begins later and ends at an earlier hour runs over midnight; 14시~6시 is only typed carelessly."""
_EVENING = ("오후", "저녁", "밤", "낮")


_COLON = r"(?P<colon>\d{1,2}):(?P<past>\d{2})(?::\d{2})?(?![\d:])"
_HOUR = r"(?P<hour>\d{1,2}) ?시(?!간|즌|리즈|작|험|술|스템|민|장|집|세|가)"
_MINUTE = r"(?: ?(?P<minute>\d{1,2}) ?분(?!의|기)|(?P<thirty> ?반)(?=[^가-힣]|$|까지|부터|에|쯤|경|이후))?"
_LATE = r"(?: ?(?P<late>[AP]\.?M\.?|[ap]\.?m\.?)(?![A-Za-z]))?"
_TIME = rf"(?:(?P<half>{_HALF}) ?)?(?<![\d:.,])(?:{_COLON}|{_HOUR}{_MINUTE}){_LATE}"
_FIRST_TIME = rf"(?:(?P<half>{_HALF}) ?)?(?<![\d:.,])(?:{_COLON}|{_HOUR}{_MINUTE}|(?P<bare>\d{{1,2}})(?![\d:])){_LATE}"

_LATIN_HALF = re.compile(
    r"(?<![A-Za-z])([AaPp])\.?[Mm]\.? ?(\d{1,2})(?!\d|:| ?시|[.,]\d)"
    r"|(?<![\d:])(\d{1,2}) ?([AaPp])\.?[Mm]\.?(?![A-Za-z])"
)
_HOURS = re.compile(r"(?<![\dA-Za-z.,:])(\d{1,2}) ?[Hh](?:rs?|ours?)?(?![A-Za-z])")
_SPAN = re.compile(
    rf"{suffixed(_FIRST_TIME, '1')}(?P<join> ?(?:부터|에서) ?~ ?| ?[~-] ?| ?부터 ?| ?에서 ?)(?:(?P<day>{_DAY}) ?)?"
    rf"{suffixed(_TIME, '2')}(?P<until> ?까지)?(?P<within>(?=[)]? ?(?:사이|에(?!서|게)(?:는|도|만)?(?![가-힣]))))?"
)
_OPEN = re.compile(rf"{suffixed(_TIME, '1')} ?~(?= ?(?:[^\d가-힣 A-Za-z~]|$))")
_UNTIL = re.compile(rf"(?:(?<=[\s(,])|^) ?~ ?{suffixed(_TIME, '1')}(?: ?까지)?")
_ONE = re.compile(suffixed(_TIME, "1"))


@dataclass(frozen=True, slots=True)
class _Time:
    hour: int
    minute: int
    half: str
    """As it was typed, 오전, 오후, 밤 …, or empty."""
    certain: bool
    """Typed so that it can only be meant on a clock of 24 hours."""
    thirty: bool = False
    colon: bool = False


def _found(match: re.Match[str], name: str) -> _Time | None:
    """The time of a match; None when no clock shows it."""
    groups = match.groupdict()
    colon = groups[f"colon{name}"]
    hour = colon or groups[f"hour{name}"] or groups.get(f"bare{name}") or ""
    minute = int(groups[f"past{name}"] or groups[f"minute{name}"] or 0)
    if not 0 <= int(hour) <= 24 or minute > 59:
        return None
    half = groups[f"half{name}"] or groups[f"late{name}"] or ""
    certain = int(hour) >= 13 or hour.startswith("0") or (int(hour) == 12 and colon is not None)
    return _Time(
        int(hour), minute, _HALVES.get(half.replace(".", "").lower(), half), certain,
        bool(groups[f"thirty{name}"]), colon is not None,
    )  # fmt: skip


def _say(time: _Time, *, certain: bool, said: str = "", last: bool = False) -> tuple[str, str]:
    """The time in words and the half of the day that was said with it. ``last``: it ends a span."""
    tail = " 반" if time.thirty else f" {sino(time.minute)} 분" if time.minute else ""
    if time.half:
        hour = time.hour - 12 if time.hour > 12 and time.half in _EVENING else time.hour
        if hour == 12 and time.half in _TWELVE:
            return f"{_TWELVE[time.half]} 열두 시{tail}", time.half
        spoken = native(hour) if 1 <= hour <= 12 else sino(hour)
        return f"{time.half} {spoken} 시{tail}", time.half
    if time.hour in (0, 24) and not tail and (time.colon or certain or last):
        return "자정", ""
    if not certain:
        spoken = native(time.hour) if 1 <= time.hour <= 12 else sino(time.hour)
        return f"{spoken} 시{tail}", ""
    half = half_day(time.hour)
    words = clock(time.hour, 0, with_half_day=False) if time.hour % 24 else "열두 시"
    return (words if half == said else f"{half} {words}") + tail, half


def read_times(text: str) -> str:
    """Spans first, then single times; what is no time of a clock is left for the readers of figures."""
    text = _HOURS.sub(r"\1시간", _LATIN_HALF.sub(_latin_half, text))
    text = _SPAN.sub(_span, text)
    text = _UNTIL.sub(lambda match: _single(match, "까지"), text)
    text = _OPEN.sub(lambda match: _single(match, "부터"), text)
    return _ONE.sub(lambda match: _single(match, ""), text)


def _latin_half(match: re.Match[str]) -> str:
    half = "오전" if (match[1] or match[4]).lower() == "a" else "오후"
    return f"{half} {match[2] or match[3]}시"


def _span(match: re.Match[str]) -> str:
    first, second = _found(match, "1"), _found(match, "2")
    typed = "부터" not in match["join"] and "에서" not in match["join"]
    signed = typed or "~" in match["join"]
    if first is None or second is None or (match["bare1"] and not (match["hour2"] and signed)):
        return match[0]
    if typed and (first.hour, first.minute, second.hour, second.minute) == (0, 0, 24, 0):
        return f"{_room(match)}이십사 시간{MARK}"
    half_typed = bool(first.half or second.half)
    one, half = _say(first, certain=first.certain or (second.hour >= 13 and not half_typed))
    if match.string[max(0, match.start() - 3) : match.start()] in ("점심 ", "점심("):
        one = one.removeprefix("낮 ")
    night = not half_typed and first.hour >= _EVENING_HOUR
    two, _ = _say(second, certain=second.certain or night, said=half, last=True)
    day = f"{match['day']} " if match["day"] else ""
    overnight = (second.hour, second.minute) < (first.hour, first.minute) and second.hour > 0
    if not day and typed and overnight and first.certain and (second.certain or night) and not half_typed:
        day = "다음 날 "
    if match["within"] is not None:
        between = "사이" in match.string[match.end() : match.end() + 4]
        return f"{_room(match)}{one}에서 {day}{two}{'' if between else ' 사이'}{MARK}"
    join = "에서" if "에서" in match["join"] else "부터"
    until = "까지" if match["until"] or (signed and join == "부터") else ""
    return f"{_room(match)}{one}{join} {day}{two}{until}{MARK}"


def _single(match: re.Match[str], particle: str) -> str:
    time = _found(match, "1")
    if time is None:
        return match[0]
    behind = match.string[match.end() : match.end() + 3].strip()
    certain = time.certain and (time.colon or 0 < time.hour < 24)
    said, _ = _say(time, certain=certain, last=particle == "까지" or behind.startswith("까지"))
    return f"{_room(match)}{said}{particle}{MARK}"


def _room(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    return " " if before and (before.isalnum() or before in "~") else ""


# -- weekdays -----------------------------------------------------------------------------------------

_DAYS = "월화수목금토일"
_ABBREVIATED_SPAN = re.compile(
    rf"(?<![가-힣\d])([{_DAYS}])(?:요일)? ?[~-] ?([{_DAYS}])(?:요일)?(?: ?까지|(?![가-힣]))"
)
_NAMED_SPAN = re.compile(rf"([{_DAYS}]요일) ?[~-] ?([{_DAYS}]요일)(?! ?까지)")
_ABBREVIATED_LIST = re.compile(
    rf"(?<![가-힣\d])([{_DAYS}](?:,[{_DAYS}])+|[{_DAYS}](?: ?[·/] ?[{_DAYS}])+)(?![가-힣])"
)
_LISTED_NAMED = re.compile(rf"(?<![가-힣\d])([{_DAYS}])(?: ?[·/,] ?)([{_DAYS}]요일)")
_IN_BRACKETS = re.compile(rf" ?\(([{_DAYS}])(?:요일)?\)(?=(.?))")
_BEFORE_TIME = re.compile(rf"(?<![가-힣\d])([{_DAYS}])( ?[:(])?(?= ?(?:오전|오후)? ?\d{{1,2}}(?::\d\d| ?시|[~-]\d))")


def read_weekdays(text: str) -> str:
    """월~금, 월·수·금, 토 09:00, (월)."""
    text = _NAMED_SPAN.sub(r"\1부터 \2까지", text)
    text = _ABBREVIATED_SPAN.sub(rf"\1요일부터 \2요일까지{MARK}", text)
    text = _ABBREVIATED_LIST.sub(_weekday_list, text)
    text = _LISTED_NAMED.sub(r"\1, \2", text)
    text = _IN_BRACKETS.sub(lambda m: f" {m[1]}요일{MARK}" + (" " if m[2].isdigit() else ""), text)
    return _BEFORE_TIME.sub(r"\1요일\2", text)


def _weekday_list(match: re.Match[str]) -> str:
    days = re.findall(f"[{_DAYS}]", match[0])
    return ", ".join(days) + "요일" + MARK
