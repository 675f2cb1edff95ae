from tests.databases import (
    database_url,
    empty_database_url,
    engine,
    migrated_postgresql,
    migrated_sqlite,
    postgresql,
    store,
)

__all__ = [
    "database_url",
    "empty_database_url",
    "engine",
    "migrated_postgresql",
    "migrated_sqlite",
    "postgresql",
    "store",
]
