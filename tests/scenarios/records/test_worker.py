"""The worker process itself: killed and started again while journals come in, nothing missing, nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.adapters.journal_spool import JournalSpool
from app.adapters.sql.migrate import upgrade_database
from app.adapters.sql.store import Store
from app.config import Settings
from app.worker import verify_journal
from tests.scenarios.records.stories import journal
from tests.scenarios.records.test_ingestion import a_day, counts

ROOT = Path(__file__).resolve().parents[3]


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "worker"],
        cwd=ROOT,
        env={**os.environ, **settings.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_worker_killed_while_it_works(settings: Settings) -> None:
    upgrade_database(settings.database_url)
    store, spool, events = Store.open(settings.database_url), JournalSpool(settings.journal_dir), a_day()
    worker = start_worker(settings)
    try:
        spool.append(events[:20])
        wait_for(lambda: counts(store)["journal"] == 20)
        for start in range(20, len(events)):
            spool.append(events[start : start + 1])
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        worker = start_worker(settings)
        wait_for(lambda: counts(store)["journal"] == len(events))
        # How long it takes from the disk to the table, with the machine as it is.
        begin = time.monotonic()
        spool.append(journal("00:00 | call.arrived | | direction=inbound caller=010", call="late"))
        wait_for(lambda: store.for_tenant(1).call("late") is not None)
        assert time.monotonic() - begin < 5
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.wait(10)
    assert verify_journal(settings) == []


def test_a_second_worker_waits_for_the_first(settings: Settings) -> None:
    upgrade_database(settings.database_url)
    store, spool = Store.open(settings.database_url), JournalSpool(settings.journal_dir)
    first = start_worker(settings)
    try:
        spool.append(a_day()[:10])
        wait_for(lambda: counts(store)["journal"] == 10)
        second = start_worker(settings)
        try:
            first.send_signal(signal.SIGKILL)
            first.wait(10)
            spool.append(a_day()[10:30])
            wait_for(lambda: counts(store)["journal"] == 30)
        finally:
            second.kill()
            second.wait(10)
    finally:
        first.kill()
        first.wait(10)
    assert verify_journal(settings) == []
