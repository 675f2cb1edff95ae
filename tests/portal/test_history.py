"""Histories: filters, masking, recordings, write-ups, and that every look is written down."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.portal.world import add_call, add_callback, agent_element, snapshot_of

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def audit(world) -> list[tuple[str, str]]:
    rows, _ = world.tenants["demo"].audits(*ALWAYS, 100, 0)
    return [(row.subject, row.action) for row in reversed(rows)]


@pytest.fixture
def calls(world) -> None:
    """At 14:30 in Seoul: some of today, one of yesterday."""
    add_call(world, call_id="answered", minutes_ago=60, talk=30, recording=True)
    add_call(
        world,
        call_id="missed",
        minutes_ago=120,
        queue="배송 문의",
        agent=None,
        outcome="queue_abandoned",
        number="0212345678",
    )
    add_call(world, call_id="dialled", minutes_ago=30, direction="outbound", talk=5, agent="agent2")
    add_call(
        world, call_id="internal", minutes_ago=20, direction="internal", talk=5, agent="agent2", number="1001"
    )
    add_call(world, call_id="yesterday", minutes_ago=16 * 60, talk=8)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["dialled", "answered", "missed"]),
        ("?from=2026-11-19&to=2026-11-19", ["yesterday"]),
        ("?from=2026-11-19", ["dialled", "answered", "missed", "yesterday"]),
        ("?from_time=13:00&to_time=13:59", ["answered"]),
        ("?missed=true", ["missed"]),
        ("?missed=false", ["dialled", "answered"]),
        ("?direction=internal", ["internal"]),
        ("?direction=outbound", ["dialled"]),
        ("?agent_id=2", ["dialled"]),
        ("?queue_id=2", ["missed"]),
        ("?number=02-1234", ["missed"]),
        ("?per_page=1&page=2", ["answered"]),
    ],
)
def test_filters(calls, program, query, found) -> None:
    answer = program("demo", "admin").get(f"/calls{query}")
    assert [call["id"] for call in answer.json["items"]] == found


@pytest.mark.parametrize("query", ["?from=2026-11-20&to=2026-11-19", "?from=2024-01-01&to=2026-01-01"])
def test_impossible_periods_are_refused(program, query) -> None:
    assert program("demo", "admin").get(f"/calls{query}").json["code"] == "bad_period"


@pytest.mark.parametrize("query", ["?from=yesterday", "?number=%27%3B--", "?per_page=100000", "?page=0"])
def test_malformed_filters_are_refused(program, query) -> None:
    assert program("demo", "admin").get(f"/calls{query}").status_code == 422


def test_numbers_are_masked_unless_the_right_is_used_which_is_noted(calls, program, world) -> None:
    manager = program("demo", "admin")
    assert manager.get("/calls/answered").json["number"] == "010-36**-37**"
    assert manager.get("/calls/answered?unmask=true").json["number"] == "010-3612-3712"
    assert audit(world) == [("상담이력", "view"), ("상담이력", "unmask")]
    assert program("demo", "agent1").get("/calls?unmask=true").status_code == 403


def test_a_recording_is_heard_in_ranges_and_noted_once(calls, program, world) -> None:
    manager = program("demo", "admin")
    whole = manager.get("/calls/answered/recording")
    assert (whole.status_code, whole.data[:4], whole.mimetype) == (200, b"RIFF", "audio/wav")
    part = manager.get("/calls/answered/recording", headers={"Range": "bytes=1000-1099"})
    assert (part.status_code, part.data) == (206, whole.data[1000:1100])
    saved = manager.get("/calls/answered/recording?download=true")
    assert "attachment" in saved.headers["Content-Disposition"]
    assert audit(world) == [("녹취", "listen"), ("녹취", "download")]
    assert manager.get("/calls/missed/recording").json["code"] == "no_recording"


def test_a_write_up_is_kept_changed_and_bounded(calls, program) -> None:
    agent = program("demo", "agent1")
    kept = agent.put(
        "/calls/answered/wrap-up", json={"contact_type_id": 1, "inquiry": "가" * 1024, "action": ""}
    )
    assert kept.status_code == 200
    long = agent.put("/calls/answered/wrap-up", json={"inquiry": "", "action": "가" * 1025})
    assert (long.status_code, long.json["code"]) == (422, "too_long")
    assert (
        "1024자" in long.json["message"]
        and "1025자" in long.json["message"]
        and "조치" in long.json["message"]
    )
    assert (
        agent.put("/calls/answered/wrap-up", json={"contact_type_id": 77}).json["code"]
        == "unknown_contact_type"
    )
    assert agent.get("/calls/answered/wrap-up").json["inquiry"] == "가" * 1024
    assert agent.put("/calls/answered/wrap-up", json={"inquiry": "second"}).json["inquiry"] == "second"
    assert program("demo", "admin").get("/calls/answered").json["wrap_ups"][0]["inquiry"] == "second"


def test_a_call_may_be_written_up_before_its_record_is_there(program, world) -> None:
    agent = program("demo", "agent1")
    assert agent.put("/calls/now/wrap-up", json={"inquiry": "x"}).status_code == 404
    world.feed.publish(
        world.tenants["demo"].tenant_id,
        snapshot_of(world, agents=[agent_element(world, "agent1", status="wrap_up", wrap_up_call="now")]),
    )
    assert agent.put("/calls/now/wrap-up", json={"inquiry": "x"}).status_code == 200
    assert program("demo", "agent2").put("/calls/now/wrap-up", json={"inquiry": "x"}).status_code == 404


def test_an_agent_writes_up_the_own_calls_only(calls, program, world) -> None:
    stranger = program("demo", "agent2")
    for language, words in (("ko", "직접 통화한"), ("en", "in which you talked")):
        answer = stranger.put(
            "/calls/answered/wrap-up", json={"contact_type_id": 1}, headers={"Accept-Language": language}
        )
        assert (answer.status_code, answer.json["code"]) == (403, "not_your_call")
        assert words in answer.json["message"]
    assert program("demo", "admin").get("/calls/answered").json["wrap_ups"] == []
    assert stranger.put("/calls/dialled/wrap-up", json={"contact_type_id": 1}).status_code == 200
    for changes in ({"call": {"id": "answered", "number": "0101"}}, {"wrap_up_call": "answered"}):
        world.feed.publish(
            world.tenants["demo"].tenant_id,
            snapshot_of(world, agents=[agent_element(world, "agent3", **changes)]),
        )
        assert program("demo", "agent3").put("/calls/answered/wrap-up", json={}).status_code == 200
        assert stranger.put("/calls/answered/wrap-up", json={}).status_code == 403


def test_who_dialled_in_vain_may_say_why(program, world) -> None:
    add_call(world, call_id="in vain", direction="outbound", agent="agent2", outcome="no_answer")
    assert program("demo", "agent2").put("/calls/in vain/wrap-up", json={"inquiry": "부재"}).status_code == 200
    assert program("demo", "agent1").put("/calls/in vain/wrap-up", json={"inquiry": "부재"}).status_code == 403


def test_a_manager_writes_up_for_the_agents_of_the_call(calls, program, world) -> None:
    manager, agents = program("demo", "admin"), world.agents["demo"]
    kept = manager.put("/calls/answered/wrap-up", json={"agent_id": agents["agent1"], "contact_type_id": 2})
    assert (kept.status_code, kept.json["agent_id"]) == (200, agents["agent1"])
    other = manager.put("/calls/answered/wrap-up", json={"agent_id": agents["agent2"]})
    assert (other.status_code, other.json["code"]) == (422, "agent_not_in_call")
    assert manager.put("/calls/answered/wrap-up", json={"agent_id": 77}).json["code"] == "unknown_agent"
    assert manager.put("/calls/answered/wrap-up", json={}).json["code"] == "agent_required"


def test_an_agents_token_speaks_for_nobody_else(calls, program, world) -> None:
    agent, ids = program("demo", "agent1"), world.agents["demo"]
    for answer in (
        agent.put("/calls/answered/wrap-up", json={"agent_id": ids["agent2"]}),
        agent.get(f"/calls/answered/wrap-up?agent_id={ids['agent2']}"),
        agent.get(f"/agent/transfer/targets?agent_id={ids['agent2']}"),
    ):
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert agent.put("/calls/answered/wrap-up", json={"agent_id": ids["agent1"]}).status_code == 200
    assert agent.get(f"/calls/answered/wrap-up?agent_id={ids['agent1']}").status_code == 200


def test_callbacks_are_listed_and_taken_off(program, world) -> None:
    add_callback(world, key="one")
    agent = program("demo", "agent1")
    (row,) = agent.get("/callbacks?state=pending").json["items"]
    assert (row["number"], row["queue"], row["state"]) == ("010-33**-58**", "주문 문의", "pending")
    assert agent.delete(f"/callbacks/{row['id']}").status_code == 204
    assert agent.delete(f"/callbacks/{row['id']}").json["code"] == "no_such_callback"
    assert agent.get("/callbacks?state=pending").json["total"] == 0


def test_the_pages_show_the_same_and_note_it(calls, log_in, client, world) -> None:
    log_in("admin", role="manager")
    page = client.get("/history/calls?period=today").get_data(as_text=True)
    assert page.count("<td>2026-11-20</td>") == 3 and "010-36**-37**" in page and "01036123712" not in page
    full = client.get("/history/contacts?unmask=1").get_data(as_text=True)
    assert "010-3612-3712" in full
    assert "상담사 연결 성공" in client.get("/history/calls/answered").get_data(as_text=True)
    english = client.get("/history/calls/answered?lang=en").get_data(as_text=True)
    assert "Connected to an agent" in english and "상담사 연결 성공" not in english
    for path in ("callbacks", "logins", "audit"):
        assert client.get(f"/history/{path}").status_code == 200
    assert audit(world)[1:] == [
        ("수발신이력", "view"),
        ("상담이력", "unmask"),
        ("상담이력", "view"),
        ("상담이력", "view"),
        ("콜백처리이력", "view"),
        ("로그인이력", "view"),
        ("작업이력", "view"),
    ]


@pytest.mark.parametrize(
    "query", ["from=2026-11-20&to=2026-11-01", "from=rubbish", "from_time=99:99", "page=-3"]
)
def test_a_page_with_a_bad_address_says_so_and_still_works(log_in, client, query) -> None:
    log_in("admin", role="manager")
    answer = client.get(f"/history/calls?{query}")
    assert answer.status_code == 200
    assert ("조회기간을 확인해 주세요" in answer.get_data(as_text=True)) == (query != "page=-3")


def test_what_callers_and_agents_wrote_is_shown_as_text(program, log_in, client, world) -> None:
    add_call(world, call_id="evil", talk=5, name="<script>alert(1)</script>", number="<img src=x>")
    program("demo", "agent1").put("/calls/evil/wrap-up", json={"inquiry": "</dd><script>1</script>"})
    log_in("admin", role="manager")
    for path in ("/history/calls/evil", "/history/calls", "/history/contacts"):
        body = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in body and "<script>1" not in body and "<img src=x" not in body
