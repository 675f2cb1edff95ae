"""Log in and out, who am I, change the password."""

from __future__ import annotations

from typing import Any

from flask import session
from flask.views import MethodView
from flask_login import login_user, logout_user
from flask_wtf.csrf import generate_csrf

from admin_ui.api import schemas
from admin_ui.context import LoggedIn, address, person, platform, services, settings
from admin_ui.i18n import language
from admin_ui.json_bodies import Blueprint
from admin_ui.security import limiter, websocket_url
from app.services.people import Person, Role

blueprint = Blueprint("session", __name__, description="Sessions and the person behind them")

LOGINS_PER_ADDRESS = "30/minute; 200/hour"
"""A lock-out protects one account; this protects all of them from one address."""


def me(who: Person) -> dict[str, Any]:
    """What a client must know about the person: account of the phone, settings, whether calls are simulated."""
    made, checked = services(), settings()
    tenant = made.staff.tenant(who)
    snapshot = made.live.snapshot(who.tenant_id)
    shown: dict[str, Any] = {
        "role": who.role.value,
        "id": who.person_id,
        "login": who.login,
        "name": who.name,
        "service_name": who.service_name,
        "timezone": who.timezone,
        "may_unmask": who.may_unmask,
        "status_after_login": tenant.status_after_login,
        "status_after_call": tenant.status_after_call,
        "recall_seconds": tenant.recall_seconds,
        "service_level_seconds": tenant.service_level_seconds,
        "simulated": bool(snapshot.get("simulated", made.simulated())),
        "language": language(),
        "csrf_token": None if who.by_token else generate_csrf(),
        "extension": None,
        "group": None,
        "sip": None,
    }
    if who.agent_id is not None:
        own = next((agent for agent in made.staff.agents(who) if agent["id"] == who.agent_id), None)
        if own is not None:
            shown.update(extension=own["extension"], group=own["group"])
        account = made.staff.sip_account(who, checked.sip_domain)
        shown["sip"] = {
            "user": account.user,
            "password": account.password,
            "domain": account.domain,
            "ws_url": websocket_url(checked),
        }
    return shown


def begin_session(role: Role, service_name: str, login: str, password: str) -> Person:
    """Log in and start a fresh session, so that one planted before cannot be used after."""
    who = services().accounts.log_in(
        role, service_name, login, password, address=address(), platform=platform()
    )
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen
    login_user(LoggedIn(who))
    return who


def end_session() -> None:
    """Log out: written down, and the session emptied."""
    services().accounts.log_out(person(), platform=platform())
    chosen = session.get("language")
    logout_user()
    session.clear()
    if chosen:
        session["language"] = chosen


@blueprint.route("/session")
class Session(MethodView):
    """A browser's session. Programs use a bearer token and need none."""

    decorators = [limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])]

    @blueprint.doc(security=[])
    @blueprint.arguments(schemas.LogInArgs)
    @blueprint.response(200, schemas.Me)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Log in; sets the session's cookie. Later changes carry ``csrf_token`` as ``X-CSRFToken``."""
        who = begin_session(Role(args["role"]), args["service_name"], args["login"], args["password"])
        return me(who)

    @blueprint.response(204)
    def delete(self) -> None:
        """Log out."""
        end_session()


@blueprint.route("/me")
class MeView(MethodView):
    @blueprint.response(200, schemas.Me)
    def get(self) -> dict[str, Any]:
        """Who am I; for an agent also the SIP account, the WebSocket's address and the domain."""
        return me(person())


@blueprint.route("/me/password")
class Password(MethodView):
    decorators = [limiter.limit("10/minute")]

    @blueprint.arguments(schemas.PasswordArgs)
    @blueprint.response(204)
    def put(self, args: dict[str, Any]) -> None:
        """비밀번호 변경 with the old one. Other sessions of the person end."""
        who = person()
        changed = services().accounts.change_password(who, args["old"], args["new"])
        services().history.note(who, "비밀번호", "change")
        if not who.by_token:
            login_user(LoggedIn(changed))
