"""Talks on a real FreeSWITCH: hold, consultation, transfer, calls to the outside, recording."""

from __future__ import annotations

import uuid

import gevent
import pytest

from app.core import effects as fx
from app.core import events as ev
from tests.freeswitch.harness import (
    CALLER_HERTZ,
    DID,
    Wav,
    agent_hertz,
    hears,
    wait_until,
)
from tests.freeswitch.rtp import rms
from tests.freeswitch.stage import MUSIC, Stage, heard_now, hears_at, stage, switch

__all__ = ["stage", "switch"]  # fixtures

pytestmark = pytest.mark.freeswitch


def test_hold_and_resume_with_one_recording(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    stage.node.perform(fx.StartRecording(leg, "t1/2026/01/02/hold.wav"))
    gevent.sleep(1)
    # Music right after parting: it has to wait until the leg has come to rest.
    stage.node.perform(fx.Part(leg, (leg, agent_leg)))
    stage.node.perform(fx.PlayMusic(leg, MUSIC))
    stage.box.wait(ev.LegParked, leg=leg)
    stage.box.wait(ev.LegParked, leg=agent_leg)
    held = heard_now(call, 0.8)
    assert rms(held) > 30
    assert not hears(held, agent_hertz(1))
    assert rms(heard_now(agent)) < 30
    seen = len(stage.box.all(ev.LegsBridged))
    stage.node.perform(fx.Join(leg, agent_leg))
    stage.box.wait(ev.LegsBridged, after=seen)
    assert hears(heard_now(call), agent_hertz(1))
    agent.hang_up()
    stopped = stage.box.wait(ev.RecordingStopped, leg=leg)
    call.wait_state("ended")
    assert stopped.path == "t1/2026/01/02/hold.wav"
    wav = Wav.read(stage.switch.settings.recordings_dir / stopped.path)
    assert len(wav.channels) == 2
    assert wav.seconds == pytest.approx(stopped.seconds, abs=0.1)
    second = wav.rate
    customer, spoken = wav.channels
    assert hears_at(customer[second // 2 : second], CALLER_HERTZ, wav.rate)
    assert hears_at(customer[-second // 2 :], CALLER_HERTZ, wav.rate)
    assert hears_at(spoken[second // 2 : second], agent_hertz(1), wav.rate)
    assert hears_at(spoken[-second // 2 :], agent_hertz(1), wav.rate)


def test_a_held_customer_survives_the_agent(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    stage.node.perform(fx.Part(leg, (leg, agent_leg)))
    stage.node.perform(fx.PlayMusic(leg, MUSIC))
    stage.box.wait(ev.LegParked, leg=agent_leg)
    agent.hang_up()
    stage.box.wait(ev.LegHungUp, leg=agent_leg)
    gevent.sleep(0.3)
    assert call.state == "talking"
    assert leg in stage.switch.cli("show tasks"), "nobody would ever end a held call"


@pytest.mark.parametrize("complete", [True, False])
def test_consultation_completed_and_cancelled(stage: Stage, complete: bool) -> None:
    bob = stage.phone(2)
    call, leg, agent, agent_leg = stage.talking()
    stage.node.perform(fx.StartRecording(leg, f"t1/consult-{complete}.wav"))
    stage.node.perform(fx.Part(leg, (leg, agent_leg)))
    stage.node.perform(fx.PlayMusic(leg, MUSIC))
    target = stage.offer(agent_leg, 2, call_id=leg)
    stage.box.wait(ev.LegsBridged, leg=agent_leg, other=target)
    consulted = bob.wait_call()
    assert hears(heard_now(agent), agent_hertz(2))
    assert rms(heard_now(call)) > 30
    if complete:
        stage.node.perform(fx.Join(leg, target))
        stage.node.perform(fx.HangUpLeg(agent_leg))
        stage.box.wait(ev.LegsBridged, leg=leg, other=target)
        agent.wait_state("ended")
        assert hears(heard_now(call), agent_hertz(2))
        consulted.hang_up()
    else:
        consulted.hang_up()
        assert stage.box.wait(ev.AppFinished, leg=agent_leg, token=target).cause == "NORMAL_CLEARING"
        assert agent.state == "talking"
        seen = len(stage.box.all(ev.LegsBridged))
        stage.node.perform(fx.Join(leg, agent_leg))
        stage.box.wait(ev.LegsBridged, after=seen)
        assert hears(heard_now(call), agent_hertz(1))
        agent.hang_up()
    call.wait_state("ended")
    stage.box.wait(ev.RecordingStopped, leg=leg)


def test_blind_transfer(stage: Stage) -> None:
    bob = stage.phone(2)
    call, leg, agent, agent_leg = stage.talking()
    stage.node.perform(fx.Part(leg, (leg,)))
    stage.node.perform(fx.PlayMusic(leg, MUSIC))
    target = stage.offer(leg, 2)
    agent.wait_state("ended")
    stage.box.wait(ev.LegHungUp, leg=agent_leg)
    stage.box.wait(ev.LegsBridged, leg=leg, other=target)
    assert hears(heard_now(call), agent_hertz(2))
    call.hang_up()
    bob.wait_call().wait_state("ended")


def test_the_agents_phone_is_called_and_then_an_outside_number(stage: Stage) -> None:
    carrier = stage.switch.carrier.forget()
    carrier.on_invite = "ring"
    phone = stage.phone(1)
    agent_leg, new_leg = str(uuid.uuid4()), str(uuid.uuid4())
    stage.node.perform(fx.CallAgent(agent_leg, 1, 11, "demo-1001", 10, "0212345678", "고객", agent_leg))
    stage.box.wait(ev.LegAnswered, leg=agent_leg)
    stage.box.wait(ev.LegParked, leg=agent_leg)
    agent = phone.wait_call()
    assert agent.invite.get("X-Sangdam-Auto-Answer") == "true"
    assert "answer-after=0" in agent.invite.get("Call-Info")
    stage.node.perform(fx.CallOut(agent_leg, new_leg, 1, "0212345678", DID, 20, agent_leg))
    far = carrier.wait_call()
    assert far.invite.first.startswith("INVITE sip:0212345678@")
    assert DID in far.invite.get("From")
    assert rms(heard_now(agent, 0.8)) > 30, "no ringing tone"
    assert stage.box.all(ev.LegsBridged) == []
    far.answer()
    stage.box.wait(ev.LegAnswered, leg=new_leg)
    stage.box.wait(ev.LegsBridged, leg=agent_leg, other=new_leg)
    assert hears(heard_now(agent), CALLER_HERTZ)
    stage.node.perform(fx.SendTones(new_leg, "12#"))
    wait_until(lambda: far.rtp.heard.digits() == "12#", 4, "digits at the far end")
    stage.node.perform(fx.MuteLeg(agent_leg, True))
    gevent.sleep(0.1)
    assert rms(heard_now(far)) < 30
    stage.node.perform(fx.MuteLeg(agent_leg, False))
    gevent.sleep(0.1)
    assert hears(heard_now(far), agent_hertz(1))
    far.hang_up()
    agent.wait_state("ended")


def test_an_outside_call_that_fails(stage: Stage) -> None:
    stage.switch.carrier.forget().on_invite = 404
    phone = stage.phone(1)
    call = phone.call("01099998888")
    dialled = stage.box.wait(ev.AgentDialled)
    assert (dialled.tenant_id, dialled.agent_id, dialled.number) == (1, 11, "01099998888")
    new_leg = str(uuid.uuid4())
    stage.node.perform(fx.CallOut(dialled.leg, new_leg, 1, dialled.number, DID, 20, dialled.leg))
    failed = stage.box.wait(ev.AppFinished, token=new_leg)
    assert failed.cause == "UNALLOCATED_NUMBER"
    gevent.sleep(0.2)
    assert call.state in ("ringing", "calling", "talking")
    wait_until(lambda: dialled.leg not in stage.switch.cli("show tasks"), 2, "the guard would cut the call")


def test_a_phone_that_cannot_be_called_fails_with_its_cause(stage: Stage) -> None:
    agent_leg = str(uuid.uuid4())
    stage.node.perform(fx.CallAgent(agent_leg, 1, 13, "demo-1003", 5, "100", "", agent_leg))
    failed = stage.box.wait(ev.EffectFailed)
    assert (failed.leg, failed.token, failed.reason) == (agent_leg, agent_leg, "USER_NOT_REGISTERED")


def test_hold_recording_and_transfer_of_an_outgoing_call(stage: Stage) -> None:
    """The agent's leg began the bridge here, the customer's is the one that was called."""
    carrier = stage.switch.carrier.forget()
    carrier.on_invite = "answer"
    phone, bob = stage.phone(1), stage.phone(2)
    agent_leg, customer = str(uuid.uuid4()), str(uuid.uuid4())
    stage.node.perform(fx.CallAgent(agent_leg, 1, 11, "demo-1001", 10, "0212345678", "", agent_leg))
    stage.box.wait(ev.LegParked, leg=agent_leg)
    stage.node.perform(fx.CallOut(agent_leg, customer, 1, "0212345678", DID, 20, agent_leg))
    stage.box.wait(ev.LegsBridged, leg=agent_leg, other=customer)
    stage.node.perform(fx.StartRecording(customer, "t1/outgoing.wav"))
    agent, far = phone.wait_call(), carrier.wait_call()
    gevent.sleep(0.5)
    stage.node.perform(fx.Part(customer, (customer, agent_leg)))
    stage.node.perform(fx.PlayMusic(customer, MUSIC))
    stage.box.wait(ev.LegParked, leg=customer)
    held = heard_now(far)
    assert rms(held) > 30
    assert not hears(held, agent_hertz(1))
    stage.node.perform(fx.Join(customer, agent_leg))
    stage.box.wait(ev.LegsBridged, leg=customer, other=agent_leg)
    assert hears(heard_now(far), agent_hertz(1))
    stage.node.perform(fx.Part(customer, (customer,)))
    stage.node.perform(fx.PlayMusic(customer, MUSIC))
    target = stage.offer(customer, 2, call_id=agent_leg)
    agent.wait_state("ended")
    stage.box.wait(ev.LegsBridged, leg=customer, other=target)
    assert hears(heard_now(far), agent_hertz(2))
    bob.wait_call().hang_up()
    far.wait_state("ended")
    stopped = stage.box.wait(ev.RecordingStopped, leg=customer)
    spoken = Wav.read(stage.switch.settings.recordings_dir / stopped.path)
    half = spoken.rate // 2
    assert hears_at(spoken.channels[0][half : 2 * half], CALLER_HERTZ, spoken.rate), "the customer is not on the left"
    assert hears_at(spoken.channels[1][-half:], agent_hertz(2), spoken.rate), "the agent is not on the right"


def test_the_agents_leg_alone_is_parked_and_the_customer_ends(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    stage.node.perform(fx.Part(leg, (agent_leg,)))
    stage.box.wait(ev.LegParked, leg=agent_leg)
    assert stage.box.wait(ev.LegHungUp, leg=leg).cause == "NORMAL_CLEARING"
    call.wait_state("ended")
    assert agent.state == "talking"
