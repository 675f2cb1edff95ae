"""One watched process: how it is started, when it counts as ready, when it is taken for dead."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.supervisor.probes import Probe

BACK_OFF = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between a death and the restart, by the number of deaths in a row. The first is at once:
callers are waiting. The last value repeats."""

STEADY_AFTER = 60.0
"""A process that lived this many seconds begins with the shortest wait again."""

LOG_LIMIT = 10 * 1024 * 1024
"""Bytes after which a log file is set aside as ``.log.1`` (one is kept)."""

_NEVER_ASKED = object()

_KNOWN_AND_HARMLESS = re.compile(
    r"WARNING (Memory overcommit|you have Transparent Huge Pages)|WARNING: The TCP backlog"
)
"""What Redis says about the machine's settings at each start; it concerns large installations."""

_LOUD = re.compile(
    r"\b(WARNING|ERROR|CRITICAL|FATAL)\b|\[(warning|error|critical|exception) *\]"
    r"|\"level\": ?\"(warning|error|critical)\"|^Traceback |^(Error|Warning):|^\w*(Error|Exception): "
)


def back_off(deaths: int) -> float:
    """Seconds to wait before the restart after the ``deaths``-th death in a row (1 is the first)."""
    return BACK_OFF[min(max(deaths, 1), len(BACK_OFF)) - 1]


def is_loud(line: str) -> bool:
    """True for a log line that a person at the console should see without asking."""
    return _LOUD.search(line) is not None and _KNOWN_AND_HARMLESS.search(line) is None


@dataclass(frozen=True)
class Spec:
    """What to run and how to see that it lives.

    ``stage`` orders the start (lower first) and, backwards, the stop. ``hangs_after`` is the number
    of seconds without a fresh answer of ``probe`` after which the process is killed and started
    anew; None: it is never killed for silence (FreeSWITCH carries calls even when it is busy).
    A process without a probe counts as ready when it has lived for ``settles_in`` seconds.
    """

    name: str
    title: str
    argv: Sequence[str]
    stage: int
    probe: Probe | None = None
    ready_within: float = 60.0
    hangs_after: float | None = None
    stops_within: float = 8.0
    settles_in: float = 1.5


class Child:
    """A process of one :class:`Spec`, over all its lives. Its owner calls from one thread only."""

    def __init__(self, spec: Spec, log_dir: Path, run_dir: Path, environment: Mapping[str, str]) -> None:
        self.spec = spec
        self.log_path = log_dir / f"{spec.name}.log"
        self.pid_path = run_dir / f"{spec.name}.pid"
        self.tail: deque[str] = deque(maxlen=15)
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.deaths = 0
        self.started_at = 0.0
        self.start_at = 0.0
        self.last_token: str | object | None = _NEVER_ASKED
        self.fresh_at = 0.0
        self.killed_because: str | None = None
        self._environment = dict(environment)
        self._log: IO[bytes] | None = None
        self._rest = b""
        self._trouble = ""
        self._complained = False

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self.process.pid if self.process is not None else None

    def start(self, now: float) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal reaches the supervisor only."""
        self._log = self._open_log()
        self.process = subprocess.Popen(
            list(self.spec.argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            start_new_session=True,
            bufsize=0,
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        try:
            self.pid_path.write_text(f"{self.process.pid}\n", "ascii")
        except OSError as error:
            self._trouble = f"Warning: {self.pid_path} cannot be written: {error.strerror}"
        self.ready, self.killed_because, self.last_token = False, None, _NEVER_ASKED
        self.tail.clear()
        self.started_at = self.fresh_at = now

    def answer(self, token: str | None, now: float) -> bool:
        """Take a probe's answer; True when it is fresh, which also makes the process ready.

        The very first answer only counts when it is "nothing there": a heartbeat may still be the
        one that the previous life left behind.
        """
        before, self.last_token = self.last_token, token
        if token is None or before is _NEVER_ASKED or token == before:
            return False
        self.fresh_at = now
        self.ready = True
        return True

    def is_hung(self, now: float) -> bool:
        """True when it has not answered for longer than its spec allows (longer while it starts)."""
        if self.process is None or self.spec.hangs_after is None or self.spec.probe is None:
            return False
        return now - self.fresh_at > (self.spec.hangs_after if self.ready else self.spec.ready_within)

    def read(self, show: Callable[[str], None]) -> bool:
        """Move what it printed into its log, and each whole line to ``show``; False at the end."""
        assert self.process is not None and self.process.stdout is not None
        try:
            data = self.process.stdout.read(65536)
        except OSError:
            data = b""
        if data is None:
            return True
        if data:
            self._keep(data)
        if self._trouble:
            show(self._trouble)
            self._trouble = ""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data and self._rest:
            lines, self._rest = [*lines, self._rest], b""
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip()
            if line:
                self.tail.append(line)
                show(line)
        return bool(data)

    def _open_log(self) -> IO[bytes] | None:
        """The log; None when the disk does not let us: what runs is worth more than what it says."""
        try:
            return self.log_path.open("ab", buffering=0)
        except OSError as error:
            self._complain(error)
            return None

    def _keep(self, data: bytes) -> None:
        try:
            if self._log is not None:
                self._log.write(data)
                if self._log.tell() > LOG_LIMIT:
                    self._log.close()
                    self._log = None
                    self.log_path.replace(self.log_path.with_suffix(".log.1"))
                    self._log = self._open_log()
                self._complained = False
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        """Once, until it can be written again."""
        if not self._complained:
            self._complained = True
            self._trouble = f"Warning: {self.log_path} cannot be written: {error.strerror}"

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and to everything it started in its session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def reap(self, now: float, show: Callable[[str], None]) -> int | None:
        """The exit code when it has ended (negative: the signal), after clearing up; None while it runs."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self.signal(signal.SIGKILL)  # what it started and left behind
        while self.read(show):
            pass
        assert self.process.stdout is not None
        self.process.stdout.close()
        if self._log is not None:
            self._log.close()
            self._log = None
        with contextlib.suppress(OSError):  # it names a process that is gone; the next start writes it anew
            self.pid_path.unlink(missing_ok=True)
        self.process = None
        self.ready = False
        self.note_death(now)
        return code

    def note_death(self, now: float) -> None:
        """Count a death (or a start that came to nothing) and wait accordingly."""
        self.deaths = 1 if now - self.started_at >= STEADY_AFTER else self.deaths + 1
        self.start_at = now + back_off(self.deaths)


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
