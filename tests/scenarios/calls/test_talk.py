"""What happens in a call that is up: hold, consultation, transfers, keys, the forced end; and outgoing calls."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.records import CallFacts
from tests.scenarios.calls.conftest import MakeOffice
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import AGENTS, QUEUES
from tests.scenarios.calls.story import Story

TALKING = """
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:10 | alice answers         | alice talks to kim
"""


def talking(here: Office) -> Story:
    return Story(here).tell(TALKING)


def talks(facts: CallFacts) -> list[tuple[str, str, int]]:
    """Who, in what kind of talk, how long."""
    names = {number: name for name, number in AGENTS.items()}
    return [(names[t.agent_id], t.direction, round(t.talk_seconds)) for t in facts.talks]


def one_recording(here: Office, facts: CallFacts) -> float:
    """The seconds of the call's only recording."""
    assert facts.call is not None
    own = [one for one in here.lookback.tape.recordings if one[1].endswith(f"{facts.call.call_id}.wav")]
    assert len(own) == 1, own
    assert facts.call.recording and own[0][1].endswith(facts.call.recording)
    return own[0][3] - own[0][2]


def test_hold_and_resume(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice holds            |
    00:21 | -                      | kim hears music; alice is holding; alice's call is held
    00:22 | alice holds: refused already_held |
    00:30 | alice resumes          |
    00:31 | -                      | kim talks to alice; alice is on_call; alice's call is talking
    00:32 | alice resumes: refused not_held |
    00:40 | kim hangs up           | alice is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 30)]
    assert facts.talks[0].hold_seconds == pytest.approx(10, abs=0.2)
    assert one_recording(here, facts) == pytest.approx(30, abs=0.2)


@pytest.mark.parametrize("who", ["kim hangs up", "alice hangs up", "alice hangs up on screen"])
def test_the_end_while_held(office: MakeOffice, who: str) -> None:
    here = office()
    story = talking(here).tell(f"""
    00:20 | alice holds            |
    00:25 | {who}                  |
    00:26 | -                      | kim is gone; alice is idle/wrap_up; alice is quiet
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 15)] and round(facts.talks[0].hold_seconds) == 5


def test_consult_and_connect(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice consults bob     |
    00:21 | -                      | kim hears music; bob rings; alice's call is consult_ringing
    00:24 | bob answers            |
    00:25 | -                      | kim hears music; alice talks to bob; bob is on_call
    00:34 | alice completes        |
    00:35 | -                      | kim talks to bob; bob talks to kim; alice is quiet; alice is idle/wrap_up
    00:44 | kim hangs up           | bob is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 24), ("bob", "consult", 10), ("bob", "transfer", 10)]
    assert one_recording(here, facts) == pytest.approx(34, abs=0.3)


def test_consult_and_back(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice consults bob     |
    00:24 | bob answers            |
    00:34 | alice cancels          |
    00:35 | -                      | kim talks to alice; bob is quiet; alice is on_call
    00:44 | kim hangs up           | alice is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 34), ("bob", "consult", 10)]
    assert one_recording(here, facts) == pytest.approx(34, abs=0.3)


@pytest.mark.parametrize(
    ("how", "seconds"), [("bob refuses", 1), ("alice cancels", 1), ("-", 31), ("bob hangs up", 5)]
)
def test_a_consultation_that_comes_to_nothing(office: MakeOffice, how: str, seconds: float) -> None:
    """Refused, cancelled while ringing, not answered; and the consulted hangs up: the customer stays held."""
    here = office()
    begin = "00:23 | bob answers |" if how == "bob hangs up" else ""
    story = talking(here).tell(f"""
    00:20 | alice consults bob     |
    {begin}
    00:24 | {how}                  |
    """)
    here.pass_time(seconds)
    story.tell("""
    00:00 | - | bob is quiet; alice is holding; kim hears music
    00:00 | alice resumes |
    """) if how != "alice cancels" else None
    here.pass_time(1)
    story.tell("00:00 | - | kim talks to alice")


def test_a_consultation_outside(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice consults 0212341111 |
    00:21 | -                      | kim hears music; alice's call is consult_ringing
    00:25 | -                      | alice talks to 0212341111; alice's call is consulting; kim hears music
    00:30 | alice completes        |
    00:31 | -                      | kim talks to 0212341111; alice is idle/wrap_up; alice is quiet
    00:40 | kim hangs up           | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts)[0] == ("alice", "inbound", 20)


@pytest.mark.parametrize("held", [False, True])
def test_blind_to_an_agent(office: MakeOffice, held: bool) -> None:
    here = office()
    hold = "00:15 | alice holds |" if held else ""
    story = talking(here).tell(f"""
    {hold}
    00:20 | alice transfers to bob |
    00:21 | -                      | kim hears ringing; bob rings; alice is idle/wrap_up; alice is quiet
    00:25 | bob answers            | kim talks to bob
    00:35 | bob hangs up           | kim is gone; bob is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 10), ("bob", "transfer", 10)]
    assert one_recording(here, facts) == pytest.approx(25, abs=0.3)
    assert len(facts.visits) == 1


