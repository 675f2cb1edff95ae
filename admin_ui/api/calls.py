"""상담이력 and recordings, write-ups."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, request, send_file
from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.context import person, services
from admin_ui.i18n import translate
from admin_ui.json_bodies import Blueprint
from admin_ui.outcomes import OUTCOMES
from app.services.history import page_of
from app.services.people import Person
from app.services.periods import day_bounds, today
from app.services.repository import CallFilter

blueprint = Blueprint("calls", __name__, description="Calls that were, and what was written about them")


def with_words(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Calls with 호종료상세사유 in words."""
    return [
        {**call, "outcome_text": translate(OUTCOMES.get(call["outcome"], call["outcome"]))} for call in calls
    ]


def call_filter(who: Person, args: dict[str, Any]) -> CallFilter:
    """The filter that the arguments of a list mean; without days: today."""
    day = today(services().clock.now(), who.timezone)
    first: date = args.get("date_from") or args.get("date_to") or day
    last: date = args.get("date_to") or max(first, day)
    start, end = day_bounds(first, last, who.timezone)
    wanted = CallFilter(
        start=start,
        end=end,
        limit=args["per_page"],
        **{
            name: args[name]
            for name in (
                "from_time",
                "to_time",
                "queue_id",
                "agent_id",
                "contact_type_id",
                "direction",
                "missed",
            )
        },
        number=args["number"].replace("-", "").replace(" ", ""),
    )
    return page_of(wanted, args["page"])


@blueprint.route("/calls")
class CallList(MethodView):
    @blueprint.arguments(schemas.CallArgs, location="query")
    @blueprint.response(200, schemas.Calls)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Calls of a period, newest first. Internal calls only with ``direction=internal``."""
        who = person()
        items, total = services().history.list_calls(who, call_filter(who, args), unmask=args["unmask"])
        return {
            "total": total,
            "page": args["page"],
            "per_page": args["per_page"],
            "items": with_words(items),
        }


@blueprint.route("/calls/<call_id>")
class CallOne(MethodView):
    @blueprint.arguments(schemas.UnmaskArgs, location="query")
    @blueprint.response(200, schemas.CallDetail)
    def get(self, args: dict[str, Any], call_id: str) -> dict[str, Any]:
        """A call with its way through queues, offers and talks."""
        found = services().history.call(person(), call_id, unmask=args["unmask"])
        return with_words([found])[0]


@blueprint.route("/calls/<call_id>/recording")
class Recording(MethodView):
    @blueprint.arguments(schemas.RecordingArgs, location="query")
    @blueprint.response(200, content_type="audio/wav")
    def get(self, args: dict[str, Any], call_id: str) -> Response:
        """The recording: left the customer, right the agent. Takes ``Range``. Written into 작업이력 as
        listening, or as download with ``download=true``."""
        continues = request.headers.get("Range", "bytes=0-").strip() != "bytes=0-"
        path, name = services().history.recording(
            person(), call_id, listen=not args["download"], note=not continues
        )
        response = send_file(
            path, mimetype="audio/wav", conditional=True, as_attachment=args["download"], download_name=name
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


@blueprint.route("/calls/<call_id>/wrap-up")
class WrapUp(MethodView):
    @blueprint.arguments(schemas.AgentIdArgs, location="query")
    @blueprint.response(200, schemas.WrapUp)
    def get(self, args: dict[str, Any], call_id: str) -> dict[str, Any]:
        """The write-up: the agent's own; for a manager the newest, or that of ``agent_id``."""
        return services().history.wrap_up(person(), call_id, args["agent_id"])

    @blueprint.arguments(schemas.WrapUpArgs)
    @blueprint.response(200, schemas.WrapUp)
    def put(self, args: dict[str, Any], call_id: str) -> dict[str, Any]:
        """Keep 상담유형, 문의 and 조치 (1,024 characters each), during the call or any time after. An agent
        writes up the own calls; a manager names an agent of the call."""
        who = person()
        made = services()
        agent_id = args.pop("agent_id")
        writer = who.agent_id if who.agent_id is not None else agent_id
        return made.history.save_wrap_up(
            who, call_id, agent_id=agent_id, in_progress=_is_theirs(who, writer, call_id), **args
        )


def _is_theirs(who: Person, writer: int | None, call_id: str) -> bool:
    """Whether the live view says that the writer is in this call, or writing it up."""
    for agent in services().live.snapshot(who.tenant_id).get("agents", ()):
        if writer is not None and agent.get("id") == writer:
            return call_id in ((agent.get("call") or {}).get("id"), agent.get("wrap_up_call"))
    return False
