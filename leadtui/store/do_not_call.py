"""Queries about do-not-call."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import Session, col, select

from leadtui.store.engine.tables import DoNotCall, Lead, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit


def active(session: Session, number: str) -> DoNotCall | None:
    """The block on a number, if any."""
    return session.exec(
        select(DoNotCall).where(DoNotCall.number == number, col(DoNotCall.removed_at).is_(None))
    ).first()


def all_active(session: Session) -> list[DoNotCall]:
    """Every block, oldest first."""
    return list(
        session.exec(
            select(DoNotCall).where(col(DoNotCall.removed_at).is_(None)).order_by(col(DoNotCall.id))
        ).all()
    )


def name_of(session: Session, rep_id: int | None) -> str:
    """Who that is; empty for nobody."""
    rep = session.get(Rep, rep_id) if rep_id else None
    return rep.name if rep else ""


def mark_screened(unit: Unit) -> None:
    """Every open lead was held against a national list just now."""
    unit.session.flush()
    unit.connection.execute(
        update(Lead).where(col(Lead.status) == "open").values(screened_at=unit.now)
    )
    unit.session.expire_all()


def held_leads(session: Session) -> list[int]:
    """Leads whose open touch is held for a reason of their own."""
    found = session.exec(
        select(Touch.lead_id)
        .where(Touch.state == "open", col(Touch.held_until).is_not(None))
        .distinct()
    ).all()
    return [int(lead_id) for lead_id in found]
