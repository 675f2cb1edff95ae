"""Hold, mute, digits, consultation, transfers, the forced end: told as tables."""

from __future__ import annotations

import pytest

from tests.scenarios.core.table import Story, assert_sums, config, play, queue, without_wrap_up

TALKING = """
    at    | what happens    | the centre does                     | agents
    00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
    00:05 | alice answers   | Record c1                           | alice on_call
"""


@pytest.fixture
def talking() -> Story:
    """c1 talks to alice since 00:05; bob and carol are idle."""
    return play(TALKING, available="alice bob carol")


def test_hold_with_music_and_back(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does      | agents
        00:10 | alice: hold              | Part keep c1+alice   | alice holding
        00:10 | c1 parts alice & c1 rests & alice rests | Music c1 |
        00:15 | alice: hold              | refused:already_held |
        00:40 | alice: resume            | Join c1+alice        | alice on_call
        00:40 | c1 joins alice           | -                    |
        00:41 | alice: resume            | refused:not_held     |
        01:05 | c1 hangs up              | HangUp alice         | alice idle/wrap_up
        01:05 | alice goes               | -                    |
    """)
    held = talking.fact("hold.ended").at - talking.fact("hold.started").at
    assert held.total_seconds() == 30
    assert_sums(talking.facts)


def test_a_held_customer_who_leaves_ends_hold_and_talk(talking: Story) -> None:
    talking.play("""
        at    | what happens          | the centre does      | agents
        00:10 | alice: hold           | Part keep c1+alice   |
        00:10 | c1 rests              | Music c1             |
        00:20 | c1 hangs up           | HangUp alice         | alice idle/wrap_up
        00:20 | alice goes            | -                    |
    """)
    assert_sums(talking.facts)


def test_mute_and_digits(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does      | agents
        00:10 | alice: mute on           | Mute alice on        |
        00:11 | alice: mute off          | Mute alice off       |
        00:12 | alice: digits 12#        | Tones c1 12#         |
        00:13 | alice: digits 1;2        | refused:bad_digits   |
        00:14 | bob: mute on             | refused:no_call      |
        00:15 | alice: status break      | refused:in_call      |
        00:16 | alice: logout            | refused:in_call      |
        00:17 | alice: dial 01099998888  | refused:in_call      |
    """)


def test_a_consultation_completed(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: consult bob       | Part keep c1+alice         | alice holding, bob reserved
        00:10 | c1 rests                 | Music c1                   |
        00:10 | alice rests              | Offer alice>bob            | bob ringing
        00:14 | bob answers              | -                          | bob on_call
        00:30 | alice: complete          | Join c1+bob                | alice idle/wrap_up, bob on_call
        00:30 | c1 joins bob             | HangUp alice               |
        00:30 | alice goes               | -                          |
        00:50 | c1 hangs up              | HangUp bob                 | bob idle/wrap_up
        00:50 | bob goes                 | -                          |
    """)
    assert talking.kinds("talk", "consult", "call.transferred", "queue") == [
        "queue.entered", "queue.left answered alice", "talk.started inbound alice", "consult.started alice",
        "talk.started consult bob", "talk.ended bob", "consult.ended completed alice", "talk.ended alice",
        "call.transferred consult bob", "talk.started transfer bob", "talk.ended bob",
    ]  # fmt: skip
    assert talking.fact("call.ended").data["talk_seconds"] == 45.0
    assert_sums(talking.facts)


def test_a_consultation_cancelled_while_talking_and_while_ringing(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: consult bob       | Part keep c1+alice         |
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob  | bob ringing
        00:12 | alice: cancel            | HangUp bob                 | bob idle/available
        00:12 | bob goes                 | Join c1+alice              | alice on_call
        00:20 | alice: consult carol     | Part keep c1+alice         |
        00:20 | alice rests & c1 rests   | Offer alice>carol; Music c1 |
        00:24 | carol answers            | -                          | carol on_call
        00:25 | alice: resume            | refused:not_held           |
        00:26 | alice: cancel            | HangUp carol               | carol idle/available
        00:26 | carol goes               | Join c1+alice              | alice on_call
        00:26 | c1 joins alice           | -                          |
        00:40 | alice: complete          | refused:no_consult         |
        00:50 | alice: hangup            | HangUp c1; HangUp alice    | alice idle/wrap_up
        00:50 | c1 goes & alice goes     | -                          |
    """)
    assert talking.kinds("consult.ended") == ["consult.ended cancelled alice"] * 2
    assert talking.fact("call.ended").data["by"] == "agent"
    assert_sums(talking.facts)


