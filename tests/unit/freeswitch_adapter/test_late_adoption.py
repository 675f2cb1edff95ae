"""A caller whom no controller adopted at once: the dialplan's music holds the leg's event lock, and until it is
broken nothing that is sent to the leg is executed (seen on FreeSWITCH: such a caller was never offered)."""

from __future__ import annotations

import gevent
import pytest

from app.adapters.freeswitch import beneath
from app.adapters.freeswitch import switch as module
from app.core import effects as fx

from .fakenode import World, event

LEG = "leg-a"
BREAK = f"api uuid_break {LEG}\n\n"


def breaks_when_adopted_after(seconds: float, monkeypatch: pytest.MonkeyPatch, *, bridged: bool = False) -> int:
    """How often the leg is broken when it is adopted that long after it was parked."""
    monkeypatch.setattr(module, "SETTLE_SECONDS", 0)
    monkeypatch.setattr(beneath, "LOCKED_BY", beneath.LOCKED_FROM + 0.02)
    world = World()
    node, _ = world.node()
    queue = {"variable_sangdam_step": "queue", "variable_sangdam_tenant": "1", "variable_sangdam_queue": "7"}
    world.say(event("CHANNEL_PARK", LEG, **queue))
    world.clock.ahead = seconds
    node.perform(fx.Adopt(LEG, 1, 600))
    world.settle()
    said = "".join(world.said)
    if BREAK in said:
        assert said.index("sched_del") < said.index(BREAK)
    if bridged:
        world.say(event("CHANNEL_BRIDGE", LEG, Bridge_A_Unique_ID=LEG, Bridge_B_Unique_ID="leg-b"))
    gevent.sleep(0.05)
    world.settle()
    node.stop()
    return "".join(world.said).count(BREAK)


@pytest.mark.parametrize(
    ("seconds", "times"),
    [
        (0.0, 0),
        (0.5, 0),
        (0.91, 2),  # may be about to begin: now, and again when it surely has
        (3.0, 1),  # plays
        (5000.0, 2),  # nobody knows since when
    ],
)
def test_the_dialplans_music_is_ended(seconds: float, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert breaks_when_adopted_after(seconds, monkeypatch) == times


def test_a_talk_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert breaks_when_adopted_after(0.91, monkeypatch, bridged=True) == 1
