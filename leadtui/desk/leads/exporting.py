"""Leads as CSV: under headers that an import reads back, and with nothing a spreadsheet would run
as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from leadtui.cadence.model import Condition
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, engagement_of, sheet_of
from leadtui.desk.core.lead_views import came_with, kits_sent
from leadtui.desk.core.views import CameWith
from leadtui.files import write_new
from leadtui.sheets.cells import guarded, many_lines
from leadtui.sheets.headers import OWN, qualifier_header
from leadtui.store import floor
from leadtui.store.conditions_sql import leads_matching
from leadtui.store.engine.vocabulary import Code, Event

COLUMNS = tuple(
    f"{OWN}ID,Badge ID,Full Name,First Name,Last Name,Job Title,Company,Website,Industry,"
    f"Employees,Email,Phone,Mobile,Address,City,State,Postal Code,Country,{OWN}Owner,{OWN}Stage,"
    f"{OWN}Status,{OWN}Closed Because,{OWN}Points,{OWN}Offer,Lead Source,Event Name,Rating,"
    "Scanned by,Scanned At,Notes,Do Not Call,Email Opt Out,"
    f"{OWN}Created At,{OWN}Kits".split(",")
)
"""What every export has. Behind them stand the answers and the other columns that came with the
leads, under their own headers."""
_HEADERS = {name.casefold(): name for name in COLUMNS}
_SEVERAL = {"email": "Email 2", "phone": "Phone 2", "mobile": "Phone 3"}
"""Where ours stand when what could not be read came under the same header."""
PAGE = 500


def export(context: Context, condition: Condition, out: Path | None = None) -> tuple[str, int]:
    """``(text, how many)``: the CSV of everybody who matches, a row a response, written to ``out``
    where given (the text is empty then).

    A rep exports the leads that are his; supervisors and marketers all. A file that exists is not
    overwritten. The log keeps who exported how many."""
    headers = dict(_HEADERS)
    rows = []
    for row in _rows(context, condition):
        for name in row:
            headers.setdefault(name.casefold(), name)
        rows.append({name.casefold(): said for name, said in row.items()})
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(map(guarded, headers.values()))
    for row in rows:
        writer.writerow([guarded(many_lines(row.get(name, ""))) for name in headers])
    count = len({row[COLUMNS[0].casefold()] for row in rows})
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


def _rows(context: Context, condition: Condition) -> Iterator[dict[str, str]]:
    """Header -> cell, a row for each response of a lead, and one for a lead without any."""
    now, own, after = context.now(), context.identity.role == "rep", 0
    while True:
        with context.store.read() as session:
            names = {rep.id: rep.name for rep in floor.reps(session)}
            ids = leads_matching(session, condition, now, after=after, limit=PAGE)
            for lead_id in ids:
                sheet = sheet_of(context, session, lead_id)
                if own and sheet.lead.owner_id != context.identity.id:
                    continue
                lead = _lead(sheet, names.get(sheet.lead.owner_id, ""), now)
                book = context.playbook(session)
                kits = kits_sent(context, session, book, lead_id)
                lead[f"{OWN}Kits"] = "; ".join(kit.words for kit in kits)
                if not sheet.responses:
                    yield lead
                for response in sheet.responses:
                    yield _with_response(lead, came_with(response), response.external_id)
        if len(ids) < PAGE:
            return
        after = ids[-1]


def _lead(sheet: LeadSheet, owner: str, now: datetime) -> dict[str, str]:
    lead, company = sheet.lead, sheet.company
    phones = [
        (phone.kind, _number(phone.number, phone.extension)) for phone in sheet.usable_phones()
    ]
    return {
        f"{OWN}ID": str(sheet.id),
        "Badge ID": lead.external_id,
        "Full Name": lead.full_name,
        "First Name": lead.first_name,
        "Last Name": lead.last_name,
        "Job Title": lead.title,
        "Company": company.name if company else "",
        "Website": company.website if company else "",
        "Industry": company.industry if company else "",
        "Employees": str(company.employees or "") if company else "",
        "Email": "; ".join(address.address for address in sheet.usable_addresses()),
        "Phone": "; ".join(number for kind, number in phones if kind != "mobile"),
        "Mobile": "; ".join(number for kind, number in phones if kind == "mobile"),
        "Address": lead.street,
        "City": lead.city,
        "State": lead.region,
        "Postal Code": lead.postal_code,
        "Country": lead.country,
        f"{OWN}Owner": owner,
        f"{OWN}Stage": lead.stage,
        f"{OWN}Status": lead.status,
        f"{OWN}Closed Because": lead.closed_reason,
        f"{OWN}Points": str(engagement_of(lead, plus=lead.fit)(now)),
        "Lead Source": lead.source,
        "Do Not Call": "yes" if lead.calls_opt_out else "",
        "Email Opt Out": "yes" if lead.emails_opt_out else "",
        f"{OWN}Created At": f"{lead.created_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _number(number: str, extension: str) -> str:
    return f"{number} x{extension}" if extension else number


def _with_response(lead: dict[str, str], came: CameWith, badge: str) -> dict[str, str]:
    """The lead's cells with those of one response; what its file said of a field in other words
    stands in place of ours, and is read again as it was read then."""
    cells = {
        **lead,
        "Badge ID": badge or lead["Badge ID"],
        f"{OWN}Offer": came.offer,
        "Lead Source": came.source or lead["Lead Source"],
        "Event Name": came.event,
        "Rating": came.rating,
        "Scanned by": came.scanned_by,
        "Scanned At": came.at.isoformat().replace("+00:00", "Z"),
        "Notes": came.notes,
        **{qualifier_header(asked): said for asked, said in came.qualifiers},
    }
    for name, said in came.other:
        field = name.casefold()
        known = _HEADERS.get(field, name)
        if field in _SEVERAL:
            cells[_SEVERAL[field]] = cells[known]
        cells[known] = said
    return cells
