"""What the engine decides about an outcome: under which enrolment, in which state, and with which
effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.dispositions import decide
from leadtui.cadence.model import Answer, Cadence, Disposition, EnrolmentState, Exit, Outcome
from leadtui.desk.answers.given import Given
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, enrolment_state
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Rep, Touch

ENDS = frozenset(("finished", "exhausted"))
"""What the engine calls the end of a cadence."""

NO_STEP = "-"
"""Stands for the order of a call that was no step of the cadence (inbound, unplanned, a reply)."""

SOON = timedelta(hours=2)
"""So long before its time a planned call is done by one that nobody planned."""

LOOSE = Cadence(
    name="",
    title="",
    goal="",
    steps=(),
    on_finish=Exit(),
    on_exhausted=Exit(),
    max_attempts=1_000_000,
)
"""The cadence of a call to a lead that is in none."""


def enrolment_under(context: Context, session: Any, touch: Touch) -> Enrolment | None:
    """The enrolment that a touch's outcome is about: its own, or the strongest that has taken its
    place meanwhile."""
    found: Enrolment | None = (
        session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    )
    if found is not None and found.state != "ended":
        return found
    if found is None and touch.kind not in {"inbound", "unplanned"}:
        return None
    live = [row for row in leads.live_enrolments(session, touch.lead_id) if row.state == "active"]
    return max(live, key=lambda row: cadence_of(context, session, row).strength, default=None)


def stands_beside(sheet: LeadSheet, touch: Touch, enrolment: Enrolment, row: Disposition) -> bool:
    """Whether a call that reached nobody was made beside what is agreed already.

    That is a callback or next action, or whatever came of it when the lead called in while this
    call was open."""
    own = touch.enrolment_id == enrolment.id and touch.kind not in {"inbound", "unplanned"}
    if row.contact or row.ends or row.blocks == "person":
        return False
    if touch.started_at and leads.talked_since(sheet.session, sheet.id, touch.started_at):
        return True
    if own:
        return False
    return any(
        other.enrolment_id == enrolment.id
        and other.kind in {"callback", "next_action"}
        and other.id != touch.id
        for other in sheet.open_touches()
    )


def by_hand(sheet: LeadSheet, touch: Touch, enrolment: Enrolment) -> Touch | None:
    """The planned call of an enrolment that a call outside the queue does: it is due, or would come
    so soon after that they were called twice."""
    if touch.kind not in {"inbound", "unplanned"}:
        return None
    until = (touch.started_at or touch.due) + SOON
    return next(
        (
            other
            for other in sheet.open_touches()
            if other.enrolment_id == enrolment.id
            and other.call
            and other.kind in {"step", "retry"}
            and other.state != "started"
            and other.due <= until
        ),
        None,
    )


def judge(
    context: Context,
    session: Any,
    sheet: LeadSheet,
    touch: Touch,
    enrolment: Enrolment | None,
    row: Disposition,
    given: Given,
    now: datetime,
) -> Outcome:
    """The engine's decision on an outcome, for a call inside a cadence or outside any."""
    book = context.playbook(session)
    rep = session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
    calendar = context.calendar(book, rep)
    answer = Answer(
        row.code, given.note, given.at, given.next_action, given.reason, given.colleague
    )
    cadence, state = _place_in(context, sheet, touch, enrolment, now)
    found = decide(
        row.code,
        answer,
        cadence,
        state,
        book,
        sheet.facts(cadence=cadence.name, enrolment=enrolment),
        calendar,
        now,
    )
    if cadence is not LOOSE:
        return found
    # There was no cadence that could have come to its end: what is left to do for the lead stays as
    # it is.
    kept = (
        effect for effect in found.effects if effect.kind != "close" or effect.reason not in ENDS
    )
    return replace(found, effects=tuple(kept))


def _place_in(
    context: Context, sheet: LeadSheet, touch: Touch, enrolment: Enrolment | None, now: datetime
) -> tuple[Cadence, EnrolmentState]:
    session = sheet.session
    if enrolment is None:
        if not touch.promised:
            return LOOSE, EnrolmentState("", now, ordered_by=NO_STEP)
        rows = context.playbook(session).dispositions.values()
        promise = next((row.code for row in rows if "callback" in row.then), NO_STEP)
        missed = leads.promises_tried(session, touch.lead_id, now - timedelta(hours=24))
        return LOOSE, EnrolmentState("", now, ordered_by=promise, retries=missed)
    state = enrolment_state(enrolment, sheet.last_touches(), sheet.called(now))
    own = touch.enrolment_id == enrolment.id and touch.kind in {"step", "retry"}
    own = own or by_hand(sheet, touch, enrolment) is not None
    if not own and not state.ordered_by:
        state = replace(state, ordered_by=NO_STEP)
    return cadence_of(context, session, enrolment), state


def cadence_of(context: Context, session: Any, enrolment: Enrolment) -> Cadence:
    """The cadence of an enrolment, in the version under which it runs."""
    return context.playbook(session, enrolment.playbook_hash).cadences[enrolment.cadence]
