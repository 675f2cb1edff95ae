"""The live view: once, or as server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask.views import MethodView

from admin_ui.context import address, person, services
from admin_ui.json_bodies import Blueprint
from app.services.live import for_person
from app.services.people import Person

blueprint = Blueprint("live", __name__, description="What is going on now")

KEEP_ALIVE_SECONDS = 15.0
RECHECK_SECONDS = 30.0


def view_of(who: Person) -> dict[str, Any]:
    """The snapshot as this person may see it, with ``type`` and ``simulated``."""
    made = services()
    found = made.live.snapshot(who.tenant_id)
    found.setdefault("simulated", made.simulated())
    return for_person({**found, "type": "snapshot"}, who) or {}


@blueprint.route("/live")
class Live(MethodView):
    @blueprint.response(200)
    def get(self) -> dict[str, Any]:
        """The snapshot: agents, queues, resources. Agents see themselves and the queues' counts.

        ``controller`` is false while no controller is running: what is shown is then the last that was known.
        """
        return view_of(person())


@blueprint.route("/events")
class Events(MethodView):
    @blueprint.response(200, content_type="text/event-stream")
    def get(self) -> Response:
        """Server-sent events: ``snapshot`` at once and at each change (at most four a second), ``agent`` the
        moment an agent changes, ``bye`` when the session has ended."""
        who = person()
        response = Response(_events(who), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # a proxy in front is to pass each event on at once
        response.headers["Cache-Control"] = "no-store"
        return response


def _events(who: Person) -> Iterator[str]:
    made = services()
    simulated = made.simulated()
    caller = address()
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    first = view_of(who)

    def still_allowed() -> bool:
        by_token, by_identity = made.accounts.by_token, made.accounts.by_identity
        now = by_token(token, caller) if who.by_token else by_identity(who.identity, caller)
        return now is not None and now.address_allowed

    def stream() -> Iterator[str]:
        listener = made.live.join(who.tenant_id)
        last = _without_time(first)
        checked = time.monotonic()
        try:
            yield "retry: 2000\n\n" + _event("snapshot", first)
            while True:
                messages = listener.take(KEEP_ALIVE_SECONDS)
                if time.monotonic() - checked > RECHECK_SECONDS:
                    checked = time.monotonic()
                    if not still_allowed():
                        yield _event("bye", {"code": "not_authenticated"})
                        return
                if not messages:  # silence: the controller may be gone, so say how things stand
                    messages = [{**made.live.snapshot(who.tenant_id), "type": "snapshot"}]
                for message in messages:
                    if message.get("type") != "agent":
                        message.setdefault("simulated", simulated)
                        message.setdefault("controller", True)
                    shown = for_person(message, who)
                    if shown is None:
                        continue
                    if message.get("type") == "agent":
                        yield _event("agent", shown)
                    elif who.is_manager or _without_time(shown) != last:
                        last = _without_time(shown)
                        yield _event("snapshot", shown)
                    else:
                        yield ": still here\n\n"
        finally:
            made.live.leave(who.tenant_id, listener)

    return stream()


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, default=str)}\n\n"


def _without_time(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in snapshot.items() if key not in ("at", "type")}
