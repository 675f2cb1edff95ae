"""What the use cases need of the database. ``app.adapters.sql.store`` implements it; tests use it over SQLite.

Rows have the attributes of the tables in ``app.adapters.sql.tables``. A ``TenantStore`` is built for one
tenant and cannot reach another's rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Protocol

from app.core.periods import Period
from app.core.reporting import ContactReport, QueueReport, ServiceLevelFormula, Targets
from app.core.reporting_agents import AgentReport
from app.services.people import Role


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls a list shows. ``start`` ≤ started < ``end`` (aware); ``from_time``/``to_time`` bound the
    local time of day, minutes included; None means any."""

    start: datetime
    end: datetime
    from_time: time | None = None
    to_time: time | None = None
    queue_id: int | None = None
    agent_id: int | None = None
    contact_type_id: int | None = None
    direction: str | None = None
    number: str = ""
    missed: bool | None = None
    internal: bool = False
    limit: int = 50
    offset: int = 0


class TenantStore(Protocol):
    """One tenant's rows."""

    def tenant(self) -> Any: ...
    def agents(self, *, deleted: bool = False) -> Sequence[Any]: ...
    def groups(self) -> Sequence[Any]: ...
    def skills(self) -> Sequence[Any]: ...
    def queues(self, *, deleted: bool = False) -> Sequence[Any]: ...
    def contact_types(self, *, deleted: bool = False) -> Sequence[Any]: ...
    def break_reasons(self) -> Sequence[Any]: ...

    def find_account(self, role: Role, login: str) -> Any | None: ...
    def account(self, role: Role, person_id: int) -> Any | None: ...
    def count_failed_login(self, role: Role, person_id: int) -> int: ...
    def lock_account(self, role: Role, person_id: int, until: datetime) -> None: ...
    def clear_failed_logins(self, role: Role, person_id: int) -> None: ...
    def set_password(self, role: Role, person_id: int, password_hash: str) -> None: ...
    def sip_password(self, agent_id: int) -> str: ...

    def add_login(
        self,
        *,
        role: Role,
        person_id: int | None,
        login: str,
        action: str,
        result: str,
        address: str = "",
        platform: str = "",
    ) -> None: ...
    def add_audit(
        self,
        *,
        actor: str,
        subject: str,
        action: str,
        result: str = "ok",
        address: str = "",
        details: dict[str, Any] | None = None,
    ) -> None: ...
    def noted_lately(self, actor: str, subject: str, **details: Any) -> bool:
        """Whether 작업이력 of the last hour has an entry of this actor with these details."""
        ...

    def logins(
        self, start: datetime, end: datetime, limit: int, offset: int
    ) -> tuple[Sequence[Any], int]: ...
    def audits(
        self, start: datetime, end: datetime, limit: int, offset: int
    ) -> tuple[Sequence[Any], int]: ...

    def calls(self, wanted: CallFilter) -> tuple[Sequence[Any], int]: ...
    def call(self, call_id: str) -> Any | None: ...
    def last_calls(self, number: str, limit: int = 5, before: str | None = None) -> Sequence[Any]: ...
    def talks(self, call_id: str) -> Sequence[Any]: ...
    def visits(self, call_id: str) -> Sequence[Any]: ...
    def offers(self, call_id: str) -> Sequence[Any]: ...
    def wrap_ups(self, call_ids: Iterable[str]) -> Sequence[Any]: ...
    def save_wrap_up(
        self, call_id: str, agent_id: int, *, contact_type_id: int | None, inquiry: str, action: str
    ) -> Any: ...
    def customer_name(self, number: str) -> str: ...

    def callbacks(
        self, *, state: str | None, start: datetime | None, end: datetime | None, limit: int, offset: int
    ) -> tuple[Sequence[Any], int]: ...
    def callback(self, callback_id: int) -> Any | None: ...
    def delete_callback(self, callback_id: int, agent_id: int | None) -> bool: ...

    def targets(self, formula: ServiceLevelFormula = ...) -> Targets: ...
    def queue_statistics(
        self,
        period: Period,
        queue_ids: Collection[int] | None = None,
        formula: ServiceLevelFormula = ...,
        targets: Targets | None = None,
    ) -> QueueReport: ...
    def agent_statistics(self, period: Period, agent_ids: Collection[int] | None = None) -> AgentReport: ...
    def contact_statistics(self, period: Period) -> ContactReport: ...
    def today(self, now: datetime) -> Any: ...
    def arrivals(self, now: datetime) -> Any: ...


class Store(Protocol):
    """The platform's rows, as far as one must look before a tenant is known."""

    def tenant_id_of(self, service_name: str) -> int | None:
        """Exact, case-sensitive match."""
        ...

    def token_owner(self, digest: str) -> tuple[int, str, int] | None:
        """``(tenant id, role, person id)`` of a token that is not revoked, by its SHA-256."""
        ...

    def for_tenant(self, tenant_id: int) -> TenantStore: ...
