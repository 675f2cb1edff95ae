"""상담인원 in Excel: the list to download, and a list to take in: first what it would do, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.core.errors import AlreadyTaken
from app.reports.agent_columns import LANGUAGES
from app.reports.agent_sheet_reader import AgentSheet, SheetRefused, read_agents
from app.reports.agent_workbook import agents_workbook, passwords_workbook, template_workbook
from app.services.accounts import hash_password
from app.services.agent_plan import Plan, Present, plan_of
from app.services.assignments import menu_queues
from app.services.errors import Refused
from app.services.live_changes import LiveChanges
from app.services.people import Person
from app.services.sip_accounts import easy_password
from app.services.staffing import COMMON_GROUP, NewAgent, Staffing


class AgentSheets:
    """Use cases over a store (app.adapters.sql.store.Store), for managers."""

    def __init__(
        self,
        store: Any,
        changes: LiveChanges,
        staffing: Staffing,
        run_slowly: Callable[..., Any],
        desk_url: str,
    ) -> None:
        self._store = store
        self._changes = changes
        self._staffing = staffing
        self._run_slowly = run_slowly
        self._desk_url = desk_url

    def export(self, person: Person, language: str) -> bytes:
        """The present agents as a workbook; no passwords. Written to 작업이력."""
        rows = self._store.for_tenant(person.tenant_id)
        present = Present(rows)
        lines = [present.line(agent, LANGUAGES.index(language)) for agent in present.agents.values()]
        body = agents_workbook(lines, present.choices(), language)
        self._changes.note(person, "download", what="agents.xlsx", agents=len(lines))
        return body

    def template(self, person: Person, language: str) -> bytes:
        """An empty list with an example row and a guide."""
        return template_workbook(Present(self._store.for_tenant(person.tenant_id)).choices(), language)

    def preview(self, person: Person, body: bytes) -> dict[str, Any]:
        """What taking the file in would do (``Plan.to_json``); nothing is changed. Raises Refused with the code of
        ``SheetRefused``."""
        return plan_of(self._store.for_tenant(person.tenant_id), self._read(body)).to_json()

    def take_in(self, person: Person, body: bytes, language: str) -> dict[str, Any]:
        """Do what ``preview`` said, all of it or nothing: its counts, and under ``passwords`` a workbook's bytes with
        the passwords of new agents (None without new ones), which nobody can get again.

        Raises Refused: ``sheet_has_errors`` with ``problems``, ``changed_since``, ``licences_used_up``,
        ``not_published``, or a code of ``SheetRefused``.
        """
        sheet = self._read(body)
        plan = plan_of(self._store.for_tenant(person.tenant_id), sheet)
        if plan.problems:
            raise Refused("sheet_has_errors", problems=list(plan.problems), count=len(plan.problems))
        if not plan.new and not plan.changed:
            return {**plan.to_json(), "passwords": None}
        passwords = [easy_password() for _ in plan.new]
        hashes = [self._run_slowly(hash_password, password) for password in passwords]

        def change(rows: Any) -> tuple[list[int], dict[str, Any]]:
            if plan_of(rows, sheet) != plan:
                raise Refused("changed_since")
            told = {
                "new": [each.login for each in plan.new],
                "changed": {each.login: list(each.changes) for each in plan.changed},
            }
            return self._carry_out(rows, plan, hashes), told

        try:
            ids = self._changes.make(person, "upload", change)
        except AlreadyTaken as error:
            raise Refused("changed_since") from error
        book = None
        if ids:
            agents = {agent.id: agent for agent in self._store.for_tenant(person.tenant_id).agents()}
            made = []
            for agent_id, word in zip(ids, passwords, strict=True):
                agent = agents[agent_id]
                made.append(
                    {"login": agent.login, "name": agent.name, "extension": agent.extension, "password": word}
                )
            book = passwords_workbook(made, person.service_name, self._desk_url, language)
        return {**plan.to_json(), "passwords": book}

    def _read(self, body: bytes) -> AgentSheet:
        try:
            return self._run_slowly(read_agents, body)  # type: ignore[no-any-return]
        except SheetRefused as refusal:
            raise Refused(refusal.code, **refusal.details) from refusal

    def _carry_out(self, rows: Any, plan: Plan, hashes: Sequence[str]) -> list[int]:
        """Write it; the new agents' ids."""
        for name in plan.skills:
            rows.create_skill(name)
        skills = {skill.name: skill.id for skill in rows.skills()}

        def levels(names: Mapping[str, int] | None) -> dict[int, int]:
            return {skills[name]: level for name, level in (names or {}).items()}

        made = [
            NewAgent(
                each.login, each.name, hashed, each.group or COMMON_GROUP, levels(each.skills),
                each.active is not False,
            )  # fmt: skip
            for each, hashed in zip(plan.new, hashes, strict=True)
        ]
        ids = self._staffing.add(rows, made)
        menus: dict[int, Mapping[int, int]] = {
            agent_id: each.menus or {} for agent_id, each in zip(ids, plan.new, strict=True)
        }
        for each in plan.changed:
            assert each.agent_id is not None
            rows.update_agent(each.agent_id, name=each.name, group=each.group, active=each.active)
            if each.skills is not None:
                rows.set_agent_skills(each.agent_id, levels(each.skills))
            if each.menus is not None:
                menus[each.agent_id] = each.menus
        # What a sheet cannot name it leaves alone: a queue that has left the menu is served on for a while.
        before: dict[int, dict[int, int]] = {queue["id"]: {} for queue in menu_queues(rows)}
        for tier in rows.tiers():
            if tier.queue_id in before:
                before[tier.queue_id][tier.agent_id] = tier.level
        for queue_id, tiers in before.items():
            after = {agent_id: level for agent_id, level in tiers.items() if agent_id not in menus}
            after |= {agent_id: wanted[queue_id] for agent_id, wanted in menus.items() if queue_id in wanted}
            if after != tiers:
                rows.set_tiers(queue_id, after)
        return ids
