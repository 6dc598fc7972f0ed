"""Imports: which there were, and taking one back whole, updates included, as long as nobody has
worked on its leads.

What an import made stands in its batch, what it changed stands as before-images under its log
entry. Taking it back deletes the one, restores the other, and is an entry of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.pacing import Pace
from leadtui.desk.planning.planning import Planning
from leadtui.errors import NotFound, Refused
from leadtui.store import batches as rows
from leadtui.store import floor
from leadtui.store.engine.tables import ImportBatch, Lead
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.importing import BACK, LEFT, WEB

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many leads of it are done, and of how many."""

BACKWARDS = frozenset((Event.IMPORT_UNDONE, Event.IMPORT_PART_UNDONE))
"""Entries of imports that are taken back."""

HARMLESS = frozenset((Event.POPUP_SHOWN, Event.SAMPLE_DRAWN))
"""Entries about a lead that are nobody's work on it."""

BY_ITSELF = frozenset((Event.ENROLMENT_RESUMED,))
"""What time does to a lead; it stops taking back only what was there before the import."""

COMPUTED = frozenset(
    ("fit", "engagement", "persona", "zones", "calling_class_id", "updated_at", "last_sign_of_life")
)
"""Columns of a lead that leadtui works out."""

SHOWN = 10


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import."""

    id: int
    file: str
    at: datetime
    by: str
    offer: str
    event: str
    counts: dict[str, int]
    undone_at: datetime | None
    left: int = 0
    """Rows that are not in yet, where it was stopped half way, or is on its way."""
    half_undone: bool = False

    def half(self) -> str:
        """What is to be done about an import that is half in or half taken back; else empty."""
        back = f"'leadtui batch undo {self.id}'"
        if self.half_undone:
            return f"import {self.id} ({self.file}) is half taken back: finish it with {back}"
        if self.left:
            return (
                f"import {self.id} ({self.file}) has {self.left:,} rows left: unless it runs now, "
                f"import the same file again to go on, or take it back with {back}"
            )
        return ""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back came to."""

    batch: int
    leads: int
    """Leads that were made by it and are gone."""
    restored: int
    """Leads that were there before and are as they were."""


@dataclass
class _Trace:
    """What is left of an import to take back: ids by table, old values by row, and whose rows they
    are."""

    seqs: tuple[int, ...]
    """Its entries."""
    looked: int
    """The last entry that was looked at for what stops it."""
    made: dict[str, list[int]]
    changed: dict[tuple[str, int], dict[str, Any]]
    fresh: dict[str, list[int]]
    """New rows that planning added, by table."""
    leads: set[int] = field(default_factory=set)
    """Leads that the import made."""
    others: set[int] = field(default_factory=set)
    """Leads that were there, and that it changed or added to."""
    new: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    old: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    """Lead -> its rows that are to go, and those that are to be as they were; 0 for what belongs to
    none."""
    ours: set[int] = field(default_factory=set)
    """Entries that are nobody's work: its own, and those of imports that were taken back."""


def listed(context: Context, *, web: bool = False) -> tuple[BatchView, ...]:
    """Every import of a file or by hand, newest first; or those that web forms made."""
    with context.store.read() as session:
        names = {rep.id: rep.name for rep in floor.reps(session)}
        found = rows.batches(session)
        return tuple(_view(row, names) for row in found if (WEB in row.counts) is web)


def half_done(context: Context) -> tuple[str, ...]:
    """What is to be said at a start of imports that are half in or half taken back."""
    with context.store.read() as session:
        half = rows.has_half(session)
    return tuple(said for one in listed(context) if (said := one.half())) if half else ()


def undo(context: Context, batch_id: int, progress: Progress | None = None) -> Undone:
    """Take an import back whole, a few leads at a time; supervisors only. One that was stopped half
    way goes on.

    Raises ``Refused``: ``undone`` for one that was taken back, ``worked_on`` with the leads that
    stop it."""
    people.require(context, "taking an import back", "supervisor")
    with context.store.read() as session:
        batch = _open_batch(session, batch_id)
        trace = _trace(session, batch)
        _refuse(session, batch_id, _stops(session, trace, trace.seqs[0], trace.leads))
        trace.looked = rows.last_entry(session)
    left, done, pace = sorted(trace.leads | trace.others), 0, Pace()
    of = len(left)
    while True:
        some, left = left[: pace.size], left[pace.size :]
        with pace.turn(len(some)), context.write() as unit:
            _part(context, unit, batch_id, trace, some, last=not left)
        done += len(some)
        if progress is not None:
            progress("taking back", done, of)
        if not left:
            break
        pace.rest()
    return Undone(batch_id, len(trace.leads), len(trace.others))


