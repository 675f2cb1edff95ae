"""Brings a database to the newest schema, and tells how it differs from the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from app.adapters.sql.engine import make_engine
from app.adapters.sql.tables import Base

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"

_LOCK = 0x53414E47
"""Number of the PostgreSQL advisory lock that keeps two upgrades apart."""


class NewerDatabase(Exception):
    """The database was made by a newer release; the text says what to do."""


def upgrade_database(url: str) -> None:
    """Bring the database at ``url`` to the newest schema, in one transaction; make it if it is missing.

    Two processes may call this at once: the second waits and finds nothing to do. Raises NewerDatabase.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            # Rebuilding a table (how SQLite alters one) must not cascade into those that refer to it;
            # the switch has no effect within a transaction.
            if engine.dialect.name == "sqlite":
                raw = connection.connection.dbapi_connection
                assert raw is not None
                raw.execute("PRAGMA foreign_keys=OFF")
            locked = connection.execution_options(sangdam_begin="BEGIN IMMEDIATE")
            with locked.begin():
                upgrade_connection(locked)
            connection.detach()  # it must not go back to the pool without its foreign keys
    finally:
        engine.dispose()


def upgrade_connection(connection: Connection) -> None:
    """The same on a connection within a transaction of the caller's."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise NewerDatabase(
            f"The database is at revision {current}, which this release does not know. "
            "Start the newer release, or restore a backup from before its upgrade."
        )
    command.upgrade(config, "head")


def differences(connection: Connection) -> list[Any]:
    """What the models have and the database has not, or the other way round; [] when they agree."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, Base.metadata)
    return found
