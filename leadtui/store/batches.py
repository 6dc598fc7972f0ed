"""Taking an import or an answer back: what it made, what it changed, what came after it, and the
rows' way back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, SQLModel, col

from leadtui.errors import Refused
from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import (
    BeforeImage,
    CallRecord,
    Email,
    Enrolment,
    ImportBatch,
    Lead,
    LogEntry,
    Matter,
    Touch,
)
from leadtui.store.engine.twins import twin
from leadtui.store.engine.types import UtcDateTime, dump_json, from_micros
from leadtui.store.engine.unit_of_work import IMAGES, Unit, images_digest
from leadtui.store.engine.vocabulary import Event
from leadtui.store.importing import BACK, LEFT

NEAR = "near_duplicate"


def batches(session: Session) -> list[ImportBatch]:
    """Every import, newest first."""
    return list(session.exec(_select(ImportBatch).order_by(col(ImportBatch.id).desc())).all())


def _select(model: type[Any]) -> Any:
    from sqlmodel import select as typed

    return typed(model)


def images_of(
    session: Session, seqs: Iterable[int]
) -> tuple[dict[tuple[str, int], dict[str, Any]], dict[str, list[int]]]:
    """What these entries, oldest first, did to rows: (table, id) -> old values of each that was
    there, and table -> ids of those that were new.

    Raises ``Refused`` where somebody has changed what is kept of it."""
    changed: dict[tuple[str, int], dict[str, Any]] = {}
    fresh: dict[str, list[int]] = {}
    found = (image for seq in seqs for image in _kept_images(session, seq))
    for table, key, old in found:
        if old is None:
            fresh.setdefault(table, []).append(key)
        else:
            # The first image of a row is the oldest: later ones only add columns.
            known = changed.setdefault((table, key), {})
            known.update({name: value for name, value in old.items() if name not in known})
    return changed, fresh


def _kept_images(session: Session, seq: int) -> list[Any]:
    row, entry = session.get(BeforeImage, seq), session.get(LogEntry, seq)
    images = list(row.images) if row else []
    told = _told(entry.body) if entry else None
    found = images_digest(dump_json(images))
    if told is None:
        sound = not images or _is_older(session, seq)
    else:
        sound = found == told or found == _told_by_erasure(session, seq)
    if sound:
        return images
    raise Refused(
        "images",
        f"entry {seq} cannot be taken back: what its rows were before it was changed behind "
        "leadtui's back; a supervisor can say what is true ('leadtui log correct')",
    )


def _told(body: str, *below: str) -> Any:
    said = json.loads(body).get("hashes") or {}
    for name in (IMAGES, *below):
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _is_older(session: Session, seq: int) -> bool:
    """Whether an entry is from before this floor's entries told digests of before-images."""
    tells = col(LogEntry.body).contains(f'"{IMAGES}":"')
    first = select(col(LogEntry.seq)).where(tells).order_by(col(LogEntry.seq)).limit(1)
    since = session.scalars(first).first()
    return since is None or seq < since


def _told_by_erasure(session: Session, seq: int) -> Any:
    """What an erasure left of an entry's before-images, by the digest in its own entry."""
    erasures = session.scalars(
        select(col(LogEntry.body))
        .where(col(LogEntry.seq) > seq)
        .where(col(LogEntry.body).contains(f'"event":"{Event.PERSON_ERASED}"'))
        .order_by(col(LogEntry.seq).desc())
    )
    return next(filter(None, (_told(body, str(seq)) for body in erasures)), None)


def later_images(session: Session, seq: int, but: Collection[int] = ()) -> Iterator[Any]:
    """What rows were before each entry after this one, but some entries."""
    found = session.execute(
        select(col(BeforeImage.seq), col(BeforeImage.images))
        .where(col(BeforeImage.seq) > seq)
        .order_by(col(BeforeImage.seq))
    )
    for number, images in found.yield_per(200):
        if number not in but:
            yield from images


def has_half(session: Session) -> bool:
    """Whether any import is half in or half taken back."""
    found = session.scalars(
        select(col(ImportBatch.counts)).where(col(ImportBatch.undone_at).is_(None))
    )
    return any(LEFT in counts or BACK in counts for counts in found)


def entries_undone(session: Session) -> set[int]:
    """The entries of imports that were taken back."""
    found = session.execute(
        select(col(ImportBatch.counts)).where(col(ImportBatch.undone_at).is_not(None))
    )
    return {
        int(seq) for (counts,) in found for seq in counts.get("seqs") or (counts.get("seq", 0),)
    }


def last_entry(session: Session) -> int:
    """The number of the newest entry."""
    return int(session.scalars(select(func.max(col(LogEntry.seq)))).first() or 0)


