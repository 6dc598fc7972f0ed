"""Rows about what a floor agrees on: notices with who has read them, and training sessions with who
was there."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from leadtui.store.engine.tables import Acknowledgement, Notice, PlaybookVersion, Rep, Training


def all_notices(session: Session) -> list[Notice]:
    """Every notice, newest first."""
    return list(session.exec(select(Notice).order_by(col(Notice.id).desc())).all())


def readers(session: Session) -> dict[int, dict[int, datetime]]:
    """Notice -> who has read it, and when."""
    found: dict[int, dict[int, datetime]] = {}
    for row in session.exec(select(Acknowledgement).order_by(col(Acknowledgement.id))).all():
        found.setdefault(row.notice_id, {})[row.rep_id] = row.at
    return found


def has_read(session: Session, notice_id: int, rep_id: int) -> bool:
    """Whether somebody has read a notice."""
    found = select(Acknowledgement.id).where(
        Acknowledgement.notice_id == notice_id, Acknowledgement.rep_id == rep_id
    )
    return session.exec(found).first() is not None


def unread(session: Session, rep_id: int) -> list[Notice]:
    """The notices a person must read, oldest first: those made since they came, by others, and not
    read yet."""
    rep = session.get(Rep, rep_id)
    read = select(Acknowledgement.notice_id).where(Acknowledgement.rep_id == rep_id)
    found = session.exec(
        select(Notice).where(col(Notice.id).not_in(read)).order_by(col(Notice.id))
    ).all()
    came = rep.created_at if rep is not None else None
    return [
        row
        for row in found
        if row.published_by != rep_id and (came is None or row.published_at >= came)
    ]


def trainings(session: Session) -> list[Training]:
    """Every training session, newest first."""
    return list(
        session.exec(
            select(Training).order_by(col(Training.at).desc(), col(Training.id).desc())
        ).all()
    )


def last_versions(session: Session, limit: int = 2) -> list[str]:
    """The hashes of the playbook versions that were activated last, newest first."""
    found = (
        select(PlaybookVersion.hash).order_by(col(PlaybookVersion.activated_at).desc()).limit(limit)
    )
    return list(session.exec(found).all())
