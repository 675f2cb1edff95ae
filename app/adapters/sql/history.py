"""A tenant's calls: the history with its filters, one call in all its parts, and what agents wrote up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, exists, or_, select

from app.adapters.sql.base import Scope, utcnow
from app.adapters.sql.tables import (
    Agent,
    CallRow,
    ContactType,
    Customer,
    JournalRow,
    OfferRow,
    QueueVisit,
    Talk,
    Tenant,
    WrapUp,
)
from app.core.errors import InvalidDefinition, NotFound
from app.core.journal import JournalEvent
from app.core.periods import daily_ranges

LONGEST_TEXT = 1024
"""Characters of 문의 and 조치 each (PRODUCT.md §2)."""

MOST_DAYS = 400
"""Days that a time-of-day filter may span: each is a condition of its own."""


class CallQuery(Protocol):
    """Which calls a list shows; see app.services.repository.CallFilter."""

    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def from_time(self) -> time | None: ...
    @property
    def to_time(self) -> time | None: ...
    @property
    def queue_id(self) -> int | None: ...
    @property
    def agent_id(self) -> int | None: ...
    @property
    def contact_type_id(self) -> int | None: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def number(self) -> str: ...
    @property
    def missed(self) -> bool | None: ...
    @property
    def internal(self) -> bool: ...
    @property
    def limit(self) -> int: ...
    @property
    def offset(self) -> int: ...


class History(Scope):
    """수발신이력 and 상담이력. A call of another tenant is not found."""

    def calls(self, wanted: CallQuery) -> tuple[Sequence[CallRow], int]:
        """One page of calls, newest first, and how many fit the filter.

        ``agent_id`` means calls that the agent talked in or dialled (``missed``: was offered and did not
        answer); ``missed`` calls are incoming ones that nobody talked in. Raises InvalidDefinition for a
        time-of-day filter over more than 400 days.
        """
        with self._reading() as session:
            zone = ZoneInfo(
                session.scalar(select(Tenant.timezone).where(Tenant.id == self.tenant_id)) or "UTC"
            )
            query = self._filtered(wanted, zone)
            return self._page(
                session, query, wanted.limit, wanted.offset, CallRow.started_at.desc(), CallRow.call_id
            )

    def _filtered(self, wanted: CallQuery, zone: ZoneInfo) -> Select[tuple[CallRow]]:
        ranges = daily_ranges(wanted.start, wanted.end, wanted.from_time, wanted.to_time, zone)
        if len(ranges) > MOST_DAYS:
            raise InvalidDefinition("a time of day can be looked for in 400 days at most", field="from_time")
        query = self._mine(CallRow).where(CallRow.started_at >= wanted.start, CallRow.started_at < wanted.end)
        if ranges != [(wanted.start, wanted.end)]:
            started = CallRow.started_at
            query = query.where(or_(False, *(and_(started >= low, started < high) for low, high in ranges)))
        if wanted.direction:
            query = query.where(CallRow.direction == wanted.direction)
        elif not wanted.internal:
            query = query.where(CallRow.direction != "internal")
        if wanted.missed is not None:
            unanswered = and_(CallRow.direction == "inbound", CallRow.answered_at.is_(None))
            query = query.where(unanswered if wanted.missed else CallRow.answered_at.is_not(None))
        if wanted.number:
            digits = "".join(c for c in wanted.number if c in "0123456789*#+")
            query = query.where(CallRow.number.contains(digits or wanted.number, autoescape=True))
        if wanted.queue_id is not None:
            visited = QueueVisit.call_id == CallRow.call_id, QueueVisit.queue_id == wanted.queue_id
            query = query.where(exists().where(*visited))
        if wanted.agent_id is not None:
            agent = wanted.agent_id
            talked = exists().where(Talk.call_id == CallRow.call_id, Talk.agent_id == agent)
            offered = exists().where(OfferRow.call_id == CallRow.call_id, OfferRow.agent_id == agent)
            query = query.where(offered if wanted.missed else or_(CallRow.agent_id == agent, talked))
        if wanted.contact_type_id is not None:
            written = WrapUp.call_id == CallRow.call_id, WrapUp.contact_type_id == wanted.contact_type_id
            query = query.where(exists().where(WrapUp.tenant_id == self.tenant_id, *written))
        return query

    def call(self, call_id: str) -> CallRow | None:
        """One call."""
        with self._reading() as session:
            return session.scalars(self._mine(CallRow).where(CallRow.call_id == call_id)).one_or_none()

    def visits(self, call_id: str) -> Sequence[QueueVisit]:
        """The queues that a call was in, in order."""
        query = self._mine(QueueVisit).where(QueueVisit.call_id == call_id).order_by(QueueVisit.entered_at)
        with self._reading() as session:
            return session.scalars(query).all()

    def offers(self, call_id: str) -> Sequence[OfferRow]:
        """To whom a call was offered, in order, with who else was considered."""
        query = self._mine(OfferRow).where(OfferRow.call_id == call_id).order_by(OfferRow.made_at)
        with self._reading() as session:
            return session.scalars(query).all()

    def talks(self, call_id: str) -> Sequence[Talk]:
        """Who talked in a call, in order."""
        query = self._mine(Talk).where(Talk.call_id == call_id).order_by(Talk.started_at)
        with self._reading() as session:
            return session.scalars(query).all()

    def call_events(self, call_id: str) -> Sequence[JournalEvent]:
        """Everything that the journal tells about a call, in order of time."""
        query = (
            self._mine(JournalRow).where(JournalRow.call_id == call_id).order_by(JournalRow.at, JournalRow.id)
        )
        with self._reading() as session:
            return [
                JournalEvent(row.event_id, row.tenant_id, row.kind, row.at, row.call_id, row.data)
                for row in session.scalars(query)
            ]

    def last_calls(self, number: str, limit: int = 5, before: str | None = None) -> Sequence[CallRow]:
        """The last calls with a customer's number, newest first, the call ``before`` left out."""
        query = self._mine(CallRow).where(CallRow.number == number, CallRow.direction != "internal")
        if before is not None:
            query = query.where(CallRow.call_id != before)
        with self._reading() as session:
            return session.scalars(query.order_by(CallRow.started_at.desc()).limit(limit)).all()

    def call_agents(self, call_ids: Iterable[str]) -> dict[str, set[int]]:
        """Who talked in, dialled or was offered each call: they may open it."""
        wanted = list(call_ids)
        found: dict[str, set[int]] = {call_id: set() for call_id in wanted}
        with self._reading() as session:
            for table in (CallRow, Talk, OfferRow):
                query = select(table.call_id, table.agent_id).where(
                    table.tenant_id == self.tenant_id, table.call_id.in_(wanted)
                )
                for call_id, agent_id in session.execute(query):
                    if agent_id is not None:
                        found[call_id].add(agent_id)
        return found

    # -- 후처리 -------------------------------------------------------------------------------------

    def wrap_ups(self, call_ids: Iterable[str]) -> Sequence[WrapUp]:
        """What was written up about these calls."""
        query = self._mine(WrapUp).where(WrapUp.call_id.in_(list(call_ids))).order_by(WrapUp.id)
        with self._reading() as session:
            return session.scalars(query).all()

    def save_wrap_up(
        self, call_id: str, agent_id: int, *, contact_type_id: int | None, inquiry: str, action: str
    ) -> WrapUp:
        """Write up a call, or change what one wrote before.

        The call need not be in the records yet: it may be saved in the second in which it ended. Raises
        NotFound (agent, contact type, a call of another tenant), InvalidDefinition for texts over 1,024.
        """
        for field, text in (("inquiry", inquiry), ("action", action)):
            if len(text) > LONGEST_TEXT:
                raise InvalidDefinition(
                    f"{field} is longer than 1,024 characters", field=field, value=len(text)
                )
        with self._writing() as session:
            self._owned(session, Agent, agent_id)
            if contact_type_id is not None:
                self._owned(session, ContactType, contact_type_id)
            known = session.get(CallRow, call_id)
            if known is not None and known.tenant_id != self.tenant_id:
                raise NotFound(f"no call {call_id}", table="CallRow", id=call_id)
            mine = self._mine(WrapUp).where(WrapUp.call_id == call_id, WrapUp.agent_id == agent_id)
            row = session.scalars(mine).one_or_none()
            if row is None:
                row = WrapUp(tenant_id=self.tenant_id, call_id=call_id, agent_id=agent_id)
                session.add(row)
            row.contact_type_id, row.inquiry, row.action = contact_type_id, inquiry, action
            row.updated_at = utcnow()
        return row

    # -- customers ----------------------------------------------------------------------------------

    def customer_name(self, number: str) -> str:
        """The customer's name, '' when unknown."""
        query = select(Customer.name).where(Customer.tenant_id == self.tenant_id, Customer.number == number)
        with self._reading() as session:
            return session.scalar(query) or ""

    def save_customer(self, number: str, name: str) -> Customer:
        """Name a customer."""
        with self._writing() as session:
            row: Any = session.scalars(self._mine(Customer).where(Customer.number == number)).one_or_none()
            if row is None:
                row = Customer(tenant_id=self.tenant_id, number=number, name=name)
                session.add(row)
            row.name = name
        found: Customer = row
        return found
