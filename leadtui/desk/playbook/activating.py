"""The process before and as it is switched on: simulate, diff, activate; and what a change
moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from leadtui.cadence.diffing import Change, diff
from leadtui.cadence.gate.calling import possible_zones
from leadtui.cadence.model import LeadFacts, Planned, Playbook
from leadtui.cadence.reading.checking import problems
from leadtui.cadence.reading.loading import load
from leadtui.cadence.schedule import Calendar, plan_next
from leadtui.cadence.simulate import simulate
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, enrolment_state
from leadtui.desk.planning.planning import Planning
from leadtui.desk.playbook.files import read_folder
from leadtui.errors import LeadtuiError, PlaybookError
from leadtui.store import cadences, floor, leads
from leadtui.store.engine.tables import Enrolment, Lead
from leadtui.store.engine.vocabulary import Code, Event


@dataclass(frozen=True, slots=True)
class Simulated:
    """One step of a simulation; ``planned`` is UTC, ``local`` on the lead's clock."""

    step: str
    title: str
    channel: str
    by: str
    planned: datetime
    local: datetime
    moved_because: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What another playbook would change here: in words, and how many running enrolments it would
    move."""

    changes: tuple[Change, ...]
    enrolments: int
    moved: int
    hash: str


def simulated(
    book: Playbook, cadence: str, start: datetime, *, country: str, region: str, zone: str
) -> tuple[Simulated, ...]:
    """Each date of a cadence for a lead at a place, every call unanswered."""
    zones = (zone,) if zone else possible_zones("", country, region)
    if zone and zone not in available_timezones():
        raise LeadtuiError(f"--zone {zone!r} is no time zone; write one like America/Denver")
    if not zones:
        raise LeadtuiError(
            f"no time zone is known for {country or 'no country'} {region}; name one with --zone"
        )
    # A lead that nothing is known of but its interest: steps that wait for engagement are shown,
    # not passed over.
    facts = {"engagement": 100, "score": 100}
    lead = LeadFacts(zones=zones, country=country, region=region, facts=facts)
    return _shown(simulate(book, cadence, start, lead, Calendar(book.calling, book.floor)))


def simulated_for(
    context: Context, book: Playbook, cadence: str, start: datetime, lead_id: int
) -> tuple[Simulated, ...]:
    """The same for a lead of the floor, with its place, its facts and its rep's days off."""
    from leadtui.desk.core.lead_views import sheet_of
    from leadtui.store.engine.tables import Rep

    with context.store.read() as session:
        sheet = sheet_of(session, lead_id)
        sheet.home_zone = context.settings.zone
        rep = session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
        facts = sheet.facts(cadence=cadence)
        return _shown(simulate(book, cadence, start, facts, context.calendar(book, rep)))


def _shown(planned: tuple[Planned, ...]) -> tuple[Simulated, ...]:
    from leadtui.desk.core.words import local

    return tuple(
        Simulated(
            step=touch.step.id,
            title=touch.step.title,
            channel=touch.step.channel.value,
            by=touch.step.by.value,
            planned=touch.due,
            local=local(touch.due, touch.zone),
            moved_because=touch.moved_because,
            skipped=touch.skipped,
        )
        for touch in planned
    )


def checked(files: Mapping[str, str]) -> Playbook:
    """A playbook that has no problem, or the first of its problems."""
    found: tuple[PlaybookError, ...] = problems(files)
    if found:
        more = (
            f" ({len(found) - 1} more; 'leadtui playbook check' lists them)"
            if len(found) > 1
            else ""
        )
        raise LeadtuiError(f"{found[0]}{more}")
    return load(files)


def difference(context: Context, folder: Path) -> Difference:
    """What activating ``folder`` would change."""
    new = checked(read_folder(folder))
    with context.store.read() as session:
        old = context.playbook(session)
        running = cadences.live(session)
        moved = sum(_moves(context, session, enrolment, new) for enrolment in running)
    return Difference(diff(old, new), len(running), moved, new.hash)


def _moves(context: Context, session: Any, enrolment: Enrolment, new: Playbook) -> bool:
    """Whether an enrolment's open step would fall on another time, or be another step, under
    ``new``."""
    cadence = new.cadences.get(enrolment.cadence)
    touch = next(
        (
            t
            for t in leads.open_touches(session, enrolment.lead_id)
            if t.enrolment_id == enrolment.id and t.kind == "step"
        ),
        None,
    )
    if touch is None:
        return False
    if cadence is None:
        return True
    lead = session.get(Lead, enrolment.lead_id)
    sheet = LeadSheet(session, lead, context.settings.zone)
    state = enrolment_state(enrolment, leads.last_touches(session, enrolment.lead_id))
    found = plan_next(
        cadence,
        state,
        sheet.facts(cadence=cadence.name),
        Calendar(new.calling, new.floor),
        touch.created_at,
    )
    return not isinstance(found, Planned) or (found.step.id, found.due) != (
        touch.step_id,
        touch.due,
    )


def activate(context: Context, folder: Path, *, move: bool) -> Difference:
    """Make ``folder`` the running playbook; enrolments keep their version unless ``move`` is said.
    Supervisors only."""
    people.require(context, "activating a playbook", "supervisor")
    files = read_folder(folder)
    new = checked(files)
    found = difference(context, folder)
    with context.write() as unit:
        before = unit.playbook_hash
        floor.keep_playbook(unit, new.hash, files, context.identity.id)
        unit.playbook_hash = new.hash
        moved = _move_all(context, unit, new) if move else 0
        _follow(context, unit, before, new)
        unit.log(
            Event.PLAYBOOK_ACTIVATED,
            hashes={"playbook": new.hash, "before": before},
            after={"playbook": new.hash},
            codes={
                Code.CHANGES: len(found.changes),
                Code.ENROLMENTS: found.enrolments,
                Code.MOVED: moved,
            },
        )
    return Difference(found.changes, found.enrolments, moved, new.hash)


def _follow(context: Context, unit: Any, before: str, new: Playbook) -> None:
    """Scores and dated rules follow the new playbook at once, for every lead there is."""
    from leadtui.desk.planning.dates import plan_all
    from leadtui.desk.planning.scoring import rescore_all

    old = context.playbook(unit.session, before) if before else None
    if old is None or (old.scoring, old.floor.half_life_days) != (
        new.scoring,
        new.floor.half_life_days,
    ):
        rescore_all(context, unit, new)
    if old is None or old.events != new.events:
        plan_all(context, unit)


def _move_all(context: Context, unit: Any, new: Playbook) -> int:
    """Plan every running enrolment anew under the new version, from the step it has reached."""
    planning = Planning(context, unit)
    moved = 0
    for enrolment in cadences.live(unit.session):
        if enrolment.cadence not in new.cadences or enrolment.playbook_hash == new.hash:
            continue
        sheet = planning.sheet(enrolment.lead_id)
        if any(t.state == "started" for t in leads.open_touches(unit.session, sheet.id)):
            continue
        enrolment.playbook_hash = new.hash
        if enrolment.state == "active":
            for touch in leads.open_touches(unit.session, sheet.id):
                if touch.enrolment_id == enrolment.id and touch.kind == "step":
                    planning.close(touch, "cancelled", "planned anew")
            unit.session.flush()
            planning.plan(sheet, enrolment)
            planning.settle(sheet)
        moved += 1
    return moved
