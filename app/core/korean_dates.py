"""Dates: 2026-01-01, 1/1(목), 12/24~25, 3.1절, 2026. 2. 16.(월) ~ 2. 18.(수)."""

from __future__ import annotations

import re

from app.core.korean_counters import Unit, Way, read
from app.core.korean_particles import MARK

_YEAR, _MONTH, _DAY = (Unit(Way.ORDER, said) for said in ("년", "월", "일"))
_WEEKDAY = r"(?: ?\((?P<weekday>[월화수목금토일])(?:요일)?\))?"
_FULL = r"(?P<ya>(?:19|20)\d\d)(?P<sep>[-./]) ?(?P<ma>\d{1,2})(?P=sep) ?(?P<da>\d{1,2})(?!\d)\.?"
_WRITTEN = r"(?:(?P<yb>\d{2,4}) ?년 ?)?(?P<mb>\d{1,2}) ?월 ?(?P<db>\d{1,2}) ?일(?!간|차|째)"
_SLASH = r"(?P<mc>\d{1,2})/ ?(?P<dc>\d{1,2})(?![\d/])"
_DOT = r"(?P<md>\d{1,2})\. ?(?P<dd>\d{1,2})(?!\d)\.?"
_DAY_ALONE = r"(?P<de>\d{1,2}) ?일(?!간|차|째)|(?P<df>\d{1,2})(?![\d./:~]| ?[가-힣])"
_DATE = rf"(?<![\d./-])(?:{_FULL}|{_WRITTEN}|{_SLASH}){_WEEKDAY}"
_LAST_DATE = rf"(?<![\d./-])(?:{_FULL}|{_WRITTEN}|{_SLASH}|{_DOT}|{_DAY_ALONE}){_WEEKDAY}"


def suffixed(pattern: str, suffix: str) -> str:
    """The expression with ``suffix`` behind the name of each group, so that it can stand in another twice."""
    return re.sub(r"\(\?P([<=])(\w+)", rf"(?P\1\g<2>{suffix}", pattern)


_SPAN = re.compile(rf"{suffixed(_DATE, '1')} ?[~-] ?{suffixed(_LAST_DATE, '2')}(?: ?까지)?(?:에(?![가-힣]))?")
_BRACKET = r"( ?\([월화수목금토일](?:요일)?\))?"
_MONTH_DOT_DAY = r"(\d{1,2})\. ?(\d{1,2})(?!\d)\.?"
_DOTTED_SPAN = re.compile(rf"(?<![\d.]){_MONTH_DOT_DAY}{_BRACKET} ?~ ?{_MONTH_DOT_DAY}{_BRACKET}")
_UNTIL = re.compile(rf"(?:(?<=[\s(,])|^) ?~ ?{suffixed(_DATE, '1')}(?: ?까지)?")
_ONE = re.compile(suffixed(_DATE, "1"))
_DOTTED = re.compile(rf"(?<![\d.]){_MONTH_DOT_DAY}(?= ?\([월화수목금토일](?:요일)?\)| ?휴[무진점])")
_MONTH_OF_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)[./-](0?[1-9]|1[0-2])(?![\d.%/-]|[가-힣])\.?")
_HISTORY = (
    "3 1 삼일 절|운동|만세|독립",
    "4 3 사삼 사건|항쟁|추념|희생",
    "4 19 사일구 혁명|의거|민주|기념",
    "5 18 오일팔 민주|광주|기념|항쟁",
    "6 10 육십 만세|민주|항쟁",
    "6 25 육이오 전쟁|사변|참전|동란|기념",
    "8 15 팔일오 광복|경축|해방",
)
"""Days of history by their digits: month, day, spoken, and what must follow after 3.1; 3·1 is clear by itself."""
_EVENTS = tuple(
    (re.compile(rf"(?<![\d.·])(?:{month}[.·]{day}(?= ?(?:{what}))|{month}·{day}(?!\d))"), said)
    for month, day, said, what in (line.split() for line in _HISTORY)
)
_DATE_BEHIND = re.compile(
    r" ?(?:부터|까지|~|\([월화수목금토일]|휴[무일진점업관]|정상|단축|영업|진료|오전|오후|설|추석|신정|어린이날|현충일"
    r"|광복절|개천절|한글날|성탄절|크리스마스|부처님|삼일절)"
)
_SMALL_FRACTIONS = frozenset({2, 3, 4, 5, 6, 8, 10})


def read_dates(text: str) -> str:
    """Every date that is one; a month or day that no calendar has is left for the readers of figures."""
    for event, said in _EVENTS:
        text = event.sub(said, text)
    text = _DOTTED_SPAN.sub(_dotted_span, _SPAN.sub(_span, text))
    text = _SPAN.sub(_span, text)
    text = _UNTIL.sub(lambda match: _single(match, "까지"), text)
    text = _ONE.sub(lambda match: _single(match, ""), text)
    text = _DOTTED.sub(_dotted, text)
    return _MONTH_OF_YEAR.sub(lambda match: f"{match[1]}년 {int(match[2])}월", text)


def _parts(match: re.Match[str], name: str) -> tuple[str, str, str]:
    """Year, month and day as they are written, empty where they are not."""
    groups = match.groupdict()
    year, month, day = (
        next((groups[f"{part}{form}{name}"] for form in "abcdef" if groups.get(f"{part}{form}{name}")), "")
        for part in "ymd"
    )
    return year, month, day


def _said(match: re.Match[str], name: str) -> str | None:
    """The date in words with its weekday; None when no calendar has it."""
    year, month, day = _parts(match, name)
    if not _exists(month, day):
        return None
    words = [read(year, _YEAR)] if year else []
    words += [read(month, _MONTH)] if month else []
    words.append(read(day, _DAY))
    weekday = match[f"weekday{name}"]
    return " ".join(words) + (f" {weekday}요일" if weekday else "")


def _room(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    return " " if before.isalnum() else ""


def _span(match: re.Match[str]) -> str:
    first, last = _said(match, "1"), _said(match, "2")
    if first is None or last is None:
        return match[0]
    return f"{_room(match)}{first}부터 {last}까지{MARK}"


def _dotted_span(match: re.Match[str]) -> str:
    month, day, weekday, last_month, last_day, last_weekday = (part or "" for part in match.groups())
    if not (_exists(month, day) and _exists(last_month, last_day)):
        return match[0]
    if not (weekday or last_weekday) and int(month) > int(last_month):
        return match[0]
    return f"{month}월 {day}일{weekday}~{last_month}월 {last_day}일{last_weekday}"


def _dotted(match: re.Match[str]) -> str:
    return f"{match[1]}월 {match[2]}일" if _exists(match[1], match[2]) else match[0]


def _exists(month: str, day: str) -> bool:
    return (not month or 1 <= int(month) <= 12) and 1 <= int(day) <= 31


def _single(match: re.Match[str], particle: str) -> str:
    if match["mc1"] and not _is_date(match):
        return match[0]
    said = _said(match, "1")
    if said is None:
        return match[0]
    return f"{_room(match)}{said}{particle}{MARK}"


def _is_date(match: re.Match[str]) -> bool:
    """1/2 is a half unless something says that it is a date."""
    above, below = int(match["mc1"]), int(match["dc1"])
    if match["weekday1"] or above >= below or below not in _SMALL_FRACTIONS:
        return True
    return bool(_DATE_BEHIND.match(match.string, match.end()))
