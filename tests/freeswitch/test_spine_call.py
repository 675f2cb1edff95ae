"""A customer calls and an agent answers, with plain SIP telephones at both ends: sounds, records, recording."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path

import pytest

from app.bootstrap import setup
from tests.freeswitch.harness import CALLER_HERTZ, Wav, hears
from tests.freeswitch.rtp import rms
from tests.freeswitch.softphone import Call, SoftPhone
from tests.freeswitch.stack import (
    Agent,
    Stack,
    Tenant,
    Watch,
    assert_never_silent,
    eventually,
    moment,
    sounds,
    wait_music,
    wait_prompt,
    wait_tone,
)

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


def envelope(samples: list[int], step: int = 160) -> list[float]:
    return [rms(samples[at : at + step]) for at in range(0, len(samples) - step + 1, step)]


def likeness(heard: list[float], said: list[float]) -> float:
    """How much the loudness of what was heard follows what was said (1: exactly), at the best shift."""
    best, mean_said = 0.0, sum(said) / len(said)
    centred = [value - mean_said for value in said]
    norm = sum(value * value for value in centred)
    for shift in range(0, max(1, len(heard) - len(said) + 1)):
        window = heard[shift : shift + len(said)]
        if len(window) < len(said):
            break
        mean = sum(window) / len(window)
        power = sum((value - mean) ** 2 for value in window)
        if power:
            product = sum(a * (b - mean) for a, b in zip(centred, window, strict=True))
            best = max(best, product / (power * norm) ** 0.5)
    return best


def spoken(path: str, seconds: float) -> list[float]:
    """The loudness of the beginning of a prompt, every 20 ms."""
    with wave.open(path, "rb") as file:
        rate = file.getframerate()
        data = file.readframes(int(rate * seconds))
    samples = memoryview(data).cast("h").tolist()
    return envelope(samples, rate // 50)


def test_greeting_and_menu_are_audible_and_a_digit_reaches_the_right_queue(stack: Stack) -> None:
    """The demo tenant's own announcements, spoken."""
    demo = stack.tenants["demo"]
    number = stack.number()
    call = stack.caller(number).call(demo.did).wait_state("talking", 15)
    prompts = setup.open_store(stack.settings).for_tenant(demo.id).config().ars.prompts
    with wave.open(prompts["greeting"], "rb") as file:
        greeting = file.getnframes() / file.getframerate()
    eventually(lambda: len(call.rtp.heard.packets) > 50 * (greeting + 4), greeting + 20, "greeting and menu")
    heard = envelope(call.rtp.heard.audio())
    said = {name: spoken(prompts[name], 3.0) for name in ("greeting", "menu", "unavailable")}
    begin, rest = heard[: int(50 * 4.5)], heard[int(50 * (greeting - 1)) :]
    assert likeness(begin, said["greeting"]) > 0.85, "the greeting was not heard"
    assert likeness(rest, said["menu"]) > 0.85, "the menu was not heard"
    assert likeness(begin, said["unavailable"]) < 0.85, "the measure tells announcements apart"
    call.rtp.press("2")
    eventually(lambda: demo.waiting() == 1, 15, "the call waits")
    queues = {queue["id"]: queue["waiting"] for queue in demo.live()["queues"]}
    assert queues == {demo.queues[0]: 0, demo.queues[1]: 1, demo.queues[2]: 0}
    assert_never_silent(call, call.answered_at, call.rtp.heard.packets[-1].at)
    call.hang_up()
    ended = demo.ended_call(number)
    assert (ended["outcome"], ended["menu"], ended["queue_id"]) == ("queue_abandoned", "2", demo.queues[1])


def ring(stack: Stack, tenant: Tenant, number: str, digit: str, agent: Agent) -> tuple[Call, Call]:
    """A customer calls, chooses ``digit`` during the greeting; both calls, the agent's telephone ringing."""
    assert agent.phone is not None
    before = len(agent.phone.calls)
    call = stack.caller(number).call(tenant.did).wait_state("talking", 15)
    wait_prompt(call, "greeting")
    call.rtp.press(digit)
    at_agent = agent.phone.wait_call(before + 1, 15)
    return call, at_agent


