"""A real FreeSWITCH without its controller, with a new one, after a crash; and SIPp at both ends."""

from __future__ import annotations

import signal
import time
import uuid
from pathlib import Path

import gevent
import pytest

from app.core import effects as fx
from app.core import events as ev
from app.ports import SwitchUnavailable
from tests.freeswitch.harness import (
    CALLER,
    CALLER_HERTZ,
    DID,
    PASSWORD,
    RealSwitch,
    free_ports,
    hears,
    prompts_heard,
)
from tests.freeswitch.sipp import SIPP, SippCaller, SippPhone
from tests.freeswitch.stage import MUSIC, Stage, stage, switch

__all__ = ["stage", "switch"]  # fixtures

pytestmark = pytest.mark.freeswitch


def test_without_a_controller_the_guard_of_an_adopted_caller_is_cancelled_by_the_talk(stage: Stage) -> None:
    phone = stage.phone(1, answer_after=0.5)
    call, leg = stage.queued(adopt=False)
    stage.node.perform(fx.Adopt(leg, 1, 3, {}))
    stage.offer(leg)
    gevent.sleep(0.1)
    stage.node.stop()
    agent = phone.wait_call().wait_state("talking")
    gevent.sleep(3.2)
    assert (call.state, agent.state) == ("talking", "talking"), "the guard broke into the talk"
    agent.hang_up()
    call.wait_state("ended")


def test_without_a_controller_a_failed_offer_ends_at_the_guard(stage: Stage) -> None:
    stage.phone(1, on_invite=486)
    call, leg = stage.queued(adopt=False)
    stage.node.perform(fx.Adopt(leg, 1, 2, {}))
    stage.offer(leg)
    gevent.sleep(0.05)
    stage.node.stop()
    since = time.monotonic()
    call.wait_state("ended", 8)
    assert prompts_heard(call.rtp.heard.audio(since)) == ["unavailable"]


def test_a_new_controller_finds_everything(stage: Stage) -> None:
    agent = stage.phone(1)
    stage.phone(2, on_invite="ring")
    talking, talking_leg = stage.queued()
    agent_leg = stage.offer(talking_leg)
    stage.box.wait(ev.LegsBridged, leg=talking_leg)
    _, waiting_leg = stage.queued()
    ringing_call, ringing_leg = stage.queued()
    target = stage.offer(ringing_leg, 2, seconds=20)
    gevent.sleep(0.4)
    stage.node.stop()
    node, box = stage.switch.connect()
    try:
        up = box.wait(ev.NodeUp)
        legs = {leg.leg: leg for leg in up.legs}
        assert legs[talking_leg].state == legs[agent_leg].state == "bridged"
        assert (legs[talking_leg].other, legs[agent_leg].other) == (agent_leg, talking_leg)
        assert legs[agent_leg].variables["offer"] == agent_leg
        assert legs[agent_leg].variables["agent"] == "11"
        assert legs[waiting_leg].state == "parked"
        assert legs[waiting_leg].variables["step"] == "adopted"
        assert legs[waiting_leg].caller_number == CALLER
        assert legs[ringing_leg].state == "parked"
        assert (legs[target].state, legs[target].other) == ("ringing", ringing_leg)
        assert {"demo-1001", "demo-1002"} <= up.registered
        # and serves them: the music is not started a second time, the offer works
        bob = stage.phone(3)
        node.perform(fx.PlayMusic(waiting_leg, MUSIC))
        stage.node, stage.box = node, box
        again = stage.offer(waiting_leg, 3)
        box.wait(ev.LegsBridged, leg=waiting_leg, other=again)
        bob.wait_call().hang_up()
        box.wait(ev.LegHungUp, leg=waiting_leg)
    finally:
        for leg in (talking_leg, waiting_leg, ringing_leg):
            node.perform(fx.HangUpLeg(leg))
        gevent.sleep(0.2)
    assert agent.calls[0].state == "ended"
    assert talking.state == ringing_call.state == "ended"


