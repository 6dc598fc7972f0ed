"""What no file can say about a cadence by itself: exits, references, steps that can never come or
come twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadtui.cadence.model import By, Cadence, Channel, Exit, Playbook, Step, Unit
from leadtui.cadence.reading._check_ways import bounds, goal_hint
from leadtui.cadence.reading._proofs import never
from leadtui.cadence.reading._readers import is_name
from leadtui.cadence.sources.places import Place, listed, nearest, quoted, suggestion
from leadtui.errors import PlaybookError

LEAD_DATES = (
    *("callback_at", "demo_at", "meeting_at", "trial_ends"),
    *("event_starts", "event_ends", "budget_month", "contract_ends"),
)
"""Dates a lead may have by itself; cadences add their own under ``[dates]``."""

GIVEN = frozenset({"trial_ends"})
"""Those of them that a cadence gives."""

_ELAPSED = {Unit.MINUTES: 1, Unit.HOURS: 60}
_CALENDAR = {Unit.DAYS: 1, Unit.WEEKS: 7}


def known_dates(playbook: Playbook) -> frozenset[str]:
    """Every named date that a step or a rule may be counted from."""
    return frozenset(
        (*LEAD_DATES, *(name for cadence in playbook.cadences.values() for name in cadence.dates))
    )


MILESTONES = ("discount",)
"""What a step may be required before."""


def cadence_problems(playbook: Playbook, cadence: Cadence) -> Iterator[PlaybookError]:
    """Every problem of one cadence."""
    place = Place(cadence.file, (), playbook.files[cadence.file])
    if not cadence.steps:
        yield place.error("the cadence has no step; add a [[step]]")
    yield from _exits(playbook, cadence, place)
    if hint := goal_hint(playbook, cadence):
        yield place.at("goal").error(hint)
    anchors = known_dates(playbook)
    for name in set(cadence.dates) & {*LEAD_DATES} - GIVEN:
        yield place.at("dates", name).error(
            f"{name} is a date that leads have by themselves, and the cadence would write over "
            "it; choose another name"
        )
    for name, when in cadence.dates.items():
        if when.anchor not in {"start", *anchors} - {name}:
            hint = suggestion(when.anchor, sorted({"start", *anchors} - {name}))
            yield place.at("dates", name).error(
                f"{name} is counted from the unknown date {quoted(when.anchor)}; {hint}"
            )
    seen: dict[str, int] = {}
    yield from _days(playbook, cadence, place)
    for number, step in enumerate(cadence.steps):
        here = place.at("step", number)
        if step.id in seen:
            message = (
                f"step id {quoted(step.id)} stands in line {seen[step.id]} too, so this "
                "step is never "
                "reached"
            )
            yield here.at("id").error(f"{message}; choose another")
        seen.setdefault(step.id, step.line)
        if step.required_before not in {"", *MILESTONES}:
            yield here.at("required_before").error(
                f"no step can be required before {quoted(step.required_before)}; "
                f"{suggestion(step.required_before, MILESTONES)}"
            )
        yield from _references(playbook, step, here)
        yield from _text_of_another(playbook, cadence, step, here)
        yield from _timing(cadence, number, here, {"start", "previous", *anchors})


def _exits(playbook: Playbook, cadence: Cadence, place: Place) -> Iterator[PlaybookError]:
    ends = {"on_finish": cadence.on_finish}
    if cadence.on_exhausted != Exit() or any(
        step.channel is Channel.CALL for step in cadence.steps
    ):
        ends["on_exhausted"] = cadence.on_exhausted
    for key, end in ends.items():
        if end == Exit():
            yield place.at(key).error(
                f"the cadence has no {key}, so its leads would be dropped; name what follows"
            )
        for name in end.cadences:
            if name not in playbook.cadences:
                near = nearest(name, playbook.cadences)
                hint = f"did you mean '{near}'?" if near else f"write {listed(playbook.cadences)}"
                close = "" if near else ', or { close = "reason" } where nothing follows'
                yield place.at(key).error(
                    f"{key} leads to {quoted(name)}, which is no cadence; {hint}{close}"
                )
        if end.close and not is_name(end.close):
            message = (
                f"close = {quoted(end.close)} is no reason code; use letters, digits, "
                "'-' and '_' "
                "only"
            )
            yield place.at(key, "close").error(message)


def _days(playbook: Playbook, cadence: Cadence, place: Place) -> Iterator[PlaybookError]:
    """Days and hours at which nobody would ever be called."""
    week = playbook.calling.preferred
    open_days = [day for day, hours in week.items() if hours]
    if cadence.days and set(cadence.days) <= {5, 6} - set(open_days):
        yield place.at("days").error(
            "none of the days has preferred hours in calling.toml, so no step would ever come; "
            "name another day"
        )
    for number, step in enumerate(cadence.steps):
        clock = step.at_time
        if step.channel is not Channel.CALL or clock is None or not open_days:
            continue
        if not any(one.start <= clock < one.end for hours in week.values() for one in hours):
            yield place.at("step", number, "at_time").error(
                f"at_time of the call step {quoted(step.id)} is outside the preferred hours of "
                "calling.toml; write an hour inside them"
            )


def _references(playbook: Playbook, step: Step, place: Place) -> Iterator[PlaybookError]:
    """Texts that a step names, and those it needs."""
    for kind in ("email", "script", "letter"):
        ident = getattr(step, kind)
        ids = [template.id for template in playbook.templates.values() if template.kind == kind]
        if ident and ident not in ids:
            file = f"{kind}s/{ident}.md"
            hint = suggestion(ident, ids) if ids else f"write {quoted(file)}"
            yield place.at(kind).error(
                f"step {quoted(step.id)} names the missing {kind} {quoted(ident)}; {hint}"
            )
        elif ident and kind not in {"script", step.channel}:
            yield place.at("channel").error(
                f"the {step.channel} step {quoted(step.id)} sends no {kind}; give the {kind} a "
                "step of its own"
            )
    if step.channel is Channel.EMAIL and not step.email:
        yield place.error(f'the e-mail step {quoted(step.id)} has no template; write email = "…"')
    if step.channel is Channel.LETTER and not step.letter:
        yield place.error(f'the letter step {quoted(step.id)} has no template; write letter = "…"')
    if step.by is By.SYSTEM and step.channel is not Channel.EMAIL:
        message = (
            f"the system cannot do the {step.channel} step {quoted(step.id)}; write by = 'rep'"
        )
        yield place.at("by").error(message)


def _text_of_another(
    playbook: Playbook, cadence: Cadence, step: Step, place: Place
) -> Iterator[PlaybookError]:
    """Texts that name the cadences they are for, and not this one; and a script that nobody
    reads."""
    for template in playbook.templates.values():
        if getattr(step, template.kind, "") != template.id or not template.cadences:
            continue
        if not any(playbook.cadences.get(name) is cadence for name in template.cadences):
            meant = listed(template.cadences)
            yield place.at(template.kind).error(
                f"the text {quoted(template.id)} is for {meant}; name another, or add "
                f"{quoted(cadence.name)} to its 'cadences'"
            )
    if step.script and step.channel in (Channel.EMAIL, Channel.LETTER):
        yield place.at("script").error(
            f"nobody reads a script in the {step.channel} step {quoted(step.id)}; take it out"
        )


def _timing(
    cadence: Cadence, number: int, place: Place, anchors: Collection[str]
) -> Iterator[PlaybookError]:
    """When a step comes, and whether it can come at all."""
    step = cadence.steps[number]
    if never(step.when):
        yield place.at("when").error(
            f"step {quoted(step.id)} is never reached: its condition cannot hold; mend 'when'"
        )
    if step.at.anchor not in anchors:
        hint = suggestion(step.at.anchor, sorted(anchors))
        yield place.at("at").error(
            f"step {quoted(step.id)} waits for the unknown date {quoted(step.at.anchor)}; {hint}"
        )
    if step.at.anchor == "previous" and step.at.offset.amount < 0:
        message = (
            f"step {quoted(step.id)} falls due before the step it follows; count "
            "forwards from "
            "'previous'"
        )
        yield place.at("at").error(message)
    if step.at_time and step.at.offset.unit in _ELAPSED and step.at.offset.amount:
        message = (
            f"at_time of step {quoted(step.id)} needs a time in days; write days or longer in 'at'"
        )
        yield place.at("at_time").error(message)
    if step.at_time and step.day_part:
        yield place.at("day_part").error(
            f"at_time of step {quoted(step.id)} names the hour already, so its day_part says "
            "nothing; take one of the two out"
        )
    calls = sum(one.channel is Channel.CALL for one in cadence.steps[:number])
    if step.channel is Channel.CALL and step.until_contact and calls >= cadence.max_attempts:
        yield place.at("id").error(
            f"step {quoted(step.id)} is never reached: calls without a contact end after "
            f"max_attempts = {cadence.max_attempts}; write {calls + 1} or more there"
        )
    for earlier in cadence.steps[:number]:
        at_once = step.channel is earlier.channel is Channel.CALL and step.at == earlier.at
        to_the_hour = step.at.offset.amount and step.at.offset.unit in _ELAPSED
        if at_once and to_the_hour and not (step.when.tests or earlier.when.tests):
            yield place.at("at").error(
                f"the calls {quoted(earlier.id)} and {quoted(step.id)} fall due at the same "
                "moment; put one of them later"
            )
            break
        if _later(cadence, earlier, step):
            message = (
                f"step {quoted(step.id)} falls due before step {quoted(earlier.id)} "
                "above it; move it up"
            )
            yield place.at("at").error(message)
            break


def _later(cadence: Cadence, one: Step, other: Step) -> bool:
    """Whether ``one`` surely falls due later than ``other``: in units that compare, or by all that
    they may last."""
    if "previous" in (one.at.anchor, other.at.anchor):
        return False
    mine, theirs = one.at.offset, other.at.offset
    if one.at.anchor == other.at.anchor:
        for units in (_ELAPSED, _CALENDAR, {Unit.BUSINESS_DAYS: 1}, {Unit.MONTHS: 1}):
            if mine.unit in units and theirs.unit in units:
                return mine.amount * units[mine.unit] > theirs.amount * units[theirs.unit]
    first, second = bounds(cadence, one.at), bounds(cadence, other.at)
    return bool(first and second and first[0] > second[1])
