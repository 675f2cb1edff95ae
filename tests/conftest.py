"""What every test may use: settings in a directory of its own, free ports, skips that say why."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.config import PREFIX, Settings
from app.supervisor.programs import find_chromium, find_freeswitch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, with the reason and the remedy."""
    reasons: dict[str, str] = {}
    if find_freeswitch(os.environ.get("SANGDAM_FREESWITCH", "auto")) is None:
        reasons["freeswitch"] = (
            "no FreeSWITCH in the PATH, /usr/bin, /usr/local/freeswitch/bin, nor by SANGDAM_FREESWITCH"
        )
    if find_chromium() is None:
        reasons["browser"] = "no Chromium or Chrome in the PATH (apt install chromium)"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker) is not None:
                item.add_marker(pytest.mark.skip(reason=reason))
        # Real sound in real time on a machine that does other things as well: a second look, said as RERUN.
        if any(item.get_closest_marker(marker) for marker in ("freeswitch", "browser")):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment without any SANGDAM_… variable, whatever the person has set who runs the tests."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_settings(
    clean_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Settings]:
    """Make settings with a prepared state directory of their own: ``make_settings(web_port=18000)``."""

    def make(**overrides: Any) -> Settings:
        overrides.setdefault("state", tmp_path_factory.mktemp("state"))
        overrides.setdefault("freeswitch", "none")
        settings = Settings.load(**overrides)
        settings.prepare()
        return settings

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Settings with default ports and a state directory of their own; calls are simulated."""
    return make_settings()


@pytest.fixture
def free_ports() -> Callable[[int], list[int]]:
    """``free_ports(3)``: TCP ports on loopback that nobody listened on a moment ago."""

    def find(count: int) -> list[int]:
        with ExitStack() as stack:
            probes = [stack.enter_context(socket.socket()) for _ in range(count)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            return [probe.getsockname()[1] for probe in probes]

    return find


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A directory with a short path, for sockets, whose names the system limits to 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="sd-") as name:
        yield Path(name)
