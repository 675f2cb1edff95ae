"""작업이력 tells what was changed, in words, in both languages."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from app.services.audit_words import Names, Told, told
from tests.portal.centre import open_centre
from tests.portal.outside import sound
from tests.portal.world import add_call


def address(language: str = "ko") -> str:
    """The page of the days about now: entries carry the time at which they were really written."""
    first, last = (datetime.now(UTC).date() + timedelta(days=days) for days in (-1, 1))
    return f"/history/audit?from={first}&to={last}&lang={language}"


def shown(client: Any, language: str = "ko") -> list[str]:
    """What the entries hold, opened, newest first, as plain text."""
    page = client.get(address(language)).get_data(as_text=True)
    opened = re.findall(r'<tr class="told".*?</tr>', page, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in opened]


@pytest.fixture
def entries(log_in, client) -> Any:
    log_in("admin", role="manager")
    return lambda language="ko": "\n".join(shown(client, language))


def test_what_managers_change_is_told(entries, program, world) -> None:
    open_centre(world)
    manager = program("demo", "admin")
    one, two = world.agents["demo"]["agent1"], world.agents["demo"]["agent2"]
    queue = world.queues["demo"]["주문 문의"]
    group = manager.post("/groups", json={"name": "야간조"}).json["id"]
    skill = manager.post("/skills", json={"name": "일본어"}).json["id"]
    changes = {"name": "김하늘", "active": False, "group_id": group, "skills": [{"id": skill, "level": 3}]}
    assert manager.patch(f"/agents/{one}", json=changes).status_code == 200
    tiers = [{"agent_id": one, "level": 2}, {"agent_id": two, "level": 1}]
    wanted = {"queues": [{"id": queue, "tiers": tiers, "skill_id": skill}]}
    assert manager.put("/assignments", json=wanted).status_code == 200
    settings = {"recall_seconds": 45, "status_after_login": "on_break", "allowed_addresses": ["127.0.0.0/8"]}
    assert manager.put("/settings", json=settings).status_code == 200
    kind = manager.post("/contact-types", json={"name": "예약", "code": 55}).json["id"]
    assert manager.patch(f"/contact-types/{kind}", json={"name": "방문 예약"}).status_code == 200
    assert manager.patch(f"/groups/{group}", json={"name": "새벽조"}).status_code == 200
    assert manager.patch(f"/skills/{skill}", json={"name": "일어"}).status_code == 200
    assert manager.post("/ars/prompts", data={"file": (io.BytesIO(sound(2)), "새 인사말.wav")}).status_code == 201
    korean, english = entries(), entries("en")
    for ko, en in (
        ("상담사ID agent1 이름 김하늘 사용 아니요 그룹 새벽조 스킬 일어 (3)",
         "Agent ID agent1 Name 김하늘 Active no Group 새벽조 Skills 일어 (3)"),
        ("상담배정 주문 문의: agent2 (1차), agent1 (2차) · 스킬 일본어",
         "Assignments 주문 문의: agent2 (tier 1), agent1 (tier 2) · Skill 일본어"),
        ("재호출 시간(초) 30 → 45", "Ring time (s) 30 → 45"),
        ("로그인후 상태 대기 → 휴식", "Status after log-in available → on break"),
        ("허용 IP 어디서나 → 127.0.0.0/8", "Allowed addresses anywhere → 127.0.0.0/8"),
        ("상담유형 예약 → 방문 예약 코드 55", "Contact type 예약 → 방문 예약 Code 55"),
        ("그룹 야간조 → 새벽조", "Group 야간조 → 새벽조"),
        ("스킬 일본어 → 일어", "Skill 일본어 → 일어"),
        ("파일 새 인사말.wav 길이(초) 2.0", "File 새 인사말.wav Length (s) 2.0"),
    ):  # fmt: skip
        assert ko in korean
        assert en in english


def test_what_was_looked_at_is_told_and_a_call_opens(entries, client, world) -> None:
    add_call(world, call_id="one", talk=30)
    assert client.get("/history/calls?period=today").status_code == 200
    assert client.get("/history/calls/one").status_code == 200
    assert "조회한 건수 1 전체 건수 1" in entries() and "통화 통화 보기" in entries()
    page = client.get(address()).get_data(as_text=True)
    assert 'href="/history/calls/one"' in page
    for number in re.findall(r'aria-controls="(told-\d+)"', page):
        assert page.count(f'id="{number}"') == 1


def test_text_of_others_stays_text(entries, program, client) -> None:
    program("demo", "admin").post("/groups", json={"name": "<b>야간</b>"})
    assert "그룹 <b>야간</b>" in entries()
    assert "<b>야간" not in client.get(address()).get_data(as_text=True)


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"changes": ["메뉴를 없앱니다."]}, [("바뀐 내용", ("메뉴를 없앱니다.",))]),
        ({"code": "not_published"}, None),
        ({"group_id": 77}, [("그룹", ("#77",))]),
        ({"something_new": {"a": [1]}}, [("something_new", ("{'a': [1]}",))]),
        ({"allowed_addresses": [["10.0.0.1"], []]}, [("허용 IP", ("10.0.0.1 → 어디서나",))]),
        ({"id": 4, "reason": "", "skill": None, "queues": []}, []),
        ({"new": ["a", "b"], "changed": {"kim": ["name", "menus"]}},
         [("새 상담사", ("a, b",)), ("바꾼 상담사", ("kim: 이름, 상담메뉴",))]),
        ({"timezone": ["Asia/Seoul", "Asia/Tokyo"], "undone": True},
         [("시간대", ("Asia/Seoul → Asia/Tokyo",)), ("되돌림", ("예",))]),
    ],
)  # fmt: skip
def test_entries_of_every_age_are_read(details, lines) -> None:
    """Nothing is hidden for want of words, and what was written as a sentence stays one."""
    found = told(details, "ko", Names())
    if lines is None:
        (only,) = found
        assert only.label == "사유" and "아무것도 바뀌지 않았습니다" in only.values[0]
    else:
        assert found == [Told(label, values) for label, values in lines]
