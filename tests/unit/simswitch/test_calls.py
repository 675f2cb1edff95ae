"""The story of a call as the Event Socket tells it: events in FreeSWITCH's order."""

from __future__ import annotations

import pytest

from simswitch.telephones import Behaviour, answers, busy, ignores, refuses, silent
from tests.scenarios.simswitch_harness import DID, Lab

TOLD = (
    "CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_PROGRESS", "CHANNEL_PARK", "CHANNEL_UNPARK",
    "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE",
    "CHANNEL_EXECUTE_COMPLETE",
)  # fmt: skip
AGENT = "agent-leg"


def offer(lab: Lab, caller: str, extra: str = ",leg_timeout=5", user: str = "demo-1001") -> None:
    lab.api(f"uuid_setvar_multi {caller} continue_on_fail=true;hangup_after_bridge=true")
    lab.forget()
    lab.run(caller, "bridge", f"{{origination_uuid={AGENT}{extra}}}user/{user}@sangdam.local", "tok")


def told(lab: Lab, caller: str) -> list[str]:
    return lab.story({caller: "caller", AGENT: "agent"}, *TOLD)


def test_a_caller_comes_to_the_queue(lab: Lab) -> None:
    caller = lab.switch.call(DID, number="01011112222", name="Kim", keys=[(0.5, "1")])
    lab.pass_time(0.6)
    leg = caller.channel
    assert leg is not None
    names = [
        f"{event['Event-Name']} {event.get('Application', '')}".strip()
        for event in lab.seen(of=leg.uuid)
        if event["Event-Name"] not in ("CHANNEL_EXECUTE_COMPLETE",)
    ]
    assert names == [
        "CHANNEL_STATE", "CHANNEL_STATE", "CHANNEL_CREATE", "CHANNEL_CALLSTATE", "CHANNEL_STATE",
        "CHANNEL_EXECUTE set", "CHANNEL_EXECUTE set",  # inline, while routing
        "CHANNEL_STATE", "CHANNEL_EXECUTE set", "CHANNEL_EXECUTE set", "CHANNEL_EXECUTE event", "CUSTOM",
        "CHANNEL_EXECUTE transfer", "CHANNEL_STATE", "CHANNEL_STATE", "CHANNEL_EXECUTE set",
        "CHANNEL_EXECUTE limit", "CHANNEL_EXECUTE answer", "CHANNEL_ANSWER", "CHANNEL_CALLSTATE",
        "CHANNEL_EXECUTE transfer", "CHANNEL_CALLSTATE", "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_STATE",
        "CHANNEL_EXECUTE play_and_get_digits", "PLAYBACK_START", "DTMF", "PLAYBACK_STOP",
        "CHANNEL_EXECUTE transfer", "CHANNEL_CALLSTATE", "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_STATE",
        "CHANNEL_EXECUTE transfer", "CHANNEL_CALLSTATE", "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_STATE",
        "CHANNEL_EXECUTE set", "CHANNEL_EXECUTE sched_transfer", "CHANNEL_EXECUTE sched_broadcast",
        "CHANNEL_EXECUTE park", "CHANNEL_PARK",
    ]  # fmt: skip
    park = lab.one("CHANNEL_PARK")
    assert park["variable_sangdam_queue"] == "1"
    assert park["variable_sangdam_key"] == "1"
    assert (park["Caller-Caller-ID-Number"], park["Caller-Caller-ID-Name"]) == ("01011112222", "Kim")
    assert (park["Caller-Destination-Number"], park["Caller-RDNIS"]) == ("queue-1", "chosen")
    assert (park["Caller-Context"], park["Channel-State"], park["Answer-State"]) == (
        "t1",
        "CS_EXECUTE",
        "answered",
    )
    assert lab.at(park) == 0.5
    assert lab.one("CUSTOM", leg.uuid)["Event-Subclass"] == "sangdam::ars"
    assert lab.one("CUSTOM", leg.uuid)["sangdam_step"] == "did"


# behaviour of the phone, cause that the caller's leg learns, what the agent's leg tells
REFUSED = [
    (refuses(1.0, 486), "USER_BUSY", "recv_refuse", 1.1),
    (refuses(1.0, 603), "CALL_REJECTED", "recv_refuse", 1.1),
    (refuses(2.0, 480), "NO_USER_RESPONSE", "recv_refuse", 2.1),
    (busy(), "USER_BUSY", "recv_refuse", 0.0),
]


