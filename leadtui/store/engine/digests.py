"""What a transaction does to rows, said in its log entry: a digest of every row that was made,
changed or taken away.

Replaying the log (``replay.py``) holds these digests against the tables, so that a row which
somebody edited with SQL is found in whatever column it was edited. A digest says nothing about the
row to who has the log alone: it is keyed by a secret of the floor that stands in no entry. What is
digested is each column's name with its value and type; left out is only the one value that a row
gets when the column is added, so that a migration may add one and one that fills it must say the
rows anew."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Column, Connection, Delete, Update, event, select, text
from sqlmodel import Session, SQLModel

from leadtui.store.engine import tables as _tables  # noqa: F401 - fills the metadata
from leadtui.store.engine.bare import rows_of
from leadtui.text import words

KEY = "row_key"
"""The fact of ``meta`` that keys the digests."""

SIZE = 32
"""A digest in the log: so many hex digits of an HMAC-SHA-256, 128 bits."""

UNWATCHED = frozenset(
    words("log log_meta log_private beforeimage migration meta text playbook event")
)
"""The log itself, what is held by its own hash, and a lead's history, which the log tells
better."""

ASIDE: dict[str, frozenset[str]] = {"lead": frozenset(("updated_at",))}
"""Columns that decide nothing and may be written without an entry."""

TOLD: dict[str, tuple[str, ...]] = {
    "rep": ("role", "login", "active", "cover_id"),
    "lead": ("owner_id", "status", "calls_opt_out", "emails_opt_out", "calls_consent"),
    "touch": ("state", "due", "rep_id"),
    "response": ("sla_due", "first_attempt_at"),
    "obligation": ("answered_at", "answer", "outcome"),
    "attempt": ("dialed_at", "disposition", "verdict"),
    "donotcall": ("added_at", "removed_at"),
    "question": ("due", "answered_at"),
    "email": ("state", "sent_at"),
    "sample": ("signed_at", "signed_by"),
    "enrolment": ("state", "next_step"),
}
"""Columns whose values stand beside the digest, as far as they are not empty: what a finding can
then put in words."""

FEW = 500
"""An entry about more rows than this keeps digests alone."""

CHUNK = 400
OF_ALL = "*"
"""Stands for a table where an entry speaks of the digests themselves: the key's fingerprint, and
``first`` where every row that will ever be is told, ``all`` where this entry tells each that
is."""
MADE, GONE = "+", "-"
_DIGEST = r"[0-9a-f]{32}|[0-9a-f]{12}"
_SAID = re.compile(rf"(?:\+(?P<new>{_DIGEST})|(?P<left>{_DIGEST}|-)<(?P<found>{_DIGEST}))(?: .*)?")
"""What an entry keeps of a row; 12 digits are a floor's from before digests had 32."""


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """The columns that a digest of this table is over, the id first, then by name."""
    names = {column.name for column in SQLModel.metadata.tables[table].columns}
    return "id", *sorted(names - ASIDE.get(table, frozenset()) - {"id"})


def _unsaid(column: Column[Any]) -> int | str | None:
    """The value that is left out of a digest: what old rows got when the column was added."""
    given: Any = getattr(column.server_default, "arg", None)
    if given is None:
        return None
    said = str(given).strip("'")
    return int(said) if column.type.python_type is int else said


@cache
def watched() -> tuple[str, ...]:
    """The tables whose rows the log vouches for."""
    return tuple(sorted(set(SQLModel.metadata.tables) - UNWATCHED))


@cache
def query(table: str) -> str:
    """SELECT for what is digested, alike on both engines; a condition may follow."""
    return f'SELECT {", ".join(columns_of(table))} FROM "{table}"'


class Digests:
    """Digests under one floor's key; every writer of the floor computes the same."""

    def __init__(self, key: bytes) -> None:
        self._keyed: dict[str, tuple[Any, list[tuple[str, int | str | None]]]] = {}
        self._plain: dict[str, tuple[str, ...]] = {}
        """Table -> its columns, where none was added with a value: nothing but NULL is left out."""
        for table in watched():
            columns = SQLModel.metadata.tables[table].columns
            left_out = [(name, _unsaid(columns[name])) for name in columns_of(table)]
            self._keyed[table] = (hmac.new(key, table.encode(), hashlib.sha256), left_out)
            if all(unsaid is None for _, unsaid in left_out):
                self._plain[table] = columns_of(table)

    def of(self, table: str, row: Iterable[Any]) -> str:
        """The digest of one row as the driver gives it; booleans are numbers, as SQLite has
        them."""
        start, left_out = self._keyed[table]
        said: list[Any] = []
        names = self._plain.get(table)
        if names is not None:  # the same as below, in half the time
            for pair in zip(names, row, strict=True):
                if pair[1] is not None:
                    said += pair
            if bool in map(type, said):
                said = [int(one) if type(one) is bool else one for one in said]
        else:
            for (name, unsaid), value in zip(left_out, row, strict=True):
                if value is True or value is False:
                    value = int(value)  # noqa: PLW2901
                if value != unsaid or type(value) is not type(unsaid):
                    said += (name, value)
        keyed = start.copy()
        # Python's own notation tells None, 0, 0.0, '' and b'' apart, and no text ends where it
        # does not.
        keyed.update(ascii(said).encode())
        return str(keyed.hexdigest()[:SIZE])


