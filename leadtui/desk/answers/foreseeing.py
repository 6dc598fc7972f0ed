"""What an answer would lead to, in words, before it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.model import Channel, Disposition, Effect, Finished
from leadtui.cadence.schedule import plan_next
from leadtui.desk.answers.given import Given
from leadtui.desk.answers.judging import enrolment_under, judge, stands_beside
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, enrolment_state
from leadtui.desk.core.lead_views import sheet_of
from leadtui.desk.core.words import channel_word, said_at
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Obligation, Touch


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
    sheet = sheet_of(session, obligation.lead_id)
    enrolment = enrolment_under(context, session, touch)
    zone = sheet.lead.zones[0] if sheet.lead.zones else context.settings.zone
    if row is None:
        return _next_step_words(context, session, sheet, touch, enrolment, zone, now)
    outcome = judge(context, session, sheet, touch, enrolment, row, given, now)
    if enrolment is not None and stands_beside(session, touch, enrolment, row):
        return "what was agreed before"
    words = [said for effect in outcome.effects if (said := _effect_words(effect, zone, now))]
    return " · ".join(words) or "your supervisor is asked what comes next"


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
    zone: str,
    now: datetime,
) -> str:
    if enrolment is None:
        return "what else is planned for this lead"
    book = context.playbook(session, enrolment.playbook_hash)
    cadence = book.cadences[enrolment.cadence]
    state = enrolment_state(enrolment, leads.last_touches(session, sheet.id))
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
    return f"{channel_word(found.step.channel)}, {said_at(found.due, zone, now)}"
