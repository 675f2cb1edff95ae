"""Calls that agents make, to customers and to each other: told as tables."""

from __future__ import annotations

from tests.scenarios.core.table import Story, assert_sums, config, play


def test_click_to_dial_calls_the_own_phone_first() -> None:
    story = play("""
        at    | what happens                 | the centre does                | agents
        00:00 | alice: dial 010-9999-8888    | refused:bad_number             |
        00:00 | alice: dial 01099998888 7    | CallAgent alice                | alice dialling
        00:01 | alice picks up & alice rests | CallOut alice>01099998888      |
        00:03 | alice joins 01099998888      | -                              | alice dialling
        00:09 | 01099998888 picks up         | Record 01099998888             | alice on_call
        00:39 | 01099998888 hangs up         | HangUp alice                   | alice idle/wrap_up
        00:39 | alice goes                   | -                              |
    """)
    arrived = story.fact("call.arrived").data
    assert (arrived["direction"], arrived["number"], arrived["callback_id"]) == ("outbound", "01099998888", 7)
    ended = story.fact("call.ended").data
    assert (ended["talk_seconds"], ended["billsec"], ended["by"]) == (30.0, 30, "caller")
    assert_sums(story.facts)


def test_nobody_answers_the_outside_number() -> None:
    story = play("""
        at    | what happens                  | the centre does             | agents
        00:00 | alice: dial 0212345678        | CallAgent alice             |
        00:01 | alice rests                   | CallOut alice>0212345678    |
        00:02 | 0212345678 refuses USER_BUSY  | HangUp alice                | alice idle/available
        00:02 | alice goes                    | -                           |
    """)
    assert story.agent("alice").notice == "dial_failed:USER_BUSY"
    assert story.fact("call.ended").data["cause"] == "USER_BUSY"
    assert story.kinds("talk") == []
    assert_sums(story.facts)


def test_the_agent_gives_up_before_the_other_side_answers() -> None:
    story = play("""
        at    | what happens                  | the centre does             | agents
        00:00 | alice: dial 0212345678        | CallAgent alice             |
        00:01 | alice rests                   | CallOut alice>0212345678    |
        00:05 | alice: hangup                 | HangUp 0212345678; HangUp alice | alice idle/available
        00:05 | 0212345678 goes & alice goes  | -                           |
    """)
    assert story.fact("call.ended").data["by"] == "agent"
    assert_sums(story.facts)


def test_the_own_phone_does_not_answer() -> None:
    story = play("""
        at    | what happens             | the centre does    | agents
        00:00 | alice: dial 0212345678   | CallAgent alice    | alice dialling
        00:30 | alice goes NO_ANSWER     | -                  | alice idle/available
        00:31 | alice: dial 0212345678   | CallAgent alice    | alice dialling
        01:06 | -                        | HangUp alice       | alice idle/available
    """)
    assert story.agent("alice").notice == "dial_failed:NO_ANSWER"


def test_what_may_not_be_dialled_is_said_before_anything_rings() -> None:
    play(
        """
        at    | what happens                 | the centre does                | agents
        00:00 | alice: dial 0081312345678    | refused:international_refused  |
        00:00 | alice: dial +81312345678     | refused:international_refused  |
        00:00 | alice: dial 0601234567       | refused:number_blocked         |
        00:00 | alice: dial ${system}        | refused:bad_number             |
        00:00 | alice: dial 1001             | refused:target_not_available   |
        00:00 | carol: dial 0212345678       | refused:not_logged_in          |
        00:00 | alice: dial +82212345678     | CallAgent alice                |
        00:01 | alice rests                  | CallOut alice>0212345678       |
        00:02 | bob: dial 01011112222        | refused:lines_full             |
        00:02 | bob: dial 1001               | refused:target_not_available   |
        """,
        config(blocked_prefixes=("060",), licences=1),
    )


