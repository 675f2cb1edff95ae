"""Agents log in and out, choose their status, lose their phones: told as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.core import effects as fx
from app.core import events as ev
from app.core.definitions import AgentStatus
from app.core.live import agent_view, snapshot
from tests.scenarios.core.table import AGENTS, QUEUES, TENANT, Story, config, play, queue, without_wrap_up


def test_logging_in_and_out() -> None:
    story = play(
        """
        at    | what happens       | the centre does                     | agents
        00:00 | alice: status 대기 | refused:not_logged_in               | alice idle/logged_out
        00:01 | alice: login       | -                                   | alice idle/on_break
        00:02 | alice: login       | -                                   | alice idle/on_break
        00:03 | c1 queues sales    | Adopt c1; Script c1                 |
        00:04 | alice: status 대기 | Offer c1>alice                      | alice ringing/available
        00:05 | alice: logout      | HangUp alice; Resume c1             | alice idle/logged_out
        00:06 | alice: logout      | refused:not_logged_in               |
        00:07 | alice: hangup      | refused:no_call                     |
        """,
        config(status_after_login=AgentStatus.ON_BREAK),
        available="",
    )
    assert story.kinds("agent.logged", "agent.status") == [
        "agent.logged_in alice", "agent.status on_break alice", "agent.status available alice",
        "agent.status logged_out alice", "agent.logged_out alice",
    ]  # fmt: skip
    assert story.fact("agent.status").data["previous"] == "available"


def test_a_status_that_is_none_is_refused() -> None:
    play("""
        at    | what happens              | the centre does    | agents
        00:00 | alice: status logged_out  | refused:bad_status | alice idle/available
        00:01 | alice: done wrap_up       | refused:bad_status |
        00:02 | alice: status wrap_up     | -                  | alice idle/wrap_up
        00:03 | alice: done break         | -                  | alice idle/on_break
        00:04 | alice: answer             | refused:not_ringing |
        00:05 | alice: reject             | refused:not_ringing |
    """)


def test_answering_and_rejecting_from_the_screen() -> None:
    play("""
        at    | what happens      | the centre does                     | agents
        00:00 | c1 queues sales   | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice: answer     | AnswerPhone alice                   | alice ringing
        00:02 | alice: reject     | HangUp alice; Resume c1; Offer c1>bob | alice idle/available
        00:02 | alice goes CALL_REJECTED | -                            | bob ringing
    """)


def test_three_misses_in_a_row_and_an_answer_between_forgives() -> None:
    play(
        """
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice refuses   | Resume c1                           |
        00:06 | -               | Offer c1>alice                      |
        00:07 | alice refuses NO_ANSWER | Resume c1                   |
        00:12 | -               | Offer c1>alice                      |
        00:13 | alice answers   | Record c1                           |
        00:20 | c1 hangs up     | HangUp alice                        | alice idle/available
        00:21 | c2 queues sales | Adopt c2; Script c2; Offer c2>alice |
        00:22 | alice refuses   | Resume c2                           | alice idle/available
        """,
        without_wrap_up(),
        available="alice",
    )


def test_dialling_out_of_wrap_up_ends_it_only_when_somebody_answers() -> None:
    story = play("""
        at    | what happens             | the centre does                     | agents
        00:00 | c1 queues sales          | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice answers            | Record c1                           |
        00:10 | c1 hangs up & alice goes | HangUp alice                        | alice idle/wrap_up
        00:20 | alice: dial 0212345678   | CallAgent alice                     | alice dialling/wrap_up
        00:21 | alice rests              | CallOut alice>0212345678            |
        00:25 | 0212345678 refuses USER_BUSY & alice goes | HangUp alice       | alice idle/wrap_up
        00:30 | alice: dial 0212345678   | CallAgent alice                     |
        00:31 | alice rests              | CallOut alice>0212345678            |
        00:35 | 0212345678 answers       | Record 0212345678                   | alice on_call/wrap_up
        00:40 | 0212345678 hangs up      | HangUp alice                        | alice idle/wrap_up
    """)
    assert [f.data["seconds"] for f in story.facts if f.kind == "wrapup.ended"] == [25.0]
    assert story.agent("alice").wrap_up_call == story.fact("call.arrived").call_id


def test_a_command_that_is_refused_changes_nothing() -> None:
    story = Story()
    before = (dict(story.centre.state.calls), dict(story.centre.state.tenants[TENANT].agents))
    for kind in (ev.Hold, ev.Resume, ev.HangUp, ev.CompleteTransfer, ev.CancelTransfer, ev.ForceEnd):
        story.log.clear()
        story.command(kind, "alice")
        assert story.log[0].startswith("refused:")
    assert before == (dict(story.centre.state.calls), dict(story.centre.state.tenants[TENANT].agents))
    story.log.clear()
    story.tell(ev.Hold("x", TENANT, 99))
    story.tell(ev.Hold("x", 77, 1))
    assert story.log == ["refused:unknown_agent", "refused:not_under_contract"]


def test_settings_published_in_the_middle_of_a_call() -> None:
    story = Story(available="alice")
    story.play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice answers   | Record c1                           |
        00:02 | c2 queues sales | Adopt c2; Script c2                 |
        00:03 | bob: login      | Offer c2>bob                        |
        00:04 | bob refuses     | Resume c2                           |
    """)
    # Bob is assigned no more, alice is to be 대기 again after her call; the call goes on.
    story.tell(ev.TenantPublished(without_wrap_up(queue("sales", "alice"))))
    story.play("""
        at    | what happens    | the centre does                     | agents
        00:20 | -               | -                                   | alice on_call, bob idle/available
        00:21 | c1 hangs up     | HangUp alice; Offer c2>alice        | alice ringing/available
    """)


