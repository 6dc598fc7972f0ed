"""The order of the call block, computed in SQL over one covering partial index; the formula is ``cadence/ranking.py``'s.

What depends on place and time (may this place be called now, when does its window close, which part of the day is it
there) is handed in a calling class at a time, as strings that SQL indexes by the class's id: exact at every instant,
and nothing in the table goes stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from leadtui.store.tables import CallingClass
from leadtui.store.types import to_micros

CLOSES_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Places:
    """What the calling classes say at one instant, indexed by class id.

    ``blocked`` one character a class ('1' blocked), ``parts`` one ('0'..'3', '9' none), ``closes`` four digits of
    minutes until the calling window closes ('9999' where it is not open).
    """

    blocked: str
    parts: str
    closes: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What is fixed for one refresh of the queue."""

    rep_id: int
    now: datetime
    now_bm: int
    end_of_day: datetime
    places: Places

    def parameters(self) -> dict[str, Any]:
        """The bound values of the queue's SQL."""
        return {
            "rep": self.rep_id,
            "now": to_micros(self.now),
            "soon": to_micros(self.now + timedelta(minutes=5)),
            "now_bm": self.now_bm,
            "today": to_micros(self.end_of_day),
            "blocked": self.places.blocked,
            "parts": self.places.parts,
            "closes": self.places.closes,
        }


def calling_classes(session: Session) -> list[CallingClass]:
    """All calling classes, by id."""
    return list(session.exec(select(CallingClass).order_by(col(CallingClass.id))).all())


_MINUTES = "((:now - inquiry_at) / 60000000.0)"
_FRESH = (
    f"CASE WHEN {_MINUTES} <= 1 THEN 1.0 WHEN {_MINUTES} <= 2 THEN 0.45 WHEN {_MINUTES} <= 3 THEN 0.40 "
    f"WHEN {_MINUTES} <= 30 THEN 0.33 WHEN {_MINUTES} <= 60 THEN 0.28 WHEN {_MINUTES} <= 1500 THEN 0.20 "
    f"WHEN {_MINUTES} <= 2940 THEN 0.10 ELSE 0.05 END"
)
_DUE_BM = "(CASE WHEN first = 1 AND sla_due_bm IS NOT NULL THEN sla_due_bm ELSE due_bm END)"
_OVERDUE = f"(:now_bm - {_DUE_BM})"
_FAST = "first = 1 AND sla_minutes > 0 AND sla_minutes <= 60"
_TIER = (
    "CASE WHEN promised = 1 AND due <= :soon THEN 0 "
    f"WHEN ({_FAST}) OR {_OVERDUE} > 960 THEN 1 "
    "WHEN first = 1 AND sla_minutes > 0 "
    "THEN CASE WHEN sla_due_bm - :now_bm <= 0.25 * sla_minutes THEN 2 ELSE 3 END "
    "WHEN due < :now THEN 2 WHEN first = 1 OR due <= :today THEN 3 ELSE 4 END"
)
_PLACE = "call = 1 AND calling_class_id IS NOT NULL"
_PART = f"CASE WHEN {_PLACE} THEN CAST(substr(:parts, calling_class_id + 1, 1) AS INTEGER) ELSE 9 END"
_CLOSES = (
    f"CASE WHEN {_PLACE} THEN CAST(substr(:closes, calling_class_id * {CLOSES_WIDTH} + 1, {CLOSES_WIDTH}) AS INTEGER) "
    "ELSE 9999 END"
)
_U = (
    f"CASE tier WHEN 0 THEN CASE WHEN :now <= due THEN 0.0 WHEN (:now - due) >= 900000000 THEN 1.0 "
    "ELSE (:now - due) / 900000000.0 END "
    f"WHEN 1 THEN CASE WHEN {_FAST} AND inquiry_at IS NOT NULL THEN {_FRESH} ELSE 0.0 END "
    "WHEN 4 THEN 0.0 "
    f"ELSE CASE WHEN {_OVERDUE} <= 0 THEN 0.0 WHEN {_OVERDUE} >= 480 THEN 1.0 ELSE {_OVERDUE} / 480.0 END END"
)
_W = "CASE WHEN closes >= 240 THEN 0.0 WHEN closes <= 30 THEN 1.0 ELSE (240 - closes) / 210.0 END"
_NEW = "CASE WHEN part <= 3 AND ((parts_tried >> part) & 1) = 0 THEN 8 ELSE 0 END"
_P = f"1000 * (5 - tier) + 35 * ({_U}) + 25 * fit / 100.0 + 20 * ({_W}) + 12 * stage_weight / 100.0 + {_NEW}"
_OPEN = "state = 'open' AND system = 0 AND rep_id = :rep"
_FREE = (
    "(held_until IS NULL OR held_until <= :now) AND (call = 0 OR calling_class_id IS NULL "
    "OR substr(:blocked, calling_class_id + 1, 1) = '0')"
)
_COLUMNS = (
    "id, lead_id, due, due_bm, promised, first, sla_minutes, sla_due_bm, inquiry_at, fit, stage_weight, parts_tried, "
    f"{_TIER} AS tier, {_PART} AS part, {_CLOSES} AS closes"
)
_RANKED = (
    f"SELECT id, lead_id, due, tier, {_P} AS p FROM (SELECT {_COLUMNS} FROM touch "
    f"WHERE {_OPEN} AND due <= :today AND {_FREE}) AS due_today"
)

