"""Commands of agents, each a POST below ``/agent/``, and what the desktop asks beside them."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.api.calls import with_words
from admin_ui.context import person, platform, services
from admin_ui.json_bodies import Blueprint
from app.services.errors import Refused
from app.services.staff import transfer_targets

blueprint = Blueprint("agent", __name__, description="Agents at work")

COMMANDS: tuple[tuple[str, type[schemas.Schema], str], ...] = (
    (
        "login",
        schemas.PlatformArgs,
        "Start work: the status becomes what the manager has set for after login.",
    ),
    ("logout", schemas.ForAgent, "End work. Refused during a call."),
    ("status", schemas.StatusArgs, "대기, 휴식 (with a reason) or 후처리. Refused during a call."),
    (
        "dial",
        schemas.DialArgs,
        "Call an extension, an outside number, a callback or an earlier call's number.",
    ),
    ("answer", schemas.ForAgent, "Have the phone accept the ringing call, if it can be told to."),
    ("reject", schemas.ForAgent, "Refuse the ringing call: it goes back to the head of its queue."),
    ("hangup", schemas.ForAgent, "Hang up the call, or stop dialling."),
    ("hold", schemas.ForAgent, "The customer hears music."),
    ("resume", schemas.ForAgent, "Back from hold."),
    ("mute", schemas.MuteArgs, "The customer does not hear the agent while on."),
    ("digits", schemas.DigitsArgs, "Send keypad digits to the other side."),
    ("transfer/blind", schemas.TransferArgs, "Pass the call on without asking."),
    ("transfer/consult", schemas.ConsultArgs, "Talk to a colleague first; the customer hears music."),
    ("transfer/complete", schemas.ForAgent, "고객연결: join customer and colleague, and leave."),
    ("transfer/cancel", schemas.ForAgent, "취소: back to the customer."),
    ("force-end", schemas.ForAgent, "강성종료: play the closing announcement and hang up."),
    ("reconnect", schemas.ForAgent, "The sound is lost: call the agent's phone again; the customer hears music."),
    ("wrap-up", schemas.WrapUpDoneArgs, "후처리 is done; the status becomes 대기 or 휴식."),
)


def _register(path: str, schema: type[schemas.Schema], words: str) -> None:
    class Command(MethodView):
        @blueprint.doc(summary=words)
        @blueprint.arguments(schema)
        @blueprint.response(200, schemas.Done)
        def post(self, args: dict[str, Any]) -> dict[str, Any]:
            given = dict(args)
            agent_id = given.pop("agent_id", None)
            if path == "login" and not given.get("platform"):
                given["platform"] = platform()
            return {"ok": True, "data": services().commands.send(person(), path, given, agent_id)}

    Command.__name__ = "Command_" + path.replace("/", "_").replace("-", "_")
    blueprint.route(f"/agent/{path}", endpoint=Command.__name__)(Command)


for _path, _schema, _words in COMMANDS:
    _register(_path, _schema, _words)


@blueprint.route("/agent/transfer/targets")
class Targets(MethodView):
    @blueprint.arguments(schemas.AgentIdArgs, location="query")
    @blueprint.response(200, schemas.Target(many=True))
    def get(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        """Colleagues in 대기 to whom a call can be passed now."""
        who = person()
        agent_id = args["agent_id"] if args["agent_id"] is not None else who.agent_id
        if who.agent_id not in (None, agent_id):
            raise Refused("forbidden")
        return transfer_targets(services().live.snapshot(who.tenant_id), agent_id)


@blueprint.route("/agent/current")
class CurrentCall(MethodView):
    @blueprint.response(200, schemas.Current)
    def get(self) -> dict[str, Any]:
        """The agent's own call with the customer's name, the last five calls with them, and the page of the
        tenant's own system about them (연동 URL)."""
        who = person()
        made = services()
        agents = made.live.snapshot(who.tenant_id).get("agents", ())
        own = next((agent for agent in agents if agent.get("id") == who.agent_id), None)
        call = (own or {}).get("call")
        if not call:
            return {"call": None, "customer_name": "", "recent": [], "integration_url": ""}
        # Who is consulted has the colleague as ``number``; the customer's stands beside it.
        number = str(call.get("customer_number", call.get("number")) or "")
        consulted = call.get("direction") == "consult"
        return {
            "call": call,
            "customer_name": made.staff.customer_name(who, number)
            or ("" if consulted else str(call.get("name") or "")),
            "recent": with_words(made.history.recent_with(who, number, before=str(call.get("id")))),
            "integration_url": made.staffing.settings.call_url(who, call),
        }
