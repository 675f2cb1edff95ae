"""ARS서비스, the draft: kept whole or not at all, its queues, two managers at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

MENU: list[dict[str, Any]] = [
    {"digit": "1", "name": "주문 문의", "queue_id": None, "announcement": None, "queue": {"callback": "by_key"}},
    {"digit": "2", "name": "영업시간 안내", "queue_id": None, "announcement": "평일 9시부터 6시까지 엽니다."},
    {"digit": "3", "name": "배송", "entries": [{"digit": "1", "name": "교환"}, {"digit": "2", "name": "반품"}]},
]
DOCUMENT: dict[str, Any] = {
    "menu": MENU,
    "slots": [{"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00", "open": True, "name": "평일"}],
    "holidays": [{"day": "2027-01-01", "name": "신정", "kind": "public", "yearly": False}],
    "texts": {"greeting": "안녕하세요. 가나다 상점입니다."},
    "uploads": {},
    "menu_tries": 2,
    "menu_timeout_seconds": 7,
}


def document(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DOCUMENT), **changes}


@pytest.fixture
def manager(program) -> Any:
    return program("demo", "admin")


def test_a_tenant_without_an_ars_gets_an_empty_document(manager) -> None:
    shown = manager.get("/ars/draft").json
    assert (shown["state"], shown["document"]["menu"], shown["versions"]) == ("none", [], 0)
    assert "demo입니다" in shown["defaults"]["greeting"]
    assert shown["speech"] == {"speaks": True, "advice": ""}


def test_a_draft_is_kept_and_its_agents_have_queues(manager, world) -> None:
    shown = manager.put("/ars/draft", json={"document": DOCUMENT}).json
    assert shown["state"] == "draft"
    first, second, third = shown["document"]["menu"]
    assert second == {**MENU[1], "entries": []}
    ids = [first["queue_id"], *(inner["queue_id"] for inner in third["entries"])]
    rows = {row.id: row for row in world.tenants["demo"].queues(drafted=True)}
    assert [(rows[one].name, rows[one].live) for one in ids] == [("주문 문의", False), ("교환", False), ("반품", False)]
    assert rows[ids[0]].callback == "by_key" and first["queue"]["longest_wait_seconds"] == 600
    assert manager.get("/ars/draft").json["document"] == shown["document"]
    assert shown["assigned"] == {str(one): 0 for one in ids}
    assert shown["spoken"]["greeting"] == "안녕하세요. 가나다 상점입니다."
    assert set(rows) - {row.id for row in world.tenants["demo"].queues()} == set(ids)


def test_an_entry_that_goes_takes_its_never_live_queue_along(manager, world) -> None:
    own = world.tenants["demo"]
    saved = manager.put("/ars/draft", json={"document": DOCUMENT}).json["document"]
    queue_id = saved["menu"][0]["queue_id"]
    own.set_tiers(queue_id, {world.agents["demo"]["agent1"]: 1})
    before = {row.id for row in own.queues(drafted=True)}
    saved["menu"].pop(0)
    assert manager.put("/ars/draft", json={"document": saved}).status_code == 200
    assert {row.id for row in own.queues(drafted=True)} == before - {queue_id}
    assert own.tiers() == []
    assert manager.delete("/ars/draft").json["state"] == "none"
    assert {row.id for row in own.queues(drafted=True)} == {row.id for row in own.queues()}


def test_all_problems_are_told_at_once_and_nothing_is_kept(manager) -> None:
    bad = document(
        menu=[
            {"digit": "1", "name": "하나"},
            {"digit": "1", "name": ""},
            {"digit": "0", "name": "영", "announcement": "안내", "queue_id": 1},
        ],
        slots=[{"weekdays": [], "start": "9:00", "end": "25:00"}],
        holidays=[
            {"day": "2027-02-30", "name": "없는 날"},
            {"day": "2027-01-01", "name": "신정"},
            {"day": "2027-01-01", "name": "또 신정"},
        ],
        texts={"greeting": "가" * 201, "nothing": "x"},
        uploads={"greeting": 4},
    )
    refused = manager.put("/ars/draft", json={"document": bad})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_ars")
    problems = {(one["where"], one["code"]) for one in refused.json["details"]["problems"]}
    assert problems == {
        ("menu.1.name", "name_missing"),
        ("menu.1.digit", "digit_twice"),
        ("menu.2.digit", "bad_digit"),
        ("menu.2", "two_kinds"),
        ("slots.0.weekdays", "no_weekdays"),
        ("slots.0.start", "bad_time"),
        ("slots.0.end", "bad_time"),
        ("holidays.0.day", "bad_day"),
        ("holidays.2.day", "holiday_twice"),
        ("texts.greeting", "text_too_long"),
        ("texts", "unknown_prompt"),
        ("uploads.greeting", "unknown_upload"),
    }
    twice = next(one for one in refused.json["details"]["problems"] if one["code"] == "digit_twice")
    assert twice["message"] == "1번은 '하나'에서 이미 사용하고 있습니다. 다른 번호를 선택해 주세요."
    assert twice["place"] == "메뉴 › 1번 › 번호"
    english = manager.put("/ars/draft", json={"document": bad}, headers={"Accept-Language": "en"}).json
    assert english["details"]["problems"][0]["message"].isascii()
    assert manager.get("/ars/draft").json["state"] == "none"


def test_overlapping_hours_are_pointed_out_and_kept(manager) -> None:
    slots = [
        {"weekdays": [0, 1], "start": "09:00", "end": "18:00", "open": True, "name": "낮"},
        {"weekdays": [1], "start": "17:30", "end": "02:00", "open": True, "name": "밤"},
    ]
    shown = manager.put("/ars/draft", json={"document": document(slots=slots)}).json
    assert [(one["where"], one["code"]) for one in shown["warnings"]] == [("slots.1", "slots_overlap")]
    assert "낮 월·화요일 09:00–18:00" in shown["warnings"][0]["message"]


def test_two_managers_at_once_the_second_learns_who_was_first(program, world) -> None:
    own = world.tenants["demo"]
    own.create_user(login="boss", password_hash="-", name="사장님")
    first, second = program("demo", "admin"), program("demo", "admin")
    revision = first.get("/ars/draft").json["revision"]
    saved = first.put("/ars/draft", json={"document": DOCUMENT, "revision": revision}).json
    refused = second.put("/ars/draft", json={"document": document(menu_tries=5), "revision": revision})
    assert (refused.status_code, refused.json["code"]) == (409, "changed_meanwhile")
    assert refused.json["details"]["by"] == "관리자 admin (demo)"
    assert "관리자 admin (demo)" in refused.json["message"]
    assert refused.json["details"]["revision"] == saved["revision"]
    assert second.delete(f"/ars/draft?revision={revision}").status_code == 409
    assert first.get("/ars/draft").json["document"]["menu_tries"] == 2
    again = second.put("/ars/draft", json={"document": document(menu_tries=5), "revision": saved["revision"]})
    assert again.status_code == 200


def test_texts_are_told_without_keeping_anything(manager) -> None:
    told = manager.post("/ars/texts", json={"document": DOCUMENT}).json
    assert "주문 문의" in told["defaults"]["menu"] and "교환" in told["defaults"]["menu_3"]
    assert manager.get("/ars/draft").json["state"] == "none"
