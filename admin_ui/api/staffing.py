"""상담인원 and 상담배정, for managers: agents, groups, skills, secrets, Excel, and who serves which menu."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, request
from flask.views import MethodView

from admin_ui.api import staffing_schemas as shapes
from admin_ui.api.ars import UPLOADING
from admin_ui.api.figures import EXCEL, excel
from admin_ui.context import manager, services, settings
from admin_ui.errors import with_words
from admin_ui.i18n import language
from admin_ui.json_bodies import Blueprint
from admin_ui.security import limiter
from app.services.assignments import Wanted
from app.services.errors import Refused
from app.services.periods import today
from app.services.staffing import Changes

blueprint = Blueprint("staffing", __name__, description="상담서비스: agents, groups, skills and assignments")

MAKING = "120/minute"
"""Hashing a password takes a good part of a second of one processor; what is live at once, FreeSWITCH reads anew."""


def _levels(rows: list[dict[str, int]] | None) -> dict[int, int] | None:
    return None if rows is None else {row["id"]: row["level"] for row in rows}


# -- agents ---------------------------------------------------------------------------------------


@blueprint.route("/agents")
class NewAgents(MethodView):
    decorators = [limiter.limit(MAKING)]

    @blueprint.arguments(shapes.NewAgentArgs)
    @blueprint.response(201, shapes.MadeAgent)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A new agent within the licences; the extension is given automatically. Assigned to no menu yet."""
        changes = Changes(group_id=args["group_id"], active=args["active"], skills=_levels(args["skills"]))
        return services().staffing.agents.create_agent(
            manager(), login=args["login"], name=args["name"], password=args["password"], changes=changes
        )


@blueprint.route("/agents/<int:agent_id>")
class OneAgent(MethodView):
    decorators = [limiter.limit(MAKING, methods=["PATCH", "DELETE"])]

    @blueprint.response(200, shapes.ManagedAgent)
    def get(self, agent_id: int) -> dict[str, Any]:
        """One agent."""
        return services().staffing.agents.agent(manager(), agent_id)

    @blueprint.arguments(shapes.AgentChangeArgs)
    @blueprint.response(200, shapes.ChangedAgent)
    def patch(self, args: dict[str, Any], agent_id: int) -> dict[str, Any]:
        """Change name, group, skills, or whether the agent is active. Live at once."""
        changes = Changes(args["name"], args["group_id"], args["active"], _levels(args["skills"]))
        return services().staffing.agents.update_agent(manager(), agent_id, changes)

    @blueprint.response(200, shapes.Effective)
    def delete(self, agent_id: int) -> dict[str, str]:
        """The agent leaves, after the call if there is one; the licence is free again. Histories keep the agent."""
        return services().staffing.agents.delete_agent(manager(), agent_id)


@blueprint.route("/agents/<int:agent_id>/password")
class AgentPassword(MethodView):
    decorators = [limiter.limit(MAKING)]

    @blueprint.arguments(shapes.NewPasswordArgs)
    @blueprint.response(200, shapes.NewPassword)
    def post(self, args: dict[str, Any], agent_id: int) -> dict[str, Any]:
        """Set a password, or have one made. The agent's sessions end, and a lock after failed log-ins."""
        return {"password": services().staffing.agents.set_password(manager(), agent_id, args["password"])}


@blueprint.route("/agents/<int:agent_id>/sip-account")
class AgentSipAccount(MethodView):
    decorators = [limiter.limit(MAKING)]

    @blueprint.response(200, shapes.SipSecret)
    def post(self, agent_id: int) -> dict[str, Any]:
        """A new SIP password, for a softphone or desk phone. Phones with the old one register no more."""
        made = services().staffing.agents.renew_sip(manager(), agent_id)
        return {**made, "server": f"{settings().reachable_ip}:{settings().sip_port}"}


@blueprint.route("/licences")
class LicencesView(MethodView):
    @blueprint.response(200, shapes.Licences)
    def get(self) -> dict[str, int]:
        """계약 라이선스수, and how many of them agents have."""
        return services().staffing.agents.licences(manager())


# -- Excel ----------------------------------------------------------------------------------------


