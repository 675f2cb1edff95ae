"""Takes one committed transaction back, row by row.

For a change that is worth nothing unless something outside the database follows (a publication): no
transaction may stay open while that is waited for, since on SQLite it would hold up every other writer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from app.adapters.sql.engine import Sessions, writing
from app.adapters.sql.setup_tables import AuditEntry

Step = Callable[[Session], None]


class Undo:
    """What a session writes is noted from ``watch`` on; calling the object takes it back.

    Statements that change rows without loading them are not noted: the store's own methods for staff and
    settings load what they change.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._steps: list[Step] = []

    def watch(self, session: Session) -> None:
        event.listen(session, "before_flush", self._note)

    def __call__(self) -> None:
        """One transaction; what somebody else has changed again since is left to them.

        Raises IntegrityError when somebody has come to depend on a row that would go: then nothing is undone.
        """
        with writing(self._sessions) as session:
            for step in reversed(self._steps):
                step(session)
                session.flush()

    def _note(self, session: Session, _context: Any, _instances: Any) -> None:
        for row in session.new:
            if not isinstance(row, AuditEntry):  # 작업이력 is never altered
                self._steps.append(_taking_away(row))
        for row in session.dirty:
            if session.is_modified(row):
                self._steps.append(_putting_back(row))
        for row in session.deleted:
            self._steps.append(_making_again(row))


def _taking_away(row: Any) -> Step:
    def step(session: Session) -> None:
        found = session.get(type(row), inspect(row).identity)
        if found is not None:
            session.delete(found)

    return step


def _putting_back(row: Any) -> Step:
    state = inspect(row)
    changed = {
        attribute.key: (attribute.history.deleted[0], attribute.value)
        for attribute in state.attrs
        if attribute.history.has_changes() and attribute.history.deleted
    }

    def step(session: Session) -> None:
        found = session.get(type(row), state.identity)
        for key, (before, after) in changed.items():
            if found is not None and getattr(found, key) == after:
                setattr(found, key, before)

    return step


def _making_again(row: Any) -> Step:
    values = {attribute.key: attribute.value for attribute in inspect(row).attrs}

    def step(session: Session) -> None:
        if session.get(type(row), inspect(row).mapper.primary_key_from_instance(row)) is None:
            session.add(type(row)(**values))

    return step