def _open_batch(session: Any, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound(f"there is no import {batch_id}; 'leadtui batch list' has them")
    if batch.undone_at is not None:
        raise Refused(
            "undone", f"import {batch_id} was taken back already, on {batch.undone_at:%d %b %Y}"
        )
    return cast("ImportBatch", batch)


def _refuse(session: Any, batch_id: int, stops: dict[int, str]) -> None:
    if stops:
        raise Refused(
            "worked_on", f"import {batch_id} cannot be taken back: {_named(session, stops)}"
        )


def _part(
    context: Context, unit: Unit, batch_id: int, trace: _Trace, some: list[int], *, last: bool
) -> None:
    """One transaction: what is theirs goes back, unless somebody has worked with the import since
    it was looked at."""
    batch = _open_batch(unit.session, batch_id)
    _refuse(unit.session, batch_id, _stops(unit.session, trace, trace.looked, set(some)))
    made, there = trace.leads.intersection(some), trace.others.intersection(some)
    _take_back(unit, trace, sorted(made), set(some), last=last)
    after = {"leads": len(made), "restored": len(there)}
    if last:
        batch.undone_at = unit.now
        trace.looked = _log(unit, Event.IMPORT_UNDONE, batch_id, after, trace)
    else:
        batch.counts = {**batch.counts, BACK: some[-1]}
        trace.looked = _log(unit, Event.IMPORT_PART_UNDONE, batch_id, after, trace)
    planning = Planning(context, unit)
    for lead_id in sorted(there):
        planning.settle(planning.sheet(lead_id))


def _view(row: ImportBatch, names: dict[int | None, str]) -> BatchView:
    counts = {
        name: value
        for name, value in row.counts.items()
        if isinstance(value, int) and name not in {"seq", LEFT, BACK, WEB}
    }
    return BatchView(
        int(row.id or 0),
        row.file_name,
        row.at,
        names.get(row.by_id, ""),
        row.offer,
        row.event,
        counts,
        row.undone_at,
        0 if row.undone_at else int(row.counts.get(LEFT, 0)),
        row.undone_at is None and BACK in row.counts,
    )


def _log(unit: Unit, event: Event, batch_id: int, after: dict[str, int], trace: _Trace) -> int:
    unit.session.flush()
    codes = {Code.IMPORT: trace.seqs[0]}
    return unit.log(event, subjects={"batch": batch_id}, after=after, codes=codes)


# -- what it did -----------------------------------------------------------------------------------


def _trace(session: Any, batch: ImportBatch) -> _Trace:
    counts = batch.counts
    seqs = tuple(counts.get("seqs") or (int(counts.get("seq", 0)),))
    made = {table: _spread(ends) for table, ends in counts.get("made", {}).items()}
    changed, fresh = rows.images_of(session, seqs)
    trace = _Trace(seqs, seqs[0], made, changed, fresh)
    _sort_by_lead(session, trace)
    leads, back = set(made.get("lead", ())), int(counts.get(BACK, 0))
    trace.leads = {lead for lead in leads if lead > back}
    trace.others = {lead for lead in (*trace.new, *trace.old) if lead > back} - leads
    trace.ours = {*seqs, *rows.entries_undone(session)}
    return trace


def _sort_by_lead(session: Any, trace: _Trace) -> None:
    """Whose each row is."""
    for into, found in ((trace.new, _new_rows(trace)), (trace.old, _old_rows(trace))):
        for table, ids in found:
            owners = rows.leads_behind(session, table, ids)
            for key in ids:
                into.setdefault(owners.get(key, 0), []).append((table, key))
    questions = trace.made.get("question", ())
    trace.new.setdefault(0, []).extend(("question", key) for key in questions)


def _spread(ends: Sequence[int]) -> list[int]:
    """``[first, last, first, last …]`` as ids."""
    return [
        one
        for first, last in zip(ends[::2], ends[1::2], strict=True)
        for one in range(int(first), int(last) + 1)
    ]


def _new_rows(trace: _Trace) -> Iterator[tuple[str, list[int]]]:
    yield from ((table, ids) for table, ids in trace.made.items() if table != "question")
    yield from trace.fresh.items()


def _old_rows(trace: _Trace) -> Iterator[tuple[str, list[int]]]:
    for table in {table for table, _ in trace.changed}:
        yield table, [key for name, key in trace.changed if name == table]


# -- what stops it ---------------------------------------------------------------------------------


def _stops(session: Any, trace: _Trace, since: int, made: Collection[int]) -> dict[int, str]:
    """Lead -> why it stops taking the import back, by what came after entry ``since``, and by rows
    that others gave to the leads ``made``; lead 0 stands for what belongs to none."""
    stops: dict[int, str] = {}
    for seq, body in rows.later_entries(session, since):
        entry = json.loads(body)
        lead, event = (entry.get("subjects") or {}).get("lead"), str(entry.get("event", ""))
        if event in BACKWARDS:
            trace.ours.add(seq)
        known = lead in trace.leads or lead in trace.others
        if (
            lead is not None
            and known
            and event not in HARMLESS
            and not (lead in trace.leads and event in BY_ITSELF)
        ):
            stops.setdefault(int(lead), f"{event.replace('.', ' ')}, entry {seq}")
    made = trace.leads.intersection(made)
    for table in ("response", "phone", "emailaddress"):
        own = set(trace.made.get(table, ()))
        for row_id, lead in rows.rows_of_leads(session, table, sorted(made)).items():
            if row_id not in own:
                stops.setdefault(lead, "a later import added to it")
    for lead in rows.merged_into(session, sorted(made)):
        stops.setdefault(lead, "another lead was merged into it")
    if answered := rows.answered_questions(session, trace.made.get("question", [])):
        stops.setdefault(0, f"near duplicates of it were decided (question {answered[0]})")
    for table, key in _changed_since(session, trace, since):
        lead = rows.leads_behind(session, table, [key]).get(key, 0)
        if lead in trace.leads or lead in trace.others or not lead:
            stops.setdefault(lead, f"its {table} was changed since")
    return stops


def _changed_since(session: Any, trace: _Trace, since: int) -> set[tuple[str, int]]:
    """Rows of the import that were changed after an entry, not counting its own parts, imports that
    were taken back and their undoing."""
    made = {
        table: set(ids)
        for table, ids in trace.made.items()
        if table in {"lead", "response", "phone", "emailaddress"}
    }
    found = set()
    for table, key, old in rows.later_images(session, since, trace.ours):
        theirs = key in made.get(table, ()) or (
            (table, key) in trace.changed and table in {*made, "lead", "company"}
        )
        if theirs and old and not (table == "lead" and set(old) <= COMPUTED):
            found.add((table, key))
    return found


def _named(session: Any, stops: dict[int, str]) -> str:
    said = []
    for lead_id, why in list(stops.items())[:SHOWN]:
        lead = session.get(Lead, lead_id) if lead_id else None
        said.append(f"lead {lead_id} {lead.full_name} ({why})" if lead else why)
    more = f" and {len(stops) - SHOWN} more leads" if len(stops) > SHOWN else ""
    return f"it was worked with since: {', '.join(said)}{more}"


# -- the way back ----------------------------------------------------------------------------------


def _take_back(
    unit: Unit, trace: _Trace, leads: list[int], some: Collection[int], *, last: bool
) -> None:
    """What belongs to ``some`` leads, of which the import made ``leads``; with the ``last`` of them
    also what belongs to none."""
    whose = [*some, *([0] if last else ())]
    new: dict[str, list[int]] = {}
    for table, key in (row for lead in whose for row in trace.new.get(lead, ())):
        new.setdefault(table, []).append(key)
    unit.session.flush()
    for table in ("event", "question", "fulfilment", "touch", "enrolment"):
        rows.remove(unit, table, leads, by="lead_id")
        rows.remove(unit, table, sorted(set(new.get(table, ()))))
    gone = {("lead", one) for one in trace.leads}
    old = {row for lead in whose for row in trace.old.get(lead, ())} - gone
    rows.restore_all(unit, {row: trace.changed[row] for row in old})
    rows.unlink(unit, new.get("response", []))
    for table in ("phone", "emailaddress", "response"):
        rows.remove(unit, table, new.get(table, []))
    rows.remove(unit, "lead", leads)
    if last:
        unused = rows.unused_companies(unit.session, trace.made.get("company", []))
        rows.remove(unit, "company", unused)
    unit.session.expire_all()
