"""From the wire to the queue: arriving, the steps of the ARS, waiting, callback, leaving."""

from __future__ import annotations

from datetime import datetime

from app.core import effects as fx
from app.core.call import Call, Phase, Visit
from app.core.call_common import by_switch, divert, drop_ring, finish, leave_queue
from app.core.centre_state import Step
from app.core.definitions import AgentId, QueueId
from app.core.events import (
    ArsStep,
    CallArrived,
    CallQueued,
    LegHungUp,
    ScriptEnded,
    ScriptEngaged,
    TimerFired,
)
from app.core.ids import callback_id, micros
from app.core.numbering import DIALLABLE, normalise
from app.core.values import replace

GUARD_SECONDS = 10
"""By how much the switch's own guard outlasts our timer: it is for the day when we are dead."""

ENGAGED_SECONDS = 300
"""How long a caller may go on leaving a callback when the wait is over: longer than any callback takes."""


def arrived(step: Step, event: CallArrived) -> None:
    """A call entered a DID."""
    call = Call(
        call_id=event.leg, tenant_id=event.tenant_id, node=event.node, direction="inbound", phase=Phase.ARS,
        arrived_at=event.at, customer=event.leg, did=event.did, number=normalise(event.caller_number),
        name=event.caller_name,
    )  # fmt: skip
    _arrival_fact(step, call)
    step.put_call(call)


def _arrival_fact(step: Step, call: Call) -> None:
    step.fact(
        call, "call.arrived", when=call.arrived_at, direction="inbound", did=call.did, caller=call.number,
        name=call.name, node=call.node,
    )  # fmt: skip


def ars_step(step: Step, call: Call, event: ArsStep) -> None:
    """The dialplan marked its way."""
    mark = f"{event.step}/{int(event.at.timestamp() * 1_000_000)}"
    step.fact(call, "ars.step", mark, step=event.step, detail=event.detail)
    if event.step == "menu" and event.detail:
        step.put_call(replace(call, menu=f"{call.menu}{event.detail}"[:20]))


def ars_step_of_unknown(step: Step, event: ArsStep) -> None:
    """A step of a call whose arrival was missed."""
    call = Call(
        call_id=event.leg, tenant_id=event.tenant_id, node=event.node, direction="inbound", phase=Phase.ARS,
        arrived_at=event.at, customer=event.leg,
    )  # fmt: skip
    step.put_call(call)
    ars_step(step, call, event)


def queued(step: Step, call: Call | None, event: CallQueued) -> None:
    """A caller was parked for a queue: adopt it. One of a queue that is published but not known here yet is left to
    the dialplan's guard, which rings the queue's agents."""
    if call is None:
        call = Call(
            call_id=event.leg, tenant_id=event.tenant_id, node=event.node, direction="inbound", phase=Phase.ARS,
            arrived_at=event.arrived_at, customer=event.leg,
        )  # fmt: skip
        call = _facts_of(call, event)
        _arrival_fact(step, call)
    call = _facts_of(call, event)
    tenant = step.tenant(call.tenant_id)
    if event.queue_id not in tenant.config.queues and not tenant.removed:
        step.put_call(call)
        return
    enter_queue(step, call, event.queue_id, origin="direct", place=event.at)


def _facts_of(call: Call, event: CallQueued) -> Call:
    return replace(
        call,
        did=event.did or call.did,
        number=normalise(event.caller_number) or call.number,
        name=event.caller_name or call.name,
        menu=event.menu or call.menu,
    )


def enter_queue(step: Step, call: Call, queue_id: QueueId, *, origin: str, place: datetime) -> None:
    """Put the caller into a queue, at ``place``; an unknown queue leads to the unavailable prompt. Stores
    the call."""
    tenant = step.tenant(call.tenant_id)
    config = tenant.config.queues.get(queue_id)
    assert call.customer is not None
    if config is None or tenant.removed:
        divert(step, call, "unavailable", outcome="unavailable")
        return
    call = _open_visit(step, call, queue_id, origin=origin, place=place)
    call = replace(call, phase=Phase.WAITING, ring=None, to_queue=None, agent_id=None)
    step.put_call(call)
    adopt(step, call, resumed=False)


def _open_visit(step: Step, call: Call, queue_id: QueueId, *, origin: str, place: datetime) -> Call:
    """A new visit to a queue begins."""
    tenant = step.tenant(call.tenant_id)
    config = tenant.config.queues[queue_id]
    visit = Visit(call.visits + 1, queue_id, step.at, place, origin, config.priority)
    call = replace(call, visit=visit, visits=visit.number, queue_id=queue_id, place=place)
    entry = step.entry(call)
    queue = tenant.queues[queue_id].entered(entry)
    step.put_queue(tenant, queue)
    at = step.fact(
        call, "queue.entered", str(visit.number), visit_id=call.visit_id, queue_id=queue_id, origin=origin,
        position=queue.position(entry),
    )  # fmt: skip
    return replace(call, visit=replace(visit, entered_at=at))


