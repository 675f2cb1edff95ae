"""From the spool into the database, exactly once.

One transaction takes a batch of lines, adds them to the journal, brings the records of the calls and
agents that they speak of up to date, and notes how far it has read. Whenever the process dies, either
all of that has happened or none of it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from app.adapters.journal_spool import parse_line, read_lines, spool_files
from app.adapters.sql.base import utcnow
from app.adapters.sql.engine import Sessions, writing
from app.adapters.sql.record_rows import RecordKeeper, storable
from app.adapters.sql.tables import IngestedFile
from app.core.journal import JournalEvent

log = structlog.get_logger(__name__)

LINES_PER_BATCH = 3000
POLL_SECONDS = 0.2
LONGEST_BACK_OFF = 5.0
KEPT_SECONDS = 48 * 3600.0
"""How long files stay after they were taken in: the database may be restored from a backup."""


class AlreadyRunning(Exception):
    """Another process takes in this spool; the text says which file it holds."""


class SpoolLock:
    """Held while this process takes in a spool. The system releases it when the process dies."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / "ingest.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises AlreadyRunning."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise AlreadyRunning(
                f"another worker holds {self._path}; only one may take in the journal"
            ) from None
        self._file = file

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Ingestor:
    """Takes in one spool directory. One at a time (SpoolLock)."""

    def __init__(
        self,
        directory: Path,
        sessions: Sessions,
        lines_per_batch: int = LINES_PER_BATCH,
        keeper: RecordKeeper | None = None,
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._most = lines_per_batch
        self._keeper = keeper or RecordKeeper()
        self._offsets: dict[str, int] | None = None

    def run_once(self) -> int:
        """Take in one batch; how many lines it had. 0: nothing new."""
        if self._offsets is None:
            with self._sessions() as session:
                self._offsets = dict(session.execute(select(IngestedFile.name, IngestedFile.offset)).all())  # type: ignore[arg-type]
        events, offsets, lines = self._gather(self._offsets)
        if not offsets:
            return 0
        try:
            with writing(self._sessions) as session:
                self._keeper.store(session.connection(), events)
                for name, offset in offsets.items():
                    session.merge(IngestedFile(name=name, offset=offset, at=utcnow()))
        except BaseException:
            self._keeper.forget()
            raise
        self._offsets |= offsets
        return lines

    def drain(self) -> int:
        """Take in everything there is; how many lines."""
        total = 0
        while taken := self.run_once():
            total += taken
        return total

    def _gather(self, known: dict[str, int]) -> tuple[list[JournalEvent], dict[str, int], int]:
        events: list[JournalEvent] = []
        offsets: dict[str, int] = {}
        count = 0
        for path in spool_files(self._directory):
            offset = known.get(path.name, 0)
            if count >= self._most:
                break
            if path.stat().st_size <= offset:
                continue
            lines, after = read_lines(path, offset, most_bytes=1024 * 1024)
            room = self._most - count
            if len(lines) > room:
                lines = lines[:room]
                after = offset + sum(len(line) + 1 for line in lines)
            if after == offset:
                continue
            position = offset
            for line in lines:
                event = self._parse(path, position, line)
                position += len(line) + 1
                if event is not None:
                    events.append(event)
            offsets[path.name] = after
            count += len(lines)
        return events, offsets, count

    @staticmethod
    def _parse(path: Path, position: int, line: bytes) -> JournalEvent | None:
        try:
            event = parse_line(line)
        except ValueError as error:
            log.error("journal_line_damaged", file=path.name, offset=position, error=str(error))
            return None
        if not storable(event):
            log.error("journal_line_not_storable", file=path.name, offset=position, identity=event.event_id)
            return None
        return event

    def remove_old_files(self, now: float | None = None) -> int:
        """Delete files that were taken in whole and not written to for two days; how many."""
        oldest = (time.time() if now is None else now) - KEPT_SECONDS
        removed = []
        for path in spool_files(self._directory):
            stat = path.stat()
            if stat.st_mtime < oldest and (self._offsets or {}).get(path.name, -1) >= stat.st_size:
                path.unlink()
                removed.append(path.name)
        if removed:
            # The files go first: a row without its file is harmless, a file without its row is read again.
            with writing(self._sessions) as session:
                session.execute(delete(IngestedFile).where(IngestedFile.name.in_(removed)))
            for name in removed:
                (self._offsets or {}).pop(name, None)
        return len(removed)


def run_loop(
    steps: list[Callable[[], Any]], stop: threading.Event, poll_seconds: float = POLL_SECONDS
) -> None:
    """Run ``steps`` again and again until ``stop``; at once while the first has work, else after a pause.

    A database that does not answer is tried again, ever more slowly: the spool waits for it.
    """
    pause = poll_seconds
    while not stop.is_set():
        busy = False
        try:
            for step in steps:
                busy = bool(step()) or busy
            pause = poll_seconds
        except (DBAPIError, OSError) as error:
            log.error("ingestion_failed", error=str(error), retry_seconds=pause)
            pause = min(LONGEST_BACK_OFF, pause * 2)
        except Exception:
            # A bug: said loudly, again and again. A thread that died of it would leave a worker that looks well.
            log.exception("ingestion_broken", retry_seconds=pause)
            pause = min(LONGEST_BACK_OFF, pause * 2)
        if not busy:
            stop.wait(pause)
