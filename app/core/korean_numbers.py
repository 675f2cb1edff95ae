"""Numbers in Korean words: Sino-Korean and native, ordinals, digits, telephone numbers, keys, clock times.

Pure words for values. Which of them a figure in a text stands for is found by the ``korean_…`` readers.
"""

from __future__ import annotations

import re

_SINO = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")
_NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_GROUPS = ("", "만", "억", "조")
_DIGITS = "공일이삼사오육칠팔구"
_ABOUT = ("", "한두", "두세", "서너", "네다섯", "대여섯", "예닐곱", "일고여덟", "여덟아홉")
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
    """한, 두, 스무, 서른한 … as they stand before a counted word.

    From 100 on the tens are Sino-Korean, and so are the ones unless they stand alone: 백두 명, 백십오 명.
    """
    if 1 <= number <= 99:
        return "스무" if number == 20 else _NATIVE_TENS[number // 10] + _NATIVE_ONES[number % 10]
    ones = number % 100
    if number > 100 and 1 <= ones <= 9:
        return sino(number - ones) + _NATIVE_ONES[ones]
    return sino(number)


def about(first: int, *, counted: bool) -> str:
    """``first`` or one more, from 1 to 8: 두세 (명), or Sino-Korean 이삼 (일)."""
    return _ABOUT[first] if counted else ("오륙" if first == 5 else _SINO[first] + _SINO[first + 1])


def ordinal(number: int) -> str:
    """첫 번째, 두 번째, 열한 번째."""
    return "첫 번째" if number == 1 else f"{native(number)} 번째"


def digits(text: str) -> str:
    """Each digit by itself, as telephone numbers are read: 070 → 공칠공."""
    return "".join(_DIGITS[int(char)] for char in text if char.isdecimal())


def decimal(text: str) -> str:
    """A figure with or without thousands and decimals: 1,997 → 천구백구십칠, 3.05 → 삼 점 영오."""
    whole, _, rest = text.replace(",", "").partition(".")
    said = sino(int(whole)) if len(whole) <= 16 else digits(whole)
    return f"{said} 점 {digits(rest).replace('공', '영')}" if rest else said


def telephone(number: str) -> str:
    """공칠공, 사공공공, 공공공일: groups as they are written, else as they are usually parted."""
    groups = re.findall(r"\d+", number)
    if len(groups) == 1:
        groups = _parted(groups[0])
    return ", ".join(digits(group) for group in groups)


def _parted(number: str) -> list[str]:
    if len(number) == 8 and number[0] == "1":  # 1588-0000
        return [number[:4], number[4:]]
    area = 2 if number.startswith("02") else 4 if number.startswith("050") and len(number) > 10 else 3
    if not number.startswith("0") or len(number) < area + 7:
        return [number]
    return [number[:area], number[area:-4], number[-4:]]


def key(digit: str) -> str:
    """A key of the telephone: 일번, 별표, 우물 정자."""
    return _KEYS.get(digit) or f"{'영' if digit == '0' else sino(int(digit))}번"


def clock(hour: int, minute: int = 0, *, with_half_day: bool = True) -> str:
    """오전 아홉 시, 오후 한 시 삼십 분, 낮 열두 시, 자정; ``hour`` from 0 to 24."""
    hour %= 24
    if (hour, minute) == (0, 0):
        return "자정"
    spoken = native((hour - 1) % 12 + 1) + " 시"
    if minute:
        spoken += f" {sino(minute)} 분"
    return f"{half_day(hour)} {spoken}" if with_half_day else spoken


def half_day(hour: int) -> str:
    """The part of the day that is said before the hour."""
    hour %= 24
    if hour < 6:
        return "밤" if hour == 0 else "새벽"
    if hour < 12:
        return "오전"
    return "낮" if hour == 12 else "오후"