def test_the_consulted_refuses_the_customer_stays_held(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: consult bob       | Part keep c1+alice         |
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob  |
        00:14 | bob refuses              | -                          | alice holding, bob idle/available
        00:15 | alice: consult carol     | Offer alice>carol          | carol ringing
        00:20 | carol: reject            | HangUp carol               | carol idle/available
        00:21 | alice: consult bob       | Offer alice>bob            |
        00:25 | bob answers              | -                          |
        00:30 | bob hangs up             | -                          | alice holding, bob idle/available
        00:35 | alice: resume            | Join c1+alice              | alice on_call
    """)
    assert talking.agent("alice").notice == "consult_left"


def test_nobody_picks_up_a_consultation(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: hold              | Part keep c1+alice         |
        00:10 | c1 rests & alice rests   | Music c1                   |
        00:11 | alice: consult bob       | Offer alice>bob            | bob ringing
        00:42 | -                        | HangUp bob                 | bob idle/available, alice holding
    """)
    assert talking.agent("alice").notice == "consult_no_answer"


def test_the_customer_leaves_during_a_consultation(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: consult bob       | Part keep c1+alice         |
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob  |
        00:14 | bob answers              | -                          |
        00:20 | c1 hangs up              | HangUp bob; HangUp alice   | alice idle/wrap_up, bob idle/available
        00:20 | bob goes & alice goes    | -                          |
    """)
    assert_sums(talking.facts)


def test_the_agent_leaves_while_talking_to_the_consulted_that_completes(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: consult bob       | Part keep c1+alice         |
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob  |
        00:14 | bob answers              | -                          |
        00:20 | alice: hangup            | Join c1+bob                | alice idle/wrap_up
        00:20 | c1 joins bob             | HangUp alice               | bob on_call
        00:21 | alice goes               | -                          |
        00:30 | bob hangs up             | HangUp c1                  | bob idle/wrap_up
        00:30 | c1 goes                  | -                          |
    """)
    assert_sums(talking.facts)


def test_the_agents_phone_hangs_up_and_takes_the_consulted_along_the_customer_queues_first(
    talking: Story,
) -> None:
    talking.play("""
        at    | what happens             | the centre does                   | agents
        00:06 | carol: status break      | -                                 |
        00:07 | c2 queues sales          | Adopt c2; Script c2; Offer c2>bob |
        00:08 | bob refuses              | Resume c2                         |
        00:10 | alice: consult bob       | Part keep c1+alice                | bob reserved
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob         |
        00:14 | bob answers              | -                                 |
        00:20 | alice hangs up           | Join c1+bob                       |
        00:20 | bob goes                 | Adopt c1; Script c1; Offer c1>bob | bob ringing
        00:22 | bob answers              | -                                 | bob on_call
        00:30 | bob hangs up             | HangUp c1                         |
        00:30 | c1 goes                  | -                                 |
    """)
    assert talking.fact("queue.entered").data["origin"] == "extension"  # 내선호전환
    assert talking.kinds("talk.started")[-1] == "talk.started inbound bob"


