"""Latin letters as Koreans say them: known words and abbreviations, else letter by letter.

What is upper case and unknown is spelled (KT → 케이티). An ordinary lower-case word that nobody listed
stays as it is: the speech engine reads it with its English rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core.korean_numbers import digits, sino
from app.core.korean_particles import MARK
from app.core.korean_words import ABBREVIATIONS, PHRASES, UPPER_PHRASES, WORDS

_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 "
        "더블유 엑스 와이 제트".split(),
        strict=True,
    )
)
_ENGLISH_DIGITS = "제로 원 투 쓰리 포 파이브 식스 세븐 에이트 나인".split()

LONGEST_SPELLED = 5
"""An unknown upper-case word that is longer and has vowels is a name, not an abbreviation: it is said as a word."""


_PHRASE = re.compile(
    r"(?<![A-Za-z0-9.,+-])(?:"
    + "|".join(re.escape(phrase) for phrase in sorted(PHRASES, key=len, reverse=True))
    + r")(?![A-Za-z0-9+]|[.,]\d)",
    re.IGNORECASE,
)
_AMPERSAND = re.compile(r"(?<![A-Za-z&])([A-Z]{1,3}) ?& ?([A-Z]{1,3})(?![A-Za-z&])")
_DOTTED = re.compile(r"(?<![A-Za-z.])(?![AaPp]\.[Mm])[A-Za-z](?:\.[A-Za-z]){1,8}(?:\.(?=[^A-Za-z.]|$)|(?![A-Za-z]))")
_LETTER_AND_HANGUL = re.compile(r"(?<=[A-Za-z])(?<![A-Za-z]{2})-(?=[가-힣])")
_NUMBERED = re.compile(r"(?<![A-Za-z])N[oO]\. ?(\d{1,4})(?![\d.])")
_AFTER_ABBREVIATION = re.compile(r"(?<=[A-Za-z])\.(?=\d)")
_DAYS_LEFT = re.compile(r"(?<![A-Za-z0-9])D ?([+-]) ?(\d{1,3})(?![\dA-Za-z])")
_CODE = re.compile(r"(?<![A-Za-z0-9-])([A-Z]{1,5})-?(\d{3,16})(?![\dA-Za-z,.%]|\d)")
_LETTER_AND_DIGIT = re.compile(r"(?<![A-Za-z0-9-])([AC-Z])-?([1-9])(?![\dA-Za-z.,:%~/]| ?[~%])")
_WORD = re.compile(r"[A-Za-z]+")
_VOWEL = re.compile("[aeiouy]", re.IGNORECASE)


def spelled(letters: str) -> str:
    """에이비씨: each letter by its name."""
    return "".join(_LETTERS[letter] for letter in letters.upper())


def word(text: str) -> str:
    """How a run of Latin letters is said; the run itself when it is an ordinary word that nobody listed."""
    if text.isupper() and text in ABBREVIATIONS:
        return ABBREVIATIONS[text]
    known = WORDS.get(text.lower())
    if known:
        return known
    if len(text) == 1 or not _VOWEL.search(text) or (text.isupper() and len(text) <= LONGEST_SPELLED):
        return spelled(text)
    return text.lower() if text.isupper() else text


def _marked(said: str, written: str = "") -> str:
    return said if said.isascii() else said + MARK


def read_phrases(text: str) -> str:
    """A/S, Q&A, LGU+, MP3, C.E.O., A-1234: letters together with signs and figures."""
    text = _PHRASE.sub(_phrase, text)
    text = _LETTER_AND_HANGUL.sub("", text)
    text = _AMPERSAND.sub(lambda match: f"{spelled(match[1])}앤{spelled(match[2])}{MARK}", text)
    text = _DOTTED.sub(lambda match: word(match[0].replace(".", "").upper()) + MARK, text)
    text = _NUMBERED.sub(_number, text)
    text = _DAYS_LEFT.sub(_days_left, text)
    text = _CODE.sub(_code, _AFTER_ABBREVIATION.sub(" ", text))
    return _LETTER_AND_DIGIT.sub(lambda match: spelled(match[1]) + _ENGLISH_DIGITS[int(match[2])] + MARK, text)


def _phrase(match: re.Match[str]) -> str:
    phrase = match[0].lower()
    if phrase in UPPER_PHRASES and not match[0][-1].isupper():
        return match[0]
    return PHRASES[phrase] + MARK


def _number(match: re.Match[str]) -> str:
    """No.1 is 넘버원."""
    number = int(match[1])
    return f"넘버 {_ENGLISH_DIGITS[number] if number < 10 else sino(number)}{MARK}"


def _days_left(match: re.Match[str]) -> str:
    return f"디 {'마이너스' if match[1] == '-' else '플러스'} {sino(int(match[2]))}{MARK}"


def _code(match: re.Match[str]) -> str:
    if match[1].lower() in WORDS:  # TOP100
        return match[0]
    return f"{spelled(match[1])} {digits(match[2])}{MARK}"


def read_words(text: str) -> str:
    """Every remaining run of Latin letters."""
    return _WORD.sub(lambda match: _marked(word(match[0])), text)


# -- addresses in the internet ----------------------------------------------------------------------

_TOP_LEVEL = "com|net|org|kr|co|io|app|shop|store|me|info|biz|tv|ai|jp|us|cn|eu|edu|gov|dev|site|online"
_HOST = rf"(?:[A-Za-z0-9][A-Za-z0-9_-]{{0,62}}\.){{1,5}}(?:{_TOP_LEVEL})"
_PATH = r"(?:/[A-Za-z0-9._~%?=&#+/-]{0,200})?"
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+@-])([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}) ?@ ?"
    r"((?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2,12})(?![A-Za-z0-9-])"
)
_SITE = re.compile(
    rf"(?<![A-Za-z0-9._@/-])(?:https?://)?((?:[wW]{{3}}\.)?{_HOST})({_PATH})(?![A-Za-z0-9-])", re.IGNORECASE
)
_SCHEME = re.compile(r"(?<![A-Za-z])https?://", re.IGNORECASE)
_SIGNS: Mapping[str, str] = {
    ".": "점", "-": "하이픈", "_": "언더바", "/": "슬래시", "?": "물음표", "=": "는", "&": "앤", "%": "퍼센트",
    "#": "샵", "~": "물결", "+": "플러스",
}  # fmt: skip
_ENDINGS = {"com": "닷컴", "net": "닷넷"}
_SPELLED_ENDINGS = frozenset("co kr org go or ac re ne pe io me tv ai jp us cn eu edu gov".split())


def read_addresses(text: str) -> str:
    """cs@naver.com → 씨에스 골뱅이 네이버 닷컴; www.example.co.kr → 더블유더블유더블유 점 example 점 씨오 점 케이알."""
    text = _MAIL.sub(lambda match: f"{_said(match[1])} 골뱅이 {_host(match[2])}{MARK}", text)
    text = _SITE.sub(lambda match: _host(match[1]) + _path(match[2]) + MARK, text)
    return _SCHEME.sub("", text)


def _host(host: str) -> str:
    labels = host.lower().split(".")
    said = [_said(labels[0])]
    for place, label in enumerate(labels[1:], 2):
        if place == len(labels) and label in _ENDINGS:
            said.append(_ENDINGS[label])
        else:
            ending = place >= len(labels) - 1 and label in _SPELLED_ENDINGS
            said.append("점 " + (spelled(label) if ending else _said(label)))
    return " ".join(said)


def _path(path: str) -> str:
    path = path.rstrip("/.?")
    return f" {_said(path)}" if path else ""


def _said(part: str) -> str:
    """Words, letters, digits and signs of a part of an address, one after the other."""
    said = ""
    for piece in re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", part):
        if piece.isdigit():
            spoken = digits(piece)
        elif piece.isalpha():
            spoken = spelled(piece) if len(piece) <= 2 else word(piece.lower())
        else:
            spoken = f" {_SIGNS.get(piece, '')} "
        # What stays Latin needs room, else it would be another word.
        said += f" {spoken} " if spoken.isascii() and spoken.isalpha() else spoken
    return " ".join(said.split())


def floor(digit: str) -> str:
    """B1 → 지하 일층."""
    return f"지하 {sino(int(digit))}층"
