"""Korean and English. The Korean text is the key; ``catalogue/en.json`` holds the English for each.

No compilation step and no gettext: the templates, the Python here and the browsers' scripts read the same
file, and a test fails when a text that a screen uses has no English.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, g, request, session
from flask_babel import Babel

from app.core.billing import whole_seconds
from app.services.masking import pretty_number

LANGUAGES = ("ko", "en")
CATALOGUE = Path(__file__).with_name("catalogue") / "en.json"
COOKIE = "language"


@cache
def english() -> dict[str, str]:
    """Korean → English."""
    loaded: dict[str, str] = json.loads(CATALOGUE.read_text("utf-8"))
    return loaded


def language() -> str:
    """``ko`` or ``en``: the address' ``?lang=``, else the person's choice, else the browser's, else Korean."""
    chosen = request.args.get("lang") or session.get("language") or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    if request.path.startswith("/api/") and request.headers.get("Accept-Language"):
        return request.accept_languages.best_match(LANGUAGES) or "ko"
    return "ko"


def translate(text: str, **values: object) -> str:
    """``text`` (Korean) in the reader's language, with ``{gaps}`` filled."""
    shown = english().get(text, text) if language() == "en" else text
    return shown.format(**values) if values else shown


def localtime(moment: datetime | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment in the tenant's time zone; empty for None."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(g.get("timezone", "Asia/Seoul"))).strftime(form)


def clock(seconds: float | None) -> str:
    """Seconds as the reports write and round them: ``00:13:39``; hours do not wrap at 24."""
    whole = whole_seconds(seconds or 0.0)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def install(app: Flask) -> None:
    """Make ``_``, ``language``, ``localtime`` and ``clock`` known to templates; flask-babel for numbers."""
    Babel(app, default_locale="ko", locale_selector=language, timezone_selector=lambda: g.get("timezone"))
    app.jinja_env.globals.update(_=translate, language=language)
    filters = {"localtime": localtime, "clock": clock, "whole": whole_seconds, "telephone": pretty_number, "zip": zip}
    app.jinja_env.filters.update(filters)
