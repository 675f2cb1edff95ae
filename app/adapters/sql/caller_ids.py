"""Caller IDs beside the tenant's own DIDs: asked for with evidence, verified or refused, expiring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.adapters.sql.base import Scope, utcnow
from app.adapters.sql.engine import Sessions
from app.adapters.sql.tables import CallerId, Did, Tenant
from app.core.business_hours import local
from app.core.caller_ids import CallerIdState, counts
from app.core.errors import NotFound


class CallerIds(Scope):
    """One row for each number; its evidence is a file outside."""

    def caller_ids(self) -> Sequence[CallerId]:
        """By number."""
        with self._reading() as session:
            return session.scalars(self._mine(CallerId).order_by(CallerId.number)).all()

    def caller_id(self, caller_id: int) -> CallerId:
        """One of them. Raises NotFound."""
        with self._reading() as session:
            return self._owned(session, CallerId, caller_id)

    def request_caller_id(
        self, number: str, evidence_name: str, evidence_path: str, by: str, at: datetime | None = None
    ) -> tuple[CallerId, str]:
        """Ask for a number, or again with new evidence; the row, and the path of the evidence before ("" if none).

        An earlier verification counts until it expires.
        """
        with self._writing() as session:
            row = session.scalars(self._mine(CallerId).where(CallerId.number == number)).one_or_none()
            before = "" if row is None else row.evidence_path
            if row is None:
                row = CallerId(tenant_id=self.tenant_id, number=number)
                session.add(row)
            row.state, row.reason = CallerIdState.REQUESTED, ""
            row.evidence_name, row.evidence_path = evidence_name[:200], evidence_path
            row.requested_by, row.requested_at = by[:100], at or utcnow()
        return row, before

    def decide_caller_id(
        self,
        caller_id: int,
        *,
        by: str,
        expires_on: date | None = None,
        reason: str = "",
        at: datetime | None = None,
    ) -> CallerId:
        """Verified until ``expires_on``; without that refused for ``reason``. Raises NotFound."""
        with self._writing() as session:
            row = self._owned(session, CallerId, caller_id)
            row.state = CallerIdState.VERIFIED if expires_on is not None else CallerIdState.REFUSED
            row.expires_on, row.reason = expires_on, reason[:200]
            row.decided_by, row.decided_at = by[:100], at or utcnow()
        return row

    def delete_caller_id(self, caller_id: int) -> str:
        """Give a number up; the path of its evidence, to be destroyed. Raises NotFound."""
        with self._writing() as session:
            row = self._owned(session, CallerId, caller_id)
            session.delete(row)
            return row.evidence_path

    def expired_caller_ids(self, today: date) -> Sequence[CallerId]:
        """Those whose evidence counted and does not any more, and of which nobody was told yet."""
        query = self._mine(CallerId).where(
            CallerId.state.in_((CallerIdState.VERIFIED, CallerIdState.REQUESTED)), CallerId.expires_on < today
        )
        with self._reading() as session:
            return session.scalars(query.order_by(CallerId.id)).all()

    def mark_caller_id_expired(self, caller_id: int) -> None:
        """Everybody was told; a renewal that is being looked at goes on. Raises NotFound."""
        with self._writing() as session:
            row = self._owned(session, CallerId, caller_id)
            if row.state == CallerIdState.VERIFIED:
                row.state = CallerIdState.EXPIRED
            else:
                row.expires_on = None

    def _verified_numbers(self, session: Session, timezone: str, now: datetime) -> dict[str, date]:
        """Numbers beside the DIDs that may be shown today, by the tenant's calendar, and their last days."""
        today = local(now, timezone).date()
        rows = session.execute(
            select(CallerId.number, CallerId.state, CallerId.expires_on).where(
                CallerId.tenant_id == self.tenant_id
            )
        )
        return {number: expires_on for number, state, expires_on in rows if counts(state, expires_on, today)}


class AllCallerIds:
    """Caller IDs of all tenants, for the platform's operator and the clock."""

    sessions: Sessions

    def all_caller_ids(self) -> Sequence[tuple[CallerId, str, str | None]]:
        """``(row, tenant's service name, service name of the tenant whose DID it is)``, oldest request first."""
        owner = aliased(Tenant)
        query = (
            select(CallerId, Tenant.service_name, owner.service_name)
            .join(Tenant, Tenant.id == CallerId.tenant_id)
            .outerjoin(Did, Did.number == CallerId.number)
            .outerjoin(owner, owner.id == Did.tenant_id)
            .order_by(CallerId.requested_at, CallerId.id)
        )
        with self.sessions() as session:
            return [(row[0], row[1], row[2]) for row in session.execute(query)]

    def tenant_of_caller_id(self, caller_id: int) -> int:
        """Whose request it is. Raises NotFound."""
        with self.sessions() as session:
            found = session.scalars(select(CallerId.tenant_id).where(CallerId.id == caller_id)).one_or_none()
        if found is None:
            raise NotFound(f"no caller ID has the number {caller_id}", table="CallerId", id=caller_id)
        return found

    def tenants_with_expired_caller_ids(self, day: date) -> Sequence[int]:
        """Tenants with evidence that counted and ended before ``day``."""
        query = (
            select(CallerId.tenant_id)
            .where(CallerId.state.in_((CallerIdState.VERIFIED, CallerIdState.REQUESTED)))
            .where(CallerId.expires_on < day)
            .distinct()
        )
        with self.sessions() as session:
            return session.scalars(query).all()
