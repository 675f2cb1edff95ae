"""What a tenant has set up, to choose from: agents, queues, contact types, break reasons."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.api.staffing_schemas import ManagedAgent
from admin_ui.context import person, services
from admin_ui.json_bodies import Blueprint

blueprint = Blueprint("setup", __name__, description="The tenant's people and lists")


@blueprint.route("/agents")
class Agents(MethodView):
    @blueprint.response(200, ManagedAgent(many=True))
    def get(self) -> list[dict[str, Any]]:
        """Agents (상담사) in use; managers see groups, skills, queues and locks as well."""
        who = person()
        return services().staffing.agents.agents(who) if who.is_manager else services().staff.agents(who)


@blueprint.route("/queues")
class Queues(MethodView):
    @blueprint.response(200, schemas.QueueShape(many=True))
    def get(self) -> list[dict[str, Any]]:
        """Queues (상담큐) in use."""
        return services().staff.queues(person())


@blueprint.route("/contact-types")
class ContactTypes(MethodView):
    @blueprint.response(200, schemas.ContactTypeShape(many=True))
    def get(self) -> list[dict[str, Any]]:
        """상담유형 for the write-up."""
        return services().staff.contact_types(person())


@blueprint.route("/break-reasons")
class BreakReasons(MethodView):
    @blueprint.response(200, schemas.BreakReasonShape(many=True))
    def get(self) -> list[dict[str, Any]]:
        """휴식사유."""
        return services().staff.break_reasons(person())
