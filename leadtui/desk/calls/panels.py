"""The call panel: lead, history, script filled in, objections, outcomes, on one screen."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from leadtui.cadence.model import Playbook, Template
from leadtui.cadence.personas import matching_templates
from leadtui.desk.answers.questions import question_view
from leadtui.desk.core.context import Context
from leadtui.desk.core.lead_views import history_of, lead_view, sheet_of
from leadtui.desk.core.views import CallPanel, OutcomeKey, ScriptView
from leadtui.errors import Refused
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
        question = question_view(context, session, obligation)
        return CallPanel(
            question=question,
            lead=lead_view(context, session, obligation.lead_id, now),
            history=history_of(session, book, obligation.lead_id),
            script=script_view(context, session, touch, now) if touch else None,
            objections=_objections(context, session, book, obligation.lead_id, now),
            outcomes=tuple(
                OutcomeKey(row.key, row.code, row.label, row.requires, row.sure)
                for row in book.dispositions.values()
            ),
        )


def script_view(context: Context, session: Any, touch: Touch, now: datetime) -> ScriptView | None:
    """The script of a call, in the wording that fits this lead, filled in."""
    book = context.playbook(session)
    sheet = sheet_of(session, touch.lead_id)
    enrolment = session.get(Enrolment, touch.enrolment_id) if touch.enrolment_id else None
    facts = sheet.conditions(cadence=touch.cadence, enrolment=enrolment)
    chosen = book.templates.get(f"script/{touch.template}") if touch.template else None
    fitting = matching_templates(book, "script", touch.cadence, facts, now)
    wording = next((t for t in fitting if touch.template and t.variant_of == touch.template), None)
    template = wording or chosen or next(iter(fitting), None)
    if template is None:
        return None
    return _sections(template, _fill(context, session, template, touch.lead_id, now))


def _fill(context: Context, session: Any, template: Template, lead_id: int, now: datetime) -> str:
    from leadtui.desk.messages.mailing import fill_for_speech

    return fill_for_speech(context, session, template, lead_id, now)


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


def _objections(
    context: Context, session: Any, book: Playbook, lead_id: int, now: datetime
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (template.title, _fill(context, session, template, lead_id, now))
        for template in book.templates.values()
        if template.kind == "objection"
    )
