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
from sqlalchemy import Engine, event, make_url, text

from app.adapters.sql.engine import make_engine, make_sessions
from app.adapters.sql.migrate import upgrade_database
from app.adapters.sql.store import Store
from app.adapters.sql.tables import Base

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


def new_postgresql_database(server_url: str, template: str = "template1") -> str:
    """A new database on the server, empty or a copy of ``template``; its URL."""
    name = f"test{next(_NUMBER)}"
    engine = make_engine(server_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "sangdam.db"
    upgrade_database(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: str) -> str:
    """The name of a migrated database, to copy."""
    url = new_postgresql_database(postgresql)
    upgrade_database(url)
    return make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'sangdam.db'}"
    return new_postgresql_database(request.getfixturevalue("postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "sangdam.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgresql")
    return new_postgresql_database(server, request.getfixturevalue("migrated_postgresql"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database, once of each kind."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on a migrated database without rows, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "sangdam.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        engine = make_engine(f"sqlite:///{path}")
        # What a power cut does is not tested here, and waiting for the disk takes most of the time.
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    else:
        server = request.getfixturevalue("postgresql")
        name = request.getfixturevalue("migrated_postgresql")
        engine = make_engine(server.replace("/postgres?", f"/{name}?"))
        tables = ", ".join(Base.metadata.tables)
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    yield Store(make_sessions(engine))
    engine.dispose()
