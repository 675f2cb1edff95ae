"""Private processes for the benchmarks: FreeSWITCH or the simulator, Redis and the controller, in one
directory, loopback only; all ended when the ``with`` block ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from app.config import Settings
from app.supervisor.exec_ import redis_argv
from app.supervisor.programs import FREESWITCH_ENVIRONMENT

ROOT = Path(__file__).resolve().parent.parent


class LabError(Exception):
    """A process of the laboratory does not come up, or has ended."""


class Lab:
    """``with Lab(path, **settings) as lab: …``. ``lab.settings`` is what all of its processes run with."""

    def __init__(self, root: Path, **changes: Any) -> None:
        self.settings = Settings.load(**{"state": root, "log_level": "warning", **changes})
        self.settings.prepare()
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(list(self._processes)):
            self.stop(name)

    # --- processes ----------------------------------------------------------------------------

    def run(
        self, name: str, argv: Sequence[str], *, environment: Mapping[str, str] | None = None,
        cpu: int | None = None,
    ) -> subprocess.Popen[str]:  # fmt: skip
        """Start a process that belongs to the laboratory; its output goes to a file in the log folder."""
        assert name not in self._processes, name
        pin = None if cpu is None else lambda: os.sched_setaffinity(0, {cpu})
        with self.log(name).open("w") as output:
            process = subprocess.Popen(
                [*argv], stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=ROOT, text=True,
                env={**os.environ, **(environment or {})}, preexec_fn=pin,
            )  # fmt: skip
        self._processes[name] = process
        return process

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> int:
        """End one process; its exit code."""
        process = self._processes.pop(name)
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        return process.returncode

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def log(self, name: str) -> Path:
        return self.settings.log_dir / f"{name}.out"

    def wait(self, ready: Callable[[], object], what: str, seconds: float = 30.0) -> None:
        """Until ``ready()`` is true. Raises LabError when it does not come, or a process has ended."""
        end = time.monotonic() + seconds
        while not ready():
            for name, process in self._processes.items():
                if process.poll() is not None and process.returncode != 0:
                    tail = self.log(name).read_text(errors="replace")[-1500:]
                    raise LabError(f"{name} ended with {process.returncode}: {tail}")
            if time.monotonic() > end:
                raise LabError(f"not within {seconds:g} s: {what}")
            time.sleep(0.02)

    # --- the product's ----------------------------------------------------------------------------

    def start_redis(self) -> None:
        path = self.settings.redis_socket
        path.unlink(missing_ok=True)
        # What the last run left there (agents, commands) would be taken up by this one.
        for old in self.settings.redis_dir.rglob("*.aof"):
            old.unlink()
        self.run("redis", redis_argv(self.settings))
        self.wait(path.exists, "Redis")

    def start_freeswitch(self, argv: Sequence[str]) -> None:
        self.run("freeswitch", argv, environment={**FREESWITCH_ENVIRONMENT, **os.environ})
        self.wait(self.switch_answers, "FreeSWITCH's Event Socket", 60)

    def start_controller(self, *arguments: str, cpu: int | None = None) -> None:
        """The controller in a process of its own, leading."""
        words = [sys.executable, "-m", "bench.controller", *arguments]
        self.run("controller", words, environment=self.settings.environment(), cpu=cpu)

    def controller_state(self) -> dict[str, Any]:
        """What the controller last said of itself (see bench.controller)."""
        state: dict[str, Any] = json.loads((self.settings.run_dir / "bench-controller.json").read_text())
        return state

    def switch_answers(self) -> bool:
        try:
            socket.create_connection((self.settings.esl_host, self.settings.esl_port), 0.2).close()
        except OSError:
            return False
        return True


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
