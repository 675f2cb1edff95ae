"""From the spool into the tables exactly once, whatever dies when, on SQLite and PostgreSQL."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select, text

from app.adapters.journal_spool import JournalSpool, spool_files
from app.adapters.sql import ingest
from app.adapters.sql.ingest import AlreadyRunning, Ingestor, SpoolLock, run_loop
from app.adapters.sql.store import Store
from app.adapters.sql.tables import CallRow, IngestedFile, JournalRow, Talk
from app.adapters.sql.verify import verify
from app.core.journal import JournalEvent, agent_fact, call_fact
from tests.scenarios.records.stories import (
    ANSWERED,
    CALLBACK,
    OUTBOUND,
    REFUSED_THEN_ABANDONED,
    TRANSFERRED,
    at,
    journal,
)


def a_day() -> list[JournalEvent]:
    """Calls of every kind with agents' changes between them, interleaved by time."""
    stories = [ANSWERED, REFUSED_THEN_ABANDONED, TRANSFERRED, OUTBOUND, CALLBACK]
    events = [e for number in range(10) for e in journal(stories[number % 5], call=f"call-{number}")]
    for minute, status in enumerate(["available", "on_break", "available", "wrap_up", "logged_out"]):
        events += [agent_fact(1, agent, "agent.status", at(f"{minute}:0"), status=status) for agent in (1, 2)]
    return sorted(events, key=lambda e: e.at)


def counts(store: Store) -> dict[str, int]:
    with store.sessions() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (JournalRow, CallRow, Talk)
        }


def test_a_day_arrives_whole_and_is_proved(store: Store, tmp_path: Path) -> None:
    spool = JournalSpool(tmp_path)
    events = a_day()
    spool.append(events)
    assert Ingestor(tmp_path, store.sessions).drain() == len(events)
    assert counts(store) == {"journal": len(events), "calls": 10, "talks": 10}
    assert verify(store.sessions, tmp_path) == []


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def victim(store: Store) -> Iterator[Any]:
    """``victim(n)``: from now on the n-th statement (or commit) is the last."""
    engine = store.sessions.kw["bind"]
    state = {"left": None, "count": 0}

    def before(*_: Any) -> None:
        state["count"] += 1
        if state["left"] is not None:
            state["left"] -= 1
            if state["left"] < 0:
                raise Killed

    sqlalchemy_event.listen(engine, "before_cursor_execute", before)
    sqlalchemy_event.listen(engine, "commit", before)

    def arm(left: int | None) -> int:
        state["left"], used, state["count"] = left, state["count"], 0
        return used

    yield arm
    sqlalchemy_event.remove(engine, "before_cursor_execute", before)
    sqlalchemy_event.remove(engine, "commit", before)


def test_killed_before_any_statement_nothing_is_missing_or_doubled(
    store: Store, tmp_path: Path, victim: Any
) -> None:
    events = a_day()
    half = len(events) // 2
    JournalSpool(tmp_path / "reference").append(events)
    victim(None)
    assert Ingestor(tmp_path / "reference", store.sessions, lines_per_batch=half).run_once() == half
    statements = victim(None)
    assert statements > 10
    deaths = 0
    for step in range(statements + 1):
        victim(step)
        try:
            # A new process each time, as after a restart.
            Ingestor(tmp_path / "reference", store.sessions, lines_per_batch=7).drain()
        except Killed:
            deaths += 1
    victim(None)
    Ingestor(tmp_path / "reference", store.sessions).drain()
    assert deaths > 10
    assert counts(store) == {"journal": len(events), "calls": 10, "talks": 10}
    assert verify(store.sessions, tmp_path / "reference") == []


