"""Arrivals read by the batch: leads that nothing was planned for yet, with all that planning asks
of them; as plain values, since rows of the ORM by the hundred thousand take ten times as long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect, select
from sqlmodel import Session, SQLModel, col

from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import (
    Attempt,
    Company,
    DatedRule,
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
from leadtui.text import words

_LEAD = words(
    "id title title_key persona company_id owner_id city city_key region region_key country "
    "language zones confirmed_zone status pipeline stage fit engagement warm_at half_life "
    "qualification calls_opt_out emails_opt_out calls_consent last_sign_of_life last_contact_at "
    "dates created_at"
)
_RESPONSE = words(
    "id lead_id offer source_key event_key rating inquiry_at recorded_at scanned_by qualifiers "
    "sla_minutes sla_due assigned_at first_attempt_at"
)
_COMPANY = words("id name_key industry_key employees revenue_minor existing_customer")


@dataclass(slots=True)
class Arrival:
    """A new lead with its only response; ``parts`` are what a sheet of it would read one by one."""

    lead: Any
    response: Any
    parts: dict[str, Any] = field(default_factory=dict)
    quiet: bool = True
    """Nobody dialed its numbers in the two days before."""


def load(session: Session, pairs: Sequence[tuple[int, int]]) -> list[Arrival]:
    """The arrivals among ``(lead id, response id)`` whose lead is new: open, one response, nothing
    planned."""
    session.flush()
    ids = sorted({lead_id for lead_id, _ in pairs})
    known: set[int] = set()
    for model in (Touch, Enrolment, DatedRule):
        known.update(row[0] for row in _of(session, model, "lead_id", ids, ("lead_id",)))
    leads = {row[0]: row for row in _of(session, Lead, "id", ids, _LEAD)}
    responses = _by_lead(_of(session, Response, "lead_id", ids, _RESPONSE), _RESPONSE)
    phones = _by_lead(_of(session, Phone, "lead_id", ids, _PHONE), _PHONE)
    addresses = _by_lead(_of(session, EmailAddress, "lead_id", ids, _ADDRESS), _ADDRESS)
    firms = {row[_FIRM] for row in leads.values() if row[_FIRM]}
    companies = {
        row[0]: _plain(_COMPANY, row)
        for row in _of(session, Company, "id", sorted(firms), _COMPANY)
    }
    numbers = [phone.number for own in phones.values() for phone in own]
    blocked, dialed = blocked_numbers(session, numbers), _dialed(session, numbers)
    stand = standings(session, numbers)
    closed = suppressed_addresses(
        session, [one.address_key for own in addresses.values() for one in own]
    )
    found = []
    for lead_id in ids:
        row = leads.get(lead_id)
        if row is None or lead_id in known or len(responses[lead_id]) != 1:
            continue
        lead = _plain(_LEAD, row)
        if lead.status != "open":
            continue
        own = phones[lead_id]
        parts = {
            "company": companies.get(lead.company_id),
            "phones": sorted(own, key=_usable) if len(own) > 1 else own,
            "addresses": sorted(addresses[lead_id], key=lambda address: address.status != "ok"),
            "responses": responses[lead_id],
            "blocked": {phone.number for phone in own if phone.number in blocked},
            "standings": stand,
            "suppressed": closed,
            "signs": (),
        }
        quiet = not dialed or all(phone.number not in dialed for phone in own)
        found.append(Arrival(lead, responses[lead_id][0], parts, quiet))
    return found


_PHONE = words("id lead_id number status valid")
_ADDRESS = words("id lead_id address_key status")
_FIRM = _LEAD.index("company_id")


def _of(
    session: Session, model: type[SQLModel], key: str, ids: Sequence[int], names: Sequence[str]
) -> Iterator[Any]:
    """Columns of the rows whose ``key`` is one of ``ids``, by id."""
    columns: Any = model.__table__.c  # type: ignore[attr-defined]
    asked = select(*(columns[name] for name in names))
    connection = session.connection()
    for some in pieces(ids):
        yield from connection.execute(asked.where(columns[key].in_(some)).order_by(columns.id))


def _plain(names: Sequence[str], row: Iterable[Any]) -> Any:
    return SimpleNamespace(**dict(zip(names, row, strict=True)))


def _usable(phone: Any) -> tuple[bool, bool]:
    return phone.status != "ok", not phone.valid


def _by_lead(rows: Iterable[Any], names: Sequence[str]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(_plain(names, row))
    return found


def _dialed(session: Session, numbers: Sequence[str]) -> set[str]:
    """Those of ``numbers`` that were dialed in the two days before the newest dial of all."""
    newest = session.execute(
        select(col(Attempt.dialed_at)).order_by(col(Attempt.id).desc()).limit(1)
    ).scalar()
    if newest is None:
        return set()
    since = newest - timedelta(days=2)
    found: set[str] = set()
    for some in pieces(numbers):
        dialed = select(col(Attempt.number)).where(
            col(Attempt.number).in_(some), col(Attempt.dialed_at) >= since
        )
        found.update(session.execute(dialed).scalars())
    return found


def forget(session: Session, model: type[SQLModel], ids: Iterable[int]) -> None:
    """Let a session read these rows anew, where it has any: they were changed past it."""
    changed = set(ids)
    for one in list(session.identity_map.values()):
        if isinstance(one, model) and inspect(one).identity[0] in changed:
            session.expire(one)
