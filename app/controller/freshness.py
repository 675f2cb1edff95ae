"""Whether what a node says is still true.

A caller whom nobody has adopted five seconds after parking is served by the dialplan's fallback. A controller that was
held up for so long (a stalled machine, too many calls) would offer such callers a second time, agent by agent, and fall
further behind. So once a node's events are too old, they are not acted on: the controller forgets them, connects anew,
and learns how things are from the node's own list of legs, as after any other absence.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from app.core.definitions import Node
from app.core.events import NodeDown, NodeUp, SwitchEvent
from app.ports import Clock

log = structlog.get_logger(__name__)

STALE_SECONDS = 4.0
"""Below the five seconds of the dialplan's guard (dialplan.compiler.GUARD_SECONDS): commands need time as well."""


class Freshness:
    """Asked for every event of a switch, in order. ``look_again`` is told once that a node must be connected anew."""

    def __init__(self, clock: Clock, look_again: Callable[[Node], None]) -> None:
        self._clock = clock
        self._look_again = look_again
        self._youngest: dict[Node, float] = {}
        """The least age of an event since the node is up: what its clock differs from ours, and the way here."""
        self._waiting: set[Node] = set()

    def takes(self, event: SwitchEvent) -> bool:
        """Whether to act on ``event``. False: it is too old, or its node is being connected anew."""
        node = event.node
        if not node or isinstance(event, NodeDown):
            return True
        if isinstance(event, NodeUp):
            self._waiting.discard(node)
            self._youngest.pop(node, None)
            return True
        if node in self._waiting:
            return False
        age = (self._clock.now() - event.at).total_seconds()
        youngest = self._youngest.get(node)
        if youngest is None or age < youngest:
            self._youngest[node] = age
        elif age - youngest > STALE_SECONDS:
            log.warning("events_too_old", node=node, seconds=round(age - youngest, 1))
            self._waiting.add(node)
            self._look_again(node)
            return False
        return True
