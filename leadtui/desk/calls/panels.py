"""The call panel: lead, history, script filled in, objections, outcomes, on one screen."""

from __future__ import annotations

import re

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.personas import script_for, variants
from leadtui.desk.answers.questions import question_view
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.core.lead_views import history_of, lead_view
from leadtui.desk.core.views import CallPanel, OutcomeKey, ScriptView
from leadtui.desk.messages.texts import Speech
from leadtui.errors import NotFound, Refused
from leadtui.store import leads
from leadtui.store.engine.tables import Enrolment, Obligation, Touch

_SECTION = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)
_BRANCH = re.compile(r"^([A-C])[:.)]?\s+(.*)$")


def call_panel(context: Context, obligation_id: int) -> CallPanel:
    """Everything about one started action."""
    now = context.now()
    with context.store.read() as session:
        obligation = session.get(Obligation, obligation_id)
        if obligation is None or obligation.rep_id != context.identity.id:
            raise Refused("no_question", "there is no started action of yours by that number")
        touch = session.get(Touch, obligation.touch_id)
        book = context.playbook(session)
        speech = Speech(context, sheet_of(context, session, obligation.lead_id), now)
        question = question_view(context, session, obligation)
        return CallPanel(
            question=question,
            lead=lead_view(context, session, obligation.lead_id, now),
            history=history_of(session, book, obligation.lead_id),
            script=_script(book, speech, touch) if touch else None,
            objections=_objections(book, speech),
            outcomes=tuple(
                OutcomeKey(row.key, row.code, row.label, row.requires, row.sure)
                for row in book.dispositions.values()
            ),
        )


def script_of(context: Context, lead_id: int) -> ScriptView:
    """The script of what is next with this lead: of the call among it, where there is one."""
    with context.store.read() as session:
        speech = Speech(context, sheet_of(context, session, lead_id), context.now())
        touches = leads.open_touches(session, lead_id)
        front = min(touches, key=lambda touch: touch.channel != "call", default=None)
        found = _script(context.playbook(session), speech, front) if front else None
    if found is None:
        why = "no call is planned with this lead" if front is None else "the playbook has none"
        raise NotFound(f"there is no script for lead {lead_id}: {why}")
    return found


def objections_of(context: Context, lead_id: int) -> tuple[tuple[str, str], ...]:
    """Every objection with its answer for this lead, as (title, answer)."""
    with context.store.read() as session:
        speech = Speech(context, sheet_of(context, session, lead_id), context.now())
        return _objections(context.playbook(session), speech)


def _script(book: Playbook, speech: Speech, touch: Touch) -> ScriptView | None:
    """The script of a call, in the wording that fits this lead, filled in."""
    session = speech.sheet.session
    enrolment = session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    facts = speech.sheet.conditions(cadence=touch.cadence, enrolment=enrolment)
    template = script_for(book, touch.template, touch.cadence, facts, speech.now)
    return _sections(template, speech.fill(template)) if template else None


def _sections(template: Template, text: str) -> ScriptView:
    parts = _SECTION.split(text)
    named = dict(zip(parts[1::2], (body.strip() for body in parts[2::2]), strict=True))
    branches = []
    for title, body in named.items():
        if match := _BRANCH.match(title):
            branches.append((match[1], match[2], body))
    return ScriptView(
        id=template.id,
        title=template.title,
        opening=named.get("Open", parts[0].strip()),
        branches=tuple(branches),
        closing=named.get("Close", ""),
        voicemail=named.get("Voicemail", ""),
    )


def _objections(book: Playbook, speech: Speech) -> tuple[tuple[str, str], ...]:
    """Each objection in the variant that fits the lead best, as (title, answer)."""
    facts = speech.sheet.conditions()
    fitting = (
        variants(book, "objection", template.id, facts, speech.now)
        for template in book.templates.values()
        if template.kind == "objection" and not template.variant_of
    )
    return tuple((found[0].title, speech.fill(found[0])) for found in fitting if found)
