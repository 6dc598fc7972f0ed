"""Near duplicates of an import, side by side, and the decision: somebody new, or a lead that is
there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.intake.admitting import admit, follow
from leadtui.desk.intake.consenting import record
from leadtui.desk.intake.files.identity import Person, company_key, person_of
from leadtui.desk.intake.files.known import firms_of
from leadtui.desk.intake.files.sides import Side, side_of_lead, side_of_rows
from leadtui.desk.intake.files.writing import Writing
from leadtui.desk.planning.planning import Planning
from leadtui.errors import NotFound, Refused
from leadtui.sheets.incoming import IncomingLead
from leadtui.sheets.phones import PhoneNumberRead
from leadtui.store import batches as rows
from leadtui.store import importing
from leadtui.store.engine.tables import ImportBatch, Lead, Matter
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.leads import open_touches

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of it are done, and of how many."""
_FIELDS = frozenset(field.name for field in fields(IncomingLead))


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A matter: is this row one of these leads?"""

    question: int
    batch: int | None
    why: str
    lines: tuple[int, ...]
    due: datetime
    incoming: Side
    leads: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision came to."""

    question: int
    lead: int
    new: bool
    left: int
    """Near duplicates that still wait."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What deciding many alike came to: by what evidence, how many, and how many of them are near
    to several leads and so were left."""

    why: str
    decided: int
    unclear: int
    left: int
    """Near duplicates that still wait."""

    def told(self) -> str:
        """The same in words."""
        several = f"; {self.unclear} are near to several leads and wait" if self.unclear else ""
        return f"{self.decided} more were told alike ({self.why}){several}."


def waiting(context: Context) -> tuple[NearDuplicate, ...]:
    """Near duplicates that wait for a decision, oldest first."""
    with context.store.read() as session:
        return tuple(_view(context, session, matter) for matter in rows.near_matters(session))


def accept_as_new(context: Context, question_id: int) -> Decided:
    """It is somebody new: a lead of its own. Supervisors and marketers."""
    return _decide(context, question_id, None)


def same_as(context: Context, question_id: int, lead_id: int) -> Decided:
    """It is this lead: what the rows say goes to it. Supervisors and marketers."""
    return _decide(context, question_id, lead_id)


def decide_alike(
    context: Context, question_id: int, *, new: bool, progress: Progress | None = None
) -> Alike:
    """Decide every near duplicate that waits by the same evidence as this one, each in its own
    transaction: all are somebody new, or each is the one lead that it is near to. Supervisors and
    marketers."""
    people.require(context, "deciding near duplicates", "supervisor", "marketer")
    with context.store.read() as session:
        matter = session.get(Matter, question_id)
        if matter is None or matter.kind != rows.NEAR:
            raise NotFound(
                f"there is no near duplicate {question_id}; 'leadtui batch review' lists them"
            )
        why, matters = str(matter.data["why"]), rows.near_matters(session)
        alike = [(int(one.id or 0), one.data["leads"]) for one in matters if one.data["why"] == why]
    clear = [one for one in alike if new or len(one[1]) == 1]
    for count, (question, leads) in enumerate(clear, 1):
        _decide(context, question, None if new else leads[0])
        if progress is not None:
            progress("deciding", count, len(clear))
    unclear = len(alike) - len(clear)
    return Alike(why, len(clear), unclear, len(matters) - len(clear))


