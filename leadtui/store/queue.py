"""The order of the call block, computed in SQL over one covering partial index (``order.py`` has
the statements)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, func, text
from sqlmodel import Session, col, select

from leadtui.store import order
from leadtui.store.engine.micros import to_micros
from leadtui.store.engine.tables import CallingClass
from leadtui.store.order import CLOSES_WIDTH, Moment, Places

__all__ = [
    "CLOSES_WIDTH",
    "Moment",
    "Places",
    "calling_classes",
    "counts",
    "due",
    "held",
    "last_class",
    "later",
    "rank_of",
    "ranked",
    "rows",
]


def calling_classes(session: Session) -> list[CallingClass]:
    """All calling classes, by id."""
    return list(session.exec(select(CallingClass).order_by(col(CallingClass.id))).all())


def last_class(session: Session) -> int:
    """The highest id of a calling class; classes are added and never changed."""
    return int(session.exec(select(func.max(CallingClass.id))).one() or 0)


_DUE = text(order.DUE)
_EXPLAIN = text(order.EXPLAIN)
_LATER = text(order.LATER)
_HELD = text(order.HELD)
_TODAY_COUNTS = text(order.TODAY_COUNTS)
_LATER_COUNT = text(order.LATER_COUNT)
_ROWS = text(f"SELECT {order.ROW_COLUMNS} FROM {order.ROW_TABLES} WHERE t.id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)


def due(session: Session, moment: Moment, limit: int) -> list[int]:
    """Touch ids due by the end of the day that may be done now, best first."""
    return list(
        session.connection().execute(_DUE, {**moment.parameters(), "limit": limit}).scalars()
    )


def ranked(session: Session, moment: Moment, limit: int) -> list[tuple[int, int, float]]:
    """``(touch id, tier, P)`` of the first ``limit`` due touches."""
    rows = session.connection().execute(_EXPLAIN, {**moment.parameters(), "limit": limit})
    return [(row[0], row[1], float(row[2])) for row in rows]


def later(
    session: Session, moment: Moment, limit: int, after: tuple[int, int] | None = None
) -> list[tuple[int, int]]:
    """A keyset page of ``(touch id, due)`` after the end of the day; ``after`` is the last ``(due,
    id)`` seen."""
    start = after or (to_micros(moment.end_of_day), order.LAST_ID)
    found = session.connection().execute(
        _LATER, {"rep": moment.rep_id, "after": start[0], "last": start[1], "limit": limit}
    )
    # The driver's own tuples: a million ids in Row objects take three times as long.
    pairs: list[tuple[int, int]] = list(found.cursor.fetchall())
    found.close()
    return pairs


def held(session: Session, moment: Moment, limit: int = 500) -> list[int]:
    """Touch ids due today that cannot be done now."""
    return list(
        session.connection().execute(_HELD, {**moment.parameters(), "limit": limit}).scalars()
    )


def counts(session: Session, moment: Moment) -> tuple[int, int, int]:
    """How many touches are due, held, later."""
    connection, bound = session.connection(), moment.parameters()
    row = connection.execute(_TODAY_COUNTS, bound).one()
    return int(row[0]), int(row[1]), int(connection.execute(_LATER_COUNT, bound).scalar_one())


def rows(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    """What a line of the queue shows, by touch id (see ``_ROWS`` for the columns)."""
    if not ids:
        return {}
    found: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        part = list(ids[start : start + 500])
        for row in session.connection().execute(_ROWS, {"ids": part}):
            found[row[0]] = row
    return found


def rank_of(order: Iterable[int], touch_id: int) -> int | None:
    """The place (1 = first) of a touch in an order; ``None`` when it is not there."""
    return next((place for place, found in enumerate(order, 1) if found == touch_id), None)
