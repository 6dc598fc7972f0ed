"""A new response: who owns the lead, which cadence it enters, and its first touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from leadtui.cadence.model import Playbook
from leadtui.cadence.personas import choose_cadence, persona_of, sla_minutes
from leadtui.cadence.qualification import from_form
from leadtui.cadence.ranking import FAST_SLA
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.distribution.assigning import stand_in
from leadtui.desk.distribution.eligibility import gets_leads, is_away, room
from leadtui.desk.intake.firsts import Firsts
from leadtui.desk.intake.kinds import Kinds, Lasting
from leadtui.desk.planning.fulfilling import plan_kits
from leadtui.desk.planning.planning import Planning
from leadtui.desk.planning.scoring import rescore
from leadtui.store import arriving, floor, leads
from leadtui.store.engine.tables import Lead, Rep, Response
from leadtui.store.engine.twins import twin
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.importing import change_rows
from leadtui.text import fold

BATCH = 1_000
"""How many arrivals are read together."""

_LEAD = (
    "persona owner_id region_key zones stage fit engagement warm_at half_life qualification "
    "last_sign_of_life dates"
)
_RESPONSE = "assigned_at sla_minutes sla_due"
"""What admitting writes of a lead and its response that are new."""


def admit(
    context: Context,
    unit: Unit,
    arrivals: Iterable[tuple[int, int]],
    loads: dict[int | None, int] | None = None,
    lasting: Lasting | None = None,
) -> None:
    """Give each ``(lead id, response id)`` an owner, a cadence and a next touch, inside the
    caller's transaction. From one part of a file to the next ``loads`` keeps who got how many, and
    ``lasting`` what the playbook says at any time.

    Leads that nothing was ever planned for are planned by kind; the rest one by one."""
    pairs = list(arrivals)
    planning = Planning(context, unit)
    reps = list(filter(gets_leads, floor.reps(unit.session)))
    rooms = {rep.id: room(context, unit.session, rep, unit.now) for rep in reps}
    team = Team(reps, {} if loads is None else loads, rooms)
    kinds = Kinds(planning, {} if lasting is None else lasting)
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        fresh = arriving.load(unit.session, part) if len(part) > 1 else []
        done = _admit_fresh(planning, kinds, fresh, team)
        for lead_id, response_id in part:
            response = unit.session.get(Response, response_id) if response_id not in done else None
            if response is not None:
                _admit_one(planning, planning.sheet(lead_id), response, team)
        plan_kits(planning, part)


class Team:
    """Who may be given new leads, how many each has of these, and has room for today."""

    def __init__(
        self, reps: list[Rep], loads: dict[int | None, int], rooms: dict[int | None, int]
    ) -> None:
        self.reps, self.loads, self.rooms = reps, loads, rooms
        self._at_work: dict[datetime, list[Rep]] = {}
        self._named: dict[tuple[str, datetime], Rep | None] = {}
        for index, rep in enumerate(self.reps):
            loads.setdefault(rep.id, index)

    def give(self, lead: Any, response: Any) -> None:
        """The booth's own rep where the badge names one, else whoever has the fewest new leads of
        this batch, of those whose day is not full; where everybody's is, they share what is too
        much."""
        at = response.recorded_at
        if at not in self._at_work:
            self._at_work[at] = [rep for rep in self.reps if not is_away(rep, at)] or self.reps
        chosen = self._whom(response.scanned_by, at) if response.scanned_by else None
        chosen = chosen or min(self._at_work[at], key=self._order, default=None)
        if chosen is not None:
            self.loads[chosen.id] += len(self.reps)
            self.rooms[chosen.id] -= 1
            lead.owner_id = chosen.id

    def _order(self, rep: Rep) -> tuple[bool, int]:
        return self.rooms[rep.id] <= 0, self.loads[rep.id]

    def _whom(self, scanned_by: str, at: datetime) -> Rep | None:
        """Whom a badge names, unless they are away and nobody covers for them."""
        if (scanned_by, at) not in self._named:
            said = fold(scanned_by)
            self._named[scanned_by, at] = next(
                (
                    rep
                    for rep in self.reps
                    if said in {rep.name_key, rep.login, rep.name_key.split(" ")[0]}
                    and said
                    and (rep.cover_id or not is_away(rep, at))
                ),
                None,
            )
        return self._named[scanned_by, at]


def _admit_one(planning: Planning, sheet: LeadSheet, response: Response, team: Team) -> None:
    unit, lead, book = planning.unit, sheet.lead, planning.book
    if lead.status == "closed":
        lead.status, lead.closed_reason = "open", ""
        leads.add_event(unit, sheet.id, "lead.reopened", code=response.offer)
    lead.persona = persona_of(lead.title, book.personas)
    place(sheet)
    _hear(sheet, response, from_form(book.questions, response.qualifiers))
    rescore(sheet, book, unit.now)
    _give(planning, sheet, response, team)
    facts = sheet.conditions()
    _stage(book, lead, response, facts["score"](unit.now))
    name = choose_cadence(book, facts, unit.now)
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


def _give(planning: Planning, sheet: LeadSheet, response: Any, team: Team) -> None:
    lead = sheet.lead
    if lead.owner_id is None:
        team.give(lead, response)
    if lead.owner_id and response.assigned_at is None:
        response.assigned_at = planning.unit.now


def _stage(book: Playbook, lead: Any, response: Any, score: int) -> None:
    """How ready a lead of marketing's is for sales."""
    if lead.pipeline == "marketing":
        offer = book.offers.get(response.offer)
        ready = (offer is not None and offer.at_once) or score >= book.floor.mql_score
        lead.stage = "mql" if ready else "nurturing"


