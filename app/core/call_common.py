"""What several moves of a call share: talk, hold, the agent's release, the end. Each takes a call and
returns it changed (facts and effects go to the step); who calls them stores it."""

from __future__ import annotations

from datetime import datetime

from app.core import effects as fx
from app.core.agent import Agent, Move
from app.core.call import Call, Phase, RingKind
from app.core.centre_state import Step
from app.core.definitions import AgentId, AgentState, AgentStatus, Leg
from app.core.events import LegHungUp
from app.core.ids import consult_talk_id, micros
from app.core.values import replace

ENDING_SECONDS = 10.0
"""After which a call whose legs do not report their end is closed all the same."""

NO_ANSWER_CAUSES = frozenset(
    {"NO_ANSWER", "ALLOTTED_TIMEOUT", "NO_USER_RESPONSE", "RECOVERY_ON_TIMER_EXPIRE", "ORIGINATOR_CANCEL",
     "PROGRESS_TIMEOUT", "MEDIA_TIMEOUT"}
)  # fmt: skip
REFUSED_CAUSES = frozenset({"CALL_REJECTED", "USER_BUSY", "NORMAL_CLEARING"})
UNREGISTERED_CAUSES = frozenset({"USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT"})


def outcome_of(cause: str) -> str:
    """What became of an offer that ended with this hangup cause: refused, no_answer or failed."""
    if cause in REFUSED_CAUSES:
        return "refused"
    return "no_answer" if cause in NO_ANSWER_CAUSES else "failed"


# --- talk and hold --------------------------------------------------------------------------------


def begin_talk(step: Step, call: Call, agent_id: AgentId, leg: Leg, direction: str, visit: str = "") -> Call:
    """Agent and customer are joined: talk begins, and the recording on the customer's leg, once per call."""
    at = step.fact(
        call, "talk.started", leg, talk_id=leg, agent_id=agent_id, leg=call.customer or "", visit_id=visit,
        queue_id=call.queue_id if visit else None, direction=direction, number=call.number,
    )  # fmt: skip
    connect_agent(step, call, agent_id, leg, counts=direction != "internal")
    call = replace(
        call, phase=Phase.TALKING, agent_id=agent_id, agent_leg=leg, talk_id=leg, talk_since=at,
        answered_at=call.answered_at or at, return_to=None, declined={}, agent_rests=False,
    )  # fmt: skip
    variables = {"step": "talk", "talk": leg, "agent": str(agent_id), "visit": str(call.visits)}
    if call.direction != "inbound":
        variables |= {
            "call": call.call_id, "role": "customer", "direction": call.direction, "number": call.number,
            "peer": str(call.peer or ""),
        }  # fmt: skip
    if call.customer is not None:
        step.emit(fx.SetVariables(call.customer, variables))
    return begin_recording(step, call)


def begin_recording(step: Step, call: Call) -> Call:
    """Record on the leg that stays whatever happens to the agents: the customer's. Internal calls are not."""
    if call.recording or call.customer is None or call.direction == "internal" or not step.config(call).recording:
        return call
    step.emit(fx.StartRecording(call.customer, step.recording_path(call)))
    return replace(call, recording=True)


def connect_agent(step: Step, call: Call, agent_id: AgentId, leg: Leg, *, counts: bool) -> None:
    """The agent is on this call now; an unfinished wrap-up of the call before ends."""
    agent = step.agent(call.tenant_id, agent_id)
    if agent is None:
        return
    if counts:
        agent = end_wrap_up(step, agent)
        agent = replace(agent, answered=agent.answered + 1)
    agent = replace(agent, misses=0, notice="")
    if agent.state is not AgentState.ON_CALL:
        agent = agent.moved(Move.CONNECTED, step.at)
    step.put_agent(replace(agent, call_id=call.call_id, leg=leg))


def end_talk(step: Step, call: Call, cause: str) -> Call:
    """The talk of the present agent (and hold, and internally the other agent's talk) is over."""
    if call.talk_since is None:
        return call
    call = end_hold(step, call, tell_agent=False)
    at = step.fact(call, "talk.ended", call.talk_id, talk_id=call.talk_id, agent_id=call.agent_id, cause=cause)
    if call.peer_talk:
        step.fact(
            call, "talk.ended", call.peer_talk, talk_id=call.peer_talk, agent_id=call.peer, cause=cause
        )
    seconds = (at - call.talk_since).total_seconds()  # type: ignore[operator]  # checked above; end_hold keeps it
    return replace(call, talk_since=None, talk_id="", peer_talk="", talk_seconds=call.talk_seconds + max(0.0, seconds))


