"""The parts of an entry that auditors go by, each of the type that leadtui writes; anything else in
a body is damage that is named, never an error that ends the audit."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from leadtui.store.engine.digests import Said, parse

Id = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Time = Annotated[datetime, Meta(tz=True)]


class Subjects(msgspec.Struct, gc=False, frozen=True):
    """Whom or what an entry is about."""

    lead: Id | None = None
    touch: Id | None = None
    obligation: Id | None = None
    rep: Id | None = None
    entry: Id | None = None
    dnc: Id | list[Id] | None = None


class After(msgspec.Struct, gc=False, frozen=True):
    """What an entry left, as far as rows are held against it."""

    touch: str | None = None
    owner: Id | None = None
    due: Time | None = None
    next: Id | None = None
    next_due: Time | None = None
    role: str | None = None
    playbook: str = ""
    dnc: Id | list[Id] | None = None
    demo: bool = False


class Codes(msgspec.Struct, gc=False, frozen=True):
    """What is said of it beside; other events may mean other things by the same word."""

    answer: Any = ""
    outcome: Any = ""
    seqs: Any = ()
    clock: Any = 0
    last: Any = 0


NO_SUBJECTS, NOTHING_AFTER, NO_CODES = Subjects(), After(), Codes()


class Body(msgspec.Struct, gc=False):
    """One entry's body."""

    event: str
    actor: Id | None = None
    role: str = ""
    boot: str = ""
    subjects: Subjects = NO_SUBJECTS
    after: After = NOTHING_AFTER
    codes: Codes = NO_CODES
    rows: dict[str, dict[str, str]] = {}


class NoEntryError(ValueError):
    """A body that leadtui never wrote; its text says why."""


_ID = re.compile("0|-?[1-9][0-9]{0,18}")
_decode = msgspec.json.Decoder(Body).decode


def read(body: Any) -> Body:
    """A stored body, text or bytes. Raises ``NoEntryError``."""
    try:
        return _decode(body)
    except (ValueError, TypeError) as error:
        raise NoEntryError(str(error)[:120]) from error
    except RecursionError as error:
        raise NoEntryError("it is nested deeper than any entry") from error


def id_in(key: str) -> int:
    """A row's number as it stands in a body. Raises ``NoEntryError``."""
    if _ID.fullmatch(key):
        return int(key)
    raise NoEntryError(f"{key[:40]!r} is no row's number")


def rows_in(body: Body, tables: frozenset[str]) -> list[tuple[str, int, Said, str]]:
    """``(table, row, digests, what the entry keeps of it)`` of each row of these tables that an
    entry tells of. Raises ``NoEntryError``."""
    try:
        return [
            (table, id_in(key), parse(said), said)
            for table, rows in body.rows.items()
            if table in tables
            for key, said in rows.items()
        ]
    except ValueError as error:
        raise NoEntryError(str(error)) from error
