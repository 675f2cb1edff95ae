"""What must hold of the live state after every step, whatever happened."""

from __future__ import annotations

from app.core.call import Call, Phase, Role
from app.core.call_table import agents_of
from app.core.centre_state import State, Tenant
from app.core.definitions import AgentState

_TALKS = (Phase.TALKING, Phase.HELD, Phase.RECONNECTING, Phase.CONSULT_RINGING, Phase.CONSULTING, Phase.RETURNING)


def problems(state: State) -> list[str]:
    """Every breach, in words; empty when all is well."""
    found: list[str] = []
    busy: dict[tuple[int, int], str] = {}
    for call in state.calls.values():
        found += _call_problems(state, call)
        if call.phase in (Phase.ENDING, Phase.DIVERTED, Phase.AWAY):
            continue
        for agent_id in agents_of(call):
            other = busy.setdefault((call.tenant_id, agent_id), call.call_id)
            if other != call.call_id:
                found.append(f"agent {agent_id} is in the calls {other} and {call.call_id}")
    for leg, call_id in state.legs.items():
        if call_id not in state.calls or leg not in state.calls[call_id].legs:
            found.append(f"leg {leg} points to call {call_id}, which has no such leg")
    for tenant in state.tenants.values():
        found += _tenant_problems(state, tenant, busy)
    return found


def _call_problems(state: State, call: Call) -> list[str]:
    found = []
    name = f"call {call.call_id} ({call.phase.value})"
    if call.tenant_id not in state.tenants:
        return [f"{name} has no tenant"]
    found += [f"{name}: leg {leg} is not indexed" for leg in call.legs if state.legs.get(leg) != call.call_id]
    if not call.legs:
        found.append(f"{name} has no legs left: it is lost")
    if call.ring is not None and call.consult is not None:
        found.append(f"{name} rings two phones")
    if (call.phase in (Phase.WAITING, Phase.RINGING)) and call.visit is None:
        found.append(f"{name} waits in no queue")
    if call.visit is not None:
        queue = state.tenants[call.tenant_id].queues.get(call.visit.queue_id)
        held = [entry.call_id for entry in queue.waiting] if queue else []
        open_ = [entry.call_id for entry in queue.open] if queue else []
        if held.count(call.call_id) != 1:
            found.append(f"{name} is {held.count(call.call_id)} times in queue {call.visit.queue_id}")
        if (call.phase is Phase.WAITING) != (call.call_id in open_):
            found.append(f"{name} is wrongly (not) open for offers")
    needs = {
        Phase.RINGING: call.ring, Phase.RECONNECTING: call.ring,
        Phase.CONSULTING: call.consult, Phase.CONSULT_RINGING: call.consult,
    }  # fmt: skip
    if call.phase in needs and needs[call.phase] is None:
        found.append(f"{name} rings nobody")
    talking = call.phase in _TALKS
    if talking != (call.talk_since is not None):
        found.append(f"{name} has {'no' if talking else 'a'} talk")
    return found


def _tenant_problems(state: State, tenant: Tenant, busy: dict[tuple[int, int], str]) -> list[str]:
    found = []
    for call_id in tenant.calls:
        if call_id not in state.calls:
            found.append(f"tenant lists call {call_id}, which is no more")
    for queue in tenant.queues.values():
        for entry in queue.waiting:
            call = state.calls.get(entry.call_id)
            if call is None or call.visit is None or call.visit.queue_id != queue.queue_id:
                found.append(f"queue {queue.queue_id} holds {entry.call_id}, which does not wait there")
        if list(queue.waiting) != sorted(queue.waiting) or list(queue.open) != sorted(queue.open):
            found.append(f"queue {queue.queue_id} is out of order")
    for agent in tenant.agents.values():
        name = f"agent {agent.agent_id}"
        inside = busy.get((agent.tenant_id, agent.agent_id))
        if agent.call_id != inside:
            found.append(f"{name} believes to be in {agent.call_id}, is in {inside}")
        if (agent.state is AgentState.IDLE) != (agent.call_id is None):
            found.append(f"{name} is {agent.state.value} in call {agent.call_id}")
        if agent.ready != (agent.agent_id in tenant.ready):
            found.append(f"{name} is wrongly (not) listed as ready")
        if agent.call_id is not None and agent.call_id in state.calls:
            role = state.calls[agent.call_id].role(agent.leg)
            if role in (Role.LEAVING, Role.NONE):
                found.append(f"{name} is on a leg that is not of its call")
    return found
