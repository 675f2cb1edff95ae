"""The rehearsal as the web calls it: a process of its own, bounded, that touches nothing of the installation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

import app.bootstrap.rehearsal as rehearsing
from app.adapters.children import Children
from app.bootstrap import upgrade_database
from app.bootstrap.rehearsal import rehearser
from app.bootstrap.setup import open_store, seed_demo
from app.config import Settings
from app.ports import RehearsalFailed
from tests.unit.rehearsal.centre import failed, furnished, small, write_sound


@pytest.fixture
def settings(make_settings: Callable[..., Settings], free_ports: Callable[[int], list[int]]) -> Settings:
    """No FreeSWITCH answers here. What is heard while a key is awaited is there: composing it takes a while."""
    made = make_settings(esl_port=free_ports(1)[0])
    write_sound(made.prompts_dir / "system" / "keys.wav", 30)
    return made


def files(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


def test_the_demo_passes_in_a_process_that_touches_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "MOST_SECONDS", 40.0)  # a machine that does other things as well
    upgrade_database(settings)
    config = open_store(settings).for_tenant(seed_demo(settings)["tenant_id"]).config()
    # A database and a state that nobody can reach: it does not ask for them.
    monkeypatch.setenv("SANGDAM_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("SANGDAM_STATE", "/nowhere")
    before = files(settings.state)
    rehearsal = rehearser(settings)(config)
    assert failed(rehearsal) == {} and len(rehearsal.calls) >= 30
    assert [(one.name, one.reason) for one in rehearsal.left_out] == [("queue.closing", "nothing")]
    assert files(settings.state) == before


def test_it_ends_when_the_time_is_over(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(rehearsing, "MOST_SECONDS", 0.0)
    with pytest.raises(RehearsalFailed) as raised:
        rehearser(settings)(furnished(small(), tmp_path))
    assert raised.value.code == "time_over"


def test_a_mistake_of_ours_is_said_to_be_one(settings: Settings, tmp_path: Path) -> None:
    config = dataclasses.replace(furnished(small(), tmp_path), licences="many")  # type: ignore[arg-type]
    with pytest.raises(RehearsalFailed) as raised:
        rehearser(settings)(config)
    assert raised.value.code == "broken" and "Traceback" in str(raised.value)


def test_one_at_a_time(settings: Settings, tmp_path: Path) -> None:
    none_left = Children(at_once=0, patience_seconds=0.05)
    with pytest.raises(RehearsalFailed) as raised:
        rehearser(settings, none_left)(furnished(small(), tmp_path))
    assert raised.value.code == "busy"
