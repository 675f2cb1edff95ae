"""작업이력: who did what, with which result, from where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.adapters.sql.base import Scope, utcnow
from app.adapters.sql.tables import AuditEntry

LATELY = timedelta(hours=1)
"""For so long the pieces of one recording count as one listening."""


class AuditLog(Scope):
    """Written by every view, listening, download and change; never altered."""

    def add_audit(
        self,
        *,
        actor: str,
        subject: str,
        action: str,
        result: str = "ok",
        address: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """Add an entry, on disk before what it tells of is shown."""
        with self._writing() as session:
            session.add(
                AuditEntry(
                    tenant_id=self.tenant_id,
                    actor=actor[:100],
                    subject=subject[:60],
                    action=action[:40],
                    result=result[:20],
                    address=address[:45],
                    details=details or {},
                )
            )

    def noted_lately(self, actor: str, subject: str, **details: Any) -> bool:
        """Whether the last hour has an entry of this actor about ``subject`` with these details."""
        row = AuditEntry
        query = select(row.details).where(
            row.tenant_id == self.tenant_id, row.at >= utcnow() - LATELY,
            row.actor == actor[:100], row.subject == subject,
        )  # fmt: skip
        with self._reading() as session:
            return any(details.items() <= noted.items() for noted in session.scalars(query))

    def audits(
        self, start: datetime, end: datetime, limit: int, offset: int
    ) -> tuple[Sequence[AuditEntry], int]:
        """Entries of [start, end), newest first, and how many there are."""
        query = self._mine(AuditEntry).where(AuditEntry.at >= start, AuditEntry.at < end)
        with self._reading() as session:
            return self._page(session, query, limit, offset, AuditEntry.at.desc(), AuditEntry.id.desc())
