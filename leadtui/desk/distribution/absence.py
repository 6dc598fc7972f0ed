"""Somebody is away: what is due goes to the cover, or waits for the first day back, spread over it.

The first and the last day of an absence are whole local days of the floor. With a cover nothing
moves: what falls due meanwhile is the cover's, and what is left of it comes back with the owner.
Promised callbacks are never moved. A hot lead of somebody whom nobody covers goes to a colleague
who is there. Whoever is back early, or whose absence is another one now, has what was put off when
it was due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from leadtui.cadence.calendar import local_to_utc
from leadtui.cadence.model import Channel
from leadtui.cadence.ranking import FAST_SLA
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.distribution.assigning import stand_in
from leadtui.desk.distribution.eligibility import is_away
from leadtui.desk.planning.entering import bring_forward, slot
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused, WrongUse
from leadtui.store import floor, leads, lifecycle
from leadtui.store.engine.tables import Rep, Touch
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

LONGEST = timedelta(days=366)
UNCOVERED = "callback_uncovered"
OWN = "own"
"""Why somebody is away whom no supervisor sent and nobody covers."""
TRIES = 40
"""How many later slots are tried for a touch whose slot is taken."""


@dataclass(frozen=True, slots=True)
class Away:
    """What an absence came to."""

    rep: str
    first: date
    last: date
    cover: str = ""
    covered: int = 0
    """Touches that went to the cover."""
    moved: int = 0
    """Touches that wait for the first day back."""
    promised: int = 0
    """Promised callbacks that nobody covers: questions to a supervisor."""
    given: int = 0
    """Hot leads that went to a colleague."""


def send_away(context: Context, who: str, first: date, last: date, cover: str = "") -> Away:
    """Take note of an absence; supervisors for anybody, a rep for himself as long as nothing of his
    is overdue.

    An absence that touches the one that is noted takes its place: longer, shorter, with another
    cover. Raises ``Refused`` for a second one apart from it, which would wipe it out, and where it
    is not theirs to say; ``WrongUse`` for days that cannot be and a cover who cannot do it."""
    zone = str(context.zone)
    begins, ends = (
        local_to_utc(datetime.combine(day, clock), zone)
        for day, clock in ((first, time.min), (last, time.max))
    )
    if last < first or ends <= context.now() or last - first > LONGEST:
        raise WrongUse(
            f"--from {first} --until {last}: an absence ends after it begins, not in the "
            "past, within a "
            "year"
        )
    with context.store.read() as session:
        rep_id = int(people.named(session, who).id or 0)
        cover_id = people.named(session, cover, "--cover").id if cover else None
    _may(context, rep_id)
    with context.write() as unit:
        planning = Planning(context, unit)
        rep = _get(unit, rep_id)
        _refuse_a_second(context, rep, begins, ends)
        stand_in = _stand_in(unit, rep, cover_id, begins, ends)
        rep.away_from = rep.away_until = rep.cover_id = None
        unit.session.flush()
        _bring_forward(planning, rep)
        rep.away_from, rep.away_until, rep.cover_id = begins, ends, cover_id
        unit.session.flush()
        planned = lifecycle.planned_of(unit.session, rep_id, ends)
        touches = [touch for touch in planned if touch.due >= begins or begins <= unit.now]
        own = cover_id is None and rep_id == context.identity.id and rep.role != "supervisor"
        unit.log(
            Event.REP_AWAY,
            subjects={"rep": rep_id},
            after={"from": begins.isoformat(), "until": ends.isoformat(), "cover": cover_id},
            codes={Code.TOUCHES: len(planned), **({Code.WHY: OWN} if own else {})},
        )
        found = Away(rep.name, first, last, stand_in.name if stand_in else "")
        return (
            _cover(planning, touches, found) if stand_in else _spread(planning, rep, touches, found)
        )


def _may(context: Context, rep_id: int) -> None:
    if context.identity.role == "supervisor":
        return
    if rep_id != context.identity.id:
        people.require(context, "sending others away", "supervisor")
    today = context.start_of_day(context.now())
    with context.store.read() as session:
        overdue = lifecycle.planned_of(session, rep_id, today - timedelta(microseconds=1))
    if overdue:
        people.require(context, f"going away over {len(overdue)} overdue touches", "supervisor")


def _refuse_a_second(context: Context, rep: Rep, begins: datetime, ends: datetime) -> None:
    if rep.away_until is None or rep.away_until <= context.now():
        return
    since, until = rep.away_from or context.now(), rep.away_until
    gap = timedelta(minutes=1)
    if begins <= until + gap and since <= ends + gap:
        return
    first, last = (at.astimezone(context.zone).date() for at in (since, until))
    raise Refused(
        "away_already",
        f"{rep.name} is away from {first} until {last}, and one absence is noted at a time: note "
        f"this one once that is over, or end it with 'leadtui rep back {rep.login}'",
    )


def _stand_in(
    unit: Unit, rep: Rep, cover_id: int | None, begins: datetime, ends: datetime
) -> Rep | None:
    if cover_id is None:
        return None
    cover = _get(unit, cover_id)
    off = (
        cover.away_until is not None
        and cover.away_until >= begins
        and (cover.away_from or begins) <= ends
    )
    if cover.id == rep.id or not cover.active or cover.role == "marketer" or off:
        raise WrongUse(
            f"--cover {cover.name}: name a colleague who makes calls and is there meanwhile"
        )
    return cover


def _cover(planning: Planning, touches: list[Touch], found: Away) -> Away:
    """Whatever stands at the front goes to the cover; settling a lead says whose it is."""
    for lead_id in sorted({touch.lead_id for touch in touches}):
        sheet = planning.sheet(lead_id)
        for touch in leads.open_touches(planning.unit.session, lead_id):
            if touch.state != "started":
                touch.rep_id = planning.front.worker(sheet.lead.owner_id, touch)
        front = planning.settle(sheet)
        planning.unit.log(
            Event.TOUCH_COVERED,
            subjects={"lead": lead_id},
            after={"rep": front.rep_id if front else None},
        )
    return Away(found.rep, found.first, found.last, found.cover, covered=len(touches))


def _spread(planning: Planning, rep: Rep, touches: list[Touch], found: Away) -> Away:
    """Everything but promises waits for the first day back, ``spread_minutes`` apart, in the order
    in which it was due."""
    unit, minutes = planning.unit, max(1, planning.book.floor.spread_minutes)
    ends = rep.away_until or unit.now
    opening = planning.business.minutes_at(ends)
    taken: set[datetime] = set()
    moved, promised, given = 0, 0, 0
    for touch in touches:
        if touch.state not in lifecycle.PLANNED:
            continue  # it went with its lead
        if touch.promised:
            promised += 1
            _ask(planning, touch)
            continue
        sheet, channel = planning.sheet(touch.lead_id), Channel(touch.channel)
        if (
            touch.first
            and 0 < (touch.sla_minutes or 0) <= FAST_SLA
            and stand_in(planning, sheet, rep)
        ):
            given += 1
            continue
        at = planning.business.add(planning.business.at(opening), moved * minutes)
        at = max(at, ends)
        due = slot(planning, sheet, channel, at)
        for _ in range(TRIES):
            if due not in taken:
                break
            due = slot(planning, sheet, channel, due + timedelta(minutes=minutes))
        taken.add(due)
        touch.due_before = touch.due_before or touch.due
        touch.due, touch.due_bm = due, planning.business.minutes_at(due)
        touch.moved_because = [*touch.moved_because, _why(rep)]
        moved += 1
        planning.settle(sheet)
        unit.log(
            Event.TOUCH_MOVED,
            subjects={"lead": sheet.id, "touch": touch.id},
            after={"due": due.isoformat()},
            codes={Code.WHY: "away"},
        )
    return replace(found, moved=moved, promised=promised, given=given)


def _why(rep: Rep) -> str:
    return f"{rep.name} is away"


def _ask(planning: Planning, touch: Touch) -> None:
    if lifecycle.is_asked(planning.unit.session, UNCOVERED, int(touch.id or 0)):
        return
    due = max(touch.due, planning.unit.now)
    planning.put_before(UNCOVERED, touch.lead_id, due, touch_id=touch.id, rep_id=touch.rep_id)
    planning.unit.log(
        Event.TOUCH_UNCOVERED, subjects={"lead": touch.lead_id, "touch": int(touch.id or 0)}
    )


# -- back ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Back:
    """What a return came to."""

    rep: str
    leads: int
    """Leads that came back from the cover."""
    moved: int
    """Touches that were put off and are due when they were."""


def come_back(context: Context, who: str) -> Back:
    """Somebody is back, earlier than said or not; what the cover has left is theirs again, and what
    was put off is due when it was. Raises ``Refused`` for somebody who is not away."""
    with context.store.read() as session:
        rep = people.named(session, who)
        rep_id, name, away = int(rep.id or 0), rep.name, rep.away_until is not None
    if rep_id != context.identity.id:
        people.require(context, "bringing others back", "supervisor")
    if not away:
        raise Refused("not_away", f"{name} is not away, and nothing was changed")
    return _back(context, rep_id, context.now())


def begin_due(context: Context) -> int:
    """What is due of those who are away now goes the way of their absence, whenever it came;
    returns how many people that concerns."""
    now = context.now()
    with context.store.read() as session:
        away = [int(rep.id or 0) for rep in floor.reps(session) if is_away(rep, now)]
        found = [rep_id for rep_id in away if lifecycle.planned_of(session, rep_id, now)]
    return sum(_begin(context, rep_id, now) for rep_id in found)


def _begin(context: Context, rep_id: int, now: datetime) -> bool:
    with context.store.read() as session:
        left = _left(session, rep_id, now)
    if not left:
        return False
    with context.write(now) as unit:
        planning, rep = Planning(context, unit), _get(unit, rep_id)
        touches = _left(unit.session, rep_id, now)
        found = Away(rep.name, now.date(), now.date())
        if planning.front.cover_of(rep, now) is None:
            _spread(planning, rep, touches, found)
        else:
            _cover(planning, touches, found)
    return True


def _left(session: Any, rep_id: int, now: datetime) -> list[Touch]:
    """What is due of somebody's own leads and stands with nobody else; a promise that is asked
    about is a supervisor's."""
    return [
        touch
        for touch in lifecycle.planned_of(session, rep_id, now)
        if leads.lead(session, touch.lead_id).owner_id == rep_id
        and not lifecycle.is_asked(session, UNCOVERED, int(touch.id or 0))
    ]


