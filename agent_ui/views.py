"""Pages of the desktop below ``/desk``: log in, the desktop itself, and what makes it installable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.api.session import LOGINS_PER_ADDRESS, begin_session, end_session, me
from admin_ui.context import person
from admin_ui.i18n import language, translate
from admin_ui.security import limiter
from app.services import messages
from app.services.errors import Refused
from app.services.people import Role

HERE = Path(__file__).resolve().parent
ICONS = ("icon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png")

blueprint = Blueprint(
    "desk", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)


@blueprint.get("/")
def home() -> Any:
    """The desktop. Its data comes with it, so that it is there at once after a reload during a call."""
    if not current_user.is_authenticated or current_user.person.agent_id is None:
        return redirect(url_for("desk.login"))
    words = {code: messages.text(code, language()) for code in messages.TEXTS}
    response = make_response(render_template("desk/desk.html", me=me(person()), words=words))
    # Calls take over one tab with the tenant's own page (연동 URL). Fully isolated, the desk would not find that tab
    # again and open another with each call. The page still cannot read anything of ours.
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])
def login() -> Any:
    """서비스명 + 상담사ID + 비밀번호, case sensitive."""
    given = {name: request.form.get(name, "").strip() for name in ("service_name", "login")}
    error, status = None, 200
    if request.method == "POST":
        try:
            begin_session(Role.AGENT, given["service_name"], given["login"], request.form.get("password", ""))
            return redirect(url_for("desk.home"))
        except Refused as refusal:
            error, status = messages.text(refusal.code, language(), **refusal.details), refusal.status
    elif current_user.is_authenticated and current_user.person.agent_id is not None:
        return redirect(url_for("desk.home"))
    return render_template("desk/login.html", error=error, given=given), status


@blueprint.post("/logout")
def logout() -> AnyResponse:
    """End the session; the desktop has ended work with the ``logout`` command before."""
    if current_user.is_authenticated:
        end_session()
    return redirect(url_for("desk.login"))


@blueprint.get("/licences")
def licences() -> str:
    """Open-source licences of what the browser loads."""
    return render_template(
        "desk/licences.html", packages=json.loads((HERE / "licences.json").read_text("utf-8"))
    )


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What makes the desktop installable on phones and PCs."""
    icons = [
        {"src": url_for("desk.icon", name="icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": url_for("desk.icon", name="icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": url_for("desk.icon", name="icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": url_for("desk.icon", name="icon-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    body = {
        "id": "/desk/",
        "name": translate("상담 데스크"),
        "short_name": translate("상담"),
        "lang": language(),
        "start_url": url_for("desk.home"),
        "scope": "/desk/",
        "display": "standalone",
        "background_color": "#f4f6fb",
        "theme_color": "#17235b",
        "icons": icons,
    }
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """The service worker, served from its scope's own folder."""
    return send_from_directory(HERE / "static", "sw.js", mimetype="text/javascript", max_age=0)


@blueprint.get("/icons/<name>")
def icon(name: str) -> Response:
    """The product's own pictures, public: browsers fetch a manifest's icons without the session."""
    if name not in ICONS:
        abort(404)
    response = send_from_directory(HERE / "static" / "icons", name)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
