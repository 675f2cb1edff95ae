"""Remembers what each agent has chosen, outside this process: a controller that starts tells the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from app.core.definitions import AgentStatus, TenantId
from app.core.events import AgentRestored
from app.ports import View

log = structlog.get_logger(__name__)


class RememberingFeed(Protocol):
    """A feed that can be read back (app.adapters.redis.RedisFeed)."""

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None: ...

    def remembered_agents(self, tenant_ids: Iterable[TenantId]) -> Iterator[tuple[TenantId, Mapping[str, Any]]]:
        """Every agent's view of these tenants as published last."""
        ...


class AgentMemory:
    """Publishes like the feed it wraps; ``restored`` reads the last views back as events for the core."""

    def __init__(self, feed: RememberingFeed) -> None:
        self._feed = feed

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None:
        """Publish; the feed keeps the agents' views."""
        self._feed.publish(agents, snapshots)

    def restored(self, tenant_ids: Iterable[TenantId]) -> Iterator[AgentRestored]:
        """What the agents had chosen when the last controller ended. A view that cannot be read is logged:
        that agent logs in again."""
        for tenant_id, view in self._feed.remembered_agents(tenant_ids):
            try:
                yield AgentRestored(
                    tenant_id=tenant_id,
                    agent_id=view["id"],
                    status=AgentStatus(view["status"]),
                    reason=view.get("reason") or "",
                    since=datetime.fromisoformat(view["status_since"]),
                    wrap_up_call=view.get("wrap_up_call"),
                )
            except (KeyError, TypeError, ValueError) as error:
                log.warning("agent_not_restored", tenant=tenant_id, error=repr(error))
