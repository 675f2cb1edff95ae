"""Timers by key on a monotonic clock that the caller turns, so that tests turn it by hand."""

from __future__ import annotations

import heapq


class Timers:
    """Keyed timers. Starting a key again replaces it. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []

    def start(self, key: str, seconds: float, now: float) -> None:
        """Let ``key`` fire ``seconds`` after ``now`` (at once when zero or negative)."""
        due = now + max(0.0, seconds)
        self._due[key] = due
        heapq.heappush(self._heap, (due, key))
        if len(self._heap) > 64 and len(self._heap) > 4 * len(self._due):
            self._compact()

    def cancel(self, key: str) -> None:
        """Forget ``key``; unknown keys are fine."""
        self._due.pop(key, None)

    def next_due(self) -> float | None:
        """When the next timer fires, or None when there is none."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> str | None:
        """One key that is due at ``now`` (earliest first), removed; None when there is none."""
        due = self.next_due()
        if due is None or due > now:
            return None
        _, key = heapq.heappop(self._heap)
        del self._due[key]
        return key

    def __len__(self) -> int:
        return len(self._due)

    def _compact(self) -> None:
        # Replaced and cancelled timers stay in the heap until their time: without this a busy
        # controller would carry every delay prompt of the day.
        self._heap = [(due, key) for key, due in self._due.items()]
        heapq.heapify(self._heap)
