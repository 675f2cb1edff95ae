"""상담배정: which agents a menu entry rings, in which order, and who is left out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portal.centre import add_draft_entry, audit, open_centre


@pytest.fixture
def manager(world, program) -> Any:
    open_centre(world)
    return program("demo", "admin")


def tiers(**levels: int) -> list[dict[str, int]]:
    return [{"agent_id": int(name.removeprefix("a")), "level": level} for name, level in levels.items()]


def save(manager: Any, queue_id: int, **levels: int) -> Any:
    return manager.put("/assignments", json={"queues": [{"id": queue_id, "tiers": tiers(**levels)}]})


def test_the_menu_is_listed_in_its_order_with_its_keys(manager, world) -> None:
    shown = manager.get("/assignments").json
    assert [(queue["keys"], queue["name"], queue["live"]) for queue in shown["queues"]] == [
        ("1", "주문 문의", True), ("2", "배송 문의", True), ("31", "기타 문의", True),
    ]  # fmt: skip
    assert shown["unassigned"] == [1, 2, 3]


def test_what_is_assigned_is_live_at_once(manager, world) -> None:
    first, second, _ = world.queues["demo"].values()
    shown = save(manager, first, a1=1, a2=2).json
    assert shown["queues"][0]["tiers"] == tiers(a1=1, a2=2) and shown["unassigned"] == [3]
    assert world.tenants["demo"].config().queues[first].tiers == {1: 1, 2: 2}
    assert world.tenants["demo"].config().queues[second].tiers == {}
    assert world.notified == [world.tenants["demo"].tenant_id]
    # nobody answers the controller: FreeSWITCH rings the same people by itself, in the same order
    context = next((world.settings.state / "dialplan" / "tenants").glob("*.xml")).read_text("utf-8")
    assert "sangdam_agent=1]user/demo-1001" in context and context.index("demo-1001@") < context.index("demo-1002@")
    assert audit(world)[-1] == (
        "change", "ok", {"queues": [{"queue": "주문 문의", "agents": {"agent1": 1, "agent2": 2}, "skill": ""}]},
    )  # fmt: skip


def test_a_skill_brings_everybody_who_has_it(manager, world) -> None:
    first = next(iter(world.queues["demo"].values()))
    skill = manager.post("/skills", json={"name": "영어"}).json["id"]
    manager.patch("/agents/2", json={"skills": [{"id": skill, "level": 2}]})
    queue = {"id": first, "tiers": tiers(a1=1), "skill_id": skill}
    shown = manager.put("/assignments", json={"queues": [queue]}).json
    assert shown["queues"][0]["by_skill"] == tiers(a2=2) and shown["unassigned"] == [3]
    assert world.tenants["demo"].config().queues[first].tiers == {1: 1, 2: 2}
    manager.delete(f"/skills/{skill}")
    assert world.tenants["demo"].config().queues[first].tiers == {1: 1}


def test_a_queue_of_the_draft_is_shown_and_prepared(manager, world) -> None:
    queue_id = add_draft_entry(world, "새 메뉴")
    queue = manager.get("/assignments").json["queues"][-1]
    assert (queue["keys"], queue["name"], queue["live"]) == ("9", "새 메뉴", False)
    assert save(manager, queue_id, a3=1).json["queues"][-1]["tiers"] == tiers(a3=1)
    assert queue_id not in world.tenants["demo"].config().queues
    world.outside.publishing.apply(world.tenants["demo"].tenant_id, "test")
    assert world.tenants["demo"].config().queues[queue_id].tiers == {3: 1}


def test_inactive_and_deleted_agents_are_not_missed(manager, world) -> None:
    manager.patch("/agents/1", json={"active": False})
    manager.delete("/agents/2")
    assert manager.get("/assignments").json["unassigned"] == [3]


@pytest.mark.parametrize(
    ("queues", "wrong"),
    [
        ([{"id": 1, "tiers": [{"agent_id": 4}]}], [("queues.1.tiers", "unknown_agent")]),
        ([{"id": 1, "tiers": [{"agent_id": 1, "level": 0}]}], [("queues.1.tiers", "out_of_range")]),
        ([{"id": 1, "tiers": [{"agent_id": 1, "level": 10}]}], [("queues.1.tiers", "out_of_range")]),
        ([{"id": 4, "tiers": []}], [("queues.4", "choose_again")]),
        ([{"id": 1, "tiers": []}, {"id": 1, "tiers": []}], [("queues.1", "choose_again")]),
        ([{"id": 1, "tiers": [], "skill_id": 9}], [("queues.1.skill_id", "choose_again")]),
        (
            [{"id": 1, "tiers": [{"agent_id": 1}]}, {"id": 2, "tiers": [{"agent_id": 99}]}],
            [("queues.2.tiers", "unknown_agent")],
        ),
    ],
)
def test_one_wrong_thing_keeps_all_of_it_out(manager, world, queues, wrong) -> None:
    """Agent 4 and queue 4 are the other tenant's."""
    refused = manager.put("/assignments", json={"queues": queues})
    assert refused.status_code == 422
    assert [(each["where"], each["code"]) for each in refused.json["details"]["problems"]] == wrong
    assert list(world.tenants["demo"].tiers()) == [] and world.notified == []


def test_who_saves_over_anothers_change_is_told(manager, world) -> None:
    revision = manager.get("/assignments").json["revision"]
    save(manager, 1, a1=1)
    late = manager.put("/assignments", json={"queues": [{"id": 1, "tiers": tiers(a2=1)}], "revision": revision})
    assert (late.status_code, late.json["code"]) == (409, "changed_since")
    assert world.tenants["demo"].config().queues[1].tiers == {1: 1}
    now = manager.get("/assignments").json["revision"]
    again = manager.put("/assignments", json={"queues": [{"id": 1, "tiers": tiers(a2=1)}], "revision": now})
    assert again.status_code == 200
