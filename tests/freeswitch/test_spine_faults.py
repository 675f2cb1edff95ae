"""What happens to calls when the controller, or FreeSWITCH, is killed under them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.freeswitch.harness import CALLER_HERTZ, Wav
from tests.freeswitch.softphone import Call
from tests.freeswitch.stack import (
    Agent,
    Stack,
    Tenant,
    assert_never_silent,
    eventually,
    wait_music,
    wait_prompt,
    wait_tone,
)

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


@pytest.fixture
def fault(stack: Stack) -> Iterator[Tenant]:
    """Four agents, nobody there yet. Everything runs again afterwards."""
    tenant = stack.tenants["fault"]
    yield tenant
    for name in (stack.switch, "controller"):
        if not stack.is_alive(name):
            stack.start(name)
    tenant.rest()
    stack.wait_quiet()


def call_in(stack: Stack, tenant: Tenant) -> Call:
    return stack.caller(stack.number()).call(tenant.did).wait_state("talking", 15)


def both_hear(call: Call, at_agent: Call, agent: Agent) -> None:
    wait_tone(call, agent.hertz)
    wait_tone(at_agent, CALLER_HERTZ)


def one_talks(stack: Stack, tenant: Tenant, agent: Agent) -> tuple[Call, Call]:
    """``agent``, the only one free, talks with that customer."""
    phone = agent.start_work()
    before = len(phone.calls)
    call = call_in(stack, tenant)
    at_agent = phone.wait_call(before + 1, 20).wait_state("talking", 10)
    both_hear(call, at_agent, agent)
    agent.wait("on_call")
    return call, at_agent


def queue_order(tenant: Tenant) -> list[str]:
    """The seventh and eighth digit of those who wait, in order: those that screens show."""
    calls = tenant.live()["queues"][0]["calls"]
    return [call["number"].rpartition("-")[2][:2] for call in sorted(calls, key=lambda call: call["position"])]


def shown(*calls: Call) -> list[str]:
    return [call.phone.user[7:9] for call in calls]


def test_the_controller_is_killed_with_calls_everywhere(stack: Stack, fault: Tenant) -> None:
    """In the menu, waiting, ringing, talking: nobody's talk is touched, places are kept, and who waits is served
    within five seconds of its return; no record is missing or doubled, no agent is stuck."""
    demo = stack.tenants["demo"]
    talker, ender, ringer, menu_agent = *fault.agents[:3], demo.agents[0]
    talking, at_talker = one_talks(stack, fault, talker)
    ending, at_ender = one_talks(stack, fault, ender)
    phone = ringer.start_work(on_invite="ring")
    ringing = call_in(stack, fault)
    at_ringer = phone.wait_call(1, 20)
    ringer.wait("ringing")
    waiting: list[Call] = []
    for _ in range(2):
        waiting.append(call_in(stack, fault))
        # The call that rings keeps its place until somebody has answered.
        eventually(lambda: queue_order(fault) == shown(ringing, *waiting), 15, "in order")
    menu_agent.start_work()
    in_menu = call_in(stack, demo)  # its spoken greeting takes longer than all that follows
    eventually(lambda: len(in_menu.rtp.heard.audio()) > 8000, 10, "hears the greeting")

    killed = time.monotonic()
    stack.kill("controller")
    for call in waiting:
        wait_music(call)
    at_ringer.answer()
    both_hear(ringing, at_ringer, ringer)
    in_menu.rtp.press("1")
    ending.hang_up()
    at_ender.wait_state("ended", 5)
    both_hear(talking, at_talker, talker)
    stack.start("controller")
    back = time.monotonic()
    assert ender.phone is not None
    served = ender.phone.wait_call(2, 5)
    assert time.monotonic() - back < 5
    served.wait_state("talking", 5)
    both_hear(waiting[0], served, ender)
    assert queue_order(fault) == shown(waiting[1])
    for agent in (talker, ender, ringer):
        assert agent.wait("on_call", seconds=10)["call"]["phase"] == "talking"
    both_hear(talking, at_talker, talker)
    both_hear(ringing, at_ringer, ringer)
    assert menu_agent.phone is not None
    at_menu = menu_agent.phone.wait_call(1, 20).wait_state("talking", 10)
    both_hear(in_menu, at_menu, menu_agent)
    for call in (talking, at_talker):
        gap = longest_gap(call, killed, time.monotonic())
        assert gap < 1.5, f"{gap:.2f} s without sound at {call.phone.user} while the controller was away"

    at_talker.hang_up()
    third = talker.phone
    assert third is not None
    last = third.wait_call(2, 10).wait_state("talking", 10)
    both_hear(waiting[1], last, talker)
    for call in (ringing, waiting[0], waiting[1], in_menu):
        call.hang_up()
    for agent in (talker, ender, ringer):
        agent.wait("idle", "available")
    for call in (*waiting, in_menu):
        assert_never_silent(call, call.answered_at, call.ended_at)
    for call in (talking, ending, ringing, *waiting):
        record = fault.ended_call(call.phone.user)
        assert record["outcome"] == "connected"
        assert [visit["outcome"] for visit in record["visits"]] == ["answered"]
        assert len(record["talks"]) == 1
        eventually(lambda one=record: fault.api.get(f"calls/{one['id']}")["recorded"], 15, "recorded")
    assert demo.ended_call(in_menu.phone.user)["outcome"] == "connected"
    demo.rest()
    stack.wait_quiet()


def longest_gap(call: Call, since: float, until: float) -> float:
    """The longest time (s) without any audio packet."""
    times = [since, *(p.at for p in list(call.rtp.heard.packets) if since <= p.at < until), until]
    return max(later - earlier for earlier, later in zip(times, times[1:], strict=False))


def test_without_any_controller_the_guard_reaches_an_agent(stack: Stack, fault: Tenant) -> None:
    """The dialplan rings the assigned agents by itself; the call stands in the history afterwards, recorded."""
    agent = fault.agents[3]
    agent.start_work()
    stack.kill("controller")
    call = call_in(stack, fault)
    assert agent.phone is not None
    at_agent = agent.phone.wait_call(1, 25).wait_state("talking", 10)
    both_hear(call, at_agent, agent)
    eventually(lambda: len(at_agent.rtp.heard.packets) > 150, 15, "talk")
    call.hang_up()
    at_agent.wait_state("ended", 10)
    # FreeSWITCH counts in whole seconds when it is to play the music by itself.
    assert_never_silent(call, call.answered_at, call.ended_at, 3.0)
    nobody = call_in(stack, stack.tenants["small"])  # its agent has no telephone
    wait_prompt(nobody, "unavailable", 30)
    nobody.wait_state("ended", 15)
    assert_never_silent(nobody, nobody.answered_at, nobody.ended_at, 3.0)
    stack.start("controller")
    record = fault.ended_call(call.phone.user, 30)
    assert (record["outcome"], record["agent_id"]) == ("connected", agent.id)
    assert record["talk_seconds"] == pytest.approx(at_agent.ended_at - at_agent.answered_at, abs=1)
    eventually(lambda: fault.api.get(f"calls/{record['id']}")["recorded"], 20, "recorded")
    path = Path(stack.settings.state) / "heard.wav"
    path.write_bytes(fault.api.file(f"calls/{record['id']}/recording"))
    assert len(Wav.read(path).channels) == 2
    agent.wait("idle", "available")
    assert stack.tenants["small"].ended_call(nobody.phone.user, 30)["outcome"] == "unavailable"


def test_freeswitch_is_killed_and_comes_back(stack: Stack, fault: Tenant) -> None:
    """Its calls are closed as lost, the agents are free, the next call is taken."""
    talker, ringer = fault.agents[:2]
    talking, at_talker = one_talks(stack, fault, talker)
    phone = ringer.start_work(on_invite="ring")
    ringing = call_in(stack, fault)
    phone.wait_call(1, 20)
    ringer.wait("ringing")
    waiting = call_in(stack, fault)
    eventually(lambda: fault.waiting() == 2, 15, "one rings, one waits")
    stack.kill(stack.switch)
    eventually(lambda: fault.live()["switch"] == "down", 15, "the screens know")
    for call in (talking, at_talker, ringing, phone.calls[-1], waiting):
        call._end("switch killed")
    stack.start(stack.switch)
    eventually(lambda: fault.live()["switch"] == "up", 30, "connected again")
    for call, outcome in ((talking, "connected"), (ringing, "lost"), (waiting, "lost")):
        record = fault.ended_call(call.phone.user, 30)
        assert (record["outcome"], record["ended_by"]) == (outcome, "lost")
    for agent in (talker, ringer):
        agent.wait("idle")
    assert fault.waiting() == 0
    ringer.stop_work()
    again, at_agent = one_talks(stack, fault, talker)
    again.hang_up()
    at_agent.wait_state("ended", 10)
    assert fault.ended_call(again.phone.user)["outcome"] == "connected"
