"""What agents do with a call: hold, mute, keys, transfers, calls of their own; right legs, right records, one
continuous recording."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.freeswitch.harness import CALLER_HERTZ, Wav
from tests.freeswitch.rtp import rms, strength
from tests.freeswitch.softphone import Call, SoftPhone
from tests.freeswitch.stack import (
    Agent,
    Stack,
    Tenant,
    assert_never_silent,
    eventually,
    sounds,
    wait_music,
    wait_prompt,
    wait_tone,
)

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


@pytest.fixture
def team(stack: Stack) -> Iterator[Tenant]:
    """Queue 1: agents 1 and 2; queue 2: agents 3 and 4. Everybody goes home afterwards."""
    tenant = stack.tenants["team"]
    yield tenant
    tenant.rest()
    stack.wait_quiet()


def talk(stack: Stack, team: Tenant, agent: Agent) -> tuple[Call, Call]:
    """A customer who chose 1 talks with ``agent``, the only one there: the customer's call, the agent's."""
    phone = agent.phone or agent.start_work()
    before = len(phone.calls)
    call = stack.caller(stack.number()).call(team.did).wait_state("talking", 15)
    wait_prompt(call, "greeting")
    call.rtp.press("1")
    at_agent = phone.wait_call(before + 1, 20).wait_state("talking", 10)
    both_hear(call, at_agent, agent)
    agent.wait("on_call")
    talk_on(call, at_agent)
    return call, at_agent


def both_hear(call: Call, at_agent: Call, agent: Agent, hertz: float = CALLER_HERTZ) -> None:
    wait_tone(call, agent.hertz)
    wait_tone(at_agent, hertz)


def talk_on(*calls: Call, packets: int = 75) -> None:
    """Until each telephone has heard as much more: 75 packets are a second and a half, enough to be found in
    a recording."""
    wanted = [len(call.rtp.heard.packets) + packets for call in calls]
    eventually(
        lambda: all(len(call.rtp.heard.packets) >= n for call, n in zip(calls, wanted, strict=True)), 15, "talk"
    )


def finish(team: Tenant, call: Call) -> dict[str, Any]:
    """After some more talk the customer hangs up; the record, when the recording is known too."""
    if call.state != "ended":
        talk_on(call)
        call.hang_up()
    call.wait_state("ended", 10)
    assert_never_silent(call, call.answered_at, call.ended_at)
    record = team.ended_call(call.phone.user)
    eventually(lambda: team.api.get(f"calls/{record['id']}")["recorded"], 15, "recording known")
    return dict(team.api.get(f"calls/{record['id']}", unmask=True))


def recording(stack: Stack, team: Tenant, record: dict[str, Any]) -> Wav:
    path = Path(stack.settings.state) / "heard.wav"
    path.write_bytes(team.api.file(f"calls/{record['id']}/recording"))
    wav = Wav.read(path)
    assert len(wav.channels) == 2
    return wav


def with_customer(record: dict[str, Any]) -> list[int]:
    """Who talked with the customer, in order; consultations left out."""
    return [spoken["agent_id"] for spoken in record["talks"] if spoken["direction"] not in ("internal", "consult")]


def spoke(samples: list[int], hertz: float) -> list[float]:
    """The times (s) in which a tone was heard in a recording, every tenth of a second."""
    return [at / 8000 for at in range(0, len(samples) - 1600, 800) if strength(samples[at : at + 1600], hertz) > 0.8]


def test_hold_mute_and_keys(stack: Stack, team: Tenant) -> None:
    """The customer hears music on hold; nothing of a muted agent; keys arrive. The recording goes through."""
    agent = team.agents[0]
    call, at_agent = talk(stack, team, agent)
    agent.do("hold")
    wait_music(call)
    assert agent.wait("holding")["call"]["held"]
    assert agent.refused("hold") == "already_held"
    time.sleep(1.5)  # a hold that can be told apart in records and recording
    agent.do("resume")
    both_hear(call, at_agent, agent)
    assert agent.wait("on_call")["call"]["held"] is False
    agent.do("mute", on=True)
    eventually(lambda: rms(call.rtp.heard.audio(time.monotonic() - 0.4)) < 60, 10, "nothing of the agent")
    wait_tone(at_agent, CALLER_HERTZ)
    assert agent.view()["call"]["muted"] is True
    agent.do("mute", on=False)
    wait_tone(call, agent.hertz)
    agent.do("digits", digits="42#")
    eventually(lambda: call.rtp.heard.digits() == "42#", 10, "the keys")
    assert agent.refused("digits", digits="4;2") in ("bad_digits", "invalid", "validation", "invalid_request")
    record = finish(team, call)
    at_agent.wait_state("ended", 5)
    assert 1 <= record["hold_seconds"] <= 8
    (spoken,) = record["talks"]
    assert spoken["hold_seconds"] == pytest.approx(record["hold_seconds"], abs=0.01)
    wav = recording(stack, team, record)
    assert wav.seconds == pytest.approx(at_agent.ended_at - at_agent.answered_at, abs=1.2)
    at_right = spoke(wav.channels[1], agent.hertz)
    assert min(at_right) < 2 and max(at_right) > wav.seconds - 2, "before and after the hold"
    assert len(spoke(wav.channels[0], CALLER_HERTZ)) > 0.8 * len(wav.channels[0]) / 800 - 4


def test_a_consultation_completed(stack: Stack, team: Tenant) -> None:
    first, second = team.agents[:2]
    call, at_first = talk(stack, team, first)
    at_second_phone = second.start_work(on_invite="ring")
    targets = first.api.get("agent/transfer/targets")
    assert [target["id"] for target in targets] == [second.id]
    first.do("transfer/consult", target_agent=second.id)
    at_second = at_second_phone.wait_call(1, 15)
    first.wait_phase("consult_ringing")
    wait_music(call)
    at_second.answer()
    wait_tone(at_second, first.hertz)
    wait_tone(at_first, second.hertz)
    first.wait_phase("consulting")
    wait_music(call)
    first.do("transfer/complete")
    both_hear(call, at_second, second)
    at_first.wait_state("ended", 10)
    first.wait("idle", "wrap_up")
    assert second.wait("on_call")["call"]["number"] == call.phone.user
    talk_on(call)
    at_second.hang_up()
    record = finish(team, call.wait_state("ended", 10))
    second.wait("idle", "wrap_up")
    assert with_customer(record) == [first.id, second.id]
    assert (record["outcome"], record["agent_id"]) == ("connected", first.id)
    wav = recording(stack, team, record)
    assert wav.seconds == pytest.approx(call.ended_at - at_first.answered_at, abs=1.2), "one continuous recording"
    before, after = spoke(wav.channels[1], first.hertz), spoke(wav.channels[1], second.hertz)
    assert before and after and max(before) < min(after)


def test_a_consultation_cancelled(stack: Stack, team: Tenant) -> None:
    first, second = team.agents[:2]
    call, at_first = talk(stack, team, first)
    phone = second.start_work()
    first.do("transfer/consult", target_agent=second.id)
    at_second = phone.wait_call(1, 15).wait_state("talking", 10)
    wait_tone(at_first, second.hertz)
    wait_music(call)
    first.do("transfer/cancel")
    both_hear(call, at_first, first)
    at_second.wait_state("ended", 10)
    second.wait("idle", "available")
    first.wait_phase("talking")
    record = finish(team, call)
    assert with_customer(record) == [first.id]
    wav = recording(stack, team, record)
    assert wav.seconds == pytest.approx(at_first.ended_at - at_first.answered_at, abs=1.2)
    assert not spoke(wav.channels[1], second.hertz), "the customer's recording has nothing of the consultation"


def test_a_consultation_that_nobody_answers(stack: Stack, team: Tenant) -> None:
    """Refused by the colleague's phone: the agent is told, and takes the customer back."""
    first, second = team.agents[:2]
    call, at_first = talk(stack, team, first)
    second.start_work(on_invite=486)
    first.do("transfer/consult", target_agent=second.id)
    eventually(lambda: (first.view()["call"] or {}).get("phase") in ("held", "talking"), 15, "refusal noticed")
    second.wait("idle")
    if first.view()["call"]["phase"] == "held":
        first.do("resume")
    both_hear(call, at_first, first)
    finish(team, call)


