"""Queries about what national registers said of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import Lead, Phone, Screening


@dataclass(slots=True)
class Standing:
    """How a number stands: register -> as of when it was asked, and where it was found."""

    screened: dict[str, datetime] = field(default_factory=dict)
    listed_in: list[str] = field(default_factory=list)


def standings(session: Session, numbers: Sequence[str]) -> dict[str, Standing]:
    """Number -> how it stands; of each register the newest answer, and the later of two of a
    day."""
    newest: dict[tuple[str, str], Screening] = {}
    for piece in pieces(numbers):
        rows = session.exec(
            select(Screening)
            .where(col(Screening.number).in_(piece))
            .order_by(col(Screening.as_of), col(Screening.id))
        )
        newest.update(((row.number, row.register_name), row) for row in rows)
    found: dict[str, Standing] = {}
    for (number, register), row in newest.items():
        standing = found.setdefault(number, Standing())
        standing.screened[register] = row.as_of
        if row.listed:
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
