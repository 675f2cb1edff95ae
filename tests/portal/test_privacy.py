"""What nobody may see, hear or keep without it being written down, by whichever way they ask."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import update

from app.adapters.sql.tables import ApiToken, AuditEntry
from tests.portal.test_live import events
from tests.portal.world import add_call, agent_element, snapshot_of

TALKING = {
    "id": "c", "direction": "inbound", "number": "1002", "name": "상담사2", "customer_number": "01012345678",
    "consult": {"agent_id": None, "number": "01055556666", "state": "talking"},
}  # fmt: skip


def busy(world) -> None:
    """agent1 is in a call with a customer."""
    tenant_id = world.tenants["demo"].tenant_id
    agents = [agent_element(world, "agent1", call=TALKING), agent_element(world, "agent2", call=TALKING)]
    world.feed.publish(tenant_id, snapshot_of(world, agents=agents))


def test_the_live_view_masks_every_number_for_managers(world, program) -> None:
    busy(world)
    shown = json.dumps(program("demo", "admin").get("/live").json)
    assert "01012345678" not in shown and "01055556666" not in shown and "010-12**-56**" in shown


def test_an_agent_sees_the_customers_number_of_the_own_call_only(world, program) -> None:
    busy(world)
    (own,) = program("demo", "agent1").get("/live").json["agents"]
    assert own["call"]["customer_number"] == "01012345678"


def test_who_is_consulted_sees_the_last_calls_of_the_customer_not_of_the_colleague(world, program) -> None:
    add_call(world, call_id="same", number="01012345678", talk=10)
    add_call(world, call_id="contains-it", number="010123456789", talk=10)
    add_call(world, call_id="extension-in-it", number="01010029999", talk=10)
    busy(world)
    current = program("demo", "agent1").get("/agent/current").json
    assert [call["id"] for call in current["recent"]] == ["same"]


@pytest.mark.parametrize("asked", ["bytes=0-99999999", "bytes=1-", "bytes=44-"])
def test_no_range_hears_a_recording_unnoted(world, program, asked) -> None:
    add_call(world, call_id="heard", talk=5, recording=True)
    answer = program("demo", "admin").get("/calls/heard/recording", headers={"Range": asked})
    assert answer.status_code in (200, 206)
    with world.store.sessions() as session:
        noted = [(row.subject, row.action) for row in session.query(AuditEntry)]
    assert noted == [("녹취", "listen")]


def test_a_recording_is_named_by_the_tenants_clock(world, program) -> None:
    add_call(world, call_id="abcdefgh-1", talk=5, recording=True, minutes_ago=330)  # 00:00 UTC, 09:00 in Seoul
    answer = program("demo", "admin").get("/calls/abcdefgh-1/recording?download=true")
    assert "20261120-090000-abcdefgh.wav" in answer.headers["Content-Disposition"]


def test_the_live_stream_of_a_token_ends_when_the_token_is_revoked(world, program, monkeypatch) -> None:
    monkeypatch.setattr("admin_ui.api.live.RECHECK_SECONDS", 0.0)
    monkeypatch.setattr("admin_ui.api.live.KEEP_ALIVE_SECONDS", 0.05)
    stream = program("demo", "admin").get("/events").iter_encoded()
    assert events(stream, 1)[0][0] == "snapshot"
    with world.store.sessions.begin() as session:
        session.execute(update(ApiToken).values(revoked_at=world.clock.now()))
    stopper = threading.Timer(5, stream.close)
    stopper.start()
    assert events(stream, 1)[0] == ("bye", {"code": "not_authenticated"})
    stopper.cancel()
