"""A new response: who owns the lead, which cadence it enters, and its first touch."""

from __future__ import annotations

from collections.abc import Iterable

from leadtui.cadence.personas import choose_cadence, persona_of
from leadtui.cadence.qualification import from_form
from leadtui.cadence.scoring import score
from leadtui.desk.context import Context
from leadtui.desk.facts import LeadSheet
from leadtui.desk.planning import Planning
from leadtui.store import floor, leads
from leadtui.store.tables import Rep, Response
from leadtui.store.unit_of_work import Unit


def admit(context: Context, unit: Unit, arrivals: Iterable[tuple[int, int]]) -> None:
    """Give each ``(lead id, response id)`` an owner, a cadence and a next touch, inside the caller's transaction."""
    planning = Planning(context, unit)
    team = [rep for rep in floor.reps(unit.session) if rep.role == "rep" and rep.active]
    loads = {rep.id: index for index, rep in enumerate(team)}
    for lead_id, response_id in arrivals:
        response = unit.session.get(Response, response_id)
        if response is not None:
            _admit_one(planning, planning.sheet(lead_id), response, team, loads)


def _admit_one(
    planning: Planning, sheet: LeadSheet, response: Response, team: list[Rep], loads: dict[int | None, int]
) -> None:
    unit, lead, book = planning.unit, sheet.lead, planning.book
    lead.persona = persona_of(lead.title, book.personas)
    if lead.status == "closed":
        lead.status, lead.closed_reason = "open", ""
        leads.add_event(unit, sheet.id, "lead.reopened", code=response.offer)
    lead.last_sign_of_life = response.inquiry_at
    place(sheet)
    _answers(planning, sheet, response)
    facts = sheet.conditions()
    lead.fit = score(book.scoring, "fit", facts, unit.now)[0]
    lead.engagement = score(book.scoring, "engagement", facts, unit.now)[0]
    if lead.owner_id is None:
        _distribute(sheet, response, team, loads)
    if lead.owner_id and response.assigned_at is None:
        response.assigned_at = unit.now
    name = choose_cadence(book, sheet.conditions(), unit.now)
    strength = book.cadences[name].strength
    live = leads.live_enrolments(unit.session, sheet.id)
    if all(planning.cadence_of(other).strength < strength for other in live):
        for other in live:
            planning.end(other, "stronger response")
        # Steps count from now on: a lead scanned last week is called today, though its SLA runs from the scan.
        planning.enrol(sheet, name, unit.now, response)
    else:
        leads.add_event(unit, sheet.id, "response.beside", code=response.offer)
    planning.settle(sheet)


def _answers(planning: Planning, sheet: LeadSheet, response: Response) -> None:
    """Qualification answers that the badge or form gave; what a rep has asked stands."""
    lead = sheet.lead
    for key, (answer, said) in from_form(planning.book.questions, response.qualifiers).items():
        if lead.qualification.get(key, {}).get("source") != "rep":
            given = {"answer": answer, "source": "form", "said": said, "at": response.inquiry_at.isoformat(), "by": ""}
            lead.qualification = {**lead.qualification, key: given}


def place(sheet: LeadSheet) -> None:
    """The lead's possible zones, from its address and number."""
    from leadtui.cadence.calling import possible_zones

    lead = sheet.lead
    phone = next(iter(sheet.phones), None)
    lead.zones = list(possible_zones(phone.number if phone else "", lead.country, lead.region, lead.confirmed_zone))


def _distribute(sheet: LeadSheet, response: Response, team: list[Rep], loads: dict[int | None, int]) -> None:
    """The booth's own rep where the badge names one, else whoever has the fewest new leads of this batch."""
    from leadtui.text import fold

    said = fold(response.scanned_by)
    known = next((rep for rep in team if said and said in {rep.name_key, rep.login, rep.name_key.split(" ")[0]}), None)
    at_work = [rep for rep in team if rep.away_until is None] or team
    chosen = known or min(at_work, key=lambda rep: loads[rep.id], default=None)
    if chosen is None:
        return
    loads[chosen.id] += len(team)
    sheet.lead.owner_id = chosen.id
