"""Hostile input on a real FreeSWITCH: what callers, phones and people put into names, numbers, headers and
addresses stays data. One command is one command, no identity is overwritten, nothing is expanded."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import gevent
import pytest

from app.adapters.freeswitch.switch import FreeSwitchNode
from app.core import effects as fx
from app.core import events as ev
from tests.freeswitch.harness import DID, Mailbox, RealSwitch
from tests.freeswitch.softphone import SoftPhone

pytestmark = pytest.mark.freeswitch

MUSIC = "local_stream://sangdam"
FORGED = "11111111-2222-3333-4444-555555555555"


def corpus(trap: Path) -> dict[str, str]:
    """Name → text. ``trap`` is a file that exists only if something was executed."""
    return {
        "newline": f"Bob%0AUnique-ID%3A%20{FORGED}%0A",
        "crlf": f"Bob%0D%0AUnique-ID%3A {FORGED}%0D%0A%0D%0A",
        "variable header": "x%0Avariable_sangdam_tenant%3A%2099%0Avariable_sangdam_agent%3A%2099",
        "api": f"x%0A%0Aapi%20system%20touch%20{trap}%0A%0A",
        "system": f"${{system(touch {trap})}}",
        "nested": f"$${{system(touch {trap})}}",
        "bgapi": f"${{bgapi(system touch {trap})}}",
        "variable": "${sangdam_tenant}",
        "dial string": "x,[origination_uuid=" + FORGED + "]user/demo-1003@sangdam.local",
        "braces": "{sangdam_tenant=99,execute_on_answer='system touch " + str(trap) + "'}",
        "brackets": "[a]<b>(c)|d:_:e^^;f",
        "quotes": "a'b\"c\\d`e",
        "pipes": f"|touch {trap}|",
        "long": "9" * 300,
        "korean": "홍길동 고객님",
        "direction": "‮evil⁦x",
    }


def as_sip_user(text: str) -> str:
    """As the user part of a SIP address: what the grammar does not allow is percent-encoded."""
    allowed = "%-_.!~*'()&=+$,;?/"
    encoded = (c if c.isascii() and c.isalnum() or c in allowed else quote(c) for c in text)
    return "".join(encoded)[:250]


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSwitch]:
    with RealSwitch(tmp_path_factory.mktemp("hostile")) as started:
        yield started


@pytest.fixture(scope="module")
def node(switch: RealSwitch) -> tuple[FreeSwitchNode, Mailbox]:
    return switch.connect()


@pytest.fixture(scope="module")
def agent(switch: RealSwitch) -> SoftPhone:
    return switch.phone(1)


TEXTS = sorted(corpus(Path("/trap")))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("place", ["display name", "user", "header"])
def test_a_hostile_caller_is_only_a_caller(
    switch: RealSwitch, node: tuple[FreeSwitchNode, Mailbox], agent: SoftPhone, place: str, kind: str
) -> None:
    trap = switch.settings.state / "trap"
    text = corpus(trap)[kind]
    controller, box = node
    box.events.clear()
    agent.forget()
    caller = switch.caller()
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if place == "display name":
        call = caller.call(DID, display=f'"{quoted}"')
    elif place == "user":
        call = caller.call(DID, from_user=as_sip_user(text))
    else:
        plain = text.replace("%0D", "").replace("%0A", " ")
        names = (
            "X-Sangdam-Tenant",
            "X-Test",
            "Subject",
            "P-Asserted-Identity",
            "Diversion",
            "X-sangdam_tenant",
        )
        call = caller.call(DID, headers=[(name, plain) for name in names])
    try:
        queued = box.wait(ev.CallQueued, 8)
        leg = queued.leg
        assert leg != FORGED
        assert (queued.tenant_id, queued.queue_id, queued.did) == (1, 1, DID)
        assert set(queued.caller_number) <= set("0123456789+*#")
        assert len(queued.caller_number) <= 21
        assert queued.caller_name.isprintable()
        assert len(queued.caller_name) <= 64
        if kind == "korean" and place == "display name":
            assert queued.caller_name == text
        # All of it goes back into commands: variables, the offer, what the agent is told.
        shown = {"name": text, "number": queued.caller_number, "raw": text.replace("%0A", "\n")}
        controller.perform(fx.Adopt(leg, 1, 60, {"call": leg, **shown}))
        controller.perform(fx.PlayMusic(leg, MUSIC))
        agent_leg = str(uuid.uuid4())
        controller.perform(
            fx.Offer(
                leg, agent_leg, 1, 11, "demo-1001", 5, text, text.replace("%0A", "\n"), MUSIC, leg, 1, text
            )
        )
        box.wait(ev.LegsBridged, leg=leg, other=agent_leg)
        invite = agent.wait_call().invite
        assert invite.get("X-Sangdam-Call") == leg
        assert len(invite.all("X-Sangdam-Call")) == 1
        # FreeSWITCH would hand the caller's own X- headers on to the agent's browser.
        told = {name for name, _ in invite.headers if name.lower().startswith("x-")}
        assert told <= {
            "X-Sangdam-Call",
            "X-Sangdam-Number",
            "X-Sangdam-Name",
            "X-Sangdam-Queue",
            "X-FS-Support",
        }
        assert all(value.isascii() for name, value in invite.headers if name.startswith("X-Sangdam"))
        assert {e.leg for e in box.events if isinstance(e, ev.LegAnswered)} <= {leg, agent_leg}
        assert box.all(ev.EffectFailed) == []
        call.hang_up()
        ended = box.wait(ev.LegHungUp, leg=leg)
        assert (ended.tenant_id, ended.call_id) == (1, leg)
        assert {e.leg for e in box.all(ev.LegHungUp)} <= {leg, agent_leg}
        gevent.sleep(0.05)
        assert not trap.exists(), "something was executed"
        assert switch.process is not None
        assert switch.process.poll() is None
    finally:
        caller.close()


@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_addresses_and_digits(
    switch: RealSwitch, node: tuple[FreeSwitchNode, Mailbox], kind: str
) -> None:
    """A request line or a dialled number that is no number reaches neither a tenant nor an agent's rights."""
    trap = switch.settings.state / "trap"
    text = corpus(trap)[kind]
    _, box = node
    box.events.clear()
    address = as_sip_user(text)
    caller, phone = switch.caller(), switch.phone(2)
    try:
        outside, inside = caller.call(address), phone.call(address)
        outside.wait_state("ended", 4)
        inside.wait_state("ended", 4)
        # 404, 480, 484 of the dialplan; 400, 403, 500 of FreeSWITCH's SIP, which some do not get past.
        assert outside.status in (400, 404, 480, 484)
        assert inside.status in (400, 403, 404, 480, 484, 500)
        assert box.all(ev.CallArrived) + box.all(ev.CallQueued) + box.all(ev.AgentDialled) == []
        assert not trap.exists()
    finally:
        caller.close()
        phone.close()


