"""Several rows to one lead, and rows to a lead that is there: earliest scan, all notes, and only
what the file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.intake.files.identity import company_key
from leadtui.sheets.cells import key
from leadtui.sheets.incoming import IncomingLead
from leadtui.store.engine.tables import Lead, Response

ROWS = "#rows"
"""The key in a response's ``extra`` under which the fingerprints of its rows stand; it is not for
showing."""

_ADDRESS = ("street", "city", "region", "postal_code", "country")
LEAD = (
    "first_name last_name full_name name_key last_name_key title title_key street city "
    "city_key region postal_code "
    "country "
    "external_id source calls_consent calls_opt_out emails_opt_out"
)
RESPONSE = (
    "inquiry_at scanned_by rating notes source source_key event event_key external_id "
    "qualifiers extra"
)
_HEAT = ("hot", "warm", "cold", "")


def same_response(offer: str, row: IncomingLead, to: Response | IncomingLead) -> bool:
    """Whether a row speaks of a response that is known: the same event, else the same entry or
    about the same time."""
    if isinstance(to, Response) and to.offer != offer:
        return False
    if key(row.event) != key(to.event):
        return False
    if row.event or (row.external_id and row.external_id == to.external_id):
        return True
    if row.inquiry_at is None or to.inquiry_at is None:
        return True
    return abs(row.inquiry_at - to.inquiry_at) <= timedelta(days=1)


def grouped(offer: str, rows: Sequence[IncomingLead]) -> list[list[IncomingLead]]:
    """The rows of one person, by the response they speak of."""
    if len(rows) == 1:
        return [list(rows)]
    groups: list[list[IncomingLead]] = []
    for row in rows:
        group = next((known for known in groups if same_response(offer, row, known[0])), None)
        if group is None:
            groups.append([row])
        else:
            group.append(row)
    return groups


def lead_values(rows: Sequence[IncomingLead]) -> tuple[Any, ...]:
    """The columns ``LEAD`` of a new lead: of each field the first row that says something."""
    named = next((row for row in rows if row.first_name or row.last_name), rows[0])
    placed = next((row for row in rows if row.country or row.city or row.postal_code), rows[0])
    title, city = _first(rows, "title"), placed.city
    return (
        named.first_name,
        named.last_name,
        named.full_name,
        key(named.full_name),
        key(named.last_name),
        title,
        key(title),
        placed.street,
        city,
        key(city),
        placed.region,
        placed.postal_code,
        placed.country,
        _first(rows, "external_id"),
        _first(rows, "source"),
        any(row.calls_consent for row in rows),
        any(row.calls_opt_out for row in rows),
        any(row.emails_opt_out for row in rows),
    )


def response_values(rows: Sequence[IncomingLead], now: datetime) -> tuple[Any, ...]:
    """The columns ``RESPONSE`` of a new one: the earliest scan, the best rating, all notes, answers
    and other cells."""
    first = rows[0]
    source, event = _first(rows, "source"), _first(rows, "event")
    if len(rows) == 1:
        extra = {**first.extra, ROWS: [first.digest]}
        return (
            first.inquiry_at or now,
            first.scanned_by,
            first.rating,
            first.notes,
            source,
            key(source),
            event,
            key(event),
            first.external_id,
            first.qualifiers,
            extra,
        )
    earliest = min(rows, key=lambda row: row.inquiry_at or now)
    gathered: dict[str, Any] = {}
    qualifiers: dict[str, Any] = {}
    for row in rows:
        _gather(gathered, row.extra)
        _gather(qualifiers, row.qualifiers)
    scanned = list(dict.fromkeys(row.scanned_by for row in rows if row.scanned_by))
    if len(scanned) > 1:
        gathered.setdefault("Scanned by", scanned)
    gathered[ROWS] = [row.digest for row in rows]
    return (
        earliest.inquiry_at or now,
        earliest.scanned_by or (scanned[0] if scanned else ""),
        min((row.rating for row in rows), key=_HEAT.index),
        all_notes(rows),
        source,
        key(source),
        event,
        key(event),
        _first(rows, "external_id"),
        qualifiers,
        gathered,
    )


def all_notes(rows: Iterable[IncomingLead]) -> str:
    """Every note once; of several scanners each with the name of who wrote it."""
    said = [(row.scanned_by, row.notes) for row in rows if row.notes]
    several = len({by for by, _ in said if by}) > 1
    return "\n".join(
        dict.fromkeys(f"{by}: {note}" if several and by else note for by, note in said)
    )


def change_lead(lead: Lead, company: str, row: IncomingLead) -> bool:
    """Fill and change what the row names; whether anything did. The company is the caller's
    (``wants_company``)."""
    changed = False
    for name in ("title", *_ADDRESS):
        said = getattr(row, name)
        if said and key(said) != key(getattr(lead, name)):
            setattr(lead, name, said)
            changed = True
    lead.title_key, lead.city_key = key(lead.title), key(lead.city)
    if (row.first_name or row.last_name) and key(row.full_name) != lead.name_key:
        lead.full_name, lead.first_name, lead.last_name = (
            row.full_name,
            row.first_name,
            row.last_name,
        )
        lead.name_key, lead.last_name_key = key(row.full_name), key(row.last_name)
        changed = True
    for name in ("external_id", "source"):
        if getattr(row, name) and not getattr(lead, name):
            setattr(lead, name, getattr(row, name))
            changed = True
    for name in ("calls_consent", "calls_opt_out", "emails_opt_out"):
        if getattr(row, name) and not getattr(lead, name):
            setattr(lead, name, True)
            changed = True
    return changed or wants_company(company, row)


def wants_company(company: str, row: IncomingLead) -> bool:
    """Whether the row names another company than the lead's."""
    return bool(row.company) and company_key(row.company) != company_key(company)


