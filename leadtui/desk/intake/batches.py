"""Imports: which there were, and taking one back whole, updates included, as long as nobody has
worked on its leads.

What an import made stands in its batch, what it changed stands as before-images under its log
entry. Taking it back deletes the one, restores the other, and is an entry of its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.planning.planning import Planning
from leadtui.errors import NotFound, Refused
from leadtui.store import batches as rows
from leadtui.store import floor
from leadtui.store.engine.tables import ImportBatch, Lead
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

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
    """Everything an import did: ids by table, old values by row, and whose rows they are."""

    seq: int
    made: dict[str, list[int]]
    changed: dict[tuple[str, int], dict[str, Any]]
    fresh: dict[str, list[int]]
    """New rows that planning added, by table."""
    leads: set[int] = field(default_factory=set)
    """Leads that the import made."""
    others: set[int] = field(default_factory=set)
    """Leads that were there, and that it changed or added to."""


def listed(context: Context) -> tuple[BatchView, ...]:
    """Every import, newest first."""
    with context.store.read() as session:
        names = {rep.id: rep.name for rep in floor.reps(session)}
        return tuple(_view(row, names) for row in rows.batches(session))


def undo(context: Context, batch_id: int) -> Undone:
    """Take an import back whole; supervisors only.

    Raises ``Refused``: ``undone`` for one that was taken back, ``worked_on`` with the leads that
    stop it."""
    people.require(context, "taking an import back", "supervisor")
    with context.write() as unit:
        batch = unit.session.get(ImportBatch, batch_id)
        if batch is None:
            raise NotFound(f"there is no import {batch_id}; 'leadtui batch list' has them")
        if batch.undone_at is not None:
            raise Refused(
                "undone", f"import {batch_id} was taken back already, on {batch.undone_at:%d %b %Y}"
            )
        trace = _trace(unit, batch)
        if stops := _stops(unit, trace):
            raise Refused(
                "worked_on", f"import {batch_id} cannot be taken back: {_named(unit, stops)}"
            )
        _take_back(unit, trace)
        batch.undone_at = unit.now
        unit.session.flush()
        unit.log(
            Event.IMPORT_UNDONE,
            subjects={"batch": batch_id},
            after={"leads": len(trace.leads), "restored": len(trace.others)},
            codes={Code.IMPORT: trace.seq},
        )
        planning = Planning(context, unit)
        for lead_id in sorted(trace.others):
            planning.settle(planning.sheet(lead_id))
    return Undone(batch_id, len(trace.leads), len(trace.others))


def _view(row: ImportBatch, names: dict[int | None, str]) -> BatchView:
    counts = {
        name: value
        for name, value in row.counts.items()
        if isinstance(value, int) and name != "seq"
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
    )


# -- what it did -----------------------------------------------------------------------------------


def _trace(unit: Unit, batch: ImportBatch) -> _Trace:
    session, seq = unit.session, int(batch.counts.get("seq", 0))
    made = {table: _spread(ends) for table, ends in batch.counts.get("made", {}).items()}
    changed: dict[tuple[str, int], dict[str, Any]] = {}
    fresh: dict[str, list[int]] = {}
    for table, key, old in rows.images_of(session, seq):
        if old is None:
            fresh.setdefault(table, []).append(key)
        else:
            # The first image of a row is the oldest: later ones only add columns.
            known = changed.setdefault((table, key), {})
            known.update({name: value for name, value in old.items() if name not in known})
    trace = _Trace(seq, made, changed, fresh, set(made.get("lead", ())))
    touched: set[int] = set()
    for table, ids in _by_table(trace):
        touched.update(rows.leads_behind(session, table, ids).values())
    trace.others = touched - trace.leads
    return trace


def _spread(ends: Sequence[int]) -> list[int]:
    """``[first, last, first, last …]`` as ids."""
    return [
        one
        for first, last in zip(ends[::2], ends[1::2], strict=True)
        for one in range(int(first), int(last) + 1)
    ]


def _by_table(trace: _Trace) -> Iterable[tuple[str, list[int]]]:
    yield from ((table, ids) for table, ids in trace.made.items() if table != "question")
    yield from trace.fresh.items()
    for table in {table for table, _ in trace.changed}:
        yield table, [key for name, key in trace.changed if name == table]


# -- what stops it ---------------------------------------------------------------------------------


def _stops(unit: Unit, trace: _Trace) -> dict[int, str]:
    """Lead -> why it stops taking the import back; lead 0 stands for what belongs to none."""
    session = unit.session
    stops: dict[int, str] = {}
    undone = {
        int(one.counts.get("seq", 0)) for one in rows.batches(session) if one.undone_at is not None
    }
    for seq, body in rows.later_entries(session, trace.seq):
        entry = json.loads(body)
        lead, event = (entry.get("subjects") or {}).get("lead"), str(entry.get("event", ""))
        if event == Event.IMPORT_UNDONE:
            undone.add(seq)
        known = lead in trace.leads or lead in trace.others
        if (
            lead is not None
            and known
            and event not in HARMLESS
            and not (lead in trace.leads and event in BY_ITSELF)
        ):
            stops.setdefault(int(lead), f"{event.replace('.', ' ')}, entry {seq}")
    for table in ("response", "phone", "emailaddress"):
        own = set(trace.made.get(table, ()))
        for row_id, lead in rows.rows_of_leads(session, table, sorted(trace.leads)).items():
            if row_id not in own:
                stops.setdefault(lead, "a later import added to it")
    for lead in rows.merged_into(session, sorted(trace.leads)):
        stops.setdefault(lead, "another lead was merged into it")
    if answered := rows.answered_questions(session, trace.made.get("question", [])):
        stops.setdefault(0, f"near duplicates of it were decided (question {answered[0]})")
    for table, key in _changed_since(unit, trace, undone):
        lead = rows.leads_behind(session, table, [key]).get(key, 0)
        stops.setdefault(lead, f"its {table} was changed since")
    return stops


def _changed_since(unit: Unit, trace: _Trace, undone: Collection[int]) -> set[tuple[str, int]]:
    """Rows of the import that were changed after it, not counting imports that were taken back and
    their undoing."""
    made = {
        table: set(ids)
        for table, ids in trace.made.items()
        if table in {"lead", "response", "phone", "emailaddress"}
    }
    found = set()
    for table, key, old in rows.later_images(unit.session, trace.seq, undone):
        ours = key in made.get(table, ()) or (
            (table, key) in trace.changed and table in {*made, "lead", "company"}
        )
        if ours and old and not (table == "lead" and set(old) <= COMPUTED):
            found.add((table, key))
    return found


def _named(unit: Unit, stops: dict[int, str]) -> str:
    said = []
    for lead_id, why in list(stops.items())[:SHOWN]:
        lead = unit.session.get(Lead, lead_id) if lead_id else None
        said.append(f"lead {lead_id} {lead.full_name} ({why})" if lead else why)
    more = f" and {len(stops) - SHOWN} more leads" if len(stops) > SHOWN else ""
    return f"it was worked with since: {', '.join(said)}{more}"


# -- the way back ----------------------------------------------------------------------------------


def _take_back(unit: Unit, trace: _Trace) -> None:
    leads = sorted(trace.leads)
    responses = trace.made.get("response", [])
    unit.session.flush()
    for table in ("event", "question", "touch", "enrolment"):
        rows.remove(unit, table, leads, by="lead_id")
        rows.remove(unit, table, sorted({*trace.made.get(table, ()), *trace.fresh.get(table, ())}))
    # Touches last that stand at the front: a lead has one of those at a time.
    order = sorted(
        trace.changed.items(), key=lambda one: one[1].get("state") in {"open", "started"}
    )
    for (table, key), old in order:
        if not (table == "lead" and key in trace.leads):
            rows.restore(unit, table, key, old)
    rows.unlink(unit, responses)
    for table in ("phone", "emailaddress", "response"):
        rows.remove(unit, table, trace.made.get(table, []))
    rows.remove(unit, "lead", leads)
    rows.remove(unit, "company", rows.unused_companies(unit.session, trace.made.get("company", [])))
    unit.session.expire_all()
