"""Who is asking: the person (or program) behind a request, and what they may do."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Role(enum.StrEnum):
    """``AGENT`` works on calls; ``MANAGER`` runs a tenant."""

    AGENT = "agent"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Person:
    """A logged-in person. ``fingerprint`` changes with the password, which ends older sessions."""

    role: Role
    tenant_id: int
    service_name: str
    timezone: str
    person_id: int
    login: str
    name: str
    fingerprint: str
    may_unmask: bool = False
    address: str = ""
    by_token: bool = False
    address_allowed: bool = True
    """False: a manager, and the tenant's 접근관리 does not name the address that the request came from."""

    @property
    def is_manager(self) -> bool:
        return self.role is Role.MANAGER

    @property
    def agent_id(self) -> int | None:
        """The agent that this person is; None for a manager."""
        return self.person_id if self.role is Role.AGENT else None

    @property
    def actor(self) -> str:
        """How 작업이력 names the person: ``관리자 (demo)`` or ``agent1 (demo)``."""
        who = f"관리자 {self.login}" if self.is_manager else self.login
        return f"{who} ({self.service_name})"

    @property
    def identity(self) -> str:
        """What a session keeps; see ``Accounts.by_identity``."""
        return f"{self.role}:{self.tenant_id}:{self.person_id}:{self.fingerprint}"
