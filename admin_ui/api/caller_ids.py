"""발신번호: which numbers the tenant may show when it calls, and which it shows. For managers."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file
from flask.views import MethodView

from admin_ui.api import ars_schemas as shapes
from admin_ui.api.ars import ID, UPLOADING, uploaded
from admin_ui.context import manager, services
from admin_ui.json_bodies import Blueprint
from admin_ui.security import limiter

blueprint = Blueprint("caller-ids", __name__, description="Caller IDs (전기통신사업법 §84-2)")


@blueprint.route("/caller-ids")
class CallerIds(MethodView):
    decorators = [limiter.limit(UPLOADING, methods=["POST"])]

    @blueprint.response(200, shapes.CallerIds)
    def get(self) -> dict[str, Any]:
        """The tenant's own numbers and those that it asked for, and which one customers see."""
        return services().caller_ids.all(manager())

    @blueprint.response(201, shapes.CallerIdShape)
    def post(self) -> dict[str, Any]:
        """Ask for a number (multipart: ``number``, and as ``file`` the 통신서비스 이용증명원: PDF, JPEG or PNG,
        5 MB at most). The platform's operator verifies it."""
        who = manager()
        name, data = uploaded()
        return services().caller_ids.request(who, request.form.get("number", ""), name, data)


@blueprint.route(f"/caller-ids/{ID.format('caller_id')}")
class CallerId(MethodView):
    @blueprint.response(204)
    def delete(self, caller_id: int) -> None:
        """Give a number up; the evidence is destroyed."""
        services().caller_ids.delete(manager(), caller_id)


@blueprint.route(f"/caller-ids/{ID.format('caller_id')}/evidence")
class Evidence(MethodView):
    @blueprint.response(200, content_type="application/octet-stream")
    def get(self, caller_id: int) -> Response:
        """The evidence, as a download."""
        path, media_type, name = services().caller_ids.evidence(manager(), caller_id)
        response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


@blueprint.route("/caller-id")
class Chosen(MethodView):
    @blueprint.arguments(shapes.NumberArgs)
    @blueprint.response(200, shapes.CallerIds)
    def put(self, args: dict[str, Any]) -> dict[str, Any]:
        """Choose the number that customers see: an own DID, or a verified one that has not expired."""
        return services().caller_ids.choose(manager(), args["number"])
