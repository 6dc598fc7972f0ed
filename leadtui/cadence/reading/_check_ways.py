"""Where cadences lead, and how often they call: loops that take no time, cadences that nothing
leads to, more calls a day than the gate allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadtui.cadence.model import Cadence, Channel, Playbook, Step, Unit, When
from leadtui.cadence.reading._readers import Unfinished
from leadtui.cadence.reading.templates import placeholders
from leadtui.cadence.sources.places import Place, nearest, quoted, suggestion
from leadtui.errors import PlaybookError

DAY = 24 * 60
_BOUNDS = {
    Unit.MINUTES: (1, 1),
    Unit.HOURS: (60, 60),
    Unit.DAYS: (DAY, DAY),
    Unit.WEEKS: (7 * DAY, 7 * DAY),
    Unit.BUSINESS_DAYS: (DAY, 2 * DAY),
    Unit.MONTHS: (28 * DAY, 31 * DAY),
}
"""The fewest and the most minutes of a unit; business days have weekends and holidays between."""
_PAST = re.compile(
    r"\b(?:ended|expired|ran out|was|over|past|abgelaufen|war|endete)\b", re.IGNORECASE
)


def way_problems(playbook: Playbook) -> Iterator[PlaybookError]:
    """Every problem of the ways between cadences, and within each of its times."""
    yield from _loops(playbook)
    yield from _orphans(playbook)
    for cadence in playbook.cadences.values():
        yield from _calls(playbook, cadence)
        yield from _after_dates(playbook, cadence)


def place_of(playbook: Playbook, cadence: Cadence) -> Place:
    """The beginning of a cadence's file."""
    return Place(cadence.file, (), playbook.files[cadence.file])


def bounds(cadence: Cadence, when: When, depth: int = 0) -> tuple[int, int] | None:
    """The earliest and the latest minute after the start at which this can be; ``None`` where the
    start does not say."""
    if when.anchor == "start":
        base: tuple[int, int] | None = (0, 0)
    elif when.anchor in cadence.dates and depth < 8:
        base = bounds(cadence, cadence.dates[when.anchor], depth + 1)
    else:
        base = None
    if base is None:
        return None
    low, high = sorted(when.offset.amount * factor for factor in _BOUNDS[when.offset.unit])
    return base[0] + low, base[1] + high


def _takes_time(cadence: Cadence) -> bool:
    """Whether every lead is in it for a while: a step has a time and no condition."""
    return any(
        step.at.offset.amount > 0 or (bounds(cadence, step.at) or (0, 0))[0] > 0
        for step in cadence.steps
        if not step.when.tests and (step.at.anchor == "previous" or bounds(cadence, step.at))
    )


def _loops(playbook: Playbook) -> Iterator[PlaybookError]:
    """Ways back to the same cadence that no time is spent on, and those on which a lead is called
    again and again."""
    cadences = playbook.cadences
    at_once = {name for name, one in cadences.items() if not _takes_time(one)}
    calling = {name for name, one in cadences.items() if one.stage == "new" and _calls_all(one)}
    told: set[str] = set()
    for among, what, do in (
        (at_once, "again in no time, for ever", "give a step a time such as 'start + 1 day', or "),
        (calling, "again and is called each time, for ever", ""),
    ):
        for name in sorted(among):
            way = _way_back(playbook, name, among)
            if not way or not told.isdisjoint(way):
                continue
            told.update(way)
            cadence = cadences[name]
            key = "on_finish" if way[1] in cadence.on_finish.cadences else "on_exhausted"
            names = f"{', '.join(map(quoted, way[:-1]))} and {quoted(way[-1])}"
            said = f"a lead goes through {names} {what}; {do}name another exit"
            yield place_of(playbook, cadence).at(key).error(said)


def _calls_all(cadence: Cadence) -> bool:
    """Whether every lead in it is called."""
    return any(step.channel is Channel.CALL and not step.when.tests for step in cadence.steps)


