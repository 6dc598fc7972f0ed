"""What becomes of a lead that was handed to sales: accepted, sent back to marketing, or silent for
too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning import pipeline
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.setting_aside import due_now, set_aside
from leadtui.errors import Refused
from leadtui.store import leads, lifecycle
from leadtui.store.engine.vocabulary import Code, Event

SILENT = "silent"
SOON = timedelta(days=7)
"""Work of a rep that is due within this is done before a silent lead is closed."""
DECIDE_WITHIN = 2 * 480
"""Business minutes within which marketing looks at a lead that was sent back."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Where a lead stands after it was accepted or sent back."""

    lead_id: int
    stage: str
    pipeline: str
    entered: str = ""
    """The nurture cadence that was entered."""

    @property
    def words(self) -> str:
        """``Accepted, as prospect_new`` or ``Back with marketing, in monthly-letter``."""
        return (
            f"Back with marketing, in {self.entered}"
            if self.entered
            else f"Accepted, as {self.stage}"
        )


def accept(context: Context, lead_id: int) -> Decided:
    """The rep takes a lead that marketing has qualified: from now on it is a prospect of sales
    (SAL).

    Raises ``Refused`` for somebody else's lead, and for one that is not there to be accepted."""
    with context.write() as unit:
        planning = Planning(context, unit)
        sheet = _mine(planning, lead_id)
        lead = sheet.lead
        if lead.pipeline != "marketing":
            raise Refused("accepted", f"{lead.full_name} is with sales already, as {lead.stage}")
        pipeline.accept(unit, planning.book, sheet)
        planning.settle(sheet)
        return Decided(lead_id, lead.stage, "sales")


def reject(context: Context, lead_id: int, reason: str) -> Decided:
    """The rep sends a lead back to marketing, never to the bin: a question with its deadline, and
    nurture meanwhile.

    The nurture is the cadence of whoever fits no other rule of the activity tree. Raises
    ``Refused`` for somebody else's lead and a reason the playbook does not have."""
    with context.write() as unit:
        planning = Planning(context, unit)
        sheet = _mine(planning, lead_id)
        codes = [known.code for known in planning.book.reasons_of("reject")]
        if reason not in codes:
            raise Refused("reason", f"sending a lead back needs a reason: {', '.join(codes)}")
        if any(touch.state == "started" for touch in leads.open_touches(unit.session, lead_id)):
            raise Refused(
                "question_open",
                f"an action with {sheet.lead.full_name} is started; answer it first",
            )
        due = due_now(planning, [lead_id])
        entered = _send_back(planning, sheet, reason)
        after = {"stage": "recycled", "pipeline": "marketing", "enrolled": entered}
        unit.log(
            Event.LEAD_REJECTED,
            subjects={"lead": lead_id},
            after=after,
            codes={Code.REASON: reason, Code.SET_ASIDE: set_aside(planning, [lead_id], due)},
        )
        return Decided(lead_id, "recycled", "marketing", entered)


def _send_back(planning: Planning, sheet: LeadSheet, reason: str) -> str:
    unit, lead = planning.unit, sheet.lead
    for enrolment in leads.live_enrolments(unit.session, sheet.id):
        planning.end(enrolment, "rejected")
    for touch in leads.open_touches(unit.session, sheet.id):
        if touch.kind != "data_fix":
            planning.close(touch, "cancelled", "rejected")
    lead.pipeline, lead.stage, lead.updated_at = "marketing", "recycled", unit.now
    due = planning.business.add(unit.now, DECIDE_WITHIN)
    planning.put_before("recycled", sheet.id, due, rep_id=unit.actor.rep_id, reason=reason)
    leads.add_event(unit, sheet.id, "recycled", code=reason)
    unit.session.flush()
    name = planning.book.tree[-1].cadence
    planning.enrol(sheet, name, unit.now)
    planning.settle(sheet)
    return name


def _mine(planning: Planning, lead_id: int) -> LeadSheet:
    """An open lead of whoever acts; a supervisor and a marketer decide for everybody."""
    identity = planning.context.identity
    sheet = planning.sheet(lead_id)
    lead = sheet.lead
    if lead.status != "open":
        raise Refused("not_open", f"lead {lead_id} is {lead.status}; a new response brings it back")
    if identity.role == "rep" and lead.owner_id != identity.id:
        raise Refused(
            "not_yours", f"lead {lead_id} belongs to another rep; its rep or a supervisor decides"
        )
    return sheet


def retire_silent(context: Context, limit: int = 100) -> int:
    """Close the leads that gave no sign of life for as long as the playbook says; returns how
    many."""
    now = context.now()
    with context.store.read() as session:
        days = context.playbook(session).floor.silent_days
        found = (
            lifecycle.silent(session, now - timedelta(days=days), now + SOON, limit) if days else []
        )
    for lead_id in found:
        with context.write(now) as unit:
            planning = Planning(context, unit)
            planning.close_lead(planning.sheet(lead_id), SILENT)
            unit.log(
                Event.LEAD_CLOSED,
                subjects={"lead": lead_id},
                after={"status": "closed"},
                codes={Code.REASON: SILENT},
            )
    return len(found)
