"""Runs migrations: on the connection that the product hands in, or on the database of the settings."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from app.adapters.sql.engine import make_engine
from app.adapters.sql.tables import Base, UtcDateTime


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Migrations name plain types: they must not change when the models' own types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Any) -> None:
    """Migrate within one transaction, so that a failed migration leaves nothing behind."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    from app.config import Settings

    url = context.get_x_argument(as_dictionary=True).get("url") or Settings.load().database_url
    with make_engine(url).begin() as own:
        run(own)