def test_a_blind_transfer_to_an_agent(stack: Stack, team: Tenant) -> None:
    first, second = team.agents[:2]
    call, at_first = talk(stack, team, first)
    phone = second.start_work(on_invite="ring")
    first.do("transfer/blind", target_agent=second.id)
    at_second = phone.wait_call(1, 15)
    at_first.wait_state("ended", 10)
    first.wait("idle", "wrap_up")
    wait_music(call)
    at_second.answer()
    both_hear(call, at_second, second)
    second.wait("on_call")
    record = finish(team, call)
    assert with_customer(record) == [first.id, second.id]
    wav = recording(stack, team, record)
    assert wav.seconds == pytest.approx(call.ended_at - at_first.answered_at, abs=1.2), "one continuous recording"
    assert spoke(wav.channels[1], first.hertz) and spoke(wav.channels[1], second.hertz)


def test_a_blind_transfer_to_a_queue(stack: Stack, team: Tenant) -> None:
    first, other = team.agents[0], team.agents[2]
    call, at_first = talk(stack, team, first)
    phone = other.start_work(on_invite="ring")
    first.do("transfer/blind", target_queue=team.queues[1])
    at_other = phone.wait_call(1, 15)
    at_first.wait_state("ended", 10)
    wait_music(call)
    at_other.answer()
    both_hear(call, at_other, other)
    other.wait("on_call")
    record = finish(team, call)
    visits = [(visit["queue_id"], visit["outcome"]) for visit in record["visits"]]
    assert visits == [(team.queues[0], "answered"), (team.queues[1], "answered")]
    assert with_customer(record) == [first.id, other.id]


