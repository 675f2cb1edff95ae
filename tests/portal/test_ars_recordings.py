"""Uploaded recordings: what uses them, and away with those that nothing uses."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import InvalidDefinition
from app.services import ars_announcements
from tests.portal.centre import audit
from tests.portal.outside import sound
from tests.portal.test_ars_draft import document


@pytest.fixture
def manager(program) -> Any:
    return program("demo", "admin")


def upload(manager: Any, name: str = "인사말.wav") -> int:
    answer = manager.post("/ars/prompts", data={"file": (io.BytesIO(sound(1.5)), name)})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def draft(manager: Any, **uploads: int) -> None:
    answer = manager.put("/ars/draft", json={"document": document(uploads=uploads)})
    assert answer.status_code == 200, answer.json


def listed(manager: Any, language: str = "ko") -> dict[int, list[str]]:
    rows = manager.get("/ars/prompts", headers={"Accept-Language": language}).json["items"]
    return {row["id"]: [use["words"] for use in row["uses"]] for row in rows}


def files(world: Any) -> list[Path]:
    return sorted((world.settings.state / "prompts").glob("t*/uploads/*.wav"))


def test_a_recording_that_nothing_uses_goes_with_its_file(manager, world) -> None:
    kept, gone = upload(manager), upload(manager, "예전 인사말.wav")
    assert len(files(world)) == 2
    assert manager.delete(f"/ars/prompts/{gone}").status_code == 204
    assert listed(manager) == {kept: []} and len(files(world)) == 1
    assert manager.get(f"/ars/prompts/{gone}").status_code == 404
    assert manager.delete(f"/ars/prompts/{gone}").status_code == 404
    assert manager.get(f"/ars/prompts/{kept}").status_code == 200
    assert audit(world, subject="ARS서비스")[-1] == ("delete", "ok", {"file": "예전 인사말.wav", "id": gone})


def test_what_uses_it_is_said_and_it_stays(manager, world) -> None:
    old, new = upload(manager), upload(manager, "새 인사말.wav")
    draft(manager, greeting=old, announcement_2=old)
    assert listed(manager) == {new: [], old: ["고치고 있는 설정의 인사말, 2번 안내 방송"]}
    assert manager.post("/ars/apply", json={}).status_code == 200
    assert listed(manager)[old] == ["지금 적용된 설정의 인사말, 2번 안내 방송"]
    world.clock.moment += timedelta(days=1)
    draft(manager, greeting=new)
    assert manager.post("/ars/apply", json={}).status_code == 200
    (past,) = listed(manager)[old]
    assert past.endswith("에 적용했던 설정의 인사말, 2번 안내 방송")
    assert listed(manager, "en")[new] == ["what callers hear now: greeting"]
    refused = manager.delete(f"/ars/prompts/{old}")
    assert (refused.status_code, refused.json["code"]) == (409, "recording_in_use")
    assert past in refused.json["message"] and "인사말.wav" in refused.json["message"]
    english = manager.delete(f"/ars/prompts/{new}", headers={"Accept-Language": "en"}).json["message"]
    assert "what callers hear now: greeting" in english
    assert len(files(world)) == 2 and set(listed(manager)) == {old, new}


def test_one_that_was_taken_out_of_the_draft_can_go(manager) -> None:
    file = upload(manager)
    draft(manager, greeting=file)
    assert manager.delete(f"/ars/prompts/{file}").status_code == 409
    draft(manager)
    assert manager.delete(f"/ars/prompts/{file}").status_code == 204


def test_a_draft_that_was_checked_before_and_saved_after_is_refused(manager, world) -> None:
    """Two managers at the same moment: what the check found is looked at again where it is written."""
    file = upload(manager)
    own = world.tenants["demo"]
    assert manager.delete(f"/ars/prompts/{file}").status_code == 204
    for write in (own.save_draft, lambda definition: own.publish(definition, "admin")):
        with pytest.raises(InvalidDefinition):
            write({"menu": [], "slots": [], "holidays": [], "uploads": {"greeting": file}})
    assert own.ars("draft") is None and own.ars("live") is None


def test_at_the_limit_the_way_out_is_told(manager, monkeypatch) -> None:
    monkeypatch.setattr(ars_announcements, "MOST_FILES", 2)
    first, _ = upload(manager), upload(manager)
    for language, says in (("ko", "쓰지 않는 녹음을 삭제"), ("en", "Delete those that are not used")):
        sent = {"file": (io.BytesIO(sound(1)), "a.wav")}
        refused = manager.post("/ars/prompts", data=sent, headers={"Accept-Language": language})
        assert refused.json["code"] == "too_many_files" and says in refused.json["message"]
    assert manager.get("/ars/prompts").json["most"] == 2
    assert manager.delete(f"/ars/prompts/{first}").status_code == 204
    upload(manager)


def test_only_the_tenants_own_managers(program, manager, world) -> None:
    file = upload(manager)
    assert program("other", "admin").delete(f"/ars/prompts/{file}").status_code == 404
    assert program("demo", "agent1").delete(f"/ars/prompts/{file}").status_code == 403
    assert program("demo", "agent1").get("/ars/prompts").status_code == 403
    assert program("other", "admin").get("/ars/prompts").json["items"] == []
    assert len(files(world)) == 1


def test_a_file_that_is_gone_already_is_no_hindrance(manager, world) -> None:
    file = upload(manager)
    files(world)[0].unlink()
    assert manager.delete(f"/ars/prompts/{file}").status_code == 204
    assert listed(manager) == {}
