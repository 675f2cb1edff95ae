"""Which number a tenant may show when it calls out (발신번호 변작 금지, 전기통신사업법 §84-2).

Its own DIDs need no proof; any other Korean number counts from the day on which the operator has verified the
evidence (통신서비스 이용증명원) to the day on which that expires. What may not be shown any more gives way to the
first DID: a call never goes out with a number that is not the tenant's.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from datetime import date, datetime

from app.core.business_hours import local
from app.core.definitions import TenantConfig
from app.core.numbering import Kind, classify, normalise


class CallerIdState(enum.StrEnum):
    """Where the evidence stands."""

    REQUESTED = "requested"
    VERIFIED = "verified"
    REFUSED = "refused"
    EXPIRED = "expired"  # and everybody concerned was told


PRESENTABLE = frozenset(
    {Kind.LAND, Kind.INTERNET, Kind.SERVICE, Kind.MOBILE, Kind.PERSONAL, Kind.TOLL_FREE}
)
"""Kinds of numbers that belong to a subscriber; short and emergency numbers never do."""


def presentable(number: str) -> str | None:
    """The number in its one spelling, or None when it cannot be anybody's caller ID."""
    return normalise(number) if classify(number) in PRESENTABLE else None


def counts(state: str, expires_on: date | None, today: date) -> bool:
    """Whether the evidence counts: verified and not expired. While a renewal is looked at the old one counts on."""
    return state != CallerIdState.REFUSED and expires_on is not None and today <= expires_on


def number_to_show(chosen: str, dids: Sequence[str], verified: Collection[str]) -> str:
    """The chosen number if it may be shown, else the first DID; empty when there is none."""
    if chosen in dids or chosen in verified:
        return chosen
    return dids[0] if dids else ""


def shown_at(config: TenantConfig, at: datetime) -> str:
    """What customers see who are called at the aware moment ``at``: the chosen number as long as its evidence counts,
    then the first DID. Asked at each call: midnight passes without any publication."""
    until = config.caller_id_until
    if until is None or local(at, config.timezone).date() <= until:
        return config.caller_id
    return config.dids[0] if config.dids else ""