class Digester(Protocol):
    """What digests a row: ``Digests``, or the rule of an earlier version (``retelling.py``)."""

    def of(self, table: str, row: Iterable[Any]) -> str:
        """The digest of one row of ``columns_of(table)``."""
        ...


@lru_cache(maxsize=8)
def digests_under(key: bytes) -> Digests:
    """The digests of a floor, made once a process."""
    return Digests(key)


def key_of(connection: Connection, *, make: bool) -> tuple[bytes, bool]:
    """The floor's key for digests, and whether it was made just now; empty where there is none and
    none is to be made."""
    found = rows_of(connection, f"SELECT value FROM meta WHERE key = '{KEY}'")
    if found or not make:
        return key_in(found[0][0] if found else ""), False
    key = os.urandom(16)
    connection.execute(
        text("INSERT INTO meta (key, value) VALUES (:key, :value)"),
        {"key": KEY, "value": key.hex()},
    )
    return key, True


def fingerprint(key: bytes) -> str:
    """What the log keeps of the key, so that another in its place is noticed."""
    return hashlib.sha256(b"leadtui-row-key\0" + key).hexdigest()[:SIZE]


def key_in(said: Any) -> bytes:
    """The key that a fact of ``meta`` is; empty where it is none."""
    try:
        return bytes.fromhex(said)
    except (TypeError, ValueError):
        return b""


