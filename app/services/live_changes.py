"""Changes of what calls depend on: saved and live, or neither.

The change and its entry in 작업이력 are one transaction. Then the tenant is published again. When that fails,
what was live is live still (the publication's own promise), and exactly the rows of the transaction are taken
back; both the change and its undoing stand in 작업이력. No transaction is open while the switch is waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from app.core.errors import InvalidDefinition
from app.ports import SpeechUnavailable
from app.services.errors import Refused
from app.services.people import Person
from dialplan.publish import PublicationRejected

T = TypeVar("T")

log = logging.getLogger(__name__)

SUBJECT = "상담서비스"

EXPECTED = (InvalidDefinition, PublicationRejected, SpeechUnavailable, OSError)
"""How a publication fails for reasons that lie outside; anything else is a fault of ours and is raised on."""


class Republish(Protocol):
    """What is live again with the present queues, agents and settings (``Publishing.republish``)."""

    def __call__(self, tenant_id: int, /) -> object: ...


class LiveChanges:
    """Carries out changes of a tenant's 상담서비스 for its managers."""

    def __init__(self, store: Any, republish: Republish, run_slowly: Callable[..., Any]) -> None:
        self._store = store
        self._republish = republish
        self._run_slowly = run_slowly

    def make(
        self,
        person: Person,
        action: str,
        change: Callable[[Any], tuple[T, dict[str, Any]]],
        *,
        live: bool = True,
    ) -> T:
        """Run ``change(rows)`` with the tenant's rows in one transaction; it returns its result and what 작업이력
        is to know of it. With ``live`` the tenant is published again.

        Raises what ``change`` raises, and Refused ``not_published`` (undone) or ``saved_not_live`` (it could not
        be undone any more: the next publication makes it live).
        """
        with self._store.undoable() as (whole, undo):
            rows = whole.for_tenant(person.tenant_id)
            result, details = change(rows)
            self._note(rows, person, action, "ok", details)
        if live:
            self._publish(person, action, details, undo)
        return result

    def note(self, person: Person, action: str, **details: Any) -> None:
        """작업이력 of something that changed nothing: a download, a test."""
        self._note(self._store.for_tenant(person.tenant_id), person, action, "ok", details)

    def _publish(
        self, person: Person, action: str, details: dict[str, Any], undo: Callable[[], None]
    ) -> None:
        try:
            self._run_slowly(self._republish, person.tenant_id)
        except Exception as error:
            log.error("tenant %s was not published after a change: %s", person.tenant_id, error)
            code = "not_published"
            try:
                undo()
            except Exception:
                log.exception("the change of tenant %s could not be taken back", person.tenant_id)
                code = "saved_not_live"
            else:
                self._publish_what_was(person.tenant_id)
            rows = self._store.for_tenant(person.tenant_id)
            self._note(rows, person, action, "failed", {**details, "undone": code == "not_published"})
            if not isinstance(error, EXPECTED):
                raise
            raise Refused(code, reason=str(error)[:200]) from error

    def _publish_what_was(self, tenant_id: int) -> None:
        """Files may have been written before it failed, and another publication may have taken the change along."""
        try:
            self._run_slowly(self._republish, tenant_id)
        except EXPECTED as error:
            log.error("what was live of tenant %s before could not be published again: %s", tenant_id, error)

    @staticmethod
    def _note(rows: Any, person: Person, action: str, result: str, details: dict[str, Any]) -> None:
        rows.add_audit(
            actor=person.actor, subject=SUBJECT, action=action, result=result, address=person.address, details=details
        )
