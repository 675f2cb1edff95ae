"""Proof of the records: reduce the whole journal again, in memory, and compare it with the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.adapters.journal_spool import parse_line, read_lines, spool_files
from app.adapters.sql import record_rows
from app.adapters.sql.engine import Sessions
from app.adapters.sql.store import Store
from app.adapters.sql.tables import (
    Base,
    Callback,
    CallRow,
    IngestedFile,
    JournalRow,
    OfferRow,
    QueueVisit,
    StatusInterval,
    Talk,
    Tenant,
)
from app.core import records
from app.core.journal import JournalEvent
from app.core.periods import Period

CHUNK = 300
MOST_PROBLEMS = 100
"""More sentences than this help nobody."""

_TABLES: tuple[tuple[str, type[Base], str], ...] = (
    ("visits", QueueVisit, "visit_id"),
    ("offers", OfferRow, "offer_id"),
    ("talks", Talk, "talk_id"),
    ("callbacks", Callback, "callback_key"),
)


def verify(sessions: Sessions, spool: Path | None = None) -> list[str]:
    """One plain sentence for each thing that is wrong; ``[]`` when all is well.

    The journal holds all that was taken in from the spool; the records are what the journal says, no more
    and no less; the identities between the statistics hold.
    """
    problems: list[str] = []
    for problem in _problems(sessions, spool):
        problems.append(problem)
        if len(problems) >= MOST_PROBLEMS:
            problems.append(f"There is more; only the first {MOST_PROBLEMS} are shown.")
            break
    return problems


def _problems(sessions: Sessions, spool: Path | None) -> Iterator[str]:
    with sessions() as session:
        if spool is not None:
            yield from _spool(session, spool)
        yield from _calls(session)
        yield from _strangers(session)
        yield from _statuses(session)
    yield from _identities(sessions)


# --- the spool ------------------------------------------------------------------------------------


def _spool(session: Session, spool: Path) -> Iterator[str]:
    offsets = {row.name: row.offset for row in session.scalars(select(IngestedFile))}
    for path in spool_files(spool):
        taken, position = offsets.get(path.name, 0), 0
        while position < taken:
            lines, after = read_lines(path, position)
            if after == position:
                yield f"The spool file {path.name} is shorter than what was taken in of it ({taken} bytes)."
                break
            identities = []
            for line in lines:
                if position < taken:
                    try:
                        identities.append(parse_line(line).event_id)
                    except ValueError:
                        yield f"The spool file {path.name} has a damaged line at byte {position}."
                position += len(line) + 1
            for start in range(0, len(identities), CHUNK):
                chunk = identities[start : start + CHUNK]
                found = session.scalars(select(JournalRow.event_id).where(JournalRow.event_id.in_(chunk)))
                for missing in sorted(set(chunk) - set(found)):
                    yield f"The event {missing} of {path.name} was taken in but is not in the journal."


# --- calls ----------------------------------------------------------------------------------------


def _calls(session: Session) -> Iterator[str]:
    batch: list[records.CallFacts] = []
    for call_id, events in _events_by_call(session):
        facts = records.reduce_call(events)
        for event_id in facts.unreadable:
            yield f"The journal's event {event_id} of call {call_id} cannot be read."
        batch.append(facts)
        if len(batch) >= CHUNK:
            yield from _compare(session, batch)
            batch = []
    yield from _compare(session, batch)


def _events_by_call(session: Session) -> Iterator[tuple[str, list[JournalEvent]]]:
    row = JournalRow
    query = (
        select(row.event_id, row.tenant_id, row.kind, row.at, row.call_id, row.data)
        .where(row.call_id.is_not(None))
        .order_by(row.call_id)
        .execution_options(yield_per=2000)
    )
    events = (JournalEvent(*values) for values in session.execute(query))
    for call_id, group in groupby(events, key=lambda event: event.call_id or ""):
        yield call_id, list(group)


def _compare(session: Session, batch: Sequence[records.CallFacts]) -> Iterator[str]:
    calls = [facts.call for facts in batch if facts.call is not None]
    yield from _compare_rows(session, CallRow, "call_id", calls)
    for name, table, key in _TABLES:
        rows = [row for facts in batch for row in getattr(facts, name)]
        yield from _compare_rows(session, table, key, rows)


def _compare_rows(session: Session, table: type[Base], key: str, expected: Sequence[Any]) -> Iterator[str]:
    column = getattr(table, key)
    for start in range(0, len(expected), CHUNK):
        chunk = {getattr(one, key): one for one in expected[start : start + CHUNK]}
        found = {getattr(row, key): row for row in session.scalars(select(table).where(column.in_(chunk)))}
        for identity, record in chunk.items():
            row = found.get(identity)
            if row is None:
                yield f"{table.__tablename__}: {identity} is missing, the journal tells of it."
                continue
            values = record_rows.column_values(record, table)
            for field in fields(record):
                said, is_ = values[field.name], getattr(row, field.name)
                if said != is_ and not (isinstance(said, float) and abs(said - is_) < 1e-6):
                    yield (
                        f"{table.__tablename__}: {identity} has {field.name} {is_!r}, the journal says {said!r}."
                    )
        session.expunge_all()


def _strangers(session: Session) -> Iterator[str]:
    """Rows that no event of the journal speaks of."""
    tables: list[type[Base]] = [CallRow, *(table for _, table, _ in _TABLES)]
    for table in tables:
        column: Any = table.call_id  # type: ignore[attr-defined]
        query = select(column).where(~exists().where(JournalRow.call_id == column)).limit(10)
        for identity in session.scalars(query):
            yield f"{table.__tablename__}: the journal knows nothing of call {identity}."


# --- agents ----------------------------------------------------------------------------------------


def _statuses(session: Session) -> Iterator[str]:
    row = JournalRow
    query = select(row.event_id, row.tenant_id, row.kind, row.at, row.call_id, row.data).where(
        row.kind.in_(("agent.status", "agent.logged_out"))
    )
    changes: dict[tuple[int, int], list[records.StatusInterval]] = defaultdict(list)
    for change in records.status_changes(JournalEvent(*values) for values in session.execute(query)):
        changes[change.tenant_id, change.agent_id].append(change)
    said = {
        (one.tenant_id, one.agent_id, one.started_at): (one.status, one.reason[:60], one.ended_at)
        for own in changes.values()
        for one in records.merge_statuses(own)
    }
    table = StatusInterval
    columns = table.tenant_id, table.agent_id, table.started_at, table.status, table.reason, table.ended_at
    found = {tuple(values[:3]): tuple(values[3:]) for values in session.execute(select(*columns))}
    for key in sorted(said.keys() | found.keys()):
        if said.get(key) != found.get(key):
            tenant_id, agent_id, start = key
            yield (
                f"status_intervals: agent {agent_id} of tenant {tenant_id} at {start.isoformat()} has "
                f"{_status(found.get(key))}, the journal says {_status(said.get(key))}."
            )


def _status(values: tuple[str, str, datetime | None] | tuple[Any, ...] | None) -> str:
    if values is None:
        return "nothing"
    status, _, end = values
    return f"{status} until {end.isoformat() if end else 'now'}"


# --- identities -------------------------------------------------------------------------------------


def _identities(sessions: Sessions) -> Iterator[str]:
    store = Store(sessions)
    with sessions() as session:
        spans = session.execute(
            select(
                CallRow.tenant_id, Tenant.timezone, func.min(CallRow.started_at), func.max(CallRow.started_at)
            )
            .join(Tenant, Tenant.id == CallRow.tenant_id)
            .group_by(CallRow.tenant_id, Tenant.timezone)
        ).all()
    for tenant_id, timezone, first, last in spans:
        period = Period(first.date(), last.date(), timezone=timezone)
        # A day more on each side: the UTC date may be the local day before or after.
        wide = Period(
            datetime.fromordinal(period.first.toordinal() - 1).date(),
            datetime.fromordinal(period.last.toordinal() + 1).date(),
            timezone=timezone,
        )
        for sentence in store.for_tenant(tenant_id).broken_identities(wide):
            yield f"Tenant {tenant_id}: {sentence}"
