"""A cadence tried on a calendar before anybody lives through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from leadtui.cadence.calendar import local_to_utc
from leadtui.cadence.gate.calling import possible_zones
from leadtui.cadence.model import LeadFacts, Playbook, TimeOff
from leadtui.cadence.schedule import Calendar
from leadtui.cadence.simulate import Course, Turn, course
from leadtui.cadence.sources.places import suggestion
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import sheet_of
from leadtui.errors import LeadtuiError, WrongUse

INTERESTED = 100
"""The interest of a lead that nothing is known of: steps that wait for it are shown, with what they
need."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a cadence is tried with, as it was typed; a start without a zone is on the lead's
    clock."""

    cadence: str
    start: str
    country: str = "US"
    region: str = ""
    zone: str = ""
    engagement: int | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """Step -> code of the outcome its call has."""
    away: str = ""
    """Days off of the rep, ``FROM..UNTIL``."""


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
    """Steps passed over before it, and after it where it is the last: id and reason."""
    needs: str
    """The condition under which it comes."""
    outcome: str = ""
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """Every step of a cadence, those that are passed over with the touch before or after them."""

    steps: tuple[Simulated, ...]
    skipped: tuple[tuple[str, str], ...]
    """Those after the last touch, or all of them where there is none."""
    end: str

    def rows(self) -> Iterator[tuple[str, str, str, str, str, str]]:
        """Step, channel, by, local time, condition and why: the touches in order, and between them
        what is passed over."""
        for step in self.steps:
            last = step is self.steps[-1]
            before = step.skipped[: len(step.skipped) - len(self.skipped) * last]
            yield from ((name, "", "", "passed over", "", why) for name, why in before)
            came = (
                [f"{step.outcome}: {', '.join(step.follows) or 'goes on'}"] if step.outcome else []
            )
            why = "; ".join((*step.moved_because, *came))
            when = f"{step.local:%a %d %b %Y %H:%M}"
            yield step.step, step.channel, step.by, when, step.needs, why
        yield from ((name, "", "", "passed over", "", why) for name, why in self.skipped)


def simulated(book: Playbook, trial: Trial) -> Simulation:
    """Each date of a cadence for a lead at a place, every call unanswered unless said
    otherwise."""
    zone, country, region = trial.zone, trial.country, trial.region
    if zone and zone not in available_timezones():
        near = suggestion(zone, available_timezones())
        hint = near if near.startswith("did") else "write one like America/Denver"
        raise LeadtuiError(f"--zone {zone!r} is no time zone; {hint}")
    zones = (zone,) if zone else possible_zones("", country, region)
    if not zones:
        raise LeadtuiError(
            f"no time zone is known for {country or 'no country'} {region}; name one with --zone"
        )
    interest = INTERESTED if trial.engagement is None else trial.engagement
    facts = {"engagement": interest, "score": interest}
    lead = LeadFacts(zones=zones, country=country, region=region, facts=facts)
    return _tried(book, trial, lead, Calendar(book.calling, book.floor))


def simulated_for(context: Context, book: Playbook, trial: Trial, lead_id: int) -> Simulation:
    """The same for a lead of the floor, with its place, its facts and its rep's days off."""
    from leadtui.store.engine.tables import Rep

    with context.store.read() as session:
        sheet = sheet_of(context, session, lead_id)
        rep = session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None
        lead = sheet.facts(cadence=trial.cadence)
        if trial.engagement is not None:
            known: dict[str, Any] = {**lead.facts, "engagement": trial.engagement}
            known["score"] = trial.engagement + int(known.get("fit") or 0)
            lead = replace(lead, facts=known)
        return _tried(book, trial, lead, context.calendar(book, rep))


def _tried(book: Playbook, trial: Trial, lead: LeadFacts, calendar: Calendar) -> Simulation:
    if trial.away:
        calendar = replace(calendar, time_off=(*calendar.time_off, _days_off(trial.away)))
    start = _instant(trial.start, lead.zones[0])
    found = course(book, trial.cadence, start, lead, calendar, trial.outcomes)
    return Simulation(_shown(found), found.skipped, found.end)


def _instant(said: str, zone: str) -> datetime:
    """A time as it is typed, on the lead's clock where it names no zone."""
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        raise WrongUse(
            f"--start {said!r} is no time; write it like 2026-11-23T15:00 (on the lead's clock) or "
            "2026-11-23T15:00:00Z"
        ) from None
    if moment.tzinfo is None:
        return local_to_utc(moment, zone)
    return moment.astimezone(UTC)


def _days_off(said: str) -> TimeOff:
    first, dots, last = (part.strip() for part in said.partition(".."))
    try:
        days = TimeOff(date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        raise WrongUse(
            f"--away {said!r}: write days as FROM..UNTIL, such as 2026-12-21..2027-01-03"
        ) from None
    if days.last < days.first:
        raise WrongUse(f"--away {said!r}: the last day is before the first; write FROM..UNTIL")
    return days


def _shown(found: Course) -> tuple[Simulated, ...]:
    last = len(found.turns) - 1
    return tuple(
        _row(turn, found.skipped if number == last else ())
        for number, turn in enumerate(found.turns)
    )


def _row(turn: Turn, after: tuple[tuple[str, str], ...]) -> Simulated:
    touch = turn.planned
    conditions = [touch.step.when.source] if touch.step.when.tests else []
    conditions += ["no contact yet"] if touch.step.until_contact else []
    return Simulated(
        step=touch.step.id,
        title=touch.step.title,
        channel=touch.step.channel.value,
        by=touch.step.by.value,
        planned=touch.due,
        local=touch.due.astimezone(ZoneInfo(touch.zone)),
        moved_because=touch.moved_because,
        skipped=(*touch.skipped, *after),
        needs=" and ".join(conditions),
        outcome=turn.outcome,
        follows=turn.follows,
    )
