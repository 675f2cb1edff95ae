"""What a controller did not see, told by the switch's own records (in the shape that FreeSWITCH 1.11 writes)."""

from __future__ import annotations

import json
import os
import wave
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.adapters.cdr_spool import GIVE_UP_SECONDS, GRACE_SECONDS, CdrSpool
from app.adapters.journal_spool import JournalSpool
from app.adapters.sql.ingest import Ingestor
from app.adapters.sql.store import Store, TenantStore
from app.adapters.sql.verify import verify
from app.core.journal import JournalEvent
from tests.scenarios.records.stories import ANSWERED, OUTBOUND, START, TRANSFERRED, at, journal

LATER = START.timestamp() + 3600


def micros(moment: datetime | None) -> str:
    return "0" if moment is None else str(int(moment.timestamp() * 1_000_000))


def write_cdr(
    place: Path,
    leg: str,
    *,
    start: str,
    end: str,
    answered: str | None = None,
    bridged: str | None = None,
    hangup: str = "recv_bye",
    written: float = LATER - 60,
    queued: str | None = None,
    **variables: str,
) -> Path:
    """A leg's file; ``written`` is its age on the file system."""
    values = {
        "uuid": leg, "direction": "inbound", "start_uepoch": micros(at(start)), "end_uepoch": micros(at(end)),
        "answer_uepoch": micros(at(answered) if answered else None),
        "bridge_uepoch": micros(at(bridged) if bridged else None),
        "sip_hangup_disposition": hangup, "hangup_cause": "NORMAL_CLEARING", **variables,
    }  # fmt: skip
    profile = {
        "caller_id_number": "01012345678",
        "caller_id_name": "kim",
        "destination_number": "07040000001",
    }
    flow: list[dict[str, Any]] = [
        {"caller_profile": profile, "times": {"profile_created_time": micros(at(start))}}
    ]
    if queued:
        queue = {**profile, "destination_number": f"queue-{variables['sangdam_queue']}"}
        flow.insert(0, {"caller_profile": queue, "times": {"profile_created_time": micros(at(queued))}})
    path = place / f"{leg}.cdr.json"
    place.mkdir(exist_ok=True)
    path.write_text(json.dumps({"variables": values, "callflow": flow}))
    os.utime(path, (written, written))
    return path


def caller(leg: str = "call-1", **more: str) -> dict[str, str]:
    return {
        "sangdam_tenant": "1",
        "sangdam_role": "caller",
        "sangdam_call": leg,
        "sangdam_did": "07040000001",
        **more,
    }


class World:
    """A tenant, its spool and its records' directory."""

    def __init__(self, store: Store, place: Path) -> None:
        self.store, self.journal, self.cdr = store, place / "journal", place / "cdr"
        self.recordings = place / "recordings"
        self.now = LATER
        self.rows: TenantStore = store.for_tenant(store.create_tenant("demo").id)
        self.agent = self.rows.create_agent(
            login="agent1", name="상담원1", password_hash="", extension="1001", sip_user="demo-1001",
            sip_password_enc="", sip_ha1="",
        ).id  # fmt: skip
        self.rows.create_queue("배송")

    def told(self, events: list[JournalEvent]) -> None:
        JournalSpool(self.journal).append(events)
        Ingestor(self.journal, self.store.sessions).drain()

    def take_in(self) -> int:
        return CdrSpool(self.cdr, self.store.sessions, self.recordings, now=lambda: self.now).run_once()

    def proved(self) -> None:
        assert verify(self.store.sessions, self.journal) == []


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return World(store, tmp_path)


def test_the_controller_died_while_they_talked(world: World) -> None:
    """It saw the answer; the end is only in the switch's records."""
    world.told([e for e in journal(ANSWERED) if e.at <= at("0:14")])
    write_cdr(
        world.cdr, "call-1", start="0:0", answered="0:0", bridged="0:14", end="2:14.4",
        **caller(last_bridge_to="call-1-a1"),
    )  # fmt: skip
    write_cdr(
        world.cdr,
        "call-1-a1",
        start="0:08.1",
        answered="0:14",
        end="2:14.4",
        hangup="send_bye",
        dialed_user="demo-1001",
    )
    assert world.take_in() == 2
    call = world.rows.call("call-1")
    assert call is not None
    assert (call.outcome, call.talk_seconds, call.ended_by, call.ended_at) == (
        "connected",
        120.4,
        "caller",
        at("2:14.4"),
    )
    assert len(world.rows.talks("call-1")) == 1
    world.proved()


