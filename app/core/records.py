"""Journal events → records, purely: the same events in any order, told once or twice, give the same records.

``reduce_call`` takes all that is known of one call so far; a call in progress gives records with open
ends. What never got an end of its own (a controller died, a node was lost) ends with ``call.ended``.
Durations are seconds, exact; whoever shows them rounds by ``billing.whole_seconds``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.core.billing import billed_seconds
from app.core.definitions import CallId
from app.core.journal import JournalEvent
from app.core.outcomes import call_outcome
from app.core.record_types import (
    CallbackDone,
    CallbackRecord,
    CallFacts,
    CallRecord,
    OfferRecord,
    TalkRecord,
    VisitRecord,
)
from app.core.status_intervals import StatusInterval, merge_statuses, status_changes

__all__ = [
    "CallFacts",
    "CallRecord",
    "CallbackDone",
    "CallbackRecord",
    "OfferRecord",
    "StatusInterval",
    "TalkRecord",
    "VisitRecord",
    "facts_by_call",
    "in_order",
    "merge_statuses",
    "reduce_call",
    "status_changes",
]

CONVERSATIONS = frozenset({"inbound", "outbound", "internal", "transfer"})
"""Directions of talks that are with the other party of the call; consultations run beside them."""

# The order of facts that bear the same time: what opens comes before what closes, and the end is last.
_ORDER = {
    kind: index
    for index, kind in enumerate(
        "call.arrived call.answered ars.step queue.entered offer.made offer.ended callback.requested queue.left "
        "talk.started hold.started consult.started consult.ended hold.ended call.transferred talk.ended "
        "call.recorded call.ended".split()
    )
}


def in_order(events: Iterable[JournalEvent]) -> list[JournalEvent]:
    """By time, then by kind, then by identity; each identity once: who took over may have told it again, later."""
    unique: dict[str, JournalEvent] = {}
    for event in sorted(events, key=lambda e: (e.at, _ORDER.get(e.kind, 99), e.event_id)):
        unique.setdefault(event.event_id, event)
    return list(unique.values())


@dataclass(slots=True)
class _Draft:
    """What is known of a call so far, while its events pass by."""

    arrived: JournalEvent | None = None
    ended: JournalEvent | None = None
    steps: list[tuple[str, str]] = field(default_factory=list)
    visits: dict[str, VisitRecord] = field(default_factory=dict)
    ringing: bool = False
    offers: dict[str, OfferRecord] = field(default_factory=dict)
    talks: dict[str, TalkRecord] = field(default_factory=dict)
    held_since: dict[str, datetime] = field(default_factory=dict)
    callbacks: list[CallbackRecord] = field(default_factory=list)
    recording: tuple[str, float] = ("", 0.0)
    unreadable: list[str] = field(default_factory=list)


def reduce_call(events: Iterable[JournalEvent]) -> CallFacts:
    """The records of one call from all its events known so far. Kinds that records do not need are ignored."""
    draft = _Draft()
    for event in in_order(events):
        handler = _HANDLERS.get(event.kind)
        if handler is None:
            continue
        try:
            handler(draft, event)
        except (KeyError, TypeError, ValueError):
            draft.unreadable.append(event.event_id)
    return _finish(draft)


# --- one event each -----------------------------------------------------------------------------


def _arrived(draft: _Draft, event: JournalEvent) -> None:
    draft.arrived = draft.arrived or event


def _ended(draft: _Draft, event: JournalEvent) -> None:
    draft.ended = draft.ended or event


def _step(draft: _Draft, event: JournalEvent) -> None:
    draft.steps.append((str(event.data.get("step", "")), str(event.data.get("detail") or "")))


def _entered(draft: _Draft, event: JournalEvent) -> None:
    visit_id = event.data["visit_id"]
    draft.visits[visit_id] = VisitRecord(
        visit_id,
        event.tenant_id,
        _call(event),
        event.data["queue_id"],
        event.data.get("origin") or "direct",
        event.at,
    )


def _left(draft: _Draft, event: JournalEvent) -> None:
    visit = draft.visits.get(event.data["visit_id"])
    if visit is None or visit.left_at is not None:
        return
    draft.ringing = bool(event.data.get("ringing"))
    draft.visits[visit.visit_id] = replace(
        visit,
        left_at=event.at,
        outcome=str(event.data.get("outcome") or "failed"),
        agent_id=event.data.get("agent_id"),
        wait_seconds=_seconds(visit.entered_at, event.at),
    )


def _offered(draft: _Draft, event: JournalEvent) -> None:
    data = event.data
    draft.offers[data["offer_id"]] = OfferRecord(
        data["offer_id"],
        event.tenant_id,
        _call(event),
        data.get("visit_id") or "",
        data.get("queue_id"),
        data["agent_id"],
        event.at,
        candidates=tuple(data.get("candidates") or ()),
    )


def _offer_ended(draft: _Draft, event: JournalEvent) -> None:
    offer = draft.offers.get(event.data["offer_id"])
    if offer is None or offer.ended_at is not None:
        return
    draft.offers[offer.offer_id] = replace(
        offer,
        ended_at=event.at,
        outcome=str(event.data.get("outcome") or "failed"),
        cause=str(event.data.get("cause") or ""),
        ring_seconds=_seconds(offer.made_at, event.at),
    )


def _talk_started(draft: _Draft, event: JournalEvent) -> None:
    data = event.data
    draft.talks[data["talk_id"]] = TalkRecord(
        data["talk_id"],
        event.tenant_id,
        _call(event),
        data["agent_id"],
        data.get("queue_id"),
        data.get("visit_id") or "",
        data.get("direction") or "inbound",
        str(data.get("number") or ""),
        event.at,
    )


def _talk_ended(draft: _Draft, event: JournalEvent) -> None:
    talk = draft.talks.get(event.data["talk_id"])
    if talk is not None and talk.ended_at is None:
        _close_hold(draft, talk.talk_id, event.at)
        talk = draft.talks[talk.talk_id]
        draft.talks[talk.talk_id] = replace(
            talk, ended_at=event.at, talk_seconds=_seconds(talk.started_at, event.at)
        )


def _held(draft: _Draft, event: JournalEvent) -> None:
    talk = draft.talks.get(event.data["talk_id"])
    if talk is not None and talk.ended_at is None:
        draft.held_since.setdefault(talk.talk_id, event.at)


def _resumed(draft: _Draft, event: JournalEvent) -> None:
    _close_hold(draft, event.data["talk_id"], event.at)


def _close_hold(draft: _Draft, talk_id: str, at: datetime) -> None:
    since = draft.held_since.pop(talk_id, None)
    if since is not None:
        talk = draft.talks[talk_id]
        draft.talks[talk_id] = replace(talk, hold_seconds=talk.hold_seconds + _seconds(since, at))


def _recorded(draft: _Draft, event: JournalEvent) -> None:
    path, seconds = str(event.data.get("path") or ""), float(event.data.get("seconds") or 0.0)
    if path and (not draft.recording[0] or seconds >= draft.recording[1]):
        draft.recording = path, seconds


def _callback(draft: _Draft, event: JournalEvent) -> None:
    data = event.data
    draft.callbacks.append(
        CallbackRecord(
            str(data["callback_id"]),
            event.tenant_id,
            _call(event),
            data.get("queue_id"),
            str(data.get("caller") or ""),
            str(data.get("number") or ""),
            event.at,
        )
    )


_HANDLERS = {
    "call.arrived": _arrived,
    "ars.step": _step,
    "queue.entered": _entered,
    "queue.left": _left,
    "offer.made": _offered,
    "offer.ended": _offer_ended,
    "talk.started": _talk_started,
    "talk.ended": _talk_ended,
    "hold.started": _held,
    "hold.ended": _resumed,
    "call.recorded": _recorded,
    "callback.requested": _callback,
    "call.ended": _ended,
}


# --- the end -------------------------------------------------------------------------------------


def _finish(draft: _Draft) -> CallFacts:
    if draft.ended is not None:
        _close_all(draft, draft.ended)
    talks = sorted(draft.talks.values(), key=lambda t: (t.started_at, t.talk_id))
    visits = [_with_talk(visit, talks) for visit in draft.visits.values()]
    visits.sort(key=lambda v: (v.entered_at, v.visit_id))
    offers = sorted(draft.offers.values(), key=lambda o: (o.made_at, o.offer_id))
    call = _call_record(draft, talks, visits) if draft.arrived is not None else None
    return CallFacts(
        call,
        tuple(visits),
        tuple(offers),
        tuple(talks),
        tuple(draft.callbacks),
        _callback_done(draft, talks),
        tuple(draft.unreadable),
    )


def _close_all(draft: _Draft, ended: JournalEvent) -> None:
    """Give ends to what has none: the call's end is the latest that they can have had."""
    lost = ended.data.get("by") == "lost"
    for talk in list(draft.talks.values()):
        if talk.ended_at is None:
            end = max(ended.at, talk.started_at)
            _close_hold(draft, talk.talk_id, end)
            draft.talks[talk.talk_id] = replace(
                draft.talks[talk.talk_id], ended_at=end, talk_seconds=_seconds(talk.started_at, end)
            )
    answers = {talk.visit_id: talk for talk in draft.talks.values() if talk.visit_id}
    for visit in list(draft.visits.values()):
        if visit.left_at is not None:
            continue
        answer = answers.get(visit.visit_id)
        if answer is not None:
            end, outcome, agent_id = answer.started_at, "answered", answer.agent_id
        else:
            end, agent_id = max(ended.at, visit.entered_at), None
            by_caller = ended.data.get("by") == "caller"
            outcome = "lost" if lost else "abandoned" if by_caller else "failed"
        draft.visits[visit.visit_id] = replace(
            visit,
            left_at=end,
            outcome=outcome,
            agent_id=agent_id,
            wait_seconds=_seconds(visit.entered_at, end),
        )
    answered = {talk.talk_id: talk for talk in draft.talks.values()}
    for offer in list(draft.offers.values()):
        if offer.ended_at is not None:
            continue
        talk_of_offer = answered.get(offer.offer_id)
        end = talk_of_offer.started_at if talk_of_offer else max(ended.at, offer.made_at)
        outcome = "answered" if talk_of_offer else "failed" if lost else "caller_gone"
        draft.offers[offer.offer_id] = replace(
            offer, ended_at=end, outcome=outcome, ring_seconds=_seconds(offer.made_at, end)
        )


