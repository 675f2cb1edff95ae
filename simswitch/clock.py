"""Time for the simulator: one heap of timers, driven by a virtual or by the real clock.

Everything that happens in the simulator happens in a callback of its scheduler, one after another, in
the order of time and, at the same instant, in the order of asking. That makes a run repeatable.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

log = logging.getLogger(__name__)


class Timer:
    """A callback that is due at ``when`` (epoch seconds); ``cancel`` is harmless afterwards."""

    __slots__ = ("args", "fn", "when")

    def __init__(self, when: float, fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.when = when
        self.fn: Callable[..., Any] | None = fn
        self.args = args

    def cancel(self) -> None:
        self.fn = None
        self.args = ()


class Scheduler(ABC):
    """Timers in the order of time. Subclasses say what time it is."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._soon: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._count = itertools.count()

    @abstractmethod
    def time(self) -> float:
        """Epoch seconds, UTC."""

    def now(self) -> datetime:
        """The same as an aware datetime."""
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return self.time()

    def at(self, when: float, fn: Callable[..., Any], *args: Any) -> Timer:
        timer = Timer(when, fn, args)
        heapq.heappush(self._heap, (when, next(self._count), timer))
        return timer

    def after(self, delay: float, fn: Callable[..., Any], *args: Any) -> Timer:
        return self.at(self.time() + delay, fn, *args)

    def soon(self, fn: Callable[..., Any], *args: Any) -> None:
        """Call at this very instant, after what is already waiting."""
        self._soon.append((fn, args))

    def drain(self) -> None:
        """Run what is due at this instant without letting time pass."""
        soon = self._soon
        while soon:
            fn, args = soon.popleft()
            fn(*args)

    def next_due(self) -> float | None:
        """When the next timer is due; None when there is none."""
        heap = self._heap
        while heap and heap[0][2].fn is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def _run_one(self) -> None:
        timer = heapq.heappop(self._heap)[2]
        fn, args = timer.fn, timer.args
        if fn is not None:
            timer.cancel()
            fn(*args)
            self.drain()


class VirtualClock(Scheduler):
    """Time that stands still until ``run_until`` or ``advance`` lets it pass."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        if start.tzinfo is None:
            raise ValueError("a virtual clock starts at an aware datetime")
        self._time = start.timestamp()

    def time(self) -> float:
        return self._time

    def run_until(self, when: datetime | float) -> None:
        """Let time pass up to ``when``, running everything that becomes due on the way."""
        end = when if isinstance(when, (int, float)) else when.timestamp()
        self.drain()
        while (due := self.next_due()) is not None and due <= end:
            self._time = max(self._time, due)
            self._run_one()
        self._time = max(self._time, end)

    def advance(self, seconds: float | timedelta) -> None:
        span = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        self.run_until(self._time + span)

    def run_while(self, pending: Callable[[], bool], limit: float = 86400.0) -> bool:
        """Let time pass while ``pending()`` holds, ``limit`` seconds at most; True when it ended."""
        end = self._time + limit
        self.drain()
        while pending():
            due = self.next_due()
            if due is None or due > end:
                return False
            self._time = max(self._time, due)
            self._run_one()
        return True


class RealClock(Scheduler):
    """Real time. ``serve`` needs a waiter: any event with ``wait(timeout)``, ``set`` and ``clear``."""

    def __init__(self, waiter: Any) -> None:
        super().__init__()
        self._offset = time.time() - time.monotonic()
        self._waiter = waiter
        self._sleeping_until: float | None = None
        self.stopped = False

    def time(self) -> float:
        return time.monotonic() + self._offset

    def at(self, when: float, fn: Callable[..., Any], *args: Any) -> Timer:
        timer = super().at(when, fn, *args)
        if self._sleeping_until is not None and when < self._sleeping_until:
            self._waiter.set()
        return timer

    def soon(self, fn: Callable[..., Any], *args: Any) -> None:
        super().soon(fn, *args)
        if self._sleeping_until is not None:
            self._waiter.set()

    def stop(self) -> None:
        self.stopped = True
        self._waiter.set()

    def serve(self) -> None:
        """Run callbacks when they are due until ``stop``."""
        while not self.stopped:
            try:
                self.drain()
                due = self.next_due()
                now = self.time()
                if due is not None and due <= now:
                    self._run_one()
                    continue
            except Exception:
                # One leg's mistake must not end the simulated life of all the others.
                log.exception("an activity of the simulated switch failed")
                continue
            self._waiter.clear()
            self._sleeping_until = due if due is not None else float("inf")
            self._waiter.wait(None if due is None else due - now)
            self._sleeping_until = None


Steps = Generator[float | None, None, Any]
"""An activity that takes time: yields the moment until which it sleeps, None: until it is woken."""


class Sleeper:
    """Somebody who carries out an activity and can be woken while it sleeps."""

    def __init__(self, clock: Scheduler) -> None:
        self._clock = clock
        self._steps: Steps | None = None
        self._timer: Timer | None = None
        self._stirred = False

    def start(self, steps: Steps) -> None:
        self._steps = steps
        self.wake()

    def wake(self) -> None:
        """Let the activity look at what has changed, as soon as whoever is busy is done."""
        if not self._stirred and self._steps is not None:
            self._stirred = True
            self._clock.soon(self._step)

    def _step(self) -> None:
        self._stirred = False
        if self._steps is None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            until = self._steps.send(None)
        except StopIteration:
            self._steps = None
            return
        if until is not None:
            if until <= self._clock.time():
                self.wake()
            else:
                self._timer = self._clock.at(until, self.wake)

    def stop(self) -> None:
        """Drop the activity where it is."""
        if self._timer is not None:
            self._timer.cancel()
        self._steps = None