def begin_hold(step: Step, call: Call) -> Call:
    """The customer is held from now."""
    if call.held_since is not None:
        return call
    # Marked by its time: a count would start anew after a takeover, and the fact be taken for an old one.
    mark = f"{call.talk_id}/{micros(step.at)}"
    step.fact(call, "hold.started", mark, talk_id=call.talk_id, agent_id=call.agent_id)
    agent = step.agent(call.tenant_id, call.agent_id)
    if agent is not None and agent.state is AgentState.ON_CALL:
        step.move(agent, Move.HELD)
    if call.customer is not None:
        step.emit(fx.SetVariables(call.customer, {"step": "held", "held": micros(step.at)}))
    return replace(call, held_since=step.at)


def end_hold(step: Step, call: Call, *, tell_agent: bool = True) -> Call:
    """The customer is not held any more. ``tell_agent`` moves the agent back to on-call."""
    if call.held_since is None:
        return call
    mark = f"{call.talk_id}/{micros(call.held_since)}"
    step.fact(call, "hold.ended", mark, talk_id=call.talk_id, agent_id=call.agent_id)
    agent = step.agent(call.tenant_id, call.agent_id)
    if tell_agent and agent is not None and agent.state is AgentState.HOLDING:
        step.move(agent, Move.RESUMED)
    return replace(call, held_since=None)


# --- agents ---------------------------------------------------------------------------------------


def release(step: Step, call: Call, agent_id: AgentId | None, *, talked: bool, notice: str | None = None) -> None:
    """The agent has nothing to do with ``call`` any more. Who ``talked`` to a customer gets the tenant's
    status after a call; the others keep the status that they had."""
    agent = step.agent(call.tenant_id, agent_id)
    if agent is None or agent.call_id != call.call_id:
        return
    agent = replace(agent.moved(Move.RELEASED, step.at), call_id=None, leg=None, muted=False)
    if notice is not None:
        agent = replace(agent, notice=notice)
    if not agent.active and agent.logged_in:
        leave(step, agent, "removed")
        return
    if not talked:
        step.put_agent(agent)
        return
    agent = replace(agent, idle_since=max(step.at, agent.idle_since))
    after = step.config(call).status_after_call
    if after is AgentStatus.WRAP_UP:
        agent = replace(agent, wrap_up_call=call.call_id, wrap_up_since=step.at)
        step.agent_fact(agent, "wrapup.started", call.call_id)
    agent = step.set_status(agent, after, "system", anew=after is AgentStatus.WRAP_UP)
    step.put_agent(agent)


def leave(step: Step, agent: Agent, cause: str) -> None:
    """An agent who is in no call is logged out. Stores the agent."""
    agent = replace(end_wrap_up(step, agent), notice="")
    agent = step.set_status(agent, AgentStatus.LOGGED_OUT, "agent" if cause == "agent" else "system")
    step.agent_fact(agent, "agent.logged_out", cause=cause)
    step.put_agent(agent)


def end_wrap_up(step: Step, agent: Agent) -> Agent:
    """The agent's wrap-up, if any, is over. The caller stores the agent."""
    if agent.wrap_up_call is None and agent.wrap_up_since is None:
        return agent
    since = agent.wrap_up_since or step.at
    seconds = max(0.0, (step.at - since).total_seconds())
    step.agent_fact(agent, "wrapup.ended", agent.wrap_up_call, seconds=seconds)
    return replace(agent, wrap_up_call=None, wrap_up_since=None)


def tell(step: Step, call: Call, notice: str) -> None:
    """Leave a notice for the agent of the call."""
    agent = step.agent(call.tenant_id, call.agent_id)
    if agent is not None:
        step.put_agent(replace(agent, notice=notice))


# --- what is pending on a call ----------------------------------------------------------------------


def drop_ring(step: Step, call: Call, outcome: str, cause: str = "", *, hang_up: bool = True) -> Call:
    """Nobody is rung any more: the offer ends with ``outcome`` and its agent is free."""
    ring = call.ring
    if ring is None:
        return call
    if ring.kind not in (RingKind.INTERNAL, RingKind.OUTSIDE, RingKind.RECONNECT):
        step.fact(
            call, "offer.ended", ring.leg, offer_id=ring.leg, agent_id=ring.agent_id, outcome=outcome, cause=cause
        )
    release(step, call, ring.agent_id, talked=False)
    step.emit(fx.CancelTimer(f"recall:{ring.leg}"))
    if hang_up and ring.presented:
        step.emit(fx.HangUpLeg(ring.leg, "ORIGINATOR_CANCEL" if not ring.answered else "NORMAL_CLEARING"))
    return replace(call, ring=None)


def drop_reconnect(step: Step, call: Call, *, hang_up: bool = True) -> Call:
    """The agent's phone is not called anew any more: the talk, or the hold, is as it was. Does not store the call."""
    call = drop_ring(step, call, "withdrawn", hang_up=hang_up)
    return replace(call, phase=Phase.TALKING if call.held_since is None else Phase.HELD)


