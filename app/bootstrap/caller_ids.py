"""Wires what the operator and the clock do with caller IDs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from app.adapters.sql.store import Store
from app.bootstrap.clock import SystemClock
from app.bootstrap.setup import tell_controller
from app.services.caller_ids import CallerIdDesk, expire

if TYPE_CHECKING:
    from app.config import Settings

OPERATOR = "운영자 (command line)"


def _desk(settings: Settings) -> CallerIdDesk:
    return CallerIdDesk(
        Store.open(settings.database_url),
        SystemClock(),
        lambda tenant_id: tell_controller(settings, tenant_id),
        settings.evidence_dir,
    )


def list_caller_ids(settings: Settings, *, everything: bool = False) -> list[dict[str, Any]]:
    """Requests that wait for the operator; with ``everything`` all numbers."""
    return _desk(settings).all(everything=everything)


def verify_caller_id(settings: Settings, *, caller_id: int, until: date) -> dict[str, Any]:
    """The evidence counts to ``until``."""
    return _desk(settings).verify(caller_id, until, OPERATOR)


def refuse_caller_id(settings: Settings, *, caller_id: int, reason: str) -> dict[str, Any]:
    """The number may not be shown."""
    return _desk(settings).refuse(caller_id, reason, OPERATOR)


def expire_caller_ids(settings: Settings) -> list[str]:
    """Calls show the first DID where the chosen number's evidence has expired; which numbers."""
    store = Store.open(settings.database_url)
    try:
        return expire(store, SystemClock(), lambda tenant_id: tell_controller(settings, tenant_id))
    finally:
        store.sessions.kw["bind"].dispose()