def test_a_blind_transfer_that_is_refused_comes_back(stack: Stack, team: Tenant) -> None:
    """The colleague's phone refuses: the customer is rung through to the agent again, or waits at the head."""
    first, second = team.agents[:2]
    call, at_first = talk(stack, team, first)
    second.start_work(on_invite=486)
    assert first.phone is not None
    first.do("transfer/blind", target_agent=second.id)
    at_first.wait_state("ended", 10)
    back = first.phone.wait_call(2, 20).wait_state("talking", 10)
    both_hear(call, back, first)
    finish(team, call)


def test_an_internal_call(stack: Stack, team: Tenant) -> None:
    """From the screen (the own phone rings first), and dialled on the telephone itself."""
    first, second = team.agents[:2]
    one, two = first.start_work(), second.start_work()
    first.do("dial", number=second.extension)
    at_first = one.wait_call(1, 15).wait_state("talking", 10)
    at_second = two.wait_call(1, 15).wait_state("talking", 10)
    wait_tone(at_first, second.hertz)
    wait_tone(at_second, first.hertz)
    assert first.wait_phase("talking")["direction"] == "internal"
    at_first.hang_up()
    at_second.wait_state("ended", 10)
    for agent in (first, second):
        agent.wait("idle", "available")
    dialled = one.call(second.extension)
    dialled.wait_state("talking", 15)
    at_second = two.wait_call(2, 15).wait_state("talking", 10)
    wait_tone(dialled, second.hertz)
    wait_tone(at_second, first.hertz)
    at_second.hang_up()
    dialled.wait_state("ended", 10)
    for agent in (first, second):
        agent.wait("idle", "available")
    stack.wait_quiet()
    kept = eventually(
        lambda: [c for c in team.calls(direction="internal") if c["ended_at"]][:2], 15, "internal calls in the history"
    )
    assert not any(call["recorded"] for call in kept)
    assert not team.calls_from(second.extension), "not among the others"


@pytest.fixture
def carrier(stack: Stack) -> Iterator[SoftPhone]:
    stack.carrier.forget()
    stack.carrier.on_invite = "ring"
    eventually(lambda: "UP" in gateway(stack), 60, f"the carrier is reachable:\n{gateway(stack)}")
    yield stack.carrier
    stack.carrier.forget()


def gateway(stack: Stack) -> str:
    lines = stack.cli("sofia status gateway carrier").splitlines()
    return "\n".join(line for line in lines if line.startswith(("Status", "Ping", "State")))


def test_a_call_to_the_outside(stack: Stack, team: Tenant, carrier: SoftPhone) -> None:
    """With the tenant's own number as caller ID; recorded; a busy line is told apart."""
    agent = team.agents[0]
    phone = agent.start_work()
    number = stack.number()
    agent.do("dial", number=f"{number[:3]}-{number[3:7]}-{number[7:]}")
    at_agent = phone.wait_call(1, 15).wait_state("talking", 10)
    outside = carrier.wait_call(1, 15)
    assert f"sip:{number}@" in outside.invite.first
    assert f"sip:{team.did}@" in outside.invite.get("From")
    agent.wait("dialling")
    outside.answer()
    both_hear(outside, at_agent, agent)
    agent.wait("on_call")
    eventually(lambda: len(outside.rtp.heard.packets) > 100, 15, "two seconds of talk")
    outside.hang_up()
    at_agent.wait_state("ended", 10)
    record = team.ended_call(number)
    assert (record["direction"], record["outcome"], record["agent_id"]) == ("outbound", "connected", agent.id)
    assert record["talk_seconds"] == pytest.approx(outside.ended_at - outside.answered_at, abs=1)
    eventually(lambda: team.api.get(f"calls/{record['id']}")["recorded"], 15, "recorded")
    wav = recording(stack, team, record)
    assert spoke(wav.channels[0], CALLER_HERTZ) and spoke(wav.channels[1], agent.hertz)
    assert not spoke(wav.channels[0], agent.hertz)
    agent.available()
    carrier.on_invite = 486
    number = stack.number()
    agent.do("dial", number=number)
    phone.wait_call(2, 15).wait_state("ended", 15)
    assert team.ended_call(number)["outcome"] == "busy"
    agent.wait("idle")


