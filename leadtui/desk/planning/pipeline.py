"""The steps of a lead from marketing to sales: accepted (SAL), and qualified (SQL)."""

from __future__ import annotations

from leadtui.cadence.model import Playbook
from leadtui.desk.core.facts import LeadSheet
from leadtui.store import leads
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event


def first_of_sales(book: Playbook) -> str:
    """The stage at which sales begins."""
    return next((stage.key for stage in book.stages if stage.pipeline == "sales"), "prospect_new")


def accept(unit: Unit, book: Playbook, sheet: LeadSheet) -> None:
    """Sales takes a lead of marketing's; whatever is with sales already stays where it is."""
    lead = sheet.lead
    if lead.pipeline == "sales":
        return
    lead.pipeline, lead.stage, lead.updated_at = "sales", first_of_sales(book), unit.now
    leads.add_event(unit, sheet.id, "accepted", code=lead.stage)
    unit.log(
        Event.LEAD_ACCEPTED,
        subjects={"lead": sheet.id},
        after={"stage": lead.stage, "pipeline": "sales"},
    )


def qualify(unit: Unit, book: Playbook, sheet: LeadSheet, spoke: dict[Code, str]) -> None:
    """A lead becomes an opportunity: accepted where nobody had, and never set back in sales.
    ``spoke`` are the keys of the questions that spoke against it, and of those nobody asked."""
    accept(unit, book, sheet)
    leads.add_event(unit, sheet.id, "opportunity", code=sheet.lead.stage)
    unit.log(
        Event.LEAD_OPPORTUNITY,
        subjects={"lead": sheet.id},
        after={"stage": sheet.lead.stage},
        codes=spoke,
    )
