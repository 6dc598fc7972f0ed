"""The order of the call block, computed in SQL over one covering partial index (``order.py`` has
the statements)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, select

from leadtui.store import order
from leadtui.store.engine.bare import Look, rows_of
from leadtui.store.engine.micros import to_micros
from leadtui.store.engine.pieces import pieces
from leadtui.store.engine.tables import CallingClass
from leadtui.store.order import CLOSES_WIDTH, Moment, Places

__all__ = [
    "CLOSES_WIDTH",
    "Moment",
    "Places",
    "calling_classes",
    "counts",
    "due",
    "ground",
    "held",
    "later",
    "rank_of",
    "ranked",
    "rows",
]


def calling_classes(session: Session) -> list[CallingClass]:
    """All calling classes, by id."""
    return list(session.exec(select(CallingClass).order_by(col(CallingClass.id))).all())


def ground(look: Look) -> tuple[str, int]:
    """What a timetable rests on: the running playbook's hash, and the highest id of a calling
    class; classes are added and never changed."""
    found = rows_of(look.connection(), order.GROUND)[0]
    return found[0] or "", found[1] or 0


def due(look: Look, moment: Moment, limit: int) -> list[int]:
    """Touch ids due by the end of the day that may be done now, best first."""
    bound = {**moment.parameters(), "limit": limit}
    return [row[0] for row in rows_of(look.connection(), order.DUE, bound)]


def ranked(look: Look, moment: Moment, limit: int) -> list[tuple[int, int, float]]:
    """``(touch id, tier, P)`` of the first ``limit`` due touches."""
    rows = rows_of(look.connection(), order.EXPLAIN, {**moment.parameters(), "limit": limit})
    return [(row[0], row[1], float(row[2])) for row in rows]


def later(
    look: Look, moment: Moment, limit: int, after: tuple[int, int] | None = None
) -> list[tuple[int, int]]:
    """A keyset page of ``(touch id, due)`` after the end of the day; ``after`` is the last ``(due,
    id)`` seen."""
    start = after or (to_micros(moment.end_of_day), order.LAST_ID)
    bound = {"rep": moment.rep_id, "after": start[0], "last": start[1], "limit": limit}
    pairs: list[Any] = rows_of(look.connection(), order.LATER, bound)
    return pairs


def held(look: Look, moment: Moment, limit: int = 500) -> list[int]:
    """Touch ids due today that cannot be done now."""
    bound = {**moment.parameters(), "limit": limit}
    return [row[0] for row in rows_of(look.connection(), order.HELD, bound)]


def counts(look: Look, moment: Moment) -> tuple[int, int, int]:
    """How many touches are due, held, later."""
    connection, bound = look.connection(), moment.parameters()
    today = rows_of(connection, order.TODAY_COUNTS, bound)[0]
    return int(today[0]), int(today[1]), int(rows_of(connection, order.LATER_COUNT, bound)[0][0])


def rows(look: Look, moment: Moment, ids: Sequence[int]) -> dict[int, Any]:
    """What a line of the queue shows, by touch id: ``order.ROW_COLUMNS`` and the tier."""
    connection, bound = look.connection(), moment.parameters()
    found: dict[int, Any] = {}
    for piece in pieces(ids, order.SIZES[-1]):
        sql, listed = order.lines(piece)
        found.update((row[0], row) for row in rows_of(connection, sql, bound | listed))
    return found


def rank_of(order: Iterable[int], touch_id: int) -> int | None:
    """The place (1 = first) of a touch in an order; ``None`` when it is not there."""
    return next((place for place, found in enumerate(order, 1) if found == touch_id), None)
