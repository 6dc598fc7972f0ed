"""Whom the floor knows of the people of some rows, and their companies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leadtui.desk.intake.files.identity import Person, company_key
from leadtui.sheets.cells import key
from leadtui.store import importing as rows_of

if TYPE_CHECKING:
    from leadtui.sheets.incoming import IncomingLead


def keys_of(leads: Sequence[IncomingLead]) -> dict[str, Any]:
    """By what these rows could be known."""
    return {
        "emails": sorted({key(address) for row in leads for address in row.emails}),
        "numbers": sorted({phone.number for row in leads for phone in row.phones}),
        "names": sorted({key(row.full_name) for row in leads if row.first_name or row.last_name}),
    }


def firms_of(session: Any, leads: Sequence[IncomingLead]) -> dict[str, int]:
    """The companies that these rows name and the floor knows under any spelling, company key ->
    id."""
    wanted = {company_key(name) for name in {row.company for row in leads if row.company}}
    firms: dict[str, int] = {}
    for company_id, name in rows_of.companies_like(session, sorted({firm[:4] for firm in wanted})):
        if (firm := company_key(name)) in wanted:
            firms.setdefault(firm, company_id)
    return firms


def people_of(session: Any, keys: rows_of.Keys) -> list[Person]:
    """The floor's leads that any of these rows could be."""
    return [
        Person(
            one.full_name,
            one.name_key,
            one.last_key,
            company_key(one.company),
            one.emails,
            one.numbers,
            one.lead_id,
            one.company,
            one.title_key,
            frozenset(one.emails),
            frozenset(one.numbers),
            is_known=True,
        )
        for one in rows_of.known_people(session, keys)
    ]
