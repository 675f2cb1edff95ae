"""The tables. Column comments say what a value means; times are UTC, durations seconds.

Set-up tables (``setup_tables``) belong to the portal; ``journal`` is append-only; the tables below it (calls …
recordings) are reductions of the journal and can be rebuilt from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.columns import Base, BigId, UtcDateTime, utcnow
from app.adapters.sql.setup_tables import (
    Agent,
    AgentGroup,
    AgentSkill,
    ApiToken,
    ArsVersion,
    AuditEntry,
    BreakReason,
    CallerId,
    ContactType,
    Customer,
    Did,
    LoginEntry,
    PromptFile,
    Queue,
    Skill,
    Tenant,
    Tier,
    User,
)

__all__ = [
    "Base",
    "UtcDateTime",
    "utcnow",
    "Agent",
    "AgentGroup",
    "AgentSkill",
    "ApiToken",
    "ArsVersion",
    "AuditEntry",
    "BreakReason",
    "CallerId",
    "ContactType",
    "Customer",
    "Did",
    "LoginEntry",
    "PromptFile",
    "Queue",
    "Skill",
    "Tenant",
    "Tier",
    "User",
]

# --- the journal ------------------------------------------------------------------------------


class JournalRow(Base):
    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), unique=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_journal_tenant_at", "tenant_id", "at"),)


# --- reductions of the journal -------------------------------------------------------------------


class CallRow(Base):
    __tablename__ = "calls"
    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(String(10), comment="inbound|outbound|internal")
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(comment="first talk with a person")
    ended_at: Mapped[datetime | None]
    did: Mapped[str] = mapped_column(String(24), default="")
    number: Mapped[str] = mapped_column(String(40), default="", comment="the customer's, or the extension's")
    name: Mapped[str] = mapped_column(String(100), default="")
    queue_id: Mapped[int | None] = mapped_column(comment="last queue")
    menu: Mapped[str] = mapped_column(String(20), default="", comment="digits chosen")
    agent_id: Mapped[int | None] = mapped_column(comment="first agent who talked (or dialled)")
    talk_seconds: Mapped[float] = mapped_column(default=0)
    hold_seconds: Mapped[float] = mapped_column(default=0)
    wait_seconds: Mapped[float] = mapped_column(default=0)
    billed_seconds: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(30), default="", comment="호종료상세사유, a code")
    cause: Mapped[str] = mapped_column(String(60), default="", comment="FreeSWITCH's hangup cause")
    ended_by: Mapped[str] = mapped_column(String(10), default="")
    callback: Mapped[bool] = mapped_column(default=False)
    recording: Mapped[str] = mapped_column(
        String(200), default="", comment="path under the recordings directory"
    )
    recording_seconds: Mapped[float] = mapped_column(default=0)
    __table_args__ = (
        Index("ix_calls_tenant_started", "tenant_id", "started_at"),
        Index("ix_calls_tenant_number", "tenant_id", "number"),
    )


class QueueVisit(Base):
    __tablename__ = "queue_visits"
    visit_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    queue_id: Mapped[int]
    origin: Mapped[str] = mapped_column(String(12), comment="direct|queue|centre|extension")
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    agent_id: Mapped[int | None]
    wait_seconds: Mapped[float] = mapped_column(default=0)
    talk_seconds: Mapped[float] = mapped_column(
        default=0, comment="talk of the agent who answered this visit"
    )
    __table_args__ = (Index("ix_visits_tenant_entered", "tenant_id", "entered_at"),)


class OfferRow(Base):
    __tablename__ = "offers"
    offer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    visit_id: Mapped[str] = mapped_column(String(80), default="")
    queue_id: Mapped[int | None]
    agent_id: Mapped[int]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    cause: Mapped[str] = mapped_column(String(60), default="")
    ring_seconds: Mapped[float] = mapped_column(default=0)
    candidates: Mapped[list[Any]] = mapped_column(default=list)
    __table_args__ = (Index("ix_offers_tenant_made", "tenant_id", "made_at"),)


class Talk(Base):
    """One agent's conversation within a call."""

    __tablename__ = "talks"
    talk_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    agent_id: Mapped[int]
    queue_id: Mapped[int | None]
    visit_id: Mapped[str] = mapped_column(String(80), default="")
    direction: Mapped[str] = mapped_column(String(10), comment="inbound|outbound|internal|consult|transfer")
    number: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    talk_seconds: Mapped[float] = mapped_column(default=0)
    hold_seconds: Mapped[float] = mapped_column(default=0)
    __table_args__ = (Index("ix_talks_tenant_started", "tenant_id", "started_at"),)


class StatusInterval(Base):
    __tablename__ = "status_intervals"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    agent_id: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(60), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("tenant_id", "agent_id", "started_at"),
        Index("ix_status_tenant_started", "tenant_id", "started_at"),
    )


class Callback(Base):
    __tablename__ = "callbacks"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    callback_key: Mapped[str] = mapped_column(String(80), unique=True, comment="callback_id of the journal")
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(64))
    queue_id: Mapped[int | None]
    caller: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40), comment="number to call")
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="pending", comment="pending|done|deleted")
    agent_id: Mapped[int | None]
    done_at: Mapped[datetime | None]
    done_call_id: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (Index("ix_callbacks_tenant_at", "tenant_id", "requested_at"),)


class WrapUp(Base):
    """후처리: what the agent wrote up about a call (set by the web, not by the journal)."""

    __tablename__ = "wrap_ups"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[str] = mapped_column(String(64))
    agent_id: Mapped[int]
    contact_type_id: Mapped[int | None]
    inquiry: Mapped[str] = mapped_column(Text, default="", comment="문의, 1,024 characters at most")
    action: Mapped[str] = mapped_column(Text, default="", comment="조치, 1,024 characters at most")
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    __table_args__ = (UniqueConstraint("tenant_id", "call_id", "agent_id"),)


class IngestedFile(Base):
    """Position up to which a journal spool file, or that a call detail record, has been taken in."""

    __tablename__ = "ingested"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, default=0)
    at: Mapped[datetime] = mapped_column(default=utcnow)
