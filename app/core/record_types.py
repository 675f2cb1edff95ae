"""The records: what the tables below the journal hold, as values. Durations are exact seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.definitions import AgentId, CallId, QueueId, TenantId


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call; columns of ``calls``. ``outcome`` is a code, see ``_outcome``."""

    call_id: CallId
    tenant_id: TenantId
    direction: str
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    did: str = ""
    number: str = ""
    name: str = ""
    queue_id: QueueId | None = None
    menu: str = ""
    agent_id: AgentId | None = None
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wait_seconds: float = 0.0
    billed_seconds: int = 0
    outcome: str = ""
    cause: str = ""
    ended_by: str = ""
    callback: bool = False
    recording: str = ""
    recording_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One stay of a call in a queue; columns of ``queue_visits``."""

    visit_id: str
    tenant_id: TenantId
    call_id: CallId
    queue_id: QueueId
    origin: str
    entered_at: datetime
    left_at: datetime | None = None
    outcome: str = ""
    agent_id: AgentId | None = None
    wait_seconds: float = 0.0
    talk_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """One presentation to an agent; columns of ``offers``."""

    offer_id: str
    tenant_id: TenantId
    call_id: CallId
    visit_id: str
    queue_id: QueueId | None
    agent_id: AgentId
    made_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    cause: str = ""
    ring_seconds: float = 0.0
    candidates: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class TalkRecord:
    """One agent's conversation; columns of ``talks``. The talk includes its holds."""

    talk_id: str
    tenant_id: TenantId
    call_id: CallId
    agent_id: AgentId
    queue_id: QueueId | None
    visit_id: str
    direction: str
    number: str
    started_at: datetime
    ended_at: datetime | None = None
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CallbackRecord:
    """A callback that a caller asked for; columns of ``callbacks`` that come from the journal."""

    callback_key: str
    tenant_id: TenantId
    call_id: CallId
    queue_id: QueueId | None
    caller: str
    number: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class CallbackDone:
    """An outgoing call reached the customer of a callback. ``callback`` is its row's number or its key."""

    tenant_id: TenantId
    callback: int | str
    agent_id: AgentId | None
    done_at: datetime
    call_id: CallId


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Everything that the records hold about one call. ``call`` is None while only agents' facts and
    fragments are known (its arrival has not been taken in yet)."""

    call: CallRecord | None
    visits: tuple[VisitRecord, ...] = ()
    offers: tuple[OfferRecord, ...] = ()
    talks: tuple[TalkRecord, ...] = ()
    callbacks: tuple[CallbackRecord, ...] = ()
    callback_done: CallbackDone | None = None
    unreadable: tuple[str, ...] = ()
    """Identities of events that lack what their kind needs; the records are made without them."""
