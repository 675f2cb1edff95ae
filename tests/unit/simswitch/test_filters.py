"""Filters of a connection, and events that are not even built when nobody wants them."""

from __future__ import annotations

import pytest

from simswitch.filters import Filters
from simswitch.telephones import Behaviour, answers
from tests.scenarios.simswitch_harness import Lab

EVENT = {"event-name": "CHANNEL_PARK", "unique-id": "abc", "caller-name": "Kim"}


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ([], True),
        ([("Unique-ID", "abc")], True),
        ([("unique-id", "ABC")], True),
        ([("Unique-ID", "abcd")], False),
        ([("Unique-ID", "x"), ("Event-Name", "CHANNEL_PARK")], True),
        ([("Event-Name", "/^(CHANNEL_PARK|DTMF)$/")], True),
        ([("Event-Name", "/^DTMF$/")], False),
        ([("Application-UUID", "/^sg-/")], False),
        ([("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "-abc")], False),
        ([("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "- other")], True),
        ([("Event-Name", "+CHANNEL_PARK")], True),
    ],
)
def test_what_passes(filters: list[tuple[str, str]], passes: bool) -> None:
    chosen = Filters()
    for header, value in filters:
        chosen.add(header, value)
    assert chosen.passes(EVENT.get) is passes


def test_filters_are_taken_away() -> None:
    chosen = Filters()
    chosen.add("Unique-ID", "a")
    chosen.add("Unique-ID", "b")
    chosen.remove("unique-id", "a")
    assert not chosen.passes({"unique-id": "a"}.get) and chosen.passes({"unique-id": "b"}.get)
    chosen.remove("Unique-ID")
    assert chosen.passes({}.get)


def test_only_our_own_completions(lab: Lab) -> None:
    """As the controller subscribes."""
    lab.say("filter add Event-Name /^(CHANNEL_PARK|CHANNEL_HANGUP_COMPLETE)$/")
    lab.say("filter add Application-UUID /^sg-/")
    lab.forget()
    before = lab.switch.sequence
    leg = lab.queued().channel
    assert lab.switch.sequence == before + 1  # the park alone was built
    lab.run(leg.uuid, "playback", "tone_stream://%(100,0,400)", "sg-1")
    lab.run(leg.uuid, "set", "a=b", "other")
    lab.pass_time(1)
    told = [(event["Event-Name"], event.get("Application-UUID", "")) for event in lab.seen()]
    assert told == [
        ("CHANNEL_PARK", ""), ("CHANNEL_EXECUTE", "sg-1"), ("CHANNEL_EXECUTE_COMPLETE", "sg-1"),
    ]  # fmt: skip


# --- What else was measured on FreeSWITCH ---


def test_early_media_bridges_before_the_answer(lab: Lab) -> None:
    lab.switch.network.add_rule("^02$", Behaviour(rings_after=0.2, early_after=0.5, answers_after=3.0))
    leg = lab.queued().channel
    lab.forget()
    lab.run(leg.uuid, "bridge", "{origination_uuid=out}sofia/gateway/carrier/02")
    lab.pass_time(5)
    names = [event["Event-Name"] for event in lab.seen("CHANNEL_BRIDGE", "CHANNEL_ANSWER")]
    assert names == ["CHANNEL_BRIDGE", "CHANNEL_ANSWER"]


def test_early_media_that_fails_still_reads_success(lab: Lab) -> None:
    early = Behaviour(rings_after=0.2, early_after=0.5, refuses_after=3.0, status=486)
    lab.switch.network.add_rule("^02$", early)
    leg = lab.queued().channel
    lab.api(f"uuid_setvar {leg.uuid} continue_on_fail true")
    lab.forget()
    lab.run(leg.uuid, "bridge", "sofia/gateway/carrier/02", "tok")
    lab.pass_time(5)
    (done,) = [event for event in lab.seen("CHANNEL_EXECUTE_COMPLETE") if event["Application-UUID"] == "tok"]
    assert done["variable_originate_disposition"] == "SUCCESS"
    assert done["variable_bridge_hangup_cause"] == "USER_BUSY"
    assert leg.parked


def test_tasks_are_cancelled_a_moment_into_the_bridge(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(0.5))
    leg = lab.queued().channel
    lab.api(f"sched_transfer +2 {leg.uuid} no-digit XML t1")
    lab.api(f"uuid_setvar {leg.uuid} api_before_bridge 'sched_del {leg.uuid}'")
    lab.run(leg.uuid, "bridge", "user/demo-1001@sangdam.local")
    lab.pass_time(10)
    assert leg.bridged


def test_keys_pressed_while_it_rings_are_told_afterwards(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(2.0))
    caller = lab.queued()
    lab.run(caller.channel.uuid, "bridge", "{origination_uuid=agent}user/demo-1001@sangdam.local")
    lab.pass_time(1)
    lab.forget()
    caller.press("7")
    lab.pass_time(0.5)
    assert not lab.seen("DTMF")
    lab.pass_time(1)
    assert lab.one("DTMF")["DTMF-Digit"] == "7"
    assert lab.switch.channels["agent"].party.heard == ["7"]
