"""Taking an import back: what it made, what it changed, what came after it, and the rows' way
back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, SQLModel, col

from leadtui.store.engine.tables import (
    BeforeImage,
    Enrolment,
    ImportBatch,
    Lead,
    LogEntry,
    Question,
    Touch,
)
from leadtui.store.engine.types import UtcDateTime, from_micros
from leadtui.store.engine.unit_of_work import Unit

CHUNK = 2_000
NEAR = "near_duplicate"


def batches(session: Session) -> list[ImportBatch]:
    """Every import, newest first."""
    return list(session.exec(_select(ImportBatch).order_by(col(ImportBatch.id).desc())).all())


def _select(model: type[Any]) -> Any:
    from sqlmodel import select as typed

    return typed(model)


def images_of(session: Session, seq: int) -> list[Any]:
    """What rows were before the entry: ``[table, id, old values]``, no values for a row that was
    new."""
    row = session.get(BeforeImage, seq)
    return list(row.images) if row else []


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
    for chunk in _chunks(ids):
        rows = session.execute(select(columns.id, columns.lead_id).where(columns.id.in_(chunk)))
        found.update((row_id, lead_id) for row_id, lead_id in rows if lead_id is not None)
    return found


def rows_of_leads(session: Session, table: str, lead_ids: Sequence[int]) -> dict[int, int]:
    """Row -> lead, for all rows of these leads."""
    columns = _table(table).c
    found: dict[int, int] = {}
    for chunk in _chunks(lead_ids):
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
    for chunk in _chunks(lead_ids):
        found.update(
            session.scalars(select(col(Lead.merged_into)).where(col(Lead.merged_into).in_(chunk)))
        )
    return sorted(found)


def answered_questions(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of these questions that were answered."""
    found: list[int] = []
    for chunk in _chunks(ids):
        rows = session.scalars(
            select(col(Question.id)).where(
                col(Question.id).in_(chunk), col(Question.answered_at).is_not(None)
            )
        )
        found.extend(int(one or 0) for one in rows)
    return found


def remove(unit: Unit, table: str, ids: Sequence[int], *, by: str = "id") -> int:
    """Delete rows by id, or by the lead they belong to; how many there were."""
    target = _table(table)
    count = 0
    for chunk in _chunks(ids):
        count += unit.connection.execute(delete(target).where(target.c[by].in_(chunk))).rowcount
    return count


def unlink(unit: Unit, responses: Sequence[int]) -> None:
    """Take the reference to responses that go off the rows that stay."""
    for model in (Touch, Enrolment):
        column: Any = col(model.response_id)
        for chunk in _chunks(responses):
            unit.connection.execute(update(model).where(column.in_(chunk)).values(response_id=None))


def unused_companies(session: Session, ids: Sequence[int]) -> list[int]:
    """Those of these companies that no lead works for."""
    left = set(ids)
    for chunk in _chunks(ids):
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
    unit.connection.execute(update(target).where(target.c.id == key).values(**values))


def near_questions(session: Session) -> list[Question]:
    """Near duplicates that wait for a decision, oldest first."""
    return list(
        session.exec(
            _select(Question)
            .where(col(Question.kind) == NEAR, col(Question.answered_at).is_(None))
            .order_by(col(Question.id))
        ).all()
    )


def _table(name: str) -> Any:
    return SQLModel.metadata.tables[name]


def _chunks(values: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(values), CHUNK):
        yield list(values[start : start + CHUNK])
