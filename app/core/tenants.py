"""Tenants, agents and phones coming, changing and going."""

from __future__ import annotations

from app.core.agent import Agent
from app.core.call import Phase
from app.core.call_common import divert, leave
from app.core.centre_state import Step, Tenant
from app.core.definitions import AgentId, AgentStatus, QueueId, TenantConfig
from app.core.errors import NoTransition
from app.core.events import AgentRestored, PhoneRegistered, PhoneUnregistered, TenantPublished, TenantRemoved
from app.core.queues import Queue
from app.core.values import replace


def published(step: Step, event: TenantPublished) -> None:
    """Decide by these settings from now on. Calls in progress go on; callers of a queue that is no more
    hear the unavailable prompt."""
    config = event.config
    state = step.state
    old = state.tenants.get(config.tenant_id)
    tenant = Tenant(config) if old is None else old
    before = None if old is None else old.config
    # A Tenant object is shared: a fresh one takes its place, so that an undone step leaves the old.
    fresh = Tenant(
        config, dict(tenant.agents), dict(tenant.queues), dict(tenant.calls), dict(tenant.ready), serves_of(config)
    )
    step.set(state.tenants, config.tenant_id, fresh)
    for queue_id in config.queues:
        if queue_id not in fresh.queues:
            fresh.queues[queue_id] = Queue(queue_id)
        step.match_later(config.tenant_id, queue_id)
    for agent_id in config.agents:
        _agent_published(step, fresh, agent_id, before)
    for agent_id in [a for a in fresh.agents if a not in config.agents]:
        _agent_withdrawn(step, fresh, agent_id)
    _queues_withdrawn(step, fresh)


def serves_of(config: TenantConfig) -> dict[AgentId, tuple[QueueId, ...]]:
    """The queues that each agent is assigned to."""
    serves: dict[AgentId, tuple[QueueId, ...]] = {}
    for queue_id, queue in config.queues.items():
        for agent_id in queue.tiers:
            serves[agent_id] = (*serves.get(agent_id, ()), queue_id)
    return serves


def _agent_published(step: Step, tenant: Tenant, agent_id: AgentId, before: TenantConfig | None) -> None:
    config = tenant.config.agents[agent_id]
    agent = tenant.agents.get(agent_id)
    if agent is None:
        agent = Agent(
            tenant.config.tenant_id, agent_id, config.sip_user, step.now, step.now, step.now, active=config.active,
            registered=config.sip_user in step.state.phones,
        )  # fmt: skip
    elif before is not None and before.agents.get(agent_id) != config:
        agent = replace(
            agent, sip_user=config.sip_user, active=config.active,
            registered=config.sip_user in step.state.phones,
        )  # fmt: skip
    step.set(step.state.sip_users, config.sip_user, (tenant.config.tenant_id, agent_id))
    step.put_agent(agent)
    if not config.active and agent.logged_in and agent.call_id is None:
        leave(step, agent, "removed")


def _agent_withdrawn(step: Step, tenant: Tenant, agent_id: AgentId) -> None:
    """An agent who was deleted: out as soon as no call holds them."""
    agent = replace(tenant.agents[agent_id], active=False)
    step.put_agent(agent)
    if agent.call_id is None:
        if agent.logged_in:
            leave(step, agent, "removed")
        step.drop(step.state.sip_users, agent.sip_user)
        step.drop(tenant.ready, agent_id)
        step.drop(tenant.agents, agent_id)


def _queues_withdrawn(step: Step, tenant: Tenant) -> None:
    for queue_id in [q for q in tenant.queues if q not in tenant.config.queues]:
        for entry in tenant.queues[queue_id].waiting:
            call = step.state.calls[entry.call_id]
            if call.phase in (Phase.WAITING, Phase.RINGING):
                divert(step, call, "unavailable", outcome="unavailable")
        if not tenant.queues[queue_id].waiting:
            step.drop(tenant.queues, queue_id)


def removed(step: Step, event: TenantRemoved) -> None:
    """The tenant is served no more: who waits hears the unavailable prompt, agents are logged out, talks
    go on to their end."""
    old = step.state.tenants.get(event.tenant_id)
    if old is None:
        raise NoTransition(f"tenant {event.tenant_id} is not served here")
    config = replace(old.config, queues={}, agents={}, under_contract=False)
    published(step, TenantPublished(config))
    tenant = step.state.tenants[event.tenant_id]
    tenant.removed = True
    if not tenant.calls:
        step.drop(step.state.tenants, event.tenant_id)


def agent_restored(step: Step, event: AgentRestored) -> None:
    """The status that the journal last told of an agent, taken over without a new fact."""
    tenant = step.state.tenants.get(event.tenant_id)
    agent = tenant.agents.get(event.agent_id) if tenant is not None else None
    if agent is None:
        raise NoTransition(f"agent {event.agent_id} is not served here")
    wrap_up = event.wrap_up_call if event.status is AgentStatus.WRAP_UP else None
    step.put_agent(
        replace(
            agent,
            status=event.status,
            reason=event.reason,
            status_since=event.since,
            state_since=agent.state_since if agent.call_id is not None else event.since,
            idle_since=event.since,
            wrap_up_call=wrap_up,
            wrap_up_since=event.since if wrap_up is not None else None,
        )
    )


def phone_registered(step: Step, event: PhoneRegistered) -> None:
    """A phone registered, or renewed its registration."""
    _phone(step, event.sip_user, event.node)


def phone_unregistered(step: Step, event: PhoneUnregistered) -> None:
    """A phone is gone: the agent gets no offers but keeps the status."""
    _phone(step, event.sip_user, None)


def _phone(step: Step, sip_user: str, node: str | None) -> None:
    if node is None:
        step.drop(step.state.phones, sip_user)
    else:
        step.set(step.state.phones, sip_user, node)
    found = step.state.sip_users.get(sip_user)
    agent = step.agent(*found) if found is not None else None
    if agent is not None and agent.registered != (node is not None):
        step.put_agent(replace(agent, registered=node is not None))


def registrations(step: Step, node: str, registered: frozenset[str]) -> None:
    """All phones registered on a node, as its snapshot says: the others of that node are gone."""
    for sip_user in [user for user, where in step.state.phones.items() if where == node and user not in registered]:
        _phone(step, sip_user, None)
    for sip_user in registered:
        _phone(step, sip_user, node)

