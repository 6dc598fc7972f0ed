"""What is not known of a lead's firm, taken from others who write from the same domain: the firm
itself, its industry, its size, its country. What is known is never replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadtui.desk.intake.files.identity import company_key
from leadtui.sheets.cells import key
from leadtui.sheets.mailboxes import domain_of, is_firms
from leadtui.store import importing as rows_of
from leadtui.store import leads
from leadtui.store.engine.tables import Company, Lead
from leadtui.store.engine.unit_of_work import Unit

FACTS = ("industry", "employees", "country")
BORROWED = "borrowed"
"""The kind of a history event that says so."""

Others = dict[str, list[tuple[int, Company]]]
"""Domain -> who writes from there and has a firm, with that firm."""


def borrow(unit: Unit, lead_ids: Sequence[int]) -> int:
    """Fill in what these leads lack, and say on each where it is from; of how many anything was.

    Inside the caller's transaction and before the leads are admitted, since who gets them, and in
    which cadence, may hang on it. Where others of the domain disagree nothing is taken."""
    unit.session.flush()
    bare = {
        lead_id: domain
        for lead_id, address in rows_of.without_facts(unit.session, lead_ids)
        if is_firms(domain := domain_of(address))
    }
    if not bare:
        return 0
    others: Others = {}
    for address, lead_id, company in rows_of.firms_at(unit.session, sorted(set(bare.values()))):
        others.setdefault(domain_of(address), []).append((lead_id, company))
    wanted = [lead_id for lead_id, domain in bare.items() if _beside(lead_id, domain, others)]
    # Read in one go and written in one go: a flush for each would take most of an import's time.
    with unit.session.no_autoflush:
        there = rows_of.leads_by_id(unit.session, wanted)
        own = {int(lead.company_id) for lead in there.values() if lead.company_id}
        firms = rows_of.companies_by_id(unit.session, sorted(own))
        filled = sum(
            _fill(unit, lead, bare[lead_id], others, firms) for lead_id, lead in there.items()
        )
    if filled:
        # Who admits many leads reads and writes them past the ORM.
        unit.session.flush()
        unit.session.expire_all()
    return filled


def said_of(borrowed: int) -> list[str]:
    """What a run says of it."""
    if not borrowed:
        return []
    who = "1 lead" if borrowed == 1 else f"{borrowed:,} leads"
    told = f"what was not known of the firms of {who} was taken from others of the same domain"
    return [f"{told}; each says from whom ('leadtui lead show')"]


def _beside(lead_id: int, domain: str, others: Others) -> list[tuple[int, Company]]:
    """Who else writes from there."""
    return [(other, firm) for other, firm in others.get(domain, ()) if other != lead_id]


def _fill(
    unit: Unit, lead: Lead, domain: str, others: Others, firms: Mapping[int, Company]
) -> bool:
    there = _beside(int(lead.id or 0), domain, others)
    own = firms.get(int(lead.company_id or 0))
    told = _facts(own, there) if own is not None else _firm(lead, there)
    if told:
        note = f"{', '.join(told)} from lead {there[0][0]}, who writes from {domain} too"
        leads.add_event(unit, int(lead.id or 0), BORROWED, note=note)
    return bool(told)


def _firm(lead: Lead, there: Sequence[tuple[int, Company]]) -> list[str]:
    """The firm of the others, where it is the same one of all."""
    if len({company_key(firm.name) for _, firm in there}) != 1:
        return []
    firm = min((firm for _, firm in there), key=lambda one: int(one.id or 0))
    lead.company_id = firm.id
    return [f"company {firm.name}"]


def _facts(own: Company, there: Sequence[tuple[int, Company]]) -> list[str]:
    """What its own firm lacks and the firms of the others have, where they agree."""
    told = []
    for name in FACTS:
        values = {getattr(firm, name) for _, firm in there if firm.id != own.id} - {"", None}
        if getattr(own, name) or len(values) != 1:
            continue
        (value,) = values
        setattr(own, name, value)
        told.append(f"{name} {value}")
        if name == "industry":
            own.industry_key = key(value)
    return told
