"""Talking: hold, resume, mute, digits, hanging up, the forced end, and what the switch says meanwhile."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core import effects as fx
from app.core.agent import Agent
from app.core.call import Call, Phase
from app.core.call_common import begin_hold, drop_consult, drop_reconnect, end_hold, end_talk, finish, release
from app.core.centre_state import Step
from app.core.definitions import AgentState, Leg
from app.core.errors import CommandRefused
from app.core.events import Command, LegHungUp, LegParked, LegsBridged, Mute, SendDigits, TimerFired
from app.core.values import replace

DROP_SECONDS = 2.0
"""How long a leg that is on its way out may take before it is hung up."""

_DIGITS = re.compile(r"[0-9*#A-D]{1,32}")

Done = Mapping[str, object]


# --- what the switch says ----------------------------------------------------------------------------


def side_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """One side hung up: the other is hung up too."""
    finish(step, call, cause=event.cause)


def leaver_gone(step: Step, call: Call, event: LegHungUp) -> None:
    """A leg that was on its way out has gone."""
    step.emit(fx.CancelTimer(f"drop:{event.leg}"))
    step.put_call(call)


def customer_rests(step: Step, call: Call, event: LegParked) -> None:
    """The held customer's leg has come to rest: music."""
    assert call.customer is not None
    step.emit(fx.PlayMusic(call.customer, step.config(call).music))


def agent_rests(step: Step, call: Call, event: LegParked) -> None:
    """The agent's leg has come to rest beside a held customer."""
    step.put_call(replace(call, agent_rests=True))


def joined_again(step: Step, call: Call, event: LegsBridged) -> None:
    """Customer and agent hear each other; who was on the way out can go now."""
    step.emit(*(fx.HangUpLeg(leg) for leg in sorted(call.leaving)))


def drop_now(step: Step, call: Call, event: TimerFired) -> None:
    """A leg that should have gone by itself has not."""
    leg = event.key.partition(":")[2]
    if leg in call.leaving:
        step.emit(fx.HangUpLeg(leg))


def let_go(step: Step, call: Call, leg: Leg | None) -> Call:
    """An agent's leg leaves the call: it ends with its bridge, or is hung up in a moment."""
    if leg is None:
        return call
    step.emit(fx.StartTimer(f"drop:{leg}", DROP_SECONDS))
    agent_leg = None if leg == call.agent_leg else call.agent_leg
    return replace(call, agent_leg=agent_leg, leaving=call.leaving | {leg}, agent_rests=False)


# --- what people ask -----------------------------------------------------------------------------------


def own_call(step: Step, agent: Agent) -> Call:
    """The call that this agent conducts. Raises CommandRefused (no_call); an agent who is only rung,
    consulted or called internally does not conduct. An attempt to reconnect the agent's phone is taken back."""
    call = step.state.calls.get(agent.call_id) if agent.call_id is not None else None
    if call is None or call.agent_id != agent.agent_id:
        raise CommandRefused("no_call")
    if call.phase is Phase.RECONNECTING and call.agent_leg is not None:
        call = drop_reconnect(step, call)
        step.put_call(call)
    return call


def hold(step: Step, agent: Agent, command: Command) -> Done:
    call = own_call(step, agent)
    if call.held_since is not None:
        raise CommandRefused("already_held")
    if call.phase is not Phase.TALKING:
        raise CommandRefused("no_call")
    step.put_call(replace(park_both(step, call), phase=Phase.HELD))
    return {}


def park_both(step: Step, call: Call) -> Call:
    """Take customer and agent apart; the customer gets music as soon as the leg rests."""
    assert call.customer is not None and call.agent_leg is not None
    step.emit(fx.Part(call.customer, keep=(call.customer, call.agent_leg)))
    return replace(begin_hold(step, call), agent_rests=False)


def resume(step: Step, agent: Agent, command: Command) -> Done:
    call = own_call(step, agent)
    if call.phase is not Phase.HELD:
        raise CommandRefused("not_held")
    back_to_customer(step, call)
    return {}


def back_to_customer(step: Step, call: Call) -> None:
    """Join customer and agent again. Stores the call."""
    assert call.customer is not None and call.agent_leg is not None
    step.emit(fx.Join(call.customer, call.agent_leg), fx.SetVariables(call.customer, {"step": "talk"}))
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"))
    step.put_call(replace(end_hold(step, call), phase=Phase.TALKING, agent_rests=False))


def mute(step: Step, agent: Agent, command: Mute) -> Done:
    if agent.leg is None or agent.state not in (AgentState.ON_CALL, AgentState.HOLDING):
        raise CommandRefused("no_call")
    step.emit(fx.MuteLeg(agent.leg, command.on))
    step.put_agent(replace(agent, muted=command.on))
    return {}


def send_digits(step: Step, agent: Agent, command: SendDigits) -> Done:
    call = own_call(step, agent)
    if not _DIGITS.fullmatch(command.digits):
        raise CommandRefused("bad_digits")
    leg = call.customer if call.phase is Phase.TALKING else None
    if call.phase is Phase.CONSULTING and call.consult is not None:
        leg = call.consult.leg
    if leg is None:
        raise CommandRefused("no_call")
    step.emit(fx.SendTones(leg, command.digits))
    return {}


def force_end(step: Step, agent: Agent, command: Command) -> Done:
    """강성종료: the agent is out at once, the customer hears the closing announcement."""
    call = own_call(step, agent)
    if call.phase not in (Phase.TALKING, Phase.HELD, Phase.CONSULT_RINGING, Phase.CONSULTING, Phase.RETURNING):
        raise CommandRefused("no_call")
    if call.customer is None or call.direction == "internal":
        raise CommandRefused("no_call")
    apart = call.phase is not Phase.TALKING
    call = drop_consult(step, call, "cancelled")
    call = end_talk(step, call, "NORMAL_CLEARING")
    release(step, call, agent.agent_id, talked=True)
    leg = call.agent_leg
    call = let_go(step, call, leg)
    assert call.customer is not None
    step.emit(fx.CancelTimer(f"watch:{call.call_id}"), fx.Divert(call.customer, call.tenant_id, "forced-end"))
    if apart and leg is not None:
        step.emit(fx.HangUpLeg(leg))
    step.put_call(replace(call, phase=Phase.DIVERTED, ended_by="agent"))
    return {}
