"""The live view as server-sent events, and the description of the API."""

from __future__ import annotations

import json
import threading

from app.services.live import LiveHub
from tests.portal.world import FakeFeed, agent_element, snapshot_of


def events(stream, count: int) -> list[tuple[str, dict]]:
    """The next events of a stream, comments left out."""
    found = []
    for chunk in stream:
        for block in chunk.decode().split("\n\n"):
            lines = dict(
                line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":"
            )
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"])))
        if len(found) >= count:
            return found
    return found


def wait_for_listener(world, tenant_id: int) -> None:
    """Until the reader of the feed has subscribed: what is published before is not a change for it."""
    for _ in range(200):
        if any(thread.name == f"feed-{tenant_id}" for thread in threading.enumerate()):
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody reads the feed")


def test_a_manager_is_told_everything_an_agent_the_own(world, program) -> None:
    tenant_id = world.tenants["demo"].tenant_id
    streams = {}
    for login in ("admin", "agent1"):
        answer = program("demo", login).get("/events")
        assert answer.mimetype == "text/event-stream"
        streams[login] = answer.iter_encoded()
    first = {login: events(stream, 1)[0] for login, stream in streams.items()}
    assert [name for name, _ in first.values()] == ["snapshot", "snapshot"]
    assert len(first["admin"][1]["agents"]) == 3 and len(first["agent1"][1]["agents"]) == 1
    wait_for_listener(world, tenant_id)

    def publish() -> None:
        for login in ("agent2", "agent1"):
            ringing = agent_element(world, login, state="ringing", call={"id": "c", "number": "01012345678"})
            world.feed.publish(tenant_id, {"type": "agent", "agent": ringing})

    timer = threading.Timer(0.2, publish)
    timer.start()
    managers = events(streams["admin"], 2)
    assert [(name, data["agent"]["login"], data["agent"]["call"]["number"]) for name, data in managers] == [
        ("agent", "agent2", "010-12**-56**"),
        ("agent", "agent1", "010-12**-56**"),
    ]
    (own,) = events(streams["agent1"], 1)
    assert (own[1]["agent"]["login"], own[1]["agent"]["call"]["number"]) == ("agent1", "01012345678")
    timer.join()
    for stream in streams.values():
        stream.close()


def test_a_silent_controller_is_told(world, program) -> None:
    world.feed.alive = False
    assert program("demo", "agent1").get("/live").json["controller"] is False


def test_a_feed_that_cannot_be_read_is_told_too(world, program) -> None:
    def broken(_tenant_id: int) -> None:
        raise ConnectionError("no Redis")

    world.feed.snapshot = broken
    seen = program("demo", "agent1").get("/live").json
    assert (seen["controller"], seen["agents"], seen["switch"]) == (False, [], "down")


def test_a_slow_listener_gets_the_newest_only() -> None:
    feed = FakeFeed()
    hub = LiveHub(feed)
    listener = hub.join(1)
    for number in range(50):
        listener.put("snapshot", {"type": "snapshot", "at": number})
        listener.put("agent-1", {"type": "agent", "agent": {"id": 1, "at": number}})
    taken = listener.take(0)
    assert [message.get("at", message.get("agent", {}).get("at")) for message in taken] == [49, 49]
    assert listener.take(0) == []
    hub.leave(1, listener)


def test_the_api_describes_itself(client, world) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described["openapi"].startswith("3.")
    paths = described["paths"]
    for path in (
        "/api/v1/session",
        "/api/v1/me",
        "/api/v1/live",
        "/api/v1/events",
        "/api/v1/agent/dial",
        "/api/v1/agent/transfer/consult",
        "/api/v1/calls",
        "/api/v1/calls/{call_id}/recording",
        "/api/v1/calls/{call_id}/wrap-up",
        "/api/v1/callbacks",
        "/api/v1/statistics/{kind}.xlsx",
    ):
        assert path in paths, path
    assert set(described["components"]["schemas"]["Error"]["properties"]) == {"code", "message", "details"}
    world.feed.publish(world.tenants["demo"].tenant_id, snapshot_of(world))
