"""The open question: what a rep started and has not answered for, as every front end asks it."""

from __future__ import annotations

from typing import Any

from leadtui.clock import hour
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.desk.core.views import OpenQuestion, TouchView, draft_words
from leadtui.desk.core.words import channel_word, local, shown_number
from leadtui.store import call_block, leads
from leadtui.store.engine.tables import Lead, Obligation, Touch

VERBS = {
    "call": "Call",
    "email": "E-mail to",
    "letter": "Letter to",
    "demo": "Demo for",
    "task": "Task:",
    "social": "Message to",
}

WHERE_IT_IS = {
    "queued": "It waits to be sent.",
    "sending": "It is being sent.",
    "unknown": "Perhaps it was not sent.",
    "failed": "It was not sent.",
}
"""What is known of a message that was handed over and did not just leave."""


def open_question(context: Context) -> OpenQuestion | None:
    """The question to ask first; an inbound call's comes before the one that waits under it."""
    with context.store.read() as session:
        waiting = call_block.open_obligations(session, context.identity.id)
        return question_view(context, session, waiting[0]) if waiting else None


def touch_view(touch: Touch) -> TouchView:
    """A touch as its panel shows it."""
    return TouchView(
        id=int(touch.id or 0),
        lead_id=touch.lead_id,
        action=channel_word(touch.channel),
        title=touch.title,
        cadence=touch.cadence,
        due=touch.due,
        promised=bool(touch.promised),
        template=touch.template,
        kind=touch.kind,
    )


def _asked_of_a_message(session: Any, touch: Touch) -> dict[str, str]:
    """What is asked of an e-mail that was handed over, and did not just leave."""
    mail = call_block.email_of(session, int(touch.id or 0)) if touch.channel == "email" else None
    if mail is None or mail.state in {"sent", "cancelled"}:
        return {}
    if mail.state == "drafted":
        return {"asks": "Did you press send?", "drafted": draft_words(mail.path, mail.error)}
    return {"asks": f"{WHERE_IT_IS[mail.state]} Is this action complete?"}


def question_view(context: Context, session: Any, obligation: Obligation) -> OpenQuestion:
    """An obligation as a question."""
    touch = session.get(Touch, obligation.touch_id)
    lead = session.get(Lead, obligation.lead_id)
    company = leads.company_of(session, lead)
    attempt = call_block.attempt_of(session, int(obligation.id or 0))
    number = shown_number(attempt.number) if attempt and attempt.number else ""
    if touch.channel == "call" and not number:
        phone = next(iter(leads.phones(session, obligation.lead_id)), None)
        number = shown_number(phone.number) if phone else ""
    promised = (
        f" · promised {hour(local(touch.due, context.settings.zone))}" if touch.promised else ""
    )
    origin = " · ".join(filter(None, (touch.cadence, touch.title))) + promised
    verb = "Inbound call from" if obligation.inbound else VERBS.get(touch.channel, touch.channel)
    return OpenQuestion(
        id=int(obligation.id or 0),
        touch=touch_view(touch),
        lead=lead.full_name,
        company=company.name if company else "",
        number=number,
        action_line=f"{verb} {lead.full_name}"
        + (f", {number}" if number and touch.channel == "call" else ""),
        origin=origin,
        started_at=obligation.started_at,
        shown_at=obligation.shown_at,
        outcome=obligation.outcome,
        draft={key: str(value) for key, value in obligation.draft.items()},
        inbound=bool(obligation.inbound),
        dialed=attempt is not None and attempt.dialed_at is not None,
        channel=touch.channel,
        taken_over=leases.taken_over_by(session, obligation),
        **_asked_of_a_message(session, touch),
    )