def test_the_telephones_own_hold_key(stack: Stack, team: Tenant) -> None:
    """Nobody presses a button on a screen: the customer hears music all the same, and then the agent again."""
    agent = team.agents[0]
    call, at_agent = talk(stack, team, agent)
    at_agent.hold()
    wait_music(call)
    at_agent.hold(False)
    both_hear(call, at_agent, agent)
    record = finish(team, call)
    assert with_customer(record) == [agent.id]


def test_an_agents_sound_is_lost_and_comes_back(stack: Stack, team: Tenant) -> None:
    """The agent's phone is called anew and takes the old leg's place when it has answered: one talk, one continuous
    recording. A phone that is busy changes nothing."""
    agent = team.agents[0]
    call, at_agent = talk(stack, team, agent)
    assert agent.phone is not None
    before = len(agent.phone.calls)
    agent.phone.on_invite = 486
    agent.do("reconnect")
    agent.phone.wait_call(before + 1, 15).wait_state("ended", 10)
    eventually(lambda: agent.view()["call"]["phase"] == "talking", 10, "the talk goes on")
    assert agent.view()["notice"] == "reconnect_failed"
    both_hear(call, at_agent, agent)

    agent.phone.on_invite = "ring"
    agent.do("reconnect")
    anew = agent.phone.wait_call(before + 2, 15)
    agent.phone.on_invite = "answer"
    assert anew.invite.get("X-Sangdam-Auto-Answer") == "true"
    if anew.state == "ringing":  # unless the switch's NOTIFY has told the phone to answer
        both_hear(call, at_agent, agent)
        anew.answer()
    anew.wait_state("talking", 10)
    at_agent.wait_state("ended", 10)
    both_hear(call, anew, agent)
    eventually(lambda: agent.view()["call"]["phase"] == "talking", 10, "talking")
    talk_on(call, anew)

    agent.do("hold")
    wait_music(call)
    agent.wait("holding")
    agent.do("reconnect")
    third = agent.phone.wait_call(before + 3, 15).wait_state("talking", 10)
    both_hear(call, third, agent)
    agent.wait("on_call")
    anew.wait_state("ended", 10)
    record = finish(team, call)
    third.wait_state("ended", 5)
    assert with_customer(record) == [agent.id]
    (spoken,) = record["talks"]
    assert 0 < spoken["hold_seconds"] < 10
    assert spoken["talk_seconds"] == pytest.approx(call.ended_at - at_agent.answered_at, abs=1)
    wav = recording(stack, team, record)
    at_right = spoke(wav.channels[1], agent.hertz)
    assert min(at_right) < 2 and max(at_right) > wav.seconds - 2, "before and after"


def test_numbers_that_must_not_be_dialled(stack: Stack, team: Tenant) -> None:
    agent = team.agents[0]
    agent.start_work()
    assert agent.refused("dial", number="0015551234567") == "international_refused"
    assert agent.refused("dial", number="+15551234567") == "international_refused"
    assert agent.refused("dial", number="010;2000") == "bad_number"
    assert agent.view()["state"] == "idle"


def test_forced_end(stack: Stack, team: Tenant) -> None:
    """강성종료: the customer hears the closing announcement, the agent is out at once."""
    agent = team.agents[0]
    call, at_agent = talk(stack, team, agent)
    agent.do("force-end")
    wait_prompt(call, "forced_end")
    call.wait_state("ended", 15)
    assert call.ended_by == "remote"
    at_agent.wait_state("ended", 10)
    agent.wait("idle", "wrap_up")
    record = finish(team, call)
    assert record["outcome"] == "connected"


def test_refused_and_not_answered(stack: Stack, team: Tenant) -> None:
    """The next agent gets the call; two misses in a row put an agent on break."""
    first, second = team.agents[:2]
    one = first.start_work(on_invite="ring")
    call = stack.caller(stack.number()).call(team.did).wait_state("talking", 15)
    wait_prompt(call, "greeting")
    call.rtp.press("1")
    one.wait_call(1, 15)
    first.wait("ringing")
    two = second.start_work(on_invite="ring")
    first.do("reject")
    one.calls[0].wait_state("ended", 10)
    at_second = two.wait_call(1, 15)
    wait_music(call)
    assert not sounds(call, CALLER_HERTZ)
    at_second.wait_state("ended", 15)  # recall time: nobody picked up
    ringing = one.wait_call(2, 20)
    wait_music(call)
    ringing.refuse(486)  # busy, by the telephone itself
    first.wait("idle", "on_break")
    assert first.view()["reason"]
    again = two.wait_call(2, 20)
    again.answer()
    both_hear(call, again, second)
    record = finish(team, call)
    offers = [(offer["agent_id"], offer["outcome"]) for offer in record["offers"]]
    assert offers == [
        (first.id, "refused"), (second.id, "no_answer"), (first.id, "refused"), (second.id, "answered"),
    ]  # fmt: skip
    assert len(record["visits"]) == 1
