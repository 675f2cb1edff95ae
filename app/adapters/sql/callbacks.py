"""Callbacks: pending, done, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from app.adapters.sql.base import Scope, utcnow
from app.adapters.sql.tables import Agent, Callback
from app.core.errors import NotFound


class Callbacks(Scope):
    """콜백. They come from the journal; a connected call to the customer makes them done by itself."""

    def callbacks(
        self,
        *,
        state: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Sequence[Callback], int]:
        """Requests of [start, end), newest first (pending ones oldest first: they have waited longest)."""
        query = self._mine(Callback)
        if state is not None:
            query = query.where(Callback.state == state)
        if start is not None:
            query = query.where(Callback.requested_at >= start)
        if end is not None:
            query = query.where(Callback.requested_at < end)
        order = Callback.requested_at if state == "pending" else Callback.requested_at.desc()
        with self._reading() as session:
            return self._page(session, query, limit, offset, order, Callback.id)

    def callback(self, callback_id: int) -> Callback | None:
        """One callback."""
        with self._reading() as session:
            return session.scalars(self._mine(Callback).where(Callback.id == callback_id)).one_or_none()

    def finish_callback(self, callback_id: int, agent_id: int, call_id: str | None = None) -> bool:
        """처리완료 by an agent; False when it was not pending any more."""
        return self._settle(callback_id, "done", agent_id, call_id)

    def delete_callback(self, callback_id: int, agent_id: int | None) -> bool:
        """Take it off the list; False when it was not pending any more."""
        return self._settle(callback_id, "deleted", agent_id, None)

    def _settle(self, callback_id: int, state: str, agent_id: int | None, call_id: str | None) -> bool:
        pending = (
            Callback.id == callback_id,
            Callback.tenant_id == self.tenant_id,
            Callback.state == "pending",
        )
        values = {"state": state, "agent_id": agent_id, "done_at": utcnow(), "done_call_id": call_id}
        with self._writing() as session:
            if (
                agent_id is not None
                and session.scalars(self._mine(Agent).where(Agent.id == agent_id)).first() is None
            ):
                raise NotFound(f"no agent {agent_id}", table="Agent", id=agent_id)
            return (
                session.connection().execute(update(Callback).where(*pending).values(**values)).rowcount == 1
            )
