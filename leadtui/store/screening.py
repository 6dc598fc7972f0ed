"""Queries about what national registers said of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from leadtui.store.engine.bare import listed, rows_in
from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import Lead, Phone
from leadtui.store.engine.types import instant

_ANSWERS = (
    "SELECT number, register_name, as_of, listed FROM screening WHERE number IN ({them}) "
    "ORDER BY as_of, id"
)


@dataclass(slots=True)
class Standing:
    """How a number stands: register -> as of when it was asked, and where it was found."""

    screened: dict[str, datetime] = field(default_factory=dict)
    listed_in: list[str] = field(default_factory=list)


def standings(session: Session, numbers: Sequence[str]) -> dict[str, Standing]:
    """Number -> how it stands; of each register the newest answer, and the later of two of a
    day."""
    newest: dict[tuple[str, str], tuple[int, bool]] = {}
    for piece in pieces(numbers):
        them, bound = listed(piece)
        rows = rows_in(session, _ANSWERS.format(them=them), bound)
        newest.update(((number, register), (as_of, on)) for number, register, as_of, on in rows)
    found: dict[str, Standing] = {}
    for (number, register), (as_of, on) in newest.items():
        standing = found.setdefault(number, Standing())
        standing.screened[register] = instant(as_of)
        if on:
            standing.listed_in.append(register)
    return found


def open_numbers(session: Session) -> Iterable[Any]:
    """``(number, lead, its country, since when)`` for every number of an open lead that is not
    marked wrong."""
    return session.execute(
        select(col(Phone.number), col(Lead.id), col(Lead.country), col(Phone.created_at))
        .join(Lead, col(Lead.id) == col(Phone.lead_id))
        .where(col(Lead.status) == "open", col(Phone.status) == "ok")
        .order_by(col(Phone.number))
    )