def test_blind_to_a_queue(office: MakeOffice) -> None:
    """타큐: the first queue's visit stays answered, the second begins."""
    here = office()
    story = talking(here).tell("""
    00:20 | alice transfers to repairs |
    00:21 | -                      | bob rings; alice is idle/wrap_up
    00:30 | bob answers            | kim talks to bob
    00:40 | kim hangs up           |
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 10), ("bob", "inbound", 10)]
    assert [(v.queue_id, v.outcome, round(v.wait_seconds)) for v in facts.visits] == [
        (QUEUES["sales"], "answered", 4), (QUEUES["repairs"], "answered", 10),
    ]  # fmt: skip


def test_blind_to_a_number(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice transfers to 0212341111 |
    00:21 | -                      | alice is idle/wrap_up
    00:25 | -                      | kim talks to 0212341111
    00:40 | kim hangs up           | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.outcome == "connected"


@pytest.mark.parametrize(
    ("target", "how", "after"),
    [
        ("bob", "bob refuses", 3), ("bob", "-", 13), ("0212340000", "-", 3), ("0212340002", "-", 3),
        ("0212340003", "-", 8),
    ],
)  # fmt: skip
def test_a_blind_transfer_that_fails_goes_back_to_the_agent(
    office: MakeOffice, target: str, how: str, after: int
) -> None:
    """Refused, not answered, busy, no such number, declined: whoever transferred rings again."""
    here = office(status_after_call="available", recall_seconds=10)
    story = talking(here).tell(f"""
    00:20 | alice transfers to {target} |
    00:21 | {how}                  |
    00:{20 + after} | -            | alice rings; kim hears ringing
    00:34 | -                      | kim hears ringing
    """)
    if after < 13:
        # Nobody takes it: the head of the queue, where the next in turn is asked.
        story.tell("00:38 | - | bob rings")
        return
    story.tell("""
    00:36 | alice answers          |
    00:37 | -                      | kim talks to alice
    00:40 | kim hangs up           |
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.outcome == "connected"
    assert [name for name, *_ in talks(facts)] == ["alice", "alice"]


def test_targets_that_are_not_there(office: MakeOffice) -> None:
    here = office(at_work="alice bob")
    talking(here).tell("""
    00:20 | alice consults carol: refused target_not_available   |
    00:20 | alice transfers to carol: refused target_not_available |
    00:20 | alice consults alice: refused target_not_available   |
    00:20 | alice completes: refused no_consult                  | kim talks to alice
    00:20 | alice transfers to 00812345678: refused international_refused |
    00:20 | alice dials 0212345678: refused in_call              | kim talks to alice
    """)


def test_the_forced_end(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    00:20 | alice ends by force    |
    00:21 | -                      | kim hears forced_end; alice is quiet; alice is idle/wrap_up
    00:25 | -                      | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 10)]
    assert facts.call is not None and facts.call.ended_by == "agent"


