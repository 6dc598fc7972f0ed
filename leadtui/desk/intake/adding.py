"""A lead typed in by hand: read, matched and admitted like a row of a file, and taken back like an
import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadtui.desk.core.context import Context
from leadtui.desk.intake.admitting import admit
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions, ImportReport
from leadtui.errors import Refused, WrongUse
from leadtui.sheets.reading import Row, Table
from leadtui.store import lifecycle
from leadtui.store.engine.unit_of_work import Unit

HEADERS = {
    "name": "Full Name",
    "company": "Company",
    "title": "Job Title",
    "email": "Email",
    "phone": "Phone",
    "mobile": "Mobile",
    "street": "Address",
    "city": "City",
    "region": "State",
    "postal_code": "Postal Code",
    "country": "Country",
    "industry": "Industry",
    "employees": "Employees",
    "revenue": "Annual Revenue",
    "website": "Website",
    "notes": "Notes",
    "rating": "Rating",
}
"""What can be said of a lead by hand -> the header under which a file would say it."""
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Added:
    """What a lead typed in by hand came to."""

    lead_id: int
    kind: str
    """``new``, ``updated`` (it was known, and this is another response) or ``unchanged``."""
    batch: int | None
    warnings: tuple[str, ...] = ()


class LooksAlike(Refused):
    """Whoever is added looks like ``leads``, who are there; ``why`` says by what."""

    def __init__(self, leads: tuple[int, ...], why: str) -> None:
        super().__init__(
            "near_duplicate",
            f"this looks like lead {', '.join(map(str, leads))}: {why}; look with 'leadtui "
            "lead show', "
            "then 'leadtui lead respond' for the same person, or say more (e-mail, phone, company)",
        )
        self.leads, self.why = leads, why


def add(
    context: Context, offer: str, said: Mapping[str, str], *, source: str = "", event: str = ""
) -> Added:
    """Add a lead with its response; ``said`` has keys of ``HEADERS``.

    Raises ``WrongUse`` for what cannot be a lead or a field that cannot be read, and ``LooksAlike``
    where it looks like somebody who is there: nothing was changed then."""
    if unknown := set(said) - set(HEADERS):
        raise WrongUse(
            f"unknown field {', '.join(sorted(unknown))}; known are {', '.join(HEADERS)}"
        )
    found: list[tuple[int, int]] = []

    def arrive(unit: Unit, arrivals: list[tuple[int, int]]) -> None:
        near = lifecycle.newest_near(unit.session)
        if not arrivals and near:
            raise LooksAlike(tuple(near["leads"]), str(near["why"]))
        found.extend(arrivals)
        admit(context, unit, arrivals)

    options = ImportOptions(offer=offer, source=source or BY_HAND, event=event, name=BY_HAND)
    report = import_file(context, _row(context, said), options, admit=arrive)
    if report.rejected:
        raise WrongUse(f"this is no lead: {report.reasons[0].reason}")
    kind = "new" if report.new else "updated" if report.updated else "unchanged"
    return Added(
        found[0][0] if found else _known(context, report), kind, report.batch, report.warnings
    )


def _row(context: Context, said: Mapping[str, str]) -> Table:
    """What was said as a table of one row, so that each field passes the checks of a file's."""
    filled = {HEADERS[key]: value for key, value in said.items() if value.strip()}
    filled["Scanned At"] = f"{context.now():%Y-%m-%dT%H:%M:%SZ}"
    row = Row(1, tuple(filled.values()))
    return Table(tuple(filled), 1, (row,), (), "", "")


def _known(context: Context, report: ImportReport) -> int:
    """Whoever was found, where nothing about them was new."""
    with context.store.read() as session:
        return lifecycle.newest_touched(session) if report.updated else 0
