"""Personal data as screens show it: 010-36**-37**, 10.***.***.***. Also the plain way to write a number."""

from __future__ import annotations

import re

_AREA = re.compile(r"^(02|0505|0507|050\d|01\d|070|080|0\d{2})(\d{6,8})$")
_SERVICE = re.compile(r"^(1[5-9]\d{2})(\d{4})$")


def national(number: str) -> str:
    """``+821012345678`` and ``821012345678`` as ``01012345678``; anything else as it is."""
    digits = number.removeprefix("+")
    if digits.startswith("82") and len(digits) >= 10 and digits.isdigit():
        return "0" + digits[2:].removeprefix("0")
    return number


def pretty_number(number: str) -> str:
    """A Korean number with its dashes: 010-3612-3712, 02-123-4567, 1588-1234. Others stay as they are."""
    plain = national(number)
    if match := _AREA.match(plain):
        area, rest = match.groups()
        return f"{area}-{rest[:-4]}-{rest[-4:]}"
    if match := _SERVICE.match(plain):
        return f"{match[1]}-{match[2]}"
    return plain


def mask_number(number: str) -> str:
    """The last two figures of each of the two last groups are hidden: 010-36**-37**.

    Extensions (up to 5 figures) and words ("anonymous") are no personal data and stay.
    """
    shown = pretty_number(number)
    if not any(char.isdigit() for char in shown) or len(re.sub(r"\D", "", shown)) <= 5:
        return shown
    groups = shown.split("-")
    if len(groups) == 1:  # foreign or odd: hide the second half
        keep = (len(shown) + 1) // 2
        return shown[:keep] + "*" * (len(shown) - keep)
    first = 1 if len(groups) > 2 else 0
    return "-".join(group if index < first else group[:-2] + "**" for index, group in enumerate(groups))


def mask_address(address: str) -> str:
    """``10.77.34.41`` → ``10.***.***.***``; of an IPv6 address the first group stays."""
    if not address:
        return ""
    if ":" in address:
        return address.split(":")[0] + ":****"
    return address.split(".")[0] + ".***.***.***"
