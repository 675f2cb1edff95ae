"""Offers and what a waiting caller hears, on a real FreeSWITCH with the product's own configuration."""

from __future__ import annotations

import time
import uuid
from urllib.parse import unquote

import gevent
import pytest

from app.core import effects as fx
from app.core import events as ev
from tests.freeswitch.harness import (
    CALLER,
    CALLER_HERTZ,
    DID,
    agent_hertz,
    hears,
    prompts_heard,
)
from tests.freeswitch.rtp import rms
from tests.freeswitch.stage import MUSIC, Stage, heard_now, stage, switch

__all__ = ["stage", "switch"]  # fixtures

pytestmark = pytest.mark.freeswitch


def test_a_caller_arrives_waits_talks_and_the_agent_hangs_up(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    arrived = stage.box.wait(ev.CallArrived, leg=leg)
    assert (arrived.tenant_id, arrived.did, arrived.caller_number) == (1, DID, CALLER)
    waiting = stage.box.wait(ev.CallQueued, leg=leg)
    assert abs((waiting.arrived_at - arrived.at).total_seconds()) < 0.2
    assert (waiting.at - arrived.at).total_seconds() > 0.5, "the greeting was not played"
    assert hears(heard_now(call), agent_hertz(1))
    assert hears(heard_now(agent), CALLER_HERTZ)
    agent.hang_up()
    ended = stage.box.wait(ev.LegHungUp, leg=agent_leg)
    assert (ended.cause, ended.by_far_end, ended.tenant_id, ended.call_id) == (
        "NORMAL_CLEARING",
        True,
        1,
        leg,
    )
    customer = stage.box.wait(ev.LegHungUp, leg=leg)
    assert (customer.cause, customer.by_far_end) == ("NORMAL_CLEARING", False)
    call.wait_state("ended")
    assert call.ended_by == "remote"
    assert stage.box.all(ev.EffectFailed) == []


@pytest.mark.parametrize(
    ("on_invite", "cause", "agent_cause"),
    [
        (486, "USER_BUSY", "USER_BUSY"),
        (603, "CALL_REJECTED", "CALL_REJECTED"),
        ("ring", "NO_ANSWER", "NO_ANSWER"),
        ("ignore", "NO_ANSWER", "NO_ANSWER"),
    ],
)
def test_an_offer_that_fails_leaves_the_caller_waiting_with_music(
    stage: Stage, on_invite: str | int, cause: str, agent_cause: str
) -> None:
    stage.phone(1, on_invite=on_invite)
    call, leg = stage.queued(hertz=0)
    gevent.sleep(0.3)
    since = time.monotonic()
    agent_leg = stage.offer(leg, seconds=1)
    failed = stage.box.wait(ev.AppFinished, leg=leg, token=agent_leg)
    assert (failed.app, failed.cause) == ("bridge", cause)
    assert stage.box.wait(ev.LegHungUp, leg=agent_leg).cause == agent_cause
    gevent.sleep(0.5)
    assert call.state == "talking"
    assert stage.box.all(ev.LegHungUp, leg=leg) == []
    assert call.rtp.heard.longest_silence(since, time.monotonic()) < 0.4, "the caller heard silence"
    # and he can be offered again
    bob = stage.phone(2)
    again = stage.offer(leg, 2)
    stage.box.wait(ev.LegsBridged, leg=leg, other=again)
    bob.wait_call().wait_state("talking")


@pytest.mark.parametrize(
    ("user", "cause"), [("demo-1003", "USER_NOT_REGISTERED"), ("demo-9999", "SUBSCRIBER_ABSENT")]
)
def test_an_offer_to_a_phone_that_is_not_there_fails_at_once(stage: Stage, user: str, cause: str) -> None:
    call, leg = stage.queued()
    began = time.monotonic()
    agent_leg = stage.offer(leg, sip_user=user)
    assert stage.box.wait(ev.AppFinished, token=agent_leg).cause == cause
    assert time.monotonic() - began < 0.5
    gevent.sleep(0.2)
    assert call.state == "talking"


def test_the_agents_phone_stops_at_once_when_the_caller_goes(stage: Stage) -> None:
    phone = stage.phone(1, on_invite="ring")
    call, leg = stage.queued()
    agent_leg = stage.offer(leg, seconds=30)
    ringing = phone.wait_call()
    gevent.sleep(0.4)
    call.hang_up()
    left = time.monotonic()
    ringing.wait_state("ended", 2)
    assert ringing.status == 487
    assert ringing.ended_at - left < 0.2
    assert stage.box.wait(ev.LegHungUp, leg=leg).by_far_end
    assert stage.box.wait(ev.LegHungUp, leg=agent_leg).cause == "ORIGINATOR_CANCEL"


def test_an_offer_is_withdrawn(stage: Stage) -> None:
    phone = stage.phone(1, on_invite="ring")
    call, leg = stage.queued()
    agent_leg = stage.offer(leg, seconds=30)
    ringing = phone.wait_call()
    gevent.sleep(0.2)
    stage.node.perform(fx.HangUpLeg(agent_leg, "ORIGINATOR_CANCEL"))
    ringing.wait_state("ended", 2)
    assert stage.box.wait(ev.AppFinished, token=agent_leg).cause == "ORIGINATOR_CANCEL"
    assert call.state == "talking"


def test_the_customer_hangs_up_and_the_agent_is_free(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    call.hang_up()
    agent.wait_state("ended")
    assert stage.box.wait(ev.LegHungUp, leg=leg).by_far_end
    assert not stage.box.wait(ev.LegHungUp, leg=agent_leg).by_far_end


def test_what_the_agents_browser_is_told(stage: Stage) -> None:
    phone = stage.phone(1, on_invite="ring")
    _, leg = stage.queued()
    stage.offer(leg, shown_name='길동 "x" <a>,{b}${c}')
    invite = phone.wait_call().invite
    assert invite.get("X-Sangdam-Call") == leg
    assert invite.get("X-Sangdam-Number") == CALLER
    assert unquote(invite.get("X-Sangdam-Queue")) == "상담"
    assert unquote(invite.get("X-Sangdam-Name")) == '길동 "x" <a>,{b}${c}'
    assert CALLER in invite.get("From")
    assert "길동 x a b c" in invite.get("From")


def test_prompts_play_over_the_music_and_digits_are_heard_in_both(stage: Stage) -> None:
    call, leg = stage.queued()
    prompts = stage.switch.tenant.ars.prompts
    call.rtp.press("1")
    stage.box.wait(ev.DigitPressed, 2, leg=leg, digit="1")
    stage.node.play_script_prompt(leg, [prompts["delay"], prompts["hold"]], f"script:{leg}:1")
    call.rtp.press("*")
    stage.box.wait(ev.DigitPressed, 2, leg=leg, digit="*")
    began = time.monotonic()
    done = stage.box.wait(ev.AppFinished, leg=leg, token=f"script:{leg}:1")
    assert (done.app, done.cause) == ("playback", "")
    assert time.monotonic() - began > 0.5, "a key ended the prompt"
    since = time.monotonic()
    gevent.sleep(0.6)
    assert rms(call.rtp.heard.audio(since)) > 30, "the music did not come back"
    stage.node.perform(fx.PlayPrompt(leg, (prompts["delay"],) * 8, "long"))
    gevent.sleep(0.3)
    stage.node.perform(fx.StopPlaying(leg))
    stage.box.wait(ev.AppFinished, 1, leg=leg, token="long")
    stage.node.perform(fx.PlayPrompt(leg, ("/nowhere/at-all.wav",), "missing"))
    assert stage.box.wait(ev.AppFinished, leg=leg, token="missing").cause == "FILE NOT FOUND"


def test_music_that_a_late_break_hits_comes_back(stage: Stage) -> None:
    call, leg = stage.queued()
    gevent.sleep(0.7)
    stage.switch.cli(f"uuid_break {leg}")
    gevent.sleep(0.4)
    since = time.monotonic()
    gevent.sleep(0.4)
    assert rms(call.rtp.heard.audio(since)) > 30


def test_music_is_not_stacked_and_stops_when_told(stage: Stage) -> None:
    call, leg = stage.queued()
    for _ in range(20):  # FreeSWITCH nests 16 deep
        stage.node.perform(fx.PlayMusic(leg, MUSIC))
    stage.node.play_script_prompt(leg, [stage.switch.tenant.ars.prompts["hold"]], "p")
    stage.box.wait(ev.AppFinished, leg=leg, token="p")
    stage.node.perform(fx.StopPlaying(leg))
    gevent.sleep(0.4)
    since = time.monotonic()
    gevent.sleep(0.4)
    assert rms(call.rtp.heard.audio(since)) < 30
    stage.node.perform(fx.PlayMusic(leg, MUSIC))
    gevent.sleep(0.3)
    since = time.monotonic()
    gevent.sleep(0.4)
    assert rms(call.rtp.heard.audio(since)) > 30


def test_effects_on_a_leg_that_is_gone_are_reported(stage: Stage) -> None:
    gone = str(uuid.uuid4())
    stage.node.play_script_prompt(gone, [stage.switch.tenant.ars.prompts["hold"]], "p")
    assert stage.box.wait(ev.EffectFailed, token="p").leg == gone
    agent_leg = stage.offer(gone)
    assert stage.box.wait(ev.EffectFailed, token=agent_leg).leg == gone


def test_a_phone_is_told_to_answer(stage: Stage) -> None:
    phone = stage.phone(1, on_invite="ring")
    _, leg = stage.queued()
    agent_leg = stage.offer(leg)
    ringing = phone.wait_call()
    gevent.sleep(0.3)
    stage.node.perform(fx.AnswerPhone(agent_leg))
    ringing.wait_state("talking")
    stage.box.wait(ev.LegsBridged, leg=leg, other=agent_leg)


def test_diverting_into_the_dialplan(stage: Stage) -> None:
    call, leg = stage.queued()
    since = time.monotonic()
    stage.node.perform(fx.Divert(leg, 1, "unavailable"))
    assert stage.box.wait(ev.LegHungUp, leg=leg).cause
    assert prompts_heard(call.rtp.heard.audio(since)) == ["unavailable"]


def test_phones_come_and_go(stage: Stage) -> None:
    phone = stage.phone(3)
    there = stage.box.wait(ev.PhoneRegistered, sip_user="demo-1003")
    assert (there.user_agent, there.network_ip) == ("softphone/test", "127.0.0.1")
    phone.register(0)
    stage.box.wait(ev.PhoneUnregistered, sip_user="demo-1003")


# --- without the controller -------------------------------------------------------------------
