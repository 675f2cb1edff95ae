"""The worker process: the ingestion loop in a thread, Huey's consumer in front."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog
from huey.consumer import Consumer

from app.adapters.cdr_spool import CdrSpool
from app.adapters.speech import remove_unused
from app.adapters.sql.engine import make_engine, make_sessions
from app.adapters.sql.ingest import AlreadyRunning, Ingestor, SpoolLock, run_loop
from app.adapters.sql.record_rows import RecordKeeper
from app.adapters.sql.verify import verify
from app.bootstrap.caller_ids import expire_caller_ids
from app.worker.jobs import add_caller_id_expiry, add_housekeeping, make_huey

if TYPE_CHECKING:
    from app.config import Settings

log = structlog.get_logger(__name__)

CDR_SECONDS = 1.0
LOCK_RETRY_SECONDS = 1.0


class Ingestion:
    """Takes in the journal's spool and the call detail records until ``stop``."""

    def __init__(self, settings: Settings) -> None:
        self._engine = make_engine(settings.database_url)
        self.sessions = make_sessions(self._engine)
        self._lock = SpoolLock(settings.journal_dir)
        keeper = RecordKeeper()
        self._journal = Ingestor(settings.journal_dir, self.sessions, keeper=keeper)
        self._cdrs = CdrSpool(settings.cdr_dir, self.sessions, settings.recordings_dir, keeper=keeper)
        self._stop = threading.Event()
        self._next_cdrs = 0.0
        self._thread = threading.Thread(target=self._run, name="ingestion")

    def start(self) -> None:
        """Begin, as soon as no other process holds the spool's lock."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch that is being written."""
        self._stop.set()
        self._thread.join()
        self._lock.release()
        self._engine.dispose()

    def remove_old_files(self) -> None:
        """Delete what was taken in long ago."""
        self._journal.remove_old_files()
        self._cdrs.remove_old_files()

    def _run(self) -> None:
        waiting = False
        while not self._stop.is_set():
            try:
                self._lock.acquire()
            except AlreadyRunning as error:
                if not waiting:
                    log.warning("ingestion_waits", reason=str(error))
                waiting = True
                self._stop.wait(LOCK_RETRY_SECONDS)
                continue
            log.info("ingestion_runs")
            run_loop([self._journal.run_once, self._take_cdrs], self._stop)
            return

    def _take_cdrs(self) -> int:
        now = time.monotonic()
        if now < self._next_cdrs:
            return 0
        taken = self._cdrs.run_once()
        if not taken:
            self._next_cdrs = now + CDR_SECONDS
        return taken


def run_worker(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    ingestion = Ingestion(settings)
    huey = make_huey(settings)

    def remove_old_files() -> None:
        ingestion.remove_old_files()
        remove_unused(settings.prompts_dir / "cache")

    add_housekeeping(huey, remove_old_files, lambda: verify(ingestion.sessions, settings.journal_dir))
    add_caller_id_expiry(huey, lambda: expire_caller_ids(settings))
    ingestion.start()
    try:
        # SIGTERM, from the supervisor, lets the job in hand finish; Ctrl-C does not.
        Consumer(huey, workers=2, initial_delay=0.2, max_delay=2.0, graceful_signal="TERM").run()
    finally:
        ingestion.stop()


def verify_journal(settings: Settings) -> list[str]:
    """What is wrong with journal and records, one plain sentence each; ``[]`` when all is well.

    What lies in the spool and is not taken in yet is taken in first, unless a worker does it already.
    """
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    lock = SpoolLock(settings.journal_dir)
    try:
        try:
            lock.acquire()
        except AlreadyRunning:
            log.debug("spool_left_to_worker")
        else:
            Ingestor(settings.journal_dir, sessions).drain()
        return verify(sessions, settings.journal_dir)
    finally:
        lock.release()
        engine.dispose()
