"""Headers, CSRF and rate limits, by hand: what every answer of the web carries and every request meets."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, generate_csrf

from app.services.container import WebSettings

# Without Redis each process counts for itself: nobody is locked out for that, and nobody may guess freely.
limiter = Limiter(
    key_func=get_remote_address, default_limits=[], headers_enabled=True, in_memory_fallback_enabled=True
)
csrf = CSRFProtect()

LARGEST_UPLOAD = 11_000_000
UPLOADS = frozenset({"ars.Prompts", "caller-ids.CallerIds"})
"""Endpoints that take files of up to ten megabytes, from people who are logged in."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def nonce() -> str:
    """This request's nonce for the few inline scripts (data for the page, never code of others)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def wait_seconds() -> int:
    """How long to wait when the limit of this request is reached."""
    reached = limiter.current_limit
    return max(1, int(reached.reset_at - time.time())) if reached is not None else 60


def websocket_url(settings: WebSettings) -> str:
    """Where this browser's phone registers: the host it already reached us by, at the WebSocket's port.

    Behind TLS a page may open ``wss`` only: the TLS port of the switch if it has one, else the path
    ``/sip`` of the same host, which the TLS front hands to the switch.
    """
    host = urlsplit(f"//{request.host}").hostname or settings.reachable_ip
    shown = f"[{host}]" if ":" in host else host
    if request.is_secure:
        if settings.wss_port:
            return f"wss://{shown}:{settings.wss_port}"
        return f"wss://{request.host}/sip"
    return f"ws://{shown}:{settings.ws_port}"


def install(app: Flask, settings: WebSettings) -> None:
    """Add the checks before each request and the headers after it."""
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session: a day's page still saves
    csrf.init_app(app)
    limiter.init_app(app)
    app.jinja_env.globals.update(csp_nonce=nonce, csrf_token=generate_csrf)

    @app.before_request
    def let_uploads_be_large() -> None:
        """Before anything reads the form; looking for a CSRF token does."""
        if request.endpoint in UPLOADS and current_user.is_authenticated:
            request.max_content_length = LARGEST_UPLOAD

    @app.before_request
    def refuse_forged_requests() -> None:
        """A session's changes need the token. A bearer token proves intent by itself: browsers never
        attach one on their own. So does a JSON log-in, which no form of another site can send. An address
        of the API that does not exist is said to be that."""
        if request.method in SAFE_METHODS or _bearer():
            return
        if (request.endpoint, request.method) == ("session.Session", "POST") and request.is_json:
            return
        if request.endpoint is None and request.path.startswith("/api/"):
            return
        csrf.protect()

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _policy(settings))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"
        )
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if not request.path.startswith(("/static/", "/desk/static/")):
            headers.setdefault("Cache-Control", "no-store")
        return response


def _bearer() -> bool:
    return request.headers.get("Authorization", "").startswith("Bearer ")


def _policy(settings: WebSettings) -> str:
    """Only our own files; the phone's WebSocket and blobs of recordings beside them."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce()}'",
            # Tabler and chart.js set style attributes from scripts, which 'self' allows; none stands in pages
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {websocket_url(settings)}",
            "media-src 'self' blob:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
