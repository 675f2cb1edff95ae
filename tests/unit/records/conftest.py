from tests.databases import database_url, empty_database_url, engine, postgresql, store

__all__ = ["database_url", "empty_database_url", "engine", "postgresql", "store"]
