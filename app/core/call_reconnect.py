"""The agent's sound again: the page was loaded anew, the browser died, or the call is to go on at another phone of
the same account. The customer is held with music while the agent's telephone is called anew; the talk stays one."""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent
from app.core.call import Call, Phase, Ring, RingKind
from app.core.call_common import UNREGISTERED_CAUSES, begin_hold, drop_ring, end_talk, release
from app.core.call_offering import RECALL_GRACE, note_miss
from app.core.call_talking import Done, back_to_customer, let_go, own_call
from app.core.call_transfer import to_queue_head
from app.core.centre_state import Step
from app.core.definitions import Leg
from app.core.errors import CommandRefused
from app.core.events import AppFinished, Command, EffectFailed, LegHungUp, LegParked, TimerFired
from app.core.values import replace

RECONNECT_SECONDS = 15
"""How long the agent's phone is called, which answers by itself: the customer must not wait for long."""

ROLE = "reconnect"
"""What a leg is called by which an agent's phone is called anew, until it is joined."""


def talk_mark(leg: Leg, talk_id: str) -> str:
    """Which talk goes on at ``leg``, for a later adoption."""
    return f"{leg}/{talk_id}"


def reconnect(step: Step, agent: Agent, command: Command) -> Done:
    """Give the agent's leg up and call the agent's phone anew. Refused outside a talk or hold with a customer, and
    when the phone is not registered: the old leg may yet be good."""
    call = own_call(step, agent)
    if call.direction == "internal" or call.phase not in (Phase.TALKING, Phase.HELD) or call.customer is None:
        raise CommandRefused("no_call")
    if not agent.registered:
        raise CommandRefused("phone_not_registered")
    old, new = call.agent_leg, step.state.new_id()
    if call.phase is Phase.TALKING:
        step.emit(fx.Part(call.customer, keep=(call.customer,)))
        call = begin_hold(step, call)
    elif old is not None:
        step.emit(fx.HangUpLeg(old))
    call = let_go(step, call, old)
    ring = Ring(new, RingKind.RECONNECT, step.at)
    step.emit(
        fx.CallAgent(
            agent_leg=new, tenant_id=call.tenant_id, agent_id=agent.agent_id, sip_user=agent.sip_user,
            timeout_seconds=RECONNECT_SECONDS, shown_number=call.number, shown_name=call.name, call_id=call.call_id,
            role=ROLE,
        ),
        fx.StartTimer(f"recall:{new}", RECONNECT_SECONDS + RECALL_GRACE),
    )  # fmt: skip
    own = step.agent(call.tenant_id, agent.agent_id)
    assert own is not None
    step.put_agent(replace(own, leg=new, muted=False))
    step.put_call(replace(call, phase=Phase.RECONNECTING, ring=ring))
    return {}


# --- what the switch says -------------------------------------------------------------------------------


def phone_back(step: Step, call: Call, event: LegParked) -> None:
    """The agent's phone has answered: back to the customer."""
    ring, agent = call.ring, step.agent(call.tenant_id, call.agent_id)
    assert ring is not None and agent is not None and call.customer is not None
    step.emit(fx.CancelTimer(f"recall:{ring.leg}"))
    step.emit(fx.SetVariables(call.customer, {"talk": ring.leg, "talk_id": talk_mark(ring.leg, call.talk_id)}))
    step.put_agent(replace(agent, muted=False))
    back_to_customer(step, replace(call, ring=None, agent_leg=ring.leg))


def phone_failed(step: Step, call: Call, event: LegHungUp | AppFinished | EffectFailed) -> None:
    """The agent's phone did not come back."""
    give_up(step, call, event.reason if isinstance(event, EffectFailed) else event.cause, hang_up=False)


def reconnect_over(step: Step, call: Call, event: TimerFired) -> None:
    """The switch did not say what became of the call to the agent's phone."""
    give_up(step, call, "NO_ANSWER", hang_up=True)


def give_up(step: Step, call: Call, cause: str, *, hang_up: bool) -> None:
    """Nobody has the customer: back to the head of the queue, or, called by us, the end. Stores the call."""
    agent_id = call.agent_id
    call = drop_ring(step, call, "", cause, hang_up=hang_up)
    if cause in UNREGISTERED_CAUSES and agent_id is not None:
        note_miss(step, call, agent_id, "failed", cause, miss=False)
    call = end_talk(step, call, cause)
    release(step, call, agent_id, talked=True, notice="reconnect_failed")
    to_queue_head(step, replace(call, agent_id=None), cause)
