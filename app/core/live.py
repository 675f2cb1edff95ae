"""The live view of a tenant: JSON-ready dictionaries for screens, read from the centre's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.centre import Centre


def snapshot(centre: Centre, tenant_id: int, now: datetime) -> dict[str, Any]:
    """The whole live view of a tenant; an unknown tenant gives empty lists."""
    return {"at": now.isoformat(), "tenant_id": tenant_id, "switch": "down", "agents": [], "queues": [], "resources": {}}


def agent_view(centre: Centre, tenant_id: int, agent_id: int, now: datetime) -> dict[str, Any]:
    """One agent's element of the snapshot, plus ``at``. Raises KeyError for an unknown agent."""
    raise KeyError(agent_id)
