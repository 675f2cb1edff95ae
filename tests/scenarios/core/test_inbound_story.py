"""A caller reaches an agent, or does not: told as tables."""

from __future__ import annotations

from tests.scenarios.core.table import Story, assert_sums, config, play, queue, without_wrap_up


def test_a_caller_is_answered_and_written_up() -> None:
    story = play("""
        at    | what happens         | the centre does                                | agents
        00:00 | c1 arrives           | -                                              | alice idle/available
        00:03 | c1 presses 1         | -                                              |
        00:05 | c1 queues sales      | Adopt c1; Script c1; Offer c1>alice            | alice ringing, bob idle
        00:09 | alice answers        | Record c1                                      | alice on_call
        01:09 | c1 hangs up          | HangUp alice                                   | alice idle/wrap_up
        01:09 | alice goes           | -                                              |
        01:39 | alice: done 대기     | -                                              | alice idle/available
    """)
    assert story.kinds("call", "ars", "queue", "offer", "talk", "wrapup") == [
        "call.arrived inbound", "ars.step", "queue.entered", "offer.made alice", "offer.ended answered alice",
        "queue.left answered alice", "talk.started inbound alice", "talk.ended alice", "wrapup.started alice",
        "call.ended", "wrapup.ended alice",
    ]  # fmt: skip
    ended = story.fact("call.ended").data
    assert (ended["by"], ended["talk_seconds"], ended["cause"]) == ("caller", 60.0, "NORMAL_CLEARING")
    assert story.fact("wrapup.ended").data["seconds"] == 30.0
    assert_sums(story.facts)


def test_the_agent_hangs_up_first() -> None:
    story = play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:02 | alice answers   | Record c1                           |
        00:30 | alice hangs up  | HangUp c1                           | alice idle/wrap_up
        00:30 | c1 goes         | -                                   |
    """)
    assert story.fact("call.ended").data["by"] == "agent"
    assert_sums(story.facts)


def test_longest_idle_first_then_the_others_and_the_reasons_are_kept() -> None:
    story = play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:01 | c2 queues sales | Adopt c2; Script c2; Offer c2>bob   |
        00:02 | c3 queues sales | Adopt c3; Script c3                 |
        00:03 | alice answers   | Record c1                           |
    """)
    assert story.fact("offer.made", 0).data["candidates"] == [
        {"agent_id": 1, "reason": "chosen"},
        {"agent_id": 2, "reason": "less_idle"},
        {"agent_id": 3, "reason": "logged_out"},
    ]
    assert story.fact("offer.made", 1).data["candidates"][1] == {"agent_id": 1, "reason": "ringing"}
    assert story.fact("queue.entered", 2).data["position"] == 3


def test_a_refusal_keeps_the_place_and_goes_to_the_next_agent() -> None:
    story = play("""
        at    | what happens    | the centre does                       | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice   |
        00:01 | c2 queues sales | Adopt c2; Script c2; Offer c2>bob     |
        00:02 | c3 queues sales | Adopt c3; Script c3                   |
        00:05 | alice refuses   | Resume c1; Offer c3>alice             | alice ringing
        00:06 | bob refuses     | Resume c2; Offer c1>bob               | bob ringing
        00:07 | bob answers     | Record c1                             | bob on_call
        00:08 | alice refuses   | Resume c3; Offer c2>alice             |
    """)
    assert story.kinds("offer.ended") == [
        "offer.ended refused alice", "offer.ended refused bob", "offer.ended answered bob",
        "offer.ended refused alice",
    ]  # fmt: skip


def test_one_refusing_agent_is_asked_again_after_a_while_not_at_once_and_ends_on_break() -> None:
    play(
        """
        at    | what happens    | the centre does                       | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice   |
        00:01 | alice refuses   | Resume c1                             | alice idle/available
        00:05 | -               | -                                     |
        00:06 | -               | Offer c1>alice                        |
        00:07 | alice refuses   | Resume c1                             |
        00:12 | -               | Offer c1>alice                        |
        00:13 | alice refuses   | Resume c1                             | alice idle/on_break
        00:30 | -               | -                                     |
        00:31 | alice: status 대기 | Offer c1>alice                     | alice ringing
        """,
        available="alice",
    )


