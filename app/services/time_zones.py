"""The time zone of a tenant: only one whose clock the switch keeps as we do, for opening hours are told by both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.services.errors import Refused

FirstDifference = Callable[[str], datetime | None]
"""From when on the switch would tell another time in the zone than we; None: not in the years ahead. Raises
ValueError for a name that nobody knows (``freeswitch_conf.timezones.first_difference``)."""


def check_zone(name: str, first_difference: FirstDifference) -> None:
    """Raises Refused ``zone_unknown``, ``zone_unsayable`` (with the day from which it would be wrong)."""
    try:
        wrong_from = first_difference(name)
    except ValueError as error:
        raise Refused("zone_unknown", zone=name) from error
    if wrong_from is not None:
        raise Refused("zone_unsayable", zone=name, from_day=f"{wrong_from:%Y-%m-%d}")
