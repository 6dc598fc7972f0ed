"""Those who may be the same person, as somebody who decides it sees them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadtui.desk.core.facts import sheet_of

if TYPE_CHECKING:
    from leadtui.desk.core.context import Context
    from leadtui.desk.intake.files.identity import Match, Person
    from leadtui.sheets.incoming import IncomingLead

NEW = 0
"""The decision that a row is somebody new; any other number is what ``number`` gives."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of those who may be the same person; ``lead`` is 0 for the rows of the file."""

    lead: int
    name: str
    title: str
    company: str
    place: str
    emails: tuple[str, ...]
    numbers: tuple[str, ...]
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that is near to others, before it is brought in; ``others`` are (number, side)."""

    line: int
    why: str
    incoming: Side
    others: tuple[tuple[int, Side], ...]


def number(person: Person) -> int:
    """How a decision names somebody: a lead by its id, a row of the file by its line below zero."""
    return person.lead_id if person.is_known and person.lead_id else -person.rows[0].line


def chosen(found: Match, decided: int | None) -> Person | None:
    """Whom a decision names of those a row is near to; nobody where they are not among them."""
    return next((one for one in found.near if number(one) == decided), None)


def doubt(context: Context, session: Any, line: int, made: Person, found: Match) -> Doubt:
    """A row beside those it is near to."""
    row = next(one for one in made.rows if one.line == line)
    others = tuple(
        (number(one), side_of_lead(context, session, int(one.lead_id or 0)))
        if one.is_known
        else (number(one), side_of_rows(one.rows))
        for one in found.near
    )
    return Doubt(line, found.why, side_of_rows([row]), others)


def side_of_rows(rows: Sequence[IncomingLead]) -> Side:
    """Rows of a file that are one person."""
    first = rows[0]
    emails = dict.fromkeys(address for row in rows for address in row.emails)
    numbers = dict.fromkeys(phone.number for row in rows for phone in row.phones)
    place = ", ".join(filter(None, (first.city, first.region, first.country)))
    return Side(
        0, first.full_name, first.title, first.company, place, tuple(emails), tuple(numbers)
    )


def side_of_lead(context: Context, session: Any, lead_id: int) -> Side:
    """A lead of the floor."""
    sheet = sheet_of(context, session, lead_id)
    lead = sheet.lead
    return Side(
        lead=lead_id,
        name=lead.full_name,
        title=lead.title,
        company=sheet.company.name if sheet.company else "",
        place=", ".join(filter(None, (lead.city, lead.region, lead.country))),
        emails=tuple(one.address for one in sheet.addresses),
        numbers=tuple(one.number for one in sheet.phones),
        owner=lead.owner_id,
    )
