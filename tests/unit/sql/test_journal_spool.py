"""The spool's promise: what append returned for is on disk, and nothing else can be mistaken for it."""

from __future__ import annotations

import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters import journal_spool
from app.adapters.journal_spool import JournalSpool, read_lines, read_spool, spool_files
from app.core.journal import JournalEvent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(number: int) -> JournalEvent:
    return JournalEvent(f"e{number}", 1, "agent.state", NOON + timedelta(seconds=number), None, {"n": number})


def identities(directory: Path) -> list[str]:
    return [one.event_id for one in read_spool(directory)]


def test_events_come_back_as_they_went_in(tmp_path: Path) -> None:
    spool = JournalSpool(tmp_path)
    spool.append([event(1), event(2)])
    spool.append([event(3)])
    assert list(read_spool(tmp_path)) == [event(1), event(2), event(3)]
    assert [one.event_id for one in read_spool(tmp_path, since=NOON + timedelta(seconds=2))] == ["e2", "e3"]


def test_one_fsync_a_batch_and_none_for_nothing(tmp_path: Path) -> None:
    synced: list[int] = []
    spool = JournalSpool(tmp_path, fsync=synced.append)
    spool.append([event(number) for number in range(100)])
    spool.append([])
    assert len(synced) == 1


def test_who_comes_during_a_write_shares_the_next(tmp_path: Path) -> None:
    writing, go_on, synced = threading.Event(), threading.Event(), []

    def fsync(file: int) -> None:
        synced.append(file)
        writing.set()
        assert go_on.wait(10)

    spool = JournalSpool(tmp_path, fsync=fsync)
    threads = [threading.Thread(target=spool.append, args=([event(0)],))]
    threads[0].start()
    assert writing.wait(10)
    threads += [threading.Thread(target=spool.append, args=([event(number)],)) for number in range(1, 9)]
    for thread in threads[1:]:
        thread.start()
    while len(spool._waiting) < 8:
        pass
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(synced) == 2, "the first, and one for the eight that waited"
    assert sorted(identities(tmp_path)) == sorted(f"e{number}" for number in range(9))


def test_a_new_hour_and_a_full_file_begin_a_new_one(tmp_path: Path) -> None:
    now = [NOON]
    spool = JournalSpool(tmp_path, max_bytes=150, now=lambda: now[0])
    spool.append([event(1)])
    now[0] += timedelta(hours=1)
    spool.append([event(2)])
    assert len(spool_files(tmp_path)) == 2
    spool.append([event(3)])
    spool.append([event(4)])
    assert len(spool_files(tmp_path)) == 3
    assert identities(tmp_path) == ["e1", "e2", "e3", "e4"]


def test_two_writers_have_two_files(tmp_path: Path) -> None:
    one, two = JournalSpool(tmp_path), JournalSpool(tmp_path)
    one.append([event(1)])
    two.append([event(2)])
    one.append([event(3)])
    assert len(spool_files(tmp_path)) == 2
    assert sorted(identities(tmp_path)) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("fails", ["write", "fsync"])
def test_after_a_full_disk_nothing_is_glued_to_half_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    disk_full = [False]
    real_write = os.write

    def write(file: int, data: bytes) -> int:
        if disk_full[0] and fails == "write":
            real_write(file, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(file, data)

    def fsync(file: int) -> None:
        if disk_full[0] and fails == "fsync":
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(journal_spool.os, "write", write)
    spool = JournalSpool(tmp_path, fsync=fsync)
    spool.append([event(1)])
    disk_full[0] = True
    with pytest.raises(OSError, match="the journal could not be written"):
        spool.append([event(2)])
    disk_full[0] = False
    spool.append([event(2), event(3)])
    assert identities(tmp_path) == ["e1", "e2", "e3"]


def test_half_a_line_is_not_read(tmp_path: Path) -> None:
    JournalSpool(tmp_path).append([event(1), event(2)])
    (path,) = spool_files(tmp_path)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        lines, after = read_lines(path, 0)
        assert after == whole[:cut].rfind(b"\n") + 1
        assert len(lines) == whole[:cut].count(b"\n")


def test_a_line_longer_than_the_buffer_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"a" * 5000 + b"\n" + b"b\n")
    lines, after = read_lines(path, 0, most_bytes=100)
    assert lines[0] == b"a" * 5000
    assert read_lines(path, after)[0] in ([], [b"b"])
