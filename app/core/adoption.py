"""Reconciliation: a node's snapshot compared with what we know, after a lost connection, a restart of
FreeSWITCH, a restart of ours, or a takeover. Nobody who talks is touched; who waits keeps the place.

What we know is brought up to date by telling ourselves the events that we missed; what we do not know is
rebuilt (``rebuilding``); our legs that belong to nothing any more are hung up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core import effects as fx
from app.core import events as ev
from app.core.call import Call, Phase
from app.core.call_common import UNSEEN, drop_consult, drop_ring, finish, leave_queue
from app.core.call_waiting import adopt
from app.core.centre_state import Step
from app.core.definitions import Leg, TenantId
from app.core.journal import JournalEvent
from app.core.rebuilding import rebuild
from app.core.tenants import registrations
from app.core.values import replace

LOST = "SYSTEM_SHUTDOWN"
"""Hangup cause of the calls of a node that restarted."""

SCRIPTED = (Phase.WAITING, Phase.RINGING)
"""Phases in which a script runs on the customer's leg, or rests."""

LegEvent = Callable[[Step, Any], None]
Snapshot = Mapping[Leg, ev.LegSnapshot]


def node_up(step: Step, event: ev.NodeUp, leg_event: LegEvent) -> None:
    """A node is connected (again)."""
    step.set(step.state.nodes, event.node, True)
    registrations(step, event.node, event.registered)
    known = [call for call in step.state.calls.values() if call.node == event.node]
    if event.restarted:
        _node_lost(step, event, known)
        known = []
    legs = {snapshot.leg: snapshot for snapshot in event.legs}
    for call in known:
        _catch_up(step, event, call, legs, leg_event)
    rebuild(step, event, legs)
    for tenant in step.state.tenants.values():
        for queue_id in tenant.queues:
            step.match_later(tenant.config.tenant_id, queue_id)


# --- a restarted node -----------------------------------------------------------------------------------


def _node_lost(step: Step, event: ev.NodeUp, calls: list[Call]) -> None:
    tenants: dict[TenantId, int] = {}
    for call in calls:
        tenants[call.tenant_id] = tenants.get(call.tenant_id, 0) + 1
        lose(step, call)
    micros = int(event.at.timestamp() * 1_000_000)
    for tenant_id, count in tenants.items():
        data = {"node": event.node, "core_uuid": event.core_uuid, "reason": "restarted", "calls": count}
        fact = JournalEvent(
            f"t{tenant_id}/node.lost/{event.node}/{micros}", tenant_id, "node.lost", event.at, None, data
        )
        step.emit(fx.Record(fact))


def lose(step: Step, call: Call) -> None:
    """The call's legs are all gone with their node: it is closed as lost, its agents are free."""
    if call.phase in SCRIPTED and call.customer is not None:
        step.emit(fx.StopScript(call.customer))
    call = drop_ring(step, call, "failed", LOST, hang_up=False)
    call = drop_consult(step, call, "failed", LOST, hang_up=False)
    call = replace(call, customer=None, agent_leg=None, leaving=frozenset(), ended_by="lost")
    finish(step, call, by="lost", cause=LOST, visit="lost")


# --- the same node, some events later ---------------------------------------------------------------------


def _catch_up(step: Step, event: ev.NodeUp, call: Call, legs: Snapshot, leg_event: LegEvent) -> None:
    """Tell ourselves what we missed of one call: who has gone, who was joined, who came to rest."""
    call_id = call.call_id
    if call.customer is not None and call.customer in legs and call.phase in (Phase.WAITING, Phase.ARS):
        _catch_up_caller(step, event, call, legs[call.customer], leg_event)
        return
    if call.phase is Phase.ENDING:
        step.emit(*(fx.HangUpLeg(leg) for leg in sorted(call.legs) if leg in legs))
    pending = _unpresented(call)
    gone = [leg for leg in _in_order(call) if leg not in legs and leg != pending]
    if call.customer in gone and call.phase in SCRIPTED:
        # Who drives the script has not heard the hang-up either, and would play to nobody for ever.
        step.emit(fx.StopScript(call.customer))
    if call.customer in gone or all(leg in gone for leg in call.legs):
        step.put_call(replace(call, untold=True))
    for leg in gone:
        step.attempt(lambda leg=leg: leg_event(step, ev.LegHungUp(event.node, event.at, leg, UNSEEN)))  # type: ignore[misc]
    now = step.state.calls.get(call_id)
    if now is None:
        return
    for missed in _missed(event, now, legs):
        step.attempt(lambda missed=missed: leg_event(step, missed))  # type: ignore[misc]


def _catch_up_caller(
    step: Step, event: ev.NodeUp, call: Call, found: ev.LegSnapshot, leg_event: LegEvent
) -> None:
    """A caller on the way to the queue, or in it: parked there, taken by the fallback, or sent on by the guard."""
    v = found.variables
    if found.state == "bridged" and found.other is not None:
        leg_event(step, ev.LegsBridged(event.node, event.at, found.leg, found.other))
    elif call.phase is Phase.ARS:
        if found.state == "parked" and v.get("queue", "").isdecimal():
            queued = ev.CallQueued(
                event.node, event.at, found.leg, call.tenant_id, int(v["queue"]), v.get("did", ""),
                found.caller_number, found.caller_name, call.arrived_at, v.get("menu", ""),
            )  # fmt: skip
            leg_event(step, queued)
    elif found.state == "dialplan":
        step.emit(fx.StopScript(found.leg))
        step.put_call(replace(leave_queue(step, call, "timeout"), phase=Phase.DIVERTED))
    else:
        # What was played to the caller may have ended unheard of: from the beginning.
        adopt(step, call, resumed=True)


def _unpresented(call: Call) -> Leg | None:
    """A leg that does not exist yet, by our own doing."""
    if call.ring is not None and not call.ring.presented:
        return call.ring.leg
    if call.consult is not None and not call.consult.presented:
        return call.consult.leg
    return None


def _in_order(call: Call) -> list[Leg]:
    first = [leg for leg in (call.customer, call.agent_leg) if leg is not None]
    return [*first, *sorted(call.legs - set(first))]


def _missed(event: ev.NodeUp, call: Call, legs: Snapshot) -> list[ev.SwitchEvent]:
    missed: list[ev.SwitchEvent] = []
    target = call.target
    found = legs.get(target) if target is not None else None
    if found is not None and found.answered_at is not None:
        missed.append(ev.LegAnswered(event.node, found.answered_at, found.leg))
    if found is not None and found.state == "bridged" and found.other is not None:
        at = found.answered_at or event.at
        missed.append(ev.LegsBridged(event.node, at, found.other, found.leg))
    again = target if call.phase is Phase.RECONNECTING else None
    for leg in (call.customer, call.agent_leg, again):
        resting = legs.get(leg) if leg is not None else None
        if resting is not None and resting.state == "parked":
            missed.append(ev.LegParked(event.node, event.at, resting.leg))
    return missed
