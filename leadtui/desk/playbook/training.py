"""Training sessions: every two weeks, with attendance kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.errors import Refused
from leadtui.store import floor
from leadtui.store import notices as rows
from leadtui.store.engine.tables import Training
from leadtui.store.engine.vocabulary import Code, Event

EVERY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class TrainingView:
    """One session and who was there."""

    id: int
    at: datetime
    topic: str
    attended: tuple[str, ...]
    absent: tuple[str, ...]
    """Reps of the floor who were not there."""


def record(
    context: Context, topic: str, attended: Sequence[str], at: datetime | None = None
) -> TrainingView:
    """Record a session that took place; supervisors only. Raises ``WrongUse`` for a name nobody
    has."""
    people.require(context, "recording a training", "supervisor")
    topic = topic.strip()
    now = context.now()
    if not topic or not attended:
        raise Refused(
            "training", "a training needs a topic and who attended: --topic T --attended NAME"
        )
    if at is not None and at > now:
        raise Refused(
            "when", "a training is recorded when it has taken place; --at is in the future"
        )
    with context.write(now) as unit:
        ids = [int(people.named(unit.session, word, "--attended").id or 0) for word in attended]
        row = Training(
            at=at or now,
            topic=topic,
            attended=list(dict.fromkeys(ids)),
            recorded_by=context.identity.id,
        )
        unit.session.add(row)
        unit.session.flush()
        unit.log(
            Event.TRAINING_RECORDED,
            subjects={"training": row.id},
            after={"attended": row.attended},
            codes={Code.HELD: row.at.isoformat()},
            private=topic,
        )
    return next(one for one in listed(context) if one.id == row.id)


def listed(context: Context) -> tuple[TrainingView, ...]:
    """Every session, newest first."""
    with context.store.read() as session:
        everybody = floor.reps(session)
        names = {int(rep.id or 0): rep.name for rep in everybody}
        return tuple(
            TrainingView(
                id=int(row.id or 0),
                at=row.at,
                topic=row.topic,
                attended=tuple(names.get(rep_id, "") for rep_id in row.attended),
                absent=tuple(
                    rep.name
                    for rep in everybody
                    if rep.role == "rep"
                    and rep.active
                    and rep.id not in row.attended
                    and rep.created_at <= row.at
                ),
            )
            for row in rows.trainings(session)
        )


def overdue(context: Context) -> str:
    """What is overdue in words, or nothing: a session every two weeks, counted from the floor's
    first day."""
    now = context.now()
    with context.store.read() as session:
        last = next(iter(rows.trainings(session)), None)
        people_since = min((rep.created_at for rep in floor.reps(session)), default=now)
    since = last.at if last is not None else people_since
    if now <= since + EVERY:
        return ""
    days = (now - since).days
    if last is None:
        return f"no training was ever recorded, and the floor is {days} days old"
    return f"the last training was {days} days ago, and one is due every {EVERY.days} days"
