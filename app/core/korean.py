"""Korean as it is spoken: numbers, times, telephone numbers, particles. For text that is read aloud.

A speech engine misreads figures (10시 as 십시, 3명 as 삼명, and drops the 0 of 070), so they are written
out before. Hours and people are counted in native numbers, everything else in Sino-Korean ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NORMALISER = "1"
"""Version of ``speakable``; a new one speaks every announcement again."""

_SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
_NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_GROUPS = ("", "만", "억", "조")
_DIGITS = "공일이삼사오육칠팔구"

NATIVE_COUNTERS = ("시간", "시", "명", "개", "살", "마리", "대", "잔", "병", "곳", "가지", "분께", "번째")
"""Words before which people count 하나, 둘, 셋. 분 and 번 are minutes and numbers: Sino-Korean."""

_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3
_MONTHS = {"6": "유", "06": "유", "10": "시"}  # 유월, 시월
_KEYS = {"*": "별표", "#": "우물 정자"}


def sino(number: int) -> str:
    """십, 이십일, 천구백: Sino-Korean, without the 일 that nobody says (일십, 일백, 일천; but 일억)."""
    if number < 0:
        return "마이너스 " + sino(-number)
    if number == 0:
        return "영"
    if number >= 10**16:
        return digits(str(number))
    parts = []
    for position, name in enumerate(_GROUPS):
        group = number // 10 ** (4 * position) % 10_000
        if group:
            word = "" if group == 1 and name == "만" else _thousands(group)
            parts.append(word + name)
    return " ".join(reversed(parts))


def _thousands(number: int) -> str:
    word = ""
    for power, name in ((1000, "천"), (100, "백"), (10, "십"), (1, "")):
        digit = number // power % 10
        if digit:
            word += ("" if digit == 1 and name else _SINO[digit]) + name
    return word


def native(number: int) -> str:
    """한, 두, 스무, 서른한 … as they stand before a counted word; Sino-Korean from 100."""
    if not 1 <= number <= 99:
        return sino(number)
    if number == 20:
        return "스무"
    return _NATIVE_TENS[number // 10] + _NATIVE_ONES[number % 10]


def ordinal(number: int) -> str:
    """첫 번째, 두 번째, 열한 번째."""
    return "첫 번째" if number == 1 else f"{native(number)} 번째"


def digits(text: str) -> str:
    """Each digit by itself, as telephone numbers are read: 070 → 공칠공."""
    return "".join(_DIGITS[int(char)] for char in text if char.isdigit())


def telephone(number: str) -> str:
    """공칠공, 사공공공, 공공공일: groups as they are written, else as they are usually parted."""
    groups = re.findall(r"\d+", number)
    if len(groups) == 1:
        groups = _parted(groups[0])
    return ", ".join(digits(group) for group in groups)


def _parted(number: str) -> list[str]:
    if len(number) == 8 and number[0] == "1":  # 1588-0000
        return [number[:4], number[4:]]
    area = 2 if number.startswith("02") else 3
    if not number.startswith("0") or len(number) < area + 7:
        return [number]
    return [number[:area], number[area:-4], number[-4:]]


def key(digit: str) -> str:
    """A key of the telephone: 일번, 별표, 우물 정자."""
    return _KEYS.get(digit) or f"{'영' if digit == '0' else sino(int(digit))}번"


def clock(hour: int, minute: int = 0, *, with_half_day: bool = True) -> str:
    """오전 아홉 시, 오후 한 시 반, 낮 열두 시, 자정; ``hour`` from 0 to 24."""
    hour %= 24
    if (hour, minute) == (0, 0):
        return "자정"
    spoken = native((hour - 1) % 12 + 1) + " 시"
    if minute:
        spoken += " 반" if minute == 30 else f" {sino(minute)} 분"
    return f"{half_day(hour)} {spoken}" if with_half_day else spoken


def half_day(hour: int) -> str:
    """The part of the day that is said before the hour."""
    hour %= 24
    if hour < 6:
        return "밤" if hour == 0 else "새벽"
    if hour < 12:
        return "오전"
    return "낮" if hour == 12 else "오후"


def has_final(text: str) -> bool:
    """True when the last syllable ends in a consonant. Figures count as they are read."""
    for char in reversed(text):
        if _HANGUL_FIRST <= ord(char) <= _HANGUL_LAST:
            return (ord(char) - _HANGUL_FIRST) % 28 != 0
        if char.isascii() and char.isdigit():
            return char in "013678"  # 영 일 삼 육 칠 팔
        if char.isascii() and char.isalpha():
            return char.lower() in "lmnr"  # 엘 엠 엔 알
    return False


def topic(text: str) -> str:
    """은 or 는 after the text, unless it has one already (배송 문의는)."""
    stripped = text.strip()
    if stripped.endswith("는") or (stripped.endswith("은") and has_final(stripped[:-1])):
        return stripped
    return stripped + ("은" if has_final(stripped) else "는")


_TELEPHONE = re.compile(r"(?<![\d-])(?:0\d{1,3}[- )]\d{3,4}-\d{4}|1[5-9]\d\d-\d{4}|0\d{8,11})(?![\d-])")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_PERCENT = re.compile(r"(\d)\s*%")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_COUNTED = re.compile(r"\s*(" + "|".join(sorted(NATIVE_COUNTERS, key=len, reverse=True)) + ")")


def speakable(text: str) -> str:
    """The text with every figure written out as a person reads it; the rest is unchanged."""
    text = _TELEPHONE.sub(lambda match: telephone(match[0]), text)
    text = _TIME.sub(_read_time, text)
    text = _PERCENT.sub(r"\1 퍼센트", text)
    return _NUMBER.sub(_reader(text), text)


def _read_time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return match[0]
    return clock(hour, minute)


def _reader(text: str) -> Callable[[re.Match[str]], str]:
    def read(match: re.Match[str]) -> str:
        figures = match[0].replace(",", "")
        counted = _COUNTED.match(text, match.end())
        if len(figures) > 2 and figures.startswith("0"):
            word = digits(figures)
        elif counted and int(figures) <= 99:
            # 24시간 is 이십사 시간, but 2시간 is 두 시간.
            few = counted[1] != "시간" or int(figures) <= 12
            if counted[1] == "번째":
                word = "첫" if figures == "1" else native(int(figures))
            else:
                word = native(int(figures)) if few and int(figures) else sino(int(figures))
        elif text.startswith("월", match.end()) and figures in _MONTHS:
            word = _MONTHS[figures]
        else:
            word = sino(int(figures))
        following = text[match.end() : match.end() + 1]
        return word + (" " if following and "가" <= following <= "힣" and counted else "")

    return read
