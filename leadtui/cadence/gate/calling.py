"""May I call now? By which rule not, and when next: legal and preferred hours, blocks, attempts,
consent, screening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from math import ceil

from leadtui.cadence.calendar import part_index, zone_info
from leadtui.cadence.gate.numbers import number_region, possible_zones, zones_of_number
from leadtui.cadence.gate.windows import HoursTable, Place, code_of, holiday_at, place_of, table_of
from leadtui.cadence.model import CallFacts, CallingPolicy, Gate, Hours, LegalHours, Verdict

__all__ = [
    "ClassState",
    "class_state",
    "gate",
    "number_region",
    "possible_zones",
    "zones_of_number",
]

DO_NOT_CALL = "do not call"
WRONG_NUMBER = "wrong number"
OPTED_OUT = "opted out of calls"
NO_NUMBER = "no number"
ZONE_UNKNOWN = "zone unknown"
CONSENT = "consent missing"
SCREENING = "screening missing"
ATTEMPTS = "attempts in 24 h"
PREFERRED = "preferred hours"
HOLIDAY = "public holiday"
ZONE_DOUBT = "zone doubt"
TOO_SOON = "last attempt"
CLEAR = "clear"

DAY = timedelta(hours=24)
_DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks, and what it says."""

    rule: str
    message: str


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
    allowed_until: datetime | None = None
    """When the legal window closes that is open now; ``None`` outside it."""


def gate(facts: CallFacts, policy: CallingPolicy, now: datetime) -> Gate:
    """The verdict for one number at ``now`` (aware), and the next minute without a block.

    The first rule that blocks gives its name, those that no waiting lifts first; the others are in
    ``warnings``."""
    zones = (facts.checked_zone,) if facts.checked_zone else facts.zones
    place = _place(zones, facts.country, facts.region, facts.number_country, facts.number_region)
    table, stamp = table_of(policy), int(now.timestamp())
    local_times = tuple((zone, now.astimezone(zone_info(zone))) for zone in place.zones)
    closes = table.calling_until(place, stamp)
    window = None if closes is None else datetime.fromtimestamp(closes, UTC) - now
    if final := _final(facts):
        return Gate(
            Verdict.BLOCKED,
            final.rule,
            final.message,
            overridable=False,
            local_times=local_times,
            next_allowed=None,
            warnings=(),
            window_closes=window,
        )
    lasting = tuple(_lasting(facts, policy, place, now))
    passing = (*_illegal(table, place, now), *_attempts(facts, policy, now))
    warnings = tuple(_warnings(facts, policy, place, now))
    if facts.promised:
        warnings, passing = (*passing, *warnings), ()
    blocks = (*lasting, *passing)
    first, *others = (*blocks, *warnings) or (Finding(CLEAR, "May be called now."),)
    verdict = Verdict.BLOCKED if blocks else Verdict.WARN if warnings else Verdict.CLEAR
    when = _next(facts, policy, table, place, now) if passing and not lasting else None
    said = (
        tuple(other.message for other in others)
        if blocks
        else tuple(warning.message for warning in warnings)
    )
    return Gate(
        verdict,
        first.rule,
        first.message,
        verdict is Verdict.BLOCKED,
        local_times,
        when,
        said,
        window,
    )


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
    place = _place(zones, country, region, number_country, number_region)
    if not place.zones:
        return ClassState(Verdict.BLOCKED, ZONE_UNKNOWN, -1, 9, None)
    table, stamp = table_of(policy), int(now.timestamp())
    part = part_index(now.astimezone(zone_info(place.zones[0])))
    illegal = next(_illegal(table, place, now), None)
    if illegal:
        opens = table.next_legal(place, stamp)
        return ClassState(
            Verdict.BLOCKED, illegal.rule, -1, part, _minute(opens) if opens else None
        )
    closes, until = table.calling_until(place, stamp), table.legal_until(place, stamp)
    minutes = -1 if closes is None else (closes - stamp) // 60
    warning = next(chain(_place_warnings(policy, place, now), _zone_doubt(place, now)), None)
    verdict, rule = (Verdict.WARN, warning.rule) if warning else (Verdict.CLEAR, CLEAR)
    return ClassState(verdict, rule, minutes, part, None, _minute(until) if until else None)


def _place(
    zones: tuple[str, ...], country: str, region: str, other_country: str, other_region: str
) -> Place:
    return place_of(zones, (code_of(country, region), code_of(other_country, other_region)))


def _final(facts: CallFacts) -> Finding | None:
    """What nobody can override."""
    if not facts.number:
        return Finding(NO_NUMBER, "There is no number to call.")
    if facts.do_not_call:
        return Finding(DO_NOT_CALL, "They asked not to be called.")
    if facts.opted_out:
        return Finding(OPTED_OUT, "They opted out of calls.")
    if facts.wrong_number:
        return Finding(WRONG_NUMBER, "This number is marked as wrong.")
    return None


