"""Calls made known again from the variables of their legs: what a controller that starts, or takes over,
finds on a node. Facts that may have been recorded before are recorded again; their identity is the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.core import effects as fx
from app.core import events as ev
from app.core.agent import Move
from app.core.call import Call, Consult, Phase, Ring, RingKind, Visit
from app.core.call_common import UNSEEN, begin_talk, connect_agent, leave_queue
from app.core.call_dialling import agent_dialled
from app.core.call_offering import RECALL_GRACE
from app.core.call_reconnect import ROLE as RECONNECT_ROLE
from app.core.call_waiting import adopt, enter_queue
from app.core.centre_state import Step
from app.core.definitions import AgentId, AgentState, Leg
from app.core.ids import from_micros, talk_at
from app.core.numbering import normalise
from app.core.values import replace

Snapshot = Mapping[Leg, ev.LegSnapshot]


def rebuild(step: Step, event: ev.NodeUp, legs: Snapshot) -> None:
    """Every leg of ours on the node that belongs to no known call: build its call, or hang it up."""
    ours = [s for s in legs.values() if _number(s, "tenant") in step.state.tenants]
    for snapshot in ours:
        role = snapshot.variables.get("role")
        if role in ("caller", "customer") and not _known(step, snapshot):
            if role == "customer" and snapshot.state in ("ringing", "dialplan"):
                continue  # still being called: its agent's leg knows
            step.attempt(lambda s=snapshot: _customer_call(step, event, s, legs))  # type: ignore[misc]
    for snapshot in ours:
        stage = snapshot.variables.get("step")
        if stage == "dialled" and not _known(step, snapshot):
            step.attempt(lambda s=snapshot: _dialled_call(step, event, s, legs))  # type: ignore[misc]
        elif stage == "dial" and snapshot.state == "parked" and not _known(step, snapshot):
            tenant_id, agent_id = _number(snapshot, "tenant"), _number(snapshot, "agent")
            dialled = ev.AgentDialled(
                event.node, event.at, snapshot.leg, tenant_id, agent_id, snapshot.destination
            )
            step.attempt(lambda d=dialled: agent_dialled(step, d))  # type: ignore[misc]
    for snapshot in ours:
        if _made_by_us(snapshot) and not _known(step, snapshot) and snapshot.variables.get("step") != "dial":
            if snapshot.state != "bridged" or _bridged_to_ours(step, snapshot):
                step.emit(fx.HangUpLeg(snapshot.leg))


def _known(step: Step, snapshot: ev.LegSnapshot) -> bool:
    return snapshot.leg in step.state.legs


def _made_by_us(snapshot: ev.LegSnapshot) -> bool:
    """A leg that an effect of ours made; the phones that the dialplan's fallback rings are its own."""
    v = snapshot.variables
    if v.get("role") == "agent":
        return snapshot.leg in (v.get("offer"), v.get("call"))
    return v.get("role") in ("consult", "customer", RECONNECT_ROLE)


def _bridged_to_ours(step: Step, snapshot: ev.LegSnapshot) -> bool:
    return snapshot.other is None or snapshot.other in step.state.legs


def _number(snapshot: ev.LegSnapshot, name: str) -> int:
    text = snapshot.variables.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _agent(step: Step, call: Call, agent_id: int) -> AgentId | None:
    """The agent, if ours and in no other call."""
    agent = step.agent(call.tenant_id, agent_id)
    return agent_id if agent is not None and agent.call_id is None else None


# --- a caller, or a called customer -------------------------------------------------------------------------


def _customer_call(step: Step, event: ev.NodeUp, found: ev.LegSnapshot, legs: Snapshot) -> None:
    v = found.variables
    call = Call(
        call_id=v.get("call") or found.leg, tenant_id=_number(found, "tenant"), node=event.node,
        direction=v.get("direction") or "inbound", phase=Phase.ARS, arrived_at=found.created_at, customer=found.leg,
        did=v.get("did", ""), number=v.get("number") or normalise(found.caller_number), name=found.caller_name,
        menu=v.get("menu", ""), queue_id=_number(found, "queue") or None, visits=_number(found, "visit"),
        place=from_micros(v.get("place")) or from_micros(v.get("entered")),
        customer_answered_at=found.answered_at, peer=_number(found, "peer") or None,
    )  # fmt: skip
    if found.state == "dialplan":
        step.put_call(replace(call, phase=Phase.DIVERTED) if v.get("step") == "diverted" else call)
    elif found.state == "bridged":
        _bridged(step, event, call, found, legs)
    else:
        _parked(step, event, call, found, legs)


