"""Agents' statuses over time: intervals, reduced from the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core.definitions import AgentId, TenantId
from app.core.journal import JournalEvent
from app.core.values import replace


@dataclass(frozen=True, slots=True)
class StatusInterval:
    """A stretch of one status of an agent; columns of ``status_intervals``. Open while it lasts."""

    tenant_id: TenantId
    agent_id: AgentId
    status: str
    reason: str
    started_at: datetime
    ended_at: datetime | None = None


def status_changes(events: Iterable[JournalEvent]) -> list[StatusInterval]:
    """The changes of status that events tell, as intervals without ends yet, in order."""
    changes = []
    for event in events:
        if event.kind == "agent.status":
            status, reason = str(event.data["status"]), str(event.data.get("reason") or "")
        elif event.kind == "agent.logged_out":
            status, reason = "logged_out", ""
        else:
            continue
        changes.append(StatusInterval(event.tenant_id, event.data["agent_id"], status, reason, event.at))
    return changes


def merge_statuses(changes: Iterable[StatusInterval]) -> list[StatusInterval]:
    """Intervals of one agent from its changes in any order: each lasts until the next.

    Of two changes at the very same time a chosen status says more than having logged out.
    """
    at: dict[datetime, StatusInterval] = {}
    for change in sorted(changes, key=lambda c: (c.started_at, c.status != "logged_out", c.status, c.reason)):
        at[change.started_at] = replace(change, ended_at=None)
    merged = [at[key] for key in sorted(at)]
    return [
        replace(interval, ended_at=following.started_at)
        for interval, following in zip(merged, merged[1:], strict=False)
    ] + merged[-1:]
