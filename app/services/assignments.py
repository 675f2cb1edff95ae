"""상담배정: which agents each menu entry rings, and in which order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.ars_json import ars_from_json
from app.services.errors import Refused
from app.services.live_changes import LiveChanges
from app.services.people import Person
from app.services.problems import Problems
from app.services.staffing import LEVELS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one queue shall have: its agents (id → tier, 1 first) and the skill it asks for, if any."""

    queue_id: int
    levels: Mapping[int, int]
    skill_id: int | None = None


def menu_queues(rows: Any) -> list[dict[str, Any]]:
    """Queues that a menu leads to, in the menu's order, with the keys that are pressed for each: first those that
    are live, then those that only the draft has (``live`` false)."""
    queues = {queue.id: queue for queue in rows.queues(drafted=True)}
    live, draft = _keys(rows.ars("live")), _keys(rows.ars("draft"))
    found: list[dict[str, Any]] = []
    for queue_id in [*live, *(each for each in draft if each not in live)]:
        queue = queues.pop(queue_id, None)
        if queue is not None:
            found.append(_described(queue, live, draft))
    # live without a menu entry: made by a program, or before the first menu
    return found + [_described(queue, live, draft) for queue in queues.values() if queue.live]


def _keys(version: Any) -> dict[int, str]:
    if version is None:
        return {}
    leaves = ars_from_json(version.definition).leaves()
    return {entry.queue_id: keys for keys, entry in leaves if entry.queue_id is not None}


def _described(queue: Any, live: Mapping[int, str], draft: Mapping[int, str]) -> dict[str, Any]:
    keys = live.get(queue.id) or draft.get(queue.id, "")
    return {"id": queue.id, "name": queue.name, "keys": keys, "live": queue.live, "skill_id": queue.skill_id}


class Assignments:
    """Use cases over a store (app.adapters.sql.store.Store), for managers."""

    def __init__(self, store: Any, changes: LiveChanges) -> None:
        self._store = store
        self._changes = changes

    def show(self, person: Person) -> dict[str, Any]:
        """``{"queues", "unassigned", "revision"}``: for each queue its ``tiers`` and who belongs ``by_skill``;
        active agents that no menu rings; a mark that changes with any of it."""
        return self._show(self._store.for_tenant(person.tenant_id))

    def save(self, person: Person, wanted: Sequence[Wanted], revision: str | None = None) -> dict[str, Any]:
        """Assign exactly this to the queues named, all of them or none; others keep what they have.

        Raises Refused ``check_fields``, ``changed_since`` (when ``revision`` is not the present one),
        ``not_published``.
        """

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            before = self._show(rows)
            if revision is not None and revision != before["revision"]:
                raise Refused("changed_since")
            told = self._check(rows, wanted, {queue["id"]: queue for queue in before["queues"]})
            for each in wanted:
                rows.set_tiers(each.queue_id, each.levels)
                rows.update_queue(each.queue_id, skill_id=each.skill_id)
            return None, {"queues": told}

        self._changes.make(person, "change", change)
        return self.show(person)

    @staticmethod
    def _check(rows: Any, wanted: Sequence[Wanted], queues: Mapping[int, Any]) -> list[dict[str, Any]]:
        """What 작업이력 is told; raises Refused ``check_fields``."""
        agents = {agent.id: agent for agent in rows.agents()}
        skills = {skill.id: skill.name for skill in rows.skills()}
        problems, told, seen = Problems(), [], set()
        for each in wanted:
            where = f"queues.{each.queue_id}"
            if each.queue_id not in queues or each.queue_id in seen:
                problems.add(where, "choose_again")
                continue
            seen.add(each.queue_id)
            if each.skill_id is not None and each.skill_id not in skills:
                problems.add(f"{where}.skill_id", "choose_again")
            for agent_id, level in each.levels.items():
                if agent_id not in agents:
                    problems.add(f"{where}.tiers", "unknown_agent")
                problems.number(f"{where}.tiers", level, *LEVELS)
            told.append(
                {
                    "queue": queues[each.queue_id]["name"],
                    "agents": {agents[a].login: level for a, level in each.levels.items() if a in agents},
                    "skill": skills.get(each.skill_id or 0, ""),
                }
            )
        problems.refuse()
        return told

    @staticmethod
    def _show(rows: Any) -> dict[str, Any]:
        agents = {agent.id: agent for agent in rows.agents()}
        tiers: dict[int, list[dict[str, int]]] = {}
        for tier in rows.tiers():
            if tier.agent_id in agents:
                tiers.setdefault(tier.queue_id, []).append({"agent_id": tier.agent_id, "level": tier.level})
        skilled: dict[int, list[dict[str, int]]] = {}
        for held in rows.agent_skills():
            if held.agent_id in agents:
                skilled.setdefault(held.skill_id, []).append({"agent_id": held.agent_id, "level": held.level})
        queues = menu_queues(rows)
        rung: set[int] = set()
        for queue in queues:
            queue["tiers"] = tiers.get(queue["id"], [])
            queue["by_skill"] = skilled.get(queue["skill_id"], []) if queue["skill_id"] else []
            rung |= {each["agent_id"] for each in (*queue["tiers"], *queue["by_skill"])}
        unassigned = [agent.id for agent in agents.values() if agent.active and agent.id not in rung]
        mark = json.dumps([queues, sorted(agents)], ensure_ascii=False, sort_keys=True)
        return {
            "queues": queues,
            "unassigned": unassigned,
            "revision": hashlib.sha256(mark.encode()).hexdigest()[:16],
        }
