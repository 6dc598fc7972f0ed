"""Leads as CSV: under headers that an import reads back, and with nothing a spreadsheet would run
as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from leadtui.cadence.model import Condition
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, engagement_of
from leadtui.files import write_new
from leadtui.sheets.cells import guarded, one_line
from leadtui.store import floor, leads
from leadtui.store.conditions_sql import leads_matching
from leadtui.store.engine.vocabulary import Code, Event

COLUMNS = (
    *(
        "Lead ID",
        "Full Name",
        "First Name",
        "Last Name",
        "Job Title",
        "Company",
        "Industry",
        "Employees",
        "Email",
    ),
    *(
        "Phone",
        "Address",
        "City",
        "State",
        "Postal Code",
        "Country",
        "Lead Owner",
        "Stage",
        "Status",
        "Closed Because",
    ),
    *(
        "Points",
        "Offer",
        "Source",
        "Event Name",
        "Rating",
        "Do Not Call",
        "Email Opt Out",
        "Created At",
    ),
)
PAGE = 500


def export(context: Context, condition: Condition, out: Path | None = None) -> tuple[str, int]:
    """``(text, how many)``: the CSV of everybody who matches, written to ``out`` where given (the
    text is empty then).

    A rep exports the leads that are his; supervisors and marketers all. A file that exists is not
    overwritten. The log keeps who exported how many."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in _rows(context, condition):
        writer.writerow([guarded(one_line(cell)) for cell in row])
        count += 1
    if out is not None:
        write_new(out, [buffer.getvalue().encode("utf-8-sig")])
    with context.write() as unit:
        unit.log(
            Event.LEADS_EXPORTED,
            codes={
                Code.LEADS: count,
                Code.WHEN: condition.source,
                Code.TO: "file" if out else "output",
            },
        )
    return ("" if out else buffer.getvalue()), count


def _rows(context: Context, condition: Condition) -> Iterator[tuple[str, ...]]:
    now, own, after = context.now(), context.identity.role == "rep", 0
    while True:
        with context.store.read() as session:
            names = {rep.id: rep.name for rep in floor.reps(session)}
            ids = leads_matching(session, condition, now, after=after, limit=PAGE)
            for lead_id in ids:
                sheet = LeadSheet(session, leads.lead(session, lead_id))
                if not own or sheet.lead.owner_id == context.identity.id:
                    points = engagement_of(sheet.lead, plus=sheet.lead.fit)(now)
                    yield _row(sheet, names.get(sheet.lead.owner_id, ""), points)
        if len(ids) < PAGE:
            return
        after = ids[-1]


def _row(sheet: LeadSheet, owner: str, points: int) -> tuple[str, ...]:
    lead, company = sheet.lead, sheet.company
    response = sheet.responses[0] if sheet.responses else None
    phones, addresses = sheet.usable_phones(), sheet.usable_addresses()
    return (
        str(sheet.id),
        lead.full_name,
        lead.first_name,
        lead.last_name,
        lead.title,
        company.name if company else "",
        company.industry if company else "",
        str(company.employees or "") if company else "",
        addresses[0].address if addresses else "",
        phones[0].number if phones else "",
        lead.street,
        lead.city,
        lead.region,
        lead.postal_code,
        lead.country,
        owner,
        lead.stage,
        lead.status,
        lead.closed_reason,
        str(points),
        response.offer if response else "",
        response.source if response else lead.source,
        response.event if response else "",
        response.rating if response else "",
        "yes" if lead.calls_opt_out else "no",
        "yes" if lead.emails_opt_out else "no",
        f"{lead.created_at:%Y-%m-%dT%H:%M:%SZ}",
    )
