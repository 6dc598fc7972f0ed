"""The system's own e-mails: steps that are due are sent in the name of the lead's rep, skipped, or
given to the rep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadtui.cadence.conditions import matches
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.messages.delivery import Deliveries, Parcel, Text, address_of, release
from leadtui.desk.messages.texts import choose, field_values, fitting, ground, refuse_unfinished
from leadtui.desk.planning.mending import FIND_ADDRESS
from leadtui.desk.planning.planning import Planning
from leadtui.errors import LeadtuiError, Refused
from leadtui.mail.rendering import body_text, render
from leadtui.mail.transports import Transport
from leadtui.store import call_block, leads, outbox
from leadtui.store.engine.tables import Enrolment, Rep, Touch
from leadtui.store.engine.vocabulary import Code, Event


@dataclass(slots=True)
class SystemRound:
    """What became of the system e-mails that were due."""

    sent: int = 0
    later: int = 0
    """Tried, and to be tried again."""
    failed: int = 0
    given: int = 0
    """Given to the leads' reps, since the system could not write or send them."""
    words: str = ""
    """Why the round ended early, or why one was given away."""


def run_system_touches(
    deliveries: Deliveries, transport: Transport, now: datetime | None = None
) -> SystemRound:
    """Send the system e-mails that are due. Ends early where the server is down."""
    context = deliveries.context
    with context.store.read() as session:
        due = [int(touch.id or 0) for touch in call_block.due_system(session, now or context.now())]
    done = SystemRound()
    for touch_id in due:
        parcel = _prepare(deliveries, touch_id, transport, now)
        if isinstance(parcel, str):
            done.given += 1
            done.words = parcel
        if not isinstance(parcel, Parcel):
            continue
        email, delivery = deliveries.carry(parcel, transport)
        done.sent += email.state == "sent"
        done.later += email.state == "queued"
        done.failed += email.state == "failed"
        if delivery.server_down:
            done.words = delivery.words
            break
    return done


def _prepare(
    deliveries: Deliveries, touch_id: int, transport: Transport, now: datetime | None
) -> Parcel | str | None:
    """Put one system e-mail on record, or skip its step, or give it to the rep and say why."""
    context = deliveries.context
    with context.write(now) as unit:
        touch = unit.session.get(Touch, touch_id)
        if touch is None or touch.state != "open" or not touch.system or touch.rep_id is None:
            return None
        if any(
            email.state in (*outbox.LIVE, "failed")
            for email in outbox.of_touch(unit.session, touch_id)
        ):
            return None
        planning = Planning(context, unit)
        sheet = planning.sheet(touch.lead_id)
        if why := _not_wanted(planning, sheet, touch):
            _skip(planning, sheet, touch, why)
            return None
        if not transport.sends:
            why = "e-mail is sent by the reps"
            release(planning, sheet, touch, why)
            planning.settle(sheet)
            return why
        rep = unit.session.get(Rep, touch.rep_id)
        try:
            text = _text(context, planning, sheet, touch, rep)
            return deliveries.write(unit, sheet, touch.id, rep, text, transport)[1]
        except LeadtuiError as error:
            release(
                planning,
                sheet,
                touch,
                error.code if isinstance(error, Refused) else "cannot be sent",
            )
            planning.settle(sheet)
            return str(error)


def _not_wanted(planning: Planning, sheet: LeadSheet, touch: Touch) -> str:
    """Why a system step is passed over at this moment; empty when it is not."""
    try:
        address_of(sheet)
    except Refused as error:
        return {"no_address": "no e-mail address", "opted_out": "opted out of e-mail"}.get(
            error.code, error.code
        )
    enrolment = (
        planning.unit.session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    )
    if enrolment is None:
        return ""
    cadence = planning.cadence_of(enrolment)
    if not 0 <= touch.step_index < len(cadence.steps):
        return ""
    step = cadence.steps[touch.step_index]
    if step.until_contact and enrolment.contacts:
        return "a contact was made"
    facts = sheet.conditions(cadence=cadence.name, enrolment=enrolment)
    return "" if matches(step.when, facts, planning.unit.now) else "its condition does not hold"


def _text(
    context: Context, planning: Planning, sheet: LeadSheet, touch: Touch, rep: Rep | None
) -> Text:
    now = planning.unit.now
    book, facts, cadence = ground(context, sheet, touch)
    proposed = fitting(book, sheet, cadence, facts, now)
    chosen = choose(book, sheet, touch, "", proposed, now)
    done = render(chosen, field_values(context, book, sheet, rep, now, chosen.language))
    body = body_text(done.body)
    refuse_unfinished(context, done.subject, body, book)
    return Text(done.subject, body, chosen.id, chosen.wording)


def _skip(planning: Planning, sheet: LeadSheet, touch: Touch, why: str) -> None:
    unit = planning.unit
    leads.add_event(unit, sheet.id, "step.skipped", code=touch.step_id, note=why, touch_id=touch.id)
    planning.advance(sheet, touch, "skipped")
    if why in {"no e-mail address", "bounced"}:
        planning.data_fix(sheet, FIND_ADDRESS)
    unit.log(
        Event.TOUCH_SKIPPED,
        subjects={"lead": sheet.id, "touch": touch.id},
        after={"touch": "skipped"},
        codes={Code.WHY: why},
    )
    planning.settle(sheet)
