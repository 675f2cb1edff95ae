"""What an agent asks about themselves: login, status, wrap-up, answering and declining what rings."""

from __future__ import annotations

from app.core import effects as fx
from app.core.agent import Agent
from app.core.call import Call, Phase, RingKind
from app.core.call_blind import refuse_transfer
from app.core.call_common import drop_consult, end_wrap_up, finish, leave
from app.core.call_dialling import give_up
from app.core.call_offering import give_back
from app.core.call_talking import Done
from app.core.call_transfer import leave_customer, refuse_consult, start_joining
from app.core.centre_state import Step
from app.core.definitions import AgentState, AgentStatus
from app.core.errors import CommandRefused
from app.core.events import Command, LogIn, SetStatus, WrapUpDone
from app.core.values import replace

_S = AgentState

BUSY = frozenset({_S.DIALLING, _S.ON_CALL, _S.HOLDING})
"""States in which the status is fixed (PRODUCT.md §2)."""


def log_in(step: Step, agent: Agent, command: LogIn) -> Done:
    """Log in. An agent who is logged in already (a page loaded anew) keeps status and state."""
    if not agent.active:
        raise CommandRefused("unknown_agent")
    if not step.tenant(agent.tenant_id).config.under_contract:
        raise CommandRefused("not_under_contract")
    if agent.logged_in:
        return {"status": agent.status.value}
    agent = replace(agent, answered=0, misses=0, notice="")
    step.agent_fact(agent, "agent.logged_in", platform=command.platform)
    agent = step.set_status(agent, step.tenant(agent.tenant_id).config.status_after_login, "agent")
    step.put_agent(agent)
    return {"status": agent.status.value}


def log_out(step: Step, agent: Agent, command: Command) -> Done:
    """Log out; a phone that rings stops, the caller keeps the place."""
    agent = _free(step, _logged_in(agent))
    leave(step, agent, "agent")
    return {}


def set_status(step: Step, agent: Agent, command: SetStatus) -> Done:
    """대기, 휴식 or 후처리. While a phone rings it declines that offer (no miss: the agent acted)."""
    if command.status not in (AgentStatus.AVAILABLE, AgentStatus.ON_BREAK, AgentStatus.WRAP_UP):
        raise CommandRefused("bad_status")
    agent = _logged_in(agent)
    if agent.state in BUSY:
        raise CommandRefused("in_call")
    if (agent.status, agent.reason) == (command.status, command.reason):
        return {}
    agent = _free(step, agent)
    if command.status is not AgentStatus.WRAP_UP:
        agent = end_wrap_up(step, agent)
    agent = replace(agent, misses=0, notice="")
    step.put_agent(step.set_status(agent, command.status, "agent", command.reason))
    return {}


def wrap_up_done(step: Step, agent: Agent, command: WrapUpDone) -> Done:
    """Out of wrap-up into 대기 or 휴식. An agent who is out already just gets that status."""
    if command.status not in (AgentStatus.AVAILABLE, AgentStatus.ON_BREAK):
        raise CommandRefused("bad_status")
    return set_status(
        step, agent, SetStatus(command.command_id, command.tenant_id, command.agent_id, command.status, command.reason)
    )


def _logged_in(agent: Agent) -> Agent:
    if not agent.logged_in:
        raise CommandRefused("not_logged_in")
    return agent


def _free(step: Step, agent: Agent) -> Agent:
    """The agent without what rings; raises CommandRefused (in_call) when in a call."""
    if agent.state in BUSY:
        raise CommandRefused("in_call")
    if agent.call_id is None:
        return agent
    decline(step, agent, "STATUS_CHANGED", miss=False)
    free = step.agent(agent.tenant_id, agent.agent_id)
    assert free is not None
    return free


# --- what rings --------------------------------------------------------------------------------------


def ringing_call(step: Step, agent: Agent) -> Call:
    """The call that rings (or is about to ring) this agent's phone. Raises CommandRefused (not_ringing)."""
    call = step.state.calls.get(agent.call_id) if agent.call_id is not None else None
    if call is None or agent.state not in (_S.RINGING, _S.RESERVED):
        raise CommandRefused("not_ringing")
    return call


def answer(step: Step, agent: Agent, command: Command) -> Done:
    ringing_call(step, agent)
    if agent.leg is None or agent.state is not _S.RINGING:
        raise CommandRefused("not_ringing")
    step.emit(fx.AnswerPhone(agent.leg))
    return {}


def reject(step: Step, agent: Agent, command: Command) -> Done:
    ringing_call(step, agent)
    decline(step, agent, "CALL_REJECTED", miss=True)
    return {}


def decline(step: Step, agent: Agent, cause: str, *, miss: bool) -> None:
    """Take what rings away from this agent, as a refusal by ``cause``."""
    call = ringing_call(step, agent)
    ring, word = call.ring, "CALL_REJECTED"
    if ring is not None and ring.agent_id == agent.agent_id:
        if ring.kind is RingKind.QUEUE:
            give_back(step, call, "refused", cause, hang_up=True, miss=miss)
        elif ring.kind is RingKind.INTERNAL:
            give_up(step, call, word)
        elif call.phase is Phase.TRANSFERRING:
            refuse_transfer(step, call, word, hang_up=True, miss=miss)
        else:
            raise CommandRefused("in_call")
    elif call.consult is not None and call.consult.agent_id == agent.agent_id:
        refuse_consult(step, call, word, hang_up=True)
    else:
        raise CommandRefused("not_ringing")


# --- hanging up ----------------------------------------------------------------------------------------


def hang_up(step: Step, agent: Agent, command: Command) -> Done:
    """Hang up whatever the agent is in; what follows is decided as if the phone had hung up."""
    if agent.state in (_S.RINGING, _S.RESERVED):
        return reject(step, agent, command)
    call = step.state.calls.get(agent.call_id) if agent.call_id is not None else None
    if call is None:
        raise CommandRefused("no_call")
    if call.agent_id != agent.agent_id:
        _leave_others_call(step, call, agent)
    elif call.phase is Phase.CONSULTING:
        start_joining(step, call)
    elif call.phase is Phase.CONSULT_RINGING:
        leave_customer(step, call, "NORMAL_CLEARING")
    else:
        finish(step, replace(call, ended_by="agent"), by="agent", cause="NORMAL_CLEARING")
    return {}


def _leave_others_call(step: Step, call: Call, agent: Agent) -> None:
    """The called of an internal call, or the consulted, hangs up."""
    if call.consult is not None and call.consult.agent_id == agent.agent_id:
        call = drop_consult(step, call, "cancelled", "NORMAL_CLEARING")
        own = step.agent(call.tenant_id, call.agent_id)
        if own is not None:
            step.put_agent(replace(own, notice="consult_left"))
        step.put_call(replace(call, phase=Phase.HELD))
    elif call.peer == agent.agent_id:
        finish(step, replace(call, ended_by="agent"), by="agent", cause="NORMAL_CLEARING")
    elif agent.leg is not None:
        step.emit(fx.HangUpLeg(agent.leg))