def adopt(step: Step, call: Call, *, resumed: bool) -> None:
    """Guard, variables and script for a caller who waits. ``resumed``: the caller was waiting already,
    before a takeover."""
    if call.engaged:  # the script begins anew
        call = replace(call, engaged=False)
        step.put_call(call)
    assert call.visit is not None and call.customer is not None
    tenant = step.tenant(call.tenant_id)
    config = tenant.config.queues[call.visit.queue_id]
    waited = max(0.0, (step.now - call.visit.entered_at).total_seconds())
    left = max(1.0, config.longest_wait_seconds - waited)
    guard = int(left) + tenant.config.recall_seconds + GUARD_SECONDS
    step.emit(
        fx.Adopt(call.customer, call.tenant_id, guard, waiting_variables(call)),
        fx.RunScript(
            call.customer, "waiting", call.tenant_id, call.visit.queue_id,
            data={"number": call.number, "entered": micros(call.visit.entered_at), "resumed": "1" if resumed else ""},
        ),
        fx.StartTimer(f"longest:{call.call_id}", left),
    )  # fmt: skip
    step.match_later(call.tenant_id, call.visit.queue_id)


def waiting_variables(call: Call) -> dict[str, str]:
    """What a later adoption must know of a caller who waits."""
    visit = call.visit
    assert visit is not None
    return {
        "call": call.call_id,
        "role": "caller",
        "direction": call.direction,
        "step": "adopted",
        "queue": str(visit.queue_id),
        "entered": micros(visit.entered_at),
        "place": micros(visit.place),
        "visit": str(visit.number),
        "origin": visit.origin,
        "priority": str(visit.priority),
        "number": call.number,
        "talk": "",
        "offer": "",
    }


def longest_wait(step: Step, call: Call, event: TimerFired) -> None:
    """The longest wait is over; a phone that rings is that caller's last chance, and a callback is left first."""
    if call.phase is Phase.RINGING:
        step.put_call(replace(call, overdue=True))
    elif call.engaged and not call.overdue:
        step.put_call(replace(call, overdue=True))
        let_finish(step, call)
    elif call.phase is Phase.WAITING:
        divert(step, call, "unavailable", outcome="timeout")


def let_finish(step: Step, call: Call) -> None:
    """The wait is over, but the caller is leaving a callback: that much longer, and the switch's guard as well."""
    assert call.customer is not None
    step.emit(
        fx.Adopt(call.customer, call.tenant_id, ENGAGED_SECONDS + GUARD_SECONDS, waiting_variables(call)),
        fx.StartTimer(f"longest:{call.call_id}", ENGAGED_SECONDS),
    )


def engaged(step: Step, call: Call, event: ScriptEngaged) -> None:
    """The caller begins to leave a callback, or would rather wait on: but not longer than allowed."""
    call = replace(call, engaged=event.on)
    if call.overdue and not event.on and call.phase is Phase.WAITING:
        divert(step, call, "unavailable", outcome="timeout")
    else:
        step.put_call(call)


def script_ended(step: Step, call: Call, event: ScriptEnded) -> None:
    """The waiting script came to an end of its own."""
    assert call.customer is not None
    if event.result == "callback":
        _callback(step, call, event)
    elif event.result in ("timeout", "unavailable"):
        divert(step, call, "unavailable", outcome=event.result)
    elif call.overdue:
        divert(step, call, "unavailable", outcome="timeout")
    elif call.engaged:
        step.put_call(replace(call, engaged=False))
    # Any other word is a script that was stopped: the caller keeps waiting, our timers go on.


def callback_while_ringing(step: Step, call: Call, event: ScriptEnded) -> None:
    """The caller had asked for a callback when an offer went out: the wish counts, the phone stops."""
    if event.result == "callback":
        _callback(step, drop_ring(step, call, "withdrawn"), event)


def _callback(step: Step, call: Call, event: ScriptEnded) -> None:
    wanted = normalise(event.data.get("number", ""))
    number = wanted if DIALLABLE.fullmatch(wanted) else call.number
    step.fact(
        call, "callback.requested", callback_id=callback_id(call.call_id), queue_id=call.queue_id, number=number,
        caller=call.number, visit_id=call.visit_id,
    )  # fmt: skip
    call = leave_queue(step, call, "callback")
    finish(step, call, by="system", cause="NORMAL_CLEARING")


def caller_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """The caller hung up before reaching anybody, or the dialplan had told him all that it had to say."""
    finish(step, call, by=by_switch(event), cause=event.cause)


def declined_until(call: Call, agent_id: AgentId, now: datetime) -> bool:
    """Whether this agent must not be asked again yet."""
    until = call.declined.get(agent_id)
    return until is not None and now < until
