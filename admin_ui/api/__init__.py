"""The REST API, ``/api/v1``: everything that a screen does, by bearer token or session.

Errors are ``{"code", "message", "details"}``; the message is in the language of ``Accept-Language`` (or
``?lang=``). The description of it all is at ``/api/v1/openapi.json``.
"""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from admin_ui.api import (
    agent,
    ars,
    callbacks,
    caller_ids,
    calls,
    figures,
    live,
    session,
    setup,
    staffing,
    work,
)
from admin_ui.api.schemas import ErrorSchema


class SangdamApi(Api):  # type: ignore[misc]
    """flask-smorest, with the product's own error handling (``admin_ui.errors``)."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Nothing: the application's handlers answer."""


def install(app: Flask) -> None:
    """Register all blueprints and the description."""
    app.config.update(
        API_TITLE="Sangdam",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": __doc__},
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
                }
            },
            "security": [{"bearer": []}, {"session": []}],
        },
    )
    api = SangdamApi(app)
    for part in (session, live, agent, calls, callbacks, setup, figures, ars, caller_ids, staffing, work):
        api.register_blueprint(part.blueprint, url_prefix="/api/v1")
