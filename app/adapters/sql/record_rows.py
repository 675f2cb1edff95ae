"""Journal events and records into their tables: insert once, or bring up to date. Core SQL, no objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import structlog
from sqlalchemy import Connection, String, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.adapters.sql.tables import (
    Base,
    Callback,
    CallRow,
    JournalRow,
    OfferRow,
    QueueVisit,
    StatusInterval,
    Talk,
)
from app.core import records
from app.core.journal import JournalEvent

log = structlog.get_logger(__name__)

CHUNK = 400
"""Calls looked up by one query; SQLite's limit of parameters is far above."""

LONGEST_EVENT_ID = 200
LONGEST_CALL_ID = 64


def storable(event: JournalEvent) -> bool:
    """Whether the journal table can hold an event: identities cannot be cut short."""
    return (
        type(event.tenant_id) is int
        and isinstance(event.event_id, str)
        and 0 < len(event.event_id) <= LONGEST_EVENT_ID
        and (event.call_id is None or 0 < len(event.call_id) <= LONGEST_CALL_ID)
        and isinstance(event.kind, str)
        and 0 < len(event.kind) <= 40
        and "\0" not in f"{event.event_id}{event.call_id}{event.kind}"
    )


def insert_events(connection: Connection, events: Sequence[JournalEvent]) -> None:
    """Add events; those whose identity is known already change nothing."""
    if not events:
        return
    statement = _insert(connection, JournalRow).on_conflict_do_nothing(index_elements=["event_id"])
    rows = [
        {
            "event_id": event.event_id,
            "tenant_id": event.tenant_id,
            "call_id": event.call_id,
            "kind": event.kind,
            "at": event.at,
            "data": _clean(dict(event.data)),
        }
        for event in events
    ]
    connection.execute(statement, rows)


def events_of_calls(connection: Connection, call_ids: Iterable[str]) -> dict[str, list[JournalEvent]]:
    """All that the journal tells about these calls so far."""
    found: dict[str, list[JournalEvent]] = defaultdict(list)
    row = JournalRow
    for chunk in _chunks(sorted(call_ids)):
        query = select(row.event_id, row.tenant_id, row.kind, row.at, row.call_id, row.data)
        for values in connection.execute(query.where(row.call_id.in_(chunk))):
            event = JournalEvent(*values)
            found[event.call_id or ""].append(event)
    return found


def bring_calls_up_to_date(connection: Connection, call_ids: Iterable[str]) -> None:
    """Reduce these calls again from their whole journal, and write what came out."""
    facts = []
    for call_id, events in events_of_calls(connection, call_ids).items():
        reduced = records.reduce_call(events)
        if reduced.unreadable:
            log.error("journal_events_unreadable", call=call_id, events=reduced.unreadable)
        facts.append(reduced)
    _upsert(connection, CallRow, "call_id", [f.call for f in facts if f.call is not None])
    _upsert(connection, QueueVisit, "visit_id", [visit for f in facts for visit in f.visits])
    _upsert(connection, OfferRow, "offer_id", [offer for f in facts for offer in f.offers])
    _upsert(connection, Talk, "talk_id", [talk for f in facts for talk in f.talks])
    requested = [column_values(callback, Callback) for f in facts for callback in f.callbacks]
    if requested:
        once = _insert(connection, Callback).on_conflict_do_nothing(index_elements=["callback_key"])
        connection.execute(once, [values | {"state": "pending"} for values in requested])
    for one in facts:
        if one.callback_done is not None:
            _finish_callback(connection, one.callback_done)


def bring_statuses_up_to_date(connection: Connection, events: Iterable[JournalEvent]) -> None:
    """Fit changes of status into the intervals that are there, wherever in time they belong."""
    by_agent: dict[tuple[int, int], list[records.StatusInterval]] = defaultdict(list)
    for change in records.status_changes(events):
        by_agent[change.tenant_id, change.agent_id].append(change)
    rows: list[records.StatusInterval] = []
    for (tenant_id, agent_id), changes in by_agent.items():
        first = min(change.started_at for change in changes)
        mine = StatusInterval.tenant_id == tenant_id, StatusInterval.agent_id == agent_id
        before = select(func.max(StatusInterval.started_at)).where(*mine, StatusInterval.started_at < first)
        since = connection.scalar(before) or first
        query = select(
            StatusInterval.tenant_id,
            StatusInterval.agent_id,
            StatusInterval.status,
            StatusInterval.reason,
            StatusInterval.started_at,
        ).where(*mine, StatusInterval.started_at >= since)
        known = [records.StatusInterval(*values) for values in connection.execute(query)]
        rows += records.merge_statuses(known + changes)
    if rows:
        key = ["tenant_id", "agent_id", "started_at"]
        statement = _insert(connection, StatusInterval)
        changed = {name: statement.excluded[name] for name in ("status", "reason", "ended_at")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=changed),
            [column_values(row, StatusInterval) for row in rows],
        )


def _finish_callback(connection: Connection, done: records.CallbackDone) -> None:
    which = (
        Callback.id == done.callback
        if isinstance(done.callback, int)
        else Callback.callback_key == done.callback
    )
    connection.execute(
        update(Callback)
        .where(which, Callback.tenant_id == done.tenant_id, Callback.state == "pending")
        .values(state="done", agent_id=done.agent_id, done_at=done.done_at, done_call_id=done.call_id)
    )


def _upsert(connection: Connection, table: type[Base], key: str, rows: Sequence[Any]) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    columns = [f.name for f in fields(rows[0]) if f.name != key]
    upsert = statement.on_conflict_do_update(
        index_elements=[key], set_={name: statement.excluded[name] for name in columns}
    )
    connection.execute(upsert, [column_values(row, table) for row in rows])


def _insert(connection: Connection, table: type[Base]) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


_LENGTHS: dict[type[Base], dict[str, int]] = {}


def column_values(record: Any, table: type[Base]) -> dict[str, Any]:
    """A record as column values; texts from outside are cut to what the column holds."""
    lengths = _LENGTHS.get(table) or _LENGTHS.setdefault(table, _text_lengths(table))
    values: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str):
            value = value.replace("\0", "")[: lengths.get(field.name)]
        elif isinstance(value, tuple):
            value = list(value)
        values[field.name] = value
    return values


def _text_lengths(table: type[Base]) -> dict[str, int]:
    definition: Table = Base.metadata.tables[table.__tablename__]
    return {
        column.name: column.type.length
        for column in definition.columns
        if isinstance(column.type, String) and column.type.length
    }


def _clean(value: Any) -> Any:
    """Without NUL characters, which PostgreSQL's texts cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, Mapping):
        return {str(key).replace("\0", ""): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
