"""The phone system's records beside the attempts of the log: which fit, and which have no
counterpart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import Attempt, CallRecord, Lead, Obligation, Phone
from leadtui.store.engine.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Made:
    """A call as leadtui knows it."""

    id: int
    numbers: tuple[str, ...]
    """The number dialed; of an inbound call every number that the lead may have called from."""
    at: datetime
    """When it was dialed; of an inbound call when the rep took it."""
    rep_id: int
    inbound: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call as the phone system knows it, by its own clock."""

    id: int
    number: str
    at: datetime
    rep_id: int | None
    inbound: bool = False
    seconds: int = 0
    matched: bool = False


def known_ids(session: Session, external_ids: Sequence[str]) -> set[str]:
    """Those of these records that were imported before."""
    found: set[str] = set()
    for chunk in pieces(external_ids):
        found.update(
            session.scalars(
                select(col(CallRecord.external_id)).where(col(CallRecord.external_id).in_(chunk))
            )
        )
    return found


def records(session: Session, *, unmatched: bool = True) -> list[Recorded]:
    """Calls of the phone system that no attempt was found for, or all of them, oldest first."""
    found = select(
        col(CallRecord.id),
        col(CallRecord.number),
        col(CallRecord.at),
        col(CallRecord.rep_id),
        col(CallRecord.direction),
        col(CallRecord.seconds),
        col(CallRecord.attempt_id),
    ).order_by(col(CallRecord.at), col(CallRecord.id))
    if unmatched:
        found = found.where(col(CallRecord.attempt_id).is_(None), col(CallRecord.number) != "")
    return [
        Recorded(
            int(id_ or 0), number, at, rep_id, direction == "in", seconds, attempt_id is not None
        )
        for id_, number, at, rep_id, direction, seconds, attempt_id in session.execute(found)
    ]


def unmatched_attempts(session: Session, *, confirmed: bool = False) -> list[Made]:
    """Calls of leadtui that no record was found for, oldest first; what could not be dialed is no
    call.

    What was dialed is outgoing, also where it is the answer to an inbound call."""
    taken = select(col(CallRecord.attempt_id)).where(col(CallRecord.attempt_id).is_not(None))
    found = (
        select(
            col(Attempt.id),
            col(Attempt.number),
            col(Attempt.dialed_at),
            col(Attempt.at),
            col(Attempt.rep_id),
            col(Attempt.inbound),
            col(Attempt.lead_id),
            col(Obligation.started_at),
        )
        .join(Obligation, col(Obligation.id) == col(Attempt.obligation_id))
        .where(col(Attempt.verdict) != "not dialed", col(Attempt.id).not_in(taken))
    )
    if confirmed:
        found = found.where(col(Attempt.answered_at).is_not(None))
    rows = session.execute(found.order_by(col(Attempt.at), col(Attempt.id))).all()
    called_in = {row[0] for row in rows if row[5] and row[2] is None}
    theirs = _numbers(session, sorted({row[6] for row in rows if row[0] in called_in}))
    made = []
    for id_, number, dialed_at, at, rep_id, _, lead_id, started_at in rows:
        inbound = id_ in called_in
        numbers = tuple(
            filter(
                None, {number: 0, **dict.fromkeys(theirs.get(lead_id, ()) if inbound else (), 0)}
            )
        )
        if numbers:
            made.append(
                Made(
                    int(id_ or 0),
                    numbers,
                    started_at if inbound else dialed_at or at,
                    rep_id,
                    inbound,
                )
            )
    return made


def _numbers(session: Session, leads: Sequence[int]) -> dict[int, list[str]]:
    """Every number of these leads."""
    found: dict[int, list[str]] = {}
    for chunk in pieces(leads):
        for lead_id, number in session.execute(
            select(col(Phone.lead_id), col(Phone.number)).where(col(Phone.lead_id).in_(chunk))
        ):
            found.setdefault(lead_id, []).append(number)
    return found


def last_id(session: Session) -> int:
    """The id of the newest record."""
    return int(session.scalar(select(func.max(CallRecord.id))) or 0)


def keep_matches(unit: Unit, pairs: Collection[tuple[int, int]]) -> None:
    """Put on record which ``(record, attempt)`` belong together."""
    for record, attempt in pairs:
        unit.connection.execute(
            update(CallRecord).where(col(CallRecord.id) == record).values(attempt_id=attempt)
        )


def attempt_rows(session: Session, ids: Sequence[int]) -> dict[int, Attempt]:
    """Attempts by id."""
    found: dict[int, Attempt] = {}
    for chunk in pieces(ids):
        rows = session.scalars(select(Attempt).where(col(Attempt.id).in_(chunk)))
        found.update((int(row.id or 0), row) for row in rows)
    return found


def leads_of_numbers(session: Session, numbers: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Number -> ``(lead, name)`` of one lead that has it."""
    found: dict[str, tuple[int, str]] = {}
    for chunk in pieces(numbers):
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
    for chunk in pieces(ids):
        rows = session.execute(
            select(col(Lead.id), col(Lead.full_name)).where(col(Lead.id).in_(chunk))
        )
        found.update((int(row[0] or 0), row[1]) for row in rows)
    return found
