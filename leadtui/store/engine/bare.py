"""Statements by the bare driver, for what every key press or transaction asks: the ORM's way there
takes longer than the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text


def rows_of(
    connection: Connection, sql: str, bound: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a statement as the driver gives them; ``:name`` is bound on both."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        try:
            return list(driver.execute(sql, bound or {}).fetchall())
        except Exception:  # noqa: BLE001, S110 - asked again where every error is told
            pass
    return [tuple(row) for row in connection.execute(text(sql), bound or {})]
