"""Where a leg lives: learnt from the switch's events, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.controller.nodes import Nodes
from app.core import effects as fx
from app.core import events as ev
from app.ports import SwitchUnavailable

AT = datetime(2026, 7, 1, tzinfo=UTC)


class Switch:
    def __init__(self, node: str) -> None:
        self.node = node

    def perform(self, effect: fx.Effect) -> None: ...

    def play_script_prompt(self, leg: str, paths: object, token: str) -> None: ...


def two_nodes() -> tuple[Nodes, Switch, Switch]:
    nodes, one, other = Nodes(), Switch("one"), Switch("other")
    nodes.add(one)
    nodes.add(other)
    nodes.note(ev.NodeUp("one", AT, "core-1", False, ()))
    nodes.note(ev.NodeUp("other", AT, "core-2", False, ()))
    return nodes, one, other


def test_a_leg_is_where_its_events_come_from() -> None:
    nodes, _, other = two_nodes()
    nodes.note(ev.LegParked("other", AT, "leg"))
    assert nodes.of(fx.HangUpLeg("leg")) is other


def test_an_effect_that_was_never_sent_does_not_move_the_leg() -> None:
    nodes, _, other = two_nodes()
    nodes.note(ev.LegParked("other", AT, "leg"))
    nodes.note(ev.EffectFailed("", AT, "leg", "token", "not a path"))
    assert nodes.of(fx.HangUpLeg("leg")) is other


def test_nothing_is_sent_to_a_node_that_is_down() -> None:
    nodes, _, _ = two_nodes()
    nodes.note(ev.LegParked("other", AT, "leg"))
    nodes.note(ev.NodeDown("other", AT, "gone"))
    with pytest.raises(SwitchUnavailable):
        nodes.of(fx.HangUpLeg("leg"))


def test_legs_that_are_gone_or_never_were_are_forgotten() -> None:
    nodes, _, _ = two_nodes()
    for number in range(10):
        caller, phone = f"caller{number}", f"phone{number}"
        nodes.note(ev.LegParked("other", AT, caller))
        offer = fx.Offer(caller, phone, 1, 1, "demo-1001", 30, "", "", "local_stream://sangdam", caller)
        nodes.of(offer)
        # The phone is not registered: it never becomes a leg, so no hang-up of it will come.
        nodes.note(ev.AppFinished("other", AT, caller, phone, "bridge", "USER_NOT_REGISTERED"))
        nodes.note(ev.LegHungUp("other", AT, caller, "NORMAL_CLEARING"))
        # Our own hang-up crossed the caller's.
        nodes.note(ev.EffectFailed("other", AT, caller, "", "No such channel!"))
        nodes.of(fx.CallAgent(agent_leg=f"own{number}", tenant_id=1, agent_id=1, sip_user="x", timeout_seconds=3,
                              shown_number="", shown_name="", call_id="c"))  # fmt: skip
        nodes.note(ev.EffectFailed("other", AT, f"own{number}", f"own{number}", "USER_NOT_REGISTERED"))
    assert len(nodes) == 0


def test_a_phone_that_was_parted_from_its_caller_is_still_where_it_was() -> None:
    nodes, _, other = two_nodes()
    nodes.note(ev.LegParked("other", AT, "caller"))
    nodes.note(ev.LegAnswered("other", AT, "phone"))
    nodes.note(ev.AppFinished("other", AT, "caller", "phone", "bridge", "NORMAL_CLEARING"))
    assert nodes.of(fx.HangUpLeg("phone")) is other


def test_a_leg_that_is_gone_is_not_remembered_by_what_comes_late() -> None:
    nodes, _, _ = two_nodes()
    nodes.note(ev.LegParked("one", AT, "leg"))
    nodes.note(ev.LegHungUp("one", AT, "leg", "NORMAL_CLEARING"))
    for late in (
        ev.EffectFailed("one", AT, "leg", "", "No such channel!"),
        ev.AppFinished("one", AT, "leg", "agent", "bridge"),
        ev.LegsUnbridged("one", AT, "leg", "agent"),
        ev.RecordingStopped("one", AT, "leg", "x.wav", 1.0),
    ):
        nodes.note(late)
    assert len(nodes) == 0


def test_a_leg_that_never_came_to_be_is_forgotten() -> None:
    """An offer to a phone that is not registered makes no leg, and so no hang-up of one."""
    nodes, _, other = two_nodes()
    nodes.note(ev.LegParked("other", AT, "leg"))
    nodes.of(fx.CallOut("leg", "new", 1, "0212345678", "07040000001", 30, "leg"))
    assert nodes.of(fx.HangUpLeg("new")) is other
    nodes.note(ev.AppFinished("other", AT, "leg", "new", "bridge", "USER_NOT_REGISTERED"))
    assert len(nodes) == 1
