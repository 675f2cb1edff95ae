"""Simulated life at 200 calls/s on one core: what a call costs the controller, and whether it keeps up.

The product's controller runs pinned to one CPU, with Redis, live view and a journal forced to the disk; the
simulated switch with its callers, phones and desktops runs on the others. A call is a whole one: DID, greeting,
menu, queue, offer, talk, recording, wrap-up; see bench/simulator.py.

    python -m bench.life [--seconds 60] [--rate 200] [--tenants 20] [--agents 60]

Leaves with 1 when a target is missed: at most 4 ms of the controller's CPU time per call, no double offer,
not falling behind (whatever was placed has been talked to ten seconds after the last call arrived).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.adapters.redis.client import connect
from app.adapters.redis.commands import RedisCommandBus
from app.adapters.redis.feed import LiveReader
from bench.figures import fixed_work, machine, table
from bench.lab import Lab
from bench.tenant import first_agent, make_tenant, publish
from freeswitch_conf.render import render

PORTS = {"sip_port": 18960, "trunk_port": 18980, "ws_port": 18966, "esl_port": 18922, "web_port": 18968,
         "rtp_ports": "26000-28000", "freeswitch": "none"}  # fmt: skip
MENU = 3
MOST_CPU = 0.004
"""Seconds of the controller's CPU that a call may cost."""

Watch = Callable[[Lab, dict[str, Any], dict[str, Any]], None]


def live(
    root: Path, *, rate: float, calls: int, tenants: int, agents: int, watch: Watch | None = None
) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Let ``calls`` calls be made. What simulator and controller said last, and the CPU seconds that the
    controller spent between the first call and the last wrap-up. ``watch`` is shown both twice a second."""
    with Lab(root, **PORTS) as lab:
        settings = lab.settings
        render(settings)
        for number in range(1, tenants + 1):
            publish(settings, make_tenant(settings, agents, tenant_id=number, menu=MENU))
        lab.start_redis()
        for name in ("bench-simulator", "bench-controller"):
            (settings.run_dir / f"{name}.json").unlink(missing_ok=True)
        cpus = sorted(os.sched_getaffinity(0))
        words = ["bench.simulator", *map(str, (tenants, agents, MENU, rate, calls))]
        lab.run("simulator", [sys.executable, "-m", *words], environment=settings.environment(),
                cpu=cpus[-1] if len(cpus) > 1 else None)  # fmt: skip
        lab.wait(lab.switch_answers, "the simulator")
        lab.start_controller(str(tenants), str(agents), str(MENU), "available", "wrap_up", cpu=cpus[0])
        _log_in(lab, tenants, agents)
        before = lab.controller_state()
        os.kill(lab.pid("simulator"), signal.SIGUSR1)
        path = settings.run_dir / "bench-simulator.json"
        deadline = time.monotonic() + calls / rate * 1.5 + 30
        last_placed = 0.0
        while time.monotonic() < deadline:
            time.sleep(0.5)
            seen, controller = json.loads(path.read_text()), lab.controller_state()
            if watch is not None:
                watch(lab, seen, controller)
            if seen["placed"] == calls:
                last_placed = last_placed or time.monotonic()
                if seen["talked"] == calls or time.monotonic() > last_placed + 10:
                    break
        time.sleep(2.0)  # the last wrap-ups
        return (
            json.loads(path.read_text()),
            lab.controller_state(),
            lab.controller_state()["cpu"] - before["cpu"],
        )


def _log_in(lab: Lab, tenants: int, agents: int) -> None:
    redis = connect(lab.settings.redis_url)
    bus, reader = RedisCommandBus(redis), LiveReader(redis)

    def ready(number: int) -> bool:
        snapshot = reader.snapshot(number)
        if snapshot is None or snapshot["switch"] != "up":
            return False
        return all(a["status"] == "available" and a["registered"] for a in snapshot["agents"])

    lab.wait(lambda: (reader.snapshot(1) or {}).get("switch") == "up", "the controller")
    for tenant in range(1, tenants + 1):
        for number in range(1, agents + 1):
            bus.notify(tenant, "log_in", {"agent_id": first_agent(tenant) + number})
    lab.wait(lambda: all(ready(number) for number in range(1, tenants + 1)), "the agents logged in")


class Progress:
    """How far the controller is behind, and how many calls a second were carried when all went its way."""

    def __init__(self, calls: int) -> None:
        self.mailbox = 0
        self._calls = calls
        self._first: tuple[float, int] | None = None
        self._last: tuple[float, int] = (0.0, 0)

    def __call__(self, lab: Lab, seen: dict[str, Any], controller: dict[str, Any]) -> None:
        self.mailbox = max(self.mailbox, controller["mailbox"])
        # Neither the beginning, when nobody has talked yet, nor the end, when nobody calls any more.
        if seen["talked"] > 0 and seen["placed"] < self._calls:
            self._first = self._first or (seen["at"], seen["talked"])
            self._last = (seen["at"], seen["talked"])

    @property
    def calls_per_second(self) -> float:
        if self._first is None or self._last[0] <= self._first[0]:
            return 0.0
        return (self._last[1] - self._first[1]) / (self._last[0] - self._first[0])


def main() -> int:
    parser = argparse.ArgumentParser(description="Simulated life on one core.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=200, help="calls/s")
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--agents", type=int, default=60, help="of each tenant")
    parser.add_argument("--scratch", type=Path, help="where its files are left; default: removed")
    chosen = parser.parse_args()
    print(machine())
    calls = int(chosen.rate * chosen.seconds)
    progress = Progress(calls)
    before = fixed_work()
    with tempfile.TemporaryDirectory(prefix="sangdam-bench-") as temporary:
        seen, controller, cpu = live(
            (chosen.scratch or Path(temporary)) / "life", rate=chosen.rate, calls=calls,
            tenants=chosen.tenants, agents=chosen.agents, watch=progress,
        )  # fmt: skip
    per_call = cpu / max(1, seen["talked"])
    print(f"{chosen.tenants} tenants with {chosen.agents} agents each, {chosen.rate:g} calls/s wanted")
    print(table(("", ""), [
        ("calls placed", f"{seen['placed']}"),
        ("calls talked to", f"{seen['talked']}"),
        ("calls/s", f"{progress.calls_per_second:.0f}"),
        ("controller's CPU per call", f"{1000 * per_call:.2f} ms"),
        ("fixed work, before / after", f"{before:.0f} / {fixed_work():.0f} ms"),
        ("core used by the controller", f"{100 * per_call * progress.calls_per_second:.0f} %"),
        ("double offers", f"{seen['double']}"),
        ("park → offer p50 / p95 / p99", " / ".join(f"{1000 * seen[p]:.0f}" for p in ("p50", "p95", "p99")) + " ms"),
        ("mailbox at most", f"{progress.mailbox}"),
        ("simulator at most late", f"{1000 * seen['late']:.0f} ms"),
        ("calls left in the controller", f"{controller['calls']}"),
    ]))  # fmt: skip
    missed = []
    if per_call > MOST_CPU:
        missed.append(f"{1000 * per_call:.2f} ms of CPU per call, {1000 * MOST_CPU:.0f} ms at most")
    if seen["double"]:
        missed.append(f"{seen['double']} double offers")
    if seen["talked"] < calls:
        missed.append(f"{calls - seen['talked']} calls were not talked to in time")
    print("missed: " + "; ".join(missed) if missed else "all targets met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
