"""What every part of a tenant's store has: its tenant, its sessions, and queries that carry the tenant."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.adapters.sql.engine import Sessions, writing
from app.core.errors import NotFound

Row = TypeVar("Row")


class SecretOpener(Protocol):
    """Decrypts what the set-up keeps encrypted (app.adapters.secrets.SecretBox)."""

    def open(self, sealed: str) -> str: ...


class Scope:
    """One tenant's rows. Every query starts from ``_mine``; ids of other tenants are not found."""

    def __init__(self, sessions: Sessions, tenant_id: int, secrets: SecretOpener | None = None) -> None:
        self._sessions = sessions
        self.tenant_id = tenant_id
        self._secrets = secrets

    def _reading(self) -> AbstractContextManager[Session]:
        return self._sessions()

    def _writing(self) -> AbstractContextManager[Session]:
        return writing(self._sessions)

    def _mine(self, table: type[Row]) -> Select[tuple[Row]]:
        column: Any = table.tenant_id  # type: ignore[attr-defined]
        return select(table).where(column == self.tenant_id)

    def _owned(self, session: Session, table: type[Row], row_id: int) -> Row:
        """The tenant's row with this id. Raises NotFound."""
        column: Any = table.id  # type: ignore[attr-defined]
        row = session.scalars(self._mine(table).where(column == row_id)).one_or_none()
        if row is None:
            raise NotFound(f"no {table.__name__} {row_id}", table=table.__name__, id=row_id)
        return row

    @staticmethod
    def _page(
        session: Session, query: Select[tuple[Row]], limit: int, offset: int, *order: Any
    ) -> tuple[list[Row], int]:
        """The page's rows and how many there are in all."""
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        rows = session.scalars(query.order_by(*order).limit(limit).offset(offset)).all()
        return list(rows), total


def utcnow() -> datetime:
    """Now; the set-up tables are stamped with it."""
    return datetime.now(UTC)
