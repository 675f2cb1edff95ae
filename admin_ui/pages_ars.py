"""서비스 설정 › ARS서비스: the page is an island that speaks the REST API (``admin_ui/assets/ars.js``)."""

from __future__ import annotations

from flask import Blueprint, render_template

from admin_ui.context import for_managers

blueprint = Blueprint("ars_pages", __name__)


@blueprint.get("/settings/ars")
@for_managers
def ars() -> str:
    """ARS서비스."""
    return render_template("settings/ars.html")
