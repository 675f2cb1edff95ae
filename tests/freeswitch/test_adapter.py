"""Every effect and every event, on a real FreeSWITCH with the product's own configuration."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import gevent
import pytest

from app.adapters.freeswitch.switch import FreeSwitchNode
from app.core import effects as fx
from app.core import events as ev
from tests.freeswitch.harness import (
    CALLER,
    CALLER_HERTZ,
    DID,
    Mailbox,
    RealSwitch,
    Wav,
    agent_hertz,
    hears,
    prompts_heard,
    wait_until,
)
from tests.freeswitch.rtp import rms, strength
from tests.freeswitch.softphone import Call, SoftPhone

pytestmark = pytest.mark.freeswitch

MUSIC = "local_stream://sangdam"


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSwitch]:
    with RealSwitch(tmp_path_factory.mktemp("adapter")) as started:
        yield started


@dataclass
class Stage:
    """A node, what it said, and who was put on stage; all gone after the test."""

    switch: RealSwitch
    node: FreeSwitchNode
    box: Mailbox
    phones: list[SoftPhone] = field(default_factory=list)

    def phone(self, number: int = 1, **options: object) -> SoftPhone:
        found = self.switch.phone(number, **options)  # type: ignore[arg-type]
        self.phones.append(found)
        return found

    def queued(self, adopt: bool = True, music: bool = True, **options: object) -> tuple[Call, str]:
        """A caller who waits in queue 1, and the leg."""
        caller = self.switch.caller(**options)  # type: ignore[arg-type]
        self.phones.append(caller)
        seen = len(self.box.all(ev.CallQueued))
        call = caller.call(DID)
        leg = self.box.wait(ev.CallQueued, 15, after=seen).leg
        if adopt:
            self.node.perform(fx.Adopt(leg, 1, 60, {"call": leg}))
        if music:
            self.node.perform(fx.PlayMusic(leg, MUSIC))
        return call, leg

    def offer(self, leg: str, number: int = 1, seconds: int = 5, **changes: object) -> str:
        agent_leg = str(uuid.uuid4())
        values = {
            "leg": leg, "agent_leg": agent_leg, "tenant_id": 1, "agent_id": 10 + number,
            "sip_user": f"demo-100{number}", "timeout_seconds": seconds, "shown_number": CALLER,
            "shown_name": "홍길동", "music": MUSIC, "call_id": leg, "queue_id": 1, "queue_name": "상담",
        }  # fmt: skip
        self.node.perform(fx.Offer(**{**values, **changes}))  # type: ignore[arg-type]
        return agent_leg

    def talking(self, number: int = 1) -> tuple[Call, str, Call, str]:
        """Caller and agent in talk: caller's call and leg, agent's call and leg."""
        phone = self.phone(number)
        call, leg = self.queued()
        agent_leg = self.offer(leg, number)
        self.box.wait(ev.LegsBridged, leg=leg, other=agent_leg)
        return call, leg, phone.wait_call().wait_state("talking"), agent_leg


@pytest.fixture
def stage(switch: RealSwitch) -> Iterator[Stage]:
    node, box = switch.connect()
    it = Stage(switch, node, box)
    yield it
    for phone in it.phones:
        phone.close()
    for leg in {event.leg for event in box.events if hasattr(event, "leg")} - {
        event.leg for event in box.all(ev.LegHungUp)
    }:
        if node.is_up:
            node.perform(fx.HangUpLeg(leg))
    gevent.sleep(0.1)
    node.stop()


def heard_now(call: Call, seconds: float = 0.5) -> list[int]:
    """What the call hears in the next moment."""
    since = time.monotonic() + 0.08
    gevent.sleep(0.08 + seconds)
    return call.rtp.heard.audio(since)


def test_a_caller_arrives_waits_talks_and_the_agent_hangs_up(stage: Stage) -> None:
    call, leg, agent, agent_leg = stage.talking()
    arrived = stage.box.wait(ev.CallArrived, leg=leg)
    assert (arrived.tenant_id, arrived.did, arrived.caller_number) == (1, DID, CALLER)
    assert hears(heard_now(call), agent_hertz(1))
    assert hears(heard_now(agent), CALLER_HERTZ)
    agent.hang_up()
    ended = stage.box.wait(ev.LegHungUp, leg=agent_leg)
    assert (ended.cause, ended.by_far_end, ended.tenant_id, ended.call_id) == ("NORMAL_CLEARING", True, 1, leg)
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
    stage.node.play_script_prompt(leg, [prompts["delay"], prompts["hold"]], "p1")
    call.rtp.press("*")
    stage.box.wait(ev.DigitPressed, 2, leg=leg, digit="*")
    began = time.monotonic()
    done = stage.box.wait(ev.AppFinished, leg=leg, token="p1")
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
    assert hears_at(customer[: second // 2], CALLER_HERTZ, wav.rate)
    assert hears_at(customer[-second // 2 :], CALLER_HERTZ, wav.rate)
    assert hears_at(spoken[second // 4 : second // 2], agent_hertz(1), wav.rate)
    assert hears_at(spoken[-second // 2 :], agent_hertz(1), wav.rate)


def hears_at(samples: list[int], hertz: float, rate: int) -> bool:
    return strength(samples, hertz * 8000 / rate) > 0.8


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
