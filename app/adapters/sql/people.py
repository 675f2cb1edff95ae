"""A tenant's people: managers, agents, their logins, passwords and tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.adapters.sql.base import Scope, utcnow
from app.adapters.sql.tables import Agent, AgentGroup, AgentSkill, ApiToken, LoginEntry, Tenant, Tier, User
from app.core.errors import AlreadyTaken, LicencesUsedUp, NotFound

FIRST_EXTENSION = 1001
DEFAULT_GROUP = "공통그룹"


class People(Scope):
    """Users and agents. ``role`` is ``agent`` or ``manager``."""

    # -- looking up ------------------------------------------------------------------------------

    def agents(self, *, deleted: bool = False) -> Sequence[Agent]:
        """The agents by id; with ``deleted`` those of the past too (for histories)."""
        query = self._mine(Agent).order_by(Agent.id)
        with self._reading() as session:
            return session.scalars(query if deleted else query.where(Agent.deleted_at.is_(None))).all()

    def agent(self, agent_id: int) -> Agent | None:
        """One agent, deleted or not."""
        with self._reading() as session:
            return session.scalars(self._mine(Agent).where(Agent.id == agent_id)).one_or_none()

    def users(self) -> Sequence[User]:
        """The tenant's managers."""
        with self._reading() as session:
            return session.scalars(self._mine(User).order_by(User.id)).all()

    def groups(self) -> Sequence[AgentGroup]:
        """상담그룹."""
        with self._reading() as session:
            return session.scalars(self._mine(AgentGroup).order_by(AgentGroup.id)).all()

    def find_account(self, role: str, login: str) -> Agent | User | None:
        """The account with this login, case sensitive; deleted agents are not found."""
        with self._reading() as session:
            if role == "agent":
                query = self._mine(Agent).where(Agent.login == login, Agent.deleted_at.is_(None))
                return session.scalars(query).one_or_none()
            return session.scalars(self._mine(User).where(User.login == login)).one_or_none()

    def account(self, role: str, person_id: int) -> Agent | User | None:
        """The account with this id."""
        with self._reading() as session:
            try:
                return self._person(session, role, person_id)
            except NotFound:
                return None

    def sip_password(self, agent_id: int) -> str:
        """The agent's SIP password in clear, for the agent's own browser. Raises NotFound."""
        with self._reading() as session:
            sealed = self._owned(session, Agent, agent_id).sip_password_enc
        if self._secrets is None:
            raise RuntimeError("this store was made without the key of the SIP passwords")
        return self._secrets.open(sealed)

    # -- passwords and lockout -------------------------------------------------------------------

    def count_failed_login(self, role: str, person_id: int) -> int:
        """Count one more failure, also when several come at once; the failures so far."""
        table = Agent if role == "agent" else User
        with self._writing() as session:
            row = self._person(session, role, person_id)
            session.execute(
                update(table).where(table.id == row.id).values(failed_logins=table.failed_logins + 1)
            )
            return session.scalar(select(table.failed_logins).where(table.id == row.id)) or 0

    def lock_account(self, role: str, person_id: int, until: datetime) -> None:
        """Refuse logins until then; the count of failures starts again."""
        with self._writing() as session:
            row = self._person(session, role, person_id)
            row.locked_until, row.failed_logins = until, 0

    def clear_failed_logins(self, role: str, person_id: int) -> None:
        """A login succeeded."""
        with self._writing() as session:
            row = self._person(session, role, person_id)
            row.locked_until, row.failed_logins = None, 0

    def set_password(self, role: str, person_id: int, password_hash: str) -> None:
        """Replace the password's (argon2) hash."""
        with self._writing() as session:
            row = self._person(session, role, person_id)
            row.password_hash = password_hash

    # -- making and changing -----------------------------------------------------------------------

    def create_user(
        self,
        *,
        login: str,
        password_hash: str,
        name: str = "",
        role: str = "manager",
        may_unmask: bool = False,
    ) -> User:
        """A manager of the tenant. Raises AlreadyTaken (``login``)."""
        user = User(
            tenant_id=self.tenant_id,
            login=login,
            name=name,
            password_hash=password_hash,
            role=role,
            may_unmask=may_unmask,
        )
        try:
            with self._writing() as session:
                session.add(user)
        except IntegrityError as error:
            raise AlreadyTaken(f"the login {login} exists already", field="login", value=login) from error
        return user

    def next_extension(self) -> tuple[str, str]:
        """A free extension (DN, unique on the platform) and the SIP user that goes with it."""
        with self._reading() as session:
            # Longer numbers are greater: the database finds the last one, not we among all of the platform's.
            falling = (func.length(Agent.extension).desc(), Agent.extension.desc())
            extensions = session.scalars(select(Agent.extension).order_by(*falling).execution_options(yield_per=20))
            last = next((int(one) for one in extensions if one.isdigit()), FIRST_EXTENSION - 1)
            service = session.scalar(select(Tenant.service_name).where(Tenant.id == self.tenant_id)) or ""
        extension = str(last + 1)
        prefix = service.lower() if re.fullmatch(r"[A-Za-z0-9]{1,40}", service) else f"t{self.tenant_id}"
        return extension, f"{prefix}-{extension}"

    def create_agent(
        self,
        *,
        login: str,
        name: str,
        password_hash: str,
        extension: str,
        sip_user: str,
        sip_password_enc: str,
        sip_ha1: str,
        group: str = DEFAULT_GROUP,
    ) -> Agent:
        """An agent, assigned to no queue yet.

        Raises LicencesUsedUp, or AlreadyTaken (``login``, ``extension``, ``sip_user``); a deleted
        agent's login stays taken, because the histories name it.
        """
        with self._writing() as session:
            # Locked, so that two at once do not both find the last licence free.
            tenant = session.get_one(Tenant, self.tenant_id, with_for_update=True)
            living = self._mine(Agent).where(Agent.deleted_at.is_(None)).subquery()
            if (session.scalar(select(func.count()).select_from(living)) or 0) >= tenant.licences:
                raise LicencesUsedUp(f"all {tenant.licences} licences are in use", licences=tenant.licences)
            for field, clash in (
                ("login", self._mine(Agent).where(Agent.login == login)),
                ("extension", select(Agent).where(Agent.extension == extension)),
                ("sip_user", select(Agent).where(Agent.sip_user == sip_user)),
            ):
                if session.scalars(clash).first() is not None:
                    raise AlreadyTaken(f"this {field} exists already", field=field)
            agent = Agent(
                tenant_id=self.tenant_id,
                login=login,
                name=name,
                password_hash=password_hash,
                extension=extension,
                sip_user=sip_user,
                sip_password_enc=sip_password_enc,
                sip_ha1=sip_ha1,
                group_id=self._group(session, group).id,
            )
            session.add(agent)
            try:
                session.flush()
            except IntegrityError as error:  # another tenant's new agent was quicker
                raise AlreadyTaken("this extension exists already", field="extension") from error
        return agent

    def update_agent(
        self, agent_id: int, *, name: str | None = None, group: str | None = None, active: bool | None = None
    ) -> Agent:
        """Change what is given. Raises NotFound."""
        with self._writing() as session:
            agent = self._owned(session, Agent, agent_id)
            if name is not None:
                agent.name = name
            if group is not None:
                agent.group_id = self._group(session, group).id
            if active is not None:
                agent.active = active
        return agent

    def delete_agent(self, agent_id: int) -> None:
        """The agent leaves: queues forget it, histories keep it, tokens end. Raises NotFound."""
        now = utcnow()
        with self._writing() as session:
            agent = self._owned(session, Agent, agent_id)
            agent.active, agent.deleted_at = False, now
            for tier in session.scalars(self._mine(Tier).where(Tier.agent_id == agent_id)):
                session.delete(tier)
            for skill in session.scalars(self._mine(AgentSkill).where(AgentSkill.agent_id == agent_id)):
                session.delete(skill)
            for token in session.scalars(self._mine(ApiToken).where(ApiToken.agent_id == agent_id)):
                token.revoked_at = token.revoked_at or now

    def _person(self, session: Session, role: str, person_id: int) -> Agent | User:
        if role == "agent":
            return self._owned(session, Agent, person_id)
        return self._owned(session, User, person_id)

    def _group(self, session: Session, name: str) -> AgentGroup:
        group = session.scalars(self._mine(AgentGroup).where(AgentGroup.name == name)).first()
        if group is None:
            group = AgentGroup(tenant_id=self.tenant_id, name=name)
            session.add(group)
            session.flush()
        return group

    # -- tokens -----------------------------------------------------------------------------------

    def create_token(self, role: str, person_id: int, digest: str, name: str = "") -> ApiToken:
        """An API token of an agent or manager, known by its SHA-256. Raises NotFound."""
        with self._writing() as session:
            self._person(session, role, person_id)
            token = ApiToken(
                tenant_id=self.tenant_id,
                digest=digest,
                name=name,
                agent_id=person_id if role == "agent" else None,
                user_id=None if role == "agent" else person_id,
            )
            session.add(token)
        return token

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens, revoked ones included."""
        with self._reading() as session:
            return session.scalars(self._mine(ApiToken).order_by(ApiToken.id)).all()

    def revoke_token(self, token_id: int) -> None:
        """End a token. Raises NotFound."""
        with self._writing() as session:
            token = self._owned(session, ApiToken, token_id)
            token.revoked_at = token.revoked_at or utcnow()

    # -- 상담사로그인이력 -----------------------------------------------------------------------------

    def add_login(
        self,
        *,
        role: str,
        person_id: int | None,
        login: str,
        action: str,
        result: str,
        address: str = "",
        platform: str = "",
    ) -> None:
        """Note a login or logout, successful or not. Managers' entries have no agent."""
        with self._writing() as session:
            if role == "agent" and person_id is not None and session.get(Agent, person_id) is None:
                raise NotFound(f"no agent {person_id}", id=person_id)
            session.add(
                LoginEntry(
                    tenant_id=self.tenant_id,
                    agent_id=person_id if role == "agent" else None,
                    login=login[:60],
                    action=action,
                    result=result,
                    address=address[:45],
                    platform=platform[:40],
                )
            )

    def logins(
        self, start: datetime, end: datetime, limit: int, offset: int
    ) -> tuple[Sequence[LoginEntry], int]:
        """Entries of [start, end), newest first, and how many there are."""
        query = self._mine(LoginEntry).where(LoginEntry.at >= start, LoginEntry.at < end)
        with self._reading() as session:
            return self._page(session, query, limit, offset, LoginEntry.at.desc(), LoginEntry.id.desc())