def test_the_agent_leaves_while_the_other_phone_rings_the_customer_queues_first(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does                   | agents
        00:10 | alice: consult bob       | Part keep c1+alice                |
        00:10 | c1 rests & alice rests   | Music c1; Offer alice>bob         |
        00:12 | alice hangs up           | HangUp bob; Adopt c1; Script c1; Offer c1>bob | bob ringing
        00:14 | bob answers              | -                                 | bob on_call
        00:20 | c1 hangs up              | HangUp bob                        |
        00:20 | bob goes                 | -                                 |
    """)
    assert_sums(talking.facts)


def test_a_consultation_with_an_outside_number_completed(talking: Story) -> None:
    talking.play("""
        at    | what happens               | the centre does            | agents
        00:10 | alice: consult 0212345678  | Part keep c1+alice         |
        00:10 | c1 rests & alice rests     | Music c1; CallOut alice>0212345678 |
        00:12 | alice joins 0212345678     | -                          | alice holding
        00:13 | alice: complete            | refused:no_consult         |
        00:15 | 0212345678 picks up        | -                          |
        00:20 | alice: complete            | Join c1+0212345678         | alice idle/wrap_up
        00:20 | c1 joins 0212345678        | HangUp alice               |
        00:20 | alice goes                 | -                          |
        01:00 | 0212345678 hangs up        | HangUp c1                  |
        01:00 | c1 goes                    | -                          |
    """)
    assert talking.fact("call.transferred").data["to_number"] == "0212345678"
    assert_sums(talking.facts)


def test_only_agents_who_are_free_can_be_consulted(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does              | agents
        00:10 | bob: status break        | -                            |
        00:11 | alice: consult bob       | refused:target_not_available | alice on_call
        00:12 | alice: consult alice     | refused:target_not_available |
        00:13 | alice: transfer bob      | refused:target_not_available |
        00:14 | alice: consult 0082212345678 | refused:international_refused |
        00:15 | carol: consult bob       | refused:no_call              |
    """)


def test_a_blind_transfer_to_an_agent(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: transfer bob      | Part keep c1               | alice idle/wrap_up, bob reserved
        00:10 | alice goes & c1 rests    | Offer c1>bob               | bob ringing
        00:15 | bob answers              | -                          | bob on_call
        00:30 | c1 hangs up              | HangUp bob                 |
        00:30 | bob goes                 | -                          |
    """)
    assert talking.fact("call.transferred").data == {
        "from_agent": 1, "to_agent": 2, "to_queue": None, "to_number": "", "mode": "blind",
    }  # fmt: skip
    assert talking.kinds("queue.left") == ["queue.left answered alice"]
    assert talking.kinds("talk.started") == ["talk.started inbound alice", "talk.started transfer bob"]
    assert_sums(talking.facts)


def test_a_blind_transfer_refused_comes_back_then_to_the_head_of_the_queue(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: transfer bob      | Part keep c1               |
        00:10 | c1 rests & alice goes    | Offer c1>bob               |
        00:12 | bob refuses              | Offer c1>alice             | alice ringing/wrap_up, bob idle
        00:15 | alice refuses            | Adopt c1; Script c1; Offer c1>bob | alice idle/wrap_up, bob ringing
        00:18 | bob answers              | -                          | bob on_call
        00:30 | c1 hangs up              | HangUp bob                 |
        00:30 | bob goes                 | -                          |
    """)
    assert talking.kinds("offer.ended") == [
        "offer.ended answered alice", "offer.ended refused bob", "offer.ended refused alice",
        "offer.ended answered bob",
    ]  # fmt: skip
    assert_sums(talking.facts)


