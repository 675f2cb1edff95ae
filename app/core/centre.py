"""The centre: all live state of the tenants that this controller owns, and the one step that changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.core.effects import Effect
from app.core.errors import NoTransition

NewId = Callable[[], str]


class Centre:
    """Live state. ``handle`` is the step: an event in, effects out; it raises having changed nothing.

    ``new_id`` draws the UUIDs of new legs: the only thing from outside that decisions take in.
    """

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def handle(self, event: Any, now: datetime) -> list[Effect]:
        """Decide what ``event`` means at ``now`` (aware) and return the effects in order.

        Raises CommandRefused (a person's command that cannot be done now; the caller replies with its
        code) and NoTransition (no row for the event in this state), both having changed nothing. A
        command that is done yields exactly one ``Reply``.
        """
        raise NoTransition(type(event).__name__)