def test_the_agents_sound_is_lost_and_comes_back(office: MakeOffice) -> None:
    """A page loaded anew: the phone is called again and answers by itself. One talk, one recording."""
    here = office()
    story = talking(here).tell("""
    at    | what happens               | how it is
    00:19 | alice loads the page anew  |
    00:20 | alice reconnects           | alice rings; alice is on_call
    00:21 | -                          | alice talks to kim; bob is quiet
    00:40 | kim hangs up               | alice is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 30)]
    assert one_recording(here, facts) == pytest.approx(30, abs=0.2)


def test_a_held_customer_and_a_page_loaded_anew(office: MakeOffice) -> None:
    here = office()
    story = talking(here).tell("""
    at    | what happens               | how it is
    00:19 | alice holds                |
    00:20 | alice loads the page anew  | kim hears music
    00:25 | alice reconnects           |
    00:26 | -                          | alice talks to kim; alice is on_call
    00:40 | kim hangs up               | alice is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 30)]
    assert facts.talks[0].hold_seconds == pytest.approx(6.3, abs=0.3)
    one_recording(here, facts)


@pytest.mark.parametrize("how", ["busy", "silent"])
def test_a_phone_that_does_not_come_back_leaves_the_talk_alone(office: MakeOffice, how: str) -> None:
    """A telephone with one line is busy with this very call; a dead one says nothing."""
    from simswitch.telephones import silent

    here = office()
    story = talking(here)
    if how == "silent":
        here.plug_in(AGENTS["alice"], silent())
    story.tell("""
    at    | what happens           | how it is
    00:20 | alice reconnects       |
    00:22 | -                      | alice is on_call; bob is quiet
    00:38 | -                      | alice is on_call; bob is quiet
    00:40 | kim hangs up           | alice is idle/wrap_up
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert talks(facts) == [("alice", "inbound", 30)]
    one_recording(here, facts)


def test_keys_and_mute(office: MakeOffice) -> None:
    """Keys of the desktop reach the customer, the customer's do no harm."""
    here = office()
    story = talking(here).tell("""
    00:20 | alice sends keys 12#    |
    00:21 | alice mutes            |
    00:22 | kim presses *0#         | kim talks to alice
    """)
    assert story.customers["kim"].heard == ["1", "2", "#"]


# --- calls that agents make --------------------------------------------------------------------------


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_outgoing_call(office: MakeOffice, by_hand: bool) -> None:
    """By the desktop, whose telephone is called first, or by the telephone itself."""
    here = office()
    how = "alice dials 01098765432" + (" by hand" if by_hand else "")
    Story(here).tell(f"""
    at    | what happens            | how it is
    00:00 | {how}                   |
    00:01 | -                       | alice is dialling; alice hears ringing
    00:06 | -                       | alice talks to 01098765432; alice is on_call
    00:30 | 01098765432 hangs up    |
    00:31 | -                       | alice is quiet; alice is idle/wrap_up
    """)
    ((_, facts),) = here.lookback.facts().items()
    assert facts.call is not None
    assert (facts.call.direction, facts.call.outcome, facts.call.number) == ("outbound", "connected", "01098765432")
    assert facts.call.ended_by == "caller"
    (talk,) = facts.talks
    assert talk.talk_seconds == pytest.approx(26, abs=1) and talk.direction == "outbound"
    assert one_recording(here, facts) == pytest.approx(talk.talk_seconds, abs=0.3)
    leg = here.lookback.tape.ears
    assert leg


@pytest.mark.parametrize(
    ("number", "outcome"),
    [("0212340000", "busy"), ("0212340001", "no_answer"), ("0212340002", "failed"), ("0212340003", "failed")],
)
def test_outgoing_calls_that_reach_nobody(office: MakeOffice, number: str, outcome: str) -> None:
    here = office()
    Story(here).tell(f"""
    at    | what happens            | how it is
    00:00 | alice dials {number}    |
    01:30 | -                       | alice is quiet; alice is idle/available
    """)
    ((_, facts),) = here.lookback.facts().items()
    assert facts.call is not None
    assert (facts.call.outcome, facts.talks, facts.call.agent_id) == (outcome, (), AGENTS["alice"])


def test_the_callers_id_is_the_tenants(office: MakeOffice) -> None:
    here = office()
    Story(here).tell("""
    at    | what happens            | how it is
    00:00 | alice dials 01098765432 |
    """)
    here.pass_time(3)
    (leg,) = [c for c in here.switch.channels.values() if c.profile.destination_number == "01098765432"]
    assert leg.profile.caller_id_number == leg.profile.caller_id_name == here.config.caller_id


def test_giving_up_while_it_rings(office: MakeOffice) -> None:
    here = office()
    Story(here).tell("""
    at    | what happens            | how it is
    00:00 | alice dials 0212340001  |
    00:05 | alice hangs up          | alice is quiet; alice is idle
    """)
    ((_, facts),) = here.lookback.facts().items()
    assert facts.call is not None and facts.call.outcome == "cancelled"
    assert not here.switch.channels


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_internal_call(office: MakeOffice, by_hand: bool) -> None:
    here = office()
    how = "alice dials 1002" + (" by hand" if by_hand else "")
    Story(here).tell(f"""
    at    | what happens            | how it is
    00:00 | {how}                   |
    00:02 | -                       | bob rings
    00:05 | bob answers             | alice talks to bob; bob talks to alice; bob is on_call
    00:25 | bob hangs up            | alice is quiet; bob is quiet; alice is idle; bob is idle
    """)
    ((_, facts),) = here.lookback.facts().items()
    assert facts.call is not None
    assert (facts.call.direction, facts.call.outcome, round(facts.call.talk_seconds)) == ("internal", "connected", 20)
    assert facts.visits == ()


def test_numbers_that_are_refused(office: MakeOffice) -> None:
    here = office()
    Story(here).tell("""
    at    | what happens                                       | how it is
    00:00 | alice dials 0018005551234: refused international_refused |
    00:00 | alice dials abc: refused bad_number                |
    00:00 | carol dials 0212345678: refused not_logged_in      | alice is idle/available
    """)
    assert not here.switch.channels


def test_the_telephone_dials_what_it_must_not(office: MakeOffice) -> None:
    """By hand nobody sees a refusal: the call ends, with a reason, and nobody is stuck."""
    here = office()
    Story(here).tell("""
    at    | what happens                    | how it is
    00:00 | alice dials 0018005551234 by hand |
    00:15 | -                               | alice is quiet; alice is idle/available
    """)


def test_a_callback_is_carried_out(office: MakeOffice) -> None:
    here = office()
    here.do(AGENTS["alice"], "dial", number="01098765432", callback_id=7)
    here.pass_time(10)
    here.phones[AGENTS["alice"]].hang_up()
    here.pass_time(1)
    ((_, facts),) = here.lookback.facts().items()
    assert facts.callback_done is not None
    assert (facts.callback_done.callback, facts.callback_done.agent_id) == (7, AGENTS["alice"])


def test_a_telephone_that_is_not_there(office: MakeOffice) -> None:
    here = office(at_work="alice bob")
    here.switch.phones.unregister(here.config.agents[AGENTS["alice"]].sip_user)
    here.hurry()
    Story(here).tell("""
    at    | what happens            | how it is
    00:00 | alice dials 0212345678: refused phone_not_registered |
    00:01 | kim calls               |
    00:05 | kim presses 1           |
    00:08 | -                       | bob rings; kim hears ringing
    """)


def test_a_telephone_that_says_nothing(office: MakeOffice) -> None:
    """Its network is gone though it is registered: after the recall time the next one rings."""
    from simswitch.telephones import silent

    here = office(at_work="bob", recall_seconds=8)
    here.plug_in(AGENTS["alice"], silent())
    here.do(AGENTS["alice"], "log_in", platform="test")
    here.do(AGENTS["bob"], "set_status", status="on_break", reason="x")
    story: Any = Story(here).tell("""
    at    | what happens            | how it is
    00:00 | kim calls               |
    00:04 | kim presses 1           |
    00:07 | -                       | kim hears ringing; alice is ringing
    00:08 | bob is available        | bob is idle
    00:16 | -                       | bob rings
    00:17 | bob answers             | kim talks to bob
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert [offer.outcome for offer in facts.offers] == ["no_answer", "answered"]
