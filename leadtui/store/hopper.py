"""The hopper: open leads without an owner who works here. It is no table: whoever is nobody's is
in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from leadtui.store.engine.bare import rows_in
from leadtui.store.engine.micros import to_micros
from leadtui.store.engine.tables import Company, Lead, Rep, Response
from leadtui.store.order import OPEN

_FIRSTS = f"SELECT COUNT(*) FROM touch WHERE {OPEN} AND due <= :until AND first = 1"


def nobodys() -> ColumnElement[bool]:
    """The condition under which a lead stands in the hopper."""
    gone = select(Rep.id).where(col(Rep.active).is_(False))
    return (col(Lead.status) == "open") & or_(
        col(Lead.owner_id).is_(None), col(Lead.owner_id).in_(gone)
    )


def count(session: Session, most: int | None = None) -> int:
    """How many leads wait in the hopper; with ``most`` it is not counted further than that."""
    waiting = select(Lead.id).where(nobodys()).limit(most).subquery()
    return int(session.exec(select(func.count()).select_from(waiting)).one())


def places(session: Session, limit: int | None = None) -> list[Any]:
    """Who waits, the hottest first: the shortest agreed response, then the best fit, then the
    longest wait.

    A row has ``id``, ``name``, ``company``, ``left`` (the owner who works here no longer),
    ``created``, ``updated``, and of the responses that nobody has attempted ``recorded`` and
    ``due``, the earliest of each."""
    asked: Any = (
        select(
            col(Response.lead_id).label("lead_id"),
            func.min(Response.recorded_at).label("recorded"),
            func.min(Response.sla_due).label("due"),
            func.min(Response.sla_minutes).label("minutes"),
        )
        .where(col(Response.first_attempt_at).is_(None))
        .group_by(col(Response.lead_id))
        .subquery()
    )
    columns: Any = (
        col(Lead.id).label("id"),
        col(Lead.full_name).label("name"),
        col(Company.name).label("company"),
        col(Rep.name).label("left"),
        col(Lead.created_at).label("created"),
        col(Lead.updated_at).label("updated"),
        asked.c.recorded,
        asked.c.due,
    )
    found: Any = (
        select(*columns)
        .select_from(Lead)
        .outerjoin(Company, col(Company.id) == col(Lead.company_id))
        .outerjoin(Rep, col(Rep.id) == col(Lead.owner_id))
        .outerjoin(asked, asked.c.lead_id == col(Lead.id))
        .where(nobodys())
        .order_by(
            asked.c.minutes.is_(None),
            asked.c.minutes,
            col(Lead.fit).desc(),
            func.coalesce(asked.c.recorded, col(Lead.created_at)),
            col(Lead.id),
        )
        .limit(limit)
    )
    return list(session.exec(found).all())


def first_rep_at(session: Session) -> Any:
    """When the floor got its first rep; ``None`` while it has none."""
    return session.exec(select(func.min(Rep.created_at)).where(Rep.role == "rep")).one()


def firsts_due(session: Session, rep_id: int, until: datetime) -> int:
    """How many first touches that nobody has started a rep has due by then."""
    bound = {"rep": rep_id, "until": to_micros(until)}
    return int(rows_in(session, _FIRSTS, bound)[0][0])


def locked(session: Session, lead_id: int) -> Lead | None:
    """A lead as it stands now, which nobody else changes before this transaction ends."""
    return session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
