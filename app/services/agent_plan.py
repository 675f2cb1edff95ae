"""What a sheet of agents would do to those who are there: new ones, changes, and everything that is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.reports.agent_columns import FALSE_WORDS, NO, TRUE_WORDS, YES
from app.reports.agent_sheet_reader import AgentSheet, SheetRow
from app.services.assignments import menu_queues
from app.services.groups import BETWEEN_NAMES
from app.services.onboarding import LOGIN
from app.services.problems import Problems
from app.services.staffing import COMMON_GROUP, LEVELS

_TOKEN = re.compile(r"(?P<name>.*?)(?:\s*\(\s*(?:tier\s*)?(?P<level>\d{1,2})\s*차?\s*\))?", re.I | re.S)
_BETWEEN = re.compile(r"[,;\n、]+")
_HARD = re.compile(r"[,;\n、()]")


@dataclass(frozen=True, slots=True)
class PlannedAgent:
    """What a row does to an agent. ``agent_id`` None: a new one. None in a field: that column is not in the file."""

    row: int
    agent_id: int | None
    login: str
    name: str
    group: str | None
    menus: Mapping[int, int] | None
    """Queue id → tier."""
    skills: Mapping[str, int] | None
    """Skill's name → level."""
    active: bool | None
    changes: tuple[str, ...] = ()
    """Columns that differ from what is there; empty for a new agent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do, and everything that is wrong with it."""

    new: tuple[PlannedAgent, ...]
    changed: tuple[PlannedAgent, ...]
    same: int
    examples: int
    groups: tuple[str, ...]
    skills: tuple[str, ...]
    """Groups and skills that do not exist yet."""
    problems: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        def listed(planned: PlannedAgent, action: str) -> dict[str, Any]:
            return {
                "row": planned.row, "action": action, "login": planned.login, "name": planned.name,
                "changes": list(planned.changes),
            }  # fmt: skip

        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "same": self.same,
            "examples": self.examples,
            "errors": len(self.problems),
            "new_groups": list(self.groups),
            "new_skills": list(self.skills),
            "rows": sorted(
                [listed(each, "new") for each in self.new] + [listed(each, "change") for each in self.changed],
                key=lambda row: int(row["row"]),
            ),
            "problems": [dict(problem) for problem in self.problems],
        }


def dashed(keys: str) -> str:
    """Keys one after the other, as people read them: 5, then 2 is 5-2."""
    return "-".join(keys)


class Present:
    """What is there now, by the names that a sheet uses."""

    def __init__(self, rows: Any) -> None:
        groups = {group.id: group.name for group in rows.groups()}
        skills = {skill.id: skill.name for skill in rows.skills()}
        self.agents = {agent.login: agent for agent in rows.agents()}
        self.past = {agent.login for agent in rows.agents(deleted=True) if agent.deleted_at is not None}
        self.group_of = {login: groups.get(agent.group_id, "") for login, agent in self.agents.items()}
        self.groups = set(groups.values())
        self.skills = set(skills.values())
        self.licences = rows.tenant().licences
        self.queues = menu_queues(rows)
        names = Counter(_folded(queue["name"]) for queue in self.queues)
        self._once = {name for name, count in names.items() if count == 1}
        self._twice = set(names) - self._once
        keys = {queue["keys"]: queue["id"] for queue in self.queues if queue["keys"]}
        self._digits = {**keys, **{dashed(each): queue for each, queue in keys.items()}}
        self.menus_of: dict[int, dict[int, int]] = {}
        shown = {queue["id"] for queue in self.queues}
        for tier in rows.tiers():
            if tier.queue_id in shown:
                self.menus_of.setdefault(tier.agent_id, {})[tier.queue_id] = tier.level
        self.skills_of: dict[int, dict[str, int]] = {}
        for held in rows.agent_skills():
            self.skills_of.setdefault(held.agent_id, {})[skills[held.skill_id]] = held.level

    def menu(self, text: str) -> int | str:
        """The queue that is meant, or the code of what is wrong."""
        for queue in self.queues:
            if _folded(queue["name"]) == _folded(text) and _folded(text) in self._once:
                return int(queue["id"])
        if text in self._digits:
            return self._digits[text]
        number = text.removeprefix("#")
        if text.startswith("#") and any(str(queue["id"]) == number for queue in self.queues):
            return int(number)
        return "menu_ambiguous" if _folded(text) in self._twice else "menu_unknown"

    def short(self, queue: Mapping[str, Any]) -> str:
        """How a sheet names the queue so that ``menu`` finds it again."""
        name = queue["name"]
        if _folded(name) in self._once and not _HARD.search(name) and name not in self._digits and name == name.strip():
            return str(name)
        return dashed(queue["keys"]) or f"#{queue['id']}"

    def line(self, agent: Any, index: int) -> dict[str, str]:
        menus, skills = self.menus_of.get(agent.id, {}), self.skills_of.get(agent.id, {})
        return {
            "login": agent.login,
            "name": agent.name,
            "group": self.group_of[agent.login],
            "extension": agent.extension,
            "menus": ", ".join(
                _tiered(self.short(queue), menus[queue["id"]], index) for queue in self.queues if queue["id"] in menus
            ),
            "skills": ", ".join(_tiered(name, level, index) for name, level in sorted(skills.items())),
            "active": (YES if agent.active else NO)[index],
        }

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        return {
            "menus": [(dashed(queue["keys"]), queue["name"]) for queue in self.queues],
            "group": [("", name) for name in sorted(self.groups)],
            "skills": [("", name) for name in sorted(self.skills)],
        }


