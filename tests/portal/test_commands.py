"""Agents' commands: from the API to the command bus, and refusals back in words."""

from __future__ import annotations

import pytest

from app.services import messages
from app.services.commands import COMMANDS
from tests.portal.world import add_call, add_callback, agent_element, snapshot_of


@pytest.mark.parametrize(
    ("path", "body", "name", "args"),
    [
        ("login", {"platform": "WINDOWS"}, "log_in", {"platform": "WINDOWS"}),
        ("logout", {}, "log_out", {}),
        (
            "status",
            {"status": "on_break", "reason": "식사"},
            "set_status",
            {"status": "on_break", "reason": "식사"},
        ),
        ("dial", {"number": "010-1234-5678"}, "dial", {"number": "01012345678"}),
        ("answer", {}, "answer", {}),
        ("reject", {}, "reject", {}),
        ("hangup", {}, "hang_up", {}),
        ("hold", {}, "hold", {}),
        ("resume", {}, "resume", {}),
        ("mute", {"on": True}, "mute", {"on": True}),
        ("digits", {"digits": "12#"}, "send_digits", {"digits": "12#"}),
        ("transfer/blind", {"target_queue": 2}, "blind_transfer", {"target_queue": 2}),
        ("transfer/consult", {"target_agent": 3}, "consult", {"target_agent": 3}),
        ("transfer/complete", {}, "complete_transfer", {}),
        ("transfer/cancel", {}, "cancel_transfer", {}),
        ("force-end", {}, "force_end", {}),
        ("reconnect", {}, "reconnect", {}),
        ("wrap-up", {"status": "available"}, "wrap_up_done", {"status": "available", "reason": ""}),
    ],
)
def test_each_command_reaches_the_controller(program, world, path, body, name, args) -> None:
    answer = program("demo", "agent1").post(f"/agent/{path}", json=body)
    assert (answer.status_code, answer.json["ok"]) == (200, True)
    agent_id = world.agents["demo"]["agent1"]
    assert world.bus.asked == [(world.tenants["demo"].tenant_id, name, {"agent_id": agent_id, **args})]


def test_the_table_above_knows_every_command() -> None:
    marks = next(
        mark for mark in test_each_command_reaches_the_controller.pytestmark if mark.name == "parametrize"
    )
    assert {row[0] for row in marks.args[1]} == COMMANDS.keys()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("in_call", 409),
        ("phone_not_registered", 409),
        ("bad_number", 422),
        ("international_refused", 403),
        ("unknown_agent", 404),
        ("no_switch", 503),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_refusal_says_what_to_do(program, world, code, status, language) -> None:
    world.bus.refusals["dial"] = code
    answer = program("demo", "agent1").post(
        "/agent/dial", json={"number": "1002"}, headers={"Accept-Language": language}
    )
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.json["message"] == messages.text(code, language)


def test_a_silent_controller_is_said_so(program, world) -> None:
    world.bus.silent = True
    answer = program("demo", "agent1").post("/agent/hold", json={})
    assert (answer.status_code, answer.json["code"]) == (504, "controller_timeout")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("status", {"status": "asleep"}),
        ("status", {}),
        ("mute", {}),
        ("dial", {}),
        ("dial", {"number": "1", "call_id": "x"}),
        ("dial", {"number": "1" * 31}),
        ("transfer/blind", {}),
        ("transfer/blind", {"target_agent": 1, "target_queue": 1}),
        ("transfer/consult", {"target_agent": "somebody"}),
        ("hold", {"surprise": 1}),
        ("wrap-up", {"status": "wrap_up"}),
    ],
)
def test_malformed_commands_are_refused_before_the_controller(program, world, path, body) -> None:
    answer = program("demo", "agent1").post(f"/agent/{path}", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert answer.json["details"]["errors"]
    assert world.bus.asked == []


def test_a_body_that_is_no_json_is_refused(program) -> None:
    answer = program("demo", "agent1").post("/agent/mute", data="{", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_an_unknown_command_is_not_found(program) -> None:
    assert program("demo", "agent1").post("/agent/dance", json={}).json["code"] == "not_found"


def test_redial_and_callback_find_the_number_themselves(program, world) -> None:
    add_call(world, call_id="earlier", number="01036123712")
    add_call(world, call_id="withheld", number="anonymous")
    add_callback(world, key="cb", number="01033445866")
    agent = program("demo", "agent1")
    assert agent.post("/agent/dial", json={"call_id": "earlier"}).status_code == 200
    assert agent.post("/agent/dial", json={"callback_id": 1}).status_code == 200
    assert agent.post("/agent/dial", json={"call_id": "withheld"}).json["code"] == "number_unknown"
    assert [args.get("number") for _, _, args in world.bus.asked] == ["01036123712", "01033445866"]
    assert world.bus.asked[1][2]["callback_id"] == 1
    assert agent.delete("/callbacks/1").status_code == 204
    assert agent.post("/agent/dial", json={"callback_id": 1}).json["code"] == "no_such_callback"


def test_transfer_targets_are_idle_and_in_waiting(program, world) -> None:
    tenant = world.tenants["demo"].tenant_id
    cases = [
        ({}, True),
        ({"status": "on_break"}, False),
        ({"state": "on_call"}, False),
        ({"registered": False}, False),
    ]
    for changes, offered in cases:
        world.feed.publish(
            tenant,
            snapshot_of(
                world, agents=[agent_element(world, "agent1"), agent_element(world, "agent2", **changes)]
            ),
        )
        found = program("demo", "agent1").get("/agent/transfer/targets").json
        assert [target["extension"] for target in found] == (["1002"] if offered else []), changes


def test_the_current_call_comes_with_the_customer_and_the_last_five(program, world) -> None:
    for number in range(7):
        add_call(world, call_id=f"past-{number}", minutes_ago=100 - number, talk=10)
    world.feed.publish(
        world.tenants["demo"].tenant_id,
        snapshot_of(
            world,
            agents=[
                agent_element(
                    world, "agent1", call={"id": "past-6", "number": "01036123712", "name": "김하늘"}
                )
            ],
        ),
    )
    found = program("demo", "agent1").get("/agent/current").json
    assert found["customer_name"] == "김하늘"
    assert [call["id"] for call in found["recent"]] == [f"past-{number}" for number in (5, 4, 3, 2, 1)]
    assert found["recent"][0]["outcome_text"] == "상담사 연결 성공"