def change_response(response: Response, row: IncomingLead) -> bool:
    """Add to a known response what the row says beyond it; whether anything was."""
    before = (
        response.notes,
        response.rating,
        response.inquiry_at,
        response.qualifiers,
        response.extra,
    )
    if row.notes and row.notes not in response.notes:
        response.notes = f"{response.notes}\n{row.notes}".strip()
    if row.rating:
        response.rating = row.rating
    if row.inquiry_at is not None and row.inquiry_at < response.inquiry_at:
        response.inquiry_at = row.inquiry_at
    response.qualifiers = _changed(response.qualifiers, row.qualifiers)
    response.extra = _changed(response.extra, row.extra)
    return before != (
        response.notes,
        response.rating,
        response.inquiry_at,
        response.qualifiers,
        response.extra,
    )


def remember(response: Response, row: IncomingLead) -> None:
    """Keep the row's fingerprint with its response, so that the same row says nothing new another
    time."""
    known = response.extra.get(ROWS, ())
    if row.digest not in known:
        response.extra = {**response.extra, ROWS: [*known, row.digest]}


def _first(rows: Sequence[IncomingLead], name: str) -> Any:
    if len(rows) == 1:
        return getattr(rows[0], name)
    return next((said for row in rows if (said := getattr(row, name))), "")


def _gather(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Join answers under one question: what differs becomes a list."""
    for name, value in more.items():
        if name not in into:
            into[name] = value
            continue
        known = into[name] if isinstance(into[name], list) else [into[name]]
        added = [
            item for item in (value if isinstance(value, list) else [value]) if item not in known
        ]
        if added:
            into[name] = [*known, *added]


def _changed(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is known with what a later row says; where it says something that is in a list already,
    the list stays."""
    merged = dict(known)
    for name, value in said.items():
        old = merged.get(name)
        if isinstance(old, list) and (
            value in old or (isinstance(value, list) and all(item in old for item in value))
        ):
            continue
        merged[name] = value
    return merged
