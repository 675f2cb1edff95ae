"""Consultation: hold the customer, talk to somebody first, then join the two or come back.

What agents expect, decided here:
- the consulted refuses, does not answer or leaves: the customer stays held, the agent is told;
- the customer leaves: everything ends, the consulted is free at once;
- the agent leaves while the consulted is talking: that completes the transfer; while the phone still
  rings: the customer goes back to the head of the queue (an outbound call, which has none, ends).
"""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent, Move
from app.core.call import Call, Consult, Phase, Ring, RingKind
from app.core.call_common import (
    UNREGISTERED_CAUSES,
    begin_talk,
    connect_agent,
    drop_consult,
    end_talk,
    finish,
    leave_queue,
    outcome_of,
    release,
    tell,
)
from app.core.call_offering import CALLER_LEFT, RECALL_GRACE, note_miss
from app.core.call_talking import Done, back_to_customer, let_go, own_call, park_both
from app.core.call_waiting import enter_queue
from app.core.caller_ids import shown_at
from app.core.centre_state import Step
from app.core.definitions import Leg
from app.core.dial_rules import OUTSIDE_SECONDS, resolve
from app.core.errors import CommandRefused
from app.core.events import (
    AppFinished,
    Command,
    EffectFailed,
    LegAnswered,
    LegHungUp,
    LegParked,
    LegsBridged,
    TimerFired,
)
from app.core.events import Consult as ConsultCommand
from app.core.ids import consult_talk_id
from app.core.values import replace

PARK_SECONDS = 3.0
"""How long a leg may take to come to rest before we go on regardless."""

JOIN_SECONDS = 5.0

CUT_SECONDS = 2.0
"""How much later than the consultation's end the agent's hang-up that caused it may be reported."""


def consult(step: Step, agent: Agent, command: ConsultCommand) -> Done:
    call = own_call(step, agent)
    if call.direction == "internal" or call.phase not in (Phase.TALKING, Phase.HELD) or call.agent_leg is None:
        raise CommandRefused("no_call")
    target = resolve(step, agent, command.target_agent, command.target_number)
    at_rest = call.phase is Phase.HELD and call.agent_rests
    if call.phase is Phase.TALKING:
        call = park_both(step, call)
    leg = step.state.new_id()
    consultation = Consult(leg, step.at, target.agent_id, target.number, presented=False)
    call = replace(call, phase=Phase.CONSULT_RINGING, consult=consultation)
    step.fact(
        call, "consult.started", leg, talk_id=call.talk_id, agent_id=call.agent_id,
        target_agent=target.agent_id, target_number=target.number,
    )  # fmt: skip
    chosen = step.agent(call.tenant_id, target.agent_id)
    if chosen is not None:
        step.move(replace(chosen, notice=""), Move.RESERVED, call, leg)
    if at_rest:
        call = present(step, call)
    else:
        step.emit(fx.StartTimer(f"watch:{call.call_id}", PARK_SECONDS))
    step.touch_agent(call.tenant_id, call.agent_id)
    step.put_call(call)
    return {}


def present(step: Step, call: Call) -> Call:
    """Ring the one to be consulted, from the agent's own leg, which is at rest."""
    consultation = call.consult
    assert consultation is not None and call.agent_leg is not None and call.customer is not None
    config = step.config(call)
    own = config.agents.get(call.agent_id) if call.agent_id is not None else None
    step.emit(
        fx.SetVariables(
            call.customer,
            {"step": "consult", "consult": consultation.leg, "target": str(consultation.agent_id or ""),
             "target_number": consultation.number},
        )
    )  # fmt: skip
    seconds = config.recall_seconds
    target = step.agent(call.tenant_id, consultation.agent_id)
    if target is not None:
        step.move(target, Move.OFFERED, call, consultation.leg)
        step.emit(
            fx.Offer(
                leg=call.agent_leg, agent_leg=consultation.leg, tenant_id=call.tenant_id, agent_id=target.agent_id,
                sip_user=target.sip_user, timeout_seconds=seconds, shown_number=own.extension if own else "",
                shown_name=own.name if own else "", music=config.music, call_id=call.call_id,
            )
        )  # fmt: skip
    else:
        seconds = OUTSIDE_SECONDS
        step.emit(
            fx.CallOut(
                call.agent_leg, consultation.leg, call.tenant_id, consultation.number, shown_at(config, step.now),
                seconds, call.call_id, role="consult",
            )
        )  # fmt: skip
    step.emit(fx.StartTimer(f"watch:{call.call_id}", seconds + RECALL_GRACE))
    return replace(call, consult=replace(consultation, presented=True), agent_rests=True)


# --- what the switch says -------------------------------------------------------------------------------


def agent_rests_for_consult(step: Step, call: Call, event: LegParked) -> None:
    assert call.consult is not None
    step.put_call(call if call.consult.presented else present(step, call))


