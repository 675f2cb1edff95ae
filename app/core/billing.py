"""What an outgoing call costs (PRODUCT.md §3). Prices in won, VAT apart.

Mobile 14 won per 10 s, land line and internet 41 won per 180 s, incoming and internal free; each call is
rounded up to the unit. The seed's 수발신이력 shows a mobile call of 7 s as 00:00:10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOBILE = re.compile(r"^(?:\+?82|0)?1[016789]\d{7,8}$")


@dataclass(frozen=True, slots=True)
class Rate:
    """``price`` won for each begun ``unit`` seconds."""

    unit: int
    price: int


MOBILE = Rate(unit=10, price=14)
LANDLINE = Rate(unit=180, price=41)


def whole_seconds(seconds: float) -> int:
    """A duration as people read it: rounded to the nearest second, halves up, never below zero.

    Every screen, sum, mean and bill uses this same figure of a call, so that they add up.
    """
    return max(0, int(seconds + 0.5))


def rate_of(number: str) -> Rate:
    """The rate for a dialled number: mobile (010, 011, 016 … also with +82) or anything else."""
    return MOBILE if _MOBILE.match(re.sub(r"[^0-9+]", "", number)) else LANDLINE


def billed_seconds(direction: str, number: str, talk_seconds: float) -> int:
    """Whole seconds billed: the talk rounded up to the rate's unit; 0 unless outbound and connected."""
    talk = whole_seconds(talk_seconds)
    if direction != "outbound" or talk == 0:
        return 0
    unit = rate_of(number).unit
    return -(-talk // unit) * unit


def price(direction: str, number: str, talk_seconds: float) -> int:
    """Won for one call."""
    rate = rate_of(number)
    return billed_seconds(direction, number, talk_seconds) // rate.unit * rate.price
