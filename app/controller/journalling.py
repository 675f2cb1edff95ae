"""Group commit of journal events: everything that one turn of the loop decided is one fsync."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import gevent
import gevent.event
import gevent.hub
import structlog

from app.core.journal import JournalEvent
from app.ports import Journal

log = structlog.get_logger(__name__)


class JournalWriter(Protocol):
    """Where the runner puts what happened."""

    def put(self, event: JournalEvent) -> None: ...


class DirectWriter:
    """Appends at once, for tests and tools on virtual time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def put(self, event: JournalEvent) -> None:
        """Append one event."""
        self._journal.append([event])


class GroupWriter:
    """Appends in gevent's threadpool, batch by batch, in order.

    The disk's fsync (milliseconds) must not stop the loop that drives the calls; while one batch is
    being written the next gathers. ``on_failure`` is called when the disk refuses for long: without a
    journal the controller must not go on deciding.
    """

    GATHER_SECONDS = 0.01
    """Pause between two batches: a flood of calls is a hundred batches a second, not one for each event."""
    RETRY_SECONDS = 0.5
    GIVE_UP_SECONDS = 30.0

    def __init__(self, journal: Journal, on_failure: Callable[[OSError], None]) -> None:
        self._journal = journal
        self._on_failure = on_failure
        self._pending: list[JournalEvent] = []
        self._wake = gevent.event.Event()
        self._idle = gevent.event.Event()
        self._idle.set()
        self._greenlet = gevent.spawn(self._run)

    def put(self, event: JournalEvent) -> None:
        """Have one event written; returns at once."""
        self._pending.append(event)
        self._idle.clear()
        self._wake.set()

    def flush(self, timeout: float) -> bool:
        """Wait until everything put so far is on disk; False when that took longer than ``timeout`` s."""
        return self._idle.wait(timeout)

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._pending:
                batch, self._pending = self._pending, []
                self._write(batch)
                if self._pending:
                    gevent.sleep(self.GATHER_SECONDS)
            self._idle.set()

    def _write(self, batch: Sequence[JournalEvent]) -> None:
        pool = gevent.hub.get_hub().threadpool
        waited = 0.0
        while True:
            try:
                pool.apply(self._journal.append, (batch,))
                return
            except OSError as error:
                log.error("journal_not_written", error=str(error), events=len(batch))
                if waited >= self.GIVE_UP_SECONDS:
                    self._on_failure(error)
                    waited = 0.0
                gevent.sleep(self.RETRY_SECONDS)
                waited += self.RETRY_SECONDS
            except Exception:
                # No disk's fault: a fact that has no line. Without it, rather than without all that follow.
                if len(batch) == 1:
                    log.exception("journal_event_unwritable", identity=batch[0].event_id, about=repr(batch[0])[:500])
                for event in batch if len(batch) > 1 else ():
                    self._write([event])
                return
