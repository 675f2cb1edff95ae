"""The journal's spool: JSON lines on disk, fsync'd before anybody acts on them.

Files are ``<UTC hour>-<time>-<writer>.jsonl``; each has one writer only, so two controllers never mix
their lines. A line without its newline was never acknowledged: its writer died while writing. Readers
leave it alone.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson

from app.core.journal import JournalEvent

SUFFIX = ".jsonl"

_COUNT = itertools.count(1)


class JournalSpool:
    """Appends events; implements app.ports.Journal. Any number of threads may append at once.

    Group commit: whoever comes while a batch is being written waits, and then one of those who waited
    writes for all of them: one write and one fsync for each batch.
    """

    def __init__(
        self,
        directory: Path,
        *,
        max_bytes: int = 16 * 1024 * 1024,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        fsync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._now = now
        self._fsync = fsync
        self._writer = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._file: int | None = None
        self._size = 0
        self._hour = ""
        self._waiting: list[_Batch] = []
        self._queue_lock = threading.Lock()
        self._write_lock = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True)

    def append(self, events: Sequence[JournalEvent]) -> None:
        """Append, in order; returns when they are on disk.

        Raises OSError when they are not; none of them then counts as written (appending them again is
        right in any case, because an event's identity makes doubles harmless).
        """
        if not events:
            return
        own = _Batch(b"".join(_line(event) for event in events))
        with self._queue_lock:
            self._waiting.append(own)
        with self._write_lock:
            if not own.done:
                with self._queue_lock:
                    batches, self._waiting = self._waiting, []
                self._write(batches)
        if own.error is not None:
            raise OSError(own.error.errno, f"the journal could not be written: {own.error}") from own.error

    def close(self) -> None:
        """Close the file; a later append opens a new one."""
        with self._write_lock:
            self._close()

    def _write(self, batches: Sequence[_Batch]) -> None:
        data = b"".join(batch.data for batch in batches)
        error: OSError | None = None
        try:
            file = self._current()
            _write_all(file, data)
            self._fsync(file)
            self._size += len(data)
        except OSError as failed:
            error = failed
            self._abandon()
        for batch in batches:
            batch.done, batch.error = True, error

    def _abandon(self) -> None:
        """After a failed write: cut off what may be half a line, and go on in another file."""
        if self._file is not None:
            try:
                os.ftruncate(self._file, self._size)
            except OSError:
                # The torn line stays at the end of a file that nobody appends to; readers skip it.
                self._close()
                return
            self._close()

    def _current(self) -> int:
        hour = self._now().astimezone(UTC).strftime("%Y%m%dT%H")
        if self._file is not None and (self._size >= self._max_bytes or hour != self._hour):
            self._close()
        if self._file is None:
            stamp = self._now().astimezone(UTC).strftime("%Y%m%dT%H-%M%S%f")
            name = f"{stamp}-{self._writer}-{next(_COUNT)}{SUFFIX}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(self._directory / name, flags, 0o600)
            self._size, self._hour = 0, hour
            _sync_directory(self._directory)
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class _Batch:
    """What one caller wants written, and what came of it."""

    __slots__ = ("data", "done", "error")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.done = False
        self.error: OSError | None = None


def spool_files(directory: Path) -> list[Path]:
    """The spool's files, oldest first."""
    return sorted(path for path in directory.glob(f"*{SUFFIX}") if path.is_file())


def read_lines(path: Path, offset: int, most_bytes: int = 4 * 1024 * 1024) -> tuple[list[bytes], int]:
    """Whole lines from ``offset``, and the offset after the last of them."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(most_bytes)
        while data and b"\n" not in data and (more := file.read(most_bytes)):
            data += more
    end = data.rfind(b"\n") + 1
    return data[:end].split(b"\n")[:-1], offset + end


def parse_line(line: bytes) -> JournalEvent:
    """One event. Raises ValueError for a damaged line."""
    try:
        return JournalEvent.from_json(orjson.loads(line))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a journal event: {error!r}") from error


def read_spool(directory: Path, since: datetime | None = None) -> Iterator[JournalEvent]:
    """Every event still in the spool that happened at or after ``since``, file by file.

    Damaged lines are left out here; the ingestion reports them.
    """
    for path in spool_files(directory):
        offset = 0
        while True:
            lines, after = read_lines(path, offset)
            if after == offset:
                break
            offset = after
            for line in lines:
                try:
                    event = parse_line(line)
                except ValueError:
                    continue
                if since is None or event.at >= since:
                    yield event


def _line(event: JournalEvent) -> bytes:
    shape = event.to_json()
    try:
        return orjson.dumps(shape) + b"\n"
    except TypeError:
        # Half a surrogate pair, from a caller's broken name: JSON's text cannot carry it.
        return json.dumps(shape, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_directory(directory: Path) -> None:
    """A new file's name must be on disk too."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