def return_due(context: Context) -> int:
    """Bring back whose absence is over; returns how many people."""
    now = context.now()
    with context.store.read() as session:
        found = lifecycle.back_by(session, now)
    for rep_id in found:
        _back(context, rep_id, now)
    return len(found)


def _back(context: Context, rep_id: int, now: datetime) -> Back:
    with context.write(now) as unit:
        planning = Planning(context, unit)
        rep = _get(unit, rep_id)
        early = rep.away_until is not None and now < rep.away_until
        rep.away_from = rep.away_until = rep.cover_id = None
        unit.session.flush()
        found = lifecycle.stand_in_work(unit.session, rep_id)
        unit.log(
            Event.REP_BACK,
            subjects={"rep": rep_id},
            after={"from": None, "until": None, "cover": None},
        )
        for lead_id in found:
            for touch in leads.open_touches(unit.session, lead_id):
                if touch.state != "started":
                    touch.rep_id = rep_id
            planning.settle(planning.sheet(lead_id))
            unit.log(Event.TOUCH_RETURNED, subjects={"lead": lead_id}, after={"rep": rep_id})
        if early:
            return Back(rep.name, len(found), _bring_forward(planning, rep))
        for touch in lifecycle.put_off(unit.session, rep_id):
            touch.due_before = None
    return Back(rep.name, len(found), 0)


