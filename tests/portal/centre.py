"""A tenant whose ARS is live, so that what is changed about its staff has to be published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from tests.portal.world import World

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def open_centre(world: World, tenant: str = "demo") -> None:
    """Publish a menu that leads to the tenant's queues: 1, 2, and 3 with a menu of its own (31)."""
    first, second, third = world.queues[tenant].items()
    entries = [
        {"digit": "1", "name": first[0], "queue_id": first[1]},
        {"digit": "2", "name": second[0], "queue_id": second[1]},
        {"digit": "3", "name": "그 밖", "entries": [{"digit": "1", "name": third[0], "queue_id": third[1]}]},
    ]
    slots = [{"weekdays": list(range(7)), "start": "00:00", "end": "00:00"}]
    rows = world.tenants[tenant]
    if not rows.dids():
        rows.add_did("07040000001" if tenant == "demo" else "07040000002")
    rows.save_draft({"menu": entries, "slots": slots, "holidays": [], "texts": {}})
    world.outside.publishing.apply(rows.tenant_id, "test")
    world.notified.clear()


def add_draft_entry(world: World, name: str, tenant: str = "demo") -> int:
    """A menu entry that only the draft has; its queue."""
    rows = world.tenants[tenant]
    live: dict[str, Any] = dict(rows.ars("live").definition)  # type: ignore[union-attr]
    entry = {"digit": "9", "name": name, "queue_id": None, "announcement": None}
    rows.save_draft({**live, "menu": [*live["menu"], entry]})
    return next(queue.id for queue in rows.queues(drafted=True) if queue.name == name)


def sip_users(world: World, tenant: str = "demo") -> dict[str, str]:
    """SIP user → digest, as FreeSWITCH's directory has them now."""
    file = world.settings.state / "dialplan" / "directory" / f"t{world.tenants[tenant].tenant_id}.xml"
    users = ElementTree.parse(file).iter("user")
    return {user.attrib["id"]: user.find("params/param[@name='a1-hash']").attrib["value"] for user in users}  # type: ignore[union-attr]


def audit(world: World, tenant: str = "demo", subject: str = "상담서비스") -> list[tuple[str, str, dict[str, Any]]]:
    """작업이력 of the subject, oldest first: (action, result, details)."""
    rows, _ = world.tenants[tenant].audits(*ALWAYS, 100, 0)
    return [(row.action, row.result, row.details) for row in reversed(rows) if row.subject == subject]
