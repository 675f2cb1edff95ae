"""Ends that nobody saw: the controller that would have told them was dead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.core.record_types import OfferRecord


def close_passed_offers(offers: Iterable[OfferRecord], answered: frozenset[str]) -> dict[str, OfferRecord]:
    """By identity. A call rings one phone at a time: an offer without an end was over when the call's next
    one was made. Why it ended is not known; ``answered`` are those that became a talk."""
    ordered = sorted(offers, key=lambda offer: (offer.made_at, offer.offer_id))
    found = {offer.offer_id: offer for offer in ordered}
    for offer, following in zip(ordered, ordered[1:], strict=False):
        if offer.ended_at is None and offer.offer_id not in answered:
            seconds = (following.made_at - offer.made_at).total_seconds()
            found[offer.offer_id] = replace(
                offer, ended_at=following.made_at, outcome="failed", ring_seconds=round(seconds, 6)
            )
    return found