def _bring_forward(planning: Planning, rep: Rep) -> int:
    """What an absence put off is due when it was; what is over by now is due from now on,
    ``spread_minutes`` apart. Returns how many touches come earlier."""
    unit, minutes = planning.unit, max(1, planning.book.floor.spread_minutes)
    late, moved = 0, 0
    for touch in lifecycle.put_off(unit.session, int(rep.id or 0)):
        sheet, was = planning.sheet(touch.lead_id), touch.due_before or touch.due
        earliest = unit.now if late == 0 else planning.business.add(unit.now, late * minutes)
        late += was <= unit.now
        touch.moved_because = [why for why in touch.moved_because if why != _why(rep)]
        moved += bring_forward(planning, sheet, touch, earliest if was <= unit.now else was)
        planning.settle(sheet)
        unit.log(
            Event.TOUCH_MOVED,
            subjects={"lead": sheet.id, "touch": touch.id},
            after={"due": touch.due.isoformat()},
            codes={Code.WHY: "back"},
        )
    return moved


def _get(unit: Unit, rep_id: int) -> Rep:
    rep = unit.session.get(Rep, rep_id)
    if rep is None:
        raise Refused("gone", f"person {rep_id} is gone")
    return rep


__all__ = ["Away", "Back", "begin_due", "come_back", "return_due", "send_away"]
