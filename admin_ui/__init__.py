"""The web: login, admin portal, REST API and, by ``agent_ui``, the agents' desktop.

``create_app`` is given the use cases and the checked settings; nothing here knows a database or Redis.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Response, jsonify

import agent_ui
from admin_ui import (
    addresses,
    api,
    assets,
    context,
    errors,
    i18n,
    json_bodies,
    pages,
    pages_ars,
    pages_staff,
    pages_statistics,
    proxies,
    security,
)
from app.services.container import Services, WebSettings

__all__ = ["create_app"]

LARGEST_REQUEST = 1_000_000
SESSION_LASTS = timedelta(hours=12)


def create_app(services: Services, settings: WebSettings, **config: Any) -> Flask:
    """The WSGI application.

    ``config`` overrides Flask's settings; ``RATELIMIT_STORAGE_URI`` should name the Redis when several web
    processes run.
    """
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.read_secret_key(),
        SESSION_COOKIE_NAME="sangdam",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        RATELIMIT_STORAGE_URI="memory://",
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    app.config.update(config)
    app.json = json_bodies.Json(app)
    app.url_map.converters["int"] = addresses.Identity
    proxies.install(app, settings.trusted_proxies, settings.public_url)
    i18n.install(app)
    assets.install(app)
    context.install(app, services, settings)
    security.install(app, settings)
    addresses.install(app)
    errors.install(app)
    api.install(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(pages_statistics.blueprint)
    app.register_blueprint(pages_ars.blueprint)
    app.register_blueprint(pages_staff.blueprint)
    app.register_blueprint(agent_ui.blueprint, url_prefix="/desk")

    @app.get("/healthz")
    @security.limiter.exempt
    def healthz() -> Response:
        """Alive; asks nothing of anybody, so that a slow database does not get the web restarted."""
        return jsonify(status="ok")

    return app