class Changes:
    """The rows that one transaction touches, however it does: by the ORM, by statements, or by the
    driver in bulk.

    Each row is digested as it was found, before the first change, and as it is left. What was found
    must be what the last entry about it left, else somebody changed it in between: a later entry
    cannot wash that clean."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[str, set[int]] = {}
        self._found: dict[str, dict[int, str]] = {}
        """Table -> row -> its digest before this transaction."""
        self._known: Digests | bool | None = False
        self._print = ""
        """The fingerprint of a key that was made here."""
        self._flushing = self._accepted = self._all = False
        if session.in_transaction():  # on PostgreSQL, where the lock is taken first
            self._begun(session, None, session.connection())
        else:
            event.listen(session, "after_begin", self._begun)
        event.listen(session, "after_flush", self._after)

    def __bool__(self) -> bool:
        return any(self._made.values()) or any(self._found.values())

    def made(self, table: str, ids: Iterable[int]) -> None:
        """Say that these rows are new; for what is inserted past the ORM."""
        if table not in UNWATCHED:
            self._made.setdefault(table, set()).update(ids)

    def about_to(self, table: str, ids: Iterable[int]) -> None:
        """Say that these rows are about to be changed past the ORM."""
        if table not in UNWATCHED:
            self._look(self._session.connection(), table, ids)

    def accept(self, table: str, ids: Iterable[int]) -> None:
        """Say these rows as they are, though nothing changed in them."""
        self._accepted, wanted = True, list(ids)
        self._look(self._session.connection(), table, wanted)
        for one in wanted:
            # A row that is gone was nothing that any entry left.
            self._found[table].setdefault(one, "0" * SIZE)

    def now(self, table: str, ids: Iterable[int]) -> dict[int, bytes]:
        """Row -> its digest as it stands; a row that is gone is not among them."""
        connection = self._session.connection()
        digests = self._digests(connection)
        if digests is None:
            return {}
        found = _rows(connection, table, ids)
        return {row[0]: bytes.fromhex(digests.of(table, row)) for row in found}

    def accept_all(self, earlier: Digester) -> None:
        """Say every row there is as it is, each as found by the rule that held until now: what was
        changed behind the log before stays visible."""
        self._accepted = self._all = True
        connection = self._session.connection()
        self._digests(connection, first=True)
        for table in watched():
            found = self._found.setdefault(table, {})
            for row in rows_of(connection, query(table)):
                found[row[0]] = earlier.of(table, row)

    def _begun(self, _session: Any, _transaction: Any, connection: Connection) -> None:
        event.listen(connection, "before_execute", self._statement)

    def flushing(self, touched: Mapping[str, Iterable[int]]) -> None:
        """The ORM is about to change these rows, and says itself which are new."""
        self._flushing = True
        for table in touched.keys() - UNWATCHED:
            self._look(self._session.connection(), table, touched[table])

    def _after(self, session: Any, _context: Any) -> None:
        self._flushing = False
        for item in session.new:
            self.made(
                item.__table__.name, (item.id,) if item.__table__.name not in UNWATCHED else ()
            )

    def _statement(self, connection: Connection, clause: Any, *_: Any) -> None:
        """Which rows an UPDATE or DELETE is about to find, asked before it does."""
        if self._flushing or not isinstance(clause, Update | Delete):
            return
        table: Any = clause.table
        if table.name not in UNWATCHED:
            ids = select(table.c.id)
            if clause.whereclause is not None:
                ids = ids.where(clause.whereclause)
            self._look(connection, table.name, connection.execute(ids).scalars())

    def _look(self, connection: Connection, table: str, ids: Iterable[int]) -> None:
        """Digest rows as they are, before this transaction changes them for the first time."""
        seen, made = self._found.setdefault(table, {}), self._made.get(table, set())
        fresh = [one for one in ids if one not in seen and one not in made]
        digests = self._digests(connection)
        if digests is None:
            return
        for row in _rows(connection, table, fresh):
            seen[row[0]] = digests.of(table, row)

    def _digests(self, connection: Connection, *, first: bool = False) -> Digests | None:
        if isinstance(self._known, bool) or (self._known is None and first):
            key, made = key_of(connection, make=first or connection.dialect.name == "sqlite")
            self._known = digests_under(key) if key else None
            self._print = fingerprint(key) if made else ""
        return self._known

    def said(self, connection: Connection, *, first: bool) -> dict[str, dict[str, str]]:
        """Table -> row -> what the entry keeps of it (``parse`` reads it); ``first``: nothing was
        logged before."""
        digests = self._digests(connection, first=first) if self else None
        if digests is None:
            return {}
        of_all = {"key": self._print, "first": str(int(first)), "all": str(int(self._all))}
        said: dict[str, dict[str, str]] = {OF_ALL: of_all} if self._print or self._all else {}
        brief = sum(map(len, (*self._made.values(), *self._found.values()))) > FEW
        for table in sorted({*self._made, *self._found}):
            made, seen = self._made.get(table, set()), self._found.get(table, {})
            if brief and not seen:
                new = _rows(connection, table, sorted(made))
                if left := {row[0]: MADE + digests.of(table, row) for row in new}:
                    said[table] = {str(one): what for one, what in left.items()}
                continue
            told = () if brief else tuple(map(columns_of(table).index, TOLD.get(table, ())))
            left = {one: f"{GONE}<{before}" for one, before in seen.items()}
            for row in _rows(connection, table, sorted({*made, *seen})):
                now, before = digests.of(table, row), seen.get(row[0])
                left[row[0]] = MADE + now if before is None else f"{now}<{before}"
                left[row[0]] += "".join(_told(table, row, told))
                if now == before and not self._accepted:
                    del left[row[0]]
            if left:
                said[table] = {str(one): what for one, what in left.items()}
        return said


class Said(NamedTuple):
    """What an entry keeps of one row: its digest as it was left (empty: gone), as it was found
    (empty: nothing was), and whether the row was new."""

    left: bytes
    found: bytes
    new: bool


def parse(said: str) -> Said:
    """What an entry keeps of one row. Raises ``ValueError`` for what leadtui never wrote."""
    read = _SAID.fullmatch(said)
    if read is None:
        raise ValueError(f"{said[:40]!r} tells of no row")
    new, left, found = read.group("new", "left", "found")
    if new is not None:
        return Said(bytes.fromhex(new), b"", new=True)
    return Said(b"" if left == GONE else bytes.fromhex(left), bytes.fromhex(found), new=False)


def told_in(said: str) -> dict[str, str]:
    """The values that stand beside a digest; a column of ``TOLD`` that is not among them was
    empty."""
    return {name: value for name, _, value in (part.partition("=") for part in said.split(" ")[1:])}


def _rows(connection: Connection, table: str, ids: Iterable[int]) -> Iterator[Any]:
    listed = list(ids)
    for start in range(0, len(listed), CHUNK):
        some = listed[start : start + CHUNK]
        if some[-1] - some[0] == len(some) - 1 and some == sorted(some):
            where = f"id BETWEEN {some[0]} AND {some[-1]}"
        else:
            where = f"id IN ({', '.join(map(str, some))})"
        yield from rows_of(connection, f"{query(table)} WHERE {where}")


def _told(table: str, row: Any, places: tuple[int, ...]) -> Iterator[str]:
    names = columns_of(table)
    for place in places:
        if row[place]:
            yield f" {names[place]}={plain(row[place])}"


def plain(value: Any) -> str:
    """A value as it is told: one word, the same from both engines."""
    said = "" if not value else "1" if value is True else "_".join(str(value).split())
    return said.encode("utf-8", "replace").decode()