def _visit(
    step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, offer: ev.LegSnapshot | None = None
) -> Call:
    """The visit that the caller's variables tell of, put back into its queue at its place. Callers whom
    the fallback took care of have no such variables: they came before the phone (``offer``) rang."""
    queue_id = call.queue_id
    assert queue_id is not None
    entered = from_micros(found.variables.get("entered")) or (offer.created_at if offer is not None else event.at)
    place = call.place or entered
    number = max(1, call.visits)
    visit = Visit(
        number, queue_id, entered, place, found.variables.get("origin") or "direct", _number(found, "priority")
    )
    call = replace(call, visit=visit, visits=number, place=place)
    step.fact(
        call, "queue.entered", str(number), when=entered, visit_id=call.visit_id, queue_id=call.queue_id,
        origin=visit.origin, position=0,
    )  # fmt: skip
    tenant = step.tenant(call.tenant_id)
    queue = tenant.queues[queue_id]
    step.put_queue(tenant, queue.joined(step.entry(call)))
    return call


def _queue_known(step: Step, call: Call) -> bool:
    return call.queue_id is not None and call.queue_id in step.tenant(call.tenant_id).queues


def _parked(step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, legs: Snapshot) -> None:
    v = found.variables
    talk, offer, stage = legs.get(v.get("talk", "")), legs.get(v.get("offer", "")), v.get("step", "")
    if talk is not None and stage in ("talk", "held", "consult"):
        _held(step, event, call, found, talk, legs)
        return
    agent_id = _agent(step, call, _number(found, "agent"))
    if offer is not None and agent_id is not None and (stage == "transfer" or _queue_known(step, call)):
        _ringing(step, event, call, found, offer, agent_id)
        return
    _offer_over(step, event, call, found, legs)
    if not _queue_known(step, call):
        step.put_call(call)
        if call.direction == "inbound":
            step.emit(fx.Divert(found.leg, call.tenant_id, "unavailable"))
            step.put_call(replace(call, phase=Phase.DIVERTED))
        else:
            step.emit(fx.HangUpLeg(found.leg))
            step.put_call(replace(call, phase=Phase.ENDING, ended_by="agent"))
        return
    if stage not in ("queue", "adopted", ""):
        # Its agent went while nobody watched: back to the head, as when an agent leaves.
        assert call.queue_id is not None
        _talk_over(step, event, call, found)
        enter_queue(step, call, call.queue_id, origin="extension", place=call.place or event.at)
        return
    call = replace(_visit(step, event, call, found), phase=Phase.WAITING)
    tenant = step.tenant(call.tenant_id)
    assert call.visit is not None
    step.put_queue(tenant, tenant.queues[call.visit.queue_id].reopened(step.entry(call)))
    step.put_call(call)
    adopt(step, call, resumed=bool(v.get("entered")))


def _offer_over(step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, legs: Snapshot) -> None:
    """The caller's last offer does not ring any more. If its end was seen, that was told first, and counts."""
    offer, agent_id = found.variables.get("offer", ""), _number(found, "agent")
    if offer and offer not in legs and agent_id:
        step.fact(
            call, "offer.ended", offer, when=event.at, offer_id=offer, agent_id=agent_id, outcome="failed",
            cause=UNSEEN,
        )  # fmt: skip


def _talk_over(step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot) -> None:
    """The agent's leg went unseen. If the end of the talk was seen, that was told first, and counts."""
    leg, agent_id = found.variables.get("talk", ""), _number(found, "agent")
    if leg and agent_id:
        talk_id, _ = talk_at(leg, event.at, found.variables.get("talk_id", ""))
        if found.variables.get("step") in ("held", "consult"):
            mark = f"{talk_id}/{found.variables.get('held', '')}"
            step.fact(call, "hold.ended", mark, talk_id=talk_id, agent_id=agent_id)
        step.fact(call, "talk.ended", talk_id, talk_id=talk_id, agent_id=agent_id, cause=UNSEEN)


