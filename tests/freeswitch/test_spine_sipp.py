"""SIPp on both ends of the running product: it calls a tenant's number, and it is an agent's desk phone
that registers with digest authentication."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.freeswitch.harness import CALLER_HERTZ, PROMPT_HERTZ, hears
from tests.freeswitch.rtp import rms
from tests.freeswitch.sipp import SIPP, SippCaller, SippPhone
from tests.freeswitch.stack import Stack, Watch, eventually, free_ports, moment

pytestmark = [
    pytest.mark.freeswitch,
    pytest.mark.timeout(300),
    pytest.mark.skipif(SIPP is None, reason="no sipp in the PATH (apt install sip-tester)"),
]


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_sipp_calls_and_a_sipp_desk_phone_answers(stack: Stack, tmp_path: Path, who: str) -> None:
    team = stack.tenants["team"]
    agent = team.agents[2]
    number = stack.number()
    watch = Watch()
    desk = SippPhone(
        tmp_path, ("127.0.0.1", stack.settings.sip_port), agent.sip_user, agent.sip_password, port=free_ports(1)[0],
        hertz=agent.hertz, hang_up_after=3.0 if who == "agent" else None,
    )  # fmt: skip
    caller = None
    try:
        eventually(lambda: agent.view()["registered"], 10, "registered")
        if agent.view()["status"] == "logged_out":
            agent.do("login")
        agent.available()
        caller = SippCaller(
            tmp_path, ("127.0.0.1", stack.settings.trunk_port), team.did, user=number,
            hang_up_after=8.0 if who == "caller" else None,
        )  # fmt: skip
        heard = caller.rtp.heard
        eventually(lambda: any(hears(heard.audio(p.at), PROMPT_HERTZ["greeting"]) for p in heard.packets[-15:-10]), 15)
        caller.rtp.press("2")
        eventually(lambda: hears(heard.audio(time.monotonic() - 0.3), agent.hertz), 20, "the caller hears the agent")
        answered = time.monotonic()
        at_desk = desk.rtp.heard
        eventually(lambda: hears(at_desk.audio(time.monotonic() - 0.3), CALLER_HERTZ), 10, "the agent hears the caller")
        assert caller.wait() == 0, caller.errors()
        assert desk.wait() == 0, desk.errors()
        last = at_desk.packets[-1].at
        record = team.ended_call(number)
        assert (record["outcome"], record["queue_id"], record["ended_by"]) == ("connected", team.queues[1], who)
        assert moment(record["answered_at"]).timestamp() == pytest.approx(watch.at(answered), abs=1.5)
        assert moment(record["ended_at"]).timestamp() == pytest.approx(watch.at(last), abs=1)
        agent.wait("idle", "wrap_up")
        agent.available()
    finally:
        for one in (desk, caller):
            if one is not None:
                one.close()
        agent.stop_work()


def test_sipp_calls_the_demo_number_and_hears_its_spoken_greeting(stack: Stack, tmp_path: Path) -> None:
    demo = stack.tenants["demo"]
    number = stack.number()
    caller = SippCaller(
        tmp_path, ("127.0.0.1", stack.settings.trunk_port), demo.did, user=number, hang_up_after=25.0
    )  # fmt: skip
    try:
        heard = caller.rtp.heard
        eventually(lambda: rms(heard.audio(time.monotonic() - 1.0)) > 300, 15, "the greeting, decoded, is not silence")
        caller.rtp.press("2")
        queue = demo.queues[1]
        eventually(
            lambda: any(one["id"] == queue and one["waiting"] for one in demo.live()["queues"]), 20, "queue 2"
        )
        assert caller.wait(40) == 0, caller.errors()
        record = demo.ended_call(number)
        assert (record["outcome"], record["menu"], record["queue_id"]) == ("queue_abandoned", "2", queue)
    finally:
        caller.close()


def test_a_wrong_password_gets_nobody_in(stack: Stack, tmp_path: Path) -> None:
    agent = stack.tenants["team"].agents[3]
    with pytest.raises(AssertionError, match="could not register"):
        SippPhone(
            tmp_path, ("127.0.0.1", stack.settings.sip_port), agent.sip_user, "wrong", port=free_ports(1)[0]
        )
    assert not agent.view()["registered"]
