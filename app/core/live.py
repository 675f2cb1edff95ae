"""The live view of a tenant: JSON-ready dictionaries for screens, read from the centre's state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.core.agent import Agent
from app.core.call import Call, Phase
from app.core.centre import Centre
from app.core.centre_state import State, Tenant, alive
from app.core.definitions import AgentConfig, AgentId, QueueId, TenantConfig, TenantId
from app.core.dial_rules import outgoing

_ARS = (Phase.ARS, Phase.WAITING, Phase.RINGING, Phase.DIVERTED)


Made = dict[TenantId, dict[AgentId, tuple[TenantConfig, Agent, Call | None, dict[str, Any]]]]
"""Agents' views made before, each with all that it was made of. These values never change, so the view is good
as long as the centre still holds the very same."""


def snapshot(centre: Centre, tenant_id: TenantId, now: datetime, made: Made | None = None) -> dict[str, Any]:
    """The whole live view of a tenant; an unknown tenant gives empty lists. With ``made``, views of agents for
    whom nothing has changed are taken from there; whoever gets them must not change them."""
    state = centre.state
    tenant = state.tenants.get(tenant_id)
    switch = "up" if any(state.nodes.values()) else "down"
    view: dict[str, Any] = {"at": _iso(now), "tenant_id": tenant_id, "switch": switch}
    if tenant is None:
        return view | {"agents": [], "queues": [], "resources": {}}
    config = tenant.config
    return view | {
        # who was deleted during a call is shown until it ends
        "agents": [
            _agent(state, tenant, agent) if made is None else _remembered(state, tenant, agent, made)
            for agent in tenant.agents.values()
            if agent.agent_id in config.agents or agent.call_id is not None
        ],
        "queues": [_queue(state, tenant, queue_id) for queue_id in _shown(state, tenant)],
        "resources": _resources(state, tenant),
    }


def agent_view(
    centre: Centre, tenant_id: TenantId, agent_id: AgentId, now: datetime, made: Made | None = None
) -> dict[str, Any]:
    """One agent's element of the snapshot, plus ``at``. Raises KeyError for an unknown agent."""
    tenant = centre.state.tenants[tenant_id]
    agent = tenant.agents[agent_id]
    view = _agent(centre.state, tenant, agent) if made is None else _remembered(centre.state, tenant, agent, made)
    return view | {"at": _iso(now)}


def logged_in(tenant: Tenant, queue_id: QueueId) -> int:
    """Agents assigned to a queue who are logged in, whatever their status."""
    queue = tenant.config.queues.get(queue_id)
    tiers = queue.tiers if queue is not None else {}
    return sum(1 for agent_id in tiers if (a := tenant.agents.get(agent_id)) is not None and a.logged_in)


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at is not None else None


def _agent(state: State, tenant: Tenant, agent: Agent) -> dict[str, Any]:
    config = tenant.config.agents.get(agent.agent_id)
    if config is None:
        config = AgentConfig(agent.agent_id, "", "", "", agent.sip_user)
    call = state.calls.get(agent.call_id) if agent.call_id is not None else None
    return {
        "id": agent.agent_id,
        "name": config.name,
        "extension": config.extension,
        "login": config.login,
        "group": config.group,
        "status": agent.status.value,
        "reason": agent.reason,
        "state": agent.state.value,
        "status_since": _iso(agent.status_since),
        "state_since": _iso(agent.state_since),
        "registered": agent.registered,
        "call": _call(tenant, agent, call) if call is not None else None,
        "wrap_up_call": agent.wrap_up_call,
        "misses": agent.misses,
        "notice": agent.notice,
    }


def _remembered(state: State, tenant: Tenant, agent: Agent, made: Made) -> dict[str, Any]:
    call = state.calls.get(agent.call_id) if agent.call_id is not None else None
    of_tenant = made.setdefault(agent.tenant_id, {})
    before = of_tenant.get(agent.agent_id)
    if before is not None and before[0] is tenant.config and before[1] is agent and before[2] is call:
        return before[3]
    view = _agent(state, tenant, agent)
    of_tenant[agent.agent_id] = (tenant.config, agent, call, view)
    return view


