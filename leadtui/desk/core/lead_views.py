"""A lead as people see it: the read models behind the next-lead pane, the call panel and ``lead
show``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadtui.cadence.gate.calling import gate
from leadtui.cadence.model import Gate, Playbook
from leadtui.cadence.qualification import standing
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, call_facts, engagement_of, sheet_of
from leadtui.desk.core.views import (
    CameWith,
    Fit,
    GateView,
    HistoryLine,
    KitSent,
    LeadView,
    NextThing,
    PhoneView,
)
from leadtui.desk.core.words import channel_word, said_at, shown_number
from leadtui.sheets.incoming import ROWS
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import Enrolment, Fulfilment, Rep, Response

EVENT_WORDS = {
    "response": "response",
    "lead.imported": "imported",
    "lead.closed": "closed",
    "lead.reopened": "came back",
    "cadence.ended": "cadence ended",
    "cadence.entered": "entered",
    "step.skipped": "step skipped",
    "response.beside": "another response",
    "call": "call",
    "email": "e-mail",
    "letter": "letter",
    "kit": "kit",
    "demo": "demo",
    "task": "task",
    "social": "social",
    "note": "note",
    "deferred": "deferred",
    "inbound": "inbound call",
    "do_not_call": "do not call",
    "fit": "fit",
    "sign": "they did",
    "recycled": "back to marketing",
    "accepted": "accepted",
    "opportunity": "qualified",
    "assigned": "assigned",
    "taken_over": "taken over by",
    "taken_back": "answer taken back",
    "edited": "changed",
    "enriched": "filled in by the floor's program",
    "borrowed": "filled in",
    "heard": "a page says",
    "date": "date",
    "consent": "consent",
    "suppressed": "suppressed",
}


def gate_view(found: Gate) -> GateView:
    """The gate's answer as a read model."""
    return GateView(
        verdict=found.verdict.value,
        rule=found.rule,
        message=found.message,
        overridable=found.overridable,
        warnings=found.warnings,
        local_times=found.local_times,
        next_allowed=found.next_allowed,
        law=found.law,
    )


def phone_views(
    sheet: LeadSheet,
    book: Playbook,
    now: datetime,
    *,
    enrolment: Enrolment | None = None,
    promised: bool = False,
) -> tuple[PhoneView, ...]:
    """A lead's numbers with the gate's verdict on each, usable ones first."""
    return tuple(
        PhoneView(
            id=int(phone.id or 0),
            number=phone.number,
            shown=shown_number(phone.number) + (f" x{phone.extension}" if phone.extension else ""),
            extension=phone.extension,
            kind=phone.kind,
            status="blocked" if phone.number in sheet.blocked else phone.status,
            valid=phone.valid,
            gate=gate_view(
                gate(
                    call_facts(sheet, phone.number, now, enrolment=enrolment, promised=promised),
                    book.calling,
                    now,
                )
            ),
        )
        for phone in sheet.phones
    )


def fit_views(sheet: LeadSheet, book: Playbook) -> tuple[Fit, ...]:
    """The qualification questions with what is known of each."""
    found = []
    for question in book.questions:
        given = sheet.lead.qualification.get(question.key, {})
        answer = str(given.get("answer", ""))
        at = given.get("at")
        found.append(
            Fit(
                key=question.key,
                label=question.label,
                short=question.short,
                answer=answer,
                shown=question.answers.get(answer, answer),
                source=str(given.get("source", "")),
                at=datetime.fromisoformat(at) if at else None,
                by=str(given.get("by", "")),
                choices=tuple(question.answers.items()),
                said=str(given.get("said", "")),
                standing=standing(question, given),
                names=question.names,
            )
        )
    return tuple(found)


def came_with(response: Response) -> CameWith:
    """What a response's file or form said, cell by cell; what several scans said is joined."""
    return CameWith(
        response=int(response.id or 0),
        offer=response.offer,
        source=response.source,
        event=response.event,
        at=response.inquiry_at,
        rating=response.rating,
        scanned_by=response.scanned_by,
        notes=response.notes,
        qualifiers=_cells(response.qualifiers),
        other=_cells(response.extra),
    )


def _cells(kept: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, "; ".join(map(str, said)) if isinstance(said, list) else str(said))
        for name, said in kept.items()
        if name != ROWS
    )


def history_of(
    session: Any, book: Playbook, lead_id: int, limit: int = 50
) -> tuple[HistoryLine, ...]:
    """A lead's history, newest first."""
    names = {rep.id: rep.name for rep in _reps(session)}
    return tuple(
        HistoryLine(
            at=event.at,
            kind=EVENT_WORDS.get(event.kind, event.kind),
            who=names.get(event.rep_id, ""),
            words=": ".join(
                filter(
                    None,
                    (
                        book.dispositions[event.code].label
                        if event.code in book.dispositions
                        else event.code,
                        event.note,
                    ),
                )
            ),
        )
        for event in leads.events(session, lead_id, limit)
    )


def _reps(session: Any) -> list[Rep]:
    from leadtui.store import floor

    return floor.reps(session)


def kits_sent(context: Context, session: Any, book: Playbook, lead_id: int) -> tuple[KitSent, ...]:
    """What a lead was sent because it asked for it, or is to be sent, newest first."""
    return tuple(_kit_sent(context, book, row) for row in lifecycle.kits_of(session, lead_id))


def _kit_sent(context: Context, book: Playbook, row: Fulfilment) -> KitSent:
    label = book.kits[row.kit].label if row.kit in book.kits else row.kit
    at = row.closed_at or row.due
    day = f"{at.astimezone(context.zone):%d %b %Y}"
    way = {"email": "by e-mail", "post": "by post"}[row.way]
    said = {
        "waiting": f"waits to go {way}, until {day}",
        "sent": f"sent {way} {day}",
        "dropped": f"not sent, {day}",
    }[row.state]
    return KitSent(
        kit=row.kit,
        label=label,
        version=row.version,
        way=row.way,
        state=row.state,
        at=at,
        words=f"{label} ({row.version}), {said}" + (f" ({row.why})" if row.why else ""),
        why=row.why,
    )


