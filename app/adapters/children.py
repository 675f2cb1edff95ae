"""Runs programs that take bytes and give bytes: speech engines and the decoder of uploads.

Only so many at a time: a telephone exchange shares the machine. May be called from any thread, and, where
gevent has been patched in, from any greenlet; it does not hold the loop up there.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gevent import monkey

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2
_PASSED = ("PATH", "LD_LIBRARY_PATH", "ESPEAK_DATA_PATH")

PATIENCE_SECONDS = 20.0
"""How long a caller waits for its turn; a person in front of a screen has given up by then."""


class Busy(Exception):
    """All places were taken for PATIENCE_SECONDS."""


class TimedOut(Exception):
    """The program did not end in its time and was killed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: exit code (negative: the signal that killed it) and what it wrote."""

    code: int
    output: bytes
    errors: str


class Children:
    """Places for ``at_once`` programs, shared by everything that is given this."""

    def __init__(self, at_once: int = AT_ONCE, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._patience_seconds = patience_seconds
        self._in_loop: Callable[[Callable[[], Finished]], Finished] | None = None
        if monkey.is_module_patched("subprocess"):
            self._in_loop = _main_loop()

    def run(self, command: Sequence[str], given: bytes, *, seconds: float, most_bytes: int) -> Finished:
        """Run ``command`` with ``given`` as its input. Of our environment, which has secrets in it, it sees little.

        Output beyond ``most_bytes`` is cut off. Raises Busy, TimedOut, OSError when it cannot be started.
        """

        def work() -> Finished:
            return self._run(command, given, seconds, most_bytes)

        return work() if self._in_loop is None else self._in_loop(work)

    def _run(self, command: Sequence[str], given: bytes, seconds: float, most_bytes: int) -> Finished:
        if not self._places.acquire(timeout=self._patience_seconds):
            raise Busy(command[0])
        try:
            # Files instead of pipes: no program can fill our memory or wait for us to read.
            with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as sink, tempfile.TemporaryFile() as log:
                source.write(given)
                source.seek(0)
                process = subprocess.Popen(
                    command, stdin=source, stdout=sink, stderr=log, cwd=ROOT, env=_environment()
                )
                try:
                    code = process.wait(seconds)
                except subprocess.TimeoutExpired as error:
                    raise TimedOut(f"{command[0]} was not ready after {seconds:g} s") from error
                finally:
                    if process.poll() is None:
                        process.kill()
                        process.wait()
                sink.seek(0)
                log.seek(0)
                return Finished(code, sink.read(most_bytes), log.read(10_000).decode(errors="replace").strip())
        finally:
            self._places.release()


def _environment() -> dict[str, str]:
    passed = {name: value for name in _PASSED if (value := os.environ.get(name))}
    return {**passed, "LC_ALL": "C.UTF-8"}


def _main_loop() -> Callable[[Callable[[], Finished]], Finished]:
    """How to have something done in the loop of this thread, from whichever thread is asked.

    gevent hears of the end of a child in its main loop only, so a thread of its pool cannot wait for one.
    """
    import gevent
    from gevent.hub import get_hub

    home = get_hub()
    new_lock = monkey.get_original("_thread", "allocate_lock")

    def done_there(work: Callable[[], Finished]) -> Finished:
        if get_hub() is home:
            return work()
        results: list[Finished] = []
        errors: list[BaseException] = []
        finished = new_lock()
        finished.acquire()

        def step() -> None:
            try:
                results.append(work())
            except BaseException as error:  # noqa: BLE001  (raised again in the thread that asked)
                errors.append(error)
            finally:
                finished.release()

        home.loop.run_callback_threadsafe(gevent.spawn, step)
        finished.acquire()
        if errors:
            raise errors[0]
        return results[0]

    return done_there
