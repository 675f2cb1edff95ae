"""Publishes what has changed: each changed agent at once, each changed tenant's whole view a few
times a second at most. Latest wins; a failing Redis never stops the calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from app.core.definitions import AgentId, TenantId
from app.ports import Feed, View

log = structlog.get_logger(__name__)

SNAPSHOT_INTERVAL = 0.25
"""Seconds between two snapshots of one tenant at least: a screen shows no more than four a second."""

RETRY_SECONDS = 1.0
"""How long a feed that failed is left alone."""


class LiveView:
    """Collects changes and publishes views made by ``agent_view`` and ``snapshot`` (app.core.live)."""

    def __init__(
        self,
        feed: Feed,
        agent_view: Callable[[TenantId, AgentId], Mapping[str, Any] | None],
        snapshot: Callable[[TenantId], Mapping[str, Any] | None],
        on_error: Callable[[], None] = lambda: None,
    ) -> None:
        self._feed = feed
        self._agent_view = agent_view
        self._snapshot = snapshot
        self._on_error = on_error
        self._agents: dict[tuple[TenantId, AgentId], None] = {}
        self._tenants: dict[TenantId, None] = {}
        self._last: dict[TenantId, float] = {}
        self._not_before = -1e9

    def agent_changed(self, tenant_id: TenantId, agent_id: AgentId) -> None:
        """Have this agent (and the tenant's snapshot) published."""
        self._agents[tenant_id, agent_id] = None
        self._tenants[tenant_id] = None

    def tenant_changed(self, tenant_id: TenantId) -> None:
        """Have the tenant's snapshot published."""
        self._tenants[tenant_id] = None

    def next_due(self, now: float) -> float | None:
        """When (monotonic) ``publish`` has something to do, or None."""
        if self._agents:
            return max(now, self._not_before)
        if not self._tenants:
            return None
        due = min(self._last.get(tenant, -1e9) + SNAPSHOT_INTERVAL for tenant in self._tenants)
        return max(due, self._not_before)

    def publish(self, now: float) -> None:
        """Publish what is due at ``now``. When the feed fails that is logged, and what it did not take is
        published later: nobody would know otherwise before the next change."""
        if now < self._not_before:
            return
        agents: list[View] = []
        tenants: list[View] = []
        try:
            # Each is taken off before it is made: one that cannot be made does not come again and again, and
            # while the feed is being told, another change may put it back.
            while self._agents:
                tenant_id, agent_id = next(iter(self._agents))
                del self._agents[tenant_id, agent_id]
                view = self._agent_view(tenant_id, agent_id)
                if view is not None:
                    agents.append((tenant_id, view))
            for tenant_id in [t for t in self._tenants if self._last.get(t, -1e9) + SNAPSHOT_INTERVAL <= now]:
                del self._tenants[tenant_id]
                self._last[tenant_id] = now
                view = self._snapshot(tenant_id)
                if view is not None:
                    tenants.append((tenant_id, view))
        finally:
            if agents or tenants:
                self._tell(agents, tenants, now)

    def _tell(self, agents: list[View], tenants: list[View], now: float) -> None:
        try:
            self._feed.publish(agents, tenants)
        except (OSError, RuntimeError) as error:  # redis' ConnectionError comes as OSError by the adapter
            for tenant_id, view in agents:
                self.agent_changed(tenant_id, view["id"])
            for tenant_id, _ in tenants:
                self.tenant_changed(tenant_id)
            self._not_before = now + RETRY_SECONDS
            log.warning("live_view_not_published", error=str(error))
            self._on_error()
