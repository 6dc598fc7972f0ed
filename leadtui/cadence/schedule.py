"""When the next step of an enrolment falls due: anchors, gaps, day-parts, closed days and the
calling window.

A step that cannot be done is passed over with its reason, and the steps counted from it stay where
they were; so a plan ends after at most one look at every step of the cadence. What was done later
than planned moves what follows: a step counted in days keeps its distance from the one before. The
same questions always get the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from leadtui.cadence.calendar import DAY_PARTS, add_span, day_part, zone_info
from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    DayPart,
    EnrolmentState,
    Finished,
    LeadFacts,
    OnClosedDay,
    Planned,
    Step,
    When,
)
from leadtui.cadence.moving import day_text, hour_of, is_flexible, move, utc, wish_for
from leadtui.cadence.pace import earliest, paced
from leadtui.cadence.site import Calendar, Site

__all__ = ["Calendar", "clamp_to_window", "performed", "plan_next"]

_ALL_PARTS = frozenset(part for part, *_ in DAY_PARTS)
_ANY: frozenset[DayPart] = frozenset()


def plan_next(
    cadence: Cadence, state: EnrolmentState, lead: LeadFacts, calendar: Calendar, now: datetime
) -> Planned | Finished:
    """The next step that applies, with its due time (aware UTC) and what it was moved for; or how
    the cadence ends.

    ``state.next_step`` is the step to plan; ``now`` is aware. Due is never before ``now`` or the
    start."""
    site = Site(lead, calendar.of(cadence))
    previous = state.previous_at or state.start
    skipped: list[tuple[str, str]] = []
    for index in range(state.next_step, len(cadence.steps)):
        step = cadence.steps[index]
        if step.id in state.passed:
            continue
        anchor = _anchor_of(step, cadence, state, lead, previous, site)
        planned = anchor and _planned_at(step, anchor, state, site)
        reason = _skip_reason(step, cadence, state, lead, max(planned or now, now))
        if planned is None or anchor is None:
            reason = reason or f"the date {step.at.anchor} is not known"
        elif not reason:
            due, moved = _due(index, planned, cadence, state, site, now)
            reason = _passed(step, anchor, due, now, site)
            if not reason:
                return Planned(step, index, due, site.zone, moved, tuple(skipped))
        skipped.append((step.id, reason))
        previous = max(previous, planned or previous)
    exhausted = is_exhausted(cadence, state)
    way_out = cadence.on_exhausted if exhausted else cadence.on_finish
    return Finished(way_out, "exhausted" if exhausted else "finished", tuple(skipped))


def clamp_to_window(
    due: datetime, lead: LeadFacts, calendar: Calendar, step: Step
) -> tuple[datetime, tuple[str, ...]]:
    """A due time moved as the step's closed-day rule says into the calling window, and the reasons;
    never earlier than ``due`` except back to the open day before a closed one, or within the day of
    a step that asks for a day."""
    if _stays(step):
        return due, ()
    stamp = ceil(due.timestamp())
    found, reasons = move(wish_for(step, stamp, 0), Site(lead, calendar))
    return (due if found == stamp else utc(found)), reasons


def performed(
    cadence: Cadence,
    state: EnrolmentState,
    planned: Planned,
    at: datetime,
    *,
    other_part: bool = False,
) -> EnrolmentState:
    """The enrolment after a step was done at ``at``; a call counts as an attempt without contact.

    ``other_part`` asks for another day-part at the next call. Outcomes of real calls go through
    ``dispositions``."""
    done: dict[str, Any] = {
        "next_step": planned.index + 1,
        "previous_at": at,
        "last_touch": {**state.last_touch, planned.step.channel: at},
        "retries": 0,
    }
    if planned.step.channel is Channel.CALL:
        part, attempts = day_part(at.astimezone(zone_info(planned.zone))), state.attempts + 1
        done["attempts"], done["calls"] = attempts, (*state.calls, at)
        done["parts_tried"] = state.parts_tried | {part} if part else state.parts_tried
        done["exhausted"] = state.exhausted or (
            not state.contacts and attempts >= cadence.max_attempts
        )
        done["calls_not_before"], done["other_part"] = None, other_part
    return replace(state, **done)


def is_exhausted(cadence: Cadence, state: EnrolmentState) -> bool:
    """Whether the calls are over: said so, or ``max_attempts`` made without a contact."""
    return state.exhausted or (not state.contacts and state.attempts >= cadence.max_attempts)


def _anchor_of(
    step: Step,
    cadence: Cadence,
    state: EnrolmentState,
    lead: LeadFacts,
    previous: datetime,
    site: Site,
) -> datetime | None:
    """What a step is counted from; ``None`` when its date is not known."""
    if step.at.anchor == "previous":
        return previous
    return _anchor(step.at.anchor, cadence, state, lead, site, depth=0)


def _planned_at(step: Step, anchor: datetime, state: EnrolmentState, site: Site) -> datetime:
    """The nominal time of a step, before any move."""
    moment = _offset(anchor, step.at, site, rep=step.by is By.REP)
    if hour := hour_of(step):
        moment = site.at_clock(site.day_of(moment), hour)
    return max(moment, state.start)


def _passed(step: Step, anchor: datetime, due: datetime, now: datetime, site: Site) -> str:
    """That the date which a step comes before, or stands on, has passed; else ``""``."""
    if step.at.anchor in {"start", "previous"} or step.at.offset.amount > 0:
        return ""
    at = due if step.at.offset.amount else now
    if at <= anchor or at.astimezone(site.info).date() <= anchor.astimezone(site.info).date():
        return ""
    return f"{step.at.anchor} has passed: it was {day_text(anchor.astimezone(site.info))}"


def _offset(anchor: datetime, when: When, site: Site, *, rep: bool = True) -> datetime:
    return add_span(anchor, when.offset, site.zone, lambda day: not site.closed(day, rep=rep))


def _anchor(
    name: str, cadence: Cadence, state: EnrolmentState, lead: LeadFacts, site: Site, *, depth: int
) -> datetime | None:
    """The start, or a named date: the lead's own, else the one that the cadence gives."""
    if name == "start":
        return state.start
    own, given = lead.dates.get(name), cadence.dates.get(name)
    if given is None or depth > 8 or own is not None:
        return own
    base = _anchor(given.anchor, cadence, state, lead, site, depth=depth + 1)
    return None if base is None else _offset(base, given, site)