def _with_talk(visit: VisitRecord, talks: Sequence[TalkRecord]) -> VisitRecord:
    """An answered visit bears the talk of the agent who answered it."""
    seconds = sum(
        talk.talk_seconds
        for talk in talks
        if talk.visit_id == visit.visit_id and talk.agent_id == visit.agent_id and talk.direction == "inbound"
    )
    return replace(visit, talk_seconds=seconds) if visit.outcome == "answered" else visit


def _call_record(draft: _Draft, talks: Sequence[TalkRecord], visits: Sequence[VisitRecord]) -> CallRecord:
    assert draft.arrived is not None
    arrived, ended = draft.arrived, draft.ended
    data = arrived.data
    direction = str(data.get("direction") or "inbound")
    with_other = [talk for talk in talks if talk.direction in CONVERSATIONS]
    if direction == "internal":
        # Both ends are agents with a talk each; the call lasts once.
        with_other = with_other[:1]
    number = str((data.get("caller") if direction == "inbound" else data.get("number")) or "")
    seconds = sum(talk.talk_seconds for talk in with_other)
    outcome = ""
    if ended is not None:
        outcome = call_outcome(
            direction,
            str(ended.data.get("cause") or ""),
            str(ended.data.get("by") or ""),
            talked=bool(with_other),
            last_visit=visits[-1].outcome if visits else "",
            ringing=draft.ringing,
            steps=[step for step, _ in draft.steps],
        )
    first = with_other[0].agent_id if with_other else None
    return CallRecord(
        call_id=_call(arrived),
        tenant_id=arrived.tenant_id,
        direction=direction,
        started_at=arrived.at,
        answered_at=with_other[0].started_at if with_other else None,
        ended_at=max(ended.at, arrived.at) if ended is not None else None,
        did=str(data.get("did") or ""),
        number=number,
        name=str(data.get("name") or ""),
        queue_id=visits[-1].queue_id if visits else None,
        menu="".join(detail for step, detail in draft.steps if step == "menu")[:20],
        agent_id=first if direction == "inbound" else data.get("agent_id", first),
        talk_seconds=seconds,
        hold_seconds=sum(talk.hold_seconds for talk in with_other),
        wait_seconds=sum(visit.wait_seconds for visit in visits),
        billed_seconds=billed_seconds(direction, number, seconds),
        outcome=outcome,
        cause=str(ended.data.get("cause") or "") if ended is not None else "",
        ended_by=str(ended.data.get("by") or "") if ended is not None else "",
        callback=bool(draft.callbacks) or data.get("callback_id") is not None,
        recording=draft.recording[0],
        recording_seconds=draft.recording[1],
    )


def _callback_done(draft: _Draft, talks: Sequence[TalkRecord]) -> CallbackDone | None:
    reached = [talk for talk in talks if talk.direction == "outbound"]
    if draft.arrived is None or not reached or draft.arrived.data.get("callback_id") is None:
        return None
    return CallbackDone(
        draft.arrived.tenant_id,
        draft.arrived.data["callback_id"],
        reached[0].agent_id,
        reached[0].started_at,
        _call(draft.arrived),
    )


def _call(event: JournalEvent) -> CallId:
    assert event.call_id is not None, event.event_id
    return event.call_id


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, round((end - start).total_seconds(), 6))


def facts_by_call(events: Iterable[JournalEvent]) -> Mapping[CallId, CallFacts]:
    """All calls of a journal, reduced (verification; the worker reduces call by call)."""
    by_call: dict[CallId, list[JournalEvent]] = {}
    for event in events:
        if event.call_id is not None:
            by_call.setdefault(event.call_id, []).append(event)
    return {call_id: reduce_call(own) for call_id, own in by_call.items()}
