"""The tenant's people and what they work with: agents, queues, contact types, break reasons, SIP accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.services.errors import Refused
from app.services.people import Person
from app.services.repository import Store


@dataclass(frozen=True, slots=True)
class SipAccount:
    """What an agent's browser registers with."""

    user: str
    password: str
    domain: str


class Staff:
    """Read the tenant's set-up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tenant(self, person: Person) -> Any:
        return self._store.for_tenant(person.tenant_id).tenant()

    def agents(self, person: Person) -> list[dict[str, Any]]:
        """Active agents, in order of their extension."""
        store = self._store.for_tenant(person.tenant_id)
        groups = {group.id: group.name for group in store.groups()}
        rows = sorted(store.agents(), key=lambda row: row.extension)
        return [
            {
                "id": row.id,
                "login": row.login,
                "name": row.name,
                "extension": row.extension,
                "group": groups.get(row.group_id, ""),
                "active": row.active,
            }
            for row in rows
        ]

    def queues(self, person: Person) -> list[dict[str, Any]]:
        """Queues in use, in order of their CTI number."""
        rows = self._store.for_tenant(person.tenant_id).queues()
        return [
            {"id": row.id, "number": row.number, "name": row.name, "strategy": row.strategy}
            for row in sorted(rows, key=lambda row: (row.number, row.id))
        ]

    def contact_types(self, person: Person) -> list[dict[str, Any]]:
        """In the order that the manager chose."""
        return [
            {"id": row.id, "code": row.code, "name": row.name}
            for row in self._store.for_tenant(person.tenant_id).contact_types()
        ]

    def break_reasons(self, person: Person) -> list[dict[str, Any]]:
        return [
            {"id": row.id, "name": row.name}
            for row in self._store.for_tenant(person.tenant_id).break_reasons()
        ]

    def sip_account(self, person: Person, domain: str) -> SipAccount:
        """The agent's own SIP account, password in the clear: only ever for that agent's own browser.

        Raises Refused ``forbidden`` for managers.
        """
        if person.agent_id is None:
            raise Refused("forbidden")
        store = self._store.for_tenant(person.tenant_id)
        row = next((agent for agent in store.agents() if agent.id == person.agent_id), None)
        if row is None:
            raise Refused("unknown_agent")
        return SipAccount(row.sip_user, store.sip_password(person.agent_id), domain)

    def customer_name(self, person: Person, number: str) -> str:
        """The name kept for a customer's number; empty if unknown."""
        return self._store.for_tenant(person.tenant_id).customer_name(number) if number else ""


def transfer_targets(snapshot: Mapping[str, Any], agent_id: int | None) -> list[dict[str, Any]]:
    """Colleagues to whom a call can be passed now: 대기, not on the phone, phone connected."""
    return [
        {
            "id": agent["id"],
            "name": agent.get("name", ""),
            "extension": agent.get("extension", ""),
            "group": agent.get("group", ""),
        }
        for agent in snapshot.get("agents", ())
        if agent.get("id") != agent_id
        and agent.get("status") == "available"
        and agent.get("state") == "idle"
        and agent.get("registered", True)
    ]