def test_recall_time_without_a_word_from_the_switch() -> None:
    story = play("""
        at    | what happens    | the centre does                                | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice            |
        00:30 | -               | -                                              | alice ringing
        00:31 | -               | HangUp alice; Resume c1; Offer c1>bob          | alice idle, bob ringing
        00:31 | alice goes NO_ANSWER | -                                         |
        00:33 | bob answers     | Record c1                                      |
    """)
    assert story.fact("offer.ended", 0).data["outcome"] == "no_answer"
    assert story.agent("alice").misses == 1
    assert story.agent("bob").misses == 0


def test_the_switch_reports_no_answer_twice_and_late() -> None:
    play("""
        at    | what happens              | the centre does                      | agents
        00:00 | c1 queues sales           | Adopt c1; Script c1; Offer c1>alice  |
        00:30 | alice refuses NO_ANSWER   | Resume c1; Offer c1>bob              | alice idle
        00:30 | leg1 goes NO_ANSWER       | -                                    | bob ringing
        00:32 | bob answers               | Record c1                            |
    """)


def test_the_caller_leaves_while_the_phone_rings_no_zombie_leg() -> None:
    story = play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice | alice ringing
        00:04 | c1 hangs up     | HangUp alice                        | alice idle/available
        00:04 | alice picks up  | HangUp alice                        |
        00:04 | alice goes ORIGINATOR_CANCEL | -                      | alice idle/available
        00:05 | c2 queues sales | Adopt c2; Script c2; Offer c2>alice | alice ringing
        00:06 | c2 hangs up     | HangUp alice                        |
    """)
    left = story.fact("queue.left", 0).data
    assert (left["outcome"], left["ringing"]) == ("abandoned", True)
    assert story.kinds("offer.ended") == ["offer.ended caller_gone alice"] * 2
    assert_sums(story.facts)


def test_the_caller_leaves_and_the_switch_tells_of_the_phone_first() -> None:
    """Nobody else is rung for a caller who has gone, and the agent has missed nothing."""
    story = play("""
        at    | what happens                 | the centre does                     | agents
        00:00 | c1 queues sales              | Adopt c1; Script c1; Offer c1>alice | alice ringing
        00:04 | alice goes ORIGINATOR_CANCEL | -                                   | alice ringing
        00:04 | c1 hangs up                  | HangUp alice                        | alice idle/available
    """)
    left = story.fact("queue.left").data
    assert (left["outcome"], left["ringing"]) == ("abandoned", True)
    assert story.kinds("offer.ended") == ["offer.ended caller_gone alice"]
    assert story.agent("alice").misses == 0


def test_status_change_during_an_offer_is_a_refusal_and_never_rings_for_ever() -> None:
    story = play("""
        at    | what happens             | the centre does                                 | agents
        00:00 | c1 queues sales          | Adopt c1; Script c1; Offer c1>alice             | alice ringing
        00:03 | alice: status break 점심 | HangUp alice; Resume c1; Offer c1>bob           | alice idle/on_break
        00:03 | alice goes               | -                                               |
        00:05 | bob answers              | Record c1                                       | bob on_call
        00:50 | -                        | -                                               | alice idle/on_break
    """)
    assert story.fact("offer.ended", 0).data["outcome"] == "refused"
    assert story.agent("alice").misses == 0


def test_a_phone_that_is_not_registered_is_not_offered_until_it_is() -> None:
    play("""
        at    | what happens                    | the centre does                         | agents
        00:00 | c1 queues sales                 | Adopt c1; Script c1; Offer c1>alice     |
        00:00 | alice fails USER_NOT_REGISTERED | Resume c1; Offer c1>bob                 | alice idle/available
        00:02 | bob answers                     | Record c1                               |
        00:03 | c2 queues sales                 | Adopt c2; Script c2                     |
        00:20 | alice registers                 | Offer c2>alice                          |
    """)


def test_an_effect_that_the_switch_refuses_frees_the_agent() -> None:
    play(
        """
        at    | what happens          | the centre does                      | agents
        00:00 | c1 queues sales       | Adopt c1; Script c1; Offer c1>alice  |
        00:00 | alice impossible DESTINATION_OUT_OF_ORDER | Resume c1        | alice idle/available
        00:05 | -                     | Offer c1>alice                       |
        """,
        available="alice",
    )


def test_a_lost_registration_keeps_the_status() -> None:
    play(
        """
        at    | what happens      | the centre does                     | agents
        00:00 | alice unregisters | -                                   | alice idle/available
        00:01 | c1 queues sales   | Adopt c1; Script c1                 |
        00:09 | alice registers   | Offer c1>alice                      | alice ringing
        00:10 | alice answers     | Record c1                           |
        00:11 | alice unregisters | -                                   | alice on_call
        00:20 | c1 hangs up       | HangUp alice                        | alice idle/available
        00:21 | c2 queues sales   | Adopt c2; Script c2                 |
        """,
        without_wrap_up(),
        available="alice",
    )


def test_the_longest_wait_ends_in_the_unavailable_prompt() -> None:
    story = play(
        """
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1                 |
        00:59 | -               | -                                   |
        01:00 | -               | Divert c1 unavailable               |
        01:08 | c1 goes         | -                                   |
        """,
        config(queue("sales", longest_wait_seconds=60)),
        available="",
    )
    assert story.kinds("queue.left", "call.ended") == ["queue.left timeout", "call.ended"]
    assert_sums(story.facts)


def test_the_longest_wait_lets_a_ringing_phone_have_its_chance() -> None:
    play(
        """
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1                 |
        00:50 | alice: login    | Offer c1>alice                      | alice ringing
        01:05 | alice refuses   | Divert c1 unavailable               | alice idle
        01:09 | c1 goes         | -                                   |
        """,
        config(queue("sales", longest_wait_seconds=60)),
        available="",
    )


def test_a_callback_asked_for_ends_the_call_politely() -> None:
    story = play(
        """
        at    | what happens                   | the centre does     | agents
        00:00 | c1 queues sales                | Adopt c1; Script c1 |
        00:40 | c1 script callback 0212345678  | HangUp c1           |
        00:40 | c1 goes                        | -                   |
        """,
        available="",
    )
    asked = story.fact("callback.requested").data
    assert (asked["number"], asked["caller"], asked["queue_id"]) == ("0212345678", "01012345678", 10)
    assert story.fact("queue.left").data["outcome"] == "callback"
    assert_sums(story.facts)


def test_a_callback_that_crosses_an_offer_stops_the_phone() -> None:
    story = play("""
        at    | what happens       | the centre does                      | agents
        00:00 | c1 queues sales    | Adopt c1; Script c1; Offer c1>alice  |
        00:00 | c1 script callback | HangUp alice; HangUp c1              | alice idle/available
        00:00 | alice goes & c1 goes | -                                  |
    """)
    assert story.fact("callback.requested").data["number"] == "01012345678"
    assert_sums(story.facts)


def test_who_leaves_a_callback_when_the_longest_wait_ends_is_not_cut_off() -> None:
    story = play(
        """
        at    | what happens                  | the centre does
        00:00 | c1 queues sales               | Adopt c1; Script c1
        00:55 | c1 engages                    | -
        01:00 | -                             | Adopt c1
        01:08 | c1 script callback 0212345678 | HangUp c1
        01:08 | c1 goes                       | -
        """,
        config(queue("sales", longest_wait_seconds=60)),
        available="",
    )
    assert story.fact("callback.requested").data["number"] == "0212345678"
    assert story.fact("queue.left").data["outcome"] == "callback"
    assert_sums(story.facts)


def test_who_would_rather_wait_on_than_leave_a_callback_has_waited_long_enough() -> None:
    story = play(
        """
        at    | what happens    | the centre does
        00:00 | c1 queues sales | Adopt c1; Script c1
        00:55 | c1 engages      | -
        01:00 | -               | Adopt c1
        01:08 | c1 disengages   | Divert c1 unavailable
        """,
        config(queue("sales", longest_wait_seconds=60)),
        available="",
    )
    assert story.fact("queue.left").data["outcome"] == "timeout"


def test_an_offer_that_fails_after_the_longest_wait_lets_a_callback_be_left() -> None:
    story = play(
        """
        at    | what happens       | the centre does                     | agents
        00:00 | alice: status break lunch & c1 queues sales | Adopt c1; Script c1 |
        00:56 | c1 engages         | -                                   |
        00:58 | alice: status 대기 | Offer c1>alice                      | alice ringing
        01:00 | -                  | -                                   |
        01:02 | alice refuses      | Adopt c1; Resume c1                 | alice idle
        01:02 | c1 script callback | HangUp c1                           |
        01:02 | c1 goes            | -                                   |
        """,
        config(queue("sales", longest_wait_seconds=60)),
        available="alice",
    )
    assert story.fact("queue.left").data["outcome"] == "callback"
    assert_sums(story.facts)


def test_priority_then_arrival_across_the_queues_of_an_agent() -> None:
    play(
        """
        at    | what happens      | the centre does                     | agents
        00:00 | c1 queues sales   | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice answers     | Record c1                           |
        00:02 | c2 queues sales   | Adopt c2; Script c2                 |
        00:03 | c3 queues service | Adopt c3; Script c3                 |
        00:04 | c4 queues service | Adopt c4; Script c4                 |
        00:10 | c1 hangs up       | HangUp alice; Offer c3>alice        |
        00:11 | alice answers     | Record c3                           |
        00:12 | c3 hangs up       | HangUp alice; Offer c4>alice        |
        00:13 | c4 hangs up       | HangUp alice; Offer c2>alice        |
        """,
        without_wrap_up(queue("sales"), queue("service", priority=5)),
        available="alice",
    )


def test_further_tiers_are_asked_only_when_the_first_is_busy() -> None:
    play(
        """
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>bob   |
        00:01 | c2 queues sales | Adopt c2; Script c2; Offer c2>alice |
        """,
        config(queue("sales", "alice:2 bob:1")),
    )


def test_no_offers_while_the_node_is_away_and_all_of_them_when_it_is_back() -> None:
    story = Story(available="")
    story.play("""
        at    | what happens    | the centre does     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1 |
        00:05 | fs1 down        | -                   |
        00:06 | alice: login    | -                   | alice idle/available
    """)


def test_a_removed_queue_lets_nobody_hang_in_the_air() -> None:
    from app.core import events as ev

    story = Story(config(queue("sales"), queue("service")), available="alice")
    story.play("""
        at    | what happens      | the centre does                     | agents
        00:00 | c1 queues service | Adopt c1; Script c1; Offer c1>alice |
        00:01 | c2 queues service | Adopt c2; Script c2                 |
    """)
    story.log.clear()
    story.tell(ev.TenantPublished(config(queue("sales"))))
    assert story.log == ["HangUp alice", "Divert c1 unavailable", "Divert c2 unavailable"]
    assert story.agent("alice").ready


def test_a_queue_that_is_published_but_not_known_yet_is_left_to_the_dialplan() -> None:
    """The guard rings its agents after five seconds; nobody is sent away."""
    story = play(
        """
        at    | what happens      | the centre does | agents
        00:00 | c1 arrives        | -               |
        00:03 | c1 presses 1      | -               |
        00:05 | c1 queues service | -              | alice idle/available
        00:40 | c1 hangs up       | -               |
        """
    )
    assert "call.ended" in story.kinds("call")
