"""A new response: who owns the lead, which cadence it enters, and its first touch."""

from __future__ import annotations

from collections.abc import Iterable

from leadtui.cadence.model import EnrolmentState, Finished, Planned
from leadtui.cadence.personas import choose_cadence, persona_of, sla_minutes
from leadtui.cadence.qualification import from_form
from leadtui.cadence.ranking import FAST_SLA
from leadtui.cadence.schedule import plan_next
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.distribution.assigning import stand_in
from leadtui.desk.distribution.eligibility import gets_leads, is_away
from leadtui.desk.planning.fulfilling import plan_kits
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.scoring import rescore
from leadtui.store import arriving, floor, leads
from leadtui.store.engine.tables import Enrolment, Rep, Response
from leadtui.store.engine.twins import twin
from leadtui.store.engine.unit_of_work import Unit

BATCH = 1_000
"""How many arrivals are read and planned together."""


def admit(
    context: Context,
    unit: Unit,
    arrivals: Iterable[tuple[int, int]],
    loads: dict[int | None, int] | None = None,
) -> None:
    """Give each ``(lead id, response id)`` an owner, a cadence and a next touch, inside the
    caller's transaction. ``loads`` keeps who got how many from one part of a file to the next.

    Leads that nothing was ever planned for are planned in batches; the rest one by one."""
    pairs = list(arrivals)
    planning = Planning(context, unit)
    team = list(filter(gets_leads, floor.reps(unit.session)))
    loads = {} if loads is None else loads
    for index, rep in enumerate(team):
        loads.setdefault(rep.id, index)
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        fresh = arriving.load(unit.session, part) if len(part) > 1 else []
        done = _admit_fresh(planning, fresh, team, loads)
        for lead_id, response_id in part:
            response = unit.session.get(Response, response_id) if response_id not in done else None
            if response is not None:
                _admit_one(planning, planning.sheet(lead_id), response, team, loads)
        plan_kits(planning, part)


def _admit_one(
    planning: Planning,
    sheet: LeadSheet,
    response: Response,
    team: list[Rep],
    loads: dict[int | None, int],
) -> None:
    unit, lead, book = planning.unit, sheet.lead, planning.book
    if lead.status == "closed":
        lead.status, lead.closed_reason = "open", ""
        leads.add_event(unit, sheet.id, "lead.reopened", code=response.offer)
    name = _prepare(planning, sheet, response, team, loads)
    strength = book.cadences[name].strength
    live = leads.live_enrolments(unit.session, sheet.id)
    if all(planning.cadence_of(other).strength < strength for other in live):
        for other in live:
            planning.end(other, "stronger response")
        # Steps count from now on: a lead scanned last week is called today, though its SLA runs
        # from the scan.
        planning.enrol(sheet, name, unit.now, response)
    else:
        leads.add_event(unit, sheet.id, "response.beside", code=response.offer)
    _not_alone(planning, sheet, name)
    planning.settle(sheet)


def _not_alone(planning: Planning, sheet: LeadSheet, name: str) -> None:
    """A hot response of somebody's who is away, and whom nobody covers, does not wait for them."""
    owner = planning.rep_of(sheet)
    if owner is None or owner.cover_id is not None or not is_away(owner, planning.unit.now):
        return
    facts = sheet.conditions(cadence=name)
    minutes, _ = sla_minutes(planning.book, facts, planning.unit.now)
    if 0 < minutes <= FAST_SLA:
        planning.unit.session.flush()
        stand_in(planning, sheet, owner)


def _prepare(
    planning: Planning,
    sheet: LeadSheet,
    response: Response,
    team: list[Rep],
    loads: dict[int | None, int],
) -> str:
    """Everything a response tells about a lead, and who owns it; returns the cadence that the tree
    chooses."""
    unit, lead, book = planning.unit, sheet.lead, planning.book
    lead.persona = persona_of(lead.title, book.personas)
    lead.last_sign_of_life = max(response.inquiry_at, lead.last_sign_of_life or response.inquiry_at)
    place(sheet)
    _answers(planning, sheet, response)
    rescore(sheet, book, unit.now)
    if lead.owner_id is None:
        _distribute(sheet, response, team, loads)
    if lead.owner_id and response.assigned_at is None:
        response.assigned_at = unit.now
    facts = sheet.conditions()
    if lead.pipeline == "marketing":
        offer = book.offers.get(response.offer)
        ready = (offer is not None and offer.at_once) or facts["score"](
            unit.now
        ) >= book.floor.mql_score
        lead.stage = "mql" if ready else "nurturing"
    return choose_cadence(book, facts, unit.now)


