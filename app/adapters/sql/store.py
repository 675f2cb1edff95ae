"""The store: one tenant's rows by ``for_tenant``; what must be known before a tenant is, on ``Store``.

Rows are the tables' own objects (app.adapters.sql.tables), detached: their attributes may be read after
the call, changing them changes nothing. Every method is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import select

from app.adapters.sql.ars import ArsVersions
from app.adapters.sql.audit import AuditLog
from app.adapters.sql.base import SecretOpener
from app.adapters.sql.callbacks import Callbacks
from app.adapters.sql.caller_ids import AllCallerIds
from app.adapters.sql.engine import Joined, Sessions, make_engine, make_sessions, writing
from app.adapters.sql.figures import Figures
from app.adapters.sql.history import History
from app.adapters.sql.people import People
from app.adapters.sql.tables import Agent, ApiToken, Tenant, User
from app.core.definitions import TenantConfig, TenantId
from app.core.errors import AlreadyTaken, InvalidDefinition, NotFound

log = structlog.get_logger(__name__)


class TenantStore(People, ArsVersions, History, Callbacks, Figures, AuditLog):
    """Everything of one tenant, and nothing of another's."""


class Store(AllCallerIds):
    """The platform's rows. Implements app.ports.TenantSource as well."""

    def __init__(self, sessions: Sessions, secrets: SecretOpener | None = None) -> None:
        self.sessions = sessions
        self._secrets = secrets

    @classmethod
    def open(cls, url: str, secrets: SecretOpener | None = None) -> Store:
        """A store on the database at ``url`` (SQLAlchemy's notation)."""
        return cls(make_sessions(make_engine(url)), secrets)

    def for_tenant(self, tenant_id: TenantId) -> TenantStore:
        """One tenant's rows. Cheap; nothing is read yet."""
        return TenantStore(self.sessions, tenant_id, self._secrets)

    @contextmanager
    def together(self) -> Iterator[Store]:
        """A store whose writes all happen, or, when the block raises, none of them."""
        with writing(self.sessions) as session:
            yield Store(Joined(session), self._secrets)

    # -- before a tenant is known --------------------------------------------------------------------

    def tenant_ids(self) -> Sequence[TenantId]:
        """All tenants, by id."""
        with self.sessions() as session:
            return session.scalars(select(Tenant.id).order_by(Tenant.id)).all()

    def find_tenant(self, service_name: str) -> Tenant | None:
        """By 서비스명, exactly, case sensitive."""
        with self.sessions() as session:
            return session.scalars(select(Tenant).where(Tenant.service_name == service_name)).one_or_none()

    def tenant_id_of(self, service_name: str) -> TenantId | None:
        """By 서비스명, exactly, case sensitive."""
        found = self.find_tenant(service_name)
        return None if found is None else found.id

    def create_tenant(self, service_name: str, **values: Any) -> Tenant:
        """A new tenant (columns of ``tenants``). Raises AlreadyTaken for a service name of any case."""
        with writing(self.sessions) as session:
            folded = service_name.casefold()
            if any(name.casefold() == folded for name in session.scalars(select(Tenant.service_name))):
                raise AlreadyTaken(f"the service name {service_name} exists already", field="service_name")
            tenant = Tenant(service_name=service_name, **values)
            session.add(tenant)
        return tenant

    def token_owner(self, digest: str) -> tuple[int, str, int] | None:
        """``(tenant id, "agent"|"manager", person id)`` of a token that is not revoked, by its SHA-256."""
        with self.sessions() as session:
            token = session.scalars(
                select(ApiToken).where(ApiToken.digest == digest, ApiToken.revoked_at.is_(None))
            ).one_or_none()
        if token is None:
            return None
        if token.agent_id is not None:
            return token.tenant_id, "agent", token.agent_id
        return (token.tenant_id, "manager", token.user_id) if token.user_id is not None else None

    def find_operator(self, login: str) -> User | None:
        """A platform operator: a user of no tenant."""
        with self.sessions() as session:
            return session.scalars(
                select(User).where(User.tenant_id.is_(None), User.login == login)
            ).one_or_none()

    def find_sip_user(self, sip_user: str) -> tuple[TenantId, int] | None:
        """``(tenant id, agent id)`` of a SIP user."""
        with self.sessions() as session:
            row = session.execute(
                select(Agent.tenant_id, Agent.id).where(Agent.sip_user == sip_user)
            ).one_or_none()
        return None if row is None else (row[0], row[1])

    def sip_accounts(self) -> Sequence[Agent]:
        """Every active agent of the platform, for the SIP directory."""
        query = select(Agent).where(Agent.deleted_at.is_(None), Agent.active).order_by(Agent.id)
        with self.sessions() as session:
            return session.scalars(query).all()

    # -- TenantSource ------------------------------------------------------------------------------

    def load_all(self) -> Iterator[TenantConfig]:
        """Every tenant's configuration. One that cannot be read is logged and left out: the others' calls
        must not suffer for it."""
        for tenant_id in self.tenant_ids():
            try:
                yield self.for_tenant(tenant_id).config()
            except InvalidDefinition as error:
                log.error("tenant_left_out", tenant=tenant_id, error=str(error))

    def versions(self) -> dict[TenantId, int]:
        """How often each tenant has published: whoever decides by its configuration can see it is outdated."""
        with self.sessions() as session:
            return {row[0]: row[1] for row in session.execute(select(Tenant.id, Tenant.version))}

    def load(self, tenant_id: TenantId) -> TenantConfig | None:
        """One tenant's configuration, None when there is no such tenant. Raises InvalidDefinition."""
        try:
            return self.for_tenant(tenant_id).config()
        except NotFound:
            return None
