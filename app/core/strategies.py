"""How a queue chooses among agents who are ready: each strategy is a sort key and a word for losing.

Tiers come first in every strategy: a higher level is asked only when nobody of a lower one is ready.
Ties are broken by agent id, so that the same state always decides the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.core.agent import Agent
from app.core.definitions import AgentId, QueueConfig, Strategy
from app.core.queues import Queue

Key = Callable[[Agent, QueueConfig, Queue], tuple[Any, ...]]


def _longest_idle(agent: Agent, config: QueueConfig, queue: Queue) -> tuple[Any, ...]:
    return (agent.idle_since, agent.agent_id)


def _round_robin(agent: Agent, config: QueueConfig, queue: Queue) -> tuple[Any, ...]:
    # Whoever comes after the last served, then from the beginning.
    last = queue.last_agent if queue.last_agent is not None else -1
    return (agent.agent_id <= last, agent.agent_id)


def _top_down(agent: Agent, config: QueueConfig, queue: Queue) -> tuple[Any, ...]:
    return (agent.agent_id,)


def _least_calls(agent: Agent, config: QueueConfig, queue: Queue) -> tuple[Any, ...]:
    return (agent.answered, agent.idle_since, agent.agent_id)


KEYS: Mapping[Strategy, Key] = {
    Strategy.LONGEST_IDLE: _longest_idle,
    Strategy.ROUND_ROBIN: _round_robin,
    Strategy.TOP_DOWN: _top_down,
    Strategy.LEAST_CALLS: _least_calls,
}

NOT_CHOSEN: Mapping[Strategy, str] = {
    Strategy.LONGEST_IDLE: "less_idle",
    Strategy.ROUND_ROBIN: "later_in_turn",
    Strategy.TOP_DOWN: "further_down",
    Strategy.LEAST_CALLS: "more_calls",
}


def ranked(agents: Iterable[Agent], config: QueueConfig, queue: Queue) -> list[Agent]:
    """``agents`` (all assigned to the queue) in the order in which they are to be asked."""
    key = KEYS[config.strategy]
    return sorted(agents, key=lambda agent: (tier(config, agent.agent_id), *key(agent, config, queue)))


def tier(config: QueueConfig, agent_id: AgentId) -> int:
    """The agent's level in the queue."""
    return config.tiers[agent_id]