def _lasting(
    facts: CallFacts, policy: CallingPolicy, place: Place, now: datetime
) -> Iterator[Finding]:
    """Blocks that waiting does not lift."""
    if not place.zones:
        yield Finding(
            ZONE_UNKNOWN,
            "Their time zone is unknown: neither number nor address tells where they are.",
        )
    countries = {code[:2] for code in place.regions if code}
    if not facts.consent:
        for country in sorted(countries & set(policy.needs_consent)):
            yield Finding(
                CONSENT, f"Calls to {country} need a recorded consent, and there is none."
            )
    for country in sorted(countries & set(policy.needs_screening)):
        days = policy.needs_screening[country]
        if facts.screened_at is None or now - facts.screened_at > timedelta(days=days):
            state = (
                "never was"
                if facts.screened_at is None
                else f"last was on {facts.screened_at.date()}"
            )
            text = (
                f"Numbers in {country} are screened against the national list every {days} "
                "days; this one "
                f"{state}."
            )
            yield Finding(SCREENING, text)


def _illegal(table: HoursTable, place: Place, now: datetime) -> Iterator[Finding]:
    """Each rule whose legal hours are not open in each possible zone."""
    stamp = int(now.timestamp())
    for zone in place.zones:
        local = now.astimezone(zone_info(zone))
        for code in place.regions:
            if not any(
                start <= stamp < end for start, end in table.legal(zone, code, local.toordinal())
            ):
                rule = table.rule_of(code)
                yield Finding(rule.rule or f"{code} hours", _hours_text(rule, code, zone, local))


def _hours_text(rule: LegalHours, code: str, zone: str, local: datetime) -> str:
    name, windows = rule.rule or f"{code} hours", rule.week.get(local.weekday(), ())
    if windows and not rule.holidays and (holiday := holiday_at(code, local.date())):
        allowed = f"no calls on public holidays ({holiday})"
    elif windows:
        allowed = f"{_windows_text(windows)} on {_DAY_NAMES[local.weekday()]}"
    else:
        allowed = f"no calls on {_DAY_NAMES[local.weekday()]}"
    return f"{name}: {allowed}; it is {local:%H:%M} in {zone}."


def _windows_text(windows: tuple[Hours, ...]) -> str:
    return " and ".join(f"{window.start:%H:%M}–{window.end:%H:%M}" for window in windows)


def _recent(facts: CallFacts, now: datetime) -> list[datetime]:
    return sorted(at for at in facts.attempts_24h if now - DAY < at <= now)


def _attempts(facts: CallFacts, policy: CallingPolicy, now: datetime) -> Iterator[Finding]:
    made = len(_recent(facts, now))
    if made >= policy.max_attempts_24h:
        yield Finding(
            ATTEMPTS,
            f"{made} attempts to this number in 24 hours; {policy.max_attempts_24h} are the most.",
        )


def _warnings(
    facts: CallFacts, policy: CallingPolicy, place: Place, now: datetime
) -> Iterator[Finding]:
    """What asks for a second look."""
    yield from _place_warnings(policy, place, now)
    if not facts.zone_acknowledged:
        yield from _zone_doubt(place, now)
    if facts.last_attempt is not None and facts.attempts != 1:
        minutes = int((now - facts.last_attempt).total_seconds() // 60)
        if 0 <= minutes < policy.min_minutes_between:
            yield Finding(TOO_SOON, f"The last attempt was {minutes} minutes ago.")


def _place_warnings(policy: CallingPolicy, place: Place, now: datetime) -> Iterator[Finding]:
    table, stamp = table_of(policy), int(now.timestamp())
    for zone in place.zones:
        local = now.astimezone(zone_info(zone))
        if not any(start <= stamp < end for start, end in table.preferred(zone, local.toordinal())):
            windows = policy.preferred.get(local.weekday(), ())
            wanted = (
                _windows_text(windows) if windows else f"no calls on {_DAY_NAMES[local.weekday()]}"
            )
            yield Finding(PREFERRED, f"Preferred hours: {wanted}; it is {local:%H:%M} in {zone}.")
            break
    yield from _holiday_warning(place, now)
    for code in place.regions:
        rule = policy.warn_hours.get(code) or policy.warn_hours.get(code.partition("-")[0])
        for zone in place.zones if rule else ():
            local = now.astimezone(zone_info(zone))
            if rule and not any(
                w.start <= local.time() < w.end for w in rule.week.get(local.weekday(), ())
            ):
                yield Finding(rule.rule or f"{code} hours", _hours_text(rule, code, zone, local))
                break


def _holiday_warning(place: Place, now: datetime) -> Iterator[Finding]:
    days: dict[date, None] = {now.astimezone(zone_info(zone)).date(): None for zone in place.zones}
    for day in days:
        for code in place.regions:
            if name := holiday_at(code, day):
                yield Finding(HOLIDAY, f"{name} is a public holiday in {code}.")
                return


def _zone_doubt(place: Place, now: datetime) -> Iterator[Finding]:
    times = dict.fromkeys(f"{now.astimezone(zone_info(zone)):%H:%M}" for zone in place.zones)
    if len(times) > 1:
        yield Finding(ZONE_DOUBT, f"Where they are it may be {' or '.join(times)}.")


def _next(
    facts: CallFacts, policy: CallingPolicy, table: HoursTable, place: Place, now: datetime
) -> datetime | None:
    """The first whole minute at which neither the hours nor the number of attempts block."""
    recent, stamp = _recent(facts, now), now.timestamp()
    if len(recent) >= policy.max_attempts_24h:
        stamp = (recent[len(recent) - policy.max_attempts_24h] + DAY).timestamp()
    found = table.next_legal(place, ceil(stamp / 60) * 60)
    return None if found is None else _minute(found)


def _minute(stamp: int) -> datetime:
    return datetime.fromtimestamp(ceil(stamp / 60) * 60, UTC)
