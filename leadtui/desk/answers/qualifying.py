"""What a lead must be before the outcome of a call makes it an opportunity, by the questions of the
playbook."""

from __future__ import annotations

from typing import Any

from leadtui.cadence.dispositions import missing
from leadtui.cadence.model import Disposition, Playbook, Question
from leadtui.cadence.qualification import verdict
from leadtui.desk.answers.given import Given
from leadtui.desk.core import leases
from leadtui.desk.core.context import Context
from leadtui.errors import Refused
from leadtui.store import leads
from leadtui.store.engine.tables import Lead, Obligation
from leadtui.store.engine.vocabulary import Code

OPENS = "opportunity"
"""What an outcome that qualifies says in ``then``."""


def lacking(
    context: Context, session: Any, obligation: Obligation, row: Disposition, given: Given
) -> tuple[str, ...]:
    """What an outcome still needs: what its row requires, and a reason where an answer of the lead
    speaks against an opportunity and the playbook has reasons for it.

    Raises ``Refused`` for an opportunity that an answer stands in the way of. An answer that comes
    too late moves nothing, and so needs no qualification."""
    wanted = missing(row, given.as_answer())
    if OPENS not in row.then or leases.is_late(session, obligation):
        return wanted
    book, lead = context.playbook(session), leads.lead(session, obligation.lead_id)
    found = verdict(book.questions, lead.qualification)
    if found.stops:
        raise Refused(
            "not_qualified",
            f"{row.label} is not open to a lead with {_said(found.stops, lead)}; correct the "
            "answer where it is wrong (f on the call), or take another outcome",
        )
    needs_reason = found.weak and not given.reason and book.reasons_of(row.code.lower())
    return (*wanted, "reason") if needs_reason and "reason" not in wanted else wanted


def weighed(context: Context, session: Any, row: Disposition, lead: Lead) -> str:
    """What is to be thought of before a lead becomes an opportunity: ``budget: No; not asked:
    rival``. Empty where nothing speaks against it, and for every other outcome."""
    if OPENS not in row.then:
        return ""
    found = verdict(context.playbook(session).questions, lead.qualification)
    not_asked = ", ".join(question.short for question in found.unknown)
    said = (_said(found.weak, lead), f"not asked: {not_asked}" if not_asked else "")
    return "; ".join(part for part in said if part)


def against(book: Playbook, lead: Lead) -> dict[Code, str]:
    """The keys of the questions that spoke against an opportunity, and of those that nobody asked,
    for the log."""
    found = verdict(book.questions, lead.qualification)
    kinds = {Code.WEAK: found.weak, Code.UNKNOWN: found.unknown}
    return {name: ",".join(one.key for one in kind) for name, kind in kinds.items() if kind}


def _said(questions: tuple[Question, ...], lead: Lead) -> str:
    found = []
    for question in questions:
        given = lead.qualification[question.key]
        words = question.answers.get(given["answer"], given["answer"])
        unnamed = given["answer"] in question.names and not given.get("said")
        found.append(f"{question.short}: {words}{', but not by name' if unnamed else ''}")
    return ", ".join(found)
