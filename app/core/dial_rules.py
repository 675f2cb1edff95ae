"""What may be dialled, by whom: extensions, outside numbers, lines. Refusals are codes of CommandRefused."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.agent import Agent
from app.core.call import Call, Phase, RingKind
from app.core.caller_ids import shown_at
from app.core.centre_state import Step, Tenant
from app.core.definitions import AgentId, TenantConfig
from app.core.errors import CommandRefused
from app.core.numbering import normalise, refusal

OUTSIDE_SECONDS = 60
"""How long an outside number is rung."""


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to be called: an agent or an outside number, never both."""

    agent_id: AgentId | None = None
    number: str = ""


def resolve(step: Step, agent: Agent, target_agent: AgentId | None, number: str) -> Target:
    """The target of a consultation or transfer: another agent in 대기 and idle, or an outside number.

    Raises CommandRefused: target_not_available, or why the number may not be dialled.
    """
    tenant = step.tenant(agent.tenant_id)
    if target_agent is None:
        target_agent = extension_of(tenant.config, number)
    if target_agent is not None:
        target = tenant.agents.get(target_agent)
        if target is None or target_agent == agent.agent_id or not target.ready:
            raise CommandRefused("target_not_available")
        return Target(agent_id=target_agent)
    return Target(number=outside(step, tenant, number))


def extension_of(config: TenantConfig, number: str) -> AgentId | None:
    """The active agent whose extension ``number`` is, or None."""
    wanted = number.strip()
    return next(
        (a.agent_id for a in config.agents.values() if wanted and a.extension == wanted and a.active), None
    )


def outside(step: Step, tenant: Tenant, number: str) -> str:
    """``number`` as it is sent to the gateway. Raises CommandRefused when it may not be dialled now."""
    config = tenant.config
    if not config.under_contract:
        raise CommandRefused("not_under_contract")
    code = refusal(
        number, international_allowed=config.international_allowed, blocked_prefixes=config.blocked_prefixes
    )
    if code is not None:
        raise CommandRefused(code)
    if not shown_at(config, step.now):
        raise CommandRefused("no_caller_id")
    if lines_out(step.state.calls, tenant) >= config.lines_out:
        raise CommandRefused("lines_full")
    return normalise(number)


def lines_out(calls: dict[str, Call], tenant: Tenant) -> int:
    """Outgoing lines in use: called numbers, and those that customers were transferred or consulted to."""
    return sum(outgoing(calls[call_id]) for call_id in tenant.calls)


def outgoing(call: Call) -> int:
    """Outgoing lines that one call uses."""
    if call.phase is Phase.ENDING:
        return 0
    count = int(call.direction == "outbound") + int(call.phase is Phase.AWAY)
    if call.consult is not None and call.consult.agent_id is None:
        count += 1
    ring = call.ring
    if ring is not None and ring.agent_id is None and call.phase in (Phase.TRANSFERRING, Phase.COMPLETING):
        count += int(ring.kind is RingKind.OUTSIDE or bool(ring.number))
    return count
