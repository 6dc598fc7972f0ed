"""May I call now? By which rule not, and when next: legal and preferred hours, blocks, attempts,
consent, screening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import ceil

from leadtui.cadence.calendar import part_index
from leadtui.cadence.gate.findings import (
    Finding,
    Moment,
    illegal,
    moment_at,
    second_looks,
    zone_doubt,
)
from leadtui.cadence.gate.numbers import number_region, possible_zones, zones_of_number
from leadtui.cadence.gate.windows import table_of
from leadtui.cadence.model import CallFacts, CallingPolicy, Gate, LegalHours, Verdict

__all__ = [
    "ClassState",
    "class_state",
    "gate",
    "number_region",
    "possible_zones",
    "standing_block",
    "zones_of_number",
]

DO_NOT_CALL = "do not call"
WRONG_NUMBER = "wrong number"
OPTED_OUT = "opted out of calls"
LISTED = "national list"
NO_NUMBER = "no number"
ZONE_UNKNOWN = "zone unknown"
CONSENT = "consent missing"
SCREENING = "screening missing"
ATTEMPTS = "attempts in 24 h"
PERSON_ATTEMPTS = "attempts to a person in 24 h"
TOO_SOON = "last attempt"
CLEAR = "clear"

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ClassState:
    """The part of the gate that depends on place and time alone, so that many leads share it."""

    verdict: Verdict
    rule: str
    closes_minutes: int
    """Minutes until the calling window closes; -1 outside it."""
    part: int
    """The day-part in the likeliest zone, 0 to 3; 9 for none."""
    next_allowed: datetime | None
    """The next minute (aware UTC) at which place and time do not block; ``None`` when never or
    already so."""


def gate(facts: CallFacts, policy: CallingPolicy, now: datetime) -> Gate:
    """The verdict for one number at ``now`` (aware), and the next minute without a block.

    The first rule that blocks gives its name, those that no waiting lifts first; the others are in
    ``warnings``."""
    at = _moment(facts, policy, now)
    if final := _final(facts):
        return Gate(Verdict.BLOCKED, final.rule, final.message, False, at.there, None)  # noqa: FBT003
    lasting = tuple(_lasting(facts, at))
    tried = tuple(_attempts(facts, at))
    passing = (*illegal(at), *tried)
    warnings = tuple(_warnings(facts, at))
    if facts.promised:
        warnings, passing = (*passing, *warnings), ()
    blocks = (*lasting, *passing)
    first, *others = (*blocks, *warnings) or (Finding(CLEAR, "May be called now."),)
    verdict = Verdict.BLOCKED if blocks else Verdict.WARN if warnings else Verdict.CLEAR
    when = None
    if passing and not lasting:
        when = _next(at, _aged(facts, at) if tried else now)
    message = f"{first.message}{_again(when, at)}"
    said = others if blocks else warnings
    return Gate(
        verdict,
        first.rule,
        message,
        verdict is Verdict.BLOCKED,
        at.there,
        when,
        tuple(each.message for each in said),
        first.law.law if first.law else "",
    )


def standing_block(
    facts: CallFacts, policy: CallingPolicy, now: datetime
) -> tuple[str, datetime | None]:
    """The rule that blocks this number beside its hours and its zone, and until when (aware;
    ``None`` where no waiting lifts it); no rule where none does."""
    at = _moment(facts, policy, now)
    found = (each for each in _lasting(facts, at) if each.rule != ZONE_UNKNOWN)
    if lasting := next(found, None):
        return f"{lasting.country} {lasting.rule.removesuffix(' missing')}", None
    if not facts.promised and (tried := next(_attempts(facts, at), None)):
        return tried.rule, _aged(facts, at)
    return "", None


def closed_at(facts: CallFacts, policy: CallingPolicy, when: datetime) -> str:
    """Why ``when`` (aware) is no time to call somebody, whatever else speaks for or against it:
    hours and holidays, in a sentence; nothing where they are open."""
    at = _moment(facts, policy, when)
    return next((found.message for found in chain(illegal(at), second_looks(at))), "")


def class_state(
    zones: tuple[str, ...],
    country: str,
    region: str,
    number_country: str,
    number_region: str,
    policy: CallingPolicy,
    now: datetime,
) -> ClassState:
    """What place and time say about a call at ``now`` (aware), before anything is known about the
    lead."""
    table = table_of(policy)
    place = table.place(zones, (country, region), (number_country, number_region))
    if not place.zones:
        return ClassState(Verdict.BLOCKED, ZONE_UNKNOWN, -1, 9, None)
    at = moment_at(table, place, now)
    part = part_index(at.there[0][1])
    if closed := next(illegal(at), None):
        return ClassState(Verdict.BLOCKED, closed.rule, -1, part, _next(at, now))
    closes = table.calling_until(place, at.stamp)
    minutes = -1 if closes is None else (closes - at.stamp) // 60
    warning = next(chain(second_looks(at), zone_doubt(at)), None)
    verdict, rule = (Verdict.WARN, warning.rule) if warning else (Verdict.CLEAR, CLEAR)
    return ClassState(verdict, rule, minutes, part, None)


def _moment(facts: CallFacts, policy: CallingPolicy, now: datetime) -> Moment:
    table = table_of(policy)
    zones = (facts.checked_zone,) if facts.checked_zone else facts.zones
    number = (facts.number_country, facts.number_region)
    return moment_at(table, table.place(zones, (facts.country, facts.region), number), now)


def _final(facts: CallFacts) -> Finding | None:
    """What nobody can override."""
    if not facts.number:
        return Finding(NO_NUMBER, "There is no number to call.")
    if facts.do_not_call:
        return Finding(DO_NOT_CALL, "They asked not to be called.")
    if facts.listed_in and not facts.consent:
        names = " and ".join(facts.listed_in)
        return Finding(LISTED, f"This number stands in {names}, and no consent is recorded.")
    if facts.opted_out:
        return Finding(OPTED_OUT, "They opted out of calls.")
    if facts.wrong_number:
        return Finding(WRONG_NUMBER, "This number is marked as wrong.")
    return None


def _lasting(facts: CallFacts, at: Moment) -> Iterator[Finding]:
    """Blocks that waiting does not lift."""
    policy = at.table.policy
    if not at.there:
        yield Finding(
            ZONE_UNKNOWN,
            "Their time zone is unknown: neither number nor address tells where they are.",
        )
    if not facts.consent:
        yield from _no_consent(at)
    countries = {code[:2] for code in at.place.regions if code}
    for country in sorted(countries & policy.needs_screening.keys()):
        if missing := policy.unscreened(country, facts.screened, at.now):
            said = _screening_text(facts, policy, country, missing)
            yield Finding(SCREENING, said, country=country)


def _no_consent(at: Moment) -> Iterator[Finding]:
    day = at.now.toordinal()
    for code in sorted(at.place.regions):
        law = next((row for row in at.table.rules.law_of(code, day) if row.consent), None)
        if law is None and code[:2] not in at.table.policy.needs_consent:
            continue
        statute = f" ({law.statute})" if law and law.statute else ""
        said = f"Calls to {code[:2]} need a recorded consent{statute}, and there is none."
        yield Finding(CONSENT, said, law, code[:2])


def _screening_text(
    facts: CallFacts, policy: CallingPolicy, country: str, missing: tuple[str, ...]
) -> str:
    last = min((at for name in missing if (at := facts.screened.get(name))), default=None)
    state = f"last was as of {last.date()}" if last else "never was"
    return (
        f"Numbers in {country} are screened against {' and '.join(missing)} every "
        f"{policy.needs_screening[country]} days; this one {state}."
    )


def _recent(made: Iterable[datetime], now: datetime) -> list[datetime]:
    return sorted(at for at in made if now - DAY < at <= now)


def _caps(
    facts: CallFacts, at: Moment
) -> Iterator[tuple[str, list[datetime], int, LegalHours | None]]:
    """What a cap is for, the attempts of the last day that it counts, the cap, and the row whose it
    is; the first is the floor's own."""
    to_number = _recent(facts.attempts_24h, at.now)
    to_person = _recent(facts.person_attempts_24h, at.now)
    yield ATTEMPTS, to_number, at.table.policy.max_attempts_24h, None
    for code in at.place.regions if to_number or to_person else ():
        for row in at.table.rules.law_of(code, at.now.toordinal()):
            yield ATTEMPTS, to_number, row.number_cap, row
            yield PERSON_ATTEMPTS, to_person, row.person_cap, row


