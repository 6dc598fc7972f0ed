"""Queries of the call block beside its order: the open question, the day's figures, reasons already
used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from leadtui.store import order
from leadtui.store.engine.bare import rows_in
from leadtui.store.engine.micros import to_micros
from leadtui.store.engine.tables import Attempt, Email, Enrolment, Lead, Obligation, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.leads import OPEN_STATES

_CALLS_TODAY = text(order.CALLS_TODAY)
_FIRST_TOUCHES = text(order.FIRST_TOUCHES)
_ASKED: Any = bindparam("asked")
_UNANSWERED = (
    select(Obligation)
    .where(Obligation.rep_id == _ASKED, col(Obligation.answered_at).is_(None))
    .order_by(col(Obligation.inbound).desc(), col(Obligation.id))
)
_TOGETHER = (
    select(Obligation, Touch, Lead, Enrolment, Rep, Attempt)  # type: ignore[call-overload]
    .join(Touch, col(Touch.id) == col(Obligation.touch_id))
    .join(Lead, col(Lead.id) == col(Obligation.lead_id))
    .outerjoin(Enrolment, col(Enrolment.id) == col(Touch.enrolment_id))
    .outerjoin(Rep, col(Rep.id) == col(Lead.owner_id))
    .outerjoin(Attempt, col(Attempt.obligation_id) == col(Obligation.id))
    .where(col(Obligation.id) == _ASKED)
)
_DIAL = "SELECT MAX(id) FROM attempt WHERE obligation_id = :asked"
_MESSAGE = "SELECT MAX(id) FROM email WHERE touch_id = :asked"
_OTHERS = (
    "SELECT 1 FROM obligation WHERE rep_id = :rep AND lead_id = :lead AND answered_at IS NULL "
    "AND id <> :but"
)


def read_together(session: Session, obligation_id: int) -> None:
    """Read with one statement what an answer is about; who asks for one of these rows afterwards
    has it."""
    session.execute(_TOGETHER, {"asked": obligation_id}).all()


def open_obligations(session: Session, rep_id: int) -> list[Obligation]:
    """A rep's unanswered obligations, an inbound call's first."""
    return list(session.exec(_UNANSWERED, params={"asked": rep_id}).all())


def last_answered(session: Session, rep_id: int) -> Obligation | None:
    """What a rep answered last; beside a started action only a call that came in can stand."""
    query = select(Obligation).where(
        Obligation.rep_id == rep_id, col(Obligation.answered_at).is_not(None)
    )
    newest = session.exec(query.order_by(col(Obligation.id).desc()).limit(2)).all()
    return max(newest, key=lambda one: (one.answered_at, one.log_seq or 0), default=None)


def open_about(session: Session, lead_id: int) -> list[Obligation]:
    """Everybody's unanswered obligations about a lead, oldest first."""
    query = select(Obligation).where(
        Obligation.lead_id == lead_id, col(Obligation.answered_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Obligation.id))).all())


def others_open(session: Session, obligation: Obligation) -> bool:
    """Whether its rep has another unanswered one about the lead."""
    bound = {"rep": obligation.rep_id, "lead": obligation.lead_id, "but": obligation.id}
    return bool(rows_in(session, _OTHERS, bound))


def attempt_of(session: Session, obligation_id: int) -> Attempt | None:
    """The last dial under an obligation."""
    ((last,),) = rows_in(session, _DIAL, {"asked": obligation_id})
    return session.get(Attempt, last) if last else None


def email_of(session: Session, touch_id: int) -> Email | None:
    """The last message handed over under a touch."""
    ((last,),) = rows_in(session, _MESSAGE, {"asked": touch_id})
    return session.get(Email, last) if last else None


def idle(session: Session, lead_id: int, not_done: Collection[str]) -> int:
    """How many answers and deferrals in a row a lead has behind the last time that something was
    done; ``not_done`` are outcomes of a call that was none."""
    session.flush()  # the answer of this moment is one of them
    about = (Obligation.lead_id == lead_id, col(Obligation.answered_at).is_not(None))
    done = (Obligation.answer == "yes", col(Obligation.outcome).not_in(not_done))
    last = session.exec(select(func.max(Obligation.id)).where(*about, *done)).one() or 0
    since = select(Obligation.touch_id).where(*about, col(Obligation.id) > last)
    answers = session.exec(select(func.count()).select_from(since.subquery())).one()
    their = or_(col(Touch.state).in_(OPEN_STATES), col(Touch.id).in_(since))
    put_off = select(func.sum(Touch.deferrals)).where(Touch.lead_id == lead_id, their)
    return answers + int(session.exec(put_off).one() or 0)


def calls_today(session: Session, rep_id: int, since: datetime) -> tuple[int, int]:
    """``(calls, contacts)`` of a rep since then; what could not be dialed is no call."""
    row = (
        session.connection().execute(_CALLS_TODAY, {"rep": rep_id, "since": to_micros(since)}).one()
    )
    return int(row[0]), int(row[1])