@pytest.mark.parametrize(("phone", "cause", "how", "after"), REFUSED)
def test_an_offer_is_refused_and_the_caller_goes_on_waiting(
    lab: Lab, phone: Behaviour, cause: str, how: str, after: float
) -> None:
    lab.switch.phones.register("demo-1001", phone)
    caller = lab.queued().channel
    began = lab.clock.time()
    offer(lab, caller.uuid)
    lab.pass_time(10)
    story = told(lab, caller.uuid)
    assert [line for line in story if line != "agent CHANNEL_PROGRESS"] == [
        "agent CHANNEL_CREATE",
        f"agent CHANNEL_HANGUP {cause}",
        f"agent CHANNEL_HANGUP_COMPLETE {cause}",
        "caller CHANNEL_EXECUTE_COMPLETE bridge",
    ]
    done = lab.seen("CHANNEL_EXECUTE_COMPLETE", of=caller.uuid)[0]
    assert done["Application-UUID"] == "tok"
    assert done["variable_originate_disposition"] == cause
    assert lab.one("CHANNEL_HANGUP_COMPLETE")["variable_sip_hangup_disposition"] == how
    assert lab.at(done) - (began - lab._began) == pytest.approx(after, abs=0.001)
    assert caller.up and caller.parked and caller.call_state == "ACTIVE"


@pytest.mark.parametrize("phone", [ignores(), silent()])
def test_nobody_answers(lab: Lab, phone: Behaviour) -> None:
    lab.switch.phones.register("demo-1001", phone)
    caller = lab.queued().channel
    offer(lab, caller.uuid)
    lab.pass_time(10)
    agent = lab.one("CHANNEL_HANGUP_COMPLETE")
    assert agent["Hangup-Cause"] == "NO_ANSWER"
    assert agent["variable_sip_hangup_disposition"] == "send_cancel"
    done = lab.seen("CHANNEL_EXECUTE_COMPLETE", of=caller.uuid)[0]
    assert done["variable_originate_disposition"] == "NO_ANSWER"
    # Whole seconds of the wall clock: between four and five seconds.
    assert 4.0 <= lab.at(done) - 0.6 <= 5.0
    assert caller.parked


def test_no_answer_within_the_callers_own_call_timeout(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", ignores())
    caller = lab.queued().channel
    lab.api(f"uuid_setvar {caller.uuid} call_timeout 3")
    # A call_timeout inside the braces means nothing.
    offer(lab, caller.uuid, extra=",call_timeout=1")
    lab.pass_time(10)
    done = lab.seen("CHANNEL_EXECUTE_COMPLETE", of=caller.uuid)[0]
    assert lab.at(done) - 0.6 == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("user", "cause"), [("demo-1002", "USER_NOT_REGISTERED"), ("nobody", "SUBSCRIBER_ABSENT")]
)
def test_a_user_without_a_phone_makes_no_leg(lab: Lab, user: str, cause: str) -> None:
    caller = lab.queued().channel
    offer(lab, caller.uuid, user=user)
    assert told(lab, caller.uuid) == ["caller CHANNEL_EXECUTE_COMPLETE bridge"]
    assert lab.one("CHANNEL_EXECUTE_COMPLETE")["variable_originate_disposition"] == cause
    assert caller.parked


