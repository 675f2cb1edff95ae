"""Korean as it is spoken: a text that a person typed, written out for a speech engine.

A speech engine misreads figures (10시 as 십시, 3명 as 삼명, and drops the 0 of 070), spells abbreviations
and stumbles over signs. :func:`speakable` writes all of that out as a Korean announcer reads it.

The readers run one after the other, each on what the ones before it left, from the most particular sign
to the most general figure: addresses, abbreviations, telephone numbers, dates, times, quantities, words.
Every expression is bounded, so that the whole takes time in proportion to the text.
"""

from __future__ import annotations

import re

from app.core.korean_dates import read_dates
from app.core.korean_latin import read_addresses, read_phrases, read_words
from app.core.korean_numbers import clock, digits, half_day, key, native, ordinal, sino, telephone
from app.core.korean_particles import correct, fitting, has_final, resolve_alternatives
from app.core.korean_quantities import read_quantities
from app.core.korean_signs import prepare, read_companies, read_keys, read_list, silence, tidy
from app.core.korean_telephone import read_telephones
from app.core.korean_times import read_times, read_weekdays

__all__ = [
    "NORMALISER", "clock", "digits", "has_final", "half_day", "key", "native", "ordinal", "sino", "speakable",
    "telephone", "topic",
]  # fmt: skip

NORMALISER = "2"
"""Version of what :func:`speakable` makes of a text: rendered speech of another version is made anew."""

_READERS = (
    prepare, read_addresses, read_companies, read_keys, read_phrases, read_dates, read_telephones,
    read_weekdays, read_times, read_list, read_quantities, read_words,
    resolve_alternatives, silence, correct, tidy,
)  # fmt: skip


def speakable(text: str) -> str:
    """The text as it is read aloud: Hangul, ordinary Latin words, spaces and ``, . ! ?``, never a figure.

    Defined for every str and never raises; empty when nothing in it can be said. What is spoken already
    stays as it is: ``speakable(speakable(text)) == speakable(text)``.
    """
    for reader in _READERS:
        text = reader(text)
    return text


def topic(text: str) -> str:
    """은 or 는 after the text as it is spoken, unless it has one already (배송 문의는); A/S는, 콜센터 1은.

    What is not spoken at the end of a name (상담! ☎) is left out, so that the particle stands behind a word.
    """
    stripped = re.sub(r"[^\w)\]%+℃]+$", "", text.strip())
    if re.search("[가-힣]는$", stripped) or (stripped.endswith("은") and has_final(stripped[:-1])):
        return stripped
    return stripped + fitting(speakable(stripped), "은")
