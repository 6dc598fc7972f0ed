"""Queries about a lead's way through the process: dated rules, silence, whose work it is while
somebody is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_
from sqlmodel import Session, col, select

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import (
    Company,
    DatedRule,
    Email,
    Enrolment,
    Fulfilment,
    HistoryEvent,
    ImportBatch,
    Lead,
    Matter,
    Rep,
    Touch,
)
from leadtui.store.importing import NEAR

PLANNED = ("open", "waiting")


def under_way(session: Session) -> list[Enrolment]:
    """Every enrolment that is not over."""
    running = select(Enrolment).where(Enrolment.state != "ended").order_by(col(Enrolment.id))
    return list(session.exec(running).all())


def dated_rules(session: Session, lead_id: int) -> list[DatedRule]:
    """What the dates of a lead have set off, or will."""
    return list(
        session.exec(
            select(DatedRule).where(DatedRule.lead_id == lead_id).order_by(col(DatedRule.id))
        ).all()
    )


def due_rules(session: Session, now: datetime, limit: int) -> list[int]:
    """The ids of dated rules whose time has come."""
    found = select(DatedRule.id).where(DatedRule.state == "planned", col(DatedRule.due) <= now)
    return [
        int(one or 0)
        for one in session.exec(found.order_by(col(DatedRule.due), col(DatedRule.id)).limit(limit))
    ]


def with_dates(session: Session) -> list[int]:
    """The ids of open leads that have any named date."""
    found = (
        select(Lead.id).where(Lead.status == "open", col(Lead.dates) != {}).order_by(col(Lead.id))
    )
    return [int(one or 0) for one in session.exec(found)]


def silent(session: Session, since: datetime, soon: datetime, limit: int) -> list[int]:
    """Open leads without a sign of life after ``since``, that nobody waits for and that wait for
    nobody.

    Work of a rep that is due before ``soon`` is done first, a date that was agreed stands, and
    customers stay."""
    own = col(Touch.lead_id) == col(Lead.id)
    work = and_(col(Touch.state) == "open", col(Touch.system) == 0, col(Touch.due) <= soon)
    promise = and_(col(Touch.promised) == 1, col(Touch.state).in_(PLANNED))
    held = exists().where(own, or_(col(Touch.state) == "started", work, promise))
    agreed = exists().where(
        col(Enrolment.lead_id) == col(Lead.id),
        col(Enrolment.state) == "paused",
        col(Enrolment.resume_at) > soon,
    )
    found = select(Lead.id).where(
        Lead.status == "open",
        col(Lead.last_sign_of_life) < since,
        Lead.stage != "closed_won",
        ~held,
        ~agreed,
    )
    return [int(one or 0) for one in session.exec(found.order_by(col(Lead.id)).limit(limit))]


def planned_of(session: Session, rep_id: int, until: datetime) -> list[Touch]:
    """A rep's own touches that are due by then and not started, the earliest first; the system's
    are not his."""
    found = select(Touch).where(
        Touch.rep_id == rep_id,
        Touch.system == 0,
        col(Touch.state).in_(PLANNED),
        col(Touch.due) <= until,
    )
    return list(session.exec(found.order_by(col(Touch.due), col(Touch.id))).all())


def mended(session: Session, lead: Lead, since: datetime) -> bool:
    """Whether something about a lead was mended since then, or somebody else at its company was
    found."""
    told = select(HistoryEvent.id).where(
        HistoryEvent.lead_id == lead.id,
        col(HistoryEvent.at) >= since,
        col(HistoryEvent.kind).in_(("edited", "enriched", "borrowed", "consent")),
    )
    other = select(Lead.id).where(
        col(Lead.company_id) == lead.company_id, Lead.id != lead.id, col(Lead.created_at) > since
    )
    found = (session.exec(query.limit(1)).first() for query in (told, other))
    return any(one is not None for one in found)


def put_off(session: Session, rep_id: int) -> list[Touch]:
    """A rep's planned touches that an absence put off, in the order in which they were due."""
    found = select(Touch).where(
        Touch.rep_id == rep_id, col(Touch.state).in_(PLANNED), col(Touch.due_before).is_not(None)
    )
    return list(session.exec(found.order_by(col(Touch.due_before), col(Touch.id))).all())


