"""A tenant's figures: statistics over a period, and today's for the dashboard and the agents' desktop.

Queries pick the rows of the period by their index; the formulas are app.core.reporting's, so that a cell and
the calls behind it are counted by the same code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.adapters.sql.base import Scope
from app.adapters.sql.tables import (
    Agent,
    AgentGroup,
    CallRow,
    ContactType,
    OfferRow,
    Queue,
    QueueVisit,
    StatusInterval,
    Talk,
    Tenant,
    WrapUp,
)
from app.core.periods import Period
from app.core.reporting import (
    ContactFact,
    ContactReport,
    QueueReport,
    ServiceLevelFormula,
    StatusLine,
    Targets,
    VisitFact,
    contact_report,
    queue_report,
    status_lines,
)
from app.core.reporting_agents import (
    AgentFacts,
    AgentName,
    AgentReport,
    DialFact,
    OfferFact,
    TalkFact,
    agent_report,
    broken_identities,
)


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Incoming calls by local hour (IVR 콜 인입 추이): 24 numbers for each day."""

    yesterday: Sequence[int]
    today: Sequence[int]


@dataclass(frozen=True, slots=True)
class TodayFigures:
    """Today so far, in the tenant's time zone: the tenant as a whole, each queue, each agent."""

    at: datetime
    inbound: int
    """총인입: calls that came in, wherever they ended."""
    consult_requests: int
    """상담요청: those that asked for an agent."""
    internal: int
    """내선통화."""
    callbacks: int
    """콜백전환."""
    queues: QueueReport
    agents: AgentReport


