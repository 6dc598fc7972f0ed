"""Leads and responses that come one at a time: added by hand, or another inquiry by somebody
already known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.intake.admitting import admit, follow
from leadtui.desk.intake.files.identity import Directory, Person, person_of
from leadtui.desk.intake.files.joining import wants_company
from leadtui.desk.intake.files.known import firms_of, keys_of, people_of
from leadtui.desk.intake.files.neighbours import borrow
from leadtui.desk.intake.files.suppressing import suppressed
from leadtui.desk.intake.files.writing import Writing
from leadtui.desk.planning.planning import Planning
from leadtui.errors import WrongUse
from leadtui.sheets.incoming import IncomingLead
from leadtui.store import importing, leads
from leadtui.store.engine.tables import Response
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold


def respond(
    context: Context,
    lead_id: int,
    offer: str,
    *,
    source: str = "",
    event: str = "",
    at: datetime | None = None,
) -> int:
    """A lead that is known accepts another offer; a stronger one than what runs takes its place.
    Returns its id."""
    with context.write() as unit:
        sheet_of(context, unit.session, lead_id)
        return respond_in(context, unit, lead_id, offer, source=source, event=event, at=at)


def respond_in(
    context: Context,
    unit: Unit,
    lead_id: int,
    offer: str,
    *,
    source: str = "",
    event: str = "",
    at: datetime | None = None,
) -> int:
    """The same inside the caller's transaction."""
    offers = context.playbook(unit.session).offers
    if offer not in offers:
        raise WrongUse(f"--offer {offer!r} is unknown; the playbook has {', '.join(offers)}")
    response = Response(
        lead_id=lead_id,
        offer=offer,
        source=source,
        source_key=fold(source),
        event=event,
        event_key=fold(event),
        inquiry_at=at or unit.now,
        recorded_at=unit.now,
    )
    unit.session.add(response)
    unit.session.flush()
    leads.add_event(unit, lead_id, "response", code=offer, note=event)
    admit(context, unit, [(lead_id, int(response.id or 0))])
    unit.log(
        Event.RESPONSE_ADDED,
        subjects={"lead": lead_id, "response": response.id},
        codes={Code.OFFER: offer},
    )
    return int(response.id or 0)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a row that came by itself turned out to be: ``new``, ``updated`` or ``unchanged`` with
    its lead, or ``review``, which waits for a decision."""

    kind: str
    lead_id: int | None = None
    response_id: int | None = None
    blocked: bool = False
    """Whether a channel is closed to them from before."""


Made = dict[str, list[int]]
"""Table -> the first and last ids of each run of rows that were made."""


def bring_in(
    context: Context,
    unit: Unit,
    offer: str,
    rows: Sequence[IncomingLead],
    *,
    batch_id: int | None = None,
    ids: Made | None = None,
) -> list[Brought]:
    """Rows, matched and admitted as an import would, inside the caller's transaction; what each
    came to. ``ids`` is told which rows were made, so that ``batch_id`` can be taken back."""
    each = [suppressed(unit.session, [row]) for row in rows]
    rows, closed = [row for (row,), _ in each], [bool(said) for _, said in each]
    firms = firms_of(unit.session, rows)
    keys = importing.Keys(**keys_of(rows), companies=sorted(firms.values()))
    directory, whose = Directory(people_of(unit.session, keys)), []
    for row in rows:
        made = person_of(row)
        found = directory.match(made)
        made.near, made.why = found.near, found.why if found.near else ""
        whose.append(directory.join(found.person or made, made, row))
    writing = Writing(unit, offer, "USD", batch_id, firms)
    people = list({id(person): person for person in whose}.values())
    _write(unit, writing, people)
    arrivals = writing.finish(None)
    borrow(unit, [lead_id for lead_id, _ in arrivals])
    admit(context, unit, arrivals)
    for lead_id in writing.moved:
        if leads.open_touches(unit.session, lead_id):
            planning = Planning(context, unit)
            follow(planning, planning.sheet(lead_id))
    for table, ends in writing.made.items():
        (ids if ids is not None else {}).setdefault(table, []).extend(ends)
    responses = dict(arrivals)
    return [
        Brought("review", blocked=shut)
        if person.why
        else Brought(_kind(person), person.lead_id, responses.get(person.lead_id or 0), shut)
        for person, shut in zip(whose, closed, strict=True)
    ]


def _write(unit: Unit, writing: Writing, people: Sequence[Person]) -> None:
    """New leads, leads that are there, and questions."""
    there = [one for one in people if one.is_known]
    ids = [int(one.lead_id or 0) for one in there]
    responses, edited = importing.responses_of(unit.session, ids), {}
    if ids:
        edited = importing.edited_at(unit.session, ids)
    for one, lead_id in zip(there, ids, strict=True):
        one.since = max((told.inquiry_at for told in responses.get(lead_id, ())), default=None)
        one.edited = edited.get(lead_id)
    fresh = [one for one in people if not one.is_known and not one.why]
    named = [row for one in fresh for row in one.rows]
    named += [row for one in there for row in one.rows if wants_company(one, row)]
    writing.companies(named, fill=True)
    for one, lead_id in zip(there, ids, strict=True):
        writing.change(one, leads.lead(unit.session, lead_id), responses.get(lead_id, []))
    writing.make(fresh)
    writing.ask([one for one in people if one.why], "")


def _kind(person: Person) -> str:
    return "new" if not person.is_known else "unchanged" if person.idle else "updated"
