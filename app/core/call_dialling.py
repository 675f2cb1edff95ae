"""Calls that agents make: from the screen (their phone is called first) or from the phone itself."""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent, Move
from app.core.call import Call, Phase, Ring, RingKind
from app.core.call_common import UNREGISTERED_CAUSES, begin_talk, connect_agent, drop_ring, finish, tell
from app.core.call_offering import CALLER_LEFT, RECALL_GRACE, note_miss
from app.core.call_talking import Done
from app.core.caller_ids import shown_at
from app.core.centre_state import Step
from app.core.definitions import AgentId, AgentState, AgentStatus, Leg, Node
from app.core.dial_rules import OUTSIDE_SECONDS, extension_of, outside
from app.core.errors import CommandRefused
from app.core.events import (
    AgentDialled,
    AppFinished,
    Dial,
    EffectFailed,
    LegAnswered,
    LegHungUp,
    LegParked,
    LegsBridged,
    TimerFired,
)
from app.core.values import replace

OWN_PHONE_GRACE = 5.0

_CAUSES = {
    "bad_number": "INVALID_NUMBER_FORMAT",
    "international_refused": "OUTGOING_CALL_BARRED",
    "number_blocked": "OUTGOING_CALL_BARRED",
    "lines_full": "NORMAL_CIRCUIT_CONGESTION",
    "target_not_available": "USER_BUSY",
    "in_call": "USER_BUSY",
}


def dial(step: Step, agent: Agent, command: Dial) -> Done:
    """Click to dial. Everything that can be refused is refused before the agent's phone rings."""
    if agent.status is AgentStatus.LOGGED_OUT:
        raise CommandRefused("not_logged_in")
    if agent.state is not AgentState.IDLE or agent.call_id is not None:
        raise CommandRefused("in_call")
    if not agent.registered:
        raise CommandRefused("phone_not_registered")
    node = next((name for name, up in step.state.nodes.items() if up), None)
    if node is None:
        raise CommandRefused("no_switch")
    leg = step.state.new_id()
    call = _new_call(step, agent, leg, node, command.number, command.callback_id)
    call = replace(call, phase=Phase.CALLING_AGENT)
    seconds = step.config(call).recall_seconds
    step.emit(
        fx.CallAgent(
            agent_leg=leg, tenant_id=call.tenant_id, agent_id=agent.agent_id, sip_user=agent.sip_user,
            timeout_seconds=seconds, shown_number=call.number, shown_name="", call_id=call.call_id,
        ),
        fx.StartTimer(f"watch:{call.call_id}", seconds + OWN_PHONE_GRACE),
    )  # fmt: skip
    step.put_call(call)
    return {"call_id": call.call_id}


def _new_call(
    step: Step, agent: Agent, leg: Leg, node: Node, dialled: str, callback_id: int | None
) -> Call:
    tenant = step.tenant(agent.tenant_id)
    peer = extension_of(tenant.config, dialled)
    if peer is not None:
        _check_peer(step, agent, peer)
        number, direction = dialled.strip(), "internal"
    else:
        number, direction = outside(step, tenant, dialled), "outbound"
    call = Call(
        call_id=leg, tenant_id=agent.tenant_id, node=node, direction=direction, phase=Phase.DIALLING,
        arrived_at=step.at, agent_leg=leg, agent_id=agent.agent_id, peer=peer, number=number, callback_id=callback_id,
    )  # fmt: skip
    if peer is not None:
        call = replace(call, name=tenant.config.agents[peer].name)
    step.fact(
        call, "call.arrived", direction=direction, did="", caller=shown_at(tenant.config, step.now), name=call.name,
        agent_id=agent.agent_id, number=number, callback_id=callback_id, node=node,
    )  # fmt: skip
    step.move(replace(agent, notice=""), Move.DIALLED, call, leg)
    return call


def _check_peer(step: Step, agent: Agent, peer: AgentId) -> None:
    other = step.agent(agent.tenant_id, peer)
    if other is None or peer == agent.agent_id or not other.logged_in or not other.registered:
        raise CommandRefused("target_not_available")
    if other.state is not AgentState.IDLE or other.call_id is not None:
        raise CommandRefused("target_not_available")


def agent_dialled(step: Step, event: AgentDialled) -> None:
    """An agent's phone dialled by itself: the same rules, answered by a hangup cause."""
    agent = step.agent(event.tenant_id, event.agent_id)
    try:
        if agent is None or agent.status is AgentStatus.LOGGED_OUT:
            raise CommandRefused("not_logged_in")
        if agent.state is not AgentState.IDLE or agent.call_id is not None:
            raise CommandRefused("in_call")
        call = _new_call(step, agent, event.leg, event.node, event.number, None)
    except CommandRefused as refused:
        step.emit(fx.HangUpLeg(event.leg, _CAUSES.get(refused.code, "CALL_REJECTED")))
        if agent is not None:
            step.put_agent(replace(agent, notice=f"dial_refused:{refused.code}"))
        return
    step.put_call(call)
    _second_half(step, call)


def agent_at_rest(step: Step, call: Call, event: LegParked) -> None:
    """The agent's own phone has answered: call the other side."""
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    if call.peer is not None:
        try:
            _check_peer(step, _own(step, call), call.peer)
        except CommandRefused as refused:
            tell(step, call, f"dial_failed:{refused.code}")
            finish(step, call, by="system", cause="USER_BUSY")
            return
    _second_half(step, call)


