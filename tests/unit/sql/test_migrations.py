"""The migrations make what the models say, on both databases."""

from __future__ import annotations

import threading

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text

from app.adapters.sql.engine import make_engine
from app.adapters.sql.migrate import MIGRATIONS, NewerDatabase, differences, upgrade_database
from app.adapters.sql.tables import Base


def test_migrations_and_models_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differences(connection) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_difference_is_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE calls ADD COLUMN surplus INTEGER"))
    with engine.connect() as connection:
        assert "surplus" in str(differences(connection))


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO customers (tenant_id, number, name) SELECT 1, '1', '김' WHERE 1=0")
        )
    upgrade_database(database_url)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_two_upgrades_at_once(empty_database_url: str) -> None:
    problems: list[BaseException] = []

    def upgrade() -> None:
        try:
            upgrade_database(empty_database_url)
        except BaseException as error:  # noqa: BLE001 - reported below
            problems.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_newer_database_is_refused(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(NewerDatabase, match="9999"):
        upgrade_database(database_url)


def test_downgrade_removes_everything(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