def _skip_reason(
    step: Step, cadence: Cadence, state: EnrolmentState, lead: LeadFacts, at: datetime
) -> str:
    """Why a step is passed over, or ``""``."""
    if step.until_contact and state.contacts:
        return "a contact was made"
    if step.channel is Channel.CALL and (why := _no_call(cadence, state, lead)):
        return why
    if step.channel is Channel.EMAIL:
        if not lead.has_email:
            return "no e-mail address"
        if not lead.emails_allowed:
            return "opted out of e-mail"
    if step.when.tests:
        from leadtui.cadence.conditions import matches  # 7 ms that a queue without conditions saves

        own = {"cadence": cadence.name, "attempts": state.attempts, "contacts": state.contacts}
        if not matches(step.when, {**lead.facts, **own}, at):
            return f"condition does not hold: {step.when.source}".removesuffix(": ")
    return ""


def _no_call(cadence: Cadence, state: EnrolmentState, lead: LeadFacts) -> str:
    if not lead.has_phone:
        return "no phone number"
    if not lead.calls_allowed:
        return "calls are not allowed"
    if lead.calls_held:
        return f"waiting does not lift it: {lead.calls_held}"
    return "attempts are exhausted" if is_exhausted(cadence, state) else ""


def _stays(step: Step) -> bool:
    """Whether a step is never moved: ``keep``, and what the system sends at once."""
    at_once = step.by is By.SYSTEM and not step.at.offset.amount and step.at_time is None
    return step.on_closed_day is OnClosedDay.KEEP or at_once


def _due(
    index: int,
    planned: datetime,
    cadence: Cadence,
    state: EnrolmentState,
    site: Site,
    now: datetime,
) -> tuple[datetime, tuple[str, ...]]:
    """The due time of a step that applies."""
    step = cadence.steps[index]
    planned, kept = paced(index, planned, cadence, state, site)
    if step.by is By.SYSTEM and _stays(step):
        return max(planned, now), kept
    lower, held = earliest(index, planned, cadence, state, site)
    reasons = kept + held
    if _stays(step):
        return max(planned, lower, now), reasons
    hour = hour_of(step)
    due = site.hour_from(planned, lower, hour) if hour else max(planned, lower)
    stamp, bound = ceil(due.timestamp()), ceil(lower.timestamp())
    found, moved = move(wish_for(step, stamp, bound, _parts(step, state)), site)
    if found < now.timestamp():
        # Late: now it is wanted at once, in any day-part, so that planning again does not put it
        # off again; only an hour that the file names is waited for.
        due, reasons = site.hour_from(now, now, hour) if hour else now, ()
        stamp = ceil(due.timestamp())
        late = wish_for(step, stamp, stamp)._replace(
            flexible=False, at_once=not hour, on_closed_day=OnClosedDay.NEXT
        )
        found, moved = move(late, site)
    return (due if found == stamp else utc(found)), (*reasons, *moved)


def _parts(step: Step, state: EnrolmentState) -> frozenset[DayPart]:
    """The day-parts that will do for a step; empty for any."""
    if step.day_part is None:
        asked = state.other_part and step.channel is Channel.CALL and is_flexible(step)
        return _ALL_PARTS - state.parts_tried if asked else _ANY
    if step.day_part is DayPart.OTHER:
        return _ALL_PARTS - state.parts_tried
    return frozenset({step.day_part})
