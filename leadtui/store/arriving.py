"""Arrivals read by the batch: leads that nothing was planned for yet, with all that planning asks
of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from leadtui.store.engine.tables import (
    Attempt,
    Company,
    EmailAddress,
    Enrolment,
    Lead,
    Phone,
    Response,
    Touch,
)
from leadtui.store.leads import blocked_numbers
from leadtui.store.screening import standings
from leadtui.store.suppression import suppressed_addresses


@dataclass(slots=True)
class Arrival:
    """A new lead with its only response; ``parts`` are what a sheet of it would read one by one."""

    lead: Lead
    response: Response
    parts: dict[str, Any] = field(default_factory=dict)
    quiet: set[str] = field(default_factory=set)
    """Its numbers that nobody dialed in the two days before."""


def load(session: Session, pairs: Sequence[tuple[int, int]]) -> list[Arrival]:
    """The arrivals among ``(lead id, response id)`` whose lead is new: open, one response, nothing
    planned."""
    session.flush()
    ids = sorted({lead_id for lead_id, _ in pairs})
    known = set(session.exec(select(Touch.lead_id).where(col(Touch.lead_id).in_(ids))).all())
    known |= set(
        session.exec(select(Enrolment.lead_id).where(col(Enrolment.lead_id).in_(ids))).all()
    )
    leads = {
        int(row.id or 0): row
        for row in session.exec(select(Lead).where(col(Lead.id).in_(ids))).all()
    }
    responses = _by_lead(session.exec(select(Response).where(col(Response.lead_id).in_(ids))).all())
    phones = _by_lead(
        session.exec(select(Phone).where(col(Phone.lead_id).in_(ids)).order_by(col(Phone.id))).all()
    )
    addresses = _by_lead(
        session.exec(
            select(EmailAddress)
            .where(col(EmailAddress.lead_id).in_(ids))
            .order_by(col(EmailAddress.id))
        ).all()
    )
    firms = {lead.company_id for lead in leads.values() if lead.company_id}
    companies = {
        row.id: row for row in session.exec(select(Company).where(col(Company.id).in_(firms))).all()
    }
    numbers = [phone.number for own in phones.values() for phone in own]
    blocked, dialed = blocked_numbers(session, numbers), _dialed(session, numbers)
    stand = standings(session, numbers)
    closed = suppressed_addresses(
        session, [one.address_key for own in addresses.values() for one in own]
    )
    found = []
    for lead_id in ids:
        lead, own = leads.get(lead_id), phones[lead_id]
        if (
            lead is None
            or lead_id in known
            or len(responses[lead_id]) != 1
            or lead.status != "open"
        ):
            continue
        parts = {
            "company": companies.get(lead.company_id),
            "phones": sorted(own, key=lambda phone: (phone.status != "ok", not phone.valid)),
            "addresses": sorted(addresses[lead_id], key=lambda address: address.status != "ok"),
            "responses": responses[lead_id],
            "blocked": {phone.number for phone in own} & blocked,
            "standings": stand,
            "suppressed": closed,
        }
        found.append(
            Arrival(lead, responses[lead_id][0], parts, {phone.number for phone in own} - dialed)
        )
    return found


def _by_lead(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(row)
    return found


def _dialed(session: Session, numbers: Sequence[str]) -> set[str]:
    """Those of ``numbers`` that were dialed in the two days before the newest dial of all."""
    newest = session.exec(
        select(Attempt.dialed_at).order_by(col(Attempt.id).desc()).limit(1)
    ).first()
    if newest is None:
        return set()
    since = newest - timedelta(days=2)
    dialed = select(Attempt.number).where(
        col(Attempt.number).in_(numbers), col(Attempt.dialed_at) >= since
    )
    return set(session.exec(dialed).all())
