"""Timers turn with a clock that the test turns."""

from app.controller.timers import Timers


def fired(timers: Timers, now: float) -> list[str]:
    keys = []
    while (key := timers.pop_due(now)) is not None:
        keys.append(key)
    return keys


def test_timers_fire_in_the_order_of_their_time_and_once():
    timers = Timers()
    timers.start("recall", 30, now=0)
    timers.start("delay", 20, now=0)
    assert timers.next_due() == 20
    assert fired(timers, 19.9) == []
    assert fired(timers, 40) == ["delay", "recall"]
    assert fired(timers, 99) == []


def test_starting_again_replaces_and_cancelling_forgets():
    timers = Timers()
    timers.start("recall", 30, now=0)
    timers.start("recall", 30, now=10)
    timers.start("delay", 5, now=10)
    timers.cancel("delay")
    timers.cancel("never started")
    assert fired(timers, 39.9) == []
    assert fired(timers, 40) == ["recall"]
    assert timers.next_due() is None


def test_a_day_of_replaced_timers_does_not_pile_up():
    timers = Timers()
    for turn in range(10_000):
        timers.start("delay", 20, now=turn)
    assert len(timers) == 1
    assert len(timers._heap) <= 65
