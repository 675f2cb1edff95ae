"""A whole TenantConfig as JSON, for another process (the rehearsal)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from app.core.ars_json import ars_from_json, ars_to_json
from app.core.definitions import (
    AgentConfig,
    AgentStatus,
    CallbackOffer,
    QueueConfig,
    Strategy,
    TenantConfig,
)
from app.core.errors import InvalidDefinition


def tenant_to_json(config: TenantConfig) -> dict[str, Any]:
    """The configuration as JSON: its own fields, the ARS as ``ars_to_json``, queues and agents as lists."""
    raw: dict[str, Any] = {
        one.name: getattr(config, one.name)
        for one in dataclasses.fields(config)
        if one.name not in ("ars", "queues", "agents")
    }
    raw |= {
        "dids": list(config.dids),
        "blocked_prefixes": list(config.blocked_prefixes),
        "ars": ars_to_json(config.ars),
        "queues": [_queue_json(queue) for queue in config.queues.values()],
        "agents": [dataclasses.asdict(agent) for agent in config.agents.values()],
    }
    return raw


def tenant_from_json(raw: Mapping[str, Any]) -> TenantConfig:
    """Inverse of ``tenant_to_json``. Raises InvalidDefinition when it cannot be read."""
    try:
        queues = [_queue(one) for one in raw["queues"]]
        agents = [AgentConfig(**one) for one in raw["agents"]]
        rest = {name: value for name, value in raw.items() if name not in ("ars", "queues", "agents")}
        return TenantConfig(
            **{
                **rest,
                "dids": tuple(raw["dids"]),
                "blocked_prefixes": tuple(raw["blocked_prefixes"]),
                "ars": ars_from_json(raw["ars"]),
                "queues": {queue.queue_id: queue for queue in queues},
                "agents": {agent.agent_id: agent for agent in agents},
                "status_after_login": AgentStatus(raw["status_after_login"]),
                "status_after_call": AgentStatus(raw["status_after_call"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidDefinition(f"the configuration cannot be read: {error!r}", field="tenant") from error


def _queue_json(queue: QueueConfig) -> dict[str, Any]:
    # JSON knows no numbers as keys.
    return {**dataclasses.asdict(queue), "tiers": sorted(queue.tiers.items())}


def _queue(raw: Mapping[str, Any]) -> QueueConfig:
    return QueueConfig(
        **{
            **raw,
            "strategy": Strategy(raw["strategy"]),
            "callback": CallbackOffer(raw["callback"]),
            "tiers": {agent_id: level for agent_id, level in raw["tiers"]},
        }
    )
