"""The compliance log: what is chained, how an entry is hashed, appended and verified.

``hash = SHA256("leadtui-log-v1\\0" + log_id + previous hash (first: 32 zero bytes) + seq as int64 big-endian + at as int64
big-endian + SHA256(recorded_by) + private_hash + body in UTF-8)``. Bodies hold no name, number, address, note or message
text: those stand in ``log_private`` under a salted hash, so that a person can be erased and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadtui.store.types import dump_json, from_micros

PREFIX = b"leadtui-log-v1\0"
ZERO = bytes(32)
_PACK = struct.Struct(">qq").pack


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where: what every entry says of its origin."""

    rep_id: int | None
    name: str
    login: str
    role: str
    front_end: str = "cli"
    session: str = ""
    host: str = ""
    os_user: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log; a witness is a head with the time it was seen."""

    log_id: bytes
    seq: int
    hash: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier found. ``damage`` is empty when everything holds; ``first_bad`` is an entry's seq."""

    ok: bool
    entries: int
    head: Head
    first_bad: int | None = None
    damage: str = ""
    message: str = ""
    erased: tuple[int, ...] = ()
    witnesses: int = 0
    findings: tuple[str, ...] = field(default=())


def private_hash(salt: bytes, text: str) -> bytes:
    """The hash under which an entry's personal text is chained."""
    return hashlib.sha256(salt + text.encode()).digest()


def entry_hash(
    log_id: bytes, previous: bytes, seq: int, at: int, recorded_by: str, private: bytes, body: bytes
) -> bytes:
    """The documented hash of one entry; ``at`` in microseconds since the epoch."""
    author = hashlib.sha256(recorded_by.encode()).digest()
    return hashlib.sha256(PREFIX + log_id + previous + _PACK(seq, at) + author + private + body).digest()


def make_body(actor: Actor, event: str, parts: dict[str, Any]) -> str:
    """Canonical JSON of an entry: who, what, and the after-values; empty parts are left out."""
    body: dict[str, Any] = {
        "actor": actor.rep_id,
        "event": event,
        "front": actor.front_end,
        "host": actor.host,
        "os_user": actor.os_user,
        "program": actor.program,
        "role": actor.role,
        "session": actor.session,
    }
    body.update({key: value for key, value in parts.items() if value not in (None, "", {}, [])})
    return dump_json(body)


def seal(text: str) -> tuple[bytes, bytes]:
    """``(salt, private_hash)`` for a personal text; zero bytes for none."""
    if not text:
        return b"", ZERO
    salt = os.urandom(16)
    return salt, private_hash(salt, text)


Row = tuple[int, int, str, bytes, bytes, bytes]
"""seq, at, recorded_by, body, private_hash, hash."""


def check_chain(
    log_id: bytes, rows: Iterable[Row], marks: dict[int, bytes], *, start: tuple[int, int, bytes] = (0, 0, ZERO)
) -> Verification:
    """Walk ``rows`` in order of seq and stop at the first that does not follow from the one before.

    ``marks`` are witnessed heads, seq -> hash; a chain that hashes well but differs from a mark was re-linked.
    ``start`` is ``(seq, at, hash)`` of the last entry already checked.
    """
    sha256, pack = hashlib.sha256, _PACK
    before, last_at, previous = start
    base = sha256(PREFIX + log_id)
    authors: dict[str, bytes] = {}
    seen = 0
    for seq, at, recorded_by, body, private, stored in rows:
        author = authors.get(recorded_by)
        if author is None:
            author = authors[recorded_by] = sha256(recorded_by.encode()).digest()
        digest = base.copy()
        digest.update(previous + pack(seq, at) + author + private + body)
        if seq != before + 1:
            return _bad(log_id, seen, before, previous, before + 1, "gap", f"entry {before + 1} is missing")
        if digest.digest() != stored:
            return _bad(log_id, seen, before, previous, seq, "edited", f"entry {seq} does not hash to what it says")
        if at < last_at:
            return _bad(log_id, seen, before, previous, seq, "time", f"entry {seq} is dated before the one it follows")
        if marks and marks.get(seq, stored) != stored:
            return _bad(
                log_id, seen, before, previous, seq, "relinked", f"entry {seq} differs from the witness of it"
            )
        before, last_at, previous, seen = seq, at, stored, seen + 1
    head = Head(log_id, before, previous, from_micros(last_at) if before else None)
    beyond = min((seq for seq in marks if seq > before), default=None)
    if beyond is not None:
        return Verification(
            ok=False, entries=seen, head=head, first_bad=before + 1, damage="cut",
            message=f"a witness has seen entry {beyond}, but the log ends at {before}",
        )  # fmt: skip
    return Verification(ok=True, entries=seen, head=head)


def _bad(log_id: bytes, seen: int, before: int, previous: bytes, seq: int, damage: str, message: str) -> Verification:
    return Verification(
        ok=False, entries=seen, head=Head(log_id, before, previous), first_bad=seq, damage=damage, message=message
    )


def chunks(cursor: Any, size: int = 4096) -> Iterator[Any]:
    """Rows of a driver cursor, fetched ``size`` at a time."""
    while rows := cursor.fetchmany(size):
        yield from rows