def _own(step: Step, call: Call) -> Agent:
    agent = step.agent(call.tenant_id, call.agent_id)
    assert agent is not None
    return agent


def _second_half(step: Step, call: Call) -> None:
    assert call.agent_leg is not None
    config = step.config(call)
    own = config.agents.get(call.agent_id) if call.agent_id is not None else None
    leg = step.state.new_id()
    variables = {
        "call": call.call_id, "role": "agent", "step": "dialled", "agent": str(call.agent_id), "target": leg,
        "direction": call.direction, "number": call.number, "callback": str(call.callback_id or ""),
        "peer": str(call.peer or ""),
    }  # fmt: skip
    step.emit(fx.SetVariables(call.agent_leg, variables))
    if call.peer is not None:
        target = step.agent(call.tenant_id, call.peer)
        assert target is not None
        seconds = config.recall_seconds
        ring = Ring(leg, RingKind.INTERNAL, step.at, call.peer)
        step.move(replace(target, notice=""), Move.OFFERED, call, leg)
        step.emit(
            fx.Offer(
                leg=call.agent_leg, agent_leg=leg, tenant_id=call.tenant_id, agent_id=call.peer,
                sip_user=target.sip_user, timeout_seconds=seconds, shown_number=own.extension if own else "",
                shown_name=own.name if own else "", music=config.music, call_id=call.call_id,
            )
        )  # fmt: skip
    else:
        seconds = OUTSIDE_SECONDS
        ring = Ring(leg, RingKind.OUTSIDE, step.at, number=call.number)
        step.emit(
            fx.CallOut(
                call.agent_leg, leg, call.tenant_id, call.number, shown_at(config, step.now), seconds, call.call_id
            )
        )
    step.emit(fx.StartTimer(f"recall:{leg}", seconds + RECALL_GRACE))
    step.put_call(replace(call, phase=Phase.DIALLING, ring=ring))


# --- what the switch says -------------------------------------------------------------------------------


def far_answered(step: Step, call: Call, event: LegAnswered) -> None:
    assert call.ring is not None
    if call.ring.answered:
        return
    step.emit(fx.CancelTimer(f"recall:{call.ring.leg}"))
    call = replace(call, ring=replace(call.ring, answered=True), customer_answered_at=event.at)
    step.fact(call, "call.answered")
    _connected(step, call)


def far_bridged(step: Step, call: Call, event: LegsBridged) -> None:
    assert call.ring is not None
    _connected(step, replace(call, ring=replace(call.ring, bridged=True)))


def _connected(step: Step, call: Call) -> None:
    """An outside line is bridged from its first tone: it counts as talk when it has answered as well."""
    ring = call.ring
    assert ring is not None and call.agent_id is not None and call.agent_leg is not None
    if not ring.bridged or not (ring.answered or ring.kind is RingKind.INTERNAL):
        step.put_call(call)
        return
    step.emit(fx.CancelTimer(f"recall:{ring.leg}"))
    agent_id, leg = call.agent_id, call.agent_leg
    call = replace(call, customer=ring.leg, ring=None)
    call = begin_talk(step, call, agent_id, leg, call.direction)
    if call.peer is not None and call.customer is not None:
        step.fact(
            call, "talk.started", call.customer, talk_id=call.customer, agent_id=call.peer, leg=call.customer,
            queue_id=None, visit_id="", direction="internal", number=_extension(step, call),
        )  # fmt: skip
        connect_agent(step, call, call.peer, call.customer, counts=False)
        call = replace(call, peer_talk=call.customer)
    step.put_call(call)


def _extension(step: Step, call: Call) -> str:
    own = step.config(call).agents.get(call.agent_id) if call.agent_id is not None else None
    return own.extension if own is not None else ""


def not_reached(step: Step, call: Call, event: LegHungUp | AppFinished | EffectFailed) -> None:
    """The other side did not answer: the call is over, the agent is told why."""
    cause = event.reason if isinstance(event, EffectFailed) else event.cause
    if cause == CALLER_LEFT:
        return  # The agent's own hang-up is on its way.
    call = drop_ring(step, call, "failed", cause, hang_up=False)
    give_up(step, call, cause, by="" if isinstance(event, LegHungUp) and event.by_far_end else "system")


def give_up(step: Step, call: Call, cause: str, by: str = "system") -> None:
    """A call that an agent made comes to nothing. Stores the call."""
    tell(step, call, f"dial_failed:{cause}")
    finish(step, replace(call, cause=cause), by=by or "caller", cause=cause)


def dial_watch(step: Step, call: Call, event: TimerFired) -> None:
    """Nobody picked up, and the switch did not say so."""
    give_up(step, call, "NO_ANSWER")


def own_phone_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """The agent's own phone refused, did not answer, or hung up before the other side answered."""
    if call.phase is Phase.CALLING_AGENT:
        tell(step, call, f"dial_failed:{event.cause}")
    finish(step, replace(call, cause=event.cause), cause=event.cause)


def own_phone_failed(step: Step, call: Call, event: EffectFailed) -> None:
    """The switch could not call the agent's phone at all."""
    if event.reason in UNREGISTERED_CAUSES and call.agent_id is not None:
        note_miss(step, call, call.agent_id, "failed", event.reason, miss=False)
    tell(step, call, f"dial_failed:{event.reason}")
    finish(step, replace(call.without(call.call_id), cause=event.reason), by="system", cause=event.reason)
