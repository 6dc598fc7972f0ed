"""Several rows to one lead, and rows to a lead that is there: earliest scan, all notes, and only
what the file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from leadtui.desk.intake.files.identity import Person, agree, company_key, written_out
from leadtui.sheets.cells import key
from leadtui.sheets.incoming import ROWS, IncomingLead
from leadtui.store.engine.tables import Lead, Response

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
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
_HEADERS = {
    "full_name": "Full Name",
    "title": "Job Title",
    "company": "Company",
    "street": "Address",
    "city": "City",
    "region": "State",
    "postal_code": "Postal Code",
    "country": "Country",
    "website": "Website",
    "industry": "Industry",
    "employees": "Employees",
    "external_id": "Badge ID",
    "source": "Lead Source",
    "rating": "Rating",
    "inquiry_at": "Scanned At",
}
AS_GIVEN = " (as given)"
_ONCE = ("external_id", "source", "rating", "inquiry_at")
"""What a response holds once, be it said by several rows."""


def as_given(name: str) -> str:
    """The header under which a response keeps what its row said of a field, where the lead has
    another value."""
    return f"{_HEADERS[name]}{AS_GIVEN}"


def otherwise(row: IncomingLead, known: Mapping[str, Any]) -> dict[str, str]:
    """What a row says other than is known of its lead and company, by header; nothing where nothing
    is known."""
    said = {name: str(getattr(row, name) or "") for name in known}
    return {
        as_given(name): text
        for name, text in said.items()
        if text and key(text) != key(str(known[name] or ""))
    }


def known_of(lead: Lead, company: str) -> dict[str, Any]:
    """What ``otherwise`` compares with."""
    return {name: getattr(lead, name) for name in ("full_name", "title", *_ADDRESS)} | {
        "company": company
    }


def is_newer(row: IncomingLead, person: Person) -> bool:
    """Whether what a row says is no older than what is known of its lead; a row without a time is
    of today, and still does not undo what was written by hand."""
    if row.inquiry_at is None:
        return person.edited is None
    told = [at for at in (person.since, person.edited) if at is not None]
    return all(row.inquiry_at >= at for at in told)


def newest_first(rows: Sequence[IncomingLead]) -> Sequence[IncomingLead]:
    """The rows of one person, those without a time last."""
    if len(rows) == 1:
        return rows
    return sorted(rows, key=lambda row: row.inquiry_at or _LONG_AGO, reverse=True)


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


def new_responses(
    offer: str, rows: Iterable[IncomingLead], known: Iterable[Response]
) -> list[list[IncomingLead]]:
    """The responses that these rows of one person add to those that are known."""
    there = list(known)
    fresh = [row for row in rows if not any(same_response(offer, row, one) for one in there)]
    return grouped(offer, fresh)


def is_fuller(row: IncomingLead, name: str) -> bool:
    """Whether the row's name is the same as ``name`` with more of it written out."""
    said, known = key(row.full_name), key(name)
    named = bool(row.first_name and row.last_name)
    return named and said != known and agree(said, known) and written_out(said) > written_out(known)


def lead_values(rows: Sequence[IncomingLead]) -> tuple[Any, ...]:
    """The columns ``LEAD`` of a new lead: of each field the first row that says something."""
    named = next((row for row in rows if row.first_name or row.last_name), rows[0])
    for row in rows[1:]:
        named = row if is_fuller(row, named.full_name) else named
    rows = newest_first(rows)
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


def response_values(
    rows: Sequence[IncomingLead], now: datetime, known: Mapping[str, Any]
) -> tuple[Any, ...]:
    """The columns ``RESPONSE`` of a new one: the earliest scan, the best rating, all notes, answers
    and other cells, and what was said other than is ``known``."""
    first = rows[0]
    source, event = _first(rows, "source"), _first(rows, "event")
    if len(rows) == 1:
        extra = {**first.extra, **otherwise(first, known), ROWS: [first.digest]}
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
        _gather(gathered, otherwise(row, known))
        _gather(qualifiers, row.qualifiers)
    scanned = list(dict.fromkeys(row.scanned_by for row in rows if row.scanned_by))
    if len(scanned) > 1:
        gathered.setdefault("Scanned by", scanned)
    for name in _ONCE:
        said = list(dict.fromkeys(str(one) for row in rows if (one := getattr(row, name))))
        if len(said) > 1:
            gathered[as_given(name)] = said
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


def change_lead(lead: Lead, row: IncomingLead, *, newer: bool) -> bool:
    """Fill what the lead has not, and change what a row that is ``newer`` says otherwise; whether
    anything did. A name is only made fuller: another one is another person's."""
    changed = False
    moved = bool(row.country and lead.country and row.country != lead.country)
    elsewhere = any(
        getattr(row, name)
        and getattr(lead, name)
        and key(getattr(row, name)) != key(getattr(lead, name))
        for name in _ADDRESS
    )
    for name in ("title", *_ADDRESS):
        said, there = getattr(row, name), getattr(lead, name)
        if moved and newer and there and not said and name in _ADDRESS:
            setattr(lead, name, "")
        mine = newer or (not there and not (elsewhere and name in _ADDRESS))
        if said and mine and key(said) != key(there):
            setattr(lead, name, said)
            changed = True
    lead.title_key, lead.city_key = key(lead.title), key(lead.city)
    named = bool(lead.first_name or lead.last_name)
    if (row.first_name or row.last_name) and (not named or is_fuller(row, lead.full_name)):
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
    return changed


def wants_company(person: Person, row: IncomingLead) -> bool:
    """Whether the row names another company than the lead's, and is no older than what is known."""
    there = person.company
    named = bool(row.company) and company_key(row.company) != company_key(there)
    return named and (not there or is_newer(row, person))


def change_response(response: Response, row: IncomingLead, known: Mapping[str, Any]) -> bool:
    """Add to a known response what the row says beyond it; whether anything was."""
    before = (
        response.notes,
        response.rating,
        response.inquiry_at,
        response.qualifiers,
        response.extra,
    )
    more = {**row.extra, **otherwise(row, known)}
    if row.notes and row.notes not in response.notes:
        response.notes = f"{response.notes}\n{row.notes}".strip()
    if row.rating and row.rating != response.rating:
        newer = row.inquiry_at is None or row.inquiry_at >= response.inquiry_at
        last, first = (row.rating, response.rating) if newer else (response.rating, row.rating)
        response.rating = last or first
        if last and first:
            more[as_given("rating")] = first
    if row.inquiry_at is not None and row.inquiry_at < response.inquiry_at:
        response.inquiry_at = row.inquiry_at
    response.qualifiers = _changed(response.qualifiers, row.qualifiers)
    response.extra = _changed(response.extra, more)
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
    """What is known with what a later row says beside it; what it says of a list as a whole is
    nothing new."""
    merged = dict(known)
    new = {
        name: value
        for name, value in said.items()
        if not (isinstance(old := merged.get(name), list) and value == "; ".join(map(str, old)))
    }
    _gather(merged, new)
    return merged
