"""The controller's memory over 20,000 simulated calls: resident size at steps, and the slope of the second half.

The same life as bench.life (DID, menu, queue, offer, talk, recording, wrap-up), made by the same processes.

    python -m bench.memory [--calls 20000] [--rate 100]

The controller remembers a fixed number of legs that have gone (app.core.centre_state.GONE_KEPT) and fills its
allocator's arenas at the beginning, so the second half tells. Leaves with 1 when it grows there by more than
2 % of its size, or by more than 100 bytes a call.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import machine, table
from bench.lab import Lab
from bench.life import live

MOST_SHARE, MOST_BYTES = 0.02, 100.0


class Samples:
    """Calls talked to → bytes resident."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, int]] = []

    def __call__(self, lab: Lab, seen: dict[str, Any], controller: dict[str, Any]) -> None:
        self.taken.append((seen["talked"], resident(lab.pid("controller"))))

    def at(self, calls: float) -> int:
        """The size when ``calls`` had been talked to."""
        return next((size for talked, size in self.taken if talked >= calls), self.taken[-1][1])

    def slope(self, after: int) -> float:
        """Bytes a call, by least squares over what came after that many calls."""
        points = [(talked, size) for talked, size in self.taken if talked >= after]
        mean_x = sum(x for x, _ in points) / len(points)
        mean_y = sum(y for _, y in points) / len(points)
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def resident(pid: int) -> int:
    """Resident size of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="The controller's memory over many calls.")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=100, help="calls/s")
    parser.add_argument("--tenants", type=int, default=10)
    parser.add_argument("--agents", type=int, default=60, help="of each tenant")
    chosen = parser.parse_args()
    print(machine())
    samples = Samples()
    with tempfile.TemporaryDirectory(prefix="sangdam-bench-") as temporary:
        seen, controller, _ = live(
            Path(temporary) / "memory", rate=chosen.rate, calls=chosen.calls, tenants=chosen.tenants,
            agents=chosen.agents, watch=samples,
        )  # fmt: skip
    steps = [(chosen.calls * step // 10, samples.at(chosen.calls * step / 10)) for step in range(11)]
    print(table(("calls", "resident, MB"), [(f"{calls}", f"{size / 1e6:.1f}") for calls, size in steps]))
    slope = samples.slope(chosen.calls // 2)
    grown = samples.at(chosen.calls) / samples.at(chosen.calls / 2) - 1
    print(
        f"{seen['talked']} of {chosen.calls} calls were talked to; {controller['calls']} are left in the controller"
    )
    print(f"second half: {slope:+.0f} bytes a call, {100 * grown:+.1f} %")
    flat = grown <= MOST_SHARE and slope <= MOST_BYTES and seen["talked"] >= chosen.calls
    print("flat" if flat else "NOT FLAT, or not all calls were carried")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