def _attempts(facts: CallFacts, at: Moment) -> Iterator[Finding]:
    for rule, made, most, row in _caps(facts, at):
        if most and len(made) >= most:
            whom = "person" if rule is PERSON_ATTEMPTS else "number"
            statute = f" ({row.statute})" if row and row.statute else ""
            said = f"{len(made)} attempts to this {whom} in 24 hours; {most} are the most{statute}."
            yield Finding(rule, said, row)


def _aged(facts: CallFacts, at: Moment) -> datetime:
    """When enough attempts are a day old for another one."""
    return max(
        made[len(made) - most] + DAY
        for _, made, most, _ in _caps(facts, at)
        if most and len(made) >= most
    )


def _warnings(facts: CallFacts, at: Moment) -> Iterator[Finding]:
    """What asks for a second look."""
    yield from second_looks(at)
    if not facts.zone_acknowledged:
        yield from zone_doubt(at)
    if facts.last_attempt is not None and facts.attempts != 1:
        minutes = int((at.now - facts.last_attempt).total_seconds() // 60)
        if 0 <= minutes < at.table.policy.min_minutes_between:
            ago = f"{minutes} min ago" if minutes else "just now"
            yield Finding(TOO_SOON, f"The last attempt was {ago}.")


def _next(at: Moment, free: datetime) -> datetime | None:
    """The first whole minute from ``free`` on at which the hours do not block."""
    found = at.table.next_legal(at.place, ceil(free.timestamp() / 60) * 60)
    return None if found is None else datetime.fromtimestamp(ceil(found / 60) * 60, UTC)


def _again(when: datetime | None, at: Moment) -> str:
    """When they may be called again, on the clock of the likeliest zone."""
    if when is None or not at.there:
        return ""
    zone, local = at.there[0]
    return f" Allowed again {when.astimezone(local.tzinfo):%a %d %b %H:%M} in {zone}."
