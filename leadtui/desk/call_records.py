"""The phone system's records against the confirmations: no log proves a call better.

Confirmed calls without a record, and records without a confirmation, are listed; both are matched by number and time,
within a tolerance, one to one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from leadtui.desk import people
from leadtui.desk.call_columns import Call, read_calls
from leadtui.desk.context import Context
from leadtui.desk.importing.dates import zone_named
from leadtui.desk.importing.incoming import Rejection
from leadtui.errors import LeadtuiError
from leadtui.store import call_records as rows
from leadtui.store import floor
from leadtui.store.call_records import Made, Recorded
from leadtui.store.tables import CallRecord, Rep
from leadtui.text import fold

TOLERANCE = timedelta(minutes=5)
"""Clocks of two systems differ, and a dial is on record before the line is there."""


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


@dataclass(frozen=True, slots=True)
class Missing:
    """A call that only one side knows. ``entry`` is an attempt's id, or a record's."""

    id: int
    at: datetime
    number: str
    rep: str
    lead: int | None
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Check:
    """Both lists, and from when to when the records reach."""

    since: datetime | None
    until: datetime | None
    without_record: tuple[Missing, ...]
    without_confirmation: tuple[Missing, ...]
    newly_matched: int = field(default=0)


def pairs(attempts: Sequence[Made], records: Sequence[Recorded], tolerance: timedelta) -> tuple[tuple[int, int], ...]:
    """``(record, attempt)`` that are the same call: same number, nearest in time first, each used once; pure.

    Where the record names a rep, it must be the attempt's.
    """
    by_number: dict[str, list[Recorded]] = defaultdict(list)
    for record in records:
        by_number[record.number].append(record)
    near = [
        (abs(record.at - attempt.at), attempt.id, record.id)
        for attempt in attempts
        for record in by_number.get(attempt.number, ())
        if abs(record.at - attempt.at) <= tolerance and record.rep_id in (None, attempt.rep_id)
    ]
    used: set[int] = set()
    done: set[int] = set()
    found = []
    for _, attempt_id, record_id in sorted(near):
        if attempt_id not in done and record_id not in used:
            done.add(attempt_id)
            used.add(record_id)
            found.append((record_id, attempt_id))
    return tuple(sorted(found))


def import_calls(
    context: Context, source: Path, mapping: Mapping[str, str], *, zone: str = "", dates: str = ""
) -> CallImport:
    """Import a phone system's export and match it; importing it again changes nothing. Supervisors only."""
    people.require(context, "importing call records", "supervisor")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise LeadtuiError(
            f"{source}: cannot be read ({error.strerror}); name the phone system's export, as CSV"
        ) from error
    where = zone_named(zone, "--zone") if zone else context.zone
    calls, rejected = read_calls(data, source.name, mapping, zone=where, country=context.settings.country, dates=dates)
    outside = [call for call in calls if call.direction != "internal"]
    with context.write() as unit:
        known = rows.known_ids(unit.session, [call.external_id for call in outside])
        who = _people(floor.reps(unit.session))
        fresh: dict[str, Call] = {call.external_id: call for call in outside if call.external_id not in known}
        with unit.untracked():
            for call in fresh.values():
                rep = who.get(fold(call.rep)) or who.get(fold(call.extension))
                unit.session.add(
                    CallRecord(
                        external_id=call.external_id, number=call.number, extension=call.extension, rep_id=rep,
                        at=call.at, seconds=call.seconds, direction=call.direction,
                    )
                )  # fmt: skip
        found = pairs(rows.unmatched_attempts(unit.session), rows.unmatched_records(unit.session), TOLERANCE)
        rows.keep_matches(unit, found)
        if fresh or found:
            counts = {"new": len(fresh), "matched": len(found), "rejected": len(rejected)}
            unit.log("calls.imported", codes=counts, private=source.name)
    return CallImport(
        rows=len(calls) + len(rejected),
        new=len(fresh),
        known=len(outside) - len(fresh),
        internal=len(calls) - len(outside),
        matched=len(found),
        rejected=tuple(rejected),
    )


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
    """Confirmed calls without a record, and records without a confirmation; supervisors only.

    Only calls of the time that the records cover are asked for. Raises ``LeadtuiError`` without any records.
    """
    people.require(context, "checking calls", "supervisor")
    newly = _match_again(context)
    with context.store.read() as session:
        covered = rows.span(session)
        if covered is None:
            raise LeadtuiError("no call records were imported yet; 'leadtui calls import CDR.csv' takes them")
        first = max(filter(None, (since, covered[0] - TOLERANCE)))
        last = min(filter(None, (until, covered[1] + TOLERANCE)))
        attempts = rows.unmatched_attempts(session, first, last, confirmed=True)
        records = rows.unmatched_records(session, since, until)
        names = {rep.id: rep.name for rep in floor.reps(session)}
        made = rows.attempt_rows(session, [one.id for one in attempts])
        leads = rows.lead_names(session, sorted({row.lead_id for row in made.values()}))
        whose = rows.leads_of_numbers(session, sorted({one.number for one in records}))
        lengths = rows.record_rows(session, [one.id for one in records])
    silent = []
    for one in attempts:
        row = made[one.id]
        name = leads.get(row.lead_id, "")
        rep = names.get(one.rep_id, "")
        silent.append(Missing(one.id, one.at, one.number, rep, row.lead_id, name, row.disposition))
    unsaid = []
    for call in records:
        lead, name = whose.get(call.number, (None, ""))
        length = f"{lengths[call.id].seconds} s"
        unsaid.append(Missing(call.id, call.at, call.number, names.get(call.rep_id, ""), lead, name, length))
    return Check(since or covered[0], until or covered[1], tuple(silent), tuple(unsaid), newly)


def _match_again(context: Context) -> int:
    """Match what came since the last import; how many pairs were found."""
    with context.store.read() as session:
        found = pairs(rows.unmatched_attempts(session), rows.unmatched_records(session), TOLERANCE)
    if not found:
        return 0
    with context.write() as unit:
        again = pairs(rows.unmatched_attempts(unit.session), rows.unmatched_records(unit.session), TOLERANCE)
        rows.keep_matches(unit, again)
        unit.log("calls.matched", codes={"matched": len(again)})
    return len(again)