def _ringing(
    step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, offer: ev.LegSnapshot, agent_id: AgentId
) -> None:
    """A phone rings for this caller: the offer goes on, with a fresh recall time."""
    transfer = found.variables.get("step") == "transfer"
    if not transfer:
        call = _visit(step, event, call, found, offer)
    ring = Ring(
        offer.leg, RingKind.TRANSFER if transfer else RingKind.QUEUE, offer.created_at, agent_id,
        answered=offer.answered_at is not None,
    )  # fmt: skip
    call = replace(call, phase=Phase.TRANSFERRING if transfer else Phase.RINGING, ring=ring)
    step.put_call(call)
    agent = step.agent(call.tenant_id, agent_id)
    assert agent is not None
    step.move(agent, Move.OFFERED, call, offer.leg)
    _offer_made(step, call, ring)
    recall = step.config(call).recall_seconds
    step.emit(fx.StartTimer(f"recall:{ring.leg}", recall + RECALL_GRACE))


def _offer_made(step: Step, call: Call, ring: Ring) -> None:
    step.fact(
        call, "offer.made", ring.leg, when=ring.made_at, offer_id=ring.leg, visit_id=call.visit_id,
        queue_id=call.queue_id, agent_id=ring.agent_id, candidates=[{"agent_id": ring.agent_id, "reason": "chosen"}],
    )  # fmt: skip


def _held(
    step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, talk: ev.LegSnapshot, legs: Snapshot
) -> None:
    agent_id = _agent(step, call, _number(found, "agent"))
    if agent_id is None:
        step.put_call(replace(call, phase=Phase.AWAY, agent_leg=talk.leg))
        return
    since = talk.answered_at or event.at
    call = _talk(step, call, agent_id, talk.leg, talk_at(talk.leg, since, found.variables.get("talk_id", "")))
    held = from_micros(found.variables.get("held")) or event.at
    call = replace(call, phase=Phase.HELD, held_since=held, agent_rests=True)
    agent = step.agent(call.tenant_id, agent_id)
    assert agent is not None
    if agent.state is AgentState.ON_CALL:
        step.move(agent, Move.HELD)
    consulted = legs.get(found.variables.get("consult", ""))
    if found.variables.get("step") == "consult" and consulted is not None:
        call = _consult(step, event, call, found, consulted)
    step.put_call(call)


def _consult(step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, consulted: ev.LegSnapshot) -> Call:
    target = _agent(step, call, _number(found, "target"))
    talking = consulted.state == "bridged"
    consult = Consult(
        consulted.leg, consulted.created_at, target, found.variables.get("target_number", ""),
        answered=consulted.answered_at is not None, bridged=talking,
        talk_since=(consulted.answered_at or event.at) if talking else None,
    )  # fmt: skip
    call = replace(call, consult=consult, phase=Phase.CONSULTING if talking else Phase.CONSULT_RINGING)
    step.put_call(call)
    if target is not None:
        agent = step.agent(call.tenant_id, target)
        assert agent is not None
        if talking:
            connect_agent(step, call, target, consulted.leg, counts=False)
        else:
            step.move(agent, Move.OFFERED, call, consulted.leg)
    if not talking:
        step.emit(fx.StartTimer(f"watch:{call.call_id}", step.config(call).recall_seconds + RECALL_GRACE))
    return call


# --- joined -------------------------------------------------------------------------------------------------


def _bridged(step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, legs: Snapshot) -> None:
    v = found.variables
    other = legs.get(found.other or "")
    named = found.other in (v.get("talk"), v.get("offer"))
    agent_id = _number(found, "agent") if named else (_number(other, "agent") if other is not None else 0)
    agent = _agent(step, call, agent_id)
    if agent is None or found.other is None:
        step.put_call(replace(call, phase=Phase.AWAY, agent_leg=found.other))
        return
    since = (other.answered_at if other is not None else None) or event.at
    if v.get("talk") == found.other:
        step.put_call(_talk(step, call, agent, found.other, talk_at(found.other, since, v.get("talk_id", ""))))
        return
    if v.get("step") in ("transfer", "consult"):
        # A consulted agent's leg was answered long before it was joined with the customer.
        joined = since if v["step"] == "transfer" else event.at
        _transferred(step, call, agent, found.other, other, v["step"], joined)
        return
    # Joined while nobody watched: by the bridge of an offer, or by the dialplan's fallback.
    visit = ""
    if _queue_known(step, call):
        call = _visit(step, event, call, found, other)
        visit = call.visit_id
        ring = Ring(found.other, RingKind.QUEUE, other.created_at if other is not None else since, agent)
        _offer_made(step, call, ring)
        step.fact(
            call, "offer.ended", ring.leg, when=since, offer_id=ring.leg, agent_id=agent, outcome="answered", cause=""
        )
        call = _left_at(step, call, agent, since)
    # The fallback records by itself, into the same file.
    call = replace(call, recording=v.get("step") == "fallback")
    step.put_call(_begin(step, call, agent, found.other, visit, since))