@pytest.mark.slow
def test_a_freeswitch_that_crashes_and_comes_back(tmp_path: Path) -> None:
    with RealSwitch(tmp_path) as switch:
        node, box = switch.connect()
        first = box.wait(ev.NodeUp)
        assert not first.restarted
        switch.stop(signal.SIGKILL)
        box.wait(ev.NodeDown)
        with pytest.raises(SwitchUnavailable):
            node.perform(fx.HangUpLeg(str(uuid.uuid4())))
        switch.start()
        again = box.wait(ev.NodeUp, 15, after=1)
        assert again.restarted
        assert again.core_uuid != first.core_uuid
        assert again.legs == ()
        phone = switch.phone(1)
        call = switch.caller().call(DID)
        leg = box.wait(ev.CallQueued, 15).leg
        agent_leg = str(uuid.uuid4())
        node.perform(fx.Adopt(leg, 1, 60))
        node.perform(fx.Offer(leg, agent_leg, 1, 11, "demo-1001", 5, CALLER, "", MUSIC, leg))
        box.wait(ev.LegsBridged, leg=leg, other=agent_leg)
        phone.wait_call().hang_up()
        call.wait_state("ended")


@pytest.mark.skipif(SIPP is None, reason="SIPp is not installed (apt install sip-tester)")
@pytest.mark.parametrize("who", ["agent", "customer"])
def test_sipp_calls_and_sipp_answers(stage: Stage, tmp_path: Path, who: str) -> None:
    settings = stage.switch.settings
    ends = {"agent": (1.5, None), "customer": (None, 4.0)}[who]
    (port,) = free_ports(1)
    phone = SippPhone(
        tmp_path, ("127.0.0.1", settings.sip_port), "demo-1002", PASSWORD, port=port, hang_up_after=ends[0]
    )
    caller = SippCaller(tmp_path, ("127.0.0.1", settings.trunk_port), DID, hang_up_after=ends[1])
    try:
        leg = stage.box.wait(ev.CallQueued, 10).leg
        stage.node.perform(fx.Adopt(leg, 1, 60))
        stage.node.perform(fx.PlayMusic(leg, MUSIC))
        agent_leg = stage.offer(leg, 2)
        stage.box.wait(ev.LegsBridged, leg=leg, other=agent_leg)
        since = time.monotonic() + 0.2
        gevent.sleep(0.8)
        assert hears(caller.rtp.heard.audio(since), 700)
        assert hears(phone.rtp.heard.audio(since), CALLER_HERTZ)
        agent_gone = stage.box.wait(ev.LegHungUp, leg=agent_leg)
        caller_gone = stage.box.wait(ev.LegHungUp, leg=leg)
        assert (agent_gone.by_far_end, caller_gone.by_far_end) == (who == "agent", who == "customer")
        assert phone.wait() == 0, phone.errors()
        assert caller.wait() == 0, caller.errors()
    finally:
        phone.close()
        caller.close()


@pytest.mark.skipif(SIPP is None, reason="SIPp is not installed (apt install sip-tester)")
@pytest.mark.parametrize(("reaction", "cause"), [("486 Busy Here", "USER_BUSY"), ("ring", "NO_ANSWER")])
def test_a_sipp_phone_that_does_not_answer(stage: Stage, tmp_path: Path, reaction: str, cause: str) -> None:
    (port,) = free_ports(1)
    server = ("127.0.0.1", stage.switch.settings.sip_port)
    phone = SippPhone(tmp_path, server, "demo-1003", PASSWORD, port=port, reaction=reaction)
    try:
        _, leg = stage.queued()
        agent_leg = stage.offer(leg, 3, seconds=1)
        assert stage.box.wait(ev.AppFinished, token=agent_leg).cause == cause
        assert phone.wait() == 0, phone.errors()
    finally:
        phone.close()
