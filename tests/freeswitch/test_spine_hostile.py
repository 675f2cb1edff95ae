"""Hostile input from telephones and programs into the running product: it stays data, one command is one command,
nobody becomes somebody else, nothing is executed, and the next call is taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.freeswitch.softphone import Call
from tests.freeswitch.stack import Stack, Tenant, eventually, sounds, wait_prompt, wait_tone
from tests.freeswitch.test_adapter_hostile import FORGED, as_sip_user, corpus

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


@pytest.fixture
def trap(stack: Stack) -> Path:
    """A file that is there only if something was executed."""
    return Path(stack.settings.state) / "trap"


@pytest.fixture
def fault(stack: Stack) -> Iterator[Tenant]:
    tenant = stack.tenants["fault"]
    yield tenant
    tenant.rest()
    stack.wait_quiet()


def call_with(stack: Stack, tenant: Tenant, text: str) -> Call:
    """A call with ``text`` wherever a caller can put one."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    plain = text.replace("%0D", "").replace("%0A", " ")
    names = ("X-Sangdam-Tenant", "X-sangdam_agent", "Subject", "P-Asserted-Identity", "Diversion")
    call = stack.caller("01020000600").call(
        tenant.did, display=f'"{quoted}"', from_user=as_sip_user(text), headers=[(name, plain) for name in names]
    )
    call.wait_state("talking", 15)
    call.rtp.press("*#ABCD")
    return call


def test_hostile_callers_are_only_callers(stack: Stack, fault: Tenant, trap: Path) -> None:
    """Each text in number, display name and headers at once; every such call is answered and recorded as what
    it is."""
    agents = fault.agents[:3]
    for agent in agents:
        agent.start_work()
    controller = stack.processes["controller"].popen
    assert controller is not None
    others = {name: len(tenant.calls()) for name, tenant in stack.tenants.items() if tenant is not fault}
    known = {call["id"] for call in fault.calls()}
    texts = list(corpus(trap).values())
    for batch in (texts[:8], texts[8:]):
        waiting = [call_with(stack, fault, text) for text in batch]

        def served(waiting: list[Call] = waiting) -> bool:
            for call in [call for call in waiting if any(sounds(call, agent.hertz) for agent in agents)]:
                call.hang_up()
                waiting.remove(call)
            return not waiting

        eventually(served, 60, "everybody has talked with an agent")

    def ended() -> list[dict[str, object]]:
        found = [call for call in fault.calls() if call["id"] not in known]
        return found if len(found) >= len(texts) and all(call["ended_at"] for call in found) else []

    records = eventually(ended, 30, f"{len(texts)} calls in the history")
    assert len(records) == len(texts)
    for record in records:
        assert record["outcome"] == "connected"
        assert record["id"] != FORGED
        assert record["did"] == fault.did
        assert set(record["number"]) <= set("0123456789+*#-")
        assert record["name"].isprintable()
        assert record["agent_id"] in {agent.id for agent in agents}
    for agent in agents:
        agent.wait("idle", "available")
    assert {name: len(stack.tenants[name].calls()) for name in others} == others, "nobody else got a call"
    assert not trap.exists()
    assert controller.poll() is None and stack.is_alive(stack.switch)


def test_hostile_addresses_lead_nowhere(stack: Stack, fault: Tenant, trap: Path) -> None:
    """In the Request-URI, from the trunk and from a registered telephone: refused, nothing executed."""
    agent = fault.agents[0]
    phone = agent.start_work()
    outside = stack.caller(stack.number())
    for text in corpus(trap).values():
        address = as_sip_user(text)
        if address.isdigit():
            continue
        for device in (outside, phone):
            call = device.call(address)
            call.wait_state("ended", 10)
            assert call.status >= 400, f"{address} at {device.user}"
    agent.wait("idle")
    assert not trap.exists()


def test_hostile_requests_change_nothing(stack: Stack, fault: Tenant, trap: Path) -> None:
    """Numbers, keys, reasons and texts by REST: refused where they are not of the form, else kept verbatim."""
    agent = fault.agents[0]
    agent.start_work()
    call = stack.caller(stack.number()).call(fault.did).wait_state("talking", 15)
    wait_tone(call, agent.hertz, 15)
    view = agent.wait("on_call")
    call_id = view["call"]["id"]
    for name, text in corpus(trap).items():
        assert agent.refused("dial", number=text[:30])
        assert agent.refused("transfer/blind", target_number=text[:30])
        assert agent.refused("transfer/consult", target_number=text[:30])
        if name != "long":
            assert agent.refused("digits", digits=text[:32])
        raw = text.replace("%0A", "\n").replace("%0D", "\r")
        body = {"contact_type_id": None, "inquiry": raw, "action": raw}
        answer = agent.api.ask("PUT", f"calls/{call_id}/wrap-up", body)
        assert answer.status == 200, answer.body
        kept = agent.api.get(f"calls/{call_id}/wrap-up")
        assert kept["inquiry"].replace("\r\n", "\n").strip() == raw.replace("\r\n", "\n").strip()
        answer = agent.api.ask("GET", "calls", number=text)
        assert answer.status in (200, 422), answer.body
    assert agent.view()["call"]["id"] == call_id
    wait_tone(call, agent.hertz)
    call.hang_up()
    agent.wait("idle", "available")
    for text in corpus(trap).values():
        answer = agent.api.ask("POST", "agent/status", {"status": "on_break", "reason": text[:60]})
        assert answer.status in (200, 400, 422), answer.body
        assert agent.api.ask("POST", "agent/login", {"platform": text[:40]}).status < 500
    agent.do("status", status="available")
    assert not trap.exists()
    assert fault.ended_call(call.phone.user)["outcome"] == "connected"
    again = stack.caller(stack.number()).call(fault.did).wait_state("talking", 15)
    wait_prompt(again, "greeting")
    wait_tone(again, agent.hertz, 15)
    again.hang_up()
