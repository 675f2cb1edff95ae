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


class RecordKeeper:
    """Keeps the records in step with the journal, within transactions of the caller's.

    It remembers the open calls and the last status of each agent as they stand in the database, so that a
    call that grows event by event is neither read nor written again where nothing changed. There may be
    one keeper only (the worker's lock sees to it). After a transaction that failed it must ``forget``.
    """

    MOST_CALLS = 20_000

    def __init__(self) -> None:
        self._calls: dict[str, tuple[dict[str, JournalEvent], records.CallFacts]] = {}
        self._statuses: dict[tuple[int, int], records.StatusInterval] = {}

    def forget(self) -> None:
        """What is remembered may not be what the database holds."""
        self._calls.clear()
        self._statuses.clear()

    def store(self, connection: Connection, events: Sequence[JournalEvent]) -> None:
        """Add events to the journal and bring the records of their calls and agents up to date."""
        insert_events(connection, events)
        self._store_calls(connection, events)
        self._store_statuses(connection, events)

    # -- calls ----------------------------------------------------------------------------------

    def _store_calls(self, connection: Connection, events: Sequence[JournalEvent]) -> None:
        fresh: dict[str, list[JournalEvent]] = defaultdict(list)
        for event in events:
            if event.call_id is not None:
                fresh[event.call_id].append(event)
        # The new events are among those read: they have been inserted just now.
        read = events_of_calls(connection, fresh.keys() - self._calls.keys())
        changes = _Changes()
        for call_id, own in fresh.items():
            if call_id in self._calls:
                known, old = self._calls[call_id]
                for event in own:
                    known.setdefault(event.event_id, event)
            else:
                known, old = {event.event_id: event for event in read[call_id]}, _NOTHING
            facts = records.reduce_call(known.values())
            if len(facts.unreadable) > len(old.unreadable):
                log.error("journal_events_unreadable", call=call_id, events=facts.unreadable)
            changes.add(old, facts)
            if facts.call is not None and facts.call.ended_at is not None:
                self._calls.pop(call_id, None)
            else:
                self._calls[call_id] = known, facts
        if len(self._calls) > self.MOST_CALLS:
            self._calls.clear()
        changes.write(connection)

    # -- agents ---------------------------------------------------------------------------------

    def _store_statuses(self, connection: Connection, events: Iterable[JournalEvent]) -> None:
        by_agent: dict[tuple[int, int], list[records.StatusInterval]] = defaultdict(list)
        for change in records.status_changes(events):
            by_agent[change.tenant_id, change.agent_id].append(change)
        rows: list[records.StatusInterval] = []
        for agent, changes in by_agent.items():
            first = min(change.started_at for change in changes)
            last = self._statuses.get(agent)
            if last is not None and last.started_at < first:
                known = [last]
            else:
                known = _statuses_since(connection, agent, first)
            merged = records.merge_statuses(known + changes)
            self._statuses[agent] = merged[-1]
            rows += merged
        if rows:
            key = ["tenant_id", "agent_id", "started_at"]
            statement = _insert(connection, StatusInterval)
            changed = {name: statement.excluded[name] for name in ("status", "reason", "ended_at")}
            connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_=changed),
                [column_values(row, StatusInterval) for row in rows],
            )


_NOTHING = records.CallFacts(None)


class _Changes:
    """Records that differ from those written before, by table."""

    def __init__(self) -> None:
        self._calls: list[records.CallRecord] = []
        self._parts: dict[str, list[Any]] = {"visits": [], "offers": [], "talks": [], "callbacks": []}
        self._done: list[records.CallbackDone] = []

    def add(self, old: records.CallFacts, new: records.CallFacts) -> None:
        if new.call is not None and new.call != old.call:
            self._calls.append(new.call)
        for name, rows in self._parts.items():
            before = getattr(old, name)
            rows += [row for row in getattr(new, name) if row not in before]
        if new.callback_done is not None and new.callback_done != old.callback_done:
            self._done.append(new.callback_done)

    def write(self, connection: Connection) -> None:
        _upsert(connection, CallRow, "call_id", self._calls)
        _upsert(connection, QueueVisit, "visit_id", self._parts["visits"])
        _upsert(connection, OfferRow, "offer_id", self._parts["offers"])
        _upsert(connection, Talk, "talk_id", self._parts["talks"])
        if self._parts["callbacks"]:
            once = _insert(connection, Callback).on_conflict_do_nothing(index_elements=["callback_key"])
            requested = [column_values(row, Callback) for row in self._parts["callbacks"]]
            connection.execute(once, [values | {"state": "pending"} for values in requested])
        for done in self._done:
            _finish_callback(connection, done)


def _statuses_since(
    connection: Connection, agent: tuple[int, int], first: Any
) -> list[records.StatusInterval]:
    """The agent's interval before ``first`` and all after it."""
    row = StatusInterval
    mine = row.tenant_id == agent[0], row.agent_id == agent[1]
    since = connection.scalar(select(func.max(row.started_at)).where(*mine, row.started_at < first)) or first
    query = select(row.tenant_id, row.agent_id, row.status, row.reason, row.started_at)
    found = connection.execute(query.where(*mine, row.started_at >= since))
    return [records.StatusInterval(*values) for values in found]


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