def _hear(sheet: LeadSheet, response: Any, answers: Mapping[str, tuple[str, str]]) -> None:
    """A sign of life, and qualification answers that the badge or form gave; what a rep has asked
    stands."""
    lead = sheet.lead
    lead.last_sign_of_life = max(response.inquiry_at, lead.last_sign_of_life or response.inquiry_at)
    for key, (answer, said) in answers.items():
        if lead.qualification.get(key, {}).get("source") != "rep":
            given = {
                "answer": answer,
                "source": "form",
                "said": said,
                "at": response.inquiry_at.isoformat(),
                "by": "",
            }
            lead.qualification = {**lead.qualification, key: given}


def _admit_fresh(
    planning: Planning, kinds: Kinds, fresh: Sequence[arriving.Arrival], team: Team
) -> set[int]:
    """Plan the first touches of leads that have none; returns the responses that are done.

    A lead whose cadence has no step for it is left to the slower way, which tells why and what
    follows."""
    unit, book = planning.unit, planning.book
    calendars = {rep.id: planning.context.calendar(book, rep) for rep in team.reps}
    nobody = planning.context.calendar(book, None)
    rows = Firsts(planning, kinds)
    for arrival in fresh:
        response = arrival.response
        sheet = LeadSheet(unit.session, arrival.lead, planning.context.settings.zone)
        sheet.__dict__ |= arrival.parts
        lead = sheet.lead
        lead.persona = kinds.persona(lead.title)
        kinds.place(sheet)
        _hear(sheet, response, kinds.answers(response.qualifiers))
        kinds.rescore(sheet, response)
        _give(planning, sheet, response, team)
        name = kinds.cadence(sheet)
        _stage(book, lead, response, lead.fit + kinds.points(lead, unit.now))
        first = kinds.first(sheet, name, calendars.get(lead.owner_id, nobody))
        if first is not None:
            lead.dates = first.dates
            rows.add(sheet, response, name, first, quiet=arrival.quiet)
    change_rows(unit, Lead, _LEAD, ((one.lead.id, _lead_of(one.lead)) for one in fresh))
    written = ((one.response.id, _response_of(one.response)) for one in fresh)
    change_rows(unit, Response, _RESPONSE, written)
    arriving.forget(unit.session, Lead, (one.lead.id for one in fresh))
    arriving.forget(unit.session, Response, (one.response.id for one in fresh))
    return rows.write()


_lead_of = attrgetter(*_LEAD.split())
_response_of = attrgetter(*_RESPONSE.split())


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
