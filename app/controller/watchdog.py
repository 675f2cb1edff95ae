"""Ends this process when its loop stands still: a subscriber that no longer reads takes the switch down.

A thread of the operating system, not a greenlet: it runs on when the loop does not. Whoever started the
process (the supervisor, the container's restart policy) starts the next, which adopts the calls.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from gevent import monkey

HANGS_AFTER = 10.0
"""Seconds without a turn of the loop after which the process is ended."""

LOOKS_EVERY = 1.0


def hangs(alive_at: float, now: float, within: float = HANGS_AFTER) -> bool:
    """Whether a loop that last turned at ``alive_at`` counts as hung at ``now`` (monotonic seconds)."""
    return now - alive_at > within


def watch(alive_at: Callable[[], float], end: Callable[[], None] | None = None) -> None:
    """Start watching the loop that says when it last turned."""
    # The real ones: after monkey-patching, `threading` and `time.sleep` belong to the loop that is watched.
    sleep = monkey.get_original("time", "sleep")
    start = monkey.get_original("_thread", "start_new_thread")
    start(_look, (alive_at, end or _kill, sleep), {})


def _look(alive_at: Callable[[], float], end: Callable[[], None], sleep: Callable[[float], None]) -> None:
    late = 0
    while True:
        sleep(LOOKS_EVERY)
        # Twice in a row: a machine that was suspended wakes with an old turn and a live loop.
        late = late + 1 if hangs(alive_at(), time.monotonic()) else 0
        if late >= 2:
            end()
            return


def _kill() -> None:
    sys.stderr.write(f"The controller's loop has stood still for {HANGS_AFTER:.0f} s: ending the process.\n")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL)
