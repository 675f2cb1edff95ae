"""Blind transfer: the agent is out at once, the customer hears music while the target rings. When it
fails, back to who transferred if still free, else to the head of the queue."""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent
from app.core.call import Call, Phase, Ring, RingKind
from app.core.call_common import divert, drop_ring, end_talk, finish, outcome_of, release
from app.core.call_offering import CALLER_LEFT, RECALL_GRACE, connected, note_miss, present_ring, ring_agent
from app.core.call_talking import Done, let_go, own_call
from app.core.call_transfer import PARK_SECONDS, away
from app.core.call_waiting import enter_queue
from app.core.caller_ids import shown_at
from app.core.centre_state import Step
from app.core.definitions import AgentId, AgentState, AgentStatus
from app.core.dial_rules import OUTSIDE_SECONDS, Target, resolve
from app.core.errors import CommandRefused
from app.core.events import (
    AppFinished,
    BlindTransfer,
    EffectFailed,
    LegAnswered,
    LegHungUp,
    LegParked,
    LegsBridged,
    TimerFired,
)
from app.core.values import replace


def blind_transfer(step: Step, agent: Agent, command: BlindTransfer) -> Done:
    call = own_call(step, agent)
    if call.direction == "internal" or call.phase not in (Phase.TALKING, Phase.HELD) or call.customer is None:
        raise CommandRefused("no_call")
    given = (command.target_agent is not None, command.target_queue is not None, bool(command.target_number))
    if sum(given) != 1:
        raise CommandRefused("target_not_available", "exactly one target")
    target = Target()
    if command.target_queue is None:
        target = resolve(step, agent, command.target_agent, command.target_number)
    elif command.target_queue not in step.config(call).queues:
        raise CommandRefused("target_not_available")

    at_rest = call.phase is Phase.HELD
    leg = call.agent_leg
    if at_rest and leg is not None:
        step.emit(fx.HangUpLeg(leg))
    elif not at_rest:
        step.emit(fx.Part(call.customer, keep=(call.customer,)))
    step.emit(fx.SetVariables(call.customer, {"step": "transfer", "offer": "", "talk": ""}))
    call = end_talk(step, call, "NORMAL_CLEARING")
    call = let_go(step, call, leg)
    call = replace(call, phase=Phase.TRANSFERRING, agent_id=None, return_to=agent.agent_id)
    release(step, call, agent.agent_id, talked=True)
    if command.target_queue is not None:
        step.fact(
            call, "call.transferred", str(call.visits), from_agent=agent.agent_id, to_agent=None,
            to_queue=command.target_queue, to_number="", mode="blind",
        )  # fmt: skip
        call = replace(call, to_queue=command.target_queue)
    elif target.agent_id is not None:
        call = _ring(step, call, target.agent_id, RingKind.TRANSFER, present=False)
    else:
        ring = Ring(step.state.new_id(), RingKind.OUTSIDE, step.at, number=target.number, presented=False)
        call = replace(call, ring=ring)
    if at_rest:
        _go_on(step, call)
        return {}
    step.emit(fx.StartTimer(f"watch:{call.call_id}", PARK_SECONDS))
    step.put_call(call)
    return {}


def _ring(step: Step, call: Call, agent_id: AgentId, kind: RingKind, *, present: bool) -> Call:
    """Ring an agent for a transfer: from agent to agent, beside the queues and their statistics."""
    chosen: list[dict[str, int | str]] = [{"agent_id": agent_id, "reason": "chosen"}]
    return ring_agent(step, call, agent_id, kind, candidates=chosen, present=present)


def customer_at_rest(step: Step, call: Call, event: LegParked) -> None:
    """The customer is out of the bridge."""
    if call.to_queue is not None or (call.ring is not None and not call.ring.presented):
        _go_on(step, call)


