"""적용: what will change, live at once, versions, one click back."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.services.audit_words import Names, Told, told
from tests.portal.outside import sound
from tests.portal.test_ars_draft import document


@pytest.fixture
def manager(program) -> Any:
    return program("demo", "admin")


def save(manager: Any, **changes: Any) -> dict[str, Any]:
    answer = manager.put("/ars/draft", json={"document": document(**changes)})
    assert answer.status_code == 200, answer.json
    return answer.json["document"]


def test_the_first_publication(manager, world) -> None:
    own = world.tenants["demo"]
    own.add_did("07040000001")
    saved = save(manager)
    assert manager.get("/ars/changes").json[0]["sentence"] == "메뉴 1 '주문 문의'를 추가합니다 (상담원 연결)."
    applied = manager.post("/ars/apply", json={"note": "처음"}).json
    shown = manager.get("/ars/draft").json
    assert (shown["state"], shown["document"]) == ("live", saved)
    assert applied["changes"] and world.notified == [own.tenant_id]
    queue_id = saved["menu"][0]["queue_id"]
    row = next(row for row in own.queues() if row.id == queue_id)
    assert (row.live, row.name, row.callback, row.longest_wait_seconds) == (True, "주문 문의", "by_key", 600)
    config = own.config()
    assert config.queues[queue_id].callback == "by_key"
    assert [entry.name for entry in config.ars.menu] == ["주문 문의", "영업시간 안내", "배송"]
    assert set(config.ars.prompts) >= {"greeting", "menu", "menu_3", "announcement_2"}
    (version,) = manager.get("/ars/versions").json["items"]
    assert (version["state"], version["note"], version["published_by"]) == ("live", "처음", "관리자 admin (demo)")
    assert version["changes"] == applied["changes"]
    audit = manager.get("/ars/changes").json
    assert audit == []


def test_nothing_to_apply(manager) -> None:
    assert manager.post("/ars/apply", json={}).json["code"] == "nothing_to_apply"
    save(manager)
    assert manager.post("/ars/apply", json={}).status_code == 200
    again = manager.post("/ars/apply", json={})
    assert (again.status_code, again.json["code"]) == (409, "nothing_to_apply")
    live = manager.get("/ars/draft").json["document"]
    manager.put("/ars/draft", json={"document": live})
    assert manager.get("/ars/changes").json == []
    assert manager.post("/ars/apply", json={}).json["code"] == "nothing_to_apply"


def test_agents_are_missing_where_an_entry_gets_a_new_queue(manager) -> None:
    save(manager)
    manager.post("/ars/apply", json={})
    save(manager)  # the same names, and no queue_id
    assert manager.get("/ars/changes").json[0]["sentence"] == (
        "메뉴 1 '주문 문의'를 새 상담큐에 연결합니다. 상담사를 배정해 주세요."
    )


def test_a_draft_that_another_manager_changed_is_not_applied_unseen(manager) -> None:
    save(manager)
    revision = manager.get("/ars/draft").json["revision"]
    save(manager, menu_tries=4)
    assert manager.post("/ars/apply", json={"revision": revision}).json["code"] == "changed_meanwhile"
    assert manager.get("/ars/versions").json["total"] == 0


def test_one_click_back(manager, world) -> None:
    own = world.tenants["demo"]
    first = save(manager)
    manager.post("/ars/apply", json={})
    queue_id = first["menu"][0]["queue_id"]
    own.set_tiers(queue_id, {world.agents["demo"]["agent1"]: 1})
    slimmer = dict(first, menu=first["menu"][1:], texts={})
    manager.put("/ars/draft", json={"document": slimmer})
    kinds = {one["kind"] for one in manager.get("/ars/changes").json}
    assert kinds == {"menu.removed", "text.changed"}
    manager.post("/ars/apply", json={})
    assert queue_id not in {row.id for row in own.queues()}
    assert queue_id in own.config().queues, "who waits there is served on"
    newest, oldest = manager.get("/ars/versions").json["items"]
    assert (newest["state"], oldest["state"]) == ("live", "past")
    assert manager.get(f"/ars/versions/{oldest['id']}").json["document"] == first

    unfinished = save(manager, texts={"greeting": "다음 주부터 쓸 인사말"}, menu=slimmer["menu"])
    restored = manager.post(f"/ars/versions/{oldest['id']}/restore").json
    assert {one["kind"] for one in restored["changes"]} == {"menu.added", "text.changed"}
    assert queue_id in {row.id for row in own.queues()}
    assert own.config().queues[queue_id].tiers == {world.agents["demo"]["agent1"]: 1}
    items = manager.get("/ars/versions").json["items"]
    assert [one["restored_from"] for one in items] == [oldest["id"], None, None]
    assert manager.get("/ars/draft").json["document"] == unfinished, "a draft is left as it is"
    live = manager.post("/ars/preview", json={"at": "2026-12-01T10:00", "live": True})
    assert live.json["code"] == "no_such_number"
    again = manager.post(f"/ars/versions/{items[0]['id']}/restore")
    assert again.json["code"] == "nothing_to_apply"


def test_what_cannot_be_published_leaves_all_as_it_was(manager, world, monkeypatch) -> None:
    save(manager)
    manager.post("/ars/apply", json={})
    own = world.tenants["demo"]
    before = own.config()
    draft = save(manager, menu_tries=5)

    def fails(*_args: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(world.outside.publishing, "_publish_files", fails)
    refused = manager.post("/ars/apply", json={})
    assert (refused.status_code, refused.json["code"]) == (503, "not_published")
    assert own.config() == before
    assert manager.get("/ars/draft").json["document"] == draft
    entries, _ = own.audits(*all_time(world), 50, 0)
    assert (entries[0].action, entries[0].result) == ("apply", "failed")


def test_every_step_stands_in_the_audit(manager, world) -> None:
    saved = save(manager)
    manager.post("/ars/apply", json={})
    save(manager, **{**saved, "menu_tries": 5})
    manager.delete("/ars/draft")
    entries, _ = world.tenants["demo"].audits(*all_time(world), 50, 0)
    assert [(one.subject, one.action) for one in reversed(entries)] == [
        ("ARS서비스", "change"), ("ARS서비스", "apply"), ("ARS서비스", "delete"),
    ]  # fmt: skip
    names = Names()
    (dropped,) = told(entries[0].details, "ko", names)
    assert dropped == Told("버린 변경", ("메뉴를 2번 대신 5번까지 안내합니다.",))
    applied = next(one for one in entries if one.action == "apply")
    assert applied.actor == "관리자 admin (demo)"
    changes = {line.label: line.values for line in told(applied.details, "ko", names)}["바뀐 내용"]
    assert "상담시간 '평일 월·화·수·목·금요일 09:00–18:00'를 추가합니다." in changes
    english = {line.label: line.values for line in told(applied.details, "en", names)}["Changes"]
    assert len(english) == len(changes) and any("09:00–18:00" in sentence for sentence in english)


def test_a_caller_is_previewed_on_the_draft(manager, world) -> None:
    world.tenants["demo"].add_did("07040000001")
    save(manager)
    asked = {"at": "2026-12-01T10:00", "keys": ["3", "1"]}
    heard = manager.post("/ars/preview", json=asked).json["heard"]
    titles = [(one["kind"], one["title"]) for one in heard if one["kind"] in ("play", "ask")]
    assert ("ask", "3번 하위 메뉴 안내") in titles
    greeting = next(one for one in heard if one["kind"] == "ask" and one["name"] == "greeting")
    assert greeting["text"] == "안녕하세요. 가나다 상점입니다."
    assert any(one["kind"] == "wait" for one in heard)
    wanted = {"at": "2026-12-01T10:00", "keys": ["1", "*"], "waiting_seconds": 60}
    for number, asked_about in (("01036123712", True), ("", False)):
        heard = manager.post("/ars/preview", json={**wanted, "caller_number": number}).json["heard"]
        assert ("callback_confirm" in {one["name"] for one in heard}) is asked_about
    evening = manager.post("/ars/preview", json={"at": "2026-12-01T19:00"}).json["heard"]
    assert "after_hours" in {one["name"] for one in evening}
    english = manager.post("/ars/preview?lang=en", json=asked).json["heard"]
    assert "submenu 3" in {one["title"] for one in english}


def test_a_recording_is_played_instead_of_the_text(manager, world) -> None:
    world.tenants["demo"].add_did("07040000001")
    sent = {"file": (io.BytesIO(sound(2)), "인사말 <b>.wav")}
    file = manager.post("/ars/prompts", data=sent).json
    assert (file["name"], file["seconds"]) == ("인사말 <b>.wav", 2.0)
    saved = save(manager, uploads={"greeting": file["id"], "announcement_2": file["id"], "menu_2": file["id"]})
    assert saved["uploads"] == {"greeting": file["id"], "announcement_2": file["id"]}
    heard = manager.post("/ars/preview", json={"at": "2026-12-01T10:00"}).json["heard"]
    greeting = next(one for one in heard if one["kind"] == "ask" and one["name"] == "greeting")
    assert (greeting["upload"], greeting["text"], greeting["seconds"]) == (file["id"], "", 2.0)
    manager.post("/ars/apply", json={})
    path = world.tenants["demo"].config().ars.prompts["greeting"]
    assert Path(path).read_bytes() == sound(2)
    played = manager.get(f"/ars/prompts/{file['id']}")
    assert (played.mimetype, played.data) == ("audio/wav", sound(2))


def test_the_public_holidays_of_a_year(manager) -> None:
    days = manager.get("/ars/holidays?year=2027").json
    assert days[0] == {"day": "2027-01-01", "name": "신정", "kind": "public", "yearly": False}
    assert manager.get("/ars/holidays?year=1").status_code == 422


def all_time(world: Any) -> tuple[Any, Any]:
    return datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def test_the_year_proof_of_the_draft(manager, world) -> None:
    world.tenants["demo"].add_did("07040000001")
    save(manager)
    proof = manager.post("/ars/check").json
    assert len(proof["calendar"]) == 366 and proof["probes"] > 366
    assert proof["calendar"][0] == {"day": "2026-11-20", "open": [["09:00", "18:00"]], "holiday": None}
    assert next(day for day in proof["calendar"] if day["day"] == "2027-01-01")["holiday"] == "신정"
    nobody = [one for one in proof["findings"] if one["code"] == "menu.nobody"]
    assert [one["where"] for one in nobody] == ["menu.1", "menu.31", "menu.32"]
    assert nobody[0]["sentence"] == (
        "'주문 문의'를 받을 상담사가 없습니다. 상담배정에서 상담사를 배정해 주세요."
    )
    missing = next(one for one in proof["findings"] if one["code"] == "holiday.missing")
    assert missing["sentence"] == "앞으로 1년의 공휴일 1일이 휴일로 등록되어 있지 않습니다: 삼일절"


def test_texts_that_name_other_hours_are_pointed_out_while_typing_and_in_the_proof(manager, world) -> None:
    world.tenants["demo"].add_did("07040000001")
    menu = document()["menu"]
    menu[1]["announcement"] = "평일 9시부터 6시까지 엽니다."  # so it is
    typed = document(menu=menu, texts={"after_hours": "상담 시간은 평일 오전 9시부터 오후 7시까지입니다."})
    (said,) = manager.post("/ars/texts", json={"document": typed}).json["contradictions"]
    assert (said["prompt"], said["code"]) == ("after_hours", "claimed_but_closed")
    assert said["details"]["real"] == [["09:00", "18:00"]]
    assert said["sentence"] == (
        "월·화·수·목·금요일 18:00–19:00: 문구에서는 상담한다고 하지만 상담시간이 아닙니다. "
        "실제 상담시간: 09:00–18:00"
    )
    manager.put("/ars/draft", json={"document": typed})
    findings = manager.post("/ars/check?lang=en", json={}).json["findings"]
    (found,) = [one for one in findings if one["code"] == "text.contradicts_hours"]
    assert (found["where"], found["severity"]) == ("texts.after_hours", "warning")
    assert found["sentence"].startswith("Mon, Tue, Wed, Thu, Fri 18:00–19:00: the text says open")


def test_errors_of_the_proof_forbid_the_application(manager) -> None:
    save(manager, slots=[])
    refused = manager.post("/ars/apply", json={})
    assert (refused.status_code, refused.json["code"]) == (409, "ars_has_errors")
    (finding,) = refused.json["details"]["findings"]
    assert (finding["code"], finding["severity"]) == ("hours.never_open", "error")
    assert manager.get("/ars/draft").json["state"] == "draft"
    assert manager.get("/ars/versions").json["total"] == 0


def test_a_rehearsal_of_the_draft(manager, world) -> None:
    save(manager)
    busy = manager.post("/ars/rehearsal", json={})
    assert (busy.status_code, busy.json["code"]) == (503, "rehearsal_busy")
    world.tenants["demo"].add_did("07040000001")
    told = manager.post("/ars/rehearsal", json={}).json
    assert (told["passed"], told["failed"]) == (1, 1)
    first, second = told["calls"]
    assert (first["title"], first["passed"]) == ("07040000001 번호로 전화", True)
    assert second["faults"][0]["sentence"] == "기대와 다르게 끝났습니다."
    assert manager.get("/ars/versions").json["total"] == 0
