"""Giving a lead to another rep: its touches, promised callbacks and what is planned later go
along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadtui.desk.core import leases, people
from leadtui.desk.core.context import Context
from leadtui.desk.core.lead_views import sheet_of
from leadtui.desk.distribution.absence import is_away
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import floor, leads
from leadtui.store.engine.tables import Rep


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose a lead is now, and how many planned touches went along; ``changed`` is false where it
    was theirs already."""

    lead_id: int
    owner: str
    before: str
    touches: int
    changed: bool = True


def assign(context: Context, lead_id: int, to: str) -> Assigned:
    """Give a lead to somebody; supervisors only. Whoever has it keeps it without a word in the log.

    What a rep has started stays his to answer for. Raises ``Refused`` while another rep holds the
    lead and for somebody who is away without a cover, ``NotFound`` and ``WrongUse`` for a name
    nobody or several have."""
    people.require(context, "assigning leads", "supervisor")
    with context.write() as unit:
        sheet_of(unit.session, lead_id)
        rep, planning = people.named(unit.session, to, "--to"), Planning(context, unit)
        sheet = planning.sheet(lead_id)
        lead, names = sheet.lead, {one.id: one.name for one in floor.reps(unit.session)}
        if lead.status not in {"open", "closed"}:
            raise Refused(
                "not_open", f"lead {lead_id} was {lead.status}; there is nothing to assign"
            )
        if lead.owner_id == rep.id:
            return Assigned(lead_id, rep.name, rep.name, 0, changed=False)
        refuse_absent(rep, unit.now)
        if leases.holder(unit.session, lead_id, int(rep.id or 0)) is not None:
            why = leases.held_by(context, unit.session, lead_id, int(rep.id or 0))
            raise Refused("held_by", f"{why} ('leadtui lead take')")
        before, lead.owner_id, lead.updated_at = names.get(lead.owner_id, ""), rep.id, unit.now
        touches = [
            touch for touch in leads.open_touches(unit.session, lead_id) if touch.state != "started"
        ]
        for touch in touches:
            touch.rep_id = planning.front.worker(rep.id, touch)
        for response in sheet.responses:
            response.assigned_at = response.assigned_at or unit.now
        leads.add_event(unit, lead_id, "assigned", note=rep.name)
        if lead.status == "open":
            planning.settle(sheet)
        unit.log(
            "lead.assigned",
            subjects={"lead": lead_id},
            after={"owner": rep.id},
            codes={"touches": len(touches)},
        )
        return Assigned(lead_id, rep.name, before, len(touches))


def refuse_absent(rep: Rep, now: datetime) -> None:
    """Refuse to give a lead to somebody who makes no calls now and has nobody who stands in."""
    if not rep.active or rep.role == "marketer" or (is_away(rep, now) and rep.cover_id is None):
        raise Refused(
            "away",
            f"{rep.name} takes no calls now; name somebody who is there, or a cover for {rep.name}",
        )
