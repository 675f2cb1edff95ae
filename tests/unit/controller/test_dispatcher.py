"""The mailbox: whatever is posted is handled, once, in order, however much comes at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import gevent
import pytest

from app.controller.dispatcher import BATCH, Dispatcher
from app.controller.nodes import Nodes
from app.controller.timers import Timers
from app.core.events import TimerFired


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 7, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


class Core:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def handle(self, event: Any, now: datetime) -> list[Any]:
        self.seen.append(event.key)
        return ["resume"] if event.key == "an offer failed" else []


class Nothing:
    """No scripts, no effects, nothing to show. ``told`` is what a script says when "resume" was decided."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def take(self, event: Any) -> tuple[bool, tuple[()], tuple[()]]:
        return False, (), ()

    def run(self, decided: Any) -> None:
        if "resume" in decided:
            self.told.append(TimerFired("script's word"))

    def next_due(self, now: float) -> None:
        return None

    def publish(self, now: float) -> None: ...


def dispatcher(core: Core) -> Dispatcher:
    def reply(command_id: str, answer: Mapping[str, Any]) -> None: ...

    nothing: Any = Nothing()
    return Dispatcher(
        core=core, runner=nothing, scripts=nothing, nodes=Nodes(), timers=Timers(), live=nothing,
        clock=Clock(), reply=reply,
    )  # fmt: skip


COUNTS = (0, 1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 7)


@pytest.mark.parametrize("count", COUNTS)
def test_a_flood_is_handled_whole_and_in_order(count: int) -> None:
    core = Core()
    box = dispatcher(core)
    for number in range(count):
        box.post(TimerFired(f"{number}"))
    running = gevent.spawn(box.run)
    gevent.sleep(0.01)
    box.stop()
    running.join(timeout=5)
    assert running.dead
    assert core.seen == [f"{number}" for number in range(count)]
    assert box.waiting == 0


@pytest.mark.parametrize("count", COUNTS)
def test_draining_handles_the_same(count: int) -> None:
    core = Core()
    box = dispatcher(core)
    for number in range(count):
        box.post(TimerFired(f"{number}"))
    assert box.waiting == count
    box.drain()
    assert core.seen == [f"{number}" for number in range(count)]


def test_what_a_script_says_is_heard_before_the_next_event() -> None:
    """A caller who has confirmed a callback and hangs up: first the wish, then that they are gone."""
    core = Core()
    box = dispatcher(core)
    box.post(TimerFired("an offer failed"))
    box.post(TimerFired("hung up"))
    box.drain()
    assert core.seen == ["an offer failed", "script's word", "hung up"]
