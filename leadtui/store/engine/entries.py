"""The compliance log: what is chained, and how an entry is hashed (``chain.py`` walks it,
``auditing.py`` verifies it).

``hash = SHA256("leadtui-log-v1\\0" + log_id + previous hash (first: 32 zero bytes) + seq as int64
big-endian + at as int64 big-endian + SHA256(recorded_by) + private_hash + body in UTF-8)``. Bodies
hold no name, number, address, note or message text: those stand in ``log_private`` under a salted
hash, so that a person can be erased and the chain stays whole."""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadtui.store.engine.types import dump_json
from leadtui.store.engine.vocabulary import Event

PREFIX = b"leadtui-log-v1\0"
ZERO = bytes(32)
WEB = "intake"
"""The front end through which web forms and pages post."""
SALT = 16
"""So many bytes stand before a personal text when it is hashed, no more and no fewer: else its
first ones could be moved there."""
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

    @property
    def person(self) -> int | None:
        """Whose name stands in a lead's history: nobody's, where a web form brought it in."""
        return None if self.front_end == WEB else self.rep_id


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log."""

    log_id: bytes
    seq: int
    hash: bytes
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A head as somebody saw it whom the log's writers cannot reach; ``seen_at`` by that person's
    clock."""

    log_id: bytes
    seq: int
    hash: bytes
    seen_at: datetime


CORRUPT = frozenset(("gap", "edited", "private-edited", "unreadable"))
"""Damage that a bad disk does as well as a person, and that the file itself shows, whoever
looks."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier found.

    ``damage`` is empty when everything holds, else one of ``gap``, ``edited``, ``relinked``,
    ``cut``, ``older-copy``, ``time``, ``other-log``, ``private-edited``, ``unreadable``,
    ``tables``; ``first_bad`` is an entry's seq, ``entries`` how many hold before it, ``head`` the
    last of those, ``message`` what is wrong and what to do. ``erased`` are entries whose personal
    text an erasure removed; ``witnesses`` how many were checked; ``findings`` are remarks (a clock
    that differs, a guard that is gone) that prove no change by themselves."""

    ok: bool
    entries: int
    head: Head
    first_bad: int | None = None
    damage: str = ""
    message: str = ""
    erased: tuple[int, ...] = ()
    witnesses: int = 0
    findings: tuple[str, ...] = field(default=())
    disagreements: tuple[str, ...] = field(default=())
    """With ``tables``: each row that is not as the log says, in words."""


def private_hash(salt: bytes, text: str) -> bytes:
    """The hash under which an entry's personal text is chained."""
    return hashlib.sha256(salt + text.encode()).digest()


def entry_hash(
    log_id: bytes, previous: bytes, seq: int, at: int, recorded_by: str, private: bytes, body: bytes
) -> bytes:
    """The documented hash of one entry; ``at`` in microseconds since the epoch."""
    author = hashlib.sha256(recorded_by.encode()).digest()
    return hashlib.sha256(
        PREFIX + log_id + previous + _PACK(seq, at) + author + private + body
    ).digest()


def make_body(actor: Actor, event: Event, parts: dict[str, Any]) -> str:
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
    salt = os.urandom(SALT)
    return salt, private_hash(salt, text)
