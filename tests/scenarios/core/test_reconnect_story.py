"""The agent's sound is lost and comes back: the phone is called anew, told as tables."""

from __future__ import annotations

import pytest

from tests.scenarios.core.table import Story, assert_sums, play


@pytest.fixture
def talking() -> Story:
    """c1 talks to alice since 00:05; bob and carol are idle."""
    return play(
        """
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:05 | alice answers   | Record c1                           | alice on_call
        """,
        available="alice bob carol",
    )


def test_an_agent_whose_page_was_loaded_anew_gets_the_sound_back(talking: Story) -> None:
    """The old leg stays until the new one is there; it is one talk, on one recording."""
    talking.play("""
        at    | what happens        | the centre does           | agents
        00:09 | alice: mute on      | Mute alice on             |
        00:10 | alice: reconnect    | CallAgent alice           | alice on_call
        00:12 | alice picks         | -                         |
        00:12 | alice rests         | Part keep c1; Join c1+alice; Mute alice on | alice on_call
        00:12 | c1 parts alice~ & alice~ goes & c1 rests & c1 joins alice | - |
        00:20 | alice: hold         | Part keep c1+alice        | alice holding
        00:25 | alice: resume       | Join c1+alice             | alice on_call
        01:05 | c1 hangs up         | HangUp alice              | alice idle/wrap_up
        01:05 | alice goes          | -                         |
    """)
    assert talking.kinds("talk", "offer") == [
        "offer.made alice", "offer.ended answered alice", "talk.started inbound alice", "talk.ended alice",
    ]  # fmt: skip
    assert talking.fact("talk.ended").data["talk_id"] == talking.fact("talk.started").data["talk_id"]
    assert talking.fact("call.ended").data["talk_seconds"] == 60.0
    assert_sums(talking.facts)


def test_a_held_customer_is_taken_back_by_the_new_connection(talking: Story) -> None:
    talking.play("""
        at    | what happens                            | the centre does             | agents
        00:10 | alice: hold                             | Part keep c1+alice          | alice holding
        00:10 | c1 parts alice & c1 rests & alice rests | Music c1                    |
        00:20 | alice: reconnect                        | CallAgent alice             | alice holding
        00:22 | alice rests                             | HangUp alice; Join c1+alice | alice on_call
        00:22 | alice~ goes & c1 joins alice            | -                           |
    """)
    held = talking.fact("hold.ended").at - talking.fact("hold.started").at
    assert held.total_seconds() == 12


@pytest.mark.parametrize("how", ["goes USER_BUSY", "goes NO_ANSWER", "says nothing"])
def test_a_phone_that_does_not_come_back_changes_nothing(talking: Story, how: str) -> None:
    """A telephone with one line is busy with this very call: the talk goes on."""
    failing = "00:26 | - | HangUp alice |" if how == "says nothing" else f"00:12 | alice {how} | - |"
    talking.play(f"""
        at    | what happens     | the centre does | agents
        00:10 | alice: reconnect | CallAgent alice | alice on_call
        {failing}
        00:27 | -                | -               | alice on_call
        01:05 | c1 hangs up      | HangUp alice    | alice idle/wrap_up
    """)
    assert talking.kinds("talk", "hold")[-1] == "talk.ended alice"


def test_a_phone_that_does_not_come_back_is_told(talking: Story) -> None:
    talking.play("""
        at    | what happens         | the centre does | agents
        00:10 | alice: reconnect     | CallAgent alice |
        00:12 | alice goes USER_BUSY | -               | alice on_call
    """)
    assert talking.agent("alice").notice == "reconnect_failed"


def test_any_other_command_takes_the_reconnection_back(talking: Story) -> None:
    talking.play("""
        at    | what happens       | the centre does                  | agents
        00:10 | alice: reconnect   | CallAgent alice                  |
        00:11 | alice: reconnect   | HangUp alice; CallAgent alice    |
        00:12 | alice: hold        | HangUp alice; Part keep c1+alice | alice holding
    """)


def test_the_old_leg_goes_before_the_new_one_is_there(talking: Story) -> None:
    """A held customer waits for it; when it does not come, at the head of the queue."""
    talking.play("""
        at    | what happens                            | the centre does      | agents
        00:10 | alice: hold                             | Part keep c1+alice   |
        00:10 | c1 parts alice & c1 rests & alice rests | Music c1             |
        00:20 | alice: reconnect                        | CallAgent alice      | alice holding
        00:21 | alice~ hangs up                         | -                    | alice holding
        00:25 | alice goes NO_ANSWER                    | Adopt c1; Script c1; Offer c1>bob | alice idle/wrap_up
    """)
    assert talking.fact("queue.entered").data["origin"] == "extension"


def test_nobody_reconnects_what_is_no_talk_of_theirs(talking: Story) -> None:
    talking.play("""
        at    | what happens      | the centre does | agents
        00:10 | bob: reconnect    | refused:no_call |
        00:11 | alice unregisters | -               |
        00:12 | alice: reconnect  | refused:phone_not_registered | alice on_call
    """)
