"""Near duplicates of an import, side by side, and the decision: somebody new, or a lead that is
there."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.lead_views import sheet_of
from leadtui.desk.intake.admitting import admit
from leadtui.desk.intake.files.identity import Person, company_key, person_of
from leadtui.desk.intake.files.writing import Writing
from leadtui.desk.planning.planning import Planning
from leadtui.errors import NotFound, Refused
from leadtui.sheets.incoming import IncomingLead
from leadtui.sheets.phones import PhoneNumberRead
from leadtui.store import batches as rows
from leadtui.store import importing
from leadtui.store.engine.tables import ImportBatch, Lead, Question
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

_FIELDS = frozenset(field.name for field in fields(IncomingLead))


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
class NearDuplicate:
    """A question: is this row one of these leads?"""

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


def waiting(context: Context) -> tuple[NearDuplicate, ...]:
    """Near duplicates that wait for a decision, oldest first."""
    with context.store.read() as session:
        return tuple(_view(session, question) for question in rows.near_questions(session))


def accept_as_new(context: Context, question_id: int) -> Decided:
    """It is somebody new: a lead of its own. Supervisors and marketers."""
    return _decide(context, question_id, None)


def same_as(context: Context, question_id: int, lead_id: int) -> Decided:
    """It is this lead: what the rows say goes to it. Supervisors and marketers."""
    return _decide(context, question_id, lead_id)


def _decide(context: Context, question_id: int, lead_id: int | None) -> Decided:
    people.require(context, "deciding near duplicates", "supervisor", "marketer")
    with context.write() as unit:
        question = unit.session.get(Question, question_id)
        if question is None or question.kind != rows.NEAR:
            raise NotFound(
                f"there is no near duplicate {question_id}; 'leadtui batch review' lists them"
            )
        if question.answered_at is not None:
            raise Refused(
                "answered", f"near duplicate {question_id} was decided already ({question.answer})"
            )
        batch = unit.session.get(ImportBatch, question.data.get("batch") or 0)
        incoming = [_row(one) for one in question.data["rows"]]
        found = _bring(context, unit, batch, question, incoming, lead_id)
        question.answered_at, question.answered_by = unit.now, context.identity.id
        question.answer = "new" if lead_id is None else f"same as {lead_id}"
        unit.log(
            Event.NEAR_DUPLICATE_ANSWERED,
            subjects={"lead": found, "question": question_id, "batch": question.data.get("batch")},
            after={"lead": found},
            codes={Code.ANSWER: "new" if lead_id is None else "same"},
        )
        unit.session.flush()
        left = len(rows.near_questions(unit.session))
        # A lead that waited for this decision alone needs its next step now.
        planning = Planning(context, unit)
        if question.lead_id and question.lead_id != found:
            planning.settle(planning.sheet(question.lead_id))
    return Decided(question_id, found, lead_id is None, left)


def _bring(
    context: Context,
    unit: Unit,
    batch: ImportBatch | None,
    question: Question,
    incoming: list[IncomingLead],
    lead_id: int | None,
) -> int:
    """Write the rows as the import would have; returns the lead they are now."""
    firms = _firms(unit, incoming)
    offer = str(question.data.get("offer") or (batch.offer if batch else "trade-show"))
    writing = Writing(
        unit, offer, batch.currency if batch else "USD", int((batch.id if batch else 0) or 0), firms
    )
    writing.companies(incoming, fill=True)
    if lead_id is None:
        person = person_of(incoming[0])
        person.rows = incoming
        writing.make([person])
    else:
        person, lead = _known(unit, lead_id, incoming)
        writing.change(
            person,
            lead,
            person.company,
            importing.responses_of(unit.session, [lead_id]).get(lead_id, []),
        )
    admit(context, unit, writing.finish(None))
    return int(person.lead_id or 0)


def _known(unit: Unit, lead_id: int, incoming: list[IncomingLead]) -> tuple[Person, Lead]:
    sheet = sheet_of(unit.session, lead_id)
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
        frozenset(emails),
        frozenset(numbers),
        incoming,
    )
    return person, lead


def _firms(unit: Unit, incoming: list[IncomingLead]) -> dict[str, int]:
    """The companies that the rows name and the floor knows."""
    wanted = {company_key(row.company) for row in incoming if row.company}
    firms: dict[str, int] = {}
    for company_id, name in importing.companies_like(
        unit.session, sorted({firm[:4] for firm in wanted})
    ):
        if (firm := company_key(name)) in wanted:
            firms.setdefault(firm, company_id)
    return firms


def _row(said: dict[str, Any]) -> IncomingLead:
    """A row as it was kept with the question."""
    values = {name: value for name, value in said.items() if name in _FIELDS}
    values["emails"] = tuple(values.get("emails", ()))
    values["phones"] = tuple(PhoneNumberRead(**one) for one in values.get("phones", ()))
    at = values.get("inquiry_at")
    values["inquiry_at"] = datetime.fromisoformat(at) if at else None
    return IncomingLead(**values)


def _view(session: Any, question: Question) -> NearDuplicate:
    said = question.data
    incoming = [_row(one) for one in said["rows"]]
    first = incoming[0]
    emails = dict.fromkeys(address for row in incoming for address in row.emails)
    numbers = dict.fromkeys(phone.number for row in incoming for phone in row.phones)
    place = ", ".join(filter(None, (first.city, first.region, first.country)))
    side = Side(
        0, first.full_name, first.title, first.company, place, tuple(emails), tuple(numbers)
    )
    return NearDuplicate(
        question=int(question.id or 0),
        batch=said.get("batch"),
        why=str(said.get("why", "")),
        lines=tuple(said.get("lines", ())),
        due=question.due,
        incoming=side,
        leads=tuple(_side(session, lead_id) for lead_id in said.get("leads", ())),
    )


def _side(session: Any, lead_id: int) -> Side:
    sheet = sheet_of(session, lead_id)
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