class Figures(Scope):
    """Statistics. ``queue_ids`` and ``agent_ids`` choose the 대상; None is all of them."""

    def targets(self, formula: ServiceLevelFormula = ServiceLevelFormula.ANSWERED) -> Targets:
        """The tenant's T and A."""
        with self._reading() as session:
            tenant = session.get_one(Tenant, self.tenant_id)
            return Targets(tenant.service_level_seconds, tenant.short_abandon_seconds, formula)

    def queue_statistics(
        self,
        period: Period,
        queue_ids: Collection[int] | None = None,
        formula: ServiceLevelFormula = ServiceLevelFormula.ANSWERED,
        targets: Targets | None = None,
    ) -> QueueReport:
        """상담큐 통계. Deleted queues are in it when they had calls. ``targets`` overrides T and A."""
        chosen = targets or self.targets(formula)
        with self._reading() as session:
            visits = self._visits(session, period)
            return queue_report(visits, period, chosen, self._queue_names(session, queue_ids, visits))

    def agent_statistics(self, period: Period, agent_ids: Collection[int] | None = None) -> AgentReport:
        """상담원별 통계. Deleted agents are in it when they had calls."""
        with self._reading() as session:
            facts = AgentFacts(
                self._offers(session, period), self._talks(session, period), self._dials(session, period)
            )
            seen = {fact.agent_id for part in (facts.offers, facts.talks, facts.dials) for fact in part}
            return agent_report(facts, period, self._agent_names(session, agent_ids, seen))

    def contact_statistics(self, period: Period) -> ContactReport:
        """상담유형별 통계: a call counts once for each agent who talked to the customer in it and wrote it up,
        with the talk of that agent."""
        own_talk = (
            Talk.tenant_id == self.tenant_id,
            Talk.call_id == WrapUp.call_id,
            Talk.agent_id == WrapUp.agent_id,
            Talk.direction.in_(("inbound", "outbound", "transfer")),
        )
        talked = select(func.sum(Talk.talk_seconds)).where(*own_talk).scalar_subquery()
        query = (
            select(WrapUp.contact_type_id, CallRow.direction, CallRow.started_at, talked)
            .join(CallRow, CallRow.call_id == WrapUp.call_id)
            .where(WrapUp.tenant_id == self.tenant_id, CallRow.tenant_id == self.tenant_id)
            .where(CallRow.started_at >= period.start, CallRow.started_at < period.end)
            .where(exists().where(*own_talk))
        )
        with self._reading() as session:
            facts = [ContactFact(*row) for row in session.execute(query)]
            seen = {fact.contact_type_id for fact in facts}
            types = {
                row.id: row.name
                for row in session.scalars(self._mine(ContactType).order_by(ContactType.code, ContactType.id))
                if row.deleted_at is None or row.id in seen
            }
        return contact_report(facts, period, types)

    def status_statistics(self, period: Period, now: datetime) -> list[StatusLine]:
        """상담사 상태별 통계."""
        row = StatusInterval
        query = (
            select(row.agent_id, row.status, row.started_at, row.ended_at)
            .where(row.tenant_id == self.tenant_id, row.started_at < period.end, row.status != "logged_out")
            .where((row.ended_at.is_(None)) | (row.ended_at > period.start))
        )
        with self._reading() as session:
            intervals = [(a, status, start, end) for a, status, start, end in session.execute(query)]
            names = self._agent_names(session, None, {agent_id for agent_id, *_ in intervals})
        return status_lines(
            intervals, period, now, {agent_id: (who.login, who.name) for agent_id, who in names.items()}
        )

    def broken_identities(self, period: Period) -> list[str]:
        """The identities of PRODUCT.md §5 on the live data; ``[]`` when they hold."""
        return broken_identities(
            self.queue_statistics(period), self.agent_statistics(period), self.contact_statistics(period)
        )

    # -- today ------------------------------------------------------------------------------------

    def today(self, now: datetime) -> TodayFigures:
        """Everything since the tenant's midnight."""
        with self._reading() as session:
            zone = session.get_one(Tenant, self.tenant_id).timezone
            day = now.astimezone(ZoneInfo(zone)).date()
            period = Period(day, day, timezone=zone)
            counts: dict[str, int] = {}
            calls = (
                select(CallRow.direction, func.count())
                .where(CallRow.tenant_id == self.tenant_id)
                .where(CallRow.started_at >= period.start, CallRow.started_at < period.end)
            )
            for direction, count in session.execute(calls.group_by(CallRow.direction)):
                counts[direction] = count
            asked = session.scalar(
                select(func.count(func.distinct(QueueVisit.call_id))).where(*self._entered(period))
            )
        queues = self.queue_statistics(period)
        return TodayFigures(
            now,
            counts.get("inbound", 0),
            asked or 0,
            counts.get("internal", 0),
            queues.total.to_callback,
            queues,
            self.agent_statistics(period),
        )

    def arrivals(self, now: datetime) -> HourCounts:
        """Incoming calls by hour, yesterday and today."""
        with self._reading() as session:
            zone = ZoneInfo(session.get_one(Tenant, self.tenant_id).timezone)
            today = now.astimezone(zone).date()
            yesterday = today - timedelta(days=1)
            period = Period(yesterday, today, timezone=zone.key)
            starts = session.scalars(
                select(CallRow.started_at)
                .where(CallRow.tenant_id == self.tenant_id, CallRow.direction == "inbound")
                .where(CallRow.started_at >= period.start, CallRow.started_at < period.end)
            )
            days = {yesterday: [0] * 24, today: [0] * 24}
            for start in starts:
                local = start.astimezone(zone)
                days[local.date()][local.hour] += 1
        return HourCounts(days[yesterday], days[today])

    # -- facts ------------------------------------------------------------------------------------

    def _entered(self, period: Period) -> tuple[ColumnElement[bool], ...]:
        visit = QueueVisit
        return (
            visit.tenant_id == self.tenant_id,
            visit.entered_at >= period.start,
            visit.entered_at < period.end,
        )

    def _visits(self, session: Session, period: Period) -> list[VisitFact]:
        visit = QueueVisit
        query = select(
            visit.queue_id,
            visit.entered_at,
            visit.origin,
            visit.outcome,
            visit.wait_seconds,
            visit.talk_seconds,
        ).where(*self._entered(period), visit.outcome != "")
        return [VisitFact(*row) for row in session.execute(query)]

    def _offers(self, session: Session, period: Period) -> list[OfferFact]:
        visit = QueueVisit
        query = (
            select(OfferRow.agent_id, visit.entered_at, OfferRow.outcome)
            .join(visit, and_(visit.call_id == OfferRow.call_id, visit.visit_id == OfferRow.visit_id))
            .where(*self._entered(period), visit.outcome != "", OfferRow.outcome != "")
        )
        return [OfferFact(*row) for row in session.execute(query)]

    def _talks(self, session: Session, period: Period) -> list[TalkFact]:
        visit = QueueVisit
        seconds = func.sum(Talk.talk_seconds)
        # Several talks of one agent within one visit are one conversation, as in the visit's own figure.
        inbound = (
            select(Talk.agent_id, visit.entered_at, seconds)
            .join(visit, and_(visit.call_id == Talk.call_id, visit.visit_id == Talk.visit_id))
            .where(*self._entered(period), visit.outcome != "", Talk.direction == "inbound")
            .group_by(Talk.agent_id, visit.visit_id, visit.entered_at)
        )
        facts = [TalkFact(agent_id, at, "inbound", total) for agent_id, at, total in session.execute(inbound)]
        call = aliased(CallRow)
        others = (
            select(Talk.agent_id, Talk.started_at, Talk.direction, Talk.talk_seconds, call.agent_id)
            .join(call, call.call_id == Talk.call_id)
            .where(Talk.tenant_id == self.tenant_id)
            .where(Talk.started_at >= period.start, Talk.started_at < period.end)
            .where(Talk.direction.in_(("internal", "consult", "transfer")))
        )
        for agent_id, at, direction, total, caller in session.execute(others):
            if direction == "internal":
                direction = "internal_out" if agent_id == caller else "internal_in"
            facts.append(TalkFact(agent_id, at, direction, total))
        return facts

    def _dials(self, session: Session, period: Period) -> list[DialFact]:
        own_talk = and_(
            Talk.call_id == CallRow.call_id, Talk.agent_id == CallRow.agent_id, Talk.direction == "outbound"
        )
        query = (
            select(CallRow.agent_id, CallRow.started_at, func.sum(Talk.talk_seconds))
            .join(Talk, own_talk, isouter=True)
            .where(CallRow.tenant_id == self.tenant_id, CallRow.direction == "outbound")
            .where(CallRow.started_at >= period.start, CallRow.started_at < period.end)
            .where(CallRow.agent_id.is_not(None), CallRow.ended_at.is_not(None))
            .group_by(CallRow.call_id, CallRow.agent_id, CallRow.started_at)
        )
        return [DialFact(agent_id, at, seconds) for agent_id, at, seconds in session.execute(query)]

    def _queue_names(
        self, session: Session, wanted: Collection[int] | None, visits: Iterable[VisitFact]
    ) -> dict[int, tuple[str, str]]:
        seen = {visit.queue_id for visit in visits}
        return {
            row.id: (row.number, row.name)
            for row in session.scalars(self._mine(Queue).order_by(Queue.id))
            if (_in_menu(row) or row.id in seen) and (wanted is None or row.id in wanted)
        }

    def _agent_names(
        self, session: Session, wanted: Collection[int] | None, seen: Collection[int]
    ) -> dict[int, AgentName]:
        groups = {row.id: row.name for row in session.scalars(self._mine(AgentGroup))}
        return {
            row.id: AgentName(row.login, row.name, groups.get(row.group_id or 0, ""))
            for row in session.scalars(self._mine(Agent).order_by(Agent.id))
            if (row.deleted_at is None or row.id in seen) and (wanted is None or row.id in wanted)
        }


def _in_menu(row: Queue) -> bool:
    """Whether callers can come to the queue now; others are told of when somebody was there."""
    return row.live and row.deleted_at is None and row.retired_at is None
