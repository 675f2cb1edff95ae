"""The journal: what happened, append-only. Everything in the records is a reduction of it.

An event's ``event_id`` is made from what it says (``<call>/<kind>/<discriminator>``), not drawn at
random: the same fact told twice (by the controller and by a call detail record, before and after a
takeover) is one row.

Kinds and their ``data`` (times are ISO 8601 UTC strings, ids numbers, everything JSON):

==================  ==========================================================================
call.arrived        direction (inbound|outbound|internal), did, caller, name, agent_id (outbound:
                    who dials), number (outbound/internal: dialled), callback_id, node
call.answered       (the switch answered: greeting may play)
ars.step            step, detail (see events.ArsStep)
queue.entered       visit_id, queue_id, origin (direct|queue|centre|extension), position
queue.left          visit_id, outcome (answered|abandoned|refused|failed|queue_transfer|centre_transfer|
                    callback|timeout|unavailable|lost), agent_id, cause, ringing (bool: an agent's
                    phone was ringing)
offer.made          offer_id (= agent leg), visit_id, queue_id, agent_id, candidates [{agent_id, reason}]
offer.ended         offer_id, agent_id, outcome (answered|refused|no_answer|failed|caller_gone|withdrawn), cause
talk.started        talk_id (= agent leg or new leg), agent_id, leg, queue_id, visit_id, direction
                    (inbound|outbound|internal|consult|transfer), number
talk.ended          talk_id, agent_id, cause
hold.started        talk_id, agent_id
hold.ended          talk_id, agent_id
consult.started     talk_id, agent_id, target_agent, target_number
consult.ended       talk_id, agent_id, outcome (completed|cancelled|failed)
call.transferred    from_agent, to_agent, to_queue, to_number, mode (blind|consult)
call.recorded       path, seconds, leg
callback.requested  callback_id, queue_id, number, caller, visit_id
call.ended          cause, by (caller|agent|system|lost), billsec, talk_seconds
wrapup.started      agent_id
wrapup.ended        agent_id, seconds
agent.logged_in     agent_id, platform
agent.logged_out    agent_id, cause
agent.status        agent_id, status, reason, previous, by (agent|manager|system)
agent.state         agent_id, state, previous
node.lost           node, core_uuid, reason
==================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.core.definitions import CallId, TenantId


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """One fact. ``at`` is when it happened (aware); naive times are refused with ValueError."""

    event_id: str
    tenant_id: TenantId
    kind: str
    at: datetime
    call_id: CallId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("journal time must carry its time zone")

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready shape: ``{"id", "tenant", "kind", "at", "call", "data"}``."""
        return {
            "id": self.event_id,
            "tenant": self.tenant_id,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "call": self.call_id,
            "data": dict(self.data),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> JournalEvent:
        """Inverse of ``to_json``. Raises KeyError or ValueError for a damaged row."""
        return cls(
            event_id=row["id"],
            tenant_id=row["tenant"],
            kind=row["kind"],
            at=datetime.fromisoformat(row["at"]),
            call_id=row.get("call"),
            data=row.get("data") or {},
        )


def call_fact(
    tenant_id: TenantId, call_id: CallId, kind: str, at: datetime, mark: str = "", **data: Any
) -> JournalEvent:
    """A fact of a call. ``mark`` tells facts of one kind within the call apart (a leg, a visit, a count)."""
    suffix = f"/{mark}" if mark else ""
    return JournalEvent(f"{call_id}/{kind}{suffix}", tenant_id, kind, at, call_id, data)


def agent_fact(
    tenant_id: TenantId, agent_id: int, kind: str, at: datetime, call_id: CallId | None = None, **data: Any
) -> JournalEvent:
    """A fact of an agent; told apart by its time in microseconds."""
    micros = int(at.timestamp() * 1_000_000)
    mark = data.get("status") or data.get("state") or ""
    return JournalEvent(
        f"t{tenant_id}a{agent_id}/{kind}/{micros}/{mark}", tenant_id, kind, at, call_id, {"agent_id": agent_id, **data}
    )