def test_an_agent_who_was_deleted_is_out_when_free() -> None:
    story = Story(available="alice bob")
    full = story.config
    story.tell(ev.TenantPublished(_without(full, "alice")))
    assert AGENTS["alice"] not in story.centre.state.tenants[TENANT].agents
    assert story.kinds("agent.logged_out") == ["agent.logged_out alice"]
    story.play("""
        at    | what happens    | the centre does                   | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>bob |
        00:01 | alice: login    | refused:unknown_agent             |
    """)


def test_who_is_deleted_during_a_call_is_seen_until_it_ends() -> None:
    story = Story(available="alice bob")
    story.play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:02 | alice answers   | Record c1                           | alice on_call
    """)
    story.tell(ev.TenantPublished(_without(story.config, "alice")))
    assert AGENTS["alice"] in [agent["id"] for agent in snapshot(story.centre, TENANT, story.now)["agents"]]
    story.sentence("c1 hangs up")
    assert AGENTS["alice"] not in [agent["id"] for agent in snapshot(story.centre, TENANT, story.now)["agents"]]


def _without(full, name):  # type: ignore[no-untyped-def]
    agents = {n: a for n, a in full.agents.items() if n != AGENTS[name]}
    return replace(full, agents=agents)


def test_a_removed_tenant_says_goodbye_politely() -> None:
    story = play("""
        at    | what happens    | the centre does                     | agents
        00:00 | c1 queues sales | Adopt c1; Script c1; Offer c1>alice |
        00:01 | alice answers   | Record c1                           |
        00:02 | bob: status break | -                                 |
        00:03 | c2 queues sales | Adopt c2; Script c2                 |
    """)
    story.log.clear()
    story.tell(ev.TenantRemoved(TENANT))
    assert story.log == ["Divert c2 unavailable"]
    story.sentence("c2 goes & c1 hangs up & alice goes")
    assert story.centre.state.tenants == {}


def test_the_live_view_shows_what_the_screens_need() -> None:
    story = play(
        """
        at    | what happens       | the centre does                     | agents
        00:00 | c1 queues sales    | Adopt c1; Script c1; Offer c1>alice |
        00:05 | alice answers      | Record c1                           |
        00:06 | c2 queues sales    | Adopt c2; Script c2; Offer c2>bob   |
        00:07 | c3 queues sales    | Adopt c3; Script c3                 |
        00:10 | alice: mute on     | Mute alice on                       |
        """,
        available="alice bob",
    )
    view = snapshot(story.centre, TENANT, story.now)
    assert view["switch"] == "up"
    assert view["resources"] == {
        "inbound": 3, "outbound": 0, "ars": 2, "recording": 1, "lines_in": 8, "lines_out": 5, "licences": 5,
    }  # fmt: skip
    (sales,) = view["queues"]
    assert (sales["waiting"], sales["idle"], sales["logged_in"]) == (2, 0, 2)
    assert [(c["id"], c["position"], c["ringing"]) for c in sales["calls"]] == [("c2", 1, True), ("c3", 2, False)]
    alice, bob, carol = view["agents"]
    assert alice["call"]["phase"] == "talking" and alice["call"]["muted"] and alice["call"]["queue"] == "sales"
    assert bob["call"]["phase"] == "ringing" and bob["call"]["number"] == "01012345678"
    assert carol["call"] is None and carol["status"] == "logged_out" and carol["extension"] == "1003"
    assert agent_view(story.centre, TENANT, 1, story.now)["at"] == view["at"]
    assert snapshot(story.centre, 99, story.now)["agents"] == []


def test_the_consulted_sees_who_consults_about_whom() -> None:
    story = play("""
        at    | what happens           | the centre does                     | agents
        00:00 | c1 queues sales        | Adopt c1; Script c1; Offer c1>alice |
        00:05 | alice answers          | Record c1                           |
        00:10 | alice: consult bob     | Part keep c1+alice                  |
        00:10 | c1 rests & alice rests | Music c1; Offer alice>bob           |
    """)
    alice = agent_view(story.centre, TENANT, 1, story.now)["call"]
    bob = agent_view(story.centre, TENANT, 2, story.now)["call"]
    assert alice["phase"] == "consult_ringing" and alice["held"]
    assert alice["consult"] == {"agent_id": 2, "number": "", "state": "ringing"}
    assert (bob["phase"], bob["direction"], bob["number"], bob["name"]) == ("ringing", "consult", "1001", "alice")
    assert bob["customer_number"] == "01012345678"
    story.now += timedelta(seconds=2)
    story.sentence("bob answers")
    assert agent_view(story.centre, TENANT, 1, story.now)["call"]["phase"] == "consulting"
    assert agent_view(story.centre, TENANT, 2, story.now)["call"]["phase"] == "talking"


def test_late_and_unknown_events_do_nothing_and_impossible_ones_are_said() -> None:
    play("""
        at    | what happens        | the centre does                     | agents
        00:00 | nobody goes         | -                                   |
        00:00 | nobody rests        | -                                   |
        00:01 | c1 queues sales     | Adopt c1; Script c1; Offer c1>alice |
        00:01 | c1 queues sales     | -                                   | alice ringing
        00:02 | alice answers       | Record c1                           |
        00:02 | alice answers       | -                                   | alice on_call
        00:03 | c1 queues sales     | no transition                       |
        00:09 | c1 hangs up         | HangUp alice                        |
        00:09 | c1 goes             | -                                   |
        00:09 | alice goes          | -                                   |
        00:10 | alice goes          | -                                   | alice idle/wrap_up
    """)


def test_a_queue_that_left_the_menu_is_seen_until_its_last_call_is_gone() -> None:
    """Nobody has to load the tenant again: the step with which the last call goes tells the screens."""
    both = config(queue("sales"), queue("service"))
    story = Story(both, available="alice bob")
    story.play("""
        at    | what happens      | the centre does                     | agents
        00:00 | c1 queues sales   | Adopt c1; Script c1; Offer c1>alice |
        00:02 | alice answers     | Record c1                           | alice on_call
        00:03 | bob: status break | -                                   |
        00:04 | c2 queues sales   | Adopt c2; Script c2                 |
    """)

    def shown() -> list[str]:
        return [each["name"] for each in snapshot(story.centre, TENANT, story.now)["queues"]]

    def last_step_told_screens(sentence: str) -> bool:
        before = len(story.effects)
        story.sentence(sentence)
        return any(isinstance(effect, fx.QueueChanged | fx.AgentChanged) for effect in story.effects[before:])

    retired = replace(both.queues[QUEUES["sales"]], retired=True)
    story.tell(ev.TenantPublished(replace(both, queues={**both.queues, QUEUES["sales"]: retired}, version=2)))
    assert shown() == ["sales", "service"]
    assert last_step_told_screens("c2 hangs")
    assert shown() == ["sales", "service"], "alice is talking to one of its customers"
    assert last_step_told_screens("c1 hangs")
    assert shown() == ["service"]
    story.sentence("c3 queues sales")
    assert shown() == ["sales", "service"], "somebody was in the old menu still"
    assert last_step_told_screens("c3 hangs")
    assert shown() == ["service"]
    story.centre.check()


def test_a_call_that_is_only_in_the_menu_is_told_to_the_screens() -> None:
    """자원현황 counts it, although no queue and no agent have changed."""
    story = play("at | what happens | the centre does\n00:00 | - | -")

    def told(sentence: str) -> bool:
        before = len(story.effects)
        story.sentence(sentence)
        return any(isinstance(effect, fx.QueueChanged) for effect in story.effects[before:])

    assert told("c1 arrives")
    assert snapshot(story.centre, TENANT, story.now)["resources"]["ars"] == 1
    assert not told("c1 presses 1"), "the same call, still in the menu"
    assert told("c1 hangs up")
    assert snapshot(story.centre, TENANT, story.now)["resources"]["ars"] == 0