def test_the_controller_died_while_the_phone_rang(world: World) -> None:
    """The switch finished the offer alone: the talk is told from the agent's leg."""
    world.told([e for e in journal(ANSWERED) if e.at < at("0:14")])
    write_cdr(
        world.cdr, "call-1", start="0:0", answered="0:0", bridged="0:14", end="1:14", hangup="send_bye",
        **caller(last_bridge_to="call-1-a1", sangdam_queue="1", sangdam_step="queue"),
    )  # fmt: skip
    write_cdr(
        world.cdr,
        "call-1-a1",
        start="0:08.1",
        answered="0:14",
        bridged="0:14",
        end="1:14",
        dialed_user="demo-1001",
    )
    world.take_in()
    call = world.rows.call("call-1")
    assert call is not None
    assert (call.outcome, call.talk_seconds, call.ended_by, call.agent_id) == (
        "connected",
        60.0,
        "agent",
        world.agent,
    )
    (visit,), (offer,) = world.rows.visits("call-1"), world.rows.offers("call-1")
    assert (visit.outcome, visit.wait_seconds, visit.talk_seconds) == ("answered", 6.0, 60.0)
    assert (offer.outcome, offer.ring_seconds) == ("answered", 5.9)
    world.proved()


def test_a_call_that_no_controller_ever_saw(world: World) -> None:
    """The guard's fallback rang the agents; nothing of it is in the journal."""
    write_cdr(
        world.cdr, "call-1", start="0:0", answered="0:0", bridged="0:20", end="1:20", queued="0:08",
        **caller(last_bridge_to="leg-a", sangdam_queue="1", sangdam_step="fallback", sangdam_menu="1"),
    )  # fmt: skip
    write_cdr(
        world.cdr, "leg-a", start="0:13", answered="0:20", bridged="0:20", end="1:20", dialed_user="demo-1001"
    )
    sound = world.recordings / "t1/2026/11/23/call-1.wav"
    sound.parent.mkdir(parents=True)
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(4 * 8000 * 60))
    world.take_in()
    call = world.rows.call("call-1")
    assert call is not None
    assert (call.direction, call.number, call.did, call.menu) == (
        "inbound",
        "01012345678",
        "07040000001",
        "1",
    )
    assert (call.outcome, call.wait_seconds, call.talk_seconds, call.agent_id) == (
        "connected",
        12.0,
        60.0,
        world.agent,
    )
    assert (call.recording, call.recording_seconds) == ("t1/2026/11/23/call-1.wav", 60.0)
    today = world.rows.today(at("5:0"))
    assert (today.queues.total.answered, today.agents.total.answered) == (1, 1)
    world.proved()
    world.told(journal(ANSWERED))  # a late controller tells its own story of the same call
    assert len(world.rows.visits("call-1")) == 1


@pytest.mark.parametrize(
    ("step", "hangup", "outcome", "by"),
    [
        ("after_hours", "send_bye", "after_hours", "system"),
        ("holiday", "recv_bye", "holiday", "caller"),
        ("lines_full", "send_bye", "lines_full", "system"),
        ("greeting", "recv_bye", "ars_abandoned", "caller"),
        ("adopted", "recv_bye", "ars_abandoned", "caller"),
    ],
)
def test_calls_that_ended_in_the_ars(world: World, step: str, hangup: str, outcome: str, by: str) -> None:
    write_cdr(
        world.cdr,
        "call-1",
        start="0:0",
        answered="0:0",
        end="0:09",
        hangup=hangup,
        **caller(sangdam_step=step),
    )
    world.take_in()
    call = world.rows.call("call-1")
    assert call is not None
    assert (call.outcome, call.ended_by) == (outcome, by)
    world.proved()


def test_the_guard_found_nobody(world: World) -> None:
    """No controller, no telephone: the caller was told that nobody can be reached."""
    write_cdr(
        world.cdr, "call-1", start="0:0", answered="0:0", queued="0:05", end="0:12", hangup="send_bye",
        **caller(sangdam_queue="1", sangdam_menu="1", sangdam_step="unavailable"),
    )  # fmt: skip
    assert world.take_in() == 1
    call = world.rows.call("call-1")
    assert call is not None
    assert call.outcome == "unavailable"
    assert [visit.outcome for visit in world.rows.visits("call-1")] == ["unavailable"]
    world.proved()


