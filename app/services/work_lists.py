"""상담유형 and 휴식사유: the lists that agents choose from. Deleted ones stay in what was written with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.errors import NotFound
from app.services.live_changes import LiveChanges
from app.services.people import Person
from app.services.problems import Problems

CODES = (0, 9999)
STEP = 10
"""A new 상담유형 gets the next ten, so that others fit between."""
MOST = 100


class WorkLists:
    """Use cases over a store (app.adapters.sql.store.Store), for managers."""

    def __init__(self, store: Any, changes: LiveChanges) -> None:
        self._store = store
        self._changes = changes

    def create_contact_type(self, person: Person, name: str, code: int | None = None) -> int:
        """A new 상담유형. Raises Refused ``check_fields``."""

        def change(rows: Any) -> tuple[int, dict[str, Any]]:
            others = rows.contact_types()
            number = next_code([row.code for row in others]) if code is None else code
            clean = self._check(others, None, name, number)
            return rows.create_contact_type(clean, number).id, {"contact_type": clean, "code": number}

        return self._changes.make(person, "create", change, live=False)

    def update_contact_type(
        self, person: Person, type_id: int, *, name: str | None = None, code: int | None = None
    ) -> None:
        """Change what is given. Raises Refused ``check_fields``, NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            others = rows.contact_types()
            row = _among(others, type_id)
            before, number = (row.name, row.code), row.code if code is None else code
            clean = self._check(others, type_id, row.name if name is None else name, number)
            rows.update_contact_type(type_id, name=clean, code=number)  # the row becomes what it is now
            return None, {"contact_type": [before[0], clean], "code": [before[1], number]}

        self._changes.make(person, "change", change, live=False)

    def delete_contact_type(self, person: Person, type_id: int) -> None:
        """No longer offered. Raises NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            row = _among(rows.contact_types(), type_id)
            rows.delete_contact_type(type_id)
            return None, {"contact_type": row.name, "code": row.code}

        self._changes.make(person, "delete", change, live=False)

    def order_contact_types(self, person: Person, ids: Sequence[int]) -> None:
        """The list in this order. Raises NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            rows.order_contact_types(ids)
            return None, {"contact_types": [row.name for row in rows.contact_types()]}

        self._changes.make(person, "change", change, live=False)

    def create_break_reason(self, person: Person, name: str) -> int:
        """A new 휴식사유. Raises Refused ``check_fields``."""

        def change(rows: Any) -> tuple[int, dict[str, Any]]:
            clean = self._check(rows.break_reasons(), None, name)
            return rows.create_break_reason(clean).id, {"break_reason": clean}

        return self._changes.make(person, "create", change, live=False)

    def update_break_reason(self, person: Person, reason_id: int, name: str) -> None:
        """A new name. Raises Refused ``check_fields``, NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            others = rows.break_reasons()
            before = _among(others, reason_id).name
            clean = self._check(others, reason_id, name)
            rows.update_break_reason(reason_id, name=clean)
            return None, {"break_reason": [before, clean]}

        self._changes.make(person, "change", change, live=False)

    def delete_break_reason(self, person: Person, reason_id: int) -> None:
        """No longer offered. Raises NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            row = _among(rows.break_reasons(), reason_id)
            rows.delete_break_reason(reason_id)
            return None, {"break_reason": row.name}

        self._changes.make(person, "delete", change, live=False)

    def order_break_reasons(self, person: Person, ids: Sequence[int]) -> None:
        """The list in this order. Raises NotFound."""

        def change(rows: Any) -> tuple[None, dict[str, Any]]:
            rows.order_break_reasons(ids)
            return None, {"break_reasons": [row.name for row in rows.break_reasons()]}

        self._changes.make(person, "change", change, live=False)

    @staticmethod
    def _check(others: Sequence[Any], own_id: int | None, name: str, code: int | None = None) -> str:
        problems = Problems()
        clean = problems.text("name", name)
        rest = [row for row in others if row.id != own_id]
        if any(row.name == clean for row in rest):
            problems.add("name", "name_taken")
        if code is not None:
            problems.number("code", code, *CODES)
            if any(row.code == code for row in rest):
                problems.add("code", "code_taken")
        if own_id is None and len(rest) >= MOST:
            problems.add("name", "list_full", limit=MOST)
        problems.refuse()
        return clean


def next_code(codes: Sequence[int]) -> int:
    """The next full ten behind the last code that leaves room; the first free one when there is none."""
    behind = (max((code for code in codes if code < 9000), default=0) // STEP + 1) * STEP
    if behind <= CODES[1] and behind not in codes:
        return behind
    return next(code for code in range(CODES[0], CODES[1] + 1) if code not in codes)


def _among(rows: Sequence[Any], row_id: int) -> Any:
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound(f"no such row {row_id}", id=row_id)