def later_entries(session: Session, seq: int) -> Iterator[tuple[int, str]]:
    """``(seq, body)`` of the entries after this one."""
    found = session.execute(
        select(col(LogEntry.seq), col(LogEntry.body))
        .where(col(LogEntry.seq) > seq)
        .order_by(col(LogEntry.seq))
    )
    for number, body in found.yield_per(1_000):
        yield int(number), body


def leads_behind(session: Session, table: str, ids: Sequence[int]) -> dict[int, int]:
    """Row -> the lead it belongs to, for rows of any table that has a lead."""
    if table == "lead":
        return {row_id: row_id for row_id in ids}
    columns = _table(table).c
    if "lead_id" not in columns:
        return {}
    found: dict[int, int] = {}
    for chunk in pieces(ids):
        rows = session.execute(select(columns.id, columns.lead_id).where(columns.id.in_(chunk)))
        found.update((row_id, lead_id) for row_id, lead_id in rows if lead_id is not None)
    return found


def rows_of_leads(session: Session, table: str, lead_ids: Sequence[int]) -> dict[int, int]:
    """Row -> lead, for all rows of these leads."""
    columns = _table(table).c
    found: dict[int, int] = {}
    for chunk in pieces(lead_ids):
        found.update(
            (row_id, lead_id)
            for row_id, lead_id in session.execute(
                select(columns.id, columns.lead_id).where(columns.lead_id.in_(chunk))
            )
        )
    return found


def merged_into(session: Session, lead_ids: Sequence[int]) -> list[int]:
    """Those of these leads that others were merged into."""
    found: set[int] = set()
    for chunk in pieces(lead_ids):
        found.update(
            session.scalars(select(col(Lead.merged_into)).where(col(Lead.merged_into).in_(chunk)))
        )
    return sorted(found)


def answered_questions(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of these questions that were answered."""
    found: list[int] = []
    for chunk in pieces(ids):
        rows = session.scalars(
            select(col(Matter.id)).where(
                col(Matter.id).in_(chunk), col(Matter.answered_at).is_not(None)
            )
        )
        found.extend(int(one or 0) for one in rows)
    return found


def remove(unit: Unit, table: str, ids: Sequence[int], *, by: str = "id") -> int:
    """Delete rows by id, or by the lead they belong to; how many there were."""
    target = _table(table)
    count = 0
    for chunk in pieces(ids):
        count += unit.connection.execute(delete(target).where(target.c[by].in_(chunk))).rowcount
    return count


def unlink(unit: Unit, responses: Sequence[int]) -> None:
    """Take the reference to responses that go off the rows that stay."""
    for model in (Touch, Enrolment):
        column: Any = col(model.response_id)
        for chunk in pieces(responses):
            unit.connection.execute(update(model).where(column.in_(chunk)).values(response_id=None))


def unused_companies(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of these companies that no lead works for."""
    left = set(ids)
    for chunk in pieces(ids):
        left -= set(
            session.scalars(select(col(Lead.company_id)).where(col(Lead.company_id).in_(chunk)))
        )
    return sorted(left)


def restore(unit: Unit, table: str, key: int, old: Mapping[str, Any]) -> None:
    """Give a row its old values back."""
    target = _table(table)
    values = {
        name: from_micros(value)
        if isinstance(target.c[name].type, UtcDateTime) and value is not None
        else value
        for name, value in old.items()
    }
    # A twin is written with its text and has no image of its own.
    twins = {f"{name}_key": name for name in old if f"{name}_key" in target.c}
    values |= {folded: twin(old[name]) for folded, name in twins.items() if folded not in old}
    unit.connection.execute(update(target).where(target.c.id == key).values(**values))


def restore_all(unit: Unit, changed: Mapping[tuple[str, int], Mapping[str, Any]]) -> None:
    """Give rows their old values back, by table and id: touches last that stand at the front, since
    a lead has one of those at a time."""
    front = {"open", "started"}
    for (table, key), old in sorted(changed.items(), key=lambda one: one[1].get("state") in front):
        restore(unit, table, key, old)


def let_go(unit: Unit, touches: Sequence[int], attempts: Sequence[int]) -> int:
    """Loose what hangs on touches and attempts that go: messages that wait are cancelled, call
    records find their call anew; how many messages there were."""
    waiting = update(Email).where(col(Email.touch_id).in_(touches))
    records = update(CallRecord).where(col(CallRecord.attempt_id).in_(attempts))
    unit.connection.execute(records.values(attempt_id=None))
    return unit.connection.execute(waiting.values(touch_id=None, state="cancelled")).rowcount


def near_matters(session: Session) -> list[Matter]:
    """Near duplicates that wait for a decision, oldest first."""
    return list(
        session.exec(
            _select(Matter)
            .where(col(Matter.kind) == NEAR, col(Matter.answered_at).is_(None))
            .order_by(col(Matter.id))
        ).all()
    )


def _table(name: str) -> Any:
    return SQLModel.metadata.tables[name]
