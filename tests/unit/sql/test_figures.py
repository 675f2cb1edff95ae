"""Statistics from the tables: the reports agree with each other and with the calls, on both databases."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.adapters.journal_spool import JournalSpool
from app.adapters.sql.ingest import Ingestor
from app.adapters.sql.store import Store, TenantStore
from app.core.journal import JournalEvent, agent_fact, call_fact
from app.core.periods import Period, Unit
from tests.scenarios.records.stories import ANSWERED, OUTBOUND, START, TRANSFERRED, at, journal
from tests.unit.sql.test_store import INTERNAL, add_agent

TODAY = Period(date(2026, 11, 23), date(2026, 11, 23))


def a_random_call(number: int, rng: random.Random) -> list[JournalEvent]:
    """A call that goes through 1–2 queues, some offers, and ends somehow."""
    call, moment = f"call-{number}", START + timedelta(seconds=rng.uniform(-86400, 86400))
    events = []

    def tell(kind: str, mark: str = "", **data: object) -> None:
        events.append(call_fact(1, call, kind, moment, mark, **data))

    tell("call.arrived", direction="inbound", did="070", caller="010")
    for visit_number in range(1, rng.choice([2, 2, 2, 3])):
        visit, queue = f"{call}#{visit_number}", rng.choice([1, 2])
        origin = "direct" if visit_number == 1 else rng.choice(["queue", "extension"])
        tell("queue.entered", str(visit_number), visit_id=visit, queue_id=queue, origin=origin)
        outcome, agent = "abandoned", None
        for offer_number in range(rng.randint(0, 3)):
            moment += timedelta(seconds=rng.uniform(0, 15))
            agent, offer = rng.choice([1, 2]), f"{visit}-o{offer_number}"
            tell("offer.made", offer, offer_id=offer, visit_id=visit, queue_id=queue, agent_id=agent)
            moment += timedelta(seconds=rng.uniform(0.2, 20))
            end = rng.choice(["answered", "answered", "refused", "no_answer", "failed"])
            tell("offer.ended", offer, offer_id=offer, agent_id=agent, outcome=end)
            if end == "answered":
                tell("queue.left", str(visit_number), visit_id=visit, outcome="answered", agent_id=agent)
                tell(
                    "talk.started", offer, talk_id=offer, agent_id=agent, visit_id=visit, direction="inbound"
                )
                moment += timedelta(seconds=rng.uniform(0.1, 300))
                tell("talk.ended", offer, talk_id=offer, agent_id=agent)
                outcome = "answered"
                break
        if outcome != "answered":
            moment += timedelta(seconds=rng.uniform(0, 40))
            outcome = rng.choice(["abandoned", "timeout", "callback", "queue_transfer", "unavailable"])
            tell("queue.left", str(visit_number), visit_id=visit, outcome=outcome, ringing=False)
    tell("call.ended", cause="NORMAL_CLEARING", by=rng.choice(["caller", "agent"]))
    return events


@pytest.fixture
def rows(store: Store) -> TenantStore:
    tenant = store.for_tenant(store.create_tenant("demo").id)
    for login in ("agent1", "agent2"):
        add_agent(tenant, login)
    tenant.create_queue("배송")
    tenant.create_queue("반품")
    return tenant


def take_in(store: Store, place: Path, events: list[JournalEvent]) -> None:
    JournalSpool(place).append(events)
    Ingestor(place, store.sessions).drain()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_identities_hold_over_a_random_day(
    store: Store, rows: TenantStore, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    take_in(store, tmp_path, [event for n in range(200) for event in a_random_call(n, rng)])
    week = Period(date(2026, 11, 21), date(2026, 11, 26))
    for period in (week, TODAY, Period(week.first, week.last, unit=Unit.HOUR)):
        assert rows.broken_identities(period) == []
    report = rows.queue_statistics(week)
    assert report.total.answered > 50
    parts = rows.queue_statistics(Period(week.first, week.last, unit=Unit.HOUR))
    assert parts.total == report.total
    assert sum(line.talk_total for line in parts.lines) == report.total.talk_total


def test_a_call_over_midnight_counts_on_one_day(store: Store, rows: TenantStore, tmp_path: Path) -> None:
    """Entered at 23:59:58 on Monday, answered on Tuesday: Monday's in every report."""
    late = timedelta(hours=13, minutes=59, seconds=50)
    events = [
        JournalEvent(e.event_id, e.tenant_id, e.kind, e.at + late, e.call_id, e.data)
        for e in journal(ANSWERED)
    ]
    take_in(store, tmp_path, events)
    tuesday = Period(date(2026, 11, 24), date(2026, 11, 24))
    for period, answered in ((TODAY, 1), (tuesday, 0)):
        assert rows.queue_statistics(period).total.answered == answered
        assert rows.agent_statistics(period).total.answered == answered
        assert rows.agent_statistics(period).total.inbound_talk == answered * 120
        assert rows.broken_identities(period) == []


