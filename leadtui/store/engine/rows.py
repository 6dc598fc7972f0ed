"""Reading through the bare driver, alike on both engines, on a connection that cannot write.

The verifier and the supervisor's view read many rows and change none: no ORM, no engine, no pool.
SQLite gets ``mode=ro`` and an authorizer (``sqlite.open_read_only``); PostgreSQL gets a READ ONLY
transaction for every look."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from leadtui.errors import Damaged, LeadtuiError
from leadtui.store.engine import damage, postgres, sqlite
from leadtui.store.engine.damage import is_damage
from leadtui.store.engine.places import place_of, server_parts
from leadtui.text import masked

Values = Sequence[Any]
PAGE = 5_000


class Rows:
    """A read-only connection. One statement a call, ``?`` for a value; threads take turns.

    Raises ``LeadtuiError`` where the database cannot be opened for reading, or cannot be read
    further."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.place = place_of(url)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = _open_sqlite(Path(self.place)) if self.is_sqlite else _open_postgres(url)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state of the database; keep it short, a held reader lets the WAL
        grow."""
        with self._lock:
            if self._depth == 0:
                self._begin()
            self._depth += 1
            try:
                yield
            except errors(self) as error:
                if self.is_sqlite and is_damage(error):
                    raise _told(Path(self.place), error) from error
                if "lock timeout" in str(error):
                    raise LeadtuiError(f"{self.place}: {postgres.HELD}") from error
                raise
            finally:
                self._depth -= 1
                if self._depth == 0:
                    with suppress(Exception):
                        self._connection.execute("ROLLBACK")

    def all(self, sql: str, values: Values = ()) -> list[Any]:
        """Every row of one SELECT."""
        with self.snapshot():
            try:
                found: list[Any] = self._run(sql, values).fetchall()
            except errors(self) as error:
                if "utf-8" not in str(error).lower() or not self.is_sqlite:
                    raise
                # A text that is none: from here on its bytes are shown as they are.
                self._connection.text_factory = _as_stored
                found = self._run(sql, values).fetchall()
            return found

    def every(self, select: str, *, key: str = "id", page: int = PAGE) -> Iterator[Any]:
        """Every row of a SELECT without conditions, in the order of ``key``, its first column; a
        page at a time, so that nobody waits for a long look."""
        tail = f" ORDER BY {key} LIMIT ?"
        found = self.all(select + tail, (page,))
        while found:
            yield from found
            found = self.all(f"{select} WHERE {key} > ?{tail}", (found[-1][0], page))

    def one(self, sql: str, values: Values = ()) -> Any:
        """The first row of one SELECT, or ``None``."""
        found = self.all(sql, values)
        return found[0] if found else None

    def value(self, sql: str, values: Values = ()) -> Any:
        """The first column of the first row, or ``None``."""
        row = self.one(sql, values)
        return row[0] if row else None

    def blob(self, column: str) -> str:
        """SQL for the bytes of a text column as they are stored."""
        return f"CAST({column} AS BLOB)" if self.is_sqlite else f"convert_to({column}, 'UTF8')"

    def text_bytes(self, column: str) -> str:
        """The same, and nothing for what is no text, though it may have its bytes."""
        blob = self.blob(column)
        return f"CASE typeof({column}) WHEN 'text' THEN {blob} END" if self.is_sqlite else blob

    def stamp(self) -> int:
        """A number that changes when somebody has written: cheap enough to ask twice a second."""
        if self.is_sqlite:
            with self._lock:
                return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return int(self.value("SELECT coalesce(max(seq), 0) FROM log"))

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._connection.close()

    def _begin(self) -> None:
        if self.is_sqlite:
            self._connection.execute("BEGIN")
            return
        self._connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # After its first query a READ ONLY transaction can no longer be turned into one that
        # writes.
        self._connection.execute("SELECT 1")

    def _run(self, sql: str, values: Values) -> Any:
        word = sql.lstrip().partition(" ")[0].upper()
        if word not in {"SELECT", "WITH"}:
            raise LeadtuiError(
                f"the read-only view reads and nothing else; it does not run {word or 'nothing'}"
            )
        if self.is_sqlite:
            return self._connection.execute(sql, tuple(values))
        # Prepared: PostgreSQL then takes one statement and refuses a second behind a semicolon.
        return self._connection.execute(sql.replace("?", "%s"), tuple(values), prepare=True)


def _as_stored(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _open_sqlite(path: Path) -> Any:
    if not path.exists():
        raise LeadtuiError(damage.missing(path))
    module = sqlite.driver()
    try:
        connection = sqlite.open_read_only(path)
        connection.execute("SELECT 1 FROM log_meta").fetchone()
    except module.OperationalError as error:
        said = str(error)
        if "unable to open" in said or "readonly" in said or "attempt to write" in said:
            raise LeadtuiError(
                f"{path}: it cannot be opened for reading, since its helper file "
                f"{path.name}-shm is neither "
                "there nor "
                "can be made; ask for the floor's group (leadtui init --group), or look while "
                "somebody has the floor "
                "open"
            ) from error
        raise LeadtuiError(f"{path}: cannot be read ({said}); run 'leadtui doctor'") from error
    except module.DatabaseError as error:
        raise (
            _told(path, error)
            if is_damage(error)
            else LeadtuiError(f"{path}: cannot be read ({error})")
        ) from error
    return connection


def _told(path: Path, error: Exception) -> Damaged:
    """Damage met while reading; from then on nobody writes."""
    found = str(error)[:120]
    damage.mark(path, found)
    return damage.damaged(f"sqlite:///{path}", found)


def _open_postgres(url: str) -> Any:
    import psycopg

    said = server_parts(url)
    said["options"] = postgres.options_of(url, "-c default_transaction_read_only=on")
    try:
        return psycopg.connect(**{"connect_timeout": 10, **said}, autocommit=True)
    except psycopg.OperationalError as error:
        words = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise LeadtuiError(
            f"{place_of(url)}: the database server does not answer ({masked(words)})"
        ) from error


def errors(rows: Rows) -> tuple[type[Exception], ...]:
    """What reading ``rows`` raises where the database cannot be read."""
    if rows.is_sqlite:
        module = sqlite.driver()
        return (module.DatabaseError, module.Warning, Damaged)
    import psycopg

    return (psycopg.Error,)
