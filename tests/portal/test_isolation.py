"""A tenant never sees another's anything, whatever it asks for; an agent nothing that is the manager's."""

from __future__ import annotations

import pytest

from tests.portal.world import add_call, add_callback, agent_element

DEMO, OTHER = "demo", "other"


@pytest.fixture
def secrets(world) -> None:
    """Something of everything at the other tenant, and nothing at demo."""
    add_call(world, OTHER, call_id="theirs", agent="agent1", talk=30, recording=True, number="01099990000")
    add_callback(world, OTHER, key="their-callback", number="01099990000")


@pytest.mark.parametrize("login", ["admin", "agent1"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/calls/theirs", None),
        ("get", "/calls/theirs/recording", None),
        ("get", "/calls/theirs/wrap-up", None),
        ("put", "/calls/theirs/wrap-up", {"inquiry": "x", "agent_id": 1}),
        ("delete", "/callbacks/1", None),
        ("post", "/agent/dial", {"callback_id": 1, "agent_id": 1}),
        ("post", "/agent/dial", {"call_id": "theirs", "agent_id": 1}),
    ],
)
def test_another_tenants_things_are_not_found(secrets, program, world, login, method, path, body) -> None:
    kwargs = {"json": body} if body is not None else {}
    assert getattr(program(DEMO, login), method)(path, **kwargs).status_code == 404
    assert world.bus.asked == []


def test_no_list_shows_another_tenants_rows(secrets, program) -> None:
    manager = program(DEMO, "admin")
    lists = [
        "/calls",
        "/callbacks",
        "/agents",
        "/queues",
        "/contact-types",
        "/live",
        "/dashboard",
        "/summary",
        "/statistics/queues",
        "/statistics/agents",
        "/statistics/contact-types",
    ]
    for path in lists:
        body = manager.get(path).get_data(as_text=True)
        assert "9999" not in body and "남의상담사" not in body and "theirs" not in body, path
    assert manager.get("/calls").json["total"] == 0
    assert program(OTHER, "admin").get("/calls").json["total"] == 1


def test_a_manager_commands_the_own_agents_only(program, world) -> None:
    theirs = world.agents[OTHER]["agent1"]
    manager = program(DEMO, "admin")
    assert manager.post("/agent/hold", json={"agent_id": theirs}).json["code"] == "unknown_agent"
    assert manager.post("/agent/hold", json={}).json["code"] == "agent_required"
    assert world.bus.asked == []
    own = world.agents[DEMO]["agent2"]
    assert manager.post("/agent/hold", json={"agent_id": own}).status_code == 200
    assert world.bus.asked == [(world.tenants[DEMO].tenant_id, "hold", {"agent_id": own})]


def test_an_agent_commands_itself_only(program, world) -> None:
    agent = program(DEMO, "agent1")
    refused = agent.post("/agent/hangup", json={"agent_id": world.agents[DEMO]["agent2"]})
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert world.bus.asked == []


def test_an_agent_sees_the_own_element_and_the_queues_counts(program, world) -> None:
    world.feed.snapshots[world.tenants[DEMO].tenant_id]["agents"][1] = agent_element(
        world, "agent2", call={
            "id": "c", "number": "1003", "customer_number": "01012345678",
            "consult": {"agent_id": None, "number": "01087654321", "state": "talking"},
        }
    )
    seen = program(DEMO, "agent1").get("/live").json
    assert [agent["login"] for agent in seen["agents"]] == ["agent1"]
    assert seen["queues"][0]["waiting"] == 1 and "calls" not in seen["queues"][0]
    manager = program(DEMO, "admin").get("/live").json
    assert len(manager["agents"]) == 3
    call = manager["agents"][1]["call"]
    assert (call["number"], call["customer_number"]) == ("1003", "010-12**-56**")
    assert call["consult"]["number"] == "010-87**-43**"
    assert manager["queues"][0]["calls"][0]["number"] == "010-77**-88**"


@pytest.mark.parametrize("path", ["/statistics/queues", "/statistics/queues.xlsx", "/dashboard"])
def test_statistics_are_the_managers(program, path) -> None:
    assert program(DEMO, "agent1").get(path).status_code == 403


def test_the_portals_pages_are_the_managers(log_in, client) -> None:
    log_in("agent1")
    for path in ("/dashboard", "/history/calls", "/history/audit", "/statistics/queues", "/settings/ars"):
        assert client.get(path).status_code == 403


def test_recordings_are_read_from_the_tenants_own_folder_only(program, world) -> None:
    (world.settings.recordings_dir / "t2").mkdir()
    (world.settings.recordings_dir / "t2" / "x.wav").write_bytes(b"RIFF")
    for number, path in enumerate(("../../etc/passwd", "t1/../t2/x.wav", "/etc/passwd", "t2/x.wav", "t1")):
        add_call(world, call_id=f"odd-{number}", talk=5)
        with world.store.sessions.begin() as session:
            from app.adapters.sql.tables import CallRow

            session.get(CallRow, f"odd-{number}").recording = path
        answer = program(DEMO, "admin").get(f"/calls/odd-{number}/recording")
        assert (answer.status_code, answer.json["code"]) == (404, "recording_gone"), path
