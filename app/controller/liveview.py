"""Publishes what has changed: each changed agent at once, each changed tenant's whole view a few
times a second at most. Latest wins; a failing Redis never stops the calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from app.core.definitions import AgentId, TenantId
from app.ports import Feed

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
        try:
            for agent in list(self._agents):
                self._publish_agent(*agent)
            for tenant_id in [t for t in self._tenants if self._last.get(t, -1e9) + SNAPSHOT_INTERVAL <= now]:
                self._publish_snapshot(tenant_id, now)
        except (OSError, RuntimeError) as error:  # redis' ConnectionError comes as OSError by the adapter
            self._not_before = now + RETRY_SECONDS
            log.warning("live_view_not_published", error=str(error))
            self._on_error()

    def _publish_agent(self, tenant_id: TenantId, agent_id: AgentId) -> None:
        # Taken off first: while the feed is being told, another change may put it back.
        self._agents.pop((tenant_id, agent_id), None)
        view = self._agent_view(tenant_id, agent_id)
        if view is None:
            return
        try:
            self._feed.publish_agent(tenant_id, view)
        except (OSError, RuntimeError):
            self.agent_changed(tenant_id, agent_id)
            raise

    def _publish_snapshot(self, tenant_id: TenantId, now: float) -> None:
        self._tenants.pop(tenant_id, None)
        self._last[tenant_id] = now
        view = self._snapshot(tenant_id)
        if view is None:
            return
        try:
            self._feed.publish_snapshot(tenant_id, view)
        except (OSError, RuntimeError):
            self.tenant_changed(tenant_id)
            raise