def test_each_kind_of_talk_has_its_column(store: Store, rows: TenantStore, tmp_path: Path) -> None:
    stories = {"in": ANSWERED, "moved": TRANSFERRED, "out": OUTBOUND, "inner": INTERNAL}
    busy = "00:00 | call.arrived | | direction=outbound agent_id=1 number=01011112222\n" \
           "00:20 | call.ended | | cause=USER_BUSY by=system"  # fmt: skip
    take_in(store, tmp_path, [e for c, s in {**stories, "busy": busy}.items() for e in journal(s, call=c)])
    first, second = rows.agent_statistics(TODAY).lines
    assert (first.offered, first.answered, first.inbound_talk) == (2, 2, 170)
    assert (first.attempts, first.reached, first.missed, first.outbound_talk) == (2, 1, 1, 7)
    assert (first.internal_out, first.internal_out_talk, first.internal_in) == (1, 10, 0)
    assert (second.internal_in, second.internal_in_talk, second.offered) == (1, 10, 0)
    assert (second.consults, second.consult_talk, second.transfers_received, second.transfer_talk) == (
        1,
        15,
        1,
        60,
    )


def test_contact_types(store: Store, rows: TenantStore, tmp_path: Path) -> None:
    kind, unused = rows.create_contact_type("배송문의", 10), rows.create_contact_type("취소문의", 20)
    calls = {"in": ANSWERED, "out": OUTBOUND, "moved": TRANSFERRED}
    take_in(store, tmp_path, [e for call, story in calls.items() for e in journal(story, call=call)])
    rows.save_wrap_up("in", 1, contact_type_id=kind.id, inquiry="", action="")
    rows.save_wrap_up("moved", 2, contact_type_id=kind.id, inquiry="", action="")
    rows.save_wrap_up("out", 1, contact_type_id=None, inquiry="", action="")
    rows.save_wrap_up("in", 2, contact_type_id=unused.id, inquiry="", action="")  # 2 never talked in it
    report = rows.contact_statistics(TODAY)
    assert [
        (line.name, line.inbound, line.inbound_talk, line.outbound, line.outbound_talk)
        for line in report.lines
    ] == [
        ("배송문의", 2, 180, 0, 0),
        ("취소문의", 0, 0, 0, 0),
        ("기타", 0, 0, 1, 7),
    ]
    assert report.total.total == 3


def test_contact_types_count_a_transferred_call_for_each_who_talked_and_wrote(
    store: Store, rows: TenantStore, tmp_path: Path
) -> None:
    kind = rows.create_contact_type("배송문의", 10)
    take_in(store, tmp_path, journal(TRANSFERRED, call="moved"))
    for agent_id in (1, 2):
        rows.save_wrap_up("moved", agent_id, contact_type_id=kind.id, inquiry="", action="")
    assert rows.contact_statistics(TODAY).total.total == 2


def test_today_and_the_arrivals_by_hour(store: Store, rows: TenantStore, tmp_path: Path) -> None:
    yesterday = [
        JournalEvent("y" + e.event_id, 1, e.kind, e.at - timedelta(days=1), "yesterday", e.data)
        for e in journal(ANSWERED, call="yesterday")
    ]
    take_in(store, tmp_path, [*journal(ANSWERED, call="today"), *yesterday, *journal(INTERNAL, call="inner")])
    figures = rows.today(at("10:0"))
    assert (figures.inbound, figures.consult_requests, figures.internal, figures.callbacks) == (1, 1, 1, 0)
    assert figures.queues.total.response_rate == 1.0
    assert {line.name: line.answered for line in figures.queues.lines} == {"배송": 1, "반품": 0}
    hours = rows.arrivals(at("10:0"))
    assert (hours.today[10], sum(hours.today), hours.yesterday[10], sum(hours.yesterday)) == (1, 1, 1, 1)


def test_statuses(store: Store, rows: TenantStore, tmp_path: Path) -> None:
    changes = [("0:0", "available"), ("5:0", "on_break"), ("9:0", "logged_out")]
    take_in(store, tmp_path, [agent_fact(1, 1, "agent.status", at(when), status=s) for when, s in changes])
    line = rows.status_statistics(TODAY, at("60:0"))[0]
    assert line.seconds == {"available": 300, "on_break": 240}


def test_a_deleted_queue_stays_in_the_statistics_it_has_calls_in(
    store: Store, rows: TenantStore, tmp_path: Path
) -> None:
    take_in(store, tmp_path, journal(ANSWERED))
    for queue in rows.queues():
        rows.delete_queue(queue.id)
    assert [line.name for line in rows.queue_statistics(TODAY).lines] == ["배송"]