@pytest.mark.parametrize("who", ["customer", "agent"])
def test_a_call_from_ring_to_write_up(stack: Stack, who: str) -> None:
    """Rings, answers, both hear each other, either hangs up; recording, history and wrap-up tell the same."""
    team = stack.tenants["team"]
    agent = team.agents[2]
    number = stack.number()
    agent.start_work(on_invite="ring")
    watch = Watch()
    call, at_agent = ring(stack, team, number, "2", agent)
    shown = agent.wait("ringing")["call"]
    assert (shown["number"], shown["queue_id"], shown["menu"], shown["did"]) == (number, team.queues[1], "2", team.did)
    wait_music(call)
    if who == "customer":
        at_agent.answer()
    else:
        agent.do("answer")  # from the screen: the telephone is told to (NOTIFY, event talk)
    wait_tone(call, agent.hertz)
    wait_tone(at_agent, CALLER_HERTZ)
    assert agent.wait("on_call")["call"]["phase"] == "talking"
    eventually(lambda: len(at_agent.rtp.heard.packets) > 150, 15, "three seconds of talk")
    (call if who == "customer" else at_agent).hang_up()
    call.wait_state("ended")
    at_agent.wait_state("ended")
    assert_never_silent(call, call.answered_at, call.ended_at)
    assert agent.wait("idle", "wrap_up")["wrap_up_call"]

    record = team.ended_call(number)
    ended_by = {"customer": "caller", "agent": "agent"}[who]
    assert (record["outcome"], record["direction"], record["ended_by"]) == ("connected", "inbound", ended_by)
    for field, seen in (("answered_at", at_agent.answered_at), ("ended_at", call.ended_at)):
        assert abs(moment(record[field]).timestamp() - watch.at(seen)) < 1, field
    assert abs(moment(record["started_at"]).timestamp() - watch.at(call.answered_at)) < 1
    assert abs(record["talk_seconds"] - (at_agent.ended_at - at_agent.answered_at)) < 1
    (visit,) = record["visits"]
    (offer,) = record["offers"]
    (talk,) = record["talks"]
    assert (visit["outcome"], offer["outcome"], talk["agent_id"]) == ("answered", "answered", agent.id)
    assert abs(offer["ring_seconds"] - (at_agent.answered_at - at_agent.rang_at)) < 1

    types = agent.api.get("contact-types")
    path = f"calls/{record['id']}/wrap-up"
    text = {"contact_type_id": types[0]["id"], "inquiry": "배송 문의", "action": "송장 안내"}
    assert agent.api.ask("PUT", path, text).status == 200
    agent.do("wrap-up", status="available")
    agent.wait("idle", "available")
    again = team.api.get(f"calls/{record['id']}")
    assert (again["contact_type"], again["wrap_ups"][0]["inquiry"]) == (types[0]["name"], "배송 문의")
    check_recording(stack, team, record, agent)
    team.rest()


def check_recording(stack: Stack, tenant: Tenant, record: dict, agent: Agent) -> None:  # type: ignore[type-arg]
    """Both voices, each on its channel, as long as the talk."""
    eventually(lambda: tenant.api.get(f"calls/{record['id']}")["recorded"], 15, "recording known")
    data = tenant.api.file(f"calls/{record['id']}/recording")
    path = Path(stack.settings.state) / "heard.wav"
    path.write_bytes(data)
    wav = Wav.read(path)
    assert len(wav.channels) == 2
    assert abs(wav.seconds - record["talk_seconds"]) < 1
    with wave.open(BytesIO(data)) as file:
        assert file.getframerate() == 8000
    assert share(wav.channels[0], CALLER_HERTZ) > 0.7, "the customer is on the left"
    assert share(wav.channels[1], agent.hertz) > 0.7, "the agent is on the right"
    assert share(wav.channels[0], agent.hertz) == share(wav.channels[1], CALLER_HERTZ) == 0


def share(samples: list[int], hertz: float) -> float:
    """In how many of its tenths of a second a channel has that tone."""
    windows = [samples[at : at + 800] for at in range(0, len(samples) - 799, 800)]
    return sum(hears(window, hertz) for window in windows) / len(windows)


def test_a_wrong_password_is_refused(stack: Stack) -> None:
    """Digest: the right password registers, a wrong one never does."""
    agent = stack.tenants["team"].agents[3]
    server = ("127.0.0.1", stack.settings.sip_port)
    phone = SoftPhone(server, agent.sip_user, "wrong-password", stack.settings.sip_domain)
    with pytest.raises(AssertionError, match="401|403"):
        phone.register()
    phone.close()
    assert not agent.view()["registered"]
    agent.plug_in()
    eventually(lambda: agent.view()["registered"], 10, "registered")
    agent.unplug()
    eventually(lambda: not agent.view()["registered"], 10, "unregistered")


def test_the_customer_gives_up_while_the_phone_rings(stack: Stack) -> None:
    """The phone stops ringing at once, nobody is stuck, the record says so."""
    team = stack.tenants["team"]
    agent = team.agents[2]
    agent.start_work(on_invite="ring")
    number = stack.number()
    call, at_agent = ring(stack, team, number, "2", agent)
    agent.wait("ringing")
    call.hang_up()
    call.wait_state("ended", 5)
    at_agent.wait_state("ended", 5)
    assert at_agent.ended_at - call.ended_at < 1
    agent.wait("idle", "available")
    record = team.ended_call(number)
    assert record["outcome"] == "ringing_abandoned"
    assert [offer["outcome"] for offer in record["offers"]] == ["caller_gone"]
    assert not sounds(at_agent, CALLER_HERTZ)
    team.rest()
