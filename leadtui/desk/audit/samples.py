"""Five confirmations a rep and week, drawn at random for a supervisor to look into and sign.

Nobody chooses: a week is drawn once, when it is over, and the draw is a function of the log's last
hash at that moment, which stands in the entry that says so, with what was drawn and from how many.
Outcomes by which leads can be burned weigh more."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.log.telling import Entry, parse, words_of
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store import floor, health
from leadtui.store import samples as rows
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import Sample
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

COUNT = 5
WATCHED: Mapping[str, int] = {"WRONG_NUMBER": 4, "UNQUALIFIED": 4, "NOT_DIALED": 4}
"""Outcome -> how much more it weighs than others."""

PAGE = 2_000
WEEK = timedelta(days=7)
MIN_FINDING = 3


@dataclass(frozen=True, slots=True)
class SampleView:
    """One drawn confirmation and what the supervisor found."""

    seq: int
    week: str
    rep: str
    at: datetime
    words: str
    signed_at: datetime | None
    signed_by: str
    finding: str


def drawn(
    seed: bytes, candidates: Sequence[tuple[int, int]], count: int = COUNT
) -> tuple[int, ...]:
    """``count`` of the ``(entry, weight)`` candidates, by weighted draw without putting back; pure.

    Each candidate gets a number from the seed and its own entry; the smallest ``-ln(number) /
    weight`` win."""

    def place(candidate: tuple[int, int]) -> float:
        seq, weight = candidate
        digest = hashlib.sha256(seed + seq.to_bytes(8, "big")).digest()
        number = (int.from_bytes(digest[:7], "big") + 1) / (1 << 56)
        return -math.log(number) / weight

    return tuple(sorted(seq for seq, _ in sorted(candidates, key=place)[:count]))


def week_of(at: datetime, context: Context) -> str:
    """The ISO week of an instant on the floor's calendar: ``2026-W48``."""
    year, week, _ = at.astimezone(context.zone).isocalendar()
    return f"{year}-W{week:02}"


def last_week(context: Context) -> str:
    """The last week that is over."""
    return week_of(context.now() - timedelta(days=7), context)


def of_week(context: Context, week: str = "") -> tuple[SampleView, ...]:
    """The samples of a week (default: the last one that is over), drawn now if they were not;
    supervisors only.

    Raises ``WrongUse`` for what is no week, and ``Refused`` for one that is not over."""
    people.require(context, "looking into samples", "supervisor")
    week = week or last_week(context)
    since, until = _span(context, week)
    if until > context.now():
        raise Refused(
            "week",
            f"week {week} is not over: its samples are drawn when nobody can act on them any more",
        )
    _draw(context, week, since, until)
    return _listed(context, week)


def undrawn(context: Context, weeks: int = 4) -> tuple[str, ...]:
    """The last weeks that are over, had confirmations and were never drawn, the oldest first."""
    now, found = context.now(), []
    with context.store.read() as session:
        known = {week_of(now - back * WEEK, context) for back in range(1, weeks + 1)}
        known = {week for week in known if rows.of_week(session, week)}
    log = Rows(context.store.url)
    try:
        for back in range(weeks, 0, -1):
            week = week_of(now - back * WEEK, context)
            if week not in known and health.confirmed_between(
                log, *map(to_micros, _span(context, week))
            ):
                found.append(week)
    finally:
        log.close()
    return tuple(found)


def sign(context: Context, seq: int, finding: str) -> SampleView:
    """Sign a sample with what was found; supervisors only, not their own work, and once."""
    people.require(context, "signing a sample", "supervisor")
    finding = finding.strip()
    if len(finding) < MIN_FINDING:
        raise Refused(
            "finding", 'say what you found: --finding "listened to the recording, in order"'
        )
    with context.write() as unit:
        row = rows.of_entry(unit.session, seq)
        if row is None:
            raise NotFound(f"entry {seq} was not drawn; 'leadtui samples' lists what was")
        if row.rep_id == context.identity.id:
            raise Refused("own", "nobody signs their own work; another supervisor does")
        if row.signed_at is not None:
            raise Refused("signed", f"entry {seq} was signed already; what was found stays")
        row.signed_at, row.signed_by, row.finding = unit.now, context.identity.id, finding
        unit.log(
            Event.SAMPLE_SIGNED,
            subjects={"entry": seq, "rep": row.rep_id, "sample": row.id},
            after={"signed": True},
            private=finding,
        )
        week = row.week
    return next(one for one in _listed(context, week) if one.seq == seq)


