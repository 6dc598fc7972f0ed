"""What place and time alone say about a call: legal and preferred hours, holidays, zones that
differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from leadtui.cadence.calendar import parts_on_holiday, zone_info
from leadtui.cadence.gate.rules import ANY_STATE, banned_holiday, holiday_at
from leadtui.cadence.gate.windows import HoursTable, Interval, Place
from leadtui.cadence.model import Hours, LegalHours

PREFERRED = "preferred hours"
HOLIDAY = "public holiday"
ZONE_DOUBT = "zone doubt"

_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks, and what it says."""

    rule: str
    message: str
    law: LegalHours | None = None
    country: str = ""
    """Whose rule it is, where the list of held leads says so."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A place at a time, as every rule looks at it."""

    table: HoursTable
    place: Place
    now: datetime
    stamp: int
    """``now`` in epoch seconds."""
    there: tuple[tuple[str, datetime], ...]
    """(zone, local time) for each possible zone."""


def moment_at(table: HoursTable, place: Place, now: datetime) -> Moment:
    """A place at ``now`` (aware)."""
    there = tuple((zone, now.astimezone(zone_info(zone))) for zone in place.zones)
    return Moment(table, place, now, int(now.timestamp()), there)


def illegal(at: Moment) -> Iterator[Finding]:
    """Each rule whose legal hours are not open in each possible zone."""
    for zone, local in at.there:
        for code in at.place.regions:
            if not _within(at.table.legal(zone, code, local.toordinal()), at.stamp):
                yield next(_closed(at, code, zone, local, binding=True))


def second_looks(at: Moment) -> Iterator[Finding]:
    """What asks for a second look, but for a doubt about the zone."""
    yield from islice(_not_preferred(at), 1)
    yield from _holiday(at)
    if at.table.policy.calls == "businesses":
        for code in at.place.regions:
            yield from islice(_not_binding(at, code), 1)
    if at.table.policy.warn_hours:
        yield from _courtesies(at)


def zone_doubt(at: Moment) -> Iterator[Finding]:
    """That the possible zones show different times."""
    times = dict.fromkeys(f"{local:%H:%M}" for _, local in at.there) if len(at.there) > 1 else ()
    if len(times) > 1:
        yield Finding(ZONE_DOUBT, f"Where they are it may be {' or '.join(times)}.")


def _closed(
    at: Moment, code: str, zone: str, local: datetime, *, binding: bool
) -> Iterator[Finding]:
    """Each rule of a code that is closed there now: those that bind, or those that only warn."""
    table, day = at.table, local.date()
    rules = table.rules.rules_of(code, day)
    for own, rule in rules:
        if table.rules.only_warns(rule) is binding:
            continue
        alone = binding and len(rules) == 1  # whoever asks has seen that one of them is closed
        if alone or not _within(table.hours(zone, own, rule, day), at.stamp):
            yield _of_hours(rule, own, zone, local)


def _not_binding(at: Moment, code: str) -> Iterator[Finding]:
    for zone, local in at.there:
        yield from _closed(at, code, zone, local, binding=False)


def _courtesies(at: Moment) -> Iterator[Finding]:
    for code in at.place.regions:
        for zone, local in at.there:
            rule = at.table.rules.courtesy_of(code, local.date())
            if rule and not _within(at.table.hours(zone, code, rule, local.date()), at.stamp):
                yield _of_hours(rule, code, zone, local)
                break


def _not_preferred(at: Moment) -> Iterator[Finding]:
    for zone, local in at.there:
        for code in at.place.regions:
            if not _within(at.table.preferred(zone, code, local.toordinal()), at.stamp):
                wanted = _said(at.table.rules.wanted(code, local.date()), local)
                said = f"Preferred hours: {wanted}; it is {local:%H:%M} in {zone}."
                yield Finding(PREFERRED, said)


def _holiday(at: Moment) -> Iterator[Finding]:
    days: dict[date, None] = {local.date(): None for _, local in at.there}
    for day in days:
        for code in at.place.regions:
            if name := holiday_at(code, day):
                there = code.removesuffix(ANY_STATE)
                yield Finding(HOLIDAY, f"{name} is a public holiday in {there}.")
                return
        if found := _in_a_part(at.place.regions, day):
            yield Finding(HOLIDAY, found)
            return


def _in_a_part(codes: tuple[str, ...], day: date) -> str:
    """The holiday of a part of a country, where nobody knows in which part somebody is."""
    known = {code[:2] for code in codes if len(code) > 2 and not code.endswith(ANY_STATE)}
    for country in dict.fromkeys(code[:2] for code in codes if code):
        found = None if country in known else parts_on_holiday(country, day.year).get(day)
        if found is not None:
            name, parts, _ = found
            there = f"{_listed(parts)} ({country})"
            return f"{name} is a public holiday in {there}, and their region is not known."
    return ""


def _listed(parts: tuple[str, ...]) -> str:
    named = (*parts[:4], f"{len(parts) - 4} more") if len(parts) > 4 else parts
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _of_hours(rule: LegalHours, code: str, zone: str, local: datetime) -> Finding:
    name, windows = rule.rule or f"{code} hours", rule.week.get(local.weekday(), ())
    if windows and (holiday := banned_holiday(code, rule, local.date())):
        allowed = f"no calls on public holidays ({holiday})"
    elif windows:
        allowed = f"{_said(windows, local)} on {_DAY_NAMES[local.weekday()]}"
    else:
        allowed = _said(windows, local)
    statute = f" ({rule.statute})" if rule.statute else ""
    return Finding(name, f"{name}{statute}: {allowed}; it is {local:%H:%M} in {zone}.", rule)


def _said(windows: tuple[Hours, ...], local: datetime) -> str:
    if not windows:
        return f"no calls on {_DAY_NAMES[local.weekday()]}"
    return " and ".join(f"{window.start:%H:%M}–{window.end:%H:%M}" for window in windows)


def _within(intervals: Iterable[Interval], stamp: int) -> bool:
    return any(start <= stamp < end for start, end in intervals)
