"""What a database is called in messages: its file, or its server and name, never with a
password."""

from __future__ import annotations

import os
from typing import Any

from leadtui.errors import LeadtuiError
from leadtui.text import masked

SQLITE = "sqlite:///"


def place_of(url: str) -> str:
    """The file of a SQLite database, or ``HOST/NAME`` of one on a server."""
    if url.startswith("sqlite"):
        return url.removeprefix(SQLITE)
    return masked(url).rpartition("@")[2].rpartition("://")[2]


def server_parts(url: str) -> dict[str, Any]:
    """What a PostgreSQL URL says, by the names that libpq has for it. Raises ``LeadtuiError``."""
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise LeadtuiError(
            f"{place_of(url)}: a floor on a PostgreSQL server needs the extra 'postgres'; run pip "
            "install 'leadtui[postgres]'"
        ) from error
    try:
        return dict(conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1)))
    except psycopg.Error:
        # Not chained: libpq repeats what it could not read, a password included.
        raise LeadtuiError(
            f"database {masked(url)!r}: this cannot be read as postgresql://USER@HOST/NAME; write "
            "other characters than letters and digits as %XX"
        ) from None


def unchecked_server(url: str) -> str:
    """The other machine whose name a connection to ``url`` does not check; empty where it does, or
    where it stays on this machine."""
    parts = server_parts(url)
    host = str(parts.get("host") or parts.get("hostaddr") or os.environ.get("PGHOST", ""))
    here = not host or host.startswith(("/", "@", "127.")) or host in {"localhost", "::1"}
    checked = (parts.get("sslmode") or os.environ.get("PGSSLMODE")) == "verify-full"
    return "" if here or checked else host