def _decide(context: Context, question_id: int, lead_id: int | None) -> Decided:
    people.require(context, "deciding near duplicates", "supervisor", "marketer")
    with context.write() as unit:
        matter = unit.session.get(Matter, question_id)
        if matter is None or matter.kind != rows.NEAR:
            raise NotFound(
                f"there is no near duplicate {question_id}; 'leadtui batch review' lists them"
            )
        if matter.answered_at is not None:
            raise Refused(
                "answered", f"near duplicate {question_id} was decided already ({matter.answer})"
            )
        batch = unit.session.get(ImportBatch, matter.data.get("batch") or 0)
        incoming = [_row(one) for one in matter.data["rows"]]
        found = _bring(context, unit, batch, matter, incoming, lead_id)
        for row in incoming:
            record(context, unit, found, row)
        matter.answered_at, matter.answered_by = unit.now, context.identity.id
        matter.answer = "new" if lead_id is None else f"same as {lead_id}"
        unit.log(
            Event.NEAR_DUPLICATE_ANSWERED,
            subjects={"lead": found, "question": question_id, "batch": matter.data.get("batch")},
            after={"lead": found},
            codes={Code.ANSWER: "new" if lead_id is None else "same"},
        )
        unit.session.flush()
        left = len(rows.near_matters(unit.session))
        # A lead that waited for this decision alone needs its next step now.
        planning = Planning(context, unit)
        if matter.lead_id and matter.lead_id != found:
            planning.settle(planning.sheet(matter.lead_id))
    return Decided(question_id, found, lead_id is None, left)


def _bring(
    context: Context,
    unit: Unit,
    batch: ImportBatch | None,
    matter: Matter,
    incoming: list[IncomingLead],
    lead_id: int | None,
) -> int:
    """Write the rows as the import would have; returns the lead they are now."""
    firms = firms_of(unit.session, incoming)
    offer = str(matter.data.get("offer") or (batch.offer if batch else "trade-show"))
    writing = Writing(
        unit, offer, batch.currency if batch else "USD", batch.id if batch else None, firms
    )
    writing.companies(incoming, fill=True)
    if lead_id is None:
        person = person_of(incoming[0])
        person.rows = incoming
        writing.make([person])
    else:
        person, lead = _known(context, unit, lead_id, incoming)
        responses = importing.responses_of(unit.session, [lead_id]).get(lead_id, [])
        person.since = max((told.inquiry_at for told in responses), default=None)
        person.edited = importing.edited_at(unit.session, [lead_id]).get(lead_id)
        writing.change(person, lead, responses)
    admit(context, unit, writing.finish(None))
    if writing.moved and open_touches(unit.session, writing.moved[0]):
        planning = Planning(context, unit)
        follow(planning, planning.sheet(writing.moved[0]))
    return int(person.lead_id or 0)


def _known(
    context: Context, unit: Unit, lead_id: int, incoming: list[IncomingLead]
) -> tuple[Person, Lead]:
    sheet = sheet_of(context, unit.session, lead_id)
    if sheet.lead.status in {"merged", "erased"}:
        raise Refused("not_open", f"lead {lead_id} was {sheet.lead.status}; choose another")
    emails = {one.address_key for one in sheet.addresses}
    numbers = {one.number for one in sheet.phones}
    company = sheet.company.name if sheet.company else ""
    lead = sheet.lead
    person = Person(
        lead.full_name,
        lead.name_key,
        lead.last_name_key,
        company_key(company),
        emails,
        numbers,
        lead_id,
        company,
        lead.title_key,
        frozenset(emails),
        frozenset(numbers),
        is_known=True,
        rows=incoming,
    )
    return person, lead


def _row(said: dict[str, Any]) -> IncomingLead:
    """A row as it was kept with the matter."""
    values = {name: value for name, value in said.items() if name in _FIELDS}
    values["emails"] = tuple(values.get("emails", ()))
    values["phones"] = tuple(PhoneNumberRead(**one) for one in values.get("phones", ()))
    at = values.get("inquiry_at")
    values["inquiry_at"] = datetime.fromisoformat(at) if at else None
    return IncomingLead(**values)


def _view(context: Context, session: Any, matter: Matter) -> NearDuplicate:
    said = matter.data
    incoming = [_row(one) for one in said["rows"]]
    return NearDuplicate(
        question=int(matter.id or 0),
        batch=said.get("batch"),
        why=str(said.get("why", "")),
        lines=tuple(said.get("lines", ())),
        due=matter.due,
        incoming=side_of_rows(incoming),
        leads=tuple(side_of_lead(context, session, lead_id) for lead_id in said.get("leads", ())),
    )
