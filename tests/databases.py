"""Databases for tests: SQLite in a file, and a PostgreSQL server of the tests' own where one is installed."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.adapters.sql.engine import make_engine, make_sessions
from app.adapters.sql.migrate import upgrade_database
from app.adapters.sql.store import Store

_NUMBER = itertools.count(1)


def postgresql_programs() -> Path | None:
    """Where initdb and pg_ctl are: Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """A private server, reached by a socket only; the URL of its maintenance database. Skips without one."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs (apt install postgresql)")
    as_user: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        if (
            shutil.which("runuser") is None
            or subprocess.run(["id", "postgres"], capture_output=True).returncode
        ):
            pytest.skip("running as root, and there is no user postgres to run the server as")
        as_user = ["runuser", "-u", "postgres", "--"]
    with tempfile.TemporaryDirectory(prefix="sd-pg-") as name:
        place = Path(name)
        if as_user:
            shutil.chown(place, "postgres", "postgres")
        data = place / "data"
        run = as_user + [str(programs / "initdb"), "-D", str(data), "-U", "sangdam", "-A", "trust"]
        options = (
            f"-c listen_addresses= -c unix_socket_directories={place} -c fsync=off -c max_connections=40"
        )
        control = as_user + [str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "30"]
        subprocess.run(
            [*run, "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/"
        )
        subprocess.run(
            [*control, "-o", options, "-l", str(place / "log"), "start"],
            check=True,
            capture_output=True,
            cwd="/",
        )
        try:
            yield f"postgresql+psycopg://sangdam@/postgres?host={place}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """One server for the whole run."""
    with postgresql_server() as url:
        yield url


def new_postgresql_database(server_url: str) -> str:
    """An empty database on the server; its URL."""
    name = f"test{next(_NUMBER)}"
    engine = make_engine(server_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sangdam.db'}"
    return new_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """A migrated database, once of each kind."""
    upgrade_database(empty_database_url)
    return empty_database_url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database, once of each kind."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """A store on a migrated database, once of each kind."""
    return Store(make_sessions(engine))
