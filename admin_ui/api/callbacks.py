"""콜백: what customers asked to be called back about."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.context import person, services
from admin_ui.json_bodies import Blueprint
from app.services.periods import day_bounds

blueprint = Blueprint(
    "callbacks", __name__, description="Callbacks; POST /agent/dial with callback_id calls one"
)


@blueprint.route("/callbacks")
class CallbackList(MethodView):
    @blueprint.arguments(schemas.CallbackArgs, location="query")
    @blueprint.response(200, schemas.Callbacks)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Callbacks, newest first; of any day unless ``from`` and ``to`` say otherwise."""
        who = person()
        start = end = None
        if args["date_from"] or args["date_to"]:
            first = args["date_from"] or args["date_to"]
            start, end = day_bounds(first, args["date_to"] or first, who.timezone)
        items, total = services().history.list_callbacks(
            who,
            state=args["state"],
            start=start,
            end=end,
            limit=args["per_page"],
            offset=(args["page"] - 1) * args["per_page"],
        )
        return {"total": total, "page": args["page"], "per_page": args["per_page"], "items": items}


@blueprint.route("/callbacks/<int:callback_id>")
class CallbackOne(MethodView):
    @blueprint.response(204)
    def delete(self, callback_id: int) -> None:
        """Take a pending callback off the list."""
        services().history.delete_callback(person(), callback_id)
