"""The calls of a rehearsal that wait in a queue, in every way that the queue's settings know.

Names: ``queue.next_agent`` (the first telephone rings in vain), ``queue.longest_wait`` (nobody is logged in),
``queue.closing`` (the working day ends while the caller waits); ``callback.given``, ``callback.other_number``,
``callback.withheld``; ``alone.answered``, ``alone.nobody`` (no controller is there: FreeSWITCH serves the caller by
itself).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.core.definitions import AgentId, CallbackOffer, QueueConfig, TenantConfig
from app.core.rehearsal_calls import (
    ANSWERS,
    CALLER,
    MUSIC,
    ON_BREAK,
    OTHER_NUMBER,
    TALK,
    WITHHELD,
    Do,
    Planned,
    Timing,
    Ways,
    assigned,
    first_tier,
)
from app.core.rehearsal_moments import Stretch
from app.core.rehearsed import Came, LeftOut

LONGEST_WAIT = 3600
"""Virtual seconds; a longer wait is not waited out."""

OFFERED_SECONDS = 30
"""What offering a callback and waiting for the answer take at most, when nobody answers."""

RING_AGAIN = 15
"""Seconds after the recall time in which a telephone rings again, whosever it is."""

MUST_RING = 10
"""Agents whose telephones are there when FreeSWITCH rings them by itself."""

ALONE_SECONDS = 6 * 2 * 25
"""Groups of agents, attempts and seconds of ringing: what FreeSWITCH takes at most by itself."""


def queue_calls(
    config: TenantConfig,
    ways: Ways,
    keys: str,
    queue: QueueConfig,
    at: datetime,
    *,
    first: bool,
    closing: Stretch | None,
) -> tuple[list[Planned], list[LeftOut]]:
    """The calls that wait in ``queue``, behind the menu's ``keys``. ``first``: also those of which one is enough for
    all queues. ``closing``: a stretch at whose end the tenant closes."""
    made = _Calls(config, ways, keys, queue, at)
    found = [*made.next_agent(), *made.longest_wait(), *made.alone(), *made.callback(first)]
    if first and closing is not None:
        found += made.closing(closing)
    return found, made.left_out


class _Calls:
    def __init__(
        self, config: TenantConfig, ways: Ways, keys: str, queue: QueueConfig, at: datetime
    ) -> None:
        self.config, self.queue, self.at = config, queue, at
        self.does, heard = ways.to(keys)
        self.heard = (*heard, "connecting")
        self.details: Mapping[str, Any] = {
            **ways.told(keys),
            "queue_id": queue.queue_id,
            "queue": queue.name,
        }
        self.assigned = assigned(config, queue)
        self.left_out: list[LeftOut] = []

    def _call(
        self,
        name: str,
        expected: Came,
        *does: Do,
        at_work: Mapping[AgentId, str] | None = None,
        **more: Any,
    ) -> Planned:
        return Planned(
            name,
            self.at,
            self.config.dids[0],
            replace(expected, heard=(*self.heard, *expected.heard), queue_id=self.queue.queue_id),
            (*self.does, *does),
            self.details,
            at_work=at_work or {},
            **more,
        )

    # -- waiting --------------------------------------------------------------------------------------

    def next_agent(self) -> list[Planned]:
        people = self.assigned[:2]
        rings = self.config.recall_seconds + RING_AGAIN
        alone = len(people) == 1 and self.config.misses_before_break == 1
        if not people or alone or self.queue.longest_wait_seconds <= rings:
            self.left_out.append(
                LeftOut("queue.next_agent", "nothing", {"queue_id": self.queue.queue_id, "queue": self.queue.name})
            )
            return []
        return [
            self._call(
                "queue.next_agent",
                Came((), agents=people, end="talked"),
                Do(TALK, after=4.0),
                at_work=dict.fromkeys(people, ANSWERS),
                let_ring=1,
                optional=frozenset({"delay", "position_1", "callback_offer"}),
                patience=180.0 + 2 * self.config.recall_seconds,
            )
        ]

    def longest_wait(self) -> list[Planned]:
        """Nobody is logged in: announcements in their order, then that nobody can be reached."""
        queue = self.queue
        longest, interval = queue.longest_wait_seconds, queue.delay_interval_seconds
        if longest > LONGEST_WAIT:
            details = {"queue_id": queue.queue_id, "queue": queue.name, "seconds": longest}
            self.left_out.append(LeftOut("queue.longest_wait", "too_long", details))
            return []
        delay = ("delay", *(("position_1",) if queue.announce_position else ()))
        repeated = frozenset(delay)
        offer_at: float | None = None
        if queue.callback is CallbackOffer.BY_KEY:
            delay += ("callback_offer",)
            repeated = frozenset(delay)
        elif queue.callback is CallbackOffer.AFTER_SECONDS:
            offer_at = queue.callback_after_seconds
        elif queue.callback is CallbackOffer.NOBODY_LOGGED_IN:
            offer_at = 0.0
        # The earliest and latest time at which each announcement comes first.
        first: list[tuple[float, float, tuple[str, ...]]] = [(interval, interval, delay)]
        if offer_at is not None and offer_at <= interval:
            after = offer_at + interval
            first = [(offer_at, offer_at, ("callback_offer",)), (after, after + OFFERED_SECONDS, delay)]
        elif offer_at is not None:
            first.append((offer_at, offer_at + OFFERED_SECONDS, ("callback_offer",)))
        said = [(begin, end, names) for begin, end, names in first if begin < longest]
        doubtful = [name for _, end, names in said if end + 1 > longest for name in names]
        timings = [Timing("connecting", names[0], begin) for begin, _, names in said[:1]]
        over = Timing("connecting", "unavailable", longest)
        return [
            self._call(
                "queue.longest_wait",
                Came((*(name for _, _, names in said for name in names), "unavailable"), end="announced"),
                repeated=repeated,
                optional=frozenset(doubtful),
                timings=(*(one for one in timings if one.then not in doubtful), over),
                patience=300.0 + longest,
            )
        ]

    def closing(self, stretch: Stretch) -> list[Planned]:
        """The last caller of the day: nobody is logged in any more."""
        if stretch.seconds < 10 or self.queue.longest_wait_seconds > LONGEST_WAIT:
            return []
        call = self._call(
            "queue.closing",
            Came(("unavailable",), end="announced"),
            optional=frozenset({"delay", "position_1", "callback_offer"}),
            patience=300.0 + self.queue.longest_wait_seconds,
        )
        return [replace(call, at=stretch.end - timedelta(seconds=5))]

    # -- without a controller ----------------------------------------------------------------------------

    def alone(self) -> list[Planned]:
        first = first_tier(self.config, self.queue)[:MUST_RING]
        reachable = self.assigned[:MUST_RING]
        nobody = self._call(
            "alone.nobody",
            Came(("delay", "unavailable") if reachable else ("unavailable",), end="announced"),
            at_work=dict.fromkeys(reachable, ANSWERS),
            let_ring=-1,
            must_ring=reachable,
            controller=False,
            patience=180.0 + ALONE_SECONDS,
        )
        if not reachable:
            return [nobody]
        answered = self._call(
            "alone.answered",
            Came((), agents=first, end="talked"),
            Do(TALK, after=4.0),
            at_work=dict.fromkeys(reachable, ANSWERS),
            controller=False,
        )
        return [answered, nobody]

    # -- callbacks -----------------------------------------------------------------------------------------

    def callback(self, first: bool) -> list[Planned]:
        queue = self.queue
        if queue.callback is CallbackOffer.OFF:
            return []
        busy: dict[AgentId, str] = {}
        said: tuple[str, ...] = ()
        ask = Do("callback_offer", queue.callback_key)
        optional = {"delay", "position_1"}
        patience = 180.0
        timings: tuple[Timing, ...] = ()
        match queue.callback:
            case CallbackOffer.BY_KEY:
                ask = Do(MUSIC, queue.callback_key, 2.0)
                optional.add("callback_offer")
            case CallbackOffer.AFTER_SECONDS:
                # Somebody is logged in, and not free: the caller waits, and waits.
                busy = dict.fromkeys(self.assigned[:1], ON_BREAK)
                said = ("callback_offer",)
                patience += queue.callback_after_seconds
                late = ("delay", "position_1")
                timings = (Timing("connecting", "callback_offer", queue.callback_after_seconds, late),)
            case CallbackOffer.NOBODY_LOGGED_IN:
                said = ("callback_offer",)
        if patience > LONGEST_WAIT:
            details = {"queue_id": queue.queue_id, "queue": queue.name, "seconds": queue.callback_after_seconds}
            self.left_out.append(LeftOut("callback", "too_long", details))
            return []
        given = self._call(
            "callback.given",
            Came((*said, "callback_confirm", "callback_done"), end="callback", callback=CALLER),
            ask,
            Do("callback_confirm", "1"),
            at_work=busy,
            optional=frozenset(optional),
            timings=timings,
            patience=patience,
        )
        number = (Do("callback_number", f"{OTHER_NUMBER}#"),)
        asked = (*self.heard, *said)
        other = replace(
            given,
            name="callback.other_number",
            does=(*self.does, ask, Do("callback_confirm", "2"), *number),
            expected=replace(
                given.expected,
                heard=(*asked, "callback_confirm", "callback_number", "callback_done"),
                callback=OTHER_NUMBER,
            ),
        )
        if not first:
            return [given, other]
        withheld = replace(
            other,
            name="callback.withheld",
            number=WITHHELD,
            does=(*self.does, ask, *number),
            expected=replace(other.expected, heard=(*asked, "callback_number", "callback_done")),
        )
        return [given, other, withheld]