def first_touch_sla(
    session: Session, rep_id: int, since: datetime, now: datetime
) -> tuple[int, int]:
    """``(within, all)`` first touches of a rep's leads whose SLA ended or that were attempted since
    then."""
    bound = {"rep": rep_id, "since": to_micros(since), "now": to_micros(now)}
    row = session.connection().execute(_FIRST_TOUCHES, bound).one()
    return int(row[0]), int(row[1])


def due_system(session: Session, now: datetime, limit: int = 200) -> list[Touch]:
    """System steps that are due, of leads in whose rep's name they can be done."""
    return list(
        session.exec(
            select(Touch)
            .where(
                Touch.state == "open",
                Touch.system == 1,
                Touch.due <= now,
                col(Touch.rep_id).is_not(None),
            )
            .order_by(col(Touch.due), col(Touch.id))
            .limit(limit)
        ).all()
    )


@cache
def _front() -> Any:
    """The touch at a lead's front beside the one that waits behind it. Made once, since it takes
    SQLAlchemy a third of a tick, and not at the start, where it would keep people waiting."""
    return aliased(Touch)


def promises_behind(session: Session, until: datetime, limit: int) -> list[int]:
    """Leads of which a promise due by then waits behind a touch that nobody has promised or
    started."""
    front = _front()
    query = (
        select(Touch.lead_id)
        .join(
            front,
            and_(
                col(front.lead_id) == Touch.lead_id,
                col(front.state) == "open",
                col(front.promised) == 0,
            ),
        )
        .where(Touch.state == "waiting", Touch.promised == 1, col(Touch.due) <= until)
        .order_by(col(Touch.due), col(Touch.id))
        .limit(limit)
    )
    return list(dict.fromkeys(session.exec(query).all()))


def behind_a_fix(session: Session, now: datetime, limit: int) -> list[int]:
    """Leads of which something is due behind a task to mend their data."""
    front = _front()
    query = (
        select(Touch.lead_id)
        .join(
            front,
            and_(
                col(front.lead_id) == Touch.lead_id,
                col(front.state) == "open",
                col(front.kind) == "data_fix",
            ),
        )
        .where(Touch.state == "waiting", Touch.kind != "data_fix", col(Touch.due) <= now)
        .order_by(col(Touch.due), col(Touch.id))
        .limit(limit)
    )
    return list(dict.fromkeys(session.exec(query).all()))


def held_for_good(session: Session, due_bm: int, until: datetime, limit: int) -> list[Touch]:
    """Calls at the front that were due by that business minute and are held until ``until`` at
    least: no waiting lifts that."""
    query = (
        select(Touch)
        .where(Touch.state == "open", Touch.call == 1, col(Touch.due_bm) <= due_bm)
        .where(col(Touch.held_until) >= until)
        .order_by(col(Touch.due), col(Touch.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def open_calls(session: Session, after: int, limit: int) -> list[Touch]:
    """Calls at the front, by id, from the one behind ``after`` on."""
    query = (
        select(Touch)
        .where(Touch.state == "open", Touch.call == 1, col(Touch.id) > after)
        .order_by(col(Touch.id))
        .limit(limit)
    )
    return list(session.exec(query).all())


def to_resume(session: Session, now: datetime, limit: int) -> list[Enrolment]:
    """Paused enrolments whose date has come."""
    return list(
        session.exec(
            select(Enrolment)
            .where(Enrolment.state == "paused", col(Enrolment.resume_at) <= now)
            .order_by(col(Enrolment.resume_at), col(Enrolment.id))
            .limit(limit)
        ).all()
    )


def take_lease(unit: Unit, lead_id: int, rep_id: int, until: datetime) -> Lead | None:
    """The lead, leased to this rep with a new fencing token, or ``None`` where another rep holds
    it.

    One statement decides, so two desks cannot both win. Who holds it already keeps his token."""
    from sqlalchemy import case, or_, update

    mine = (
        update(Lead)
        .where(
            col(Lead.id) == lead_id,
            or_(
                col(Lead.lease_rep_id).is_(None),
                col(Lead.lease_rep_id) == rep_id,
                col(Lead.lease_until) < unit.now,
            ),
        )
        .values(
            lease_rep_id=rep_id,
            lease_until=until,
            lease_token=case(
                (col(Lead.lease_rep_id) == rep_id, Lead.lease_token), else_=Lead.lease_token + 1
            ),
        )
        .returning(col(Lead.lease_token))
    )
    won = unit.connection.execute(mine).first()
    if won is None:
        return None
    lead = unit.session.get(Lead, lead_id)
    if lead is not None:
        unit.session.refresh(lead)
    return lead
