"""상담인원: the agents of a tenant as its manager keeps them, with their groups, skills, passwords and phones.

Every change is checked whole before anything is written, is live when the call returns (``LiveChanges``), and
stands in 작업이력. Passwords are kept hashed; one that was made here is given back once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import AlreadyTaken, LicencesUsedUp
from app.services.accounts import hash_password, strong_enough
from app.services.errors import Refused
from app.services.live import LiveHub
from app.services.live_changes import LiveChanges
from app.services.onboarding import LOGIN
from app.services.people import Person, Role
from app.services.problems import Problems, one_problem
from app.services.sip_accounts import SipAccounts, easy_password

COMMON_GROUP = "공통그룹"
LEVELS = (1, 9)
"""Tiers: 1차 is asked first."""
TRIES = 5
"""So often another free extension is drawn when another tenant took the same one meanwhile."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to change of an agent; None leaves it."""

    name: str | None = None
    group_id: int | None = None
    active: bool | None = None
    skills: Mapping[int, int] | None = None


@dataclass(slots=True)
class NewAgent:
    """An agent to be made."""

    login: str
    name: str
    password_hash: str
    group: str = COMMON_GROUP
    skills: Mapping[int, int] = field(default_factory=dict)
    active: bool = True


class Staffing:
    """Use cases over a store (app.adapters.sql.store.Store), for managers."""

    def __init__(
        self,
        store: Any,
        changes: LiveChanges,
        sip: SipAccounts,
        live: LiveHub,
        run_slowly: Callable[..., Any],
    ) -> None:
        self._store = store
        self._changes = changes
        self._sip = sip
        self._live = live
        self._run_slowly = run_slowly

    # -- looking ----------------------------------------------------------------------------------

    def agents(self, person: Person) -> list[dict[str, Any]]:
        """The present agents by extension, with groups, skills, queues (tier levels) and lock."""
        rows = self._store.for_tenant(person.tenant_id)
        groups = {group.id: group.name for group in rows.groups()}
        skills: dict[int, list[dict[str, int]]] = {}
        for held in rows.agent_skills():
            skills.setdefault(held.agent_id, []).append({"id": held.skill_id, "level": held.level})
        queues: dict[int, list[dict[str, int]]] = {}
        for tier in rows.tiers():
            queues.setdefault(tier.agent_id, []).append({"id": tier.queue_id, "level": tier.level})
        found = sorted(rows.agents(), key=lambda row: (len(row.extension), row.extension))
        return [
            {
                "id": row.id,
                "login": row.login,
                "name": row.name,
                "extension": row.extension,
                "group": groups.get(row.group_id, ""),
                "group_id": row.group_id,
                "active": row.active,
                "skills": skills.get(row.id, []),
                "queues": queues.get(row.id, []),
                "locked_until": row.locked_until,
            }
            for row in found
        ]

    def agent(self, person: Person, agent_id: int) -> dict[str, Any]:
        """One of them. Raises Refused ``unknown_agent``."""
        for agent in self.agents(person):
            if agent["id"] == agent_id:
                return agent
        raise Refused("unknown_agent", agent_id=agent_id)

    def licences(self, person: Person) -> dict[str, int]:
        """``{"used", "licences"}``: 계약 라이선스수."""
        rows = self._store.for_tenant(person.tenant_id)
        return {"used": rows.agent_count(), "licences": rows.tenant().licences}

    # -- agents -----------------------------------------------------------------------------------

    def create_agent(
        self, person: Person, *, login: str, name: str, password: str | None = None, changes: Changes
    ) -> dict[str, Any]:
        """A new agent, assigned to no menu. ``{"agent", "password"}``; the password is None when it was given.

        Raises Refused ``check_fields``, ``licences_used_up``, ``not_published``.
        """
        problems = Problems()
        login = login.strip()
        if not LOGIN.fullmatch(login):
            problems.add("login", "login_form")
        made = NewAgent(login, problems.text("name", name), "", active=changes.active is not False)
        if password is not None and not strong_enough(password, login):
            problems.add("password", "weak_password")
        rows = self._store.for_tenant(person.tenant_id)
        if changes.group_id is not None:
            made.group = self._group(rows, changes.group_id, problems)
        made.skills = self._skills(rows, changes.skills or {}, problems)
        problems.refuse()
        shown = password or easy_password()
        made.password_hash = self._run_slowly(hash_password, shown)

        def change(rows: Any) -> tuple[int, dict[str, Any]]:
            agent_id = self.add(rows, [made])[0]
            return agent_id, {"agent": login, "name": made.name, "group": made.group}

        for left in range(TRIES, 0, -1):
            try:
                agent_id = self._changes.make(person, "create", change)
                break
            except AlreadyTaken as error:
                if error.details.get("field") == "login":
                    raise one_problem("login", self._taken(rows, login)) from error
                if left == 1:
                    raise
        return {"agent": self.agent(person, agent_id), "password": shown if password is None else None}

    def add(self, rows: Any, people: Iterable[NewAgent]) -> list[int]:
        """Write new agents with free extensions and fresh SIP accounts; their ids.

        Raises AlreadyTaken (``login``, ``extension``, ``sip_user``), Refused ``licences_used_up``.
        """
        people = list(people)
        ids = []
        for each, (extension, sip_user) in zip(people, rows.next_extensions(len(people)), strict=True):
            secret = self._sip.make(sip_user)
            try:
                agent = rows.create_agent(
                    login=each.login,
                    name=each.name,
                    password_hash=each.password_hash,
                    extension=extension,
                    sip_user=sip_user,
                    sip_password_enc=secret.sealed,
                    sip_ha1=secret.ha1,
                    group=each.group,
                )
            except LicencesUsedUp as error:
                raise Refused("licences_used_up", **error.details) from error
            if not each.active:
                rows.update_agent(agent.id, active=False)
            rows.set_agent_skills(agent.id, each.skills)
            ids.append(agent.id)
        return ids

    def update_agent(self, person: Person, agent_id: int, changes: Changes) -> dict[str, Any]:
        """Change what is given; ``{"agent", "effective"}``. Raises Refused ``check_fields``, ``unknown_agent``,
        ``not_published``."""
        rows = self._store.for_tenant(person.tenant_id)
        before = self._present(rows, agent_id)
        problems = Problems()
        name = None if changes.name is None else problems.text("name", changes.name)
        if changes.group_id is not None:
            self._group(rows, changes.group_id, problems)
        skills = None if changes.skills is None else self._skills(rows, changes.skills, problems)
        problems.refuse()

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            self._present(rows, agent_id)
            rows.update_agent(agent_id, name=name, active=changes.active)
            if changes.group_id is not None:
                rows.set_agent_group(agent_id, changes.group_id)
            if skills is not None:
                rows.set_agent_skills(agent_id, skills)
            told = {"name": name, "active": changes.active, "group_id": changes.group_id, "skills": skills}
            return None, {"agent": before.login, **{key: value for key, value in told.items() if value is not None}}

        in_call = changes.active is False and self._in_call(person, agent_id)
        self._changes.make(person, "change", change)
        return {"agent": self.agent(person, agent_id), "effective": "after_call" if in_call else "now"}

    def delete_agent(self, person: Person, agent_id: int) -> dict[str, str]:
        """The agent leaves and the licence is free for another. ``{"effective": "now" | "after_call"}``: a call
        that goes on is finished first. Raises Refused ``unknown_agent``, ``not_published``."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            agent = self._present(rows, agent_id)
            rows.delete_agent(agent_id)
            return None, {"agent": agent.login, "name": agent.name}

        in_call = self._in_call(person, agent_id)
        self._changes.make(person, "delete", change)
        return {"effective": "after_call" if in_call else "now"}

    # -- secrets ----------------------------------------------------------------------------------

    def set_password(self, person: Person, agent_id: int, password: str | None = None) -> str | None:
        """A new password: the given one, or one that is made and returned this once. The agent's sessions end, a
        lock after failures too. Raises Refused ``check_fields``, ``unknown_agent``."""
        agent = self._present(self._store.for_tenant(person.tenant_id), agent_id)
        if password is not None and not strong_enough(password, agent.login):
            raise one_problem("password", "weak_password")
        shown = password or easy_password()
        hashed = self._run_slowly(hash_password, shown)

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            self._present(rows, agent_id)
            rows.set_password(Role.AGENT, agent_id, hashed)
            rows.clear_failed_logins(Role.AGENT, agent_id)
            return None, {"agent": agent.login, "what": "password"}

        self._changes.make(person, "change", change, live=False)
        return shown if password is None else None

    def renew_sip(self, person: Person, agent_id: int) -> dict[str, str]:
        """A new SIP account password for a softphone, shown this once: ``{"user", "password", "domain"}``. Phones
        with the old one have to be set up again. Raises Refused ``unknown_agent``, ``not_published``."""
        agent = self._present(self._store.for_tenant(person.tenant_id), agent_id)
        secret = self._sip.make(agent.sip_user)

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            self._present(rows, agent_id)
            rows.set_sip_account(agent_id, secret.sealed, secret.ha1)
            return None, {"agent": agent.login, "what": "sip"}

        self._changes.make(person, "change", change)
        return {"user": agent.sip_user, "password": secret.password, "domain": self._sip.domain}

    # -- helpers ----------------------------------------------------------------------------------

    @staticmethod
    def _present(rows: Any, agent_id: int) -> Any:
        agent = rows.agent(agent_id)
        if agent is None or agent.deleted_at is not None:
            raise Refused("unknown_agent", agent_id=agent_id)
        return agent

    @staticmethod
    def _group(rows: Any, group_id: int, problems: Problems) -> str:
        for group in rows.groups():
            if group.id == group_id:
                return str(group.name)
        problems.add("group_id", "choose_again")
        return COMMON_GROUP

    @staticmethod
    def _skills(rows: Any, levels: Mapping[int, int], problems: Problems) -> dict[int, int]:
        known = {skill.id for skill in rows.skills()}
        for skill_id, level in levels.items():
            if skill_id not in known:
                problems.add("skills", "choose_again")
            problems.number("skills", level, *LEVELS)
        return dict(levels)

    @staticmethod
    def _taken(rows: Any, login: str) -> str:
        past = any(row.login == login and row.deleted_at is not None for row in rows.agents(deleted=True))
        return "login_taken_past" if past else "login_taken"

    def _in_call(self, person: Person, agent_id: int) -> bool:
        for agent in self._live.snapshot(person.tenant_id).get("agents", ()):
            if agent.get("id") == agent_id:
                return agent.get("call") is not None
        return False
