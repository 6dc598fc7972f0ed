"""Rows of the confirmations that were drawn for a supervisor to sign."""

from __future__ import annotations

from sqlmodel import Session, col, select

from leadtui.store.engine.tables import Sample


def of_week(session: Session, week: str) -> list[Sample]:
    """The samples of an ISO week, by rep and entry."""
    found = (
        select(Sample).where(Sample.week == week).order_by(col(Sample.rep_id), col(Sample.log_seq))
    )
    return list(session.exec(found).all())


def of_entry(session: Session, seq: int) -> Sample | None:
    """The sample of a log entry."""
    return session.exec(select(Sample).where(Sample.log_seq == seq)).first()


def unsigned(session: Session) -> list[Sample]:
    """Samples that wait for their signature, oldest first."""
    return list(
        session.exec(
            select(Sample).where(col(Sample.signed_at).is_(None)).order_by(col(Sample.id))
        ).all()
    )
