"""The portal's pages: log in, live view, histories. Statistics are in ``pages_statistics``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from admin_ui import outcomes
from admin_ui.api.calls import call_filter, with_words
from admin_ui.api.live import view_of
from admin_ui.api.session import LOGINS_PER_ADDRESS, begin_session, end_session
from admin_ui.context import for_managers, manager, services
from admin_ui.i18n import LANGUAGES, language
from admin_ui.pages_common import PER_PAGE, number_from_query, period_from_query, safe_target
from admin_ui.security import limiter
from app.services import messages
from app.services.errors import Refused
from app.services.people import Role

blueprint = Blueprint("pages", __name__)

# -- logging in ---------------------------------------------------------------------------------


@blueprint.get("/")
def home() -> Response:
    """To where this person works."""
    if not current_user.is_authenticated:
        return redirect(url_for("pages.login"))
    return redirect(url_for("pages.dashboard" if current_user.person.is_manager else "desk.home"))


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])
def login() -> Any:
    """The manager's log-in."""
    given = {name: request.form.get(name, "").strip() for name in ("service_name", "login")}
    wanted = request.form.get("next") or request.args.get("next")
    error, status = None, 200
    if request.method == "POST":
        try:
            begin_session(
                Role.MANAGER, given["service_name"], given["login"], request.form.get("password", "")
            )
            return redirect(safe_target(wanted, url_for("pages.dashboard")))
        except Refused as refusal:
            error, status = messages.text(refusal.code, language(), **refusal.details), refusal.status
    elif current_user.is_authenticated and current_user.person.is_manager:
        return redirect(url_for("pages.dashboard"))
    return render_template("login.html", error=error, given=given, next=wanted), status


@blueprint.post("/logout")
def logout() -> Response:
    if current_user.is_authenticated:
        end_session()
    return redirect(url_for("pages.login"))


@blueprint.post("/language")
def choose_language() -> Response:
    """Korean or English, kept with the session and, for the next log-in, in a cookie."""
    chosen = request.form.get("language")
    response = redirect(safe_target(request.form.get("next"), url_for("pages.home")))
    if chosen in LANGUAGES:
        session["language"] = chosen
        response.set_cookie("language", chosen, max_age=31_536_000, httponly=True, samesite="Lax")
    return response


# -- 모니터링 -------------------------------------------------------------------------------------


@blueprint.get("/dashboard")
@for_managers
def dashboard() -> str:
    """통합대시보드: the figures come by the API and by server-sent events."""
    who = manager()
    return render_template("dashboard.html", snapshot=view_of(who), tenant=services().staff.tenant(who))


# -- 서비스 조회 ----------------------------------------------------------------------------------


def _calls(template: str, subject: str) -> str:
    who = manager()
    made = services()
    wanted = period_from_query()
    wanted.update(
        queue_id=number_from_query("queue_id"),
        agent_id=number_from_query("agent_id"),
        contact_type_id=number_from_query("contact_type_id"),
        direction=request.args.get("direction")
        if request.args.get("direction") in outcomes.DIRECTIONS
        else None,
        number="".join(char for char in request.args.get("number", "") if char in "0123456789+*#-"),
        missed={"yes": True, "no": False}.get(request.args.get("missed", "")),
        unmask=request.args.get("unmask") == "1" and who.may_unmask,
    )
    rows, total = made.history.list_calls(
        who, call_filter(who, wanted), unmask=wanted["unmask"], note=subject
    )
    return render_template(
        template,
        rows=with_words(rows),
        total=total,
        wanted=wanted,
        outcomes=outcomes,
        queues=made.staff.queues(who),
        agents=made.staff.agents(who),
        types=made.staff.contact_types(who),
        last_page=max(1, -(-total // PER_PAGE)),
    )


@blueprint.get("/history/calls")
@for_managers
def call_history() -> str:
    """수발신이력."""
    return _calls("history/calls.html", "수발신이력")


@blueprint.get("/history/contacts")
@for_managers
def contact_history() -> str:
    """상담이력."""
    return _calls("history/contacts.html", "상담이력")


@blueprint.get("/history/calls/<call_id>")
@for_managers
def call_detail(call_id: str) -> str:
    """One call with its way, its recording and what was written up."""
    who = manager()
    unmask = request.args.get("unmask") == "1" and who.may_unmask
    found = with_words([services().history.call(who, call_id, unmask=unmask)])[0]
    return render_template("history/call.html", call=found, outcomes=outcomes, unmask=unmask)


@blueprint.get("/history/callbacks")
@for_managers
def callback_history() -> str:
    """콜백처리이력."""
    wanted = period_from_query()
    state = request.args.get("state")
    rows, total = services().history.list_callbacks(
        manager(),
        state=state if state in outcomes.CALLBACKS else None,
        start=wanted["start"],
        end=wanted["end"],
        limit=PER_PAGE,
        offset=(wanted["page"] - 1) * PER_PAGE,
    )
    return _page("history/callbacks.html", rows, total, wanted)


@blueprint.get("/history/logins")
@for_managers
def login_history() -> str:
    """상담사로그인이력."""
    wanted = period_from_query()
    rows, total = services().history.list_logins(
        manager(), wanted["start"], wanted["end"], PER_PAGE, (wanted["page"] - 1) * PER_PAGE
    )
    return _page("history/logins.html", rows, total, wanted)


@blueprint.get("/history/audit")
@for_managers
def audit_history() -> str:
    """작업이력."""
    wanted = period_from_query()
    rows, total = services().history.list_audit(
        manager(), wanted["start"], wanted["end"], PER_PAGE, (wanted["page"] - 1) * PER_PAGE, language()
    )
    return _page("history/audit.html", rows, total, wanted)


def _page(template: str, rows: list[dict[str, Any]], total: int, wanted: dict[str, Any]) -> str:
    return render_template(
        template,
        rows=rows,
        total=total,
        wanted=wanted,
        outcomes=outcomes,
        last_page=max(1, -(-total // PER_PAGE)),
    )