def test_the_controllers_word_comes_first(world: World) -> None:
    path = write_cdr(world.cdr, "call-1", start="0:0", end="2:20", written=LATER - 1, **caller())
    assert world.take_in() == 0, "a fresh file waits"
    world.told(journal(ANSWERED))
    world.now += GRACE_SECONDS
    assert world.take_in() == 1
    call = world.rows.call("call-1")
    assert call is not None
    assert call.ended_at == at("2:14.4")
    assert not path.exists()
    world.proved()


def test_killed_between_the_commit_and_the_move(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cdr(world.cdr, "call-1", start="0:0", end="0:20", **caller())
    with monkeypatch.context() as patch:
        patch.setattr(CdrSpool, "_move", staticmethod(lambda path, directory: None))
        world.take_in()
    events = world.rows.call_events("call-1")
    assert world.take_in() == 1
    assert world.rows.call_events("call-1") == events
    world.proved()


def test_an_outgoing_call_goes_on_without_the_leg_it_is_named_after(world: World) -> None:
    """The agent who dialled transferred the customer and left."""
    story = [e for e in journal(OUTBOUND) if e.kind != "call.ended"]
    world.told(story)
    agent = {"sangdam_tenant": "1", "sangdam_role": "agent", "sangdam_call": "call-1"}
    path = write_cdr(world.cdr, "call-1", start="0:0", answered="0:05", end="0:17.2", **agent)
    assert world.take_in() == 0
    call = world.rows.call("call-1")
    assert call is not None
    assert call.ended_at is None, "the customer's leg call-1-c1 is still up"
    write_cdr(world.cdr, "call-1-c1", start="0:02", answered="0:10", end="3:00")
    assert world.take_in() == 2
    assert not path.exists()
    call = world.rows.call("call-1")
    assert call is not None
    assert (call.ended_at is not None, call.talk_seconds) == (True, 7.2)
    world.proved()


def test_a_leg_whose_partner_never_shows_up_is_closed_in_the_end(world: World) -> None:
    world.told([e for e in journal(OUTBOUND) if e.kind != "call.ended"])
    agent = {"sangdam_tenant": "1", "sangdam_role": "agent", "sangdam_call": "call-1"}
    write_cdr(world.cdr, "call-1", start="0:0", answered="0:05", end="0:17.2", **agent)
    assert world.take_in() == 0
    world.now = START.timestamp() + GIVE_UP_SECONDS + 60
    assert world.take_in() == 1
    call = world.rows.call("call-1")
    assert call is not None
    assert call.ended_at is not None


def test_a_consulted_agents_leg_closes_nothing(world: World) -> None:
    world.told([e for e in journal(TRANSFERRED) if e.at <= at("1:0")])
    write_cdr(
        world.cdr,
        "call-1-a1",
        start="0:05",
        end="1:0",
        sangdam_call="call-1",
        sangdam_role="agent",
        sangdam_tenant="1",
    )
    assert world.take_in() == 1
    call = world.rows.call("call-1")
    assert call is not None
    assert call.ended_at is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"variables": []}',
        '{"variables": {"uuid": "x"}}',
        "\x00\xff",
        '{"variables":{"uuid":1}}',
    ],
)
def test_damaged_files_are_put_aside(world: World, content: str) -> None:
    path = write_cdr(world.cdr, "broken", start="0:0", end="0:1")
    path.write_text(content)
    os.utime(path, (LATER - 60, LATER - 60))
    write_cdr(world.cdr, "call-1", start="0:0", end="0:20", **caller())
    assert world.take_in() == 2
    assert (world.cdr / "damaged" / path.name).exists()
    assert world.rows.call("call-1") is not None


def test_legs_that_are_not_ours_are_put_away(world: World) -> None:
    write_cdr(world.cdr, "scanner", start="0:0", end="0:1")
    write_cdr(world.cdr, "odd", start="0:0", end="0:1", sangdam_tenant="1; DROP", sangdam_call="../../x")
    assert world.take_in() == 2
    assert list(world.cdr.glob("*.json")) == []


def test_what_was_put_away_goes_after_two_days(world: World) -> None:
    write_cdr(world.cdr, "call-1", start="0:0", end="0:20", **caller())
    world.take_in()
    spool = CdrSpool(world.cdr, world.store.sessions, now=lambda: world.now)
    (hour,) = (world.cdr / "done").iterdir()
    world.now = hour.stat().st_mtime + timedelta(hours=47).total_seconds()
    spool.remove_old_files()
    assert hour.exists()
    world.now += 7200
    spool.remove_old_files()
    assert not hour.exists()
