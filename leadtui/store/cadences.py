"""Queries about enrolments across leads."""

from __future__ import annotations

from sqlmodel import Session, col, select

from leadtui.store.engine.tables import Enrolment


def live(session: Session) -> list[Enrolment]:
    """Every enrolment that is not over."""
    return list(
        session.exec(
            select(Enrolment).where(Enrolment.state != "ended").order_by(col(Enrolment.id))
        ).all()
    )