def enrolment_words(context: Context, session: Any, enrolment: Enrolment, now: datetime) -> str:
    """``trial, step 3 of 5`` and, where it waits, until when."""
    cadence = context.playbook(session, enrolment.playbook_hash).cadences[enrolment.cadence]
    days = (
        now.astimezone(context.zone).date() - enrolment.anchor.astimezone(context.zone).date()
    ).days
    words = (
        f"{enrolment.cadence}, day {max(days, 0)}, step "
        f"{min(enrolment.next_step + 1, len(cadence.steps))} of {len(cadence.steps)}"
    )
    if enrolment.state == "paused" and enrolment.resume_at:
        words += f", waits until {enrolment.resume_at.astimezone(context.zone):%d %b}"
    return words


def found_leads(context: Context, words: str) -> tuple[LeadView, ...]:
    """Leads by a part of their name, company, e-mail or number."""
    now = context.now()
    with context.store.read() as session:
        return tuple(
            lead_view(context, session, int(lead.id or 0), now)
            for lead in leads.find(session, words)
            if words.strip()
        )


def next_of(context: Context, lead_id: int) -> tuple[int, NextThing] | None:
    """What comes next with a lead: the touch at its front."""
    with context.store.read() as session:
        sheet = sheet_of(context, session, lead_id)
        front = next(
            (t for t in leads.open_touches(session, lead_id) if t.state in {"open", "started"}),
            None,
        )
        if front is None:
            return None
        return int(front.id or 0), NextThing(
            channel_word(front.channel), front.due, said_at(front.due, sheet.zone, context.now())
        )


def following(context: Context, lead_id: int) -> tuple[int | None, NextThing] | None:
    """What comes next with a lead: the touch at its front, else what goes on by itself."""
    if found := next_of(context, lead_id):
        return found
    with context.store.read() as session:
        zone = sheet_of(context, session, lead_id).zone
        later = later_of(session, lead_id, zone, context.now())
    return (None, later) if later else None


def later_of(session: Any, lead_id: int, zone: str, now: datetime) -> NextThing | None:
    """What goes on by itself with a lead that has no touch now: the enrolment whose date comes
    first."""
    live = leads.live_enrolments(session, lead_id)
    waiting = [
        (one.resume_at, one.cadence, one.pause_reason) for one in live if one.resume_at is not None
    ]
    if not waiting:
        return None
    at, cadence, why = min(waiting)
    return NextThing(
        f"{cadence} {'begins' if why == 'begins' else 'goes on'}", at, said_at(at, zone, now)
    )


def promised(session: Any, lead_id: int) -> bool:
    """Whether what is next with a lead was promised to it: the gate is milder then."""
    return any(
        touch.promised
        for touch in leads.open_touches(session, lead_id)
        if touch.state in {"open", "started"}
    )


def lead_view(context: Context, session: Any, lead_id: int, now: datetime) -> LeadView:
    """Everything the panes show of a lead."""
    sheet = sheet_of(context, session, lead_id)
    lead, company, book = sheet.lead, sheet.company, context.playbook(session)
    live = leads.live_enrolments(session, lead_id)
    names = {rep.id: rep.name for rep in _reps(session)}
    notes = [
        event.note for event in leads.events(session, lead_id, 20) if event.note and event.rep_id
    ]
    facts: list[str] = []
    if company:
        facts += [f"{company.employees:,} staff"] if company.employees else []
        facts += [company.industry] if company.industry else []
        facts += (
            [f"{company.currency} {company.revenue_minor // 100:,}"]
            if company.revenue_minor
            else []
        )
        facts += [company.website] if company.website else []
    holder = lead.lease_rep_id
    leased = (
        holder is not None
        and holder != context.identity.id
        and lead.lease_until
        and lead.lease_until > now
    )
    return LeadView(
        id=lead_id,
        name=lead.full_name,
        title=lead.title,
        company=company.name if company else "",
        company_facts=tuple(facts),
        place=", ".join(filter(None, (lead.city, lead.region, lead.country))),
        zones=tuple(lead.zones),
        owner=names.get(lead.owner_id, ""),
        owner_id=lead.owner_id,
        status=lead.status,
        stage=lead.stage,
        score=engagement_of(lead, plus=lead.fit)(now),
        fit_score=lead.fit,
        engagement=engagement_of(lead)(now),
        source=lead.source,
        responses=tuple(
            f"{book.offers[r.offer].label if r.offer in book.offers else r.offer}"
            f"{', ' + r.event if r.event else ''}, {r.inquiry_at.astimezone(context.zone):%d %b %Y}"
            for r in sheet.responses
        ),
        enrolments=tuple(enrolment_words(context, session, enrolment, now) for enrolment in live),
        emails=tuple(address.address for address in sheet.addresses),
        phones=phone_views(
            sheet,
            book,
            now,
            enrolment=live[0] if live else None,
            promised=promised(session, lead_id),
        ),
        fit=fit_views(sheet, book),
        last=notes[0] if notes else "",
        came_with=tuple(map(came_with, sheet.responses)),
        holder=names.get(holder, "") if leased else "",
        bounced=tuple(one.address for one in sheet.addresses if one.status != "ok"),
        opted_out=tuple(
            word
            for word, said in (("e-mail", lead.emails_opt_out), ("calls", lead.calls_opt_out))
            if said
        ),
        kits=kits_sent(context, session, book, lead_id),
    )
