"""Engines and sessions for SQLite (WAL) and PostgreSQL (psycopg 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

Sessions = sessionmaker[Session]

_BEGIN = "sangdam_begin"


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``; nothing is connected yet."""
    options = engine_options(url)
    return prepared(create_engine(make_url(url), **options))


def engine_options(url: str) -> dict[str, Any]:
    """What ``create_engine`` is told beside the URL; Flask-SQLAlchemy makes the web's engine with the same."""
    parsed = make_url(url)
    options: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": orjson.loads}
    if parsed.get_backend_name() != "sqlite":
        options |= {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    elif parsed.database in (None, "", ":memory:"):
        options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return options


def prepared(engine: Engine) -> Engine:
    """The engine, with SQLite's pragmas and transactions as the stores expect them."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_sessions(engine: Engine) -> Sessions:
    """The session factory that stores are built with. Rows stay readable after their transaction."""
    return sessionmaker(engine, expire_on_commit=False)


class Joined(Sessions):
    """Sessions that all are the one given: what a store does with them is one transaction, its owner's."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __call__(self, **_local: Any) -> Any:
        return nullcontext(self._session)

    @contextmanager
    def joining(self) -> Iterator[Session]:
        yield self._session
        self._session.flush()


@contextmanager
def writing(sessions: Sessions) -> Iterator[Session]:
    """A transaction that is going to write.

    On SQLite it takes the write lock at its beginning and waits for it: a transaction that reads first
    and wants to write later would be refused at once when somebody else wrote in between.
    """
    if isinstance(sessions, Joined):
        with sessions.joining() as session:
            yield session
        return
    with sessions.begin() as session:
        session.connection(execution_options={_BEGIN: "BEGIN IMMEDIATE"})
        yield session


def _to_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off, ours is in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    # busy_timeout first: changing the journal mode needs the lock as well.
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