def _transferred(
    step: Step, call: Call, agent_id: AgentId, leg: Leg, found: ev.LegSnapshot | None, stage: str, since: datetime
) -> None:
    """Passed on while nobody watched: the visit was answered before, by the agent who did that. Who that was
    is not known any more. The recording goes on. Stores the call."""
    if stage == "transfer":
        ring = Ring(leg, RingKind.TRANSFER, found.created_at if found is not None else since, agent_id)
        _offer_made(step, call, ring)
        step.fact(
            call, "offer.ended", leg, when=since, offer_id=leg, agent_id=agent_id, outcome="answered", cause=""
        )
    step.fact(
        call, "call.transferred", leg, from_agent=None, to_agent=agent_id, to_queue=None, to_number="",
        mode="blind" if stage == "transfer" else "consult",
    )  # fmt: skip
    call = replace(call, recording=step.config(call).recording)
    step.put_call(_begin(step, call, agent_id, leg, "", since, "transfer"))


def _left_at(step: Step, call: Call, agent_id: AgentId, since: datetime) -> Call:
    at, step.at = step.at, since
    call = leave_queue(step, call, "answered", agent_id=agent_id)
    step.at = at
    return call


def _begin(
    step: Step, call: Call, agent_id: AgentId, leg: Leg, visit: str, since: datetime, direction: str = ""
) -> Call:
    """A talk that began unseen at ``since``; recording starts now, if it should."""
    at, step.at = step.at, since
    call = begin_talk(step, call, agent_id, leg, direction or call.direction, visit)
    step.at = at
    return call


def _talk(step: Step, call: Call, agent_id: AgentId, leg: Leg, talk: tuple[str, datetime]) -> Call:
    """A talk that was known before: adopted untouched, nothing is recorded or started again."""
    talk_id, since = talk
    connect_agent(step, call, agent_id, leg, counts=False)
    call = replace(
        call, phase=Phase.TALKING, agent_id=agent_id, agent_leg=leg, talk_id=talk_id, talk_since=since,
        answered_at=since, recording=call.direction != "internal",
    )  # fmt: skip
    peer = _agent(step, call, call.peer or 0)
    if peer is not None and call.customer is not None:
        connect_agent(step, call, peer, call.customer, counts=False)
        call = replace(call, peer=peer, peer_talk=call.customer)
    elif call.peer is not None:
        call = replace(call, peer=None)
    return call


# --- an agent who was dialling --------------------------------------------------------------------------------


def _dialled_call(step: Step, event: ev.NodeUp, found: ev.LegSnapshot, legs: Snapshot) -> None:
    v = found.variables
    target = legs.get(v.get("target", ""))
    call = Call(
        call_id=v.get("call") or found.leg, tenant_id=_number(found, "tenant"), node=event.node,
        direction=v.get("direction") or "outbound", phase=Phase.DIALLING, arrived_at=found.created_at,
        agent_leg=found.leg, number=v.get("number", ""), callback_id=_number(found, "callback") or None,
    )  # fmt: skip
    agent_id = _agent(step, call, _number(found, "agent"))
    if target is None or agent_id is None:
        step.emit(fx.HangUpLeg(found.leg))
        return
    agent = step.agent(call.tenant_id, agent_id)
    assert agent is not None
    call = replace(call, agent_id=agent_id, peer=_agent(step, call, _number(found, "peer")))
    if found.state == "bridged" and target.answered_at is not None:
        call = replace(call, customer=target.leg, customer_answered_at=target.answered_at)
        call = _begin(step, call, agent_id, found.leg, "", target.answered_at)
        if call.peer is not None:
            connect_agent(step, call, call.peer, target.leg, counts=False)
            call = replace(call, peer_talk=target.leg)
        step.put_call(call)
        return
    kind = RingKind.INTERNAL if call.peer is not None else RingKind.OUTSIDE
    call = replace(call, ring=Ring(target.leg, kind, target.created_at, call.peer, call.number))
    step.put_call(call)
    step.move(agent, Move.DIALLED, call, found.leg)
    other = step.agent(call.tenant_id, call.peer)
    if other is not None:
        step.move(other, Move.OFFERED, call, target.leg)
    step.emit(fx.StartTimer(f"recall:{target.leg}", step.config(call).recall_seconds + RECALL_GRACE))
