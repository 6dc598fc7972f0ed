"""The phone system's records beside the attempts of the log: which fit, and which have no counterpart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update
from sqlmodel import Session, col

from leadtui.store.tables import Attempt, CallRecord, Lead, Phone
from leadtui.store.types import UtcDateTime
from leadtui.store.unit_of_work import Unit

CHUNK = 500
MADE = func.coalesce(col(Attempt.dialed_at), col(Attempt.at))
"""When a call was made, as far as leadtui knows: the dial, else the answer to a call without one."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call as leadtui knows it."""

    id: int
    number: str
    at: datetime
    rep_id: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call as the phone system knows it."""

    id: int
    number: str
    at: datetime
    rep_id: int | None


def known_ids(session: Session, external_ids: Sequence[str]) -> set[str]:
    """Those of these records that were imported before."""
    found: set[str] = set()
    for chunk in _chunks(external_ids):
        found.update(session.scalars(select(col(CallRecord.external_id)).where(col(CallRecord.external_id).in_(chunk))))
    return found


def unmatched_records(session: Session, since: datetime | None = None, until: datetime | None = None) -> list[Recorded]:
    """Outgoing calls of the phone system that no attempt was found for, oldest first."""
    found = select(col(CallRecord.id), col(CallRecord.number), col(CallRecord.at), col(CallRecord.rep_id)).where(
        col(CallRecord.attempt_id).is_(None), col(CallRecord.direction) == "out", col(CallRecord.number) != ""
    )
    found = _between(found, col(CallRecord.at), since, until)
    rows = session.execute(found.order_by(col(CallRecord.at), col(CallRecord.id)))
    return [Recorded(int(row[0] or 0), row[1], row[2], row[3]) for row in rows]


def unmatched_attempts(
    session: Session, since: datetime | None = None, until: datetime | None = None, *, confirmed: bool = False
) -> list[Made]:
    """Outgoing calls of leadtui that no record was found for, oldest first; what could not be dialed is no call."""
    taken = select(col(CallRecord.attempt_id)).where(col(CallRecord.attempt_id).is_not(None))
    found = select(col(Attempt.id), col(Attempt.number), col(Attempt.dialed_at), col(Attempt.at), col(Attempt.rep_id)).where(
        col(Attempt.inbound) == 0, col(Attempt.verdict) != "not dialed", col(Attempt.number) != "",
        col(Attempt.id).not_in(taken),
    )  # fmt: skip
    if confirmed:
        found = found.where(col(Attempt.answered_at).is_not(None))
    found = _between(found, MADE, since, until)
    rows = session.execute(found.order_by(col(Attempt.at), col(Attempt.id)))
    return [Made(int(row[0] or 0), row[1], row[2] or row[3], row[4]) for row in rows]


def _between(found: Any, column: Any, since: datetime | None, until: datetime | None) -> Any:
    if since is not None:
        found = found.where(column >= literal(since, UtcDateTime()))
    if until is not None:
        found = found.where(column < literal(until, UtcDateTime()))
    return found


def span(session: Session) -> tuple[datetime, datetime] | None:
    """From when to when the phone system's outgoing records reach; ``None`` without any."""
    first, last = session.execute(
        select(func.min(CallRecord.at), func.max(CallRecord.at)).where(col(CallRecord.direction) == "out")
    ).one()
    return None if first is None else (first, last)


def keep_matches(unit: Unit, pairs: Collection[tuple[int, int]]) -> None:
    """Put on record which ``(record, attempt)`` belong together."""
    for record, attempt in pairs:
        unit.connection.execute(update(CallRecord).where(col(CallRecord.id) == record).values(attempt_id=attempt))


def record_rows(session: Session, ids: Sequence[int]) -> dict[int, CallRecord]:
    """Records by id."""
    found: dict[int, CallRecord] = {}
    for chunk in _chunks(ids):
        rows = session.scalars(select(CallRecord).where(col(CallRecord.id).in_(chunk)))
        found.update((int(row.id or 0), row) for row in rows)
    return found


def attempt_rows(session: Session, ids: Sequence[int]) -> dict[int, Attempt]:
    """Attempts by id."""
    found: dict[int, Attempt] = {}
    for chunk in _chunks(ids):
        rows = session.scalars(select(Attempt).where(col(Attempt.id).in_(chunk)))
        found.update((int(row.id or 0), row) for row in rows)
    return found


def leads_of_numbers(session: Session, numbers: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Number -> ``(lead, name)`` of one lead that has it."""
    found: dict[str, tuple[int, str]] = {}
    for chunk in _chunks(numbers):
        rows = session.execute(
            select(col(Phone.number), col(Lead.id), col(Lead.full_name))
            .join(Lead, col(Lead.id) == col(Phone.lead_id))
            .where(col(Phone.number).in_(chunk), col(Lead.status).in_(("open", "closed")))
            .order_by(col(Lead.id).desc())
        )
        found.update((row[0], (int(row[1] or 0), row[2])) for row in rows)
    return found


def lead_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Names of leads by id."""
    found: dict[int, str] = {}
    for chunk in _chunks(ids):
        rows = session.execute(select(col(Lead.id), col(Lead.full_name)).where(col(Lead.id).in_(chunk)))
        found.update((int(row[0] or 0), row[1]) for row in rows)
    return found


def _chunks(values: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), CHUNK):
        yield list(values[start : start + CHUNK])
