"""서비스 설정 › 상담서비스: the page is an island that speaks the REST API (``admin_ui/assets/staff.js``)."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from admin_ui.context import for_managers, settings

blueprint = Blueprint("staff_pages", __name__)


@blueprint.get("/settings/staff")
@for_managers
def staff() -> str:
    """상담서비스."""
    desk = settings().public_url.rstrip("/") + url_for("desk.home")
    return render_template("settings/staff.html", desk=desk)
