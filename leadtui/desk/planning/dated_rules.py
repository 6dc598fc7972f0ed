"""What happens by itself: named dates of a lead, the rules of ``events.toml`` that follow them, and
their turn."""

from __future__ import annotations

from datetime import datetime

from leadtui.cadence.conditions import matches
from leadtui.cadence.model import Cadence, EventRule
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.dates import dates_of, plan_dates
from leadtui.desk.planning.entering import ask, enter
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.segments import facts_of
from leadtui.errors import Refused, WrongUse
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import DatedRule, Enrolment
from leadtui.store.engine.vocabulary import Code, Event


def set_date(context: Context, lead_id: int, name: str, at: datetime | None) -> tuple[str, ...]:
    """Set (or with ``None`` take back) a named date of a lead; what hangs on it is planned anew.

    Returns the cadences that were planned anew. Raises ``WrongUse`` for a date that nothing is
    counted from."""
    with context.write() as unit:
        planning = Planning(context, unit)
        sheet = planning.sheet(lead_id)
        if sheet.lead.status != "open":
            raise Refused(
                "not_open", f"lead {lead_id} is {sheet.lead.status}; a new response brings it back"
            )
        known = dates_of(planning.book)
        if name not in known:
            raise WrongUse(
                f"the playbook counts nothing from {name!r}; it knows {', '.join(sorted(known))}"
            )
        dates = {key: value for key, value in sheet.lead.dates.items() if key != name}
        sheet.lead.dates = dates | ({name: at.isoformat()} if at else {})
        moved = replan(planning, sheet, name)
        plan_dates(planning, sheet)
        leads.add_event(
            unit, lead_id, "date", code=name, note=f"{at:%Y-%m-%d}" if at else "taken back"
        )
        planning.settle(sheet)
        said = at.isoformat() if at else None
        unit.log(
            Event.LEAD_DATE,
            subjects={"lead": lead_id},
            after={"date": said},
            codes={Code.NAME: name, Code.MOVED: len(moved)},
        )
        return moved


def replan(planning: Planning, sheet: LeadSheet, name: str) -> tuple[str, ...]:
    """Plan anew what is counted from a date: the next step of every enrolment that comes to it."""
    moved = []
    for row in leads.live_enrolments(planning.unit.session, sheet.id):
        cadence = planning.cadence_of(row)
        if row.state != "active" or not _hangs_on(cadence, row, name):
            continue
        steps = [
            t
            for t in leads.open_touches(planning.unit.session, sheet.id)
            if t.enrolment_id == row.id
        ]
        if any(touch.state == "started" or touch.kind != "step" for touch in steps):
            continue
        for touch in steps:
            planning.close(touch, "cancelled", "planned anew")
        planning.unit.session.flush()
        planning.plan(sheet, row)
        moved.append(row.cadence)
    return tuple(moved)


def _hangs_on(cadence: Cadence, row: Enrolment, name: str) -> bool:
    left = (step for step in cadence.steps[row.next_step :] if step.id not in row.passed.split())
    anchors = {step.at.anchor for step in left}
    for _ in range(8):
        anchors |= {cadence.dates[anchor].anchor for anchor in anchors if anchor in cadence.dates}
    return name in anchors


# -- rules that follow a date ----------------------------------------------------------------------


def run_due(context: Context, limit: int = 200) -> int:
    """Give every dated rule that is due its turn; returns how many did something."""
    now = context.now()
    with context.store.read() as session:
        due = lifecycle.due_rules(session, now, limit)
    return sum(_turn(context, rule_id, now) for rule_id in due)


def _turn(context: Context, rule_id: int, now: datetime) -> bool:
    with context.write(now) as unit:
        row = unit.session.get(DatedRule, rule_id)
        if row is None or row.state != "planned":
            return False
        planning = Planning(context, unit)
        sheet = planning.sheet(row.lead_id)
        rule = next((one for one in planning.book.events if one.name == row.rule), None)
        done = rule is not None and sheet.lead.status == "open" and fire(planning, sheet, rule)
        row.state = "done" if done else "passed"
        if sheet.lead.status == "open":
            planning.settle(sheet)
        unit.log(
            Event.EVENT_DUE,
            subjects={"lead": sheet.id},
            after={"rule": row.state},
            codes={Code.RULE: row.rule},
        )
        return done


def fire(planning: Planning, sheet: LeadSheet, rule: EventRule, sign: str = "") -> bool:
    """Do what a rule says if its condition holds now; whether anything came of it."""
    facts = {**facts_of(sheet), "sign": sign or None}
    if not matches(rule.when, facts, planning.unit.now):
        return False
    if rule.cadence:
        done = enter(planning, sheet, rule.cadence, rule.name) is not None
    else:
        done = (
            rule.channel is not None and ask(planning, sheet, rule.channel, rule.title) is not None
        )
    if done:
        leads.add_event(planning.unit, sheet.id, "event", note=rule.name)
    return done
