"""Queries about outgoing messages: what waits, what hangs, what belongs to a touch, and how many
stand where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from leadtui.store.engine.tables import Email, Matter, Obligation

LIVE = ("queued", "sending", "unknown", "sent")
"""States of a message that left, or may still leave: a second one of the same step would be a
double."""
UNDER_WAY = ("queued", "sending")
QUESTION = "email_unknown"


def waiting(
    session: Session, now: datetime, rep_id: int | None = None, limit: int = 200
) -> list[int]:
    """Ids of messages whose next try is due, oldest first; of one rep where given."""
    found = select(col(Email.id)).where(Email.state == "queued", col(Email.next_try_at) <= now)
    if rep_id is not None:
        found = found.where(Email.rep_id == rep_id)
    return [
        int(number or 0)
        for number in session.exec(found.order_by(col(Email.id)).limit(limit)).all()
    ]


def has_earlier(session: Session, lead_id: int, before: int | None = None) -> bool:
    """Whether a message to this lead is under way that was written earlier (``before``: than this
    id)."""
    found = select(col(Email.id)).where(Email.lead_id == lead_id, col(Email.state).in_(UNDER_WAY))
    if before is not None:
        found = found.where(col(Email.id) < before)
    return session.exec(found.limit(1)).first() is not None


def hanging(session: Session, before: datetime) -> list[Email]:
    """Messages whose handing over began before then and never came to an end."""
    return list(
        session.exec(
            select(Email)
            .where(Email.state == "sending", col(Email.sending_at) < before)
            .order_by(col(Email.id))
        ).all()
    )


def of_touch(session: Session, touch_id: int) -> list[Email]:
    """Messages handed over under a touch, oldest first."""
    return list(
        session.exec(select(Email).where(Email.touch_id == touch_id).order_by(col(Email.id))).all()
    )


def in_states(
    session: Session, states: Sequence[str], rep_id: int | None, limit: int
) -> list[Email]:
    """Messages in any of ``states``, newest first; of one rep where given."""
    found = select(Email).where(col(Email.state).in_(states))
    if rep_id is not None:
        found = found.where(Email.rep_id == rep_id)
    return list(session.exec(found.order_by(col(Email.id).desc()).limit(limit)).all())


def counts(session: Session, rep_id: int | None) -> dict[str, int]:
    """State -> how many messages; of one rep where given."""
    found = select(Email.state, func.count(col(Email.id))).group_by(Email.state)
    if rep_id is not None:
        found = found.where(Email.rep_id == rep_id)
    return {state: int(number) for state, number in session.exec(found).all()}


def matter_about(session: Session, email: Email) -> Matter | None:
    """The open matter whether a message was sent."""
    found = session.exec(
        select(Matter).where(
            Matter.kind == QUESTION,
            Matter.lead_id == email.lead_id,
            col(Matter.answered_at).is_(None),
        )
    ).all()
    return next((matter for matter in found if matter.data.get("email") == email.id), None)


def last_answered(
    session: Session, rep_id: int, lead_id: int, since: datetime
) -> Obligation | None:
    """A rep's last obligation about a lead that was answered since then."""
    return session.exec(
        select(Obligation)
        .where(
            Obligation.rep_id == rep_id,
            Obligation.lead_id == lead_id,
            col(Obligation.answered_at) >= since,
        )
        .order_by(col(Obligation.answered_at).desc())
        .limit(1)
    ).first()
