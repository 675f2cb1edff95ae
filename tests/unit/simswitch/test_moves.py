"""Legs that are parted, parked, joined and sent elsewhere."""

from __future__ import annotations

import pytest

from simswitch.telephones import answers
from tests.scenarios.simswitch_harness import Lab

AGENT = "agent-leg"


class Talk:
    """A caller and an agent in a talk since one second."""

    def __init__(self, lab: Lab, after: str = "true") -> None:
        self.lab = lab
        lab.switch.phones.register("demo-1001", answers(0.5))
        self.caller = lab.queued().channel
        lab.api(f"uuid_setvar_multi {self.caller.uuid} continue_on_fail=true;hangup_after_bridge={after}")
        lab.run(self.caller.uuid, "bridge", f"{{origination_uuid={AGENT}}}user/demo-1001@sangdam.local")
        lab.pass_time(1.6)
        self.agent = lab.switch.channels[AGENT]
        assert self.caller.bridged and self.agent.bridged
        lab.forget()

    def story(self, *names: str) -> list[str]:
        return self.lab.story({self.caller.uuid: "caller", AGENT: "agent"}, *names)


LEGS = ("CHANNEL_PARK", "CHANNEL_UNPARK", "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_HANGUP_COMPLETE")


@pytest.fixture
def talk(lab: Lab) -> Talk:
    return Talk(lab)


def test_hold_parts_both_and_joins_them_again(talk: Talk) -> None:
    lab, caller, agent = talk.lab, talk.caller, talk.agent
    lab.api(f"uuid_setvar {caller.uuid} RECORD_STEREO true")
    assert lab.api(f"uuid_record {caller.uuid} start /nowhere/r.wav") == "+OK Success\n"
    assert lab.api(f"uuid_dual_transfer {caller.uuid} park/inline park/inline") == "+OK\n"
    lab.pass_time(1)
    assert sorted(talk.story(*LEGS)) == [
        "agent CHANNEL_PARK", "caller CHANNEL_PARK", "caller CHANNEL_UNBRIDGE", "caller CHANNEL_UNPARK",
    ]  # fmt: skip
    assert caller.parked and agent.parked and not caller.bridged
    lab.run(caller.uuid, "endless_playback", "local_stream://sangdam", "music")
    lab.pass_time(5)
    lab.forget()
    assert lab.api(f"uuid_bridge {caller.uuid} {AGENT}") == f"+OK {AGENT}\n"
    lab.pass_time(1)
    assert talk.story(*LEGS)[-1] == "caller CHANNEL_BRIDGE"
    assert caller.bridged and agent.bridged
    # One recording, over the hold.
    assert "/nowhere/r.wav" in caller.recordings
    assert caller.recordings["/nowhere/r.wav"].seconds == pytest.approx(7.0)
    assert not lab.seen("RECORD_STOP")
    # After a join, either side's end is the other's too.
    lab.api(f"uuid_kill {AGENT}")
    lab.pass_time(1)
    assert [line for line in talk.story(*LEGS) if "HANGUP" in line or "UNB" in line] == [
        "agent CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNBRIDGE",
        "caller CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
    ]
    assert lab.one("RECORD_STOP")["Record-File-Path"] == "/nowhere/r.wav"


def test_the_agent_hangs_up_while_the_customer_is_on_hold(talk: Talk) -> None:
    talk.lab.api(f"uuid_dual_transfer {talk.caller.uuid} park/inline park/inline")
    talk.lab.pass_time(1)
    talk.agent.far_hangup()
    talk.lab.pass_time(1)
    assert talk.caller.parked and not talk.agent.up


def test_a_leg_sent_into_the_dialplan_loses_its_partner(talk: Talk) -> None:
    assert talk.lab.api(f"uuid_transfer {talk.caller.uuid} no-digit XML t1") == "+OK\n"
    talk.lab.pass_time(0.1)
    assert talk.story("CHANNEL_UNBRIDGE", "CHANNEL_HANGUP_COMPLETE", "PLAYBACK_START") == [
        "agent CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNBRIDGE",
        "caller PLAYBACK_START",
    ]
    assert talk.lab.one("CHANNEL_HANGUP_COMPLETE")["variable_sip_hangup_disposition"] == "send_bye"


