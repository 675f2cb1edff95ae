"""A controller whose loop stands still is ended, by a thread that the loop cannot hold up."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.controller.watchdog import hangs

HUNG = """
from gevent import monkey
monkey.patch_all()
import time
from app.controller import watchdog
watchdog.HANGS_AFTER = watchdog.LOOKS_EVERY = 0.2
began = time.monotonic()
watchdog.hangs.__defaults__ = (0.2,)
watchdog.watch(lambda: began)
while True:      # a loop that never gives way
    pass
"""


@pytest.mark.parametrize(
    ("alive_at", "now", "hung"), [(100.0, 100.5, False), (100.0, 110.0, False), (100.0, 110.1, True)]
)
def test_ten_seconds_without_a_turn_are_a_hang(alive_at: float, now: float, hung: bool) -> None:
    assert hangs(alive_at, now) is hung


def test_a_process_that_never_gives_way_is_ended() -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", HUNG], cwd=root, capture_output=True, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert b"stood still" in done.stderr
