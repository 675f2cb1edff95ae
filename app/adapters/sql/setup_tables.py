"""The set-up tables: what the portal writes. Column comments say what a value means; times are UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.columns import Base, BigId, utcnow


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
    integration_url: Mapped[str] = mapped_column(
        String(500), default="", comment="연동URL: {number} {agent} {menu} {call} are filled in for each call"
    )
    allowed_addresses: Mapped[list[Any]] = mapped_column(
        default=list, comment="접근관리: networks (CIDR) from which managers may come; empty: any"
    )
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
    skill_id: Mapped[int | None] = mapped_column(
        ForeignKey("skills.id"), comment="all agents with this skill belong to the queue, too"
    )
    live: Mapped[bool] = mapped_column(default=True, comment="false: only a draft's menu leads here so far")
    retired_at: Mapped[datetime | None] = mapped_column(
        comment="no menu leads here any more; who waits already is served on"
    )
    deleted_at: Mapped[datetime | None]


class Skill(Base):
    """A skill (스킬) that queues ask for; agents have it at a level."""

    __tablename__ = "skills"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)


class AgentSkill(Base):
    __tablename__ = "agent_skills"
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    level: Mapped[int] = mapped_column(default=1, comment="tier in the queues that ask for it, 1 first")


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
    changes: Mapped[list[Any]] = mapped_column(
        default=list, comment="how it differs from the version before (app.core.ars_changes)"
    )
    restored_from: Mapped[int | None] = mapped_column(comment="id of the version that was brought back")
    revision: Mapped[int] = mapped_column(default=0, comment="counts how often the draft was saved")
    edited_at: Mapped[datetime | None]
    edited_by: Mapped[str] = mapped_column(String(100), default="", comment="who saved the draft last")
    note: Mapped[str] = mapped_column(String(200), default="", comment="what its publisher wrote about it")


class PromptFile(Base):
    """An uploaded announcement, processed; versions of the ARS refer to it by id."""

    __tablename__ = "prompt_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), comment="as the file was called by who uploaded it")
    path: Mapped[str] = mapped_column(String(300), comment="as it was written to; of it the name counts")
    seconds: Mapped[float]
    uploaded_at: Mapped[datetime] = mapped_column(default=utcnow)
    uploaded_by: Mapped[str] = mapped_column(String(100), default="")


class CallerId(Base):
    """A number that the tenant may show when it calls (전기통신사업법 §84-2), beside its own DIDs."""

    __tablename__ = "caller_ids"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), comment="requested|verified|refused|expired")
    evidence_name: Mapped[str] = mapped_column(String(200), comment="통신서비스 이용증명원, as it was called")
    evidence_path: Mapped[str] = mapped_column(String(300), comment="below the evidence directory")
    requested_at: Mapped[datetime] = mapped_column(default=utcnow)
    requested_by: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(200), default="", comment="why it was refused")
    expires_on: Mapped[date | None] = mapped_column(comment="last day on which the evidence counts")
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)


class ContactType(Base):
    """상담유형."""

    __tablename__ = "contact_types"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0, comment="place in the list; equal ones by code")
    deleted_at: Mapped[datetime | None]


class BreakReason(Base):
    """휴식사유."""

    __tablename__ = "break_reasons"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0, comment="place in the list; equal ones by age")
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
