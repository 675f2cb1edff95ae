"""What a call's journal reduces to, told as tables."""

from __future__ import annotations

import random

import pytest

from app.core.outcomes import CALL_OUTCOMES
from app.core.records import reduce_call
from tests.scenarios.records.stories import (
    ANSWERED,
    CALLBACK,
    OUTBOUND,
    REFUSED_THEN_ABANDONED,
    TRANSFERRED,
    at,
    journal,
)

STORIES = [ANSWERED, REFUSED_THEN_ABANDONED, TRANSFERRED, OUTBOUND, CALLBACK]


def test_an_answered_call() -> None:
    facts = reduce_call(journal(ANSWERED))
    call = facts.call
    assert call is not None
    assert (call.direction, call.number, call.name, call.did) == (
        "inbound",
        "01012345678",
        "kim",
        "07040000001",
    )
    assert (call.queue_id, call.menu, call.agent_id, call.outcome) == (1, "1", 1, "connected")
    assert (call.wait_seconds, call.talk_seconds, call.hold_seconds) == (6.0, 120.4, 10.0)
    assert (call.started_at, call.answered_at, call.ended_at) == (at("0:0"), at("0:14"), at("2:14.4"))
    assert (call.recording, call.recording_seconds) == ("t1/2026/11/23/call-1.wav", 120.0)
    assert call.billed_seconds == 0
    (visit,) = facts.visits
    assert (visit.outcome, visit.agent_id, visit.wait_seconds, visit.talk_seconds) == (
        "answered",
        1,
        6.0,
        120.4,
    )
    (offer,) = facts.offers
    assert (offer.outcome, offer.ring_seconds) == ("answered", 5.9)


def test_a_refused_and_abandoned_call() -> None:
    facts = reduce_call(journal(REFUSED_THEN_ABANDONED))
    assert facts.call is not None
    assert (facts.call.outcome, facts.call.answered_at, facts.call.agent_id) == (
        "ringing_abandoned",
        None,
        None,
    )
    assert [(o.agent_id, o.outcome, o.ring_seconds) for o in facts.offers] == [
        (1, "refused", 4.0),
        (2, "caller_gone", 21.0),
    ]
    assert [(v.outcome, v.wait_seconds) for v in facts.visits] == [("abandoned", 25.0)]


def test_a_transfer_counts_for_the_call_but_not_for_the_queue() -> None:
    facts = reduce_call(journal(TRANSFERRED))
    assert facts.call is not None
    # 50 s with the first agent (20 of them on hold), 60 s with the second; the consultation runs beside.
    assert (facts.call.talk_seconds, facts.call.hold_seconds, facts.call.agent_id) == (110.0, 20.0, 1)
    assert facts.visits[0].talk_seconds == 50.0
    assert [(t.agent_id, t.direction, t.talk_seconds) for t in facts.talks] == [
        (1, "inbound", 50.0),
        (2, "consult", 15.0),
        (2, "transfer", 60.0),
    ]


def test_an_outgoing_call_is_billed_by_the_unit_and_settles_its_callback() -> None:
    facts = reduce_call(journal(OUTBOUND))
    assert facts.call is not None
    assert (facts.call.number, facts.call.agent_id, facts.call.billed_seconds) == ("01012345678", 1, 10)
    assert facts.call.callback
    assert facts.callback_done is not None
    assert (facts.callback_done.callback, facts.callback_done.agent_id) == (1, 1)
    assert reduce_call(journal(OUTBOUND)[:1]).callback_done is None, "not before the customer was reached"


def test_a_callback_request() -> None:
    facts = reduce_call(journal(CALLBACK))
    assert facts.call is not None
    assert (facts.call.outcome, facts.call.callback) == ("callback", True)
    assert [(c.callback_key, c.number, c.caller) for c in facts.callbacks] == [
        ("cb-call-1", "01087654321", "01012345678")
    ]


@pytest.mark.parametrize("story", STORIES)
def test_order_and_repetition_do_not_matter(story: str) -> None:
    events = journal(story)
    expected = reduce_call(events)
    assert expected.unreadable == ()
    for seed in range(20):
        shuffled = events + events[:5]
        random.Random(seed).shuffle(shuffled)
        assert reduce_call(shuffled) == expected


@pytest.mark.parametrize("story", STORIES)
def test_every_beginning_of_a_call_can_be_shown(story: str) -> None:
    events = journal(story)
    for known in range(len(events)):
        facts = reduce_call(events[:known])
        assert facts.unreadable == ()
        if facts.call is not None:
            assert facts.call.ended_at is None
            assert facts.call.outcome == ""


@pytest.mark.parametrize("missing", ["talk.ended", "hold.ended", "offer.ended", "queue.left"])
def test_the_end_of_the_call_closes_what_has_no_end(missing: str) -> None:
    events = [event for event in journal(ANSWERED) if event.kind != missing]
    facts, whole = reduce_call(events), reduce_call(journal(ANSWERED))
    if missing == "hold.ended":
        assert facts.talks[0].hold_seconds == 74.4, "held until the talk ended"
        return
    assert facts == whole


