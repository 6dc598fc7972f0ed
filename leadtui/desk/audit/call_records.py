"""The phone system's records against the confirmations: no log proves a call better.

Confirmed calls without a record, and records without a confirmation, are listed, outgoing and
inbound. They are matched by number and time, one to one, within five minutes of leadtui's clock;
where a file shows that the phone system's clock is off by a constant time, that is taken off first.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leadtui.desk.audit.call_matching import TOLERANCE, clock_of, legs, pairs
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.errors import LeadtuiError
from leadtui.files import read_whole
from leadtui.sheets.call_columns import Call, read_calls
from leadtui.sheets.dates import zone_named
from leadtui.sheets.incoming import Rejection
from leadtui.store import call_records as rows
from leadtui.store import floor
from leadtui.store.call_records import Recorded
from leadtui.store.engine.tables import CallRecord, Rep
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold

CLOCKS = "calls.clocks"
"""The fact that says of which records the clock was ahead, and by how many seconds: ``[[first id,
last id, s], …]``."""


@dataclass(frozen=True, slots=True)
class CallImport:
    """What an import of call records came to."""

    rows: int
    new: int
    known: int
    internal: int
    """Calls between extensions: nobody outside was called."""
    matched: int
    rejected: tuple[Rejection, ...]
    ahead: timedelta
    """By how much the phone system's clock was found to be ahead of leadtui's; taken off before
    matching."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A call that only one side knows. ``id`` is an attempt's, or a record's; ``at`` is by
    leadtui's clock."""

    id: int
    at: datetime
    number: str
    rep: str
    lead: int | None
    name: str
    words: str
    inbound: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Both lists, and from when to when the records reach."""

    since: datetime | None
    until: datetime | None
    without_record: tuple[Missing, ...]
    without_confirmation: tuple[Missing, ...]


def import_calls(
    context: Context,
    source: Path,
    mapping: Mapping[str, str],
    *,
    zone: str = "",
    dates: str = "",
    encoding: str = "",
) -> CallImport:
    """Import a phone system's export and match it; importing it again changes nothing. Supervisors
    only.

    ``encoding`` is found out where it is not given. Raises ``LeadtuiError`` for a file that cannot
    be read as calls."""
    people.require(context, "importing call records", "supervisor")
    data = read_whole(source, "name the phone system's export, as CSV")
    where = zone_named(zone, "--zone") if zone else context.zone
    calls, rejected = read_calls(
        data,
        source.name,
        mapping,
        zone=where,
        country=context.settings.country,
        dates=dates,
        encoding=encoding,
    )
    outside = [call for call in calls if call.direction != "internal"]
    with context.write() as unit:
        known = rows.known_ids(unit.session, [call.external_id for call in outside])
        fresh: dict[str, Call] = {}
        for call in sorted(
            outside, key=lambda one: one.seconds
        ):  # of a call with several legs the longest counts
            if call.external_id not in known:
                fresh[call.external_id] = call
        before = rows.last_id(unit.session)
        _keep(unit, fresh.values())
        attempts = rows.unmatched_attempts(unit.session)
        ahead = clock_of(attempts, [one for one in rows.records(unit.session) if one.id > before])
        if ahead:
            clocks = [
                *_clocks(unit.session),
                [before + 1, rows.last_id(unit.session), int(ahead.total_seconds())],
            ]
            with unit.untracked():
                floor.set_meta(unit, CLOCKS, json.dumps(clocks))
        found = pairs(attempts, _by_our_clock(unit.session, rows.records(unit.session)), TOLERANCE)
        rows.keep_matches(unit, found)
        if fresh or found:
            counts = {Code.NEW: len(fresh), Code.MATCHED: len(found), Code.REJECTED: len(rejected)}
            unit.log(
                Event.CALLS_IMPORTED,
                codes={**counts, Code.AHEAD_S: int(ahead.total_seconds())},
                private=source.name,
            )
    return CallImport(
        rows=len(calls) + len(rejected),
        new=len(fresh),
        known=len(outside) - len(fresh),
        internal=len(calls) - len(outside),
        matched=len(found),
        rejected=tuple(rejected),
        ahead=ahead,
    )


def _keep(unit: Unit, calls: Iterable[Call]) -> None:
    """Keep what the phone system says, as it says it."""
    who = _people(floor.reps(unit.session))
    with unit.untracked():
        for call in sorted(calls, key=lambda one: one.at):
            unit.session.add(
                CallRecord(
                    external_id=call.external_id,
                    number=call.number,
                    extension=call.extension,
                    rep_id=who.get(fold(call.rep)) or who.get(fold(call.extension)),
                    at=call.at,
                    seconds=call.seconds,
                    direction=call.direction,
                )
            )


def _clocks(session: Any) -> list[list[int]]:
    found: list[list[int]] = json.loads(floor.get_meta(session, CLOCKS) or "[]")
    return found


def _by_our_clock(session: Any, records: Sequence[Recorded]) -> list[Recorded]:
    """Records with the time that leadtui's clock showed."""
    clocks = _clocks(session)  # each import behind the one before
    if not clocks:
        return list(records)
    firsts = [first for first, _, _ in clocks]
    found = []
    for one in records:
        place = bisect_right(firsts, one.id) - 1
        off = clocks[place][2] if place >= 0 and one.id <= clocks[place][1] else 0
        found.append(replace(one, at=one.at - timedelta(seconds=off)) if off else one)
    return found


