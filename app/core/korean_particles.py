"""Particles that fit the word before them: 은/는, 이/가, 을/를, 과/와, 으로/로 and their kin.

Two uses: the right one after a name (:func:`topic`), and the one that was typed corrected where the word
before it is spoken otherwise than it is written (KT은(는), 5%이, 1577-0000로). A reader leaves ``MARK``
after what it wrote out; only a particle right behind a mark is touched, and what a person typed after
ordinary Korean stays as it is.
"""

from __future__ import annotations

import re

MARK = "\ue000"
"""Stands behind a word that was written out, until the particles are right. Never in a text we return."""

_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3
_RIEUL = 8
"""ㄹ among the 28 finals: after it people say 로, as after a vowel."""

_PAIRS = {
    "은": "는", "이": "가", "을": "를", "과": "와", "으로": "로", "이나": "나", "이랑": "랑", "이란": "란",
    "이라는": "라는", "이라고": "라고", "이라면": "라면", "이에요": "예요", "이며": "며", "이고": "고",
}  # fmt: skip
"""After a final consonant → after a vowel."""

_LIKE_RO = ("으로", "로")


def _alternative_forms() -> dict[str, str]:
    """은(는), 는/은, (은)는, (으)로 … → the form after a consonant."""
    forms = {}
    for closed, open_ in _PAIRS.items():
        both = [f"{closed}({open_})", f"{open_}({closed})", f"{closed}/{open_}", f"{open_}/{closed}"]
        both += [f"({closed}){open_}", f"({open_}){closed}"]
        if closed.endswith(open_):
            both.append(f"({closed.removesuffix(open_)}){open_}")
        forms.update(dict.fromkeys(both, closed))
    return forms


_FORMS = _alternative_forms()
_ALTERNATIVES = re.compile(
    rf"(?P<word>[가-힣A-Za-z])(?P<close>{MARK}*[)\]]?) ?(?P<both>"
    + "|".join(re.escape(form) for form in sorted(_FORMS, key=len, reverse=True))
    + ")"
)

_AFTER_MARK = re.compile(
    f"(?P<word>[가-힣A-Za-z]){MARK}+(?:"
    "(?P<near>은|는|이|가|을|를|과|와|이나|나|이랑|랑|이란|란|이라는|라는|이라고|라고|이에요|예요)"
    "| ?(?P<far>은|는|을|를)"
    "| ?(?P<ro>으로|로)(?P<tail>서|써|는|도|만|의|부터|까지|만이|부터는)?"
    ")(?![가-힣])"
)

_COPULA = re.compile(f"(?<={MARK}) (?=입니다|입니까)")


def _final(text: str) -> int:
    """Number of the last syllable's final consonant, 0 for none. A Latin word counts as it is usually read."""
    for char in reversed(text):
        if _HANGUL_FIRST <= ord(char) <= _HANGUL_LAST:
            return (ord(char) - _HANGUL_FIRST) % 28
        if char.isascii() and char.isdigit():
            return {"1": _RIEUL, "7": _RIEUL, "8": _RIEUL, "0": 21, "3": 16, "6": 1}.get(char, 0)
        if char.isascii() and char.isalpha():
            return _latin_final(re.findall("[A-Za-z]+", text[-20:])[-1])
    return 0


def _latin_final(word: str) -> int:
    """네이버, 구글, 오픈, 샵, 핑: as the word is said; VIP and SM by the names of their letters."""
    if len(word) == 1 or word.isupper():
        return {"l": _RIEUL, "r": _RIEUL, "m": 16, "n": 4}.get(word[-1].lower(), 0)
    word = word.lower()
    if word.endswith(("l", "le")):
        return _RIEUL
    if re.search(r"[aeiouy](?:ck|[bkpt])$|[mn]e?$|ng$", word):
        return 16
    return 0


def has_final(text: str) -> bool:
    """True when the last syllable ends in a consonant. Figures count as they are read."""
    return _final(text) != 0


def fitting(text: str, particle: str) -> str:
    """The form of the particle (either form is taken) that stands after the text."""
    for closed, open_ in _PAIRS.items():
        if particle in (closed, open_):
            final = _final(text)
            return open_ if final == 0 or (final == _RIEUL and particle in _LIKE_RO) else closed
    return particle


def resolve_alternatives(text: str) -> str:
    """은(는), 이/가, (으)로 and the like become the form that fits."""

    def resolved(match: re.Match[str]) -> str:
        particle = fitting(_before(text, match), _FORMS[match["both"]])
        return match["word"] + match["close"] + particle

    return _ALTERNATIVES.sub(resolved, text)


def correct(text: str) -> str:
    """The particle behind each mark fits the word before it; the marks are taken away."""

    def corrected(match: re.Match[str]) -> str:
        particle = match["near"] or match["far"] or match["ro"]
        return match["word"] + fitting(_before(text, match), particle) + (match["tail"] or "")

    text = _COPULA.sub("", _AFTER_MARK.sub(corrected, text))
    return text.replace(MARK, "")


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.end("word") - 20) : match.end("word")]