def test_a_blind_transfer_from_hold_to_a_queue() -> None:
    story = play(TALKING, config(queue("sales"), queue("service", "bob")))
    story.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: hold              | Part keep c1+alice         |
        00:10 | c1 rests                 | Music c1                   |
        00:12 | alice: transfer service  | HangUp alice; Adopt c1; Script c1; Offer c1>bob | alice idle/wrap_up
        00:12 | alice goes               | -                          |
        00:15 | bob answers              | -                          | bob on_call
        00:30 | bob hangs up             | HangUp c1                  |
        00:30 | c1 goes                  | -                          |
    """)
    assert story.fact("call.transferred").data["to_queue"] == 11
    assert_sums(story.facts)


def test_a_blind_transfer_to_an_outside_number_that_is_busy_comes_back(talking: Story) -> None:
    talking.play("""
        at    | what happens                | the centre does            | agents
        00:10 | alice: transfer 0212345678  | Part keep c1               |
        00:10 | c1 rests & alice goes       | CallOut c1>0212345678      |
        00:12 | 0212345678 refuses USER_BUSY | Offer c1>alice            | alice ringing/wrap_up
        00:14 | alice answers               | -                          | alice on_call
        00:30 | c1 hangs up                 | HangUp alice               |
        00:30 | alice goes                  | -                          |
    """)
    assert talking.kinds("wrapup") == ["wrapup.started alice", "wrapup.ended alice", "wrapup.started alice"]
    assert_sums(talking.facts)


def test_the_customer_leaves_during_a_blind_transfer(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: transfer bob      | Part keep c1               |
        00:10 | c1 rests & alice goes    | Offer c1>bob               |
        00:12 | c1 hangs up              | HangUp bob                 | bob idle/available
    """)
    assert talking.kinds("offer.ended") == ["offer.ended answered alice", "offer.ended caller_gone bob"]
    assert_sums(talking.facts)


def test_a_leg_that_never_rests_does_not_stop_a_transfer(talking: Story) -> None:
    talking.play("""
        at    | what happens             | the centre does            | agents
        00:10 | alice: transfer bob      | Part keep c1               | bob reserved
        00:12 | -                        | HangUp alice               |
        00:13 | -                        | Offer c1>bob               | bob ringing
    """)


def test_the_forced_end_plays_the_closing_announcement(talking: Story) -> None:
    talking.play("""
        at    | what happens        | the centre does        | agents
        00:10 | alice: forceend     | Divert c1 forced-end   | alice idle/wrap_up
        00:10 | alice goes          | -                      |
        00:18 | c1 goes             | -                      |
    """)
    assert talking.fact("call.ended").data["by"] == "agent"
    assert_sums(talking.facts)


def test_the_recording_stays_with_the_customer_and_is_reported_late(talking: Story) -> None:
    talking.play("""
        at    | what happens        | the centre does        | agents
        00:10 | alice: transfer bob | Part keep c1           |
        00:10 | c1 rests & alice goes | Offer c1>bob         |
        00:11 | bob answers         | -                      |
        00:20 | c1 hangs up         | HangUp bob             |
        00:20 | bob goes            | -                      |
        00:21 | c1 recorded 16.5    | -                      |
    """)
    assert talking.fact("call.recorded").data == {"path": "t1/c1.wav", "seconds": 16.5, "leg": "c1"}


def test_status_after_a_call_is_the_managers_choice() -> None:
    play(
        TALKING.rstrip()
        + """
        00:20 | c1 hangs up         | HangUp alice                        | alice idle/available
        00:21 | c2 queues sales     | Adopt c2; Script c2; Offer c2>bob   |
        """,
        without_wrap_up(),
    )


def test_the_switch_tells_of_the_consulted_before_the_agent_who_hung_up(talking: Story) -> None:
    talking.play("""
        at    | what happens                  | the centre does                   | agents
        00:10 | alice: consult bob            | Part keep c1+alice                |
        00:10 | c1 rests & alice rests        | Music c1; Offer alice>bob         |
        00:12 | bob refuses ORIGINATOR_CANCEL | -                                 | bob ringing
        00:12 | alice hangs up                | HangUp bob; Adopt c1; Script c1; Offer c1>bob | bob ringing
        00:14 | bob answers                   | -                                 |
        00:20 | bob: consult carol            | Part keep c1+bob                  |
        00:20 | c1 rests & bob rests          | Music c1; Offer bob>carol         |
        00:24 | carol answers                 | -                                 | carol on_call
        00:30 | carol goes                    | -                                 | carol idle/available, bob holding
        00:30 | bob hangs up                  | Adopt c1; Script c1; Offer c1>carol | bob idle/wrap_up
        00:32 | carol answers                 | -                                 |
        00:40 | c1 hangs up & carol goes      | HangUp carol                      | carol idle/wrap_up
    """)
    assert_sums(talking.facts)