def test_without_leave_to_go_on_a_refusal_ends_the_call(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", busy())
    caller = lab.queued().channel
    lab.run(caller.uuid, "bridge", "user/demo-1001@sangdam.local")
    lab.pass_time(1)
    assert lab.one("CHANNEL_HANGUP_COMPLETE", of=caller.uuid)["Hangup-Cause"] == "USER_BUSY"


def test_no_answer_always_lets_the_caller_go_on(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", ignores())
    caller = lab.queued().channel
    lab.run(caller.uuid, "bridge", "[leg_timeout=2]user/demo-1001@sangdam.local")
    lab.pass_time(3)
    assert caller.parked


def test_the_agent_answers_and_hangs_up(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(1.0, hangs_up_after=4.0))
    caller = lab.queued().channel
    offer(lab, caller.uuid)
    lab.pass_time(10)
    assert told(lab, caller.uuid) == [
        "agent CHANNEL_CREATE",
        "agent CHANNEL_PROGRESS",
        "agent CHANNEL_ANSWER",
        "caller CHANNEL_BRIDGE",
        "agent CHANNEL_HANGUP NORMAL_CLEARING",
        "agent CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNBRIDGE",
        "caller CHANNEL_HANGUP NORMAL_CLEARING",
        "caller CHANNEL_EXECUTE_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNPARK NORMAL_CLEARING",
        "caller CHANNEL_EXECUTE_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
    ]
    bridge = lab.one("CHANNEL_BRIDGE")
    assert (bridge["Bridge-A-Unique-ID"], bridge["Bridge-B-Unique-ID"]) == (caller.uuid, AGENT)
    assert bridge["Other-Leg-Unique-ID"] == AGENT
    ends = {event["Unique-ID"]: event for event in lab.seen("CHANNEL_HANGUP_COMPLETE")}
    assert ends[AGENT]["variable_sip_hangup_disposition"] == "recv_bye"
    assert ends[caller.uuid]["variable_sip_hangup_disposition"] == "send_bye"
    assert ends[caller.uuid]["variable_originate_disposition"] == "SUCCESS"
    assert ends[AGENT]["variable_billmsec"] == "4000"
    assert ends[AGENT]["variable_originator"] == caller.uuid
    assert not lab.switch.channels


def test_the_caller_hangs_up_in_the_talk(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(1.0))
    person = lab.queued(talks_for=3.0)
    caller = person.channel
    offer(lab, caller.uuid)
    lab.pass_time(10)
    story = told(lab, caller.uuid)
    assert story[3:8] == [
        "caller CHANNEL_BRIDGE",
        "caller CHANNEL_HANGUP NORMAL_CLEARING",
        "agent CHANNEL_HANGUP NORMAL_CLEARING",
        "agent CHANNEL_HANGUP_COMPLETE NORMAL_CLEARING",
        "caller CHANNEL_UNBRIDGE NORMAL_CLEARING",
    ]
    ends = {event["Unique-ID"]: event for event in lab.seen("CHANNEL_HANGUP_COMPLETE")}
    assert ends[AGENT]["variable_sip_hangup_disposition"] == "send_bye"
    assert ends[caller.uuid]["variable_sip_hangup_disposition"] == "recv_bye"


def test_the_caller_is_gone_while_the_phone_rings(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", ignores())
    person = lab.queued(patience=3.0)
    caller = person.channel
    offer(lab, caller.uuid, extra=",leg_timeout=30")
    lab.pass_time(5)
    assert told(lab, caller.uuid)[2:4] == [
        "caller CHANNEL_HANGUP NORMAL_CLEARING",
        "agent CHANNEL_HANGUP ORIGINATOR_CANCEL",
    ]
    gone, stopped = lab.seen("CHANNEL_HANGUP")
    assert lab.at(gone) == lab.at(stopped) == 3.0
    assert not lab.switch.channels


def test_an_offer_taken_back_by_us(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", ignores())
    caller = lab.queued().channel
    offer(lab, caller.uuid)
    lab.pass_time(1)
    lab.api(f"uuid_kill {AGENT} ORIGINATOR_CANCEL")
    lab.pass_time(1)
    done = lab.seen("CHANNEL_EXECUTE_COMPLETE", of=caller.uuid)[0]
    assert done["variable_originate_disposition"] == "ORIGINATOR_CANCEL"
    assert caller.parked


def test_patience_ends_before_any_agent(lab: Lab) -> None:
    person = lab.switch.call(DID, keys=[(0.5, "1")], patience=2.0)
    lab.pass_time(3)
    end = lab.one("CHANNEL_HANGUP_COMPLETE", of=person.channel.uuid)
    assert end["variable_sip_hangup_disposition"] == "recv_bye"


def test_somebody_who_gives_up_before_we_accept() -> None:
    lab = Lab('<context name="public"><extension name="x"><condition><action application="park"/></condition>'
              "</extension></context>")  # fmt: skip
    person = lab.switch.call("1", patience=1.0)
    lab.pass_time(2)
    end = lab.one("CHANNEL_HANGUP_COMPLETE", of=person.channel.uuid)
    assert (end["Hangup-Cause"], end["variable_sip_hangup_disposition"]) == (
        "ORIGINATOR_CANCEL",
        "recv_cancel",
    )


@pytest.mark.parametrize(
    ("number", "cause"),
    [("999", "UNALLOCATED_NUMBER"), (DID, None), ("+827040000001", None), ("7040000001", None)],
)
def test_which_numbers_are_ours(lab: Lab, number: str, cause: str | None) -> None:
    lab.switch.call(number)
    lab.pass_time(0.1)
    ends = lab.seen("CHANNEL_HANGUP_COMPLETE")
    assert [event["Hangup-Cause"] for event in ends] == ([cause] if cause else [])
    assert all(event["variable_sip_hangup_disposition"] == "send_refuse" for event in ends)


def test_the_third_call_finds_all_lines_busy_until_one_is_free(lab: Lab) -> None:
    first, _second = lab.queued(), lab.queued()
    third = lab.switch.call(DID)
    lab.pass_time(0.1)
    assert lab.one("CHANNEL_HANGUP_COMPLETE", of=third.channel.uuid)["Hangup-Cause"] == "USER_BUSY"
    assert lab.api("limit_usage hash lines t1") == "2"
    first.hang_up()
    lab.pass_time(0.1)
    assert lab.api("limit_usage hash lines t1") == "1"


def test_a_transfer_gives_the_line_back_unless_told_otherwise() -> None:
    """Measured: FreeSWITCH counts a call only until its first transfer."""
    from tests.scenarios.simswitch_harness import XML

    lab = Lab(XML.replace('<action application="set" data="limit_ignore_transfer=true"/>', ""))
    lab.queued()
    assert lab.api("limit_usage hash lines t1") == "0"


def test_no_controller_adopts_and_the_guard_rings_the_agents(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(1.0, hangs_up_after=2.0))
    lab.switch.call(DID, keys=[(0.5, "1")])
    lab.pass_time(20)
    park, bridge = lab.one("CHANNEL_PARK"), lab.one("CHANNEL_BRIDGE")
    # +5 counts whole seconds: parked at 0.5, the guard is due when the clock says 5.
    assert (lab.at(park), lab.at(bridge)) == (0.5, pytest.approx(6.1))
    assert [event["Hangup-Cause"] for event in lab.seen("CHANNEL_HANGUP_COMPLETE")] == ["NORMAL_CLEARING"] * 2


def test_the_guard_finds_nobody_and_says_so(lab: Lab) -> None:
    lab.switch.call(DID, keys=[(0.5, "1")])
    lab.pass_time(20)
    assert lab.seen("PLAYBACK_STOP")[-1]["Playback-File-Path"] == "tone_stream://%(500,0,300)"
    assert lab.one("CHANNEL_HANGUP_COMPLETE")["Hangup-Cause"] == "NORMAL_CLEARING"


def test_a_phone_dials(lab: Lab) -> None:
    phone = lab.switch.phones.register("demo-1001")
    leg = phone.dial("0212345678")
    lab.pass_time(0.1)
    park = lab.one("CHANNEL_PARK")
    assert (park["Caller-Context"], park["Caller-Destination-Number"]) == ("agents", "0212345678")
    assert park["variable_user_name"] == "demo-1001"
    phone.hang_up()
    lab.pass_time(0.1)
    assert not leg.up
    phone.dial("voicemail")
    lab.pass_time(0.1)
    assert lab.seen("CHANNEL_HANGUP_COMPLETE")[-1]["Hangup-Cause"] == "INVALID_NUMBER_FORMAT"


def test_a_desktop_tells_its_phone_to_answer(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", ignores())
    caller = lab.queued().channel
    offer(lab, caller.uuid)
    lab.pass_time(2)
    assert lab.api(f"uuid_phone_event {AGENT} talk") == "+OK Success\n"
    lab.pass_time(0.1)
    assert lab.one("CHANNEL_BRIDGE")


def test_the_first_phone_to_answer_wins(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", answers(3.0))
    lab.switch.phones.register("demo-1002", answers(1.0))
    caller = lab.queued().channel
    lab.run(caller.uuid, "bridge", "user/demo-1001@sangdam.local,user/demo-1002@sangdam.local")
    lab.pass_time(2)
    assert [event["Hangup-Cause"] for event in lab.seen("CHANNEL_HANGUP_COMPLETE")] == ["LOSE_RACE"]
    assert "demo-1002" in lab.one("CHANNEL_BRIDGE")["Other-Leg-Channel-Name"]


def test_one_phone_after_the_other(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", busy())
    lab.switch.phones.register("demo-1002", answers(1.0))
    caller = lab.queued().channel
    lab.run(caller.uuid, "bridge", "user/demo-1001@sangdam.local|user/demo-1002@sangdam.local")
    lab.pass_time(2)
    assert "demo-1002" in lab.one("CHANNEL_BRIDGE")["Other-Leg-Channel-Name"]