def plan_of(rows: Any, sheet: AgentSheet) -> Plan:
    """Compare the sheet with what is there; every problem of every row is named."""
    present = Present(rows)
    problems: list[dict[str, Any]] = []
    planned = [_planned(row, sheet, present, problems) for row in sheet.rows]
    logins: dict[str, int] = {}
    for each in planned:
        if each.login in logins:
            at = {"where": sheet.cell(each.row, "login"), "row": each.row, "column": "login"}
            problems.append({**at, "code": "sheet_login_twice", "other": logins[each.login]})
        elif each.login:
            logins[each.login] = each.row
    new = [each for each in planned if each.agent_id is None]
    missing = len(present.agents) + len(new) - present.licences
    if new and missing > 0:
        problems.append({"where": "", "row": 0, "column": "", "code": "sheet_licences", "missing": missing})
    groups = {each.group for each in planned if each.group} - present.groups - {COMMON_GROUP}
    skills = {name for each in planned for name in each.skills or {}} - present.skills
    changed = [each for each in planned if each.agent_id is not None and each.changes]
    return Plan(
        tuple(new), tuple(changed), len(planned) - len(new) - len(changed), sheet.examples,
        tuple(sorted(groups)), tuple(sorted(skills)),
        tuple(sorted(problems, key=lambda problem: problem["row"])),
    )  # fmt: skip


def _planned(row: SheetRow, sheet: AgentSheet, present: Present, problems: list[dict[str, Any]]) -> PlannedAgent:
    def problem(column: str, code: str, **details: Any) -> None:
        where = sheet.cell(row.number, column)
        problems.append({"where": where, "row": row.number, "column": column, "code": code, **details})

    for column, code in row.problems.items():
        problem(column, code)
    values = row.values
    login = values.get("login", "")
    agent = present.agents.get(login)
    if "login" not in row.problems:
        if not login:
            problem("login", "required")
        elif not LOGIN.fullmatch(login):
            problem("login", "login_form")
        elif agent is None and login in present.past:
            problem("login", "login_taken_past")

    def text(column: str) -> str:
        checked = Problems()
        clean = checked.text(column, values[column])
        for each in checked.found:
            problem(column, each["code"], **{key: value for key, value in each.items() if key not in ("where", "code")})
        return clean

    name = text("name") if "name" in values else ""
    group = None
    if "group" in values:
        group = text("group") if values["group"] else COMMON_GROUP
    if values.get("extension", "") and (agent is None or values["extension"] != agent.extension):
        problem("extension", "extension_automatic")
    menus = _menus(values["menus"], present, problem) if "menus" in values else None
    skills = _skills(values["skills"], problem) if "skills" in values else None
    active = None
    if "active" in values:
        word = values["active"].casefold()
        active = word not in FALSE_WORDS
        if word and word not in FALSE_WORDS and word not in TRUE_WORDS:
            problem("active", "yes_or_no")
    found = PlannedAgent(row.number, None if agent is None else agent.id, login, name, group, menus, skills, active)
    return found if agent is None else _compared(found, agent, present)


def _compared(planned: PlannedAgent, agent: Any, present: Present) -> PlannedAgent:
    """With the columns that differ from what is there."""
    pairs = {
        "name": (planned.name, agent.name),
        "group": (planned.group, present.group_of[agent.login]),
        "menus": (planned.menus, present.menus_of.get(agent.id, {})),
        "skills": (planned.skills, present.skills_of.get(agent.id, {})),
        "active": (planned.active, agent.active),
    }
    changes = tuple(key for key, (wanted, there) in pairs.items() if wanted is not None and wanted != there)
    return replace(planned, changes=changes)


def _menus(text: str, present: Present, problem: Callable[..., None]) -> dict[int, int]:
    found: dict[int, int] = {}
    for name, level in _tokens(text):
        queue = present.menu(name)
        if isinstance(queue, str):
            problem("menus", queue, value=name[:60])
        elif not LEVELS[0] <= level <= LEVELS[1]:
            problem("menus", "out_of_range", low=LEVELS[0], high=LEVELS[1])
        elif queue in found:
            problem("menus", "named_twice", value=name[:60])
        else:
            found[queue] = level
    return found


def _skills(text: str, problem: Callable[..., None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, level in _tokens(text):
        checked = Problems()
        clean = checked.text("skills", name)
        checked.number("skills", level, *LEVELS)
        if BETWEEN_NAMES & set(clean):
            checked.add("skills", "field_characters", characters=", ; ( )")
        for each in checked.found:
            problem("skills", each["code"], **{key: each[key] for key in each if key not in ("where", "code")})
        if clean in found:
            problem("skills", "named_twice", value=clean[:60])
        found[clean] = level
    return found


def _tokens(text: str) -> list[tuple[str, int]]:
    """``배송, 결제(2차)`` → [("배송", 1), ("결제", 2)]."""
    found = []
    for piece in _BETWEEN.split(text):
        match = _TOKEN.fullmatch(piece.strip())
        if match is not None and match["name"].strip():
            found.append((match["name"].strip(), int(match["level"] or 1)))
    return found


def _tiered(name: str, level: int, index: int) -> str:
    return name if level == 1 else f"{name}({level}{'차' if index == 0 else ''})"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
