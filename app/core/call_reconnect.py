"""The agent's sound again: the page was loaded anew, the browser died, or the call is to go on at another telephone of
the same account.

The agent's phone is called anew while the old leg stays: only when the new one has answered does it take the old
one's place, and the talk stays one. What does not come back changes nothing. Any other command of the agent
meanwhile (``call_talking.own_call``) takes the attempt back.
"""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent
from app.core.call import Call, Phase, Ring, RingKind
from app.core.call_common import UNREGISTERED_CAUSES, drop_reconnect, end_hold, finish, tell
from app.core.call_offering import RECALL_GRACE, note_miss
from app.core.call_talking import Done, let_go, own_call
from app.core.call_transfer import leave_customer
from app.core.centre_state import Step
from app.core.errors import CommandRefused
from app.core.events import Command, EffectFailed, LegAnswered, LegHungUp, LegParked, TimerFired
from app.core.ids import talk_mark
from app.core.values import replace

RECONNECT_SECONDS = 15
"""How long the agent's phone is called, which answers by itself."""

REST_SECONDS = 5.0
"""How long it may take to come to rest once it has answered."""

ROLE = "reconnect"
"""What a leg is called by which an agent's phone is called anew."""


def reconnect(step: Step, agent: Agent, command: Command) -> Done:
    """Call the agent's phone anew. Refused outside a talk or hold with a customer, and when no phone is registered."""
    call = own_call(step, agent)
    if call.direction == "internal" or call.phase not in (Phase.TALKING, Phase.HELD) or call.customer is None:
        raise CommandRefused("no_call")
    if not agent.registered:
        raise CommandRefused("phone_not_registered")
    new = step.state.new_id()
    step.emit(
        fx.CallAgent(
            agent_leg=new, tenant_id=call.tenant_id, agent_id=agent.agent_id, sip_user=agent.sip_user,
            timeout_seconds=RECONNECT_SECONDS, shown_number=call.number, shown_name=call.name, call_id=call.call_id,
            role=ROLE, beside=call.customer,
        ),
        fx.StartTimer(f"recall:{new}", RECONNECT_SECONDS + RECALL_GRACE),
    )  # fmt: skip
    step.put_call(replace(call, phase=Phase.RECONNECTING, ring=Ring(new, RingKind.RECONNECT, step.at)))
    return {}


# --- what the switch says -------------------------------------------------------------------------------


def phone_answered(step: Step, call: Call, event: LegAnswered) -> None:
    """The new leg is about to come to rest."""
    assert call.ring is not None
    step.emit(fx.StartTimer(f"recall:{call.ring.leg}", REST_SECONDS))
    step.put_call(replace(call, ring=replace(call.ring, answered=True)))


def phone_back(step: Step, call: Call, event: LegParked) -> None:
    """The agent's phone is there: it takes the old leg's place, also of one beside a held customer."""
    ring, agent, old, customer = call.ring, step.agent(call.tenant_id, call.agent_id), call.agent_leg, call.customer
    assert ring is not None and agent is not None and customer is not None
    mark = talk_mark(ring.leg, call.talk_id, call.talk_since or step.at)
    step.emit(
        fx.CancelTimer(f"recall:{ring.leg}"),
        # First, so that who adopts the call in the middle of this finds talk and agent.
        fx.SetVariables(customer, {"step": "talk", "talk": ring.leg, "talk_id": mark}),
    )
    if call.held_since is None:
        step.emit(fx.Part(customer, keep=(customer,)))
    elif old is not None:
        step.emit(fx.HangUpLeg(old))
    call = let_go(step, call, old)
    step.put_agent(replace(agent, leg=ring.leg))
    step.emit(fx.Join(customer, ring.leg))
    if agent.muted:
        step.emit(fx.MuteLeg(ring.leg, True))
    step.put_call(replace(end_hold(step, call), phase=Phase.TALKING, ring=None, agent_leg=ring.leg))


def phone_failed(step: Step, call: Call, event: LegHungUp | EffectFailed) -> None:
    """The agent's phone did not come back."""
    give_up(step, call, event.reason if isinstance(event, EffectFailed) else event.cause, hang_up=False)


def reconnect_over(step: Step, call: Call, event: TimerFired) -> None:
    """The switch did not say what became of the call to the agent's phone."""
    give_up(step, call, "NO_ANSWER", hang_up=True)


def give_up(step: Step, call: Call, cause: str, *, hang_up: bool) -> None:
    """Everything stays as it was; a held customer whom nobody has any more goes back to the head of the queue, or,
    called by us, is hung up. Stores the call."""
    call = drop_reconnect(step, call, hang_up=hang_up)
    if cause in UNREGISTERED_CAUSES and call.agent_id is not None:
        note_miss(step, call, call.agent_id, "failed", cause, miss=False)
    if call.agent_leg is None:
        leave_customer(step, call, cause)
        return
    tell(step, call, "reconnect_failed")
    step.put_call(call)


def old_leg_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """The old leg went by itself. A joined customer goes with it; a held one waits for the new leg."""
    if call.held_since is None:
        finish(step, call, cause=event.cause)
    else:
        agent = step.agent(call.tenant_id, call.agent_id)
        if agent is not None and call.ring is not None:
            step.put_agent(replace(agent, leg=call.ring.leg))
        step.put_call(call)