def _people(reps: Iterable[Rep]) -> dict[str, int]:
    """Whatever an export may call a person -> who it is; a name that two share says nothing."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for rep in reps:
        first, _, last = rep.name.partition(" ")
        words = {rep.name, rep.login, rep.email, first, f"{last} {first}", f"{last}, {first}"}
        words.add(str(rep.settings.get("extension", "")))
        for word in filter(None, map(fold, words)):
            if found.setdefault(word, int(rep.id or 0)) != rep.id:
                twice.add(word)
    return {word: rep_id for word, rep_id in found.items() if word not in twice}


def check(context: Context, since: datetime | None = None, until: datetime | None = None) -> Check:
    """Confirmed calls without a record, and records without a confirmation, both ways; supervisors
    only.

    Only calls of the time that the records cover are asked for, and inbound ones only where records
    of such exist. Raises ``LeadtuiError`` without any records."""
    people.require(context, "checking calls", "supervisor")
    _match_again(context)
    with context.store.read() as session:
        every = _by_our_clock(session, rows.records(session, unmatched=False))
        if not every:
            raise LeadtuiError(
                "no call records were imported yet; 'leadtui calls import CDR.csv' takes them"
            )
        covered = _covered(every)
        attempts = [
            one
            for one in rows.unmatched_attempts(session, confirmed=True)
            if _within(one.at, covered.get(one.inbound), TOLERANCE)
            and _within(one.at, (since, until))
        ]
        open_ = [
            one
            for one in every
            if not one.matched and one.number and _within(one.at, (since, until))
        ]
        beside = legs(open_, every)
        records = [one for one in open_ if one.id not in beside]
        names = {rep.id: rep.name for rep in floor.reps(session)}
        made = rows.attempt_rows(session, [one.id for one in attempts])
        leads = rows.lead_names(session, sorted({row.lead_id for row in made.values()}))
        whose = rows.leads_of_numbers(session, sorted({one.number for one in records}))
    silent = []
    for one in attempts:
        row = made[one.id]
        name, rep = leads.get(row.lead_id, ""), names.get(one.rep_id, "")
        silent.append(
            Missing(
                one.id, one.at, one.numbers[0], rep, row.lead_id, name, row.disposition, one.inbound
            )
        )
    unsaid = []
    for call in records:
        lead, name = whose.get(call.number, (None, ""))
        length = f"{call.seconds} s" if call.seconds or not call.inbound else "not answered"
        rep = names.get(call.rep_id, "")
        unsaid.append(Missing(call.id, call.at, call.number, rep, lead, name, length, call.inbound))
    times = [edge for pair in covered.values() for edge in pair]
    return Check(since or min(times), until or max(times), tuple(silent), tuple(unsaid))


def _covered(records: Sequence[Recorded]) -> dict[bool, tuple[datetime, datetime]]:
    """From when to when the records reach, by direction (inbound or not)."""
    found: dict[bool, tuple[datetime, datetime]] = {}
    for one in records:
        first, last = found.get(one.inbound, (one.at, one.at))
        found[one.inbound] = (min(first, one.at), max(last, one.at))
    return found


def _within(
    at: datetime,
    span: tuple[datetime | None, datetime | None] | None,
    more: timedelta = timedelta(0),
) -> bool:
    """Whether an instant lies within a span (open where it says nothing), widened by ``more``; in
    no span it does not."""
    if span is None:
        return False
    first, last = span
    return (first is None or at >= first - more) and (last is None or at < last + more)


def _match_again(context: Context) -> None:
    """Match what came since the last import."""
    with context.store.read() as session:
        found = _found(session)
    if not found:
        return
    with context.write() as unit:
        again = _found(unit.session)
        rows.keep_matches(unit, again)
        unit.log(Event.CALLS_MATCHED, codes={Code.MATCHED: len(again)})


def _found(session: Any) -> tuple[tuple[int, int], ...]:
    return pairs(
        rows.unmatched_attempts(session), _by_our_clock(session, rows.records(session)), TOLERANCE
    )
