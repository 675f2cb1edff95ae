"""A tenant's settings: queues, tiers, 상담유형, 휴식사유, and all of it as one TenantConfig."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.adapters.sql.base import utcnow
from app.adapters.sql.caller_ids import CallerIds
from app.adapters.sql.staffing import next_position
from app.adapters.sql.tables import (
    Agent,
    AgentGroup,
    AgentSkill,
    ArsVersion,
    BreakReason,
    ContactType,
    Did,
    Queue,
    Tenant,
    Tier,
)
from app.core.ars_json import ars_from_json
from app.core.caller_ids import number_to_show
from app.core.definitions import (
    AgentConfig,
    AgentStatus,
    CallbackOffer,
    QueueConfig,
    Strategy,
    TenantConfig,
)
from app.core.errors import AlreadyTaken, NotFound

RETIRED_SERVED = timedelta(hours=1)
"""A queue that left the menu is known to calls that long: longer than anybody waits (``longest_wait_seconds``)."""

_TENANT_FIELDS = frozenset(
    "organisation email timezone licences caller_id service_level_seconds short_abandon_seconds "
    "recall_seconds misses_before_break status_after_login status_after_call recording "
    "international_allowed response_target service_level_target integration_url allowed_addresses".split()
)
_QUEUE_FIELDS = frozenset(
    "name strategy delay_interval_seconds longest_wait_seconds announce_position callback callback_key "
    "callback_after_seconds priority skill_id live retired_at".split()
)


class SetUp(CallerIds):
    """What a manager configures. Changes reach calls when they are published (``config`` is reloaded)."""

    def tenant(self) -> Tenant:
        """The tenant's own row. Raises NotFound."""
        with self._reading() as session:
            return self._tenant(session)

    def update_tenant(self, **values: Any) -> Tenant:
        """Change settings by column name; the service name never changes."""
        unknown = values.keys() - _TENANT_FIELDS
        if unknown:
            raise TypeError(f"not a tenant's setting: {', '.join(sorted(unknown))}")
        with self._writing() as session:
            tenant = self._tenant(session)
            for name, value in values.items():
                setattr(tenant, name, value)
        return tenant

    def dids(self) -> Sequence[str]:
        """The tenant's public numbers."""
        with self._reading() as session:
            return session.scalars(
                select(Did.number).where(Did.tenant_id == self.tenant_id).order_by(Did.id)
            ).all()

    def add_did(self, number: str, carrier: str = "SKTL") -> Did:
        """Give the tenant a public number. Raises AlreadyTaken."""
        with self._writing() as session:
            if session.scalars(select(Did).where(Did.number == number)).first() is not None:
                raise AlreadyTaken(
                    f"the number {number} belongs to a tenant already", field="did", value=number
                )
            did = Did(tenant_id=self.tenant_id, number=number, carrier=carrier)
            session.add(did)
        return did

    # -- queues -----------------------------------------------------------------------------------

    def queues(self, *, deleted: bool = False, drafted: bool = False) -> Sequence[Queue]:
        """상담큐 by id; with ``deleted`` those of the past too, with ``drafted`` those that only a draft's menu
        leads to so far."""
        query = self._mine(Queue).order_by(Queue.id)
        if not deleted:
            query = query.where(Queue.deleted_at.is_(None), Queue.retired_at.is_(None))
        with self._reading() as session:
            return session.scalars(query if drafted else query.where(Queue.live)).all()

    def create_queue(self, name: str, number: str = "", **values: Any) -> Queue:
        """A queue with nobody assigned; its 큐번호 is drawn when none is given."""
        self._check_queue(values)
        with self._writing() as session:
            queue = Queue(tenant_id=self.tenant_id, name=name, number=number, **values)
            session.add(queue)
            session.flush()
            queue.number = number or str(70000 + queue.id)
        return queue

    def update_queue(self, queue_id: int, **values: Any) -> Queue:
        """Change settings by column name. Raises NotFound."""
        self._check_queue(values)
        with self._writing() as session:
            queue = self._owned(session, Queue, queue_id)
            for name, value in values.items():
                setattr(queue, name, value)
        return queue

    def delete_queue(self, queue_id: int) -> None:
        """The queue takes no more calls; the statistics keep it. Raises NotFound."""
        with self._writing() as session:
            self._owned(session, Queue, queue_id).deleted_at = utcnow()
            for tier in session.scalars(self._mine(Tier).where(Tier.queue_id == queue_id)):
                session.delete(tier)

    def tiers(self) -> Sequence[Tier]:
        """Who is assigned to which queue."""
        with self._reading() as session:
            return session.scalars(self._mine(Tier).order_by(Tier.queue_id, Tier.level, Tier.agent_id)).all()

    def set_tiers(self, queue_id: int, levels: Mapping[int, int]) -> None:
        """Assign exactly these agents (agent id → level, 1 first). Raises NotFound for strangers."""
        with self._writing() as session:
            self._owned(session, Queue, queue_id)
            for agent_id in levels:
                self._owned(session, Agent, agent_id)
            for tier in session.scalars(self._mine(Tier).where(Tier.queue_id == queue_id)):
                session.delete(tier)
            session.flush()
            session.add_all(
                Tier(tenant_id=self.tenant_id, queue_id=queue_id, agent_id=agent_id, level=level)
                for agent_id, level in levels.items()
            )

    @staticmethod
    def _check_queue(values: Mapping[str, Any]) -> None:
        unknown = values.keys() - _QUEUE_FIELDS
        if unknown:
            raise TypeError(f"not a queue's setting: {', '.join(sorted(unknown))}")

    # -- 상담유형, 휴식사유 ---------------------------------------------------------------------------

    def contact_types(self, *, deleted: bool = False) -> Sequence[ContactType]:
        """상담유형 in the order that the manager chose, else by code."""
        order = ContactType.position, ContactType.code, ContactType.id
        query = self._mine(ContactType).order_by(*order)
        with self._reading() as session:
            return session.scalars(query if deleted else query.where(ContactType.deleted_at.is_(None))).all()

    def create_contact_type(self, name: str, code: int = 0) -> ContactType:
        """A new 상담유형."""
        with self._writing() as session:
            position = next_position(session, self.tenant_id, ContactType)
            row = ContactType(tenant_id=self.tenant_id, name=name, code=code, position=position)
            session.add(row)
        return row

    def delete_contact_type(self, contact_type_id: int) -> None:
        """No longer offered; what was written up with it keeps it. Raises NotFound."""
        with self._writing() as session:
            self._owned(session, ContactType, contact_type_id).deleted_at = utcnow()

    def break_reasons(self) -> Sequence[BreakReason]:
        """휴식사유 in the order that the manager chose."""
        order = BreakReason.position, BreakReason.id
        query = self._mine(BreakReason).where(BreakReason.deleted_at.is_(None)).order_by(*order)
        with self._reading() as session:
            return session.scalars(query).all()

    def create_break_reason(self, name: str) -> BreakReason:
        """A new 휴식사유."""
        with self._writing() as session:
            position = next_position(session, self.tenant_id, BreakReason)
            row = BreakReason(tenant_id=self.tenant_id, name=name, position=position)
            session.add(row)
        return row

    def delete_break_reason(self, reason_id: int) -> None:
        """No longer offered. Raises NotFound."""
        with self._writing() as session:
            self._owned(session, BreakReason, reason_id).deleted_at = utcnow()

    # -- all of it ----------------------------------------------------------------------------------

    def config(self) -> TenantConfig:
        """Everything that decisions about the tenant's calls read. Raises NotFound, InvalidDefinition."""
        with self._reading() as session:
            live = self._ars(session, "live")
            return self._config(session, live.definition if live else {}, Queue.live, self._served())

    @staticmethod
    def _served() -> Any:
        """Queues of a menu, and those that left it so lately that somebody may be waiting there."""
        return or_(Queue.retired_at.is_(None), Queue.retired_at > utcnow() - RETIRED_SERVED)

    def _config(self, session: Session, definition: Mapping[str, Any], *which: Any) -> TenantConfig:
        """The configuration with this ARS and the queues that ``which`` lets through."""
        tenant = self._tenant(session)
        dids = session.scalars(
            select(Did.number).where(Did.tenant_id == self.tenant_id).order_by(Did.id)
        ).all()
        queues = session.scalars(
            self._mine(Queue).where(Queue.deleted_at.is_(None), *which).order_by(Queue.id)
        ).all()
        agents = session.scalars(
            self._mine(Agent).where(Agent.deleted_at.is_(None)).order_by(Agent.id)
        ).all()
        groups = {row.id: row.name for row in session.scalars(self._mine(AgentGroup))}
        tiers: dict[int, dict[int, int]] = defaultdict(dict)
        for row in session.execute(
            select(Queue.id, AgentSkill.agent_id, AgentSkill.level)
            .join(AgentSkill, AgentSkill.skill_id == Queue.skill_id)
            .where(Queue.tenant_id == self.tenant_id, AgentSkill.tenant_id == self.tenant_id)
            .order_by(Queue.id, AgentSkill.level, AgentSkill.agent_id)
        ):
            tiers[row[0]][row[1]] = row[2]
        # Who is assigned by name keeps the level of that, whatever the skill says.
        for tier in session.scalars(self._mine(Tier).order_by(Tier.queue_id, Tier.level, Tier.agent_id)):
            tiers[tier.queue_id][tier.agent_id] = tier.level
        known = {row.id for row in agents}
        for queue_id, levels in tiers.items():
            tiers[queue_id] = {agent_id: level for agent_id, level in levels.items() if agent_id in known}
        verified = self._verified_numbers(session, tenant.timezone, utcnow())
        shown = number_to_show(tenant.caller_id, dids, verified)
        return TenantConfig(
            tenant_id=tenant.id,
            service_name=tenant.service_name,
            under_contract=tenant.state == "contract",
            licences=tenant.licences,
            dids=tuple(dids),
            caller_id=shown,
            caller_id_until=None if shown in dids else verified.get(shown),
            ars=ars_from_json(definition),
            queues={row.id: _queue(row, tiers[row.id]) for row in queues},
            agents={row.id: _agent(row, groups) for row in agents},
            timezone=tenant.timezone,
            service_level_seconds=tenant.service_level_seconds,
            short_abandon_seconds=tenant.short_abandon_seconds,
            recall_seconds=tenant.recall_seconds,
            misses_before_break=tenant.misses_before_break,
            status_after_login=AgentStatus(tenant.status_after_login),
            status_after_call=AgentStatus(tenant.status_after_call),
            recording=tenant.recording,
            international_allowed=tenant.international_allowed,
            version=tenant.version,
        )

    def _tenant(self, session: Session) -> Tenant:
        tenant = session.get(Tenant, self.tenant_id)
        if tenant is None:
            raise NotFound(f"no tenant {self.tenant_id}", table="Tenant", id=self.tenant_id)
        return tenant

    def _ars(self, session: Session, state: str) -> ArsVersion | None:
        query = self._mine(ArsVersion).where(ArsVersion.state == state).order_by(ArsVersion.id.desc())
        return session.scalars(query).first()

    def agent_count(self) -> int:
        """How many agents there are now, against the licences."""
        living = self._mine(Agent).where(Agent.deleted_at.is_(None)).subquery()
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(living)) or 0


def _queue(row: Queue, tiers: Mapping[int, int]) -> QueueConfig:
    return QueueConfig(
        queue_id=row.id,
        name=row.name,
        number=row.number,
        strategy=Strategy(row.strategy),
        delay_interval_seconds=row.delay_interval_seconds,
        longest_wait_seconds=row.longest_wait_seconds,
        announce_position=row.announce_position,
        callback=CallbackOffer(row.callback),
        callback_key=row.callback_key,
        callback_after_seconds=row.callback_after_seconds,
        priority=row.priority,
        tiers=dict(tiers),
        retired=row.retired_at is not None,
    )


def _agent(row: Agent, groups: Mapping[int, str]) -> AgentConfig:
    return AgentConfig(
        agent_id=row.id,
        login=row.login,
        name=row.name,
        extension=row.extension,
        sip_user=row.sip_user,
        group=groups.get(row.group_id or 0, ""),
        active=row.active,
    )
