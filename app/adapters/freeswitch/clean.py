"""What callers control (names, numbers, headers), made harmless. It is data: never identity, never a command."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

NAME_LENGTH = 64

_NUMBER = re.compile(r"\+?[0-9*#]{1,20}")
_NOT_IN_VARIABLES = {ord(mark): " " for mark in ";'\"\\$`"}
_SEPARATORS = re.compile(r"[ ().\-]")


def number(raw: str) -> str:
    """A telephone number, or nothing: ``010-1234-5678`` → ``01012345678``; anything odd → empty.

    FreeSWITCH has decoded what a SIP address carries percent-encoded, so it is not done again. What is not
    wholly a number is no number at all: half of a hostile string would be a lie.
    """
    text = _SEPARATORS.sub("", raw[:64])
    return text if _NUMBER.fullmatch(text) else ""


def name(raw: str, limit: int = NAME_LENGTH) -> str:
    """A display name in one line: no control, direction or private characters, ``limit`` at most."""
    raw = raw[: limit * 3]
    # What can be printed has none of those characters: nearly every name.
    shown = (
        raw if raw.isprintable() else "".join(c if unicodedata.category(c)[0] != "C" else " " for c in raw)
    )
    return " ".join(shown.split())[:limit].strip()


def caller_name(raw_name: str, raw_number: str) -> str:
    """The caller's display name; empty where there is none: FreeSWITCH then repeats the number as the name."""
    return (
        ""
        if raw_name == raw_number or (n := number(raw_name)) and n == number(raw_number)
        else name(raw_name)
    )


def header_value(raw: str, limit: int = 64) -> str:
    """A value for a SIP header that our own desktop reads: percent-encoded UTF-8, ASCII only."""
    return quote(name(raw, limit), safe="")


def variable_value(raw: str, limit: int = 200) -> str:
    """A value for one of our channel variables: nothing that FreeSWITCH would split at, unquote or expand."""
    return " ".join(name(raw, limit).translate(_NOT_IN_VARIABLES).split())
