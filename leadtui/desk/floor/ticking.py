"""What is due by itself: absences and pauses that end, dated rules, silent leads, system e-mails.

Run at every start and once a minute while a desk is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import FOREVER, LeadSheet
from leadtui.desk.distribution.absence import begin_due, return_due
from leadtui.desk.leads.recycling import retire_silent
from leadtui.desk.planning.dated_rules import run_due
from leadtui.desk.planning.front import PROMISE_AHEAD, first_of
from leadtui.desk.planning.holding import hold_again
from leadtui.desk.planning.mending import lift_title
from leadtui.desk.planning.planning import Planning
from leadtui.desk.web.refusals import prune
from leadtui.store import call_block, leads
from leadtui.store.engine.tables import Enrolment, Touch
from leadtui.store.engine.vocabulary import Code, Event

if TYPE_CHECKING:
    from leadtui.desk.messages.mailing import Mailing


LIFT_WITHIN = 480
"""Business minutes in which a person can lift a block before a call is passed over."""


def tick(context: Context, mail: Mailing) -> int:
    """Resume what waited for a date, then let the system's steps run; returns how many things were
    done."""
    done = fall_due(context) + mail.run_system_touches(context.now())
    return done + promises_first(context)


def fall_due(context: Context) -> int:
    """What falls due by itself, but for the e-mails: absences, pauses, dated rules, silence, calls
    that nobody may make; returns how many things were done."""
    done = return_due(context) + begin_due(context) + resume_due(context) + run_due(context)
    done += retire_silent(context) + pass_held(context) + promises_first(context)
    return done + hold_again(context) + prune(context)


def promises_first(context: Context, limit: int = 200) -> int:
    """Bring promises whose time is near to the front of their leads, and what is due behind a task
    to mend data; returns how many leads."""
    now = context.now()
    with context.store.read() as session:
        behind = call_block.promises_behind(session, now + PROMISE_AHEAD, limit)
        behind += call_block.behind_a_fix(session, now, limit)
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


def pass_held(context: Context, limit: int = 200) -> int:
    """Pass over the calls that nobody may make, and no waiting lifts, a business day after they
    were due: somebody is asked once for what would lift it, and what the cadence holds besides
    goes on. Returns how many."""
    now = context.now()
    with context.store.read() as session:
        business = context.business_clock(context.playbook(session))
        until = business.minutes_at(now) - LIFT_WITHIN
        found = [
            (int(touch.id or 0), touch.lead_id)
            for touch in call_block.held_for_good(session, until, FOREVER, limit)
        ]
    for touch_id, lead_id in found:
        with context.write(now) as unit:
            planning, touch = Planning(context, unit), unit.session.get(Touch, touch_id)
            if touch is None or touch.state != "open":
                continue
            sheet = planning.sheet(lead_id)
            planning.front.rank_facts(sheet, touch)
            if touch.held_until == FOREVER:
                _pass(planning, sheet, touch)
            else:
                planning.settle(sheet)
    return len(found)


def _pass(planning: Planning, sheet: LeadSheet, touch: Touch) -> None:
    unit, rule = planning.unit, touch.held_rule
    planning.data_fix(sheet, lift_title(rule))
    why = f"waiting does not lift it: {rule}"
    leads.add_event(unit, sheet.id, "step.skipped", code=touch.step_id, note=why, touch_id=touch.id)
    planning.advance(sheet, touch, "skipped")
    unit.log(
        Event.TOUCH_SKIPPED,
        subjects={"lead": sheet.id, "touch": touch.id},
        after={"touch": "skipped"},
        codes={Code.WHY: "held", Code.RULE: rule},
    )
    planning.settle(sheet)


def resume_due(context: Context, limit: int = 200) -> int:
    """Go on with the enrolments whose pause has ended."""
    now = context.now()
    with context.store.read() as session:
        waiting = [
            (int(row.id or 0), row.lead_id) for row in call_block.to_resume(session, now, limit)
        ]
    for enrolment_id, lead_id in waiting:
        with context.write(now) as unit:
            enrolment = unit.session.get(Enrolment, enrolment_id)
            if enrolment is None or enrolment.state != "paused":
                continue
            planning = Planning(context, unit)
            sheet = planning.sheet(lead_id)
            gone_on = planning.resume(enrolment)
            if gone_on and not any(
                touch.enrolment_id == enrolment_id
                for touch in leads.open_touches(unit.session, lead_id)
            ):
                planning.plan(sheet, enrolment)
            planning.settle(sheet)
            unit.log(Event.ENROLMENT_RESUMED, subjects={"lead": lead_id, "enrolment": enrolment_id})
    return len(waiting)