def drop_consult(step: Step, call: Call, outcome: str, cause: str = "", *, hang_up: bool = True) -> Call:
    """The consultation is over; its target is free (and keeps its status: it met no customer)."""
    consult = call.consult
    if consult is None:
        return call
    if consult.talk_since is not None and consult.agent_id is not None:
        talk = consult_talk_id(consult.leg)
        step.fact(call, "talk.ended", talk, talk_id=talk, agent_id=consult.agent_id, cause=cause)
    step.fact(
        call, "consult.ended", consult.leg, talk_id=call.talk_id, agent_id=call.agent_id, outcome=outcome
    )
    if outcome != "completed":
        release(step, call, consult.agent_id, talked=False)
    step.emit(fx.CancelTimer(f"recall:{consult.leg}"))
    if hang_up and consult.presented:
        step.emit(fx.HangUpLeg(consult.leg))
    return replace(call, consult=None)


def leave_queue(
    step: Step, call: Call, outcome: str, *, agent_id: AgentId | None = None, cause: str = "", ringing: bool = False
) -> Call:
    """The queue visit ends, once, with ``outcome``."""
    if call.visit is None:
        return call
    step.fact(
        call, "queue.left", str(call.visit.number), visit_id=call.visit_id, outcome=outcome, agent_id=agent_id,
        cause=cause, ringing=ringing, queue_id=call.visit.queue_id,
    )  # fmt: skip
    tenant = step.tenant(call.tenant_id)
    queue = tenant.queues.get(call.visit.queue_id)
    if queue is not None:
        step.put_queue(tenant, queue.left(step.entry(call)))
    step.emit(fx.CancelTimer(f"longest:{call.call_id}"))
    if call.declined:
        step.emit(fx.CancelTimer(f"retry:{call.call_id}"))
    return replace(call, visit=None, declined={}, overdue=False, engaged=False)


# --- the end ----------------------------------------------------------------------------------------


def finish(
    step: Step, call: Call, *, by: str = "", cause: str = "", visit: str = "abandoned", consult: str = "failed"
) -> None:
    """Take the whole call down: whatever is pending ends, agents are free, every leg that is left is hung
    up; the call is closed with the last of them. Stores the call."""
    talked = call.talk_since is not None
    ringing = call.ring is not None and call.visit is not None
    gone = "caller_gone" if call.customer is None else "withdrawn"
    if call.phase is Phase.WAITING and call.customer is not None:
        step.emit(fx.StopScript(call.customer))
    call = drop_ring(step, call, gone, cause)
    call = drop_consult(step, call, consult, cause)
    call = leave_queue(step, call, visit, cause=cause, ringing=ringing)
    call = end_talk(step, call, cause)
    internal = call.direction == "internal"
    release(step, call, call.agent_id, talked=talked and not internal)
    release(step, call, call.peer, talked=False)
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    call = replace(call, phase=Phase.ENDING, ended_by=call.ended_by or by, cause=call.cause or cause)
    if not call.legs:
        close(step, call)
        return
    step.emit(*(fx.HangUpLeg(leg) for leg in sorted(call.legs)))
    step.emit(fx.StartTimer(f"watch:{call.call_id}", ENDING_SECONDS))
    step.put_call(call)


def close(step: Step, call: Call) -> None:
    """All legs are gone: the call has ended, and is forgotten."""
    end = call.ended_at or step.at
    answered = call.customer_answered_at
    billsec = int(max(0.0, (end - answered).total_seconds())) if answered and call.direction == "outbound" else 0
    step.fact(
        call, "call.ended", when=call.ended_at, cause=call.cause or "NORMAL_CLEARING",
        by=call.ended_by or call.first_gone or "system", billsec=billsec, talk_seconds=round(call.talk_seconds, 6),
    )  # fmt: skip
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    step.remove_call(call)


def divert(step: Step, call: Call, extension: str, *, outcome: str) -> None:
    """Send the caller back into the dialplan, to its polite end there. Stores the call."""
    customer = call.customer
    assert customer is not None
    if call.phase is Phase.WAITING:
        step.emit(fx.StopScript(customer))
    call = drop_ring(step, call, "withdrawn")
    call = leave_queue(step, call, outcome)
    step.emit(fx.Divert(customer, call.tenant_id, extension))
    step.put_call(replace(call, phase=Phase.DIVERTED))


UNSEEN = "UNKNOWN"
"""Hangup cause of a leg whose end nobody saw: it was gone when we looked again."""


def by_switch(event: LegHungUp) -> str:
    """``system`` for a leg that the switch itself ended (an announcement was over), else nothing."""
    return "" if event.by_far_end or event.cause == UNSEEN else "system"


def noting_end(call: Call, role_name: str, cause: str, far_end: bool, at: datetime) -> Call:
    """Remember from a hang-up who ended the call, and when and why the customer's side did."""
    by = role_name if far_end and not call.ended_by else call.ended_by
    call = replace(call, ended_by=by, first_gone=call.first_gone or role_name)
    if role_name == "caller":
        call = replace(call, cause=cause, ended_at=at)
    return call
