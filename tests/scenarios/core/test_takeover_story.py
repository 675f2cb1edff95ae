"""The controller restarts, another takes over, the connection or the node is lost: nobody who talks is
touched, who waits keeps the place, no agent is stuck, no record is doubled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import effects as fx
from app.core import events as ev
from app.core.call import Phase
from app.core.definitions import AgentState, AgentStatus
from app.core.records import reduce_call
from tests.scenarios.core.pretendswitch import Played, PretendLeg
from tests.scenarios.core.table import NODE, TENANT, assert_sums, config, queue, without_wrap_up


def facts_once(story: Played) -> None:
    """The journal drops what is told twice under one identity; the rest must make the sums."""
    once = {fact.event_id: fact for fact in reversed(story.facts)}
    assert_sums(sorted(once.values(), key=lambda fact: fact.at))


@pytest.fixture
def story() -> Played:
    return Played(config(queue("sales", longest_wait_seconds=120)), available="alice")


def test_waiting_callers_keep_their_places_and_are_served_at_once(story: Played) -> None:
    story.asks("alice: status break")
    for leg in ("c2", "c1", "c3"):
        story.queues(leg)
        story.now += timedelta(seconds=10)
    story.taken_over()
    assert story.log == [
        "Adopt c2", "Script c2", "Adopt c1", "Script c1", "Adopt c3", "Script c3",
    ]  # fmt: skip
    assert [e.call_id for e in story.centre.state.tenants[TENANT].queues[10].waiting] == ["c2", "c1", "c3"]
    story.log.clear()
    story.asks("alice: status 대기")
    assert story.log == ["Offer c2>alice"]
    # The longest wait counts from when they came, not from the takeover.
    assert {k: (at - story.now).total_seconds() // 1 for k, at in story.timers.items() if "longest" in k} == {
        "longest:c2": 89.0, "longest:c1": 99.0, "longest:c3": 109.0,
    }  # fmt: skip
    assert story.call_of("c3").visit.entered_at < story.now - timedelta(seconds=9)  # type: ignore[union-attr]


def test_a_caller_who_was_parked_with_nobody_there_is_adopted(story: Played) -> None:
    story.asks("alice: status break")
    story.switch.arrive("c9", "01012345678", TENANT, 10, story.now)
    story.switch.due.clear()
    story.taken_over()
    assert story.log == ["Adopt c9", "Script c9"]
    assert story.call_of("c9").phase is Phase.WAITING


def test_a_ringing_offer_is_adopted_and_can_be_answered(story: Played) -> None:
    story.queues("c1")
    story.taken_over()
    assert story.log == []
    assert story.agent("alice").state is AgentState.RINGING
    story.answers("alice")
    assert story.agent("alice").state is AgentState.ON_CALL
    story.hangs_up("c1")
    assert story.agent("alice").status is AgentStatus.WRAP_UP
    facts_once(story)


def test_a_ringing_offer_that_nobody_takes_after_the_takeover_ends(story: Played) -> None:
    story.queues("c1")
    story.taken_over()
    story.log.clear()
    story.pass_until(story.now + timedelta(seconds=31))
    assert story.log[:2] == ["HangUp alice", "Resume c1"]


def test_a_phone_that_rings_for_a_caller_who_left_is_hung_up(story: Played) -> None:
    story.queues("c1")
    ringing = story.leg("alice")
    del story.switch.legs["c1"]  # gone while nobody watched
    story.taken_over()
    assert story.log == ["HangUp alice"]
    assert ringing not in story.switch.legs
    assert story.agent("alice").ready


def test_a_talk_is_not_touched(story: Played) -> None:
    story.queues("c1")
    story.now += timedelta(seconds=5)
    story.answers("alice")
    story.now += timedelta(seconds=20)
    effects = story.taken_over()
    assert story.log == []
    assert not any("Recording" in type(e).__name__ for e in effects)
    assert story.agent("alice").state is AgentState.ON_CALL
    story.now += timedelta(seconds=10)
    story.hangs_up("alice")
    assert 29.9 < story.fact("call.ended").data["talk_seconds"] < 30.1
    facts_once(story)


def test_an_offer_answered_while_nobody_watched_is_a_talk_with_all_its_facts(story: Played) -> None:
    story.queues("c1")
    story.now += timedelta(seconds=4)
    story.switch.answer(story.leg("alice"), story.now)
    answered = story.now
    story.switch.due.clear()
    story.now += timedelta(seconds=6)
    story.taken_over()
    assert story.log == ["Record c1"]
    assert story.fact("talk.started").at == answered
    assert story.fact("queue.left").at == answered
    story.hangs_up("c1")
    facts_once(story)


def test_a_held_customer_can_be_resumed(story: Played) -> None:
    story.queues("c1")
    story.answers("alice")
    story.asks("alice: hold")
    story.taken_over()
    assert story.agent("alice").state is AgentState.HOLDING
    story.asks("alice: resume")
    assert story.agent("alice").state is AgentState.ON_CALL
    assert story.switch.legs["c1"].state == "bridged"
    story.hangs_up("c1")
    facts_once(story)


def test_a_talk_whose_agent_reconnected_is_still_that_talk(story: Played) -> None:
    story.queues("c1")
    story.answers("alice")
    story.now += timedelta(seconds=20)
    story.asks("alice: reconnect")
    story.answers("alice")
    assert story.switch.legs["c1"].state == "bridged"
    story.taken_over()
    assert story.log == []
    assert story.agent("alice").state is AgentState.ON_CALL
    story.now += timedelta(seconds=10)
    story.hangs_up("c1")
    assert story.fact("talk.ended").data["talk_id"] == story.fact("talk.started").data["talk_id"]
    assert 29.9 < story.fact("call.ended").data["talk_seconds"] < 30.1
    facts_once(story)


def test_an_agent_who_went_while_nobody_watched_has_talked_until_then(story: Played) -> None:
    story.queues("c1")
    story.answers("alice")
    story.now += timedelta(seconds=20)
    story.asks("alice: hold")
    del story.switch.legs[story.leg("alice")]
    story.now += timedelta(seconds=5)
    story.taken_over()
    assert story.fact("talk.ended").at == story.now
    story.hangs_up("c1")
    facts_once(story)


def test_a_takeover_while_an_agents_phone_is_called_anew(story: Played) -> None:
    """The talk goes on at the old leg; the new one is hung up."""
    story.queues("c1")
    story.answers("alice")
    story.now += timedelta(seconds=20)
    story.asks("alice: reconnect")
    anew = story.leg("alice")
    story.taken_over()
    assert anew not in story.switch.legs
    assert story.call_of("c1").phase is Phase.TALKING
    story.now += timedelta(seconds=20)
    story.hangs_up("c1")
    assert 39.9 < story.fact("call.ended").data["talk_seconds"] < 40.1
    facts_once(story)


@pytest.mark.parametrize("answered", [False, True])
def test_a_consultation_goes_on(answered: bool) -> None:
    story = Played(available="alice bob")
    story.queues("c1")
    story.answers("alice")
    story.asks("alice: consult bob")
    if answered:
        story.answers("bob")
    story.taken_over()
    assert story.log == []
    if not answered:
        assert story.agent("bob").state is AgentState.RINGING
        story.answers("bob")
    assert story.call_of("c1").phase is Phase.CONSULTING
    story.asks("alice: complete")
    assert story.agent("bob").state is AgentState.ON_CALL
    assert story.agent("alice").status is AgentStatus.WRAP_UP
    story.hangs_up("c1")
    facts_once(story)


def test_a_blind_transfer_that_rings_goes_on() -> None:
    story = Played(available="alice bob")
    story.queues("c1")
    story.answers("alice")
    story.asks("alice: transfer bob")
    story.taken_over()
    assert story.agent("bob").state is AgentState.RINGING
    assert story.agent("alice").status is AgentStatus.WRAP_UP
    story.answers("bob")
    story.hangs_up("c1")
    facts_once(story)


@pytest.mark.parametrize("way", ["transfer bob", "consult bob"])
def test_a_transfer_that_was_completed_while_nobody_watched_is_no_second_answer_of_the_queue(way: str) -> None:
    story = Played(available="alice bob")
    story.queues("c1")
    story.answers("alice")
    story.now += timedelta(seconds=30)
    story.asks(f"alice: {way}")
    if way.startswith("consult"):
        story.answers("bob")
        # The controller dies just after it asked for the join, before it heard of it.
        story.sentence("alice: complete")
        story.switch.due.clear()
    else:
        story.switch.answer(story.leg("bob"), story.now)
        story.switch.due.clear()
    story.taken_over()
    assert story.agent("bob").state is AgentState.ON_CALL
    story.now += timedelta(seconds=40)
    story.hangs_up("c1")
    talk = story.fact("talk.started")
    assert (talk.data["agent_id"], talk.data["direction"], talk.data["visit_id"]) == (2, "transfer", "")
    facts_once(story)
    once = {fact.event_id: fact for fact in reversed(story.facts)}
    (visit,) = reduce_call(once.values()).visits
    assert visit.agent_id == 1
    assert [t.agent_id for t in reduce_call(once.values()).talks if t.visit_id] == [1]


def test_an_agent_who_dialled_with_nobody_there_gets_the_call(story: Played) -> None:
    story.switch.dial("d1", 1, "0212345678", TENANT, story.now)
    story.switch.due.clear()
    story.names["d1"] = "alice"
    story.taken_over()
    assert story.log == ["CallOut alice>0212345678"]


def test_who_the_fallback_connected_is_known_and_its_own_phones_are_left_alone() -> None:
    story = Played(available="alice bob")
    legs = story.switch.legs
    for caller, phone, agent, state in (("c1", "f1", "1", "bridged"), ("c2", "f2", "2", "ringing")):
        story.switch.arrive(caller, "01012345678", TENANT, 10, story.now)
        story.switch.variables[caller]["step"] = "fallback"
        legs[caller].state = "bridged" if state == "bridged" else "dialplan"
        legs[phone] = PretendLeg(phone, state, story.now, base=caller)
        story.switch.variables[phone] = {"tenant": "1", "role": "agent", "agent": agent}
    legs["c1"].other, legs["f1"].other, legs["f1"].answered = "f1", "c1", story.now
    story.switch.due.clear()
    story.now += timedelta(seconds=3)
    story.taken_over()
    assert story.log == []
    assert story.agent("alice").state is AgentState.ON_CALL
    assert story.kinds("talk", "queue", "offer") == [
        "queue.entered", "offer.made alice", "offer.ended answered alice", "queue.left answered alice",
        "talk.started inbound alice",
    ]  # fmt: skip
    # The second one is connected by the dialplan as we watch: the call detail records tell of it.
    story.switch.answer("f2", story.now)
    story.deliver()
    story.hangs_up("c2")
    assert [fact.call_id for fact in story.facts if fact.kind == "call.ended"] == []
    assert not story.centre.state.call_of("c2")


@pytest.mark.parametrize("answered", [False, True])
def test_an_outbound_call_goes_on(story: Played, answered: bool) -> None:
    story.asks("alice: dial 0212345678")
    story.answers("alice")
    if answered:
        story.answers("0212345678")
    story.taken_over()
    assert "HangUp alice" not in story.log
    if not answered:
        assert story.agent("alice").state is AgentState.DIALLING
        story.answers("0212345678")
    assert story.agent("alice").state is AgentState.ON_CALL
    story.hangs_up("0212345678")
    assert story.agent("alice").state is AgentState.IDLE
    facts_once(story)


def test_an_internal_call_goes_on_for_both() -> None:
    story = Played(available="alice bob")
    story.asks("alice: dial 1002")
    story.answers("alice")
    story.answers("bob")
    story.taken_over()
    assert (story.agent("alice").state, story.agent("bob").state) == (AgentState.ON_CALL, AgentState.ON_CALL)
    story.hangs_up("bob")
    assert story.agent("alice").ready
    facts_once(story)


def test_a_customer_whose_agent_went_unseen_goes_to_the_head_of_the_queue() -> None:
    story = Played(available="alice bob")
    story.queues("c1")
    story.answers("alice")
    story.asks("alice: hold")
    del story.switch.legs[story.leg("alice")]
    story.taken_over()
    assert story.log == ["Adopt c1", "Script c1", "Offer c1>alice"]


def test_calls_that_ended_during_a_lost_connection_are_left_to_their_detail_records() -> None:
    story = Played(without_wrap_up(), available="alice")
    story.queues("c1")
    story.answers("alice")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.switch.legs.clear()
    story.now += timedelta(seconds=60)
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, (), story.phones()))
    assert story.agent("alice").ready
    assert not story.centre.state.calls
    assert [fact for fact in story.facts if fact.kind in ("call.ended", "talk.ended")] == []


def test_what_was_missed_during_a_lost_connection_is_caught_up_with(story: Played) -> None:
    story.queues("c1")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.switch.answer(story.leg("alice"), story.now)
    story.switch.due.clear()
    story.log.clear()
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), story.phones()))
    assert story.log == ["Record c1"]
    assert story.agent("alice").state is AgentState.ON_CALL


def test_a_restarted_node_loses_its_calls_and_frees_the_agents() -> None:
    story = Played(without_wrap_up(), available="alice bob")
    story.queues("c1")
    story.answers("alice")
    story.queues("c2")
    story.queues("c3")
    story.log.clear()
    story.switch.legs.clear()
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.tell(ev.NodeUp(NODE, story.now, "core-2", True, (), story.phones()))
    assert story.agent("alice").ready and story.agent("bob").ready
    assert not story.centre.state.calls
    ended = [fact.data for fact in story.facts if fact.kind == "call.ended"]
    assert [data["by"] for data in ended] == ["lost"] * 3
    assert story.fact("node.lost").data["calls"] == 3
    assert story.kinds("queue.left")[1:] == ["queue.left lost", "queue.left lost"]
    assert_sums(story.facts)
    story.queues("c4")
    assert story.agent("alice").state is AgentState.RINGING or story.agent("bob").state is AgentState.RINGING


@pytest.mark.parametrize("ringing", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
def test_nothing_is_played_any_more_to_a_caller_who_left_during_a_lost_connection(
    ringing: bool, restarted: bool
) -> None:
    story = Played(available="alice" if ringing else "")
    story.queues("c1")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.switch.legs.clear()
    core = "core-2" if restarted else "core-1"
    effects = story.tell(ev.NodeUp(NODE, story.now, core, restarted, (), story.phones()))
    assert fx.StopScript("c1") in effects


def test_a_lost_node_is_offered_nothing_and_its_phones_are_forgotten() -> None:
    story = Played(available="")
    story.queues("c1")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.command(ev.LogIn, "alice")
    assert story.agent("alice").status is AgentStatus.AVAILABLE
    story.log.clear()
    story.command(ev.Dial, "alice", "0212345678")
    assert story.log == ["refused:no_switch"]
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), frozenset()))
    assert not story.agent("alice").registered
    story.log.clear()
    story.tell(ev.PhoneRegistered(NODE, story.now, "demo-1001"))
    assert story.log == ["Offer c1>alice"]


def test_a_caller_who_reached_the_queue_during_a_lost_connection_is_adopted() -> None:
    story = Played(available="alice")
    story.switch.arrive("c1", "01012345678", TENANT, 10, story.now)
    story.tell(story.switch.due.pop(0))  # arrived; that it was parked is lost
    story.switch.due.clear()
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.log.clear()
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), story.phones()))
    assert story.log == ["Adopt c1", "Script c1", "Offer c1>alice"]


def test_a_caller_whom_the_guard_sent_on_during_a_lost_connection_waits_no_more() -> None:
    story = Played(available="")
    story.queues("c1")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.switch.legs["c1"].state = "dialplan"
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), story.phones()))
    assert story.fact("queue.left").data["outcome"] == "timeout"
    story.hangs_up("c1")
    assert_sums(story.facts)


def test_timers_and_commands_wait_for_the_node() -> None:
    story = Played(available="alice bob")
    story.queues("c1")
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.log.clear()
    story.pass_until(story.now + timedelta(seconds=45))
    story.command(ev.SetStatus, "alice", AgentStatus.ON_BREAK)
    assert story.log == ["refused:no_switch"]
    assert story.agent("alice").state is AgentState.RINGING
    story.log.clear()
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), story.phones()))
    story.pass_until(story.now + timedelta(seconds=3))
    assert story.log == ["HangUp alice", "Resume c1", "Offer c1>bob"]


def test_an_agent_deleted_during_a_call_is_out_after_it() -> None:
    from dataclasses import replace

    story = Played(available="alice bob")
    story.queues("c1")
    story.answers("alice")
    others = {n: a for n, a in story.config.agents.items() if n != 1}
    story.tell(ev.TenantPublished(replace(story.config, agents=others)))
    assert story.agent("alice").state is AgentState.ON_CALL
    story.hangs_up("c1")
    assert story.agent("alice").status is AgentStatus.LOGGED_OUT
    assert_sums(story.facts)


def test_a_caller_whose_script_began_anew_is_not_engaged_any_more(story: Played) -> None:
    """The connection was lost while a callback was being left: the longest wait is the longest wait."""
    story.asks("alice: status break")
    story.queues("c1")
    story.tell(ev.ScriptEngaged("c1", True))
    story.tell(ev.NodeDown(NODE, story.now, "lost"))
    story.tell(ev.NodeUp(NODE, story.now, "core-1", False, story.switch.snapshot(), story.phones()))
    story.log.clear()
    story.pass_until(story.now + timedelta(seconds=121))
    assert story.log == ["Divert c1 unavailable"]


def test_leaving_a_callback_does_not_last_for_ever(story: Played) -> None:
    story.asks("alice: status break")
    story.queues("c1")
    story.tell(ev.ScriptEngaged("c1", True))
    story.pass_until(story.now + timedelta(seconds=121))
    assert story.call_of("c1").overdue
    story.log.clear()
    story.pass_until(story.now + timedelta(seconds=301))
    assert story.log == ["Divert c1 unavailable"]
