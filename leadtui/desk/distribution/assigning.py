"""Giving a lead to a rep: its touches, promised callbacks and what is planned later go along."""

from __future__ import annotations

from dataclasses import dataclass

from leadtui.cadence.ranking import FAST_SLA
from leadtui.desk.core import leases, people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.distribution.eligibility import gets_leads, is_away, refuse_unfit, room
from leadtui.desk.planning.entering import bring_forward
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import floor, hopper, leads
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.lifecycle import planned_of

AWAY = "away"
"""Why a lead was given to somebody whom nobody chose."""
OWNER_AWAY = "owner_away"


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose a lead is now, and how many planned touches went along; ``changed`` is false where it
    was theirs already."""

    lead_id: int
    name: str
    owner: str
    before: str
    touches: int
    changed: bool = True


def assign(context: Context, lead_id: int, to: str) -> Assigned:
    """Give a lead to somebody; supervisors only. Whoever has it keeps it without a word in the log.

    What a rep has started stays his to answer for. Raises ``Refused`` while another rep holds the
    lead and for somebody who may not have it, ``NotFound`` and ``WrongUse`` for a name nobody or
    several have."""
    people.require(context, "assigning leads", "supervisor")
    with context.write() as unit:
        planning = Planning(context, unit)
        lead = planning.sheet(lead_id).lead
        hopper.locked(unit.session, lead_id)
        rep = people.named(unit.session, to, "--to")
        if lead.owner_id == rep.id and lead.status in {"open", "closed"}:
            return Assigned(lead_id, lead.full_name, rep.name, rep.name, 0, changed=False)
        refuse_unfit(rep, lead, unit.now)
        return give(planning, lead_id, rep, Event.LEAD_ASSIGNED)


def give(planning: Planning, lead_id: int, rep: Rep, event: Event, why: str = "") -> Assigned:
    """Make a lead somebody's who may have it, inside the caller's transaction; ``why`` is a code.
    Raises ``Refused`` while another rep has it open."""
    context, unit, sheet = planning.context, planning.unit, planning.sheet(lead_id)
    lead, names = sheet.lead, {one.id: one.name for one in floor.reps(unit.session)}
    if leases.holder(unit.session, lead_id, int(rep.id or 0)) is not None:
        why = leases.open_with(context, unit.session, lead_id, int(rep.id or 0))
        raise Refused("held_by", f"{why} ('leadtui lead take')")
    before, lead.owner_id, lead.updated_at = names.get(lead.owner_id, ""), rep.id, unit.now
    touches = [
        touch for touch in leads.open_touches(unit.session, lead_id) if touch.state != "started"
    ]
    for touch in touches:
        touch.rep_id = planning.front.worker(rep.id, touch)
        if touch.due_before is not None:
            bring_forward(planning, sheet, touch, unit.now)
    for response in sheet.responses:
        response.assigned_at = response.assigned_at or unit.now
    leads.add_event(unit, lead_id, "assigned", note=rep.name)
    if lead.status == "open":
        planning.settle(sheet)
    unit.log(
        event,
        subjects={"lead": lead_id},
        after={"owner": rep.id},
        codes={Code.TOUCHES: len(touches), **({Code.WHY: why} if why else {})},
    )
    return Assigned(lead_id, lead.full_name, rep.name, before, len(touches))


def stand_in(planning: Planning, sheet: LeadSheet, owner: Rep) -> Rep | None:
    """A hot lead of somebody who is away goes to whoever is there and has least to do, and what was
    put off comes at once; where nobody is there a supervisor is asked."""
    unit = planning.unit
    there = [
        rep
        for rep in floor.reps(unit.session)
        if gets_leads(rep) and rep.id != owner.id and not is_away(rep, unit.now)
    ]
    if not there or leases.holder(unit.session, sheet.id, 0) is not None:
        due = planning.business.add(unit.now, FAST_SLA)
        planning.put_before(OWNER_AWAY, sheet.id, due, rep_id=owner.id)
        return None

    def least(rep: Rep) -> tuple[bool, int, int | None]:
        crowded = room(planning.context, unit.session, rep, unit.now) <= 0
        return crowded, len(planned_of(unit.session, int(rep.id or 0), unit.now)), rep.id

    heir = min(there, key=least)
    give(planning, sheet.id, heir, Event.LEAD_ASSIGNED, why=AWAY)
    for touch in leads.open_touches(unit.session, sheet.id):
        if touch.kind == "step" and touch.state != "started":
            planning.close(touch, "cancelled", "planned anew")
    for enrolment in leads.live_enrolments(unit.session, sheet.id):
        if enrolment.state == "active":
            planning.go_on(sheet, enrolment)
    planning.settle(sheet)
    return heir
