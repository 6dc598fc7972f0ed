"""A lead typed in by hand: read, matched and admitted like a row of a file, and taken back like an
import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadtui.desk.core import ours
from leadtui.desk.core.context import Context
from leadtui.desk.intake.admitting import admit
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.matched import described
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import Refused, WrongUse
from leadtui.sheets.fields import read_emails
from leadtui.sheets.phones import read_phones
from leadtui.sheets.places import country_code
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
LIKE = {"phone": "+1 303 555 0142", "mobile": "+1 303 555 0142", "email": "jane@example.com"}
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Added:
    """What a lead typed in by hand came to."""

    lead_id: int
    kind: str
    """``new``, ``updated`` (it was known, and this is another response) or ``unchanged``."""
    batch: int | None
    warnings: tuple[str, ...] = ()


class Unreadable(WrongUse):
    """A ``field`` of somebody typed in that is no number or no address."""

    def __init__(self, field: str, text: str, reason: str) -> None:
        super().__init__(
            f"--{field} {text!r}: {reason}; write it like {LIKE[field]}, or leave it empty"
        )
        self.field = field


class LooksAlike(Refused):
    """Whoever is added looks like ``leads``, who are there; ``why`` says by what."""

    def __init__(self, leads: tuple[int, ...], why: str, message: str = "") -> None:
        super().__init__(
            "near_duplicate",
            message
            or f"this looks like lead {', '.join(map(str, leads))}: {why}; look with 'leadtui "
            "lead show', "
            "then 'leadtui lead respond' for the same person, or say more (e-mail, phone, company)",
        )
        self.leads, self.why = leads, why


class Known(LooksAlike):
    """Whoever is added is there already, and nobody has said yet that it shall be added to them."""

    def __init__(self, lead_id: int, words: str) -> None:
        super().__init__(
            (lead_id,),
            words,
            f"they are there already: {words}; nothing was changed. To add this to that lead say "
            f"--join {lead_id}",
        )


def add(
    context: Context,
    offer: str,
    said: Mapping[str, str],
    *,
    source: str = "",
    event: str = "",
    join: int = 0,
) -> Added:
    """Add a lead with its response; ``said`` has keys of ``HEADERS``. Somebody who is there gets
    another response where ``join`` names that lead.

    Raises ``WrongUse`` for what cannot be a lead or a field that cannot be read, ``Known`` for
    somebody who is there and is not ``join``, and ``LooksAlike`` where it looks like somebody who
    is there: nothing was changed then."""
    if unknown := set(said) - set(HEADERS):
        raise WrongUse(
            f"unknown field {', '.join(sorted(unknown))}; known are {', '.join(HEADERS)}"
        )
    _check(context, said)
    found: list[tuple[int, int]] = []
    there: list[int] = []

    def known(unit: Unit, lead_ids: Sequence[int]) -> None:
        for lead_id, words in described(unit.session, lead_ids).items():
            there.append(lead_id)
            if lead_id != join:
                raise Known(lead_id, words)
        if join not in (0, *lead_ids):
            raise WrongUse(f"--join {join}: this is not that lead, by e-mail, number or name")

    def arrive(unit: Unit, arrivals: list[tuple[int, int]]) -> None:
        near = lifecycle.newest_near(unit.session)
        if not arrivals and near:
            raise LooksAlike(tuple(near["leads"]), str(near["why"]))
        found.extend(arrivals)
        admit(context, unit, arrivals)

    with context.store.read() as session:
        country = country_code(said.get("country", ""))
        own = ours.whose(context, session, context.playbook(session), said, country)
    options = ImportOptions(offer, source or BY_HAND, event, name=BY_HAND, own=own)
    report = import_file(context, _row(context, said), options, admit=arrive, known=known)
    if report.rejected:
        raise WrongUse(f"this is no lead: {report.reasons[0].reason}")
    kind = "new" if report.new else "updated" if report.updated else "unchanged"
    return Added(
        found[0][0] if found else next(iter(there), 0), kind, report.batch, report.warnings
    )


def _check(context: Context, said: Mapping[str, str]) -> None:
    """What a file would pass over with a remark is refused: whoever typed it can mend it now."""
    country = country_code(said.get("country", "")) or context.settings.country
    for field in LIKE:
        text = said.get(field, "").strip()
        problems = read_emails(text)[1] if field == "email" else read_phones(text, country).problems
        for _, reason in problems if text else ():
            raise Unreadable(field, text, reason)


def _row(context: Context, said: Mapping[str, str]) -> Table:
    """What was said as a table of one row, so that each field passes the checks of a file's."""
    filled = {HEADERS[key]: value for key, value in said.items() if value.strip()}
    filled["Scanned At"] = f"{context.now():%Y-%m-%dT%H:%M:%SZ}"
    row = Row(1, tuple(filled.values()))
    return Table(tuple(filled), (row,), (), "", "")
