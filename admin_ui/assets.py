"""Addresses of the bundled scripts and styles, with the content's hash, so that browsers may keep them."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, request

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"admin_ui": "/static/dist/", "agent_ui": "/desk/static/dist/"}


class Bundles:
    """What ``tools/build_front.mjs`` has made; read again when it was built anew."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, dict[str, str]]] = {}

    def url(self, part: str, name: str) -> str:
        """Where ``name`` (``portal.js``) of ``admin_ui`` or ``agent_ui`` is. Before a build: without a hash."""
        path = ROOT / part / "static" / "dist" / "manifest.json"
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:
            return PARTS[part] + name
        known = self._known.get(part)
        if known is None or known[0] != changed:
            known = (changed, json.loads(path.read_text("utf-8")))
            self._known[part] = known
        return PARTS[part] + known[1].get(name, name)


def install(app: Flask) -> None:
    bundles = Bundles()
    app.jinja_env.globals["bundle"] = bundles.url

    @app.after_request
    def keep_bundles(response: Response) -> Response:
        if response.status_code in (200, 304) and "/static/dist/" in request.path:
            hashed = "v" in request.args or "/dist/files/" in request.path
            response.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if hashed else "no-cache"
            )
        return response