def test_without_a_caller_id_nothing_goes_out() -> None:
    play(
        """
        at    | what happens                 | the centre does         | agents
        00:00 | alice: dial 0212345678       | refused:no_caller_id    |
        00:01 | alice unregisters            | -                       |
        00:02 | alice: dial 0212345678       | refused:phone_not_registered |
        """,
        config(caller_id=""),
    )


def test_a_desk_phone_dials_by_itself() -> None:
    story = play("""
        at    | what happens                | the centre does              | agents
        00:00 | alice dials 0212345678 d1   | CallOut alice>0212345678     | alice dialling
        00:05 | 0212345678 answers          | Record 0212345678            | alice on_call
        00:20 | alice hangs up              | HangUp 0212345678            | alice idle/wrap_up
        00:20 | 0212345678 goes             | -                            |
        00:30 | alice dials 0081312345678 d2 | HangUp alice OUTGOING_CALL_BARRED | alice idle/wrap_up
        00:31 | carol dials 0212345678 d3   | HangUp carol CALL_REJECTED   |
    """)
    assert story.agent("alice").notice == "dial_refused:international_refused"
    assert_sums(story.facts)


def test_an_internal_call_leaves_the_statuses_alone() -> None:
    story = play("""
        at    | what happens              | the centre does        | agents
        00:00 | bob: status break         | -                      |
        00:01 | alice: dial 1002          | CallAgent alice        | alice dialling
        00:02 | alice rests               | Offer alice>bob        | bob ringing/on_break
        00:03 | c1 queues sales           | Adopt c1; Script c1    |
        00:05 | bob answers               | -                      | alice on_call, bob on_call
        00:20 | bob: hold                 | refused:no_call        |
        00:30 | bob: hangup               | HangUp alice; HangUp bob; Offer c1>alice | bob idle/on_break
        00:30 | bob goes                  | -                      |
        00:31 | c1 hangs up               | HangUp alice           |
    """)
    assert story.kinds("talk") == [
        "talk.started internal alice", "talk.started internal bob", "talk.ended alice", "talk.ended bob",
    ]  # fmt: skip
    story.sentence("leg1 goes")
    assert_sums(story.facts)


def test_an_internal_call_refused() -> None:
    story = play("""
        at    | what happens              | the centre does        | agents
        00:01 | alice: dial 1002          | CallAgent alice        |
        00:02 | alice rests               | Offer alice>bob        |
        00:03 | bob refuses               | HangUp alice           | alice idle/available, bob idle/available
        00:03 | alice goes                | -                      |
    """)
    assert_sums(story.facts)


def test_an_outbound_call_has_no_queue_to_go_back_to() -> None:
    story = Story()
    story.play("""
        at    | what happens                 | the centre does                | agents
        00:00 | alice: dial 01099998888      | CallAgent alice                |
        00:01 | alice rests                  | CallOut alice>01099998888      |
        00:05 | 01099998888 answers          | Record 01099998888             |
        00:10 | alice: consult bob           | Part keep 01099998888+alice    |
        00:10 | 01099998888 rests & alice rests | Music 01099998888; Offer alice>bob |
        00:12 | alice hangs up               | HangUp bob; HangUp 01099998888 | alice idle/wrap_up, bob idle
        00:12 | 01099998888 goes             | -                              |
    """)
    assert_sums(story.facts)


def test_an_outbound_call_transferred_to_a_colleague() -> None:
    story = Story()
    story.play("""
        at    | what happens                 | the centre does                | agents
        00:00 | alice: dial 01099998888      | CallAgent alice                |
        00:01 | alice rests                  | CallOut alice>01099998888      |
        00:05 | 01099998888 answers          | Record 01099998888             |
        00:10 | alice: transfer bob          | Part keep 01099998888          |
        00:10 | alice goes & 01099998888 rests | Offer 01099998888>bob        |
        00:15 | bob answers                  | -                              | bob on_call
        00:20 | 01099998888 hangs up         | HangUp bob                     |
        00:20 | bob goes                     | -                              |
    """)
    assert story.kinds("queue") == []
    assert story.fact("call.ended").data["talk_seconds"] == 10.0
    assert_sums(story.facts)
