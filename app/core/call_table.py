"""The table of a call: in which phase, by which leg's role, which event is acted on, and by what.

Late and duplicate events of the switch have rows of their own that do nothing; a missing row raises
NoTransition and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core import call_blind as blind
from app.core import call_dialling as dialling
from app.core import call_offering as offering
from app.core import call_reconnect as again
from app.core import call_talking as talking
from app.core import call_transfer as transfer
from app.core import call_waiting as waiting
from app.core import effects as fx
from app.core import events as ev
from app.core.call import Call, Phase, Role
from app.core.call_common import by_switch, close, finish
from app.core.centre_state import Step
from app.core.definitions import AgentId

Handler = Callable[[Step, Call, Any], None]


def nothing(step: Step, call: Call, event: Any) -> None:
    """Late, duplicate or of no consequence here."""


def _recorded(step: Step, call: Call, event: ev.RecordingStopped) -> None:
    step.fact(call, "call.recorded", event.leg, path=event.path, seconds=event.seconds, leg=event.leg)


def _ending_leg_gone(step: Step, call: Call, event: ev.LegHungUp) -> None:
    call = call.without(event.leg)
    if call.legs:
        step.put_call(call)
    else:
        close(step, call)


def _ending_overdue(step: Step, call: Call, event: ev.TimerFired) -> None:
    step.emit(*(fx.HangUpLeg(leg) for leg in sorted(call.legs)))
    close(step, call)


def _customer_gone(step: Step, call: Call, event: ev.LegHungUp) -> None:
    finish(step, call, by=by_switch(event), cause=event.cause)


def _fallback_bridged(step: Step, call: Call, event: ev.LegsBridged) -> None:
    """The dialplan's own fallback found somebody before us: leave them alone. A leg that was ours is an
    agent who picked up in the moment in which the offer was taken back: that leg is being hung up."""
    other = event.other if event.leg == call.customer else event.leg
    if other in step.state.gone:
        return
    transfer.taken_by_others(step, call, other)


def _queued(step: Step, call: Call, event: ev.CallQueued) -> None:
    waiting.queued(step, call, event)


P, R = Phase, Role
CUSTOMER, AGENT, TARGET, LEAVING, NONE = R.CUSTOMER, R.AGENT, R.TARGET, R.LEAVING, R.NONE

TRANSITIONS: dict[tuple[Phase, Role, type], Handler] = {
    # before the queue
    (P.ARS, CUSTOMER, ev.ArsStep): waiting.ars_step,
    (P.ARS, CUSTOMER, ev.CallQueued): _queued,
    (P.ARS, CUSTOMER, ev.LegsBridged): _fallback_bridged,
    (P.ARS, CUSTOMER, ev.LegHungUp): waiting.caller_gone,
    # waiting
    (P.WAITING, CUSTOMER, ev.ArsStep): waiting.ars_step,
    (P.WAITING, CUSTOMER, ev.CallQueued): nothing,
    (P.WAITING, CUSTOMER, ev.ScriptEnded): waiting.script_ended,
    (P.WAITING, CUSTOMER, ev.ScriptEngaged): waiting.engaged,
    (P.WAITING, CUSTOMER, ev.LegsBridged): _fallback_bridged,
    (P.WAITING, CUSTOMER, ev.LegHungUp): waiting.caller_gone,
    # an agent's phone rings
    (P.RINGING, CUSTOMER, ev.ArsStep): waiting.ars_step,
    (P.RINGING, CUSTOMER, ev.CallQueued): nothing,
    (P.RINGING, CUSTOMER, ev.ScriptEnded): waiting.callback_while_ringing,
    (P.RINGING, CUSTOMER, ev.ScriptEngaged): waiting.engaged,
    (P.RINGING, CUSTOMER, ev.LegHungUp): waiting.caller_gone,
    (P.RINGING, TARGET, ev.LegAnswered): offering.answered,
    (P.RINGING, TARGET, ev.LegsBridged): offering.connected,
    (P.RINGING, TARGET, ev.LegHungUp): offering.not_taken,
    (P.RINGING, TARGET, ev.AppFinished): offering.not_taken,
    (P.RINGING, TARGET, ev.EffectFailed): offering.not_taken,
    # talking, held
    (P.TALKING, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.TALKING, AGENT, ev.LegHungUp): talking.side_gone,
    (P.TALKING, AGENT, ev.LegsBridged): talking.joined_again,
    (P.HELD, CUSTOMER, ev.LegParked): talking.customer_rests,
    (P.HELD, AGENT, ev.LegParked): talking.agent_rests,
    (P.HELD, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.HELD, AGENT, ev.LegHungUp): transfer.agent_left_held,
    # consultation
    (P.CONSULT_RINGING, CUSTOMER, ev.LegParked): talking.customer_rests,
    (P.CONSULT_RINGING, AGENT, ev.LegParked): transfer.agent_rests_for_consult,
    (P.CONSULT_RINGING, TARGET, ev.LegAnswered): transfer.consult_answered,
    (P.CONSULT_RINGING, TARGET, ev.LegsBridged): transfer.consult_bridged,
    (P.CONSULT_RINGING, TARGET, ev.LegHungUp): transfer.consult_failed,
    (P.CONSULT_RINGING, TARGET, ev.AppFinished): transfer.consult_failed,
    (P.CONSULT_RINGING, TARGET, ev.EffectFailed): transfer.consult_failed,
    (P.CONSULT_RINGING, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.CONSULT_RINGING, AGENT, ev.LegHungUp): transfer.agent_left_ringing,
    (P.CONSULTING, CUSTOMER, ev.LegParked): talking.customer_rests,
    (P.CONSULTING, TARGET, ev.LegHungUp): transfer.consulted_left,
    (P.CONSULTING, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.CONSULTING, AGENT, ev.LegHungUp): transfer.agent_left_talking,
    (P.RETURNING, LEAVING, ev.LegHungUp): transfer.consult_taken_down,
    (P.RETURNING, LEAVING, ev.AppFinished): transfer.consult_taken_down,
    (P.RETURNING, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.RETURNING, AGENT, ev.LegHungUp): talking.side_gone,
    (P.COMPLETING, TARGET, ev.LegsBridged): transfer.completed,
    (P.COMPLETING, TARGET, ev.LegHungUp): transfer.consulted_gone_joining,
    (P.COMPLETING, CUSTOMER, ev.LegHungUp): transfer.customer_gone_joining,
    # the agent's phone again
    (P.RECONNECTING, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.RECONNECTING, AGENT, ev.LegHungUp): again.old_leg_gone,
    (P.RECONNECTING, CUSTOMER, ev.LegParked): talking.customer_rests,
    (P.RECONNECTING, AGENT, ev.LegParked): talking.agent_rests,
    (P.RECONNECTING, TARGET, ev.LegAnswered): again.phone_answered,
    (P.RECONNECTING, TARGET, ev.LegParked): again.phone_back,
    (P.RECONNECTING, TARGET, ev.LegHungUp): again.phone_failed,
    (P.RECONNECTING, TARGET, ev.EffectFailed): again.phone_failed,
    # blind transfer
    (P.TRANSFERRING, CUSTOMER, ev.LegParked): blind.customer_at_rest,
    (P.TRANSFERRING, CUSTOMER, ev.LegHungUp): blind.customer_gone,
    (P.TRANSFERRING, TARGET, ev.LegAnswered): blind.target_answered,
    (P.TRANSFERRING, TARGET, ev.LegsBridged): blind.target_bridged,
    (P.TRANSFERRING, TARGET, ev.LegHungUp): blind.transfer_failed,
    (P.TRANSFERRING, TARGET, ev.AppFinished): blind.transfer_failed,
    (P.TRANSFERRING, TARGET, ev.EffectFailed): blind.transfer_failed,
    # calls that agents make
    (P.CALLING_AGENT, AGENT, ev.LegParked): dialling.agent_at_rest,
    (P.CALLING_AGENT, AGENT, ev.LegHungUp): dialling.own_phone_gone,
    (P.CALLING_AGENT, AGENT, ev.EffectFailed): dialling.own_phone_failed,
    (P.DIALLING, AGENT, ev.LegHungUp): dialling.own_phone_gone,
    (P.DIALLING, TARGET, ev.LegAnswered): dialling.far_answered,
    (P.DIALLING, TARGET, ev.LegsBridged): dialling.far_bridged,
    (P.DIALLING, TARGET, ev.LegHungUp): dialling.not_reached,
    (P.DIALLING, TARGET, ev.AppFinished): dialling.not_reached,
    (P.DIALLING, TARGET, ev.EffectFailed): dialling.not_reached,
    # out of our hands
    (P.AWAY, CUSTOMER, ev.ArsStep): waiting.ars_step,
    (P.AWAY, CUSTOMER, ev.LegHungUp): talking.side_gone,
    (P.AWAY, AGENT, ev.LegHungUp): talking.side_gone,
    (P.DIVERTED, CUSTOMER, ev.ArsStep): waiting.ars_step,
    (P.DIVERTED, CUSTOMER, ev.CallQueued): _queued,
    (P.DIVERTED, CUSTOMER, ev.LegHungUp): _customer_gone,
}

_ANY_ROLE = tuple(Role)

for _phase in Phase:
    for _role in _ANY_ROLE:
        # These say nothing new wherever no row above acts on them.
        for _kind in (
            ev.LegParked, ev.LegAnswered, ev.LegsBridged, ev.LegsUnbridged, ev.AppFinished, ev.EffectFailed,
            ev.DigitPressed, ev.CallArrived, ev.AgentDialled,
        ):  # fmt: skip
            TRANSITIONS.setdefault((_phase, _role, _kind), nothing)
        TRANSITIONS.setdefault((_phase, _role, ev.RecordingStopped), _recorded)
    # A leg on its way out goes in any phase; while ending, every leg does.
    if _phase is Phase.ENDING:
        for _role in _ANY_ROLE:
            TRANSITIONS[_phase, _role, ev.LegHungUp] = _ending_leg_gone
            TRANSITIONS.setdefault((_phase, _role, ev.ScriptEnded), nothing)
            TRANSITIONS.setdefault((_phase, _role, ev.ScriptEngaged), nothing)
            TRANSITIONS.setdefault((_phase, _role, ev.ArsStep), waiting.ars_step)
    else:
        TRANSITIONS.setdefault((_phase, LEAVING, ev.LegHungUp), talking.leaver_gone)
    # A script's end that crossed what ended the script.
    TRANSITIONS.setdefault((_phase, CUSTOMER, ev.ScriptEnded), nothing)
    TRANSITIONS.setdefault((_phase, CUSTOMER, ev.ScriptEngaged), nothing)

TIMERS: dict[tuple[Phase, str], Handler] = {
    **{(phase, "drop"): talking.drop_now for phase in Phase},
    (P.WAITING, "longest"): waiting.longest_wait,
    (P.RINGING, "longest"): waiting.longest_wait,
    (P.WAITING, "retry"): offering.retry,
    (P.RINGING, "retry"): offering.retry,
    (P.RINGING, "recall"): offering.recall_over,
    (P.RECONNECTING, "recall"): again.reconnect_over,
    (P.TRANSFERRING, "recall"): blind.transfer_recall,
    (P.TRANSFERRING, "watch"): blind.transfer_watch,
    (P.DIALLING, "recall"): dialling.dial_watch,
    (P.CALLING_AGENT, "watch"): dialling.dial_watch,
    (P.CONSULT_RINGING, "watch"): transfer.consult_watch,
    (P.RETURNING, "watch"): transfer.return_watch,
    (P.COMPLETING, "watch"): transfer.complete_watch,
    (P.ENDING, "watch"): _ending_overdue,
}
"""What a timer does, by the part of its key before the colon. A timer without a row came too late."""


def role_of(call: Call, event: Any) -> Role:
    """By whose role an event is looked up: a bridge by its less usual side, an application's end and a
    failure by the leg that was being called (its token)."""
    if isinstance(event, ev.LegsBridged | ev.LegsUnbridged):
        roles = (call.role(event.leg), call.role(event.other))
        for role in (TARGET, AGENT, LEAVING):
            if role in roles:
                return role
        return CUSTOMER if CUSTOMER in roles else NONE
    if isinstance(event, ev.AppFinished):
        role = call.role(event.token)
        return role if role in (TARGET, LEAVING) else NONE
    if isinstance(event, ev.EffectFailed):
        role = call.role(event.token)
        return role if role in (TARGET, AGENT) and event.token else NONE
    return call.role(event.leg)


def agents_of(call: Call) -> tuple[AgentId, ...]:
    """Every agent whose view shows this call."""
    found = (
        call.agent_id,
        call.peer if call.peer_talk else None,
        call.ring.agent_id if call.ring else None,
        call.consult.agent_id if call.consult else None,
    )
    return tuple(agent_id for agent_id in found if agent_id is not None)
