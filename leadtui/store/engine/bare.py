"""Statements by the bare driver, for what every key press or transaction asks: the ORM's way there
takes longer than the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, text
from sqlmodel import Session


class Look(Protocol):
    """A transaction that reads: a session, or a bare one that has no ORM to set up."""

    def connection(self) -> Connection:
        """Its connection."""
        ...


class BareLook:
    """A look at the database through a connection alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection(self) -> Connection:
        """The connection."""
        return self._connection


def rows_in(
    session: Session, sql: str, bound: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The same within a session: what waits to be written is written first, as for any query."""
    if session.autoflush:
        session.flush()
    return rows_of(session.connection(), sql, bound)


def listed(values: Iterable[Any], name: str = "one") -> tuple[str, dict[str, Any]]:
    """What stands in the parentheses of an ``IN``, and what is bound for it."""
    bound = {f"{name}{place}": value for place, value in enumerate(values)}
    return ", ".join(f":{key}" for key in bound) or "NULL", bound


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
