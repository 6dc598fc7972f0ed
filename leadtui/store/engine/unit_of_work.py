"""One writing use case: one transaction that holds the change and its log entries, or nothing of
either."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event, select
from sqlalchemy.orm.attributes import History, get_history, instance_state
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE
from sqlmodel import Session

from leadtui.store.engine import postgres, twins
from leadtui.store.engine.bare import rows_of
from leadtui.store.engine.digests import Changes
from leadtui.store.engine.entries import Actor, entry_hash, make_body, seal
from leadtui.store.engine.tables import Row
from leadtui.store.engine.types import dump_json, from_micros, to_micros
from leadtui.store.engine.vocabulary import Code, Event

_HEAD = "SELECT seq, at, hash FROM log ORDER BY seq DESC LIMIT 1"
# By the driver's own words: an entry is appended in every transaction, and only on SQLite so.
_APPEND = (
    "INSERT INTO log (seq, at, recorded_by, body, private_hash, hash) VALUES (?, ?, ?, ?, ?, ?)"
)
_PRIVATE = "INSERT INTO log_private (seq, salt, text) VALUES (?, ?, ?)"
_BEFORE = "INSERT INTO beforeimage (seq, images) VALUES (?, ?)"


CLOCK_STEP = 60_000_000
"""How many microseconds behind the last entry a clock may be before that is an entry of its own:
longer than the longest wait for the lock, during which others append."""


IMAGES = "images"
"""Among an entry's ``hashes``: what the rows it changed were before it."""


def images_digest(kept: str) -> str:
    """The SHA-256 of before-images as they are kept, in hex."""
    return hashlib.sha256(kept.encode("utf-8", "surrogatepass")).hexdigest()