def test_a_worker_that_goes_on_after_failures_remembers_nothing_wrong(
    store: Store, tmp_path: Path, victim: Any
) -> None:
    """The same process goes on: what it remembered of a transaction that failed must not count."""
    events = a_day()
    JournalSpool(tmp_path).append(events)
    ingestor, failures = Ingestor(tmp_path, store.sessions, lines_per_batch=9), 0
    for step in range(400):
        victim(step % 13)
        try:
            if not ingestor.run_once() and ingestor.run_once() == 0:
                break
        except Killed:
            failures += 1
    victim(None)
    ingestor.drain()
    assert failures > 20
    assert counts(store) == {"journal": len(events), "calls": 10, "talks": 10}
    assert verify(store.sessions, tmp_path) == []


def test_killed_after_the_commit_and_before_it_knew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The offsets in memory are behind those in the database: the next process reads the latter."""
    JournalSpool(tmp_path).append(a_day())
    first = Ingestor(tmp_path, store.sessions, lines_per_batch=50)
    first.run_once()
    Ingestor(tmp_path, store.sessions, lines_per_batch=50).run_once()
    first.drain()  # lags behind, and takes some lines for a second time
    assert verify(store.sessions, tmp_path) == []
    assert counts(store)["journal"] == len(a_day())


def test_the_same_facts_told_by_two_controllers(store: Store, tmp_path: Path) -> None:
    """A takeover repeats what the first had written already."""
    events = a_day()
    JournalSpool(tmp_path).append(events)
    JournalSpool(tmp_path).append(events[len(events) // 3 :])
    assert len(spool_files(tmp_path)) == 2
    Ingestor(tmp_path, store.sessions).drain()
    assert counts(store)["journal"] == len(events)
    assert verify(store.sessions, tmp_path) == []


def test_shuffled_over_many_files_the_records_are_the_same(store: Store, tmp_path: Path) -> None:
    events = a_day()
    random.Random(7).shuffle(events)
    for start in range(0, len(events), 11):
        spool = JournalSpool(tmp_path)
        spool.append(events[start : start + 11])
        spool.close()
    Ingestor(tmp_path, store.sessions, lines_per_batch=13).drain()
    assert verify(store.sessions, tmp_path) == []


def test_a_torn_last_line_waits_and_a_damaged_one_is_left_out(store: Store, tmp_path: Path) -> None:
    events = journal(ANSWERED)
    spool = JournalSpool(tmp_path)
    spool.append(events[:3])
    (path,) = spool_files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b"}{ not a journal line\n" + whole[:40])
    ingestor = Ingestor(tmp_path, store.sessions)
    assert ingestor.drain() == 4
    assert counts(store)["journal"] == 3
    assert ingestor.run_once() == 0, "half a line is never read"
    assert [p for p in verify(store.sessions, tmp_path) if "damaged" in p] == [
        f"The spool file {path.name} has a damaged line at byte {len(whole)}."
    ]
    JournalSpool(tmp_path).append(events[3:])
    ingestor.drain()
    assert counts(store)["journal"] == len(events)


def test_what_the_database_cannot_hold_stops_nothing(store: Store, tmp_path: Path) -> None:
    long, hostile = "x" * 500, "a\0b"
    events = journal(ANSWERED)
    odd = call_fact(
        1, "call-2", "call.arrived", at("0:0"), direction="inbound", caller=long, name=hostile + long
    )
    unnamed = call_fact(1, "c" * 70, "call.arrived", at("0:0"), direction="inbound")
    surrogate = call_fact(1, "call-3", "call.arrived", at("0:0"), direction="inbound", name="\ud800")
    wrong = call_fact(1, "call-4", "talk.started", at("0:0"), "x")
    JournalSpool(tmp_path).append([unnamed, odd, surrogate, wrong, *events])
    Ingestor(tmp_path, store.sessions).drain()
    rows = store.for_tenant(1)
    call = rows.call("call-2")
    assert call is not None
    assert (call.number, call.name) == ("x" * 40, "ab" + "x" * 98)
    assert rows.call("call-1") is not None
    assert rows.call("call-3") is not None
    problems = verify(store.sessions, tmp_path)
    assert any("call-4" in problem and "cannot be read" in problem for problem in problems)


def test_a_change_of_the_tables_is_found(store: Store, tmp_path: Path) -> None:
    JournalSpool(tmp_path).append(a_day())
    Ingestor(tmp_path, store.sessions).drain()
    with store.sessions.begin() as session:
        session.execute(text("UPDATE calls SET talk_seconds = 1 WHERE call_id = 'call-0'"))
        session.execute(text("DELETE FROM talks WHERE call_id = 'call-5'"))
        session.execute(text("UPDATE status_intervals SET status = 'on_break' WHERE agent_id = 1"))
        session.execute(text("INSERT INTO calls SELECT 'ghost', tenant_id, direction, started_at, answered_at, "
                             "ended_at, did, number, name, queue_id, menu, agent_id, talk_seconds, hold_seconds, "
                             "wait_seconds, billed_seconds, outcome, cause, ended_by, callback, recording, "
                             "recording_seconds FROM calls WHERE call_id = 'call-1'"))  # fmt: skip
        session.execute(text("DELETE FROM journal WHERE event_id = 'call-9/call.arrived'"))
    said = "\n".join(verify(store.sessions, tmp_path))
    assert "calls: call-0 has talk_seconds 1.0, the journal says 120.4." in said
    assert "talks: call-5-a1 is missing" in said
    assert "status_intervals: agent 1 of tenant 1" in said
    assert "the journal knows nothing of call ghost" in said
    assert "The event call-9/call.arrived" in said


def test_callbacks_are_settled_once_and_by_the_right_tenant(store: Store, tmp_path: Path) -> None:
    requested, stranger = journal(CALLBACK, call="ask"), journal(OUTBOUND, call="stranger", tenant=2)
    spool, ingestor = JournalSpool(tmp_path), Ingestor(tmp_path, store.sessions)
    spool.append([*requested, *stranger])
    ingestor.drain()
    rows = store.for_tenant(1)
    (callback,), total = rows.callbacks(state="pending")
    assert (callback.id, callback.number, total) == (1, "01087654321", 1)
    spool.append(journal(OUTBOUND, call="reached"))
    ingestor.drain()
    done = rows.callback(1)
    assert done is not None
    assert (done.state, done.agent_id, done.done_call_id) == ("done", 1, "reached")
    spool.append(journal(OUTBOUND, call="again"))
    spool.append(requested)
    ingestor.drain()
    same = rows.callback(1)
    assert same is not None
    assert same.done_call_id == "reached"


def test_only_one_may_take_in_a_spool(tmp_path: Path) -> None:
    one, two = SpoolLock(tmp_path), SpoolLock(tmp_path)
    one.acquire()
    with pytest.raises(AlreadyRunning, match="another worker"):
        two.acquire()
    one.release()
    two.acquire()
    two.release()


def test_old_files_go_when_they_are_taken_in(store: Store, tmp_path: Path) -> None:
    spool = JournalSpool(tmp_path)
    spool.append(journal(ANSWERED))
    (path,) = spool_files(tmp_path)
    ingestor = Ingestor(tmp_path, store.sessions)
    later = path.stat().st_mtime + ingest.KEPT_SECONDS + 1
    assert ingestor.remove_old_files(later) == 0, "not before it is taken in"
    ingestor.drain()
    assert ingestor.remove_old_files(later - 2) == 0
    assert ingestor.remove_old_files(later) == 1
    with store.sessions() as session:
        assert session.scalars(select(IngestedFile)).all() == []
    assert counts(store)["calls"] == 1


@pytest.mark.parametrize("trouble", [OSError("no database"), OverflowError("too large a number for SQLite")])
def test_the_loop_outlives_a_database_that_is_away_and_a_bug(trouble: Exception) -> None:
    stop, tries = threading.Event(), []

    def step() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise trouble
        stop.set()
        return 0

    run_loop([step], stop, poll_seconds=0.001)
    assert len(tries) == 2
