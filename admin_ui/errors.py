"""Refusals and failures as answers: JSON below /api/, a page elsewhere, in the reader's language."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin_ui.i18n import language
from admin_ui.security import wait_seconds
from admin_ui.validation_words import all_in_korean
from app.core.errors import CoreError
from app.services import messages
from app.services.errors import status_of

log = logging.getLogger(__name__)

CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "bad_request",
    422: "invalid",
    429: "too_many_requests",
}


def answer(
    code: str, status: int, details: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """The answer to a refusal: ``{code, message, details}``, or a page that says the same."""
    message = messages.text(code, language(), **details)
    if isinstance(details.get("problems"), list):
        details = {**details, "problems": with_words(details["problems"])}
    if request.path.startswith("/api/"):
        # The details may repeat what was sent, and JSON can carry halves of letters, which UTF-8 cannot.
        body = current_app.json.dumps({"code": code, "message": message, "details": details})
        response = Response(f"{body}\n".encode("utf-8", "replace"), mimetype="application/json")
    elif status == 401:
        target = "desk.login" if request.path.startswith("/desk") else "pages.login"
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return make_response(redirect(url_for(target, next=wanted)))
    else:
        response = make_response(render_template("error.html", code=code, status=status, message=message))
    response.status_code = status
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def with_words(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Problems of fields or cells, each with its ``message`` in the reader's language."""
    shown = language()
    found = []
    for each in problems:
        gaps = {name: value for name, value in each.items() if name != "code"}
        found.append({"message": messages.text(each["code"], shown, **gaps), **each})
    return found


def install(app: Flask) -> None:
    @app.errorhandler(CoreError)
    def refused(error: CoreError) -> Response:
        return answer(error.code, status_of(error.code), _plain(error.details))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Response:
        return answer("csrf", 403, {})

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        if error.response is not None or (error.code or 500) < 400:
            return make_response(error.get_response())  # a redirect of the routing
        status = error.code or 500
        if status >= 500:
            return answer("internal", status, {"reference": secrets.token_hex(4)})
        data = getattr(error, "data", None) or {}
        details: dict[str, Any] = {}
        if "messages" in data:
            found = all_in_korean(data["messages"]) if language() == "ko" else data["messages"]
            details = {"errors": found, "fields": ", ".join(sorted(_fields(data["messages"])))}
        if status == 413:
            details["limit_mb"] = max(1, (request.max_content_length or 0) >> 20)
        if status == 429:
            details["seconds"] = wait_seconds()
        return answer(CODES.get(status, "bad_request"), status, details)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.exception(
            "request %s %s failed, reference %s", request.method, request.path, reference, exc_info=error
        )
        return answer("internal", 500, {"reference": reference})


def _fields(found: Any) -> set[str]:
    """Names of the fields that validation complains about, whatever part of the request they stood in."""
    names: set[str] = set()
    if isinstance(found, dict):
        for place in found.values():
            names |= {str(name) for name in place} if isinstance(place, dict) else set()
    return names or {"body"}


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """Details that JSON can carry."""
    return {
        key: value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)
        for key, value in details.items()
    }