def _call(tenant: Tenant, agent: Agent, call: Call) -> dict[str, Any]:
    conducting = call.agent_id == agent.agent_id
    queue = tenant.config.queues.get(call.queue_id) if call.queue_id is not None else None
    view: dict[str, Any] = {
        "id": call.call_id,
        "direction": call.direction,
        "number": call.number,
        "name": call.name,
        "customer_number": call.number,
        "queue_id": call.queue_id,
        "queue": queue.name if queue is not None else "",
        "menu": call.menu,
        "did": call.did,
        "started_at": _iso(call.arrived_at),
        "answered_at": _iso(call.talk_since if conducting else None),
        "held": conducting and call.held_since is not None,
        "muted": agent.muted,
        "phase": _phase(agent, call, conducting),
        "consult": _consult(call) if conducting else None,
    }
    if conducting:
        return view
    # Who is consulted, or called internally, sees the colleague; the customer's number stays beside.
    other = call.agent_id if call.agent_id is not None else call.return_to
    caller = tenant.config.agents.get(other) if other is not None else None
    consulted = call.consult is not None and call.consult.agent_id == agent.agent_id
    if caller is not None and (consulted or call.peer == agent.agent_id):
        view |= {"number": caller.extension, "name": caller.name}
    if consulted and call.consult is not None:
        view |= {"direction": "consult", "answered_at": _iso(call.consult.talk_since)}
    elif call.peer == agent.agent_id:
        view |= {"answered_at": _iso(call.talk_since), "customer_number": ""}
    return view


def _phase(agent: Agent, call: Call, conducting: bool) -> str:
    """ringing, dialling, talking, held, consult_ringing, consulting or reconnecting, as this agent sees the call."""
    if not conducting:
        return "ringing" if agent.state.value in ("ringing", "reserved") else "talking"
    return {
        Phase.CALLING_AGENT: "dialling",
        Phase.DIALLING: "dialling",
        Phase.HELD: "held",
        Phase.RETURNING: "held",
        Phase.CONSULT_RINGING: "consult_ringing",
        Phase.CONSULTING: "consulting",
        Phase.RECONNECTING: "reconnecting",
    }.get(call.phase, "talking")


def _consult(call: Call) -> dict[str, Any] | None:
    consult = call.consult
    if consult is None:
        return None
    state = "talking" if call.phase is Phase.CONSULTING else "ringing"
    return {"agent_id": consult.agent_id, "number": consult.number, "state": state}


def _shown(state: State, tenant: Tenant) -> list[QueueId]:
    """Queues of the menu, and those that left it while there are calls of theirs."""
    queues = tenant.config.queues
    if not any(queue.retired for queue in queues.values()):
        return list(queues)
    busy = {call.queue_id for call_id in tenant.calls if alive(call := state.calls[call_id])}
    return [queue_id for queue_id, queue in queues.items() if not queue.retired or queue_id in busy]


def _queue(state: State, tenant: Tenant, queue_id: QueueId) -> dict[str, Any]:
    config, queue = tenant.config.queues[queue_id], tenant.queues[queue_id]
    calls = [state.calls[entry.call_id] for entry in queue.waiting]
    since = [call.visit.entered_at for call in calls if call.visit is not None]
    return {
        "id": queue_id,
        "name": config.name,
        "waiting": len(queue.waiting),
        "longest_since": _iso(min(since, default=None)),
        "calls": [
            {
                "id": call.call_id,
                "number": call.number,
                "since": _iso(call.visit.entered_at if call.visit else None),
                "position": position,
                "ringing": call.ring is not None,
            }
            for position, call in enumerate(calls, 1)
        ],
        "idle": sum(1 for agent_id in config.tiers if agent_id in tenant.ready),
        "logged_in": logged_in(tenant, queue_id),
    }


def _resources(state: State, tenant: Tenant) -> dict[str, int]:
    calls = [state.calls[call_id] for call_id in tenant.calls]
    living = [call for call in calls if call.phase is not Phase.ENDING]
    return {
        "inbound": sum(1 for call in living if call.direction == "inbound"),
        "outbound": sum(outgoing(call) for call in living),
        "ars": sum(1 for call in living if call.direction == "inbound" and call.phase in _ARS),
        "recording": sum(1 for call in living if call.recording),
        "lines_in": tenant.config.lines_in,
        "lines_out": tenant.config.lines_out,
        "licences": tenant.config.licences,
    }
