"""What the portal's pages share: where to go on to, and the period that an address holds."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from flask import request

from admin_ui.context import manager, services
from admin_ui.i18n import language
from app.services import messages
from app.services.errors import Refused
from app.services.periods import LONGEST_DAYS, PRESETS, day_bounds, preset, today

PER_PAGE = 50


def safe_target(wanted: str | None, otherwise: str) -> str:
    """A page of ours to go on to; never another site's, whatever the address says."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted


def period_from_query() -> dict[str, Any]:
    """The filter that the address holds, with today for what is missing; ``error`` in words when it cannot be.

    The keys are those of ``admin_ui.api.schemas.CallArgs``.
    """
    who = manager()
    now = services().clock.now()
    day = today(now, who.timezone)
    found: dict[str, Any] = {
        "error": None,
        "page": max(1, number_from_query("page") or 1),
        "per_page": PER_PAGE,
    }
    try:
        if request.args.get("period") in PRESETS:
            found["date_from"], found["date_to"] = preset(request.args["period"], now, who.timezone)
        else:
            found["date_from"] = _date("from") or day
            found["date_to"] = _date("to") or max(day, found["date_from"])
        found["from_time"], found["to_time"] = _time("from_time"), _time("to_time")
        found["start"], found["end"] = day_bounds(found["date_from"], found["date_to"], who.timezone)
    except (Refused, ValueError) as error:
        refused = error if isinstance(error, Refused) else Refused("bad_period", days=LONGEST_DAYS)
        found["error"] = messages.text(refused.code, language(), **refused.details)
        found.update(date_from=day, date_to=day, from_time=None, to_time=None)
        found["start"], found["end"] = day_bounds(day, day, who.timezone)
    return found


def number_from_query(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _date(name: str) -> date | None:
    value = request.args.get(name)
    return date.fromisoformat(value) if value else None


def _time(name: str) -> time | None:
    value = request.args.get(name)
    return time.fromisoformat(value) if value else None
