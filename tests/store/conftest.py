"""Store tests run on SQLite and on PostgreSQL."""

from tests.engines import engine_url, postgres_server, postgres_url, store

__all__ = ["engine_url", "postgres_server", "postgres_url", "store"]