def _admit_fresh(
    planning: Planning,
    fresh: Iterable[arriving.Arrival],
    team: list[Rep],
    loads: dict[int | None, int],
) -> set[int]:
    """Plan the first touch of leads that have none; returns the responses that are done.

    A lead whose first step is passed over is left to the slower way, which tells why and what
    follows."""
    unit = planning.unit
    planned: list[tuple[LeadSheet, Enrolment, Planned]] = []
    calendars = {rep.id: planning.context.calendar(planning.book, rep) for rep in team}
    nobody = planning.context.calendar(planning.book, None)
    with unit.untracked():
        for arrival in fresh:
            sheet = planning.sheet(int(arrival.lead.id or 0))
            sheet.__dict__ |= arrival.parts | {"signs": ()}
            planning.front.quiet_numbers |= arrival.quiet
            name = _prepare(planning, sheet, arrival.response, team, loads)
            cadence, calendar = (
                planning.book.cadences[name],
                calendars.get(sheet.lead.owner_id, nobody),
            )
            planning.name_dates(sheet, cadence, min(unit.now, arrival.response.inquiry_at))
            facts = sheet.facts(cadence=name)
            found = plan_next(cadence, EnrolmentState(name, unit.now), facts, calendar, unit.now)
            if isinstance(found, Finished) or found.skipped:
                continue
            enrolment = Enrolment(
                lead_id=sheet.id,
                cadence=name,
                goal=cadence.goal,
                playbook_hash=unit.playbook_hash,
                response_id=arrival.response.id,
                anchor=unit.now,
                created_at=unit.now,
            )
            unit.session.add(enrolment)
            planned.append((sheet, enrolment, found))
        unit.session.flush()
        for sheet, enrolment, found in planned:
            touch = planning.touch_of(sheet, enrolment, found, found.due, found.moved_because)
            touch.state = "open"
            planning.front.rank_facts(sheet, touch)
    return {int(enrolment.response_id or 0) for _, enrolment, _ in planned}


def _answers(planning: Planning, sheet: LeadSheet, response: Response) -> None:
    """Qualification answers that the badge or form gave; what a rep has asked stands."""
    lead = sheet.lead
    for key, (answer, said) in from_form(planning.book.questions, response.qualifiers).items():
        if lead.qualification.get(key, {}).get("source") != "rep":
            given = {
                "answer": answer,
                "source": "form",
                "said": said,
                "at": response.inquiry_at.isoformat(),
                "by": "",
            }
            lead.qualification = {**lead.qualification, key: given}


def follow(planning: Planning, sheet: LeadSheet) -> None:
    """Everything that is worked out from what a lead is, after that was changed."""
    sheet.lead.persona = persona_of(sheet.lead.title, planning.book.personas)
    place(sheet)
    rescore(sheet, planning.book, planning.unit.now)
    if sheet.lead.status == "open":
        planning.settle(sheet)


def place(sheet: LeadSheet) -> None:
    """The lead's possible zones, from its address and number."""
    from leadtui.cadence.gate.calling import possible_zones

    lead = sheet.lead
    phone = next(iter(sheet.phones), None)
    lead.region_key = twin(lead.region)
    lead.zones = list(
        possible_zones(
            phone.number if phone else "", lead.country, lead.region, lead.confirmed_zone, lead.city
        )
    )


def _distribute(
    sheet: LeadSheet, response: Response, team: list[Rep], loads: dict[int | None, int]
) -> None:
    """The booth's own rep where the badge names one, else whoever has the fewest new leads of this
    batch."""
    from leadtui.text import fold

    said = fold(response.scanned_by)
    known = next(
        (
            rep
            for rep in team
            if said
            and said in {rep.name_key, rep.login, rep.name_key.split(" ")[0]}
            and (rep.cover_id or not is_away(rep, response.recorded_at))
        ),
        None,
    )
    at_work = [rep for rep in team if not is_away(rep, response.recorded_at)] or team
    chosen = known or min(at_work, key=lambda rep: loads[rep.id], default=None)
    if chosen is None:
        return
    loads[chosen.id] += len(team)
    sheet.lead.owner_id = chosen.id
