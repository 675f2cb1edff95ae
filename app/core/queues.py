"""A queue, live: its waiting calls in the order in which they are served."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from datetime import datetime

from app.core.definitions import AgentId, CallId, QueueId
from app.core.values import replace


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A place in a queue. Sorts by service order: higher priority, then earlier place."""

    rank: int  # minus the priority
    place: datetime
    call_id: CallId


@dataclass(frozen=True)  # no slots: see app.core.values
class Queue:
    """``waiting`` are all callers in the queue; ``open`` those of them for whom no phone is ringing."""

    queue_id: QueueId
    waiting: tuple[Waiting, ...] = ()
    open: tuple[Waiting, ...] = ()
    last_agent: AgentId | None = None  # whom round robin served last

    def entered(self, entry: Waiting) -> Queue:
        """With one more caller, at the place that ``entry`` sorts to."""
        return replace(self, waiting=_inserted(self.waiting, entry), open=_inserted(self.open, entry))

    def joined(self, entry: Waiting) -> Queue:
        """With one more caller for whom a phone rings already (a transfer): counted, not to be offered."""
        return replace(self, waiting=_inserted(self.waiting, entry))

    def left(self, entry: Waiting) -> Queue:
        """Without that caller; nothing changes when it is not there."""
        return replace(self, waiting=_removed(self.waiting, entry), open=_removed(self.open, entry))

    def offered(self, entry: Waiting, agent_id: AgentId) -> Queue:
        """A phone rings for that caller, who keeps the place."""
        return replace(self, open=_removed(self.open, entry), last_agent=agent_id)

    def reopened(self, entry: Waiting) -> Queue:
        """No phone rings any more for that caller: again at the same place."""
        return replace(self, open=_inserted(self.open, entry))

    def position(self, entry: Waiting) -> int:
        """Place counted from 1; 0 when not waiting here."""
        index = bisect.bisect_left(self.waiting, entry)
        return index + 1 if index < len(self.waiting) and self.waiting[index] == entry else 0


def _inserted(entries: tuple[Waiting, ...], entry: Waiting) -> tuple[Waiting, ...]:
    index = bisect.bisect_left(entries, entry)
    if index < len(entries) and entries[index] == entry:
        return entries
    return (*entries[:index], entry, *entries[index:])


def _removed(entries: tuple[Waiting, ...], entry: Waiting) -> tuple[Waiting, ...]:
    index = bisect.bisect_left(entries, entry)
    if index < len(entries) and entries[index] == entry:
        return entries[:index] + entries[index + 1 :]
    return entries