@pytest.mark.parametrize(
    "effect",
    [
        fx.SendTones("{leg}", "1\n\napi system touch"),
        fx.SendTones("{leg}", "${system(x)}"),
        fx.PlayPrompt("{leg}", ("/a.wav\n\napi status",), "t"),
        fx.PlayPrompt("{leg}", ("${system(x)}",), "t"),
        fx.PlayPrompt("{leg}", ("say::x",), "t"),
        fx.PlayMusic("{leg}", "local_stream://sangdam,{x}"),
        fx.PlayMusic("{leg}", "http://example.org/x.mp3"),
        fx.Divert("{leg}", 1, "x XML public\n"),
        fx.HangUpLeg("{leg}", "NORMAL_CLEARING\n\napi"),
        fx.StartRecording("{leg}", "../../etc/x.wav"),
        fx.StartRecording("{leg}", "/etc/x.wav"),
        fx.StartRecording("{leg}", "a b.wav"),
        fx.CallOut("{leg}", "new", 1, "010,user/x", DID, 5, "c"),
        fx.CallOut("{leg}", "new", 1, "0101234", "${x}", 5, "c"),
        fx.Offer("{leg}", "new\n", 1, 11, "demo-1001", 5, "1", "n", MUSIC, "c"),
        fx.Offer("{leg}", "new", 1, 11, "demo-1001,user/b", 5, "1", "n", MUSIC, "c"),
        fx.Offer("{leg}", "new", 1, 11, "demo-1001", 5, "1", "n", "say:${x}", "c"),
        fx.Join("{leg}", "x y"),
    ],
    ids=lambda effect: f"{type(effect).__name__}",
)
def test_effects_with_hostile_values_are_refused_before_anything_is_sent(
    switch: RealSwitch, node: tuple[FreeSwitchNode, Mailbox], effect: fx.Effect
) -> None:
    controller, box = node
    box.events.clear()
    with pytest.raises(ValueError, match=r"."):
        controller.perform(effect)
    gevent.sleep(0.05)
    assert box.all(ev.EffectFailed) == []
