"""Entering a cadence beside what runs, and one touch asked for now: shared by what leads do and
what dates set off."""

from __future__ import annotations

from datetime import datetime

from leadtui.cadence.model import By, Channel, Effect, Span, Step, Unit, When
from leadtui.cadence.schedule import clamp_to_window
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.planning import Planning
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Response, Touch


def enter(
    planning: Planning, sheet: LeadSheet, name: str, reason: str, response: Response | None = None
) -> Enrolment | None:
    """Enter a cadence in the place of weaker ones; ``None`` where it, or a stronger one, runs
    already."""
    strength = planning.book.cadences[name].strength
    live = leads.live_enrolments(planning.unit.session, sheet.id)
    if any(row.cadence == name or planning.cadence_of(row).strength > strength for row in live):
        return None
    for row in live:
        planning.end(row, reason)
    entered = planning.enrol(sheet, name, planning.unit.now, response)
    leads.add_event(planning.unit, sheet.id, "cadence.entered", code=name, note=reason)
    return entered


def ask(
    planning: Planning, sheet: LeadSheet, channel: Channel, title: str, *, kind: str = "next_action"
) -> Touch | None:
    """One touch of the rep as soon as it may be done; ``None`` where the same is asked for
    already."""
    for touch in leads.open_touches(planning.unit.session, sheet.id):
        if touch.title == title and touch.kind == kind:
            return None
    if channel is Channel.CALL and (not sheet.usable_phones() or sheet.lead.calls_opt_out):
        channel = (
            Channel.EMAIL
            if sheet.usable_addresses() and not sheet.lead.emails_opt_out
            else Channel.TASK
        )
    due = slot(planning, sheet, channel, planning.unit.now)
    return planning.order(sheet, Effect("plan_touch", due, channel, title=title), None, None, kind)


def bring_forward(planning: Planning, sheet: LeadSheet, touch: Touch, at: datetime) -> bool:
    """What an absence put off is due again when it was, or from ``at`` on where that is over;
    whether it comes earlier now."""
    was, touch.due_before = touch.due_before or touch.due, None
    due = slot(planning, sheet, Channel(touch.channel), max(was, at))
    if due >= touch.due:
        return False
    touch.due, touch.due_bm = due, planning.business.minutes_at(due)
    return True


def slot(planning: Planning, sheet: LeadSheet, channel: Channel, at: datetime) -> datetime:
    """The first moment from ``at`` on at which a rep may do something of this channel with the
    lead."""
    step = Step("asked", channel, By.REP, When(offset=Span(1, Unit.MINUTES)), "")
    calendar = planning.context.calendar(planning.book, planning.rep_of(sheet))
    return clamp_to_window(at, sheet.facts(), calendar, step)[0]