def _span(context: Context, week: str) -> tuple[datetime, datetime]:
    try:
        year, _, number = week.upper().partition("-W")
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise WrongUse(f"--week {week!r} is no week; write one like 2026-W48") from None
    start = datetime.combine(monday, datetime.min.time(), tzinfo=context.zone)
    return start, datetime.combine(
        monday + timedelta(days=7), datetime.min.time(), tzinfo=context.zone
    )


def _draw(context: Context, week: str, since: datetime, until: datetime) -> None:
    """Draw for every rep with confirmations in that week for whom nothing was drawn yet."""
    found = _confirmations(context, since, until)
    with context.store.read() as session:
        done = {row.rep_id for row in rows.of_week(session, week)}
    if not set(found) - done:
        return
    with context.write() as unit:
        done = {row.rep_id for row in rows.of_week(unit.session, week)}
        seed = unit.head()[2]
        for rep_id, entries in sorted(found.items()):
            if rep_id not in done:
                _keep(unit, rep_id, week, entries, seed)


def _keep(unit: Unit, rep_id: int, week: str, entries: Sequence[Entry], seed: bytes) -> None:
    candidates = [
        (entry.seq, WATCHED.get(str(entry.codes.get(Code.OUTCOME)), 1)) for entry in entries
    ]
    chosen = drawn(seed + rep_id.to_bytes(8, "big"), candidates)
    for seq in chosen:
        unit.session.add(Sample(rep_id=rep_id, week=week, log_seq=seq, drawn_at=unit.now))
    unit.log(
        Event.SAMPLE_DRAWN,
        subjects={"rep": rep_id},
        codes={Code.WEEK: week, Code.SEQS: list(chosen), Code.OF: len(candidates)},
        hashes={"seed": seed.hex()},
    )


def _confirmations(context: Context, since: datetime, until: datetime) -> dict[int, list[Entry]]:
    """Rep -> their confirmations in a span."""
    log = Rows(context.store.url)
    found: dict[int, list[Entry]] = {}
    try:
        after, last = (
            queries.seq_before(log, to_micros(since)),
            queries.seq_before(log, to_micros(until)),
        )
        while after < last:
            page = queries.after(log, after, min(PAGE, last - after))
            if not page:
                break
            for entry in map(parse, page):
                if entry.event == Event.ACTION_CONFIRMED and entry.actor is not None:
                    found.setdefault(entry.actor, []).append(entry)
            after = page[-1][0]
    finally:
        log.close()
    return found


def _listed(context: Context, week: str) -> tuple[SampleView, ...]:
    with context.store.read() as session:
        samples = rows.of_week(session, week)
        names = {rep.id: rep.name for rep in floor.reps(session)}
    log = Rows(context.store.url)
    try:
        entries = {
            entry.seq: entry
            for entry in map(parse, queries.by_seqs(log, [row.log_seq for row in samples]))
        }
        leads = queries.lead_names(
            log, (entry.lead_id for entry in entries.values() if entry.lead_id is not None)
        )
    finally:
        log.close()
    return tuple(
        SampleView(
            seq=row.log_seq,
            week=row.week,
            rep=names.get(row.rep_id, ""),
            at=from_micros(entries[row.log_seq].at),
            words=words_of(entries[row.log_seq], leads.get(entries[row.log_seq].lead_id or 0, "")),
            signed_at=row.signed_at,
            signed_by=names.get(row.signed_by, ""),
            finding=row.finding,
        )
        for row in samples
        if row.log_seq in entries
    )
