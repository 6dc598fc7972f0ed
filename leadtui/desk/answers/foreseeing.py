"""What an answer would lead to, in words, before it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.calendar import add_span
from leadtui.cadence.model import Channel, Disposition, Effect, Finished
from leadtui.cadence.schedule import plan_next
from leadtui.desk.answers.given import Given
from leadtui.desk.answers.judging import enrolment_under, judge, stands_beside
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, enrolment_state, sheet_of
from leadtui.desk.core.words import channel_word, local, said_at
from leadtui.desk.planning.ground import weekday
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Obligation, Rep, Touch


def foresee(
    context: Context,
    session: Any,
    obligation: Obligation,
    row: Disposition | None,
    given: Given,
    now: datetime,
) -> str:
    """What an answer would lead to, in words: ``call, Mon 23 Nov 11:18 Denver, still at the
    top``."""
    if leases.is_late(session, obligation):
        return "kept; what comes next is the new owner's"
    touch = session.get(Touch, obligation.touch_id)
    sheet = sheet_of(context, session, obligation.lead_id)
    enrolment = enrolment_under(context, session, touch)
    if row is None:
        return _next_step_words(context, session, sheet, touch, enrolment, now)
    outcome = judge(context, session, sheet, touch, enrolment, row, given, now)
    if enrolment is not None and stands_beside(sheet, touch, enrolment, row):
        return "what was agreed before"
    words = [
        said
        for effect in outcome.effects
        if (said := _referral_words(effect, sheet) or _effect_words(effect, sheet.zone, now))
    ]
    return " · ".join(words) or "your supervisor is asked what comes next"


def suggested_at(row: Disposition, sheet: LeadSheet, now: datetime) -> str:
    """The date that holds where an outcome has one and requires none, on the lead's clock:
    ``2027-02-21 10:42``; else empty."""
    if row.default_date is None or "at" in row.requires:
        return ""
    at = add_span(now, row.default_date, sheet.zone, weekday)
    return f"{local(at, sheet.zone):%Y-%m-%d %H:%M}"


def _referral_words(effect: Effect, sheet: LeadSheet) -> str:
    """Whom they sent us to, where that is a lead already; else empty."""
    if effect.kind != "refer":
        return ""
    there = leads.named_at(sheet.session, effect.title.strip(), sheet.lead.company_id)
    if there is None:
        return ""
    owner = sheet.session.get(Rep, there.owner_id) if there.owner_id else None
    whose = f"{owner.name}'s" if owner else "nobody's"
    return f"{there.full_name} is lead {there.id} already ({whose}, {there.status}): asked again"


def _effect_words(effect: Effect, zone: str, now: datetime) -> str:
    at = said_at(effect.due, zone, now) if effect.due else ""
    if effect.kind in {"plan_step", "plan_touch"}:
        top = ", still at the top" if effect.promised else ""
        return f"{channel_word(effect.channel or 'call')}, {at}{top}"
    if effect.kind == "enrol":
        soon = effect.due is None or effect.due - now < timedelta(minutes=1)
        return f"enters {effect.cadence}" + ("" if soon else f" from {at}")
    return {
        "meeting": f"demo or meeting, {at}",
        "opportunity": "becomes an opportunity",
        "close": f"closed: {effect.reason}",
        "recycle": "back to marketing",
        "refer": f"{effect.title or 'the colleague'} becomes a lead",
        "block_number": "this number is marked wrong",
        "block_person": "no number of this person may be called again, by anybody",
        "data_fix": f"task: {effect.title}",
        "offer_email": "an e-mail is offered",
    }.get(effect.kind, "")


def _next_step_words(
    context: Context,
    session: Any,
    sheet: LeadSheet,
    touch: Touch,
    enrolment: Enrolment | None,
    now: datetime,
) -> str:
    if enrolment is None:
        return "what else is planned for this lead"
    book = context.playbook(session, enrolment.playbook_hash)
    cadence = book.cadences[enrolment.cadence]
    state = enrolment_state(enrolment, leads.last_touches(session, sheet.id), sheet.called(now))
    if touch.kind == "step":
        state = replace(
            state,
            next_step=state.next_step + 1,
            previous_at=now,
            last_touch={**state.last_touch, Channel(touch.channel): now},
        )
    found = plan_next(
        cadence, state, sheet.facts(cadence=cadence.name), context.calendar(book, None), now
    )
    if isinstance(found, Finished):
        return (
            "enters " + ", ".join(found.exit.cadences)
            if found.exit.cadences
            else "the cadence ends"
        )
    return f"{channel_word(found.step.channel)}, {said_at(found.due, sheet.zone, now)}"
