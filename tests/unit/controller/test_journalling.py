"""Group commit: in order, again when the disk refuses, and no one fact ends the journal of all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from app.controller.journalling import GroupWriter
from app.core.journal import JournalEvent

AT = datetime(2026, 7, 1, tzinfo=UTC)


def fact(number: int, **data: object) -> JournalEvent:
    return JournalEvent(f"e{number}", 1, "call.arrived", AT, f"c{number}", data)


class Disk:
    def __init__(self, *, refuses: int = 0) -> None:
        self.refuses = refuses
        self.written: list[str] = []

    def append(self, events: Sequence[JournalEvent]) -> None:
        if self.refuses:
            self.refuses -= 1
            raise OSError(28, "No space left on device")
        if any("poison" in event.data for event in events):
            raise TypeError("not JSON")
        self.written += [event.event_id for event in events]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GroupWriter, "RETRY_SECONDS", 0.001)


def test_a_disk_that_was_full_gets_everything_in_order(quick: None) -> None:
    disk = Disk(refuses=3)
    writer = GroupWriter(disk, lambda error: None)
    for number in range(3):
        writer.put(fact(number))
    assert not writer.flush(0)
    assert writer.flush(5)
    assert disk.written == ["e0", "e1", "e2"]


def test_a_fact_that_cannot_be_written_costs_no_other(quick: None) -> None:
    disk = Disk()
    writer = GroupWriter(disk, lambda error: None)
    for number in range(4):
        writer.put(fact(number, poison=set()) if number == 1 else fact(number))
    assert writer.flush(5)
    writer.put(fact(9))
    assert writer.flush(5)
    assert disk.written == ["e0", "e2", "e3", "e9"]


def test_a_disk_that_stays_full_is_told_of(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GroupWriter, "GIVE_UP_SECONDS", 0.003)
    told: list[OSError] = []
    writer = GroupWriter(Disk(refuses=6), told.append)
    writer.put(fact(1))
    assert writer.flush(5)
    assert len(told) == 1