def stand_in_work(session: Session, owner_id: int) -> list[int]:
    """The leads of a rep with touches that somebody else has in his place."""
    found = (
        select(Touch.lead_id)
        .join(Lead, col(Lead.id) == col(Touch.lead_id))
        .where(
            Lead.owner_id == owner_id, col(Touch.rep_id) != owner_id, col(Touch.state).in_(PLANNED)
        )
    )
    return sorted(set(session.exec(found)))


def letters(session: Session, until: datetime, rep_id: int | None) -> list[Touch]:
    """Letters that are due by then and not in the post yet, the earliest first; of one rep where
    given."""
    found = select(Touch).where(
        Touch.channel == "letter",
        col(Touch.state).in_(("open", "waiting", "started")),
        col(Touch.due) <= until,
    )
    if rep_id is not None:
        found = found.where(Touch.rep_id == rep_id)
    return list(session.exec(found.order_by(col(Touch.due), col(Touch.id))))


def kits_had(session: Session, lead_ids: Sequence[int]) -> dict[tuple[int, str], Fulfilment]:
    """(lead, kit) -> the last one of it that was planned and not dropped."""
    found: dict[tuple[int, str], Fulfilment] = {}
    for chunk in pieces(lead_ids):
        rows = select(Fulfilment).where(
            col(Fulfilment.lead_id).in_(chunk), Fulfilment.state != "dropped"
        )
        for row in session.exec(rows.order_by(col(Fulfilment.id))):
            found[row.lead_id, row.kit] = row
    return found


def kits_of(session: Session, lead_id: int) -> list[Fulfilment]:
    """A lead's kits, newest first."""
    found = select(Fulfilment).where(Fulfilment.lead_id == lead_id)
    return list(session.exec(found.order_by(col(Fulfilment.id).desc())))


def kits(
    session: Session, *, way: str = "", waiting: bool = True, owner_id: int | None = None
) -> list[Fulfilment]:
    """Kits of people who are there, those first that are wanted first: that wait, or all; by one
    way, or of one rep's leads, where given."""
    found = (
        select(Fulfilment)
        .join(Lead, col(Lead.id) == col(Fulfilment.lead_id))
        .where(col(Lead.status).in_(("open", "closed")))
    )
    if waiting:
        found = found.where(Fulfilment.state == "waiting")
    if way:
        found = found.where(Fulfilment.way == way)
    if owner_id is not None:
        found = found.where(Lead.owner_id == owner_id)
    return list(session.exec(found.order_by(col(Fulfilment.due), col(Fulfilment.id))))


def kit_of_email(session: Session, email_id: int) -> Fulfilment | None:
    """The kit that a message carries, if any."""
    return session.exec(select(Fulfilment).where(Fulfilment.email_id == email_id)).first()


def last_address(session: Session, lead_id: int) -> str:
    """Where the newest message to a lead went."""
    found = (
        select(Email.to_address)
        .where(Email.lead_id == lead_id, Email.state == "sent")
        .order_by(col(Email.id).desc())
    )
    return session.exec(found.limit(1)).first() or ""


def is_asked(session: Session, kind: str, touch_id: int) -> bool:
    """Whether a matter of this kind about a touch waits for its answer."""
    found = select(Matter.id).where(
        Matter.kind == kind, Matter.touch_id == touch_id, col(Matter.answered_at).is_(None)
    )
    return session.exec(found.limit(1)).first() is not None


def newest_near(session: Session) -> dict[str, Any]:
    """What the matter of a near duplicate in the newest import says; empty where it has
    none."""
    found = select(Matter.data).where(Matter.kind == NEAR, col(Matter.answered_at).is_(None))
    data = session.exec(found.order_by(col(Matter.id).desc()).limit(1)).first()
    batch = session.exec(select(func.max(ImportBatch.id))).one()
    return dict(data) if data and data.get("batch") == batch else {}


def company_named(session: Session, name_key: str) -> Company | None:
    """A company by its folded name."""
    return session.exec(
        select(Company).where(Company.name_key == name_key).order_by(col(Company.id)).limit(1)
    ).first()


def back_by(session: Session, now: datetime) -> list[int]:
    """The ids of those whose absence is over."""
    return [
        int(one or 0)
        for one in session.exec(
            select(Rep.id).where(col(Rep.away_until) < now).order_by(col(Rep.id))
        )
    ]
