"""Percentiles and tables for the benchmarks."""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0…1) of the values do not exceed (nearest rank); nan for none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(seconds: Sequence[float]) -> str:
    """``p50 / p95 / p99`` in milliseconds."""
    return " / ".join(f"{1000 * percentile(seconds, share):.0f}" for share in (0.5, 0.95, 0.99))


def ratio(ours: Sequence[float], theirs: Sequence[float], share: float) -> float:
    """Our percentile by theirs."""
    below = percentile(theirs, share)
    return percentile(ours, share) / below if below else math.nan


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they must be, the first to the left."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )

    return "\n".join([line(lines[0]), line(["-" * width for width in widths]), *map(line, lines[1:])])


def machine() -> str:
    """What the figures were measured on, as far as it matters, and how busy it was."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f} at start"


def fixed_work() -> float:
    """CPU milliseconds of a piece of work that is always the same, the median of five: how fast the machine is at this
    moment. On virtual machines that changes by half within minutes, and every figure in CPU time with it."""
    taken = []
    for _ in range(5):
        began = time.process_time()
        total = 0
        for number in range(400_000):
            total += number * number % 7
        taken.append(1000 * (time.process_time() - began))
    return sorted(taken)[2]