def transfer_watch(step: Step, call: Call, event: TimerFired) -> None:
    """The customer's leg did not report to rest: go on regardless."""
    if call.to_queue is not None or (call.ring is not None and not call.ring.presented):
        _go_on(step, call)


def _go_on(step: Step, call: Call) -> None:
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    if call.to_queue is not None:
        enter_queue(step, replace(call, return_to=None), call.to_queue, origin="extension", place=step.at)
        return
    ring = call.ring
    assert ring is not None and call.customer is not None
    if ring.agent_id is not None:
        step.put_call(present_ring(step, call))
        return
    config = step.config(call)
    step.emit(
        fx.SetVariables(call.customer, {"offer": ring.leg, "agent": ""}),
        fx.CallOut(
            call.customer, ring.leg, call.tenant_id, ring.number, shown_at(config, step.now), OUTSIDE_SECONDS,
            call.call_id,
        ),
        fx.StartTimer(f"recall:{ring.leg}", OUTSIDE_SECONDS + RECALL_GRACE),
    )
    step.put_call(replace(call, ring=replace(ring, presented=True)))


# --- what the switch says -------------------------------------------------------------------------------


def target_answered(step: Step, call: Call, event: LegAnswered) -> None:
    assert call.ring is not None
    step.emit(fx.CancelTimer(f"recall:{call.ring.leg}"))
    _outside(step, replace(call, ring=replace(call.ring, answered=True)))


def target_bridged(step: Step, call: Call, event: LegsBridged) -> None:
    assert call.ring is not None
    if call.ring.agent_id is not None:
        connected(step, call, event)
    else:
        _outside(step, replace(call, ring=replace(call.ring, bridged=True)))


def _outside(step: Step, call: Call) -> None:
    ring = call.ring
    assert ring is not None
    if ring.agent_id is not None or not (ring.answered and ring.bridged):
        step.put_call(call)
        return
    step.fact(
        call, "call.transferred", ring.leg, from_agent=call.return_to, to_agent=None, to_queue=None,
        to_number=ring.number, mode="blind",
    )  # fmt: skip
    away(step, call)


def transfer_failed(step: Step, call: Call, event: LegHungUp | AppFinished | EffectFailed) -> None:
    cause = event.reason if isinstance(event, EffectFailed) else event.cause
    if cause == CALLER_LEFT:
        return  # The customer's own hang-up is on its way.
    refuse_transfer(step, call, cause, hang_up=False)


def transfer_recall(step: Step, call: Call, event: TimerFired) -> None:
    refuse_transfer(step, call, "NO_ANSWER", hang_up=True)


def refuse_transfer(step: Step, call: Call, cause: str, *, hang_up: bool, miss: bool = True) -> None:
    """The target did not take it. Stores the call."""
    ring = call.ring
    assert ring is not None and call.customer is not None
    outcome = outcome_of(cause)
    call = drop_ring(step, call, outcome, cause, hang_up=hang_up)
    if ring.agent_id is not None:
        note_miss(step, call, ring.agent_id, outcome, cause, miss=miss)
    back = step.agent(call.tenant_id, call.return_to)
    if ring.kind is not RingKind.RETURN and back is not None and _can_return(back):
        step.put_agent(replace(back, notice=f"transfer_{outcome}"))
        call = _ring(step, call, back.agent_id, RingKind.RETURN, present=True)
        step.put_call(call)
        return
    call = replace(call, return_to=None)
    if call.queue_id is None:
        divert(step, call, "unavailable", outcome="failed")
    else:
        enter_queue(step, call, call.queue_id, origin="extension", place=call.place or step.at)


def _can_return(agent: Agent) -> bool:
    return (
        agent.status in (AgentStatus.AVAILABLE, AgentStatus.WRAP_UP)
        and agent.state is AgentState.IDLE
        and agent.call_id is None
        and agent.registered
        and agent.active
    )


def customer_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """The customer hung up while the target was rung."""
    finish(step, call, cause=event.cause)
