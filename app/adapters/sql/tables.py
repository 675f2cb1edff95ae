"""The tables. Column comments say what a value means; times are UTC, durations seconds.

Set-up tables belong to the portal; ``journal`` is append-only; the tables below it (calls … recordings)
are reductions of the journal and can be rebuilt from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.columns import Base, BigId, UtcDateTime, utcnow

__all__ = ["Base", "UtcDateTime", "utcnow"]

# --- set-up -----------------------------------------------------------------------------------


class Tenant(Base):
    __tablename__ = "tenants"
    id: Mapped[int] = mapped_column(primary_key=True)
    service_name: Mapped[str] = mapped_column(
        String(40), unique=True, comment="서비스명: part of agents' logins, fixed"
    )
    organisation: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(
        String(20), default="contract", comment="requested|verifying|contract|terminated"
    )
    timezone: Mapped[str] = mapped_column(String(40), default="Asia/Seoul")
    licences: Mapped[int] = mapped_column(default=5)
    caller_id: Mapped[str] = mapped_column(String(20), default="", comment="verified, shown to customers")
    service_level_seconds: Mapped[int] = mapped_column(default=20, comment="T")
    short_abandon_seconds: Mapped[int] = mapped_column(default=5, comment="A 인정시간")
    recall_seconds: Mapped[int] = mapped_column(default=30)
    misses_before_break: Mapped[int] = mapped_column(default=3)
    status_after_login: Mapped[str] = mapped_column(String(20), default="available")
    status_after_call: Mapped[str] = mapped_column(String(20), default="wrap_up")
    recording: Mapped[bool] = mapped_column(default=True)
    international_allowed: Mapped[bool] = mapped_column(default=False)
    response_target: Mapped[int] = mapped_column(default=90, comment="응대율 목표 %")
    service_level_target: Mapped[int] = mapped_column(default=80, comment="SL 목표 %")
    version: Mapped[int] = mapped_column(default=1, comment="counts publications")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Did(Base):
    __tablename__ = "dids"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    carrier: Mapped[str] = mapped_column(String(20), default="SKTL")


class User(Base):
    """A person who logs in to the portal: tenant manager or platform operator (tenant_id empty)."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"), index=True)
    login: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="manager", comment="manager|operator")
    may_unmask: Mapped[bool] = mapped_column(default=False)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("tenant_id", "login"),)


class AgentGroup(Base):
    __tablename__ = "agent_groups"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))


class Agent(Base):
    __tablename__ = "agents"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    login: Mapped[str] = mapped_column(String(60), comment="상담사ID, case sensitive")
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    extension: Mapped[str] = mapped_column(String(10), unique=True, comment="DN, unique on the platform")
    sip_user: Mapped[str] = mapped_column(String(60), unique=True)
    sip_password_enc: Mapped[str] = mapped_column(
        String(300), comment="SIP password, encrypted (browser login needs it)"
    )
    sip_ha1: Mapped[str] = mapped_column(String(32), comment="md5(user:domain:password) for the directory")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("agent_groups.id"))
    active: Mapped[bool] = mapped_column(default=True)
    deleted_at: Mapped[datetime | None]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("tenant_id", "login"),)


class Queue(Base):
    """A 상담큐: a menu entry with agents. Deleted ones stay for the statistics."""

    __tablename__ = "queues"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    number: Mapped[str] = mapped_column(String(10), comment="CTI 큐번호")
    name: Mapped[str] = mapped_column(String(60))
    strategy: Mapped[str] = mapped_column(String(20), default="longest_idle")
    delay_interval_seconds: Mapped[int] = mapped_column(default=20)
    longest_wait_seconds: Mapped[int] = mapped_column(default=600)
    announce_position: Mapped[bool] = mapped_column(default=False)
    callback: Mapped[str] = mapped_column(String(20), default="off")
    callback_key: Mapped[str] = mapped_column(String(1), default="*")
    callback_after_seconds: Mapped[int] = mapped_column(default=60)
    priority: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]


class Tier(Base):
    __tablename__ = "tiers"
    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    level: Mapped[int] = mapped_column(default=1)


class ArsVersion(Base):
    """A published (or draft) ARS: menu, hours, holidays, prompt texts as JSON (see app.services.ars)."""

    __tablename__ = "ars_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), comment="draft|live|past")
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    published_at: Mapped[datetime | None]
    published_by: Mapped[str] = mapped_column(String(60), default="")


class ContactType(Base):
    """상담유형."""

    __tablename__ = "contact_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]


class BreakReason(Base):
    """휴식사유."""

    __tablename__ = "break_reasons"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    deleted_at: Mapped[datetime | None]


class ApiToken(Base):
    __tablename__ = "api_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(60), default="")
    digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of the token")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[datetime | None]


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)


class AuditEntry(Base):
    """작업이력: who did, saw, listened to, downloaded what, from where."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    actor: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(60), comment="구분")
    action: Mapped[str] = mapped_column(String(40), comment="작업: view|listen|download|change|login …")
    result: Mapped[str] = mapped_column(String(20), default="ok")
    address: Mapped[str] = mapped_column(String(45), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (Index("ix_audit_tenant_at", "tenant_id", "at"),)


class LoginEntry(Base):
    """상담사로그인이력."""

    __tablename__ = "logins"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    login: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(20), comment="login|logout")
    result: Mapped[str] = mapped_column(String(20), comment="ok|failed|locked")
    platform: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    __table_args__ = (Index("ix_logins_tenant_at", "tenant_id", "at"),)


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
