"""What is due by itself: absences and pauses that end, dated rules, silent leads, system e-mails.

Run at every start and once a minute while a desk is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadtui.desk.core.context import Context
from leadtui.desk.distribution.absence import return_due
from leadtui.desk.leads.recycling import retire_silent
from leadtui.desk.planning.dated_rules import run_due
from leadtui.desk.planning.front import PROMISE_AHEAD, first_of
from leadtui.desk.planning.planning import Planning
from leadtui.store import block, leads
from leadtui.store.engine.tables import Enrolment
from leadtui.store.engine.vocabulary import Event

if TYPE_CHECKING:
    from leadtui.desk.messages.mailing import Mailing


def tick(context: Context, mail: Mailing) -> int:
    """Resume what waited for a date, then let the system's steps run; returns how many things were
    done."""
    done = return_due(context) + resume_due(context) + run_due(context) + retire_silent(context)
    done += mail.run_system_touches(context.now())
    return done + promises_first(context)


def promises_first(context: Context, limit: int = 200) -> int:
    """Bring promises whose time is near to the front of their leads; returns how many leads."""
    now = context.now()
    with context.store.read() as session:
        behind = block.promises_behind(session, now + PROMISE_AHEAD, limit)
        firsts = [
            (lead_id, first_of(leads.open_touches(session, lead_id), now)) for lead_id in behind
        ]
        found = [
            lead_id for lead_id, first in firsts if first is not None and first.state == "waiting"
        ]
    for lead_id in found:
        with context.write(now) as unit:
            planning = Planning(context, unit)
            front = planning.settle(planning.sheet(lead_id))
            unit.log(
                Event.TOUCH_PROMISED,
                subjects={"lead": lead_id, "touch": front.id if front else None},
            )
    return len(found)


def resume_due(context: Context, limit: int = 200) -> int:
    """Go on with the enrolments whose pause has ended."""
    now = context.now()
    with context.store.read() as session:
        waiting = [(int(row.id or 0), row.lead_id) for row in block.to_resume(session, now, limit)]
    for enrolment_id, lead_id in waiting:
        with context.write(now) as unit:
            enrolment = unit.session.get(Enrolment, enrolment_id)
            if enrolment is None or enrolment.state != "paused":
                continue
            planning = Planning(context, unit)
            sheet = planning.sheet(lead_id)
            planning.resume(enrolment)
            if not any(
                touch.enrolment_id == enrolment_id
                for touch in leads.open_touches(unit.session, lead_id)
            ):
                planning.plan(sheet, enrolment)
            planning.settle(sheet)
            unit.log(Event.ENROLMENT_RESUMED, subjects={"lead": lead_id, "enrolment": enrolment_id})
    return len(waiting)
