"""Who gets which call. Pure: looks at queues and agents, says the decision and why not the others
("왜 나에게 안 왔나?"). The what-if simulation and the live centre use this same code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.core.agent import Agent
from app.core.definitions import AgentId, CallId, QueueConfig, QueueId
from app.core.queues import Queue, Waiting
from app.core.strategies import NOT_CHOSEN, ranked, tier

EXPLAINED = 50
"""Agents whose reason is kept with a decision: the chosen one, those who were ready, then the others."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Offer ``call_id`` to ``agent_id``; ``others`` were ready as well, in order."""

    queue_id: QueueId
    call_id: CallId
    agent_id: AgentId
    others: tuple[AgentId, ...]


MayTake = Callable[[CallId, AgentId], bool]
"""Whether this agent may be asked for this call now (not just declined it; node is up)."""


def decide(
    queues: Iterable[tuple[QueueConfig, Queue]], ready: Mapping[AgentId, Agent], may_take: MayTake
) -> Decision | None:
    """The next offer over ``queues``: the highest priority, then earliest placed call for which an
    assigned agent is ready; None when there is none."""
    if not ready:
        return None
    best: tuple[Waiting, QueueConfig, Queue, list[Agent]] | None = None
    for config, queue in queues:
        if not queue.open or (best is not None and best[0] < queue.open[0]):
            continue
        tiers = config.tiers
        if len(tiers) < len(ready):
            here = [ready[agent_id] for agent_id in tiers if agent_id in ready]
        else:
            here = [agent for agent_id, agent in ready.items() if agent_id in tiers]
        if not here:
            continue
        for entry in queue.open:
            if best is not None and best[0] < entry:
                break
            able = [agent for agent in here if may_take(entry.call_id, agent.agent_id)]
            if able:
                best = (entry, config, queue, able)
                break
    if best is None:
        return None
    entry, config, queue, able = best
    order = ranked(able, config, queue)
    return Decision(config.queue_id, entry.call_id, order[0].agent_id, tuple(a.agent_id for a in order[1:]))


def explain(
    decision: Decision, config: QueueConfig, agents: Mapping[AgentId, Agent]
) -> list[dict[str, int | str]]:
    """The candidates of a decision, each with a reason: ``chosen``; of those who were ready ``lower_tier``
    (a further level) or the strategy's word; of the others what kept them (a status, a state,
    ``not_registered``, ``declined``)."""
    reasons: list[dict[str, int | str]] = [{"agent_id": decision.agent_id, "reason": "chosen"}]
    level = tier(config, decision.agent_id)
    for agent_id in decision.others[: EXPLAINED - 1]:
        lost = NOT_CHOSEN[config.strategy] if tier(config, agent_id) == level else "lower_tier"
        reasons.append({"agent_id": agent_id, "reason": lost})
    if len(reasons) < EXPLAINED and len(config.tiers) > len(reasons):
        told = {decision.agent_id, *decision.others}
        for agent_id in config.tiers:
            if agent_id in told:
                continue
            agent = agents.get(agent_id)
            if agent is not None:
                reasons.append({"agent_id": agent_id, "reason": agent.unready_because or "declined"})
            if len(reasons) >= EXPLAINED:
                break
    return reasons