@pytest.mark.parametrize(
    ("by", "visit", "call", "offer"),
    [
        ("caller", "abandoned", "queue_abandoned", "caller_gone"),
        ("lost", "lost", "lost", "failed"),
        ("system", "failed", "failed", "caller_gone"),
    ],
)
def test_a_waiting_call_without_ends(by: str, visit: str, call: str, offer: str) -> None:
    table = f"""
    00:00 | call.arrived  |    | direction=inbound caller=010
    00:05 | queue.entered | 1  | visit_id=~#1 queue_id=1 origin=direct
    00:06 | offer.made    | a  | offer_id=a visit_id=~#1 queue_id=1 agent_id=1
    00:20 | call.ended    |    | cause=NORMAL_CLEARING by={by}
    """
    facts = reduce_call(journal(table))
    assert facts.call is not None
    assert (facts.visits[0].outcome, facts.visits[0].wait_seconds) == (visit, 15.0)
    assert (facts.call.outcome, facts.offers[0].outcome) == (call, offer)


@pytest.mark.parametrize(
    ("direction", "steps", "cause", "by", "outcome"),
    [
        ("inbound", "greeting after_hours", "NORMAL_CLEARING", "system", "after_hours"),
        ("inbound", "greeting holiday", "NORMAL_CLEARING", "caller", "holiday"),
        ("inbound", "lines_full", "NORMAL_CLEARING", "system", "lines_full"),
        ("inbound", "greeting menu no_digit", "NORMAL_CLEARING", "system", "no_digit"),
        ("inbound", "greeting menu", "NORMAL_CLEARING", "caller", "ars_abandoned"),
        ("inbound", "greeting", "NORMAL_CLEARING", "lost", "lost"),
        ("outbound", "", "USER_BUSY", "system", "busy"),
        ("outbound", "", "NO_ANSWER", "system", "no_answer"),
        ("outbound", "", "ORIGINATOR_CANCEL", "agent", "cancelled"),
        ("outbound", "", "NO_ROUTE_DESTINATION", "system", "failed"),
    ],
)
def test_calls_that_nobody_talked_in(direction: str, steps: str, cause: str, by: str, outcome: str) -> None:
    table = f"00:00 | call.arrived | | direction={direction} caller=010 number=010\n"
    for index, step in enumerate(steps.split()):
        table += f"00:0{index + 1} | ars.step | {index} | step={step} detail=\n"
    table += f"00:30 | call.ended | | cause={cause} by={by}"
    call = reduce_call(journal(table)).call
    assert call is not None
    assert call.outcome == outcome
    assert outcome in CALL_OUTCOMES


def test_an_internal_call_lasts_once() -> None:
    table = """
    00:00 | call.arrived | | direction=internal agent_id=1 number=1002
    00:05 | talk.started | x | talk_id=x agent_id=1 direction=internal number=1002
    00:05 | talk.started | y | talk_id=y agent_id=2 direction=internal number=1001
    00:15 | call.ended | | cause=NORMAL_CLEARING by=agent
    """
    facts = reduce_call(journal(table))
    assert facts.call is not None
    assert facts.call.talk_seconds == 10.0
    assert [talk.talk_seconds for talk in facts.talks] == [10.0, 10.0]


def test_an_event_without_what_its_kind_needs_is_named_and_left_out() -> None:
    events = journal(ANSWERED) + journal("00:20 | offer.made | broken | queue_id=1")
    facts = reduce_call(events)
    assert facts.unreadable == ("call-1/offer.made/broken",)
    assert facts.call == reduce_call(journal(ANSWERED)).call


def test_a_fact_told_again_by_who_took_over_does_not_change_the_first() -> None:
    """The new controller does not know that the refusal was seen, and says that the offer came to nothing."""
    told = """
    at    | kind          | mark | data
    00:00 | call.arrived  |      | direction=inbound did=07040000001 caller=01012345678
    00:05 | queue.entered | 1    | visit_id=~#1 queue_id=1 origin=direct position=1
    00:05 | offer.made    | ~-a1 | offer_id=~-a1 visit_id=~#1 queue_id=1 agent_id=1
    00:09 | offer.ended   | ~-a1 | offer_id=~-a1 agent_id=1 outcome=refused cause=USER_BUSY
    """
    again = "00:20 | offer.ended | ~-a1 | offer_id=~-a1 agent_id=1 outcome=failed cause=UNKNOWN"
    (offer,) = reduce_call([*journal(again), *journal(told)]).offers
    assert (offer.outcome, offer.ring_seconds) == ("refused", 4.0)
    assert reduce_call([*journal(told), *journal(again)]).offers == (offer,)
