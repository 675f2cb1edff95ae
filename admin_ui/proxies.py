"""What the servers in front of us are believed: where a request came from, and whether it came by TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def install(app: Flask, proxies: int, public_url: str) -> None:
    """Believe so many proxies. Each adds to ``X-Forwarded-For`` the address that it was asked from: the client's is
    the last but ``proxies - 1``, and what stands before it anybody can have written. ``X-Forwarded-Proto`` and
    ``-Host`` are the nearest proxy's word.

    The product speaks no TLS itself. Where browsers reach it by ``https`` there is a front that does, whether it is
    counted among the proxies or not: then every request came by TLS.
    """
    if public_url.lower().startswith("https://"):
        app.wsgi_app = _ByTls(app.wsgi_app)  # type: ignore[method-assign]
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=1, x_host=1
        )


class _ByTls:
    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return self._application(environ, start_response)
