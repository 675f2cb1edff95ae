"""Old events are not acted on; a clock that differs is no age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.controller.freshness import STALE_SECONDS, Freshness
from app.core.events import EffectFailed, LegParked, NodeDown, NodeUp

NOON = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Bench:
    """A node whose clock is ``ahead`` of ours by so many seconds."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.clock, self.looked, self.ahead = Clock(), [], ahead
        self.fresh = Freshness(self.clock, self.looked.append)

    def hears(self, fired: float, handled: float, node: str = "fs1") -> bool:
        self.clock.seconds = handled
        return self.fresh.takes(LegParked(node, NOON + timedelta(seconds=fired + self.ahead), "leg"))

    def up(self, at: float) -> bool:
        self.clock.seconds = at
        return self.fresh.takes(NodeUp("fs1", self.clock.now(), "core", False, ()))


@pytest.mark.parametrize("ahead", [0.0, -3600.0, 7.0])
def test_an_event_is_as_old_as_it_waited_whatever_the_nodes_clock_says(ahead):
    bench = Bench(ahead)
    assert bench.up(0)
    assert bench.hears(1, 1.01)
    assert bench.hears(2, 2 + STALE_SECONDS - 0.1)
    assert not bench.hears(3, 3 + STALE_SECONDS + 0.1)
    assert bench.looked == ["fs1"]


def test_until_the_node_is_up_again_nothing_of_it_counts_and_it_is_asked_once():
    bench = Bench()
    bench.up(0)
    bench.hears(1, 1)
    assert not bench.hears(2, 9)
    assert not bench.hears(8.9, 9)
    assert bench.fresh.takes(NodeDown("fs1", bench.clock.now(), "closed"))
    assert not bench.hears(9, 9.1)
    assert bench.up(9.5)
    assert bench.hears(9.6, 9.7)
    assert bench.looked == ["fs1"]


def test_other_nodes_and_our_own_word_are_not_held_back():
    bench = Bench()
    bench.up(0)
    bench.hears(1, 1)
    assert not bench.hears(2, 9)
    assert bench.hears(8.9, 9, node="fs2")
    assert bench.fresh.takes(EffectFailed("", NOON, "leg", "", "NO_ROUTE"))


def test_a_clock_that_was_set_costs_one_look_and_no_more():
    bench = Bench()
    bench.up(0)
    bench.hears(1, 1)
    bench.ahead = -60.0
    assert not bench.hears(2, 2)
    bench.up(3)
    assert bench.hears(4, 4)
    assert bench.hears(5, 5)