_DUE = text(f"SELECT id FROM ({_RANKED}) AS ranked ORDER BY p DESC, due, lead_id LIMIT :limit")
_EXPLAIN = text(f"SELECT id, tier, p FROM ({_RANKED}) AS ranked ORDER BY p DESC, due, lead_id LIMIT :limit")
_LATER = text(
    f"SELECT id, due FROM touch WHERE {_OPEN} AND (due > :after OR (due = :after AND id > :last)) "
    "ORDER BY due, id LIMIT :limit"
)
_HELD = text(
    f"SELECT id FROM touch WHERE {_OPEN} AND due <= :today AND NOT ({_FREE}) ORDER BY due, lead_id LIMIT :limit"
)
_COUNTS = text(
    f"SELECT coalesce(sum(CASE WHEN due <= :today AND {_FREE} THEN 1 ELSE 0 END), 0), "
    f"coalesce(sum(CASE WHEN due <= :today AND NOT ({_FREE}) THEN 1 ELSE 0 END), 0), "
    f"coalesce(sum(CASE WHEN due > :today THEN 1 ELSE 0 END), 0) FROM touch WHERE {_OPEN}"
)
_ROWS = text(
    "SELECT t.id, t.lead_id, l.full_name, l.title, coalesce(c.name, ''), t.channel, t.title, t.kind, t.due, t.promised, "
    "t.first, t.sla_minutes, t.sla_due_bm, t.due_bm, t.stage_weight, t.held_until, t.held_rule, t.calling_class_id, "
    "t.call, t.state FROM touch t JOIN lead l ON l.id = t.lead_id LEFT JOIN company c ON c.id = l.company_id "
    "WHERE t.id IN :ids"
).bindparams(bindparam("ids", expanding=True))


def due(session: Session, moment: Moment, limit: int) -> list[int]:
    """Touch ids due by the end of the day that may be done now, best first."""
    return list(session.connection().execute(_DUE, {**moment.parameters(), "limit": limit}).scalars())


def ranked(session: Session, moment: Moment, limit: int) -> list[tuple[int, int, float]]:
    """``(touch id, tier, P)`` of the first ``limit`` due touches."""
    rows = session.connection().execute(_EXPLAIN, {**moment.parameters(), "limit": limit})
    return [(row[0], row[1], float(row[2])) for row in rows]


def later(session: Session, moment: Moment, limit: int, after: tuple[int, int] | None = None) -> list[tuple[int, int]]:
    """A keyset page of ``(touch id, due)`` after the end of the day; ``after`` is the last ``(due, id)`` seen."""
    start = after or (to_micros(moment.end_of_day), 1 << 62)
    found = session.connection().execute(
        _LATER, {"rep": moment.rep_id, "after": start[0], "last": start[1], "limit": limit}
    )
    return [(row[0], row[1]) for row in found]


def held(session: Session, moment: Moment, limit: int = 500) -> list[int]:
    """Touch ids due today that cannot be done now."""
    return list(session.connection().execute(_HELD, {**moment.parameters(), "limit": limit}).scalars())


def counts(session: Session, moment: Moment) -> tuple[int, int, int]:
    """How many touches are due, held, later."""
    row = session.connection().execute(_COUNTS, moment.parameters()).one()
    return int(row[0]), int(row[1]), int(row[2])


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