@blueprint.route("/agents.xlsx")
class AgentFile(MethodView):
    decorators = [limiter.limit(UPLOADING, methods=["POST"])]

    @blueprint.response(200, content_type=EXCEL)
    def get(self) -> Response:
        """The agents as an Excel workbook, without passwords. It can be changed and taken in again."""
        who = manager()
        body = services().staffing.sheets.export(who, language())
        return excel(body, f"{who.service_name}_상담사_{today(services().clock.now(), who.timezone):%Y%m%d}.xlsx")

    @blueprint.arguments(shapes.ImportArgs, location="query")
    @blueprint.response(200, shapes.ImportResult)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Take an Excel workbook in (multipart, field ``file``): new agents and changes, all of them or, when any
        row has a problem, none. With ``dry_run`` only say what it would do."""
        who = manager()
        sent = request.files.get("file")
        body = sent.read() if sent is not None else b""
        if not body:
            raise Refused("no_file")
        sheets = services().staffing.sheets
        if args["dry_run"]:
            found = sheets.preview(who, body)
            return {**found, "problems": with_words(found["problems"]), "passwords": None}
        done = sheets.take_in(who, body, language())
        made = done.pop("passwords")
        name = f"{who.service_name}_비밀번호_{today(services().clock.now(), who.timezone):%Y%m%d}.xlsx"
        content = made and {"name": name, "content": base64.b64encode(made).decode("ascii")}
        return {**done, "passwords": content}


@blueprint.route("/agents-template.xlsx")
class AgentTemplate(MethodView):
    @blueprint.response(200, content_type=EXCEL)
    def get(self) -> Response:
        """An empty list to fill in, with an example row and a guide."""
        return excel(services().staffing.sheets.template(manager(), language()), "상담사_양식.xlsx")


# -- groups and skills ------------------------------------------------------------------------------


@blueprint.route("/groups")
class GroupsView(MethodView):
    @blueprint.response(200, shapes.Group(many=True))
    def get(self) -> list[dict[str, Any]]:
        """상담그룹."""
        return services().staffing.groups.groups(manager())

    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(201, shapes.Group)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A new group."""
        who, groups = manager(), services().staffing.groups
        made = groups.create_group(who, args["name"])
        return _one(groups.groups(who), made)


@blueprint.route("/groups/<int:group_id>")
class GroupView(MethodView):
    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(200, shapes.Group)
    def patch(self, args: dict[str, Any], group_id: int) -> dict[str, Any]:
        """A new name. 공통그룹 keeps its own."""
        who, groups = manager(), services().staffing.groups
        groups.rename_group(who, group_id, args["name"])
        return _one(groups.groups(who), group_id)

    @blueprint.response(200, shapes.Moved)
    def delete(self, group_id: int) -> dict[str, int]:
        """The group goes; its agents move to 공통그룹."""
        return {"moved": services().staffing.groups.delete_group(manager(), group_id)}


@blueprint.route("/skills")
class SkillsView(MethodView):
    @blueprint.response(200, shapes.Skill(many=True))
    def get(self) -> list[dict[str, Any]]:
        """Skills that agents have and queues ask for."""
        return services().staffing.groups.skills(manager())

    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(201, shapes.Skill)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A new skill."""
        who, groups = manager(), services().staffing.groups
        made = groups.create_skill(who, args["name"])
        return _one(groups.skills(who), made)


@blueprint.route("/skills/<int:skill_id>")
class SkillView(MethodView):
    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(200, shapes.Skill)
    def patch(self, args: dict[str, Any], skill_id: int) -> dict[str, Any]:
        """A new name."""
        who, groups = manager(), services().staffing.groups
        groups.rename_skill(who, skill_id, args["name"])
        return _one(groups.skills(who), skill_id)

    @blueprint.response(204)
    def delete(self, skill_id: int) -> None:
        """Agents lose it, queues ask for it no longer."""
        services().staffing.groups.delete_skill(manager(), skill_id)


def _one(rows: list[dict[str, Any]], row_id: int) -> dict[str, Any]:
    for row in rows:
        if row["id"] == row_id:
            return row
    raise Refused("not_found")


# -- 상담배정 --------------------------------------------------------------------------------------


@blueprint.route("/assignments")
class AssignmentsView(MethodView):
    decorators = [limiter.limit(MAKING, methods=["PUT"])]

    @blueprint.response(200, shapes.AssignmentsShape)
    def get(self) -> dict[str, Any]:
        """Which agents each menu entry rings, in tiers; and who is assigned to nothing."""
        return services().staffing.assignments.show(manager())

    @blueprint.arguments(shapes.AssignmentsArgs)
    @blueprint.response(200, shapes.AssignmentsShape)
    def put(self, args: dict[str, Any]) -> dict[str, Any]:
        """Assign exactly this to the queues named. Live at once; 422 with ``problems``, then nothing is changed."""
        wanted = []
        for queue in args["queues"]:
            levels = {tier["agent_id"]: tier["level"] for tier in queue["tiers"]}
            wanted.append(Wanted(queue["id"], levels, queue["skill_id"]))
        return services().staffing.assignments.save(manager(), wanted, args["revision"])