class Unit:
    """What a writing use case works with inside its transaction.

    ``log`` may be called several times; the entries are appended, in that order, as the last
    statements before the commit. Leaving the block by an exception rolls everything back."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self.boot = ""
        """Set by the desk where the clock is a machine's own: ``clock.since_boot``."""
        self.playbook_hash = ""
        """Set by the desk: which playbook version the entries were made under."""
        self._entries: list[tuple[int, Event, dict[str, Any], str]] = []
        """Seq, event, parts of the body, personal text."""
        self.changes = Changes(session)
        self._images: list[list[Any]] = []
        self._fresh: list[Any] = []
        self._head: tuple[int, int, bytes] | None = None
        self._tracking = True
        twins.listen()
        event.listen(session, "before_flush", self._remember)

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection of this transaction, for bulk work and text SQL."""
        return self.session.connection()

    def log(
        self,
        name: Event,
        *,
        subjects: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        codes: Mapping[Code, Any] | None = None,
        hashes: dict[str, Any] | None = None,
        private: str = "",
    ) -> int:
        """Add one entry and return its seq; ``private`` is the personal text, kept apart from the
        chained body. Among ``subjects`` and ``after`` a row stands for its id, which a new one has
        by the time that the entry is appended."""
        head = self.head()
        behind = to_micros(self.now) < head[1] - CLOCK_STEP
        step = behind and name is not Event.CLOCK_SETTLED
        if step and not self._entries:
            said = {Code.CLOCK: to_micros(self.now), Code.LAST: head[1]}
            self._entries.append((head[0] + 1, Event.CLOCK_STEP, {"codes": said}, ""))
        seq = head[0] + len(self._entries) + 1
        parts = {
            "subjects": subjects,
            "after": after,
            "codes": codes,
            "hashes": hashes,
            "playbook": self.playbook_hash,
            "boot": self.boot,
        }
        self._entries.append((seq, name, parts, private))
        return seq

    @contextmanager
    def untracked(self) -> Iterator[None]:
        """Keep no before-images of what is changed inside: undoing the use case deletes these rows
        whole."""
        self.session.flush()
        self._tracking = False
        try:
            yield
            self.session.flush()
        finally:
            self._tracking = True

    def head(self) -> tuple[int, int, bytes]:
        """``(seq, at in microseconds, hash)`` of the last committed entry; zeros for an empty
        log."""
        if self._head is None:
            found = rows_of(self.connection, _HEAD)
            self._head = (*found[0][:2], bytes(found[0][2])) if found else (0, 0, bytes(32))
        return self._head

    def finish(self) -> None:
        """Flush, keep the before-images, append the entries: the last statements of the
        transaction."""
        self.session.flush()
        if not self._entries:
            if self._images or self._fresh or self.changes:
                raise AssertionError(
                    "a writing use case must say what it did: unit.log() was not called"
                )
            return
        images = [*self._images, *([item.__table__.name, _key(item), None] for item in self._fresh)]
        kept = dump_json(images) if images else None
        if kept:
            last = self._entries[-1][2]
            last["hashes"] = {**(last["hashes"] or {}), IMAGES: images_digest(kept)}
        entries = self._bodies()
        if self.connection.dialect.name == "postgresql":
            postgres.append(self.connection, entries, kept, self.now)
            return
        if kept:
            self.connection.exec_driver_sql(_BEFORE, (self._entries[-1][0], kept))
        self._append_sqlite(entries)

    def _bodies(self) -> list[tuple[int, str, str]]:
        """``(seq, body, personal text)`` of every entry; the last one says what became of the
        rows."""
        self._entries[-1][2]["rows"] = self.changes.said(self.connection, first=self.head()[0] == 0)
        for _, _, parts, _ in self._entries:
            parts.update({name: _with_ids(parts.get(name)) for name in ("subjects", "after")})
        return [
            (seq, make_body(self.actor, name, parts), private)
            for seq, name, parts, private in self._entries
        ]

    def _append_sqlite(self, entries: list[tuple[int, str, str]]) -> None:
        _, last, previous = self.head()
        settled = any(name is Event.CLOCK_SETTLED for _, name, _, _ in self._entries)
        at = to_micros(self.now) if settled else max(to_micros(self.now), last)
        ((log_id,),) = rows_of(self.connection, "SELECT log_id FROM log_meta")
        recorded_by = self.actor.login or self.actor.os_user
        sealed = [(seq, body, private, *seal(private)) for seq, body, private in entries]
        secrets = [(seq, salt, private) for seq, _, private, salt, _ in sealed if private]
        if secrets:
            self.connection.exec_driver_sql(_PRIVATE, secrets)
        rows = []
        for seq, body, _, _, hidden in sealed:
            previous = entry_hash(log_id, previous, seq, at, recorded_by, hidden, body.encode())
            rows.append((seq, at, recorded_by, body, hidden, previous))
        self.connection.exec_driver_sql(_APPEND, rows)

    def _remember(self, session: Session, _context: Any, _instances: Any) -> None:
        touched: defaultdict[str, list[Any]] = defaultdict(list)
        for item in session.dirty:
            changes = _changes(item)
            if not changes:
                continue
            table, key = item.__table__.name, _key(item)
            touched[table].append(key)
            if self._tracking:
                self._images.append([table, key, _old_values(session, item, changes)])
        for item in session.deleted:
            touched[item.__table__.name].append(_key(item))
        if self._tracking:
            self._fresh.extend(session.new)
        self.changes.flushing(touched)


def _with_ids(said: dict[str, Any] | None) -> dict[str, Any] | None:
    return said and {
        name: _key(value) if isinstance(value, Row) else value for name, value in said.items()
    }


def _changes(item: Any) -> dict[str, History]:
    """Column -> its history, of each column of a row that is about to be written."""
    set_here = instance_state(item).committed_state
    histories = ((key, get_history(item, key, PASSIVE_NO_INITIALIZE)) for key in set_here)
    return {key: history for key, history in histories if history.has_changes()}


def _old_values(session: Session, item: Any, changes: Mapping[str, History]) -> dict[str, Any]:
    """Column -> what the row still holds, of each column that is about to be written."""
    old, unread = {}, []
    for key, history in changes.items():
        if history.deleted:
            old[key] = _plain(history.deleted[0])
        else:
            unread.append(key)
    if unread:  # set without having been read: the row itself knows what it was
        table = item.__table__
        (key,) = table.primary_key
        query = select(*(table.c[name] for name in unread)).where(key == _key(item))
        found = session.connection().execute(query).first()
        old.update(zip(unread, map(_plain, found or ()), strict=False))
    return old


def _key(item: Any) -> Any:
    known = instance_state(item).key
    return known[1][0] if known else None


def _plain(value: Any) -> Any:
    return to_micros(value) if isinstance(value, datetime) else value


__all__ = ["Unit", "from_micros"]