def consult_answered(step: Step, call: Call, event: LegAnswered) -> None:
    assert call.consult is not None
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    _consulting(step, replace(call, consult=replace(call.consult, answered=True)))


def consult_bridged(step: Step, call: Call, event: LegsBridged) -> None:
    assert call.consult is not None
    _consulting(step, replace(call, consult=replace(call.consult, bridged=True)))


def _consulting(step: Step, call: Call) -> None:
    """Bridged is talking for an agent's phone; an outside line is bridged from its first tone, so there
    the answer counts too."""
    consultation = call.consult
    assert consultation is not None
    if not consultation.bridged or not (consultation.answered or consultation.agent_id is not None):
        step.put_call(call)
        return
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    at = step.at
    if consultation.agent_id is not None:
        talk = consult_talk_id(consultation.leg)
        at = step.fact(
            call, "talk.started", talk, talk_id=talk, agent_id=consultation.agent_id, leg=consultation.leg,
            queue_id=None, visit_id="", direction="consult", number=call.number,
        )  # fmt: skip
        connect_agent(step, call, consultation.agent_id, consultation.leg, counts=False)
    step.touch_agent(call.tenant_id, call.agent_id)
    step.put_call(replace(call, phase=Phase.CONSULTING, consult=replace(consultation, talk_since=at)))


def consult_failed(step: Step, call: Call, event: LegHungUp | AppFinished | EffectFailed) -> None:
    """The consulted did not take the call: the customer stays held."""
    cause = event.reason if isinstance(event, EffectFailed) else event.cause
    if cause == CALLER_LEFT:
        return  # The agent's own hang-up is on its way, and decides.
    refuse_consult(step, call, cause, hang_up=False)


def refuse_consult(step: Step, call: Call, cause: str, *, hang_up: bool) -> None:
    """The consultation came to nothing. Stores the call."""
    assert call.consult is not None
    if call.consult.agent_id is not None and cause in UNREGISTERED_CAUSES:
        note_miss(step, call, call.consult.agent_id, "failed", cause, miss=False)
    call = drop_consult(step, call, "failed", cause, hang_up=hang_up)
    _held_again(step, call, f"consult_{outcome_of(cause)}")


def consulted_left(step: Step, call: Call, event: LegHungUp) -> None:
    """The consulted hung up: back to the held customer. One whom the switch hung up may only be the first
    news of the agent's own hang-up."""
    if not event.by_far_end:
        call = replace(call, cut_at=event.at)
    _held_again(step, drop_consult(step, call, "cancelled", event.cause, hang_up=False), "consult_left")


def _held_again(step: Step, call: Call, notice: str) -> None:
    tell(step, call, notice)
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    step.put_call(replace(call, phase=Phase.HELD))


def agent_left_held(step: Step, call: Call, event: LegHungUp) -> None:
    """The agent hung up on a held customer, which ends the call; unless that hang-up has just cut off a
    consultation: then nobody has the customer, who goes back to the head of the queue."""
    if call.cut_at is not None and (event.at - call.cut_at).total_seconds() <= CUT_SECONDS:
        leave_customer(step, call, event.cause)
    else:
        finish(step, call, cause=event.cause)


def consult_watch(step: Step, call: Call, event: TimerFired) -> None:
    """Nothing was heard: of the leg coming to rest (go on regardless) or of the target (give up)."""
    assert call.consult is not None
    if not call.consult.presented:
        step.put_call(present(step, call))
    else:
        refuse_consult(step, call, "NO_ANSWER", hang_up=True)


def agent_left_ringing(step: Step, call: Call, event: LegHungUp) -> None:
    """The agent hung up while the other phone rang: the customer goes back to the head of the queue."""
    leave_customer(step, call, event.cause)


def leave_customer(step: Step, call: Call, cause: str) -> None:
    """The agent is out, nobody has the customer yet. Stores the call."""
    call = drop_consult(step, call, "cancelled", cause)
    call = end_talk(step, call, cause)
    release(step, call, call.agent_id, talked=True)
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    if call.agent_leg is not None:
        step.emit(fx.HangUpLeg(call.agent_leg))
        call = let_go(step, call, call.agent_leg)
    to_queue_head(step, replace(call, agent_id=None), cause)


def to_queue_head(step: Step, call: Call, cause: str) -> None:
    """Back to the place in the queue that the caller once had; without a queue the call ends."""
    if call.queue_id is None or call.customer is None:
        finish(step, call, by="agent", cause=cause)
        return
    enter_queue(step, call, call.queue_id, origin="extension", place=call.place or step.at)


# --- completing and cancelling ------------------------------------------------------------------------


def complete(step: Step, agent: Agent, command: Command) -> Done:
    """고객연결."""
    call = own_call(step, agent)
    if call.phase is not Phase.CONSULTING:
        raise CommandRefused("no_consult")
    start_joining(step, call)
    return {}