def test_one_side_is_kept(talk: Talk) -> None:
    talk.lab.api(f"uuid_transfer {AGENT} park inline")
    talk.lab.pass_time(0.1)
    assert talk.agent.parked
    # The caller's bridge is over and hangup_after_bridge says what that means.
    assert not talk.caller.up


def test_both_are_sent_to_rest(talk: Talk) -> None:
    talk.lab.api(f"uuid_transfer {talk.caller.uuid} -both park: inline")
    talk.lab.pass_time(0.1)
    assert talk.caller.parked and talk.agent.parked


def test_park_after_bridge(lab: Lab) -> None:
    talk = Talk(lab, after="false")
    lab.api(f"uuid_setvar {talk.caller.uuid} park_after_bridge true")
    talk.agent.far_hangup()
    lab.pass_time(0.1)
    assert talk.story(*LEGS) == [
        "agent CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNBRIDGE",
        "caller CHANNEL_UNPARK",
        "caller CHANNEL_PARK",
    ]
    assert lab.one("CHANNEL_PARK")["Channel-State"] == "CS_PARK"


def test_a_bridge_out_of_park_ends_in_park_without_a_new_event(lab: Lab) -> None:
    talk = Talk(lab, after="false")
    talk.agent.far_hangup()
    lab.pass_time(0.1)
    assert talk.caller.parked and not lab.seen("CHANNEL_PARK")


def test_keys_pressed_in_a_talk_reach_the_other_side(talk: Talk) -> None:
    talk.caller.far_digit("5")
    talk.lab.pass_time(0.1)
    assert talk.lab.one("DTMF")["DTMF-Digit"] == "5"
    assert talk.agent.party.heard == ["5"]
    assert talk.lab.api(f"uuid_send_dtmf {talk.caller.uuid} 12").startswith("+OK")
    assert talk.caller.party.heard == ["1", "2"]


def test_music_over_a_talk_and_back(talk: Talk) -> None:
    uuid = talk.caller.uuid
    assert talk.lab.api(f"uuid_broadcast {uuid} local_stream://sangdam aleg") == "+OK Message sent\n"
    talk.lab.pass_time(1)
    assert talk.lab.api(f"uuid_break {uuid} all") == "+OK\n"
    talk.lab.pass_time(1)
    assert talk.story("PLAYBACK_START", "PLAYBACK_STOP") == [
        "caller PLAYBACK_START",
        "caller PLAYBACK_STOP break",
    ]
    assert talk.caller.bridged and talk.agent.bridged


def test_the_phone_holds(talk: Talk) -> None:
    talk.lab.api(f"uuid_hold {AGENT}")
    talk.lab.pass_time(3)
    talk.lab.api(f"uuid_hold off {AGENT}")
    assert talk.story("CHANNEL_HOLD", "CHANNEL_UNHOLD") == ["agent CHANNEL_HOLD", "agent CHANNEL_UNHOLD"]
    assert talk.lab.one("CHANNEL_HOLD")["Channel-Call-State"] == "HELD"
    assert int(talk.lab.one("CHANNEL_UNHOLD")["Caller-Channel-Hold-Accum"]) == 3_000_000


def test_a_consultation_completed(talk: Talk) -> None:
    lab = talk.lab
    lab.switch.phones.register("demo-1002", answers(0.5))
    lab.api(f"uuid_dual_transfer {talk.caller.uuid} park/inline park/inline")
    lab.pass_time(0.2)
    lab.api(f"uuid_setvar {AGENT} hangup_after_bridge false")
    lab.run(AGENT, "bridge", "{origination_uuid=consulted}user/demo-1002@sangdam.local")
    lab.pass_time(2)
    assert talk.agent.bridged
    assert lab.api(f"uuid_bridge {talk.caller.uuid} consulted") == "+OK consulted\n"
    lab.pass_time(1)
    consulted = lab.switch.channels["consulted"]
    assert talk.caller.bridged and consulted.bridged
    assert talk.caller.variables["bridge_uuid"] == "consulted"


def test_a_bridge_with_somebody_who_is_gone(talk: Talk) -> None:
    assert talk.lab.api(f"uuid_bridge {talk.caller.uuid} nobody") == "-ERR Invalid uuid\n"
    assert talk.caller.bridged
