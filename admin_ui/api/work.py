"""상담유형, 휴식사유, 업무관리 and 접근관리, for managers."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.api import staffing_schemas as shapes
from admin_ui.context import address, manager, services
from admin_ui.json_bodies import Blueprint
from admin_ui.security import limiter
from app.services.work_settings import RANGES, shown_address

blueprint = Blueprint("work", __name__, description="상담서비스: lists, settings and access control")

TESTS, SAVING = "10/minute", "120/minute"
"""Each test calls somebody else's server; settings that are live at once, FreeSWITCH reads anew."""


# -- 상담유형, 휴식사유 -----------------------------------------------------------------------------


@blueprint.route("/contact-types")
class NewContactType(MethodView):
    @blueprint.arguments(shapes.ContactTypeArgs)
    @blueprint.response(201, schemas.ContactTypeShape)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A new 상담유형."""
        who = manager()
        made = services().staffing.lists.create_contact_type(who, args["name"], args["code"])
        return next(row for row in services().staff.contact_types(who) if row["id"] == made)


@blueprint.route("/contact-types/order")
class ContactTypeOrder(MethodView):
    @blueprint.arguments(shapes.OrderArgs)
    @blueprint.response(200, schemas.ContactTypeShape(many=True))
    def put(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        """The list in this order."""
        who = manager()
        services().staffing.lists.order_contact_types(who, args["ids"])
        return services().staff.contact_types(who)


@blueprint.route("/contact-types/<int:type_id>")
class ContactTypeView(MethodView):
    @blueprint.arguments(shapes.ContactTypeChangeArgs)
    @blueprint.response(200, schemas.ContactTypeShape)
    def patch(self, args: dict[str, Any], type_id: int) -> dict[str, Any]:
        """Change name or code; what was written up with it shows the new name."""
        who = manager()
        services().staffing.lists.update_contact_type(who, type_id, **args)
        return next(row for row in services().staff.contact_types(who) if row["id"] == type_id)

    @blueprint.response(204)
    def delete(self, type_id: int) -> None:
        """No longer offered; histories and statistics keep it."""
        services().staffing.lists.delete_contact_type(manager(), type_id)


@blueprint.route("/break-reasons")
class NewBreakReason(MethodView):
    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(201, schemas.BreakReasonShape)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A new 휴식사유."""
        who = manager()
        made = services().staffing.lists.create_break_reason(who, args["name"])
        return next(row for row in services().staff.break_reasons(who) if row["id"] == made)


@blueprint.route("/break-reasons/order")
class BreakReasonOrder(MethodView):
    @blueprint.arguments(shapes.OrderArgs)
    @blueprint.response(200, schemas.BreakReasonShape(many=True))
    def put(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        """The list in this order."""
        who = manager()
        services().staffing.lists.order_break_reasons(who, args["ids"])
        return services().staff.break_reasons(who)


@blueprint.route("/break-reasons/<int:reason_id>")
class BreakReasonView(MethodView):
    @blueprint.arguments(shapes.NameArgs)
    @blueprint.response(200, schemas.BreakReasonShape)
    def patch(self, args: dict[str, Any], reason_id: int) -> dict[str, Any]:
        """A new name."""
        who = manager()
        services().staffing.lists.update_break_reason(who, reason_id, args["name"])
        return next(row for row in services().staff.break_reasons(who) if row["id"] == reason_id)

    @blueprint.response(204)
    def delete(self, reason_id: int) -> None:
        """No longer offered."""
        services().staffing.lists.delete_break_reason(manager(), reason_id)


# -- 업무관리, 접근관리 -----------------------------------------------------------------------------


@blueprint.route("/settings")
class SettingsView(MethodView):
    decorators = [limiter.limit(SAVING, methods=["PUT"])]

    @blueprint.response(200, shapes.SettingsShape)
    def get(self) -> dict[str, Any]:
        """What holds for all agents, 연동 URL, and from where managers may come (empty: from anywhere)."""
        return {**services().staffing.settings.show(manager()), "ranges": RANGES}

    @blueprint.arguments(shapes.SettingsArgs)
    @blueprint.response(200, shapes.SettingsShape)
    def put(self, args: dict[str, Any]) -> dict[str, Any]:
        """Change the fields given, all or none (422 with ``problems``). Live at once."""
        return {**services().staffing.settings.save(manager(), args), "ranges": RANGES}


@blueprint.route("/settings/integration-test")
class IntegrationTest(MethodView):
    decorators = [limiter.limit(TESTS)]

    @blueprint.arguments(shapes.UrlArgs)
    @blueprint.response(200, shapes.IntegrationResult)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Call a 연동 URL once with sample values, from here; redirects are not followed."""
        return services().staffing.settings.test_integration(manager(), args["url"])


@blueprint.route("/settings/address")
class AddressView(MethodView):
    @blueprint.response(200, shapes.Address)
    def get(self) -> dict[str, str]:
        """The address that this request came from."""
        manager()
        return {"address": shown_address(address())}