def agent_left_talking(step: Step, call: Call, event: LegHungUp) -> None:
    """The agent hung up while talking to the consulted: the transfer is completed."""
    start_joining(step, call)


def start_joining(step: Step, call: Call) -> None:
    """Customer and consulted are joined; the agent is out and free. Stores the call."""
    consultation, agent_id = call.consult, call.agent_id
    customer = call.customer
    assert consultation is not None and customer is not None
    call = drop_consult(step, call, "completed", hang_up=False)
    call = end_talk(step, call, "NORMAL_CLEARING")
    release(step, call, agent_id, talked=True)
    call = let_go(step, call, call.agent_leg)
    ring = Ring(
        consultation.leg, RingKind.TRANSFER, step.at, consultation.agent_id, consultation.number, answered=True
    )
    step.emit(fx.Join(customer, ring.leg), fx.StartTimer(f"watch:{call.call_id}", JOIN_SECONDS))
    step.put_call(replace(call, phase=Phase.COMPLETING, ring=ring, return_to=agent_id, agent_id=None))


def completed(step: Step, call: Call, event: LegsBridged) -> None:
    """Customer and consulted hear each other (the switch may still report the consultation: not that)."""
    if call.customer in (event.leg, event.other):
        _completed(step, call)


def complete_watch(step: Step, call: Call, event: TimerFired) -> None:
    """The switch did not report the join, nor that anybody left: believe it."""
    _completed(step, call)


def _completed(step: Step, call: Call) -> None:
    ring = call.ring
    assert ring is not None and call.customer is not None
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"), *(fx.HangUpLeg(leg) for leg in sorted(call.leaving)))
    step.fact(
        call, "call.transferred", ring.leg, from_agent=call.return_to, to_agent=ring.agent_id, to_queue=None,
        to_number=ring.number, mode="consult",
    )  # fmt: skip
    if ring.agent_id is None:
        away(step, call)
        return
    step.put_call(begin_talk(step, replace(call, ring=None), ring.agent_id, ring.leg, "transfer"))


def away(step: Step, call: Call) -> None:
    """The customer talks to an outside number, without any agent. Stores the call."""
    ring = call.ring
    assert ring is not None
    call = replace(call, phase=Phase.AWAY, ring=None, agent_leg=ring.leg, agent_id=None, return_to=None)
    if call.customer is not None:
        step.emit(fx.SetVariables(call.customer, {"step": "away", "talk": ring.leg, "agent": ""}))
    step.put_call(call)


def consulted_gone_joining(step: Step, call: Call, event: LegHungUp) -> None:
    """The consulted left before the join: nobody has the customer."""
    assert call.ring is not None
    release(step, call, call.ring.agent_id, talked=False)
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    to_queue_head(step, replace(call, ring=None, return_to=None), event.cause)


def customer_gone_joining(step: Step, call: Call, event: LegHungUp) -> None:
    """The customer left before the join; the consulted met nobody. No offer was made of it."""
    assert call.ring is not None
    release(step, call, call.ring.agent_id, talked=False)
    call = replace(call, ring=None, leaving=call.leaving | {call.ring.leg})
    finish(step, call, cause=event.cause)


def cancel(step: Step, agent: Agent, command: Command) -> Done:
    """취소."""
    call = own_call(step, agent)
    consultation = call.consult
    if call.phase not in (Phase.CONSULT_RINGING, Phase.CONSULTING) or consultation is None:
        raise CommandRefused("no_consult")
    call = drop_consult(step, call, "cancelled")
    if not consultation.presented:
        back_to_customer(step, call)
        return {}
    # The agent's leg is free for the customer once the consultation's bridge has ended on it.
    step.emit(fx.StartTimer(f"watch:{call.call_id}", PARK_SECONDS))
    step.touch_agent(call.tenant_id, call.agent_id)
    step.put_call(replace(call, phase=Phase.RETURNING, leaving=call.leaving | {consultation.leg}))
    return {}


def consult_taken_down(step: Step, call: Call, event: LegHungUp | AppFinished) -> None:
    """The consultation's bridge has ended: back to the customer."""
    leg = event.token if isinstance(event, AppFinished) else event.leg
    back_to_customer(step, replace(call, leaving=call.leaving - {leg}))


def return_watch(step: Step, call: Call, event: TimerFired) -> None:
    """The end of the consultation was not reported: go back regardless."""
    back_to_customer(step, replace(call, leaving=frozenset()))




def taken_by_others(step: Step, call: Call, other: Leg) -> None:
    """The switch connected a caller by itself (the dialplan's fallback): leave them alone until one
    hangs up. With whom, and how it ends, the call detail records tell."""
    assert call.customer is not None
    if call.phase is Phase.WAITING:
        step.emit(fx.StopScript(call.customer))
    call = leave_queue(step, replace(call, untold=True), "answered")
    step.put_call(replace(call, phase=Phase.AWAY, agent_leg=other, agent_id=None))
