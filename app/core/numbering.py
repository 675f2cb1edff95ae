"""Korean telephone numbers: one spelling, their kind, how they are shown and masked, which may be dialled.

Numbers are strings of digits (with ``*``, ``#`` or a leading ``+`` as dialled), never ints: zeros matter.
Source of the ranges: 전기통신번호관리세칙 (numbering plan of the Ministry of Science and ICT).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

DIALLABLE = re.compile(r"\+?[0-9*#]{1,20}")
"""What may reach a dial string at all (FREESWITCH.md, "Is attacked")."""

SHORTEST = 8
"""Digits of the shortest number that is no emergency or short service number (1588-0000)."""

_SERVICE = re.compile(r"1[568]\d{2}")
_SHORT = frozenset({"100", "105", "106", "107", "109", "111", "112", "113", "114", "116", "117", "118", "119"}) | {
    "120", "122", "125", "127", "128", "129", "131", "132", "182", "188", "1301", "1330", "1331", "1332", "1333",
    "1339", "1345", "1350", "1355", "1357", "1366", "1372", "1388", "1390", "1393", "1398", "1399",
}  # fmt: skip
_EMERGENCY = frozenset({"111", "112", "113", "117", "118", "119", "122", "125"})
_AREA = re.compile(r"02|0[3-6][1-5]")


class Kind(enum.StrEnum):
    """What kind of number it is; call rates and rights follow from it."""

    MOBILE = "mobile"
    LAND = "land"
    INTERNET = "internet"
    SERVICE = "service"
    PERSONAL = "personal"
    TOLL_FREE = "toll_free"
    EMERGENCY = "emergency"
    SHORT = "short"
    INTERNATIONAL = "international"
    EXTENSION = "extension"
    UNKNOWN = "unknown"


def normalise(number: str) -> str:
    """One spelling per number: separators dropped, ``+82``/``82`` replaced by the trunk prefix 0.

    Foreign numbers keep their ``+``. What is not a number at all is returned stripped, unchanged.
    """
    text = re.sub(r"[\s\-.()/]", "", number)
    if text.startswith("+82"):
        return _national(text[3:])
    if text.startswith("82") and text.isdigit() and 10 <= len(text) <= 13:
        return _national(text[2:])
    return text


def _national(rest: str) -> str:
    # 1588-0000 and 112 have no trunk prefix, in or out of +82.
    if rest.startswith("0") or _SERVICE.match(rest) and len(rest) == 8 or rest in _SHORT:
        return rest
    return "0" + rest if rest.isdigit() else rest


def classify(number: str) -> Kind:
    """The kind of a number in any spelling."""
    text = normalise(number)
    if text in _EMERGENCY:
        return Kind.EMERGENCY
    if text in _SHORT:
        return Kind.SHORT
    if text.startswith(("+", "00")):
        return Kind.INTERNATIONAL
    if not text.isdigit():
        return Kind.UNKNOWN
    if len(text) == 8 and _SERVICE.match(text):
        return Kind.SERVICE
    if re.fullmatch(r"01[016789]\d{7,8}", text):
        return Kind.MOBILE
    if re.fullmatch(r"070\d{8}", text):
        return Kind.INTERNET
    if re.fullmatch(r"050[0-9]\d{7,8}", text):
        return Kind.PERSONAL
    if re.fullmatch(r"080\d{7,8}", text):
        return Kind.TOLL_FREE
    if re.fullmatch(r"02\d{7,8}|0[3-6][1-5]\d{7,8}", text):
        return Kind.LAND
    return Kind.UNKNOWN


def parts(number: str) -> tuple[str, ...]:
    """The groups in which a number is written: ``("010", "1234", "5678")``; one group when unknown."""
    text = normalise(number)
    kind = classify(text)
    if kind is Kind.SERVICE:
        return text[:4], text[4:]
    if kind is Kind.PERSONAL:
        head = 4
    elif kind is Kind.LAND:
        head = len(_AREA.match(text).group())  # type: ignore[union-attr]  # LAND implies the match
    elif kind in (Kind.MOBILE, Kind.INTERNET, Kind.TOLL_FREE):
        head = 3
    else:
        return (text,)
    return text[:head], text[head:-4], text[-4:]


def display(number: str) -> str:
    """The number as people write it: ``010-1234-5678``, ``02-123-4567``, ``1588-0000``."""
    return "-".join(parts(number))


def mask(number: str) -> str:
    """The last two digits of the last two groups hidden: ``010-36**-37**`` (PRODUCT.md §3, 서비스 조회).

    ``1588-00**`` hides two of the last group; a number without groups hides its last two digits
    (all of it when it has no more than two).
    """
    groups = list(parts(number))
    hide = range(len(groups) - 2, len(groups)) if len(groups) == 3 else range(len(groups) - 1, len(groups))
    for index in hide:
        group = groups[index]
        groups[index] = group[:-2] + "*" * min(2, len(group))
    return "-".join(groups)


def refusal(number: str, *, international_allowed: bool, blocked_prefixes: Iterable[str] = ()) -> str | None:
    """Why an outside number may not be dialled: a code of CommandRefused, or None when it may.

    Emergency numbers are never refused (전기통신사업법 시행령: they must be reachable).
    """
    if not DIALLABLE.fullmatch(number):
        return "bad_number"
    text = normalise(number)
    kind = classify(text)
    if kind is Kind.EMERGENCY:
        return None
    if not any(character.isdigit() for character in text):
        return "bad_number"
    if kind is Kind.UNKNOWN and text.isdigit() and len(text) < SHORTEST:
        # An extension that nobody has, or a slip of the finger: no carrier could place it.
        return "bad_number"
    if kind is Kind.INTERNATIONAL and not international_allowed:
        return "international_refused"
    if any(prefix and text.startswith(normalise(prefix)) for prefix in blocked_prefixes):
        return "number_blocked"
    return None
