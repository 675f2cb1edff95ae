"""상담그룹 and skills: what a tenant's agents are sorted by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.errors import AlreadyTaken, NotFound
from app.services.errors import Refused
from app.services.live_changes import LiveChanges
from app.services.people import Person
from app.services.problems import Problems, one_problem
from app.services.staffing import COMMON_GROUP

BETWEEN_NAMES = frozenset(",;()、")


class Groups:
    """상담그룹 and skills: what agents are sorted by."""

    def __init__(self, store: Any, changes: LiveChanges) -> None:
        self._store = store
        self._changes = changes

    def groups(self, person: Person) -> list[dict[str, Any]]:
        """Groups by id, each with how many present agents it has; ``common``: the one that stays."""
        rows = self._store.for_tenant(person.tenant_id)
        agents = rows.agents()
        return [
            {
                "id": group.id,
                "name": group.name,
                "agents": sum(agent.group_id == group.id for agent in agents),
                "common": group.name == COMMON_GROUP,
            }
            for group in rows.groups()
        ]

    def create_group(self, person: Person, name: str) -> int:
        """Raises Refused ``check_fields``."""
        return self._named(person, "create", "group", name, lambda rows, clean: rows.create_group(clean), live=False)

    def rename_group(self, person: Person, group_id: int, name: str) -> int:
        """Raises Refused ``check_fields``, ``common_group``, ``not_found``, ``not_published``."""
        before = self._not_common(person, group_id)
        renamed = lambda rows, clean: rows.rename_group(group_id, clean)  # noqa: E731
        return self._named(person, "change", "group", name, renamed, before=before)

    def delete_group(self, person: Person, group_id: int) -> int:
        """Its agents move to 공통그룹; how many. Raises Refused ``common_group``, ``not_found``."""
        name = self._not_common(person, group_id)

        def change(rows: Any) -> tuple[int, dict[str, Any]]:
            if all(group.name != COMMON_GROUP for group in rows.groups()):
                rows.create_group(COMMON_GROUP)
            moved = rows.delete_group(group_id, COMMON_GROUP)
            return moved, {"group": name, "moved": moved}

        return self._changes.make(person, "delete", change)

    def skills(self, person: Person) -> list[dict[str, Any]]:
        """Skills by id, with how many agents have each and which queues ask for it."""
        rows = self._store.for_tenant(person.tenant_id)
        present = {agent.id for agent in rows.agents()}
        held = [each.skill_id for each in rows.agent_skills() if each.agent_id in present]
        queues = rows.queues(drafted=True)
        return [
            {
                "id": skill.id,
                "name": skill.name,
                "agents": held.count(skill.id),
                "queues": [queue.id for queue in queues if queue.skill_id == skill.id],
            }
            for skill in rows.skills()
        ]

    def create_skill(self, person: Person, name: str) -> int:
        """A name without commas and brackets, which part names in a sheet. Raises Refused ``check_fields``."""
        return self._named(person, "create", "skill", name, lambda rows, clean: rows.create_skill(clean), live=False)

    def rename_skill(self, person: Person, skill_id: int, name: str) -> int:
        """Raises Refused ``check_fields``, ``not_found``."""
        renamed = lambda rows, clean: rows.rename_skill(skill_id, clean)  # noqa: E731
        before = next((each["name"] for each in self.skills(person) if each["id"] == skill_id), "")
        return self._named(person, "change", "skill", name, renamed, live=False, before=before)

    def delete_skill(self, person: Person, skill_id: int) -> None:
        """Agents lose it, menus ask for it no longer. Raises Refused ``not_found``, ``not_published``."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            name = next((skill.name for skill in rows.skills() if skill.id == skill_id), "")
            rows.delete_skill(skill_id)
            return None, {"skill": name}

        self._changes.make(person, "delete", change)

    def _named(
        self,
        person: Person,
        action: str,
        what: str,
        name: str,
        write: Callable[[Any, str], Any],
        live: bool = True,
        before: str = "",
    ) -> int:
        problems = Problems()
        clean = problems.text("name", name)
        if what == "skill" and BETWEEN_NAMES & set(clean):
            problems.add("name", "field_characters", characters=", ; ( )")
        problems.refuse()
        details = {what: [before, clean] if before else clean}
        try:
            return int(
                self._changes.make(
                    person, action, lambda rows: (write(rows, clean).id, details), live=live
                )
            )
        except AlreadyTaken as error:
            raise one_problem("name", "name_taken") from error

    def _not_common(self, person: Person, group_id: int) -> str:
        for group in self._store.for_tenant(person.tenant_id).groups():
            if group.id == group_id:
                if group.name == COMMON_GROUP:
                    raise Refused("common_group")
                return str(group.name)
        raise NotFound(f"no group {group_id}", table="AgentGroup", id=group_id)
