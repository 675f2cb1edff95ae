"""A tenant's people as its manager sets them up: groups, skills, SIP accounts; and the lists that agents choose
from. Agents themselves are in ``people``, tiers in ``setup``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters.sql.people import People
from app.adapters.sql.tables import (
    Agent,
    AgentGroup,
    AgentSkill,
    BreakReason,
    ContactType,
    Queue,
    Skill,
    Tenant,
)
from app.core.errors import AlreadyTaken, NotFound


def next_position(session: Session, tenant_id: int, table: type[ContactType] | type[BreakReason]) -> int:
    """The place behind all others of a list that was put in order; 0 in one that was not."""
    last = session.scalar(select(func.max(table.position)).where(table.tenant_id == tenant_id)) or 0
    return last + 1 if last else 0


class Staffing(People):
    """상담서비스. Names are unique within the tenant; every method is one transaction."""

    # -- groups -----------------------------------------------------------------------------------

    def create_group(self, name: str) -> AgentGroup:
        """A 상담그룹 without members. Raises AlreadyTaken (``name``)."""
        with self._writing() as session:
            self._check_free(session, AgentGroup, name)
            row = AgentGroup(tenant_id=self.tenant_id, name=name)
            session.add(row)
        return row

    def rename_group(self, group_id: int, name: str) -> AgentGroup:
        """Raises NotFound, AlreadyTaken (``name``)."""
        with self._writing() as session:
            row = self._owned(session, AgentGroup, group_id)
            self._check_free(session, AgentGroup, name, besides=group_id)
            row.name = name
        return row

    def delete_group(self, group_id: int, into: str) -> int:
        """The group goes; its agents, past ones too, move to the group called ``into``. How many of the present
        ones moved. Raises NotFound, also when there is no other group of that name."""
        with self._writing() as session:
            row = self._owned(session, AgentGroup, group_id)
            query = self._mine(AgentGroup).where(AgentGroup.name == into, AgentGroup.id != group_id)
            other = session.scalars(query).first()
            if other is None:
                raise NotFound(f"no other group {into}", table="AgentGroup", name=into)
            moved = 0
            for agent in session.scalars(self._mine(Agent).where(Agent.group_id == group_id)):
                agent.group_id = other.id
                moved += agent.deleted_at is None
            session.flush()
            session.delete(row)
        return moved

    # -- skills -----------------------------------------------------------------------------------

    def skills(self) -> Sequence[Skill]:
        """Skills by id."""
        with self._reading() as session:
            return session.scalars(self._mine(Skill).order_by(Skill.id)).all()

    def create_skill(self, name: str) -> Skill:
        """A skill that nobody has yet. Raises AlreadyTaken (``name``)."""
        with self._writing() as session:
            self._check_free(session, Skill, name)
            row = Skill(tenant_id=self.tenant_id, name=name)
            session.add(row)
            session.flush()
        return row

    def rename_skill(self, skill_id: int, name: str) -> Skill:
        """Raises NotFound, AlreadyTaken (``name``)."""
        with self._writing() as session:
            row = self._owned(session, Skill, skill_id)
            self._check_free(session, Skill, name, besides=skill_id)
            row.name = name
        return row

    def delete_skill(self, skill_id: int) -> None:
        """Agents lose it, queues ask for it no longer. Raises NotFound."""
        with self._writing() as session:
            row = self._owned(session, Skill, skill_id)
            for queue in session.scalars(self._mine(Queue).where(Queue.skill_id == skill_id)):
                queue.skill_id = None
            for held in session.scalars(self._mine(AgentSkill).where(AgentSkill.skill_id == skill_id)):
                session.delete(held)
            session.flush()
            session.delete(row)

    def agent_skills(self) -> Sequence[AgentSkill]:
        """Who has which skill, at which level."""
        order = AgentSkill.skill_id, AgentSkill.level, AgentSkill.agent_id
        with self._reading() as session:
            return session.scalars(self._mine(AgentSkill).order_by(*order)).all()

    def set_agent_skills(self, agent_id: int, levels: Mapping[int, int]) -> None:
        """The agent has exactly these skills (skill id → level, 1 first). Raises NotFound for strangers."""
        with self._writing() as session:
            self._owned(session, Agent, agent_id)
            for skill_id in levels:
                self._owned(session, Skill, skill_id)
            had = {
                row.skill_id: row
                for row in session.scalars(self._mine(AgentSkill).where(AgentSkill.agent_id == agent_id))
            }
            for skill_id, row in had.items():
                if skill_id not in levels:
                    session.delete(row)
            for skill_id, level in levels.items():
                if skill_id in had:
                    had[skill_id].level = level
                else:
                    session.add(
                        AgentSkill(tenant_id=self.tenant_id, agent_id=agent_id, skill_id=skill_id, level=level)
                    )

    # -- accounts ---------------------------------------------------------------------------------

    def next_extensions(self, count: int) -> list[tuple[str, str]]:
        """So many free extensions in a row, each with its SIP user (``People.next_extension``)."""
        first, sip_user = self.next_extension()
        prefix = sip_user.removesuffix(first)
        return [(str(number), f"{prefix}{number}") for number in range(int(first), int(first) + count)]

    def set_agent_group(self, agent_id: int, group_id: int) -> None:
        """Raises NotFound for an agent or group of another tenant."""
        with self._writing() as session:
            self._owned(session, AgentGroup, group_id)
            self._owned(session, Agent, agent_id).group_id = group_id

    def set_sip_account(self, agent_id: int, sip_password_enc: str, sip_ha1: str) -> None:
        """A new SIP password, sealed, and its digest for the directory. Raises NotFound."""
        with self._writing() as session:
            agent = self._owned(session, Agent, agent_id)
            agent.sip_password_enc, agent.sip_ha1 = sip_password_enc, sip_ha1

    # -- 상담유형, 휴식사유 ---------------------------------------------------------------------------

    def update_contact_type(
        self, contact_type_id: int, *, name: str | None = None, code: int | None = None
    ) -> ContactType:
        """Change what is given. Raises NotFound."""
        with self._writing() as session:
            row = self._living(session, ContactType, contact_type_id)
            row.name = row.name if name is None else name
            row.code = row.code if code is None else code
        return row

    def order_contact_types(self, ids: Sequence[int]) -> None:
        """The list in this order; those not named follow. Raises NotFound for strangers."""
        self._order(ContactType, ids)

    def update_break_reason(self, reason_id: int, *, name: str) -> BreakReason:
        """A new name. Raises NotFound."""
        with self._writing() as session:
            row = self._living(session, BreakReason, reason_id)
            row.name = name
        return row

    def order_break_reasons(self, ids: Sequence[int]) -> None:
        """The list in this order; those not named follow. Raises NotFound for strangers."""
        self._order(BreakReason, ids)

    # -- helpers ----------------------------------------------------------------------------------

    def _order(self, table: type[ContactType] | type[BreakReason], ids: Sequence[int]) -> None:
        with self._writing() as session:
            rows: Iterable[Any] = session.scalars(self._mine(table).where(table.deleted_at.is_(None)))
            known = {row.id: row for row in rows}
            for row_id in ids:
                if row_id not in known:
                    raise NotFound(f"no {table.__name__} {row_id}", table=table.__name__, id=row_id)
            for row in known.values():
                row.position = len(known) + 1
            for place, row_id in enumerate(ids, start=1):
                known[row_id].position = place

    def _living(self, session: Session, table: Any, row_id: int) -> Any:
        row = self._owned(session, table, row_id)
        if row.deleted_at is not None:
            raise NotFound(f"no {table.__name__} {row_id}", table=table.__name__, id=row_id)
        return row

    def _check_free(
        self, session: Session, table: type[AgentGroup] | type[Skill], name: str, besides: int | None = None
    ) -> None:
        # Locked, so that two at once do not both find the name free.
        session.get_one(Tenant, self.tenant_id, with_for_update=True)
        for row_id in session.scalars(select(table.id).where(table.tenant_id == self.tenant_id, table.name == name)):
            if row_id != besides:
                raise AlreadyTaken("this name exists already", field="name", value=name)
