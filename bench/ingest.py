"""Ingestion: how many calls a second the worker takes from the spool into the database.

    python bench/ingest.py [--calls 5000] [--url postgresql+psycopg://…]

Each call has 16 events (menu, queue, a refused and an answered offer, talk with hold, recording, end), and
its agent changes status twice. The events of many calls lie interleaved, as in a busy hour. Prints calls/s,
CPU per call of this process, and how long a month's statistics take on what is then in the database.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.adapters.journal_spool import JournalSpool
from app.adapters.sql.ingest import Ingestor
from app.adapters.sql.migrate import upgrade_database
from app.adapters.sql.store import Store
from app.core.journal import JournalEvent, agent_fact, call_fact
from app.core.periods import Period, Unit

START = datetime(2026, 11, 1, tzinfo=UTC)
AGENTS = 50
QUEUES = 5


def a_call(number: int, begin: datetime, rng: random.Random) -> Iterator[JournalEvent]:
    """One answered call."""
    call, queue = f"{number:08d}-0000-4000-8000-000000000000", rng.randrange(QUEUES) + 1
    first, second = rng.sample(range(1, AGENTS + 1), 2)
    visit, leg_a, leg_b, at = f"{call}#1", f"a-{call}", f"b-{call}", begin

    def tell(pause: float, kind: str, mark: str = "", /, **data: object) -> JournalEvent:
        nonlocal at
        at += timedelta(seconds=pause)
        return call_fact(1, call, kind, at, mark, **data)

    yield tell(0, "call.arrived", direction="inbound", did="07040000001", caller=f"010{number:08d}", name="")
    yield tell(0, "ars.step", "1", step="greeting", detail="")
    yield tell(4, "ars.step", "2", step="menu", detail=str(queue))
    yield tell(2, "queue.entered", "1", visit_id=visit, queue_id=queue, origin="direct", position=1)
    candidates = [{"agent_id": agent, "reason": "busy"} for agent in range(1, 11)]
    for leg, agent, outcome in ((leg_a, first, "refused"), (leg_b, second, "answered")):
        yield tell(0.1, "offer.made", leg, offer_id=leg, visit_id=visit, queue_id=queue, agent_id=agent,
                   candidates=candidates)  # fmt: skip
        yield tell(
            rng.uniform(2, 9), "offer.ended", leg, offer_id=leg, agent_id=agent, outcome=outcome, cause=""
        )
    yield tell(0, "queue.left", "1", visit_id=visit, outcome="answered", agent_id=second, ringing=True)
    yield tell(0, "talk.started", leg_b, talk_id=leg_b, agent_id=second, leg=call, queue_id=queue, visit_id=visit,
               direction="inbound", number=f"010{number:08d}")  # fmt: skip
    yield tell(20, "hold.started", leg_b, talk_id=leg_b, agent_id=second)
    yield tell(9, "hold.ended", leg_b, talk_id=leg_b, agent_id=second)
    yield tell(
        rng.uniform(5, 200), "talk.ended", leg_b, talk_id=leg_b, agent_id=second, cause="NORMAL_CLEARING"
    )
    yield tell(0, "call.recorded", path=f"t1/{call}.wav", seconds=100.0, leg=call)
    yield tell(0, "call.ended", cause="NORMAL_CLEARING", by="caller", billsec=100)
    yield agent_fact(1, second, "agent.status", at, status="wrap_up")
    yield agent_fact(1, second, "agent.status", at + timedelta(seconds=15), status="available")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--url", default="", help="an empty database; else a SQLite file is made and removed")
    wanted = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="sd-bench-") as name:
        place = Path(name)
        url = wanted.url or f"sqlite:///{place / 'bench.db'}"
        upgrade_database(url)
        store = Store.open(url)
        rows = store.for_tenant(store.create_tenant("bench", licences=AGENTS).id)
        for number in range(1, QUEUES + 1):
            rows.create_queue(f"큐 {number}")
        for number in range(1, AGENTS + 1):
            rows.create_agent(
                login=f"agent{number}", name=f"상담원{number}", password_hash="", extension=str(1000 + number),
                sip_user=f"bench-{1000 + number}", sip_password_enc="", sip_ha1="",
            )  # fmt: skip
        month = timedelta(days=29)
        events = [
            event
            for number in range(wanted.calls)
            for event in a_call(number, START + month * number / wanted.calls, rng)
        ]
        events.sort(key=lambda event: event.at)
        spool, began = JournalSpool(place / "journal"), time.perf_counter()
        batches = [events[start : start + 100] for start in range(0, len(events), 100)]
        for batch in batches:
            spool.append(batch)
        spent = time.perf_counter() - began
        print(
            f"spool: {len(events)} events, {len(batches)} fsyncs, {spent / len(batches) * 1000:.2f} ms a batch of 100"
        )

        ingestor = Ingestor(place / "journal", store.sessions)
        began, cpu = time.perf_counter(), time.process_time()
        ingestor.drain()
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        print(
            f"ingestion, everything at once: {wanted.calls / wall:.0f} calls/s, "
            f"CPU {used / wanted.calls * 1000:.2f} ms a call"
        )

        live, cpu, calls = Ingestor(place / "live", store.sessions), 0.0, 300
        trickle = JournalSpool(place / "live")
        later = [
            e
            for n in range(calls)
            for e in a_call(wanted.calls + n, START + timedelta(days=30, seconds=n / 10), rng)
        ]
        later.sort(key=lambda event: event.at)
        began = time.perf_counter()
        for start in range(0, len(later), 60):
            trickle.append(later[start : start + 60])
            before = time.process_time()
            live.run_once()
            cpu += time.process_time() - before
        wall = time.perf_counter() - began
        print(
            f"ingestion, 60 events at a time: {calls / wall:.0f} calls/s, CPU {cpu / calls * 1000:.2f} ms a call"
        )

        for unit in (Unit.WHOLE, Unit.HOUR):
            period = Period(date(2026, 11, 1), date(2026, 11, 30), unit=unit)
            began = time.perf_counter()
            report = rows.queue_statistics(period)
            queues = time.perf_counter() - began
            rows.agent_statistics(period)
            both = time.perf_counter() - began
            print(
                f"a month by {unit}: {report.total.total} visits; queues {queues * 1000:.0f} ms, "
                f"agents {(both - queues) * 1000:.0f} ms"
            )
        problems = rows.broken_identities(Period(date(2026, 10, 31), date(2026, 12, 2)))
        print("identities:", problems or "hold")


if __name__ == "__main__":
    main()