def _way_back(playbook: Playbook, name: str, at_once: set[str]) -> tuple[str, ...]:
    """The shortest way from a cadence to itself through such that take no time; empty for none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    while ways:
        way = ways.pop(0)
        for follows in _exits(playbook.cadences[way[-1]]):
            if follows == name:
                return (*way, name)
            if follows in at_once and follows not in seen:
                seen.add(follows)
                ways.append((*way, follows))
    return ()


def _exits(cadence: Cadence) -> tuple[str, ...]:
    return (*cadence.on_finish.cadences, *cadence.on_exhausted.cadences)


def _orphans(playbook: Playbook) -> Iterator[PlaybookError]:
    reached = {rule.cadence for rule in playbook.tree}
    reached.update(rule.cadence for rule in playbook.events)
    for row in playbook.dispositions.values():
        reached.update((*row.enters, *row.enters_at))
    ahead = list(reached)
    while ahead:
        cadence = playbook.cadences.get(ahead.pop())
        fresh = set(_exits(cadence)) - reached if cadence else set()
        reached |= fresh
        ahead += fresh
    meant = {nearest(name, playbook.cadences) for name in reached - playbook.cadences.keys()}
    for name, cadence in playbook.cadences.items():
        if playbook.tree and name not in meant and name not in reached and name == cadence.name:
            place = place_of(playbook, cadence)
            yield Unfinished(
                place.file,
                place.where(),
                "nothing leads to this cadence; name it in a rule of activity-tree.toml or "
                "events.toml, as an exit of another, or take it out",
            )


def _calls(playbook: Playbook, cadence: Cadence) -> Iterator[PlaybookError]:
    """The first call that is one too many within a day, of those that everybody gets."""
    allowed = playbook.calling.max_attempts_24h
    times: list[int] = []
    at: int | None = 0
    for number, step in enumerate(cadence.steps):
        at = _minute(cadence, step, at)
        if step.channel is not Channel.CALL or step.when.tests or at is None:
            continue
        times.append(at)
        if sum(at - DAY < one <= at for one in times) > allowed:
            said = (
                f"step {quoted(step.id)} is call {allowed + 1} within 24 hours, and the gate "
                f"allows {allowed} (max_attempts_24h in calling.toml); put it on a later day"
            )
            yield place_of(playbook, cadence).at("step", number, "at").error(said)
            return


def _minute(cadence: Cadence, step: Step, previous: int | None) -> int | None:
    """The earliest minute after the start at which a step comes, where it can be told."""
    if step.at.anchor == "previous":
        ahead = step.at.offset.amount * _BOUNDS[step.at.offset.unit][0]
        return None if previous is None else previous + ahead
    found = bounds(cadence, step.at)
    return found[0] if found else None


def _after_dates(playbook: Playbook, cadence: Cadence) -> Iterator[PlaybookError]:
    """Steps that speak of a date of their cadence as to come, when it is over."""
    for number, step in enumerate(cadence.steps):
        for name, when in cadence.dates.items():
            day, at = bounds(cadence, when), bounds(cadence, step.at)
            after = step.at.anchor == name and step.at.offset.amount > 0
            if not (after or (day and at and at[0] > day[1])):
                continue
            for text in _speaking(playbook, step, name):
                said = (
                    f"step {quoted(step.id)} falls due after {name}, of which its text "
                    f"{quoted(text)} speaks as of a day to come; write such as "
                    f"'{name} - 2 days', or let the text say that it is over"
                )
                yield place_of(playbook, cadence).at("step", number, "at").error(said)


def _speaking(playbook: Playbook, step: Step, name: str) -> Iterator[str]:
    for kind in ("email", "script", "letter"):
        text = playbook.templates.get(f"{kind}/{getattr(step, kind)}")
        whole = f"{text.subject}\n{text.body}" if text else ""
        lines = whole.split("\n")
        named = [lines[line - 1] for field, line in placeholders(whole) if field == name]
        if text and any(not _PAST.search(line) for line in named):
            yield text.id


def goal_hint(playbook: Playbook, cadence: Cadence) -> str:
    """What is wrong with a goal: it is none of the floor's, or spelt almost like that of
    another."""
    goals = playbook.floor.goals
    if goals:
        said = f"no goal is called {quoted(cadence.goal)} in 'goals' of playbook.toml"
        return "" if cadence.goal in goals else f"{said}; {suggestion(cadence.goal, goals)}"
    others = {one.goal for one in playbook.cadences.values() if one is not cadence}
    near = "" if cadence.goal in others else nearest(cadence.goal, others)
    if near and sorted(near) == sorted(cadence.goal):
        return f"no other cadence has the goal {quoted(cadence.goal)}; did you mean '{near}'?"
    return ""
