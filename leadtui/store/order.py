"""The SQL of the call block's order and lines, as plain text for the ORM's connections and the bare
driver alike.

The formula is ``cadence/ranking.py``'s; ``queue.py`` runs it on both engines, ``first_page.py``
before anything heavy is imported. What depends on place and time (may this place be called now,
when does its window close, which part of the day is it there) is handed in a calling class at a
time, as strings that SQL indexes by the class's id: exact at every instant, and nothing in the
table goes stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from leadtui.store.engine.micros import to_micros

CLOSES_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Places:
    """What the calling classes say at one instant, indexed by class id.

    ``blocked`` one character a class ('1' blocked), ``parts`` one ('0'..'3', '9' none), ``closes``
    four digits of minutes until the calling window closes ('9999' where it is not open)."""

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


_MINUTES = "((:now - inquiry_at) / 60000000.0)"
_FRESH = (
    f"CASE WHEN {_MINUTES} <= 1 THEN 1.0 WHEN {_MINUTES} <= 2 THEN 0.45 WHEN {_MINUTES} <= 3 "
    "THEN 0.40 "
    f"WHEN {_MINUTES} <= 30 THEN 0.33 WHEN {_MINUTES} <= 60 THEN 0.28 WHEN {_MINUTES} <= 1500 "
    "THEN 0.20 "
    f"WHEN {_MINUTES} <= 2940 THEN 0.10 ELSE 0.05 END"
)
_DUE_BM = "(CASE WHEN first = 1 AND sla_due_bm IS NOT NULL THEN sla_due_bm ELSE due_bm END)"
_OVERDUE = f"(:now_bm - {_DUE_BM})"
_FAST = "first = 1 AND sla_minutes > 0 AND sla_minutes <= 60"
TIER = (
    "CASE WHEN promised = 1 AND due <= :soon THEN 0 "
    f"WHEN ({_FAST}) OR {_OVERDUE} > 960 THEN 1 "
    "WHEN first = 1 AND sla_minutes > 0 "
    "THEN CASE WHEN sla_due_bm - :now_bm <= 0.25 * sla_minutes THEN 2 ELSE 3 END "
    "WHEN due < :now THEN 2 WHEN first = 1 OR due <= :today THEN 3 ELSE 4 END"
)
_PLACE = "call = 1 AND calling_class_id IS NOT NULL"
_PART = (
    f"CASE WHEN {_PLACE} THEN CAST(substr(:parts, CAST(calling_class_id + 1 AS INTEGER), "
    "1) AS INTEGER) ELSE 9 END"
)
_CLOSES = (
    f"CASE WHEN {_PLACE} THEN CAST(substr(:closes, CAST(calling_class_id * {CLOSES_WIDTH} + 1 "
    f"AS INTEGER), {CLOSES_WIDTH}) "
    "AS INTEGER) "
    "ELSE 9999 END"
)
_U = (
    f"CASE tier WHEN 0 THEN CASE WHEN :now <= due THEN 0.0 WHEN (:now - due) >= 900000000 THEN 1.0 "
    "ELSE (:now - due) / 900000000.0 END "
    f"WHEN 1 THEN CASE WHEN {_FAST} AND inquiry_at IS NOT NULL THEN {_FRESH} ELSE 0.0 END "
    "WHEN 4 THEN 0.0 "
    f"ELSE CASE WHEN {_OVERDUE} <= 0 THEN 0.0 WHEN {_OVERDUE} >= 480 THEN 1.0 ELSE {_OVERDUE} "
    "/ 480.0 END END"
)
_W = "CASE WHEN closes >= 240 THEN 0.0 WHEN closes <= 30 THEN 1.0 ELSE (240 - closes) / 210.0 END"
_NEW = "CASE WHEN part <= 3 AND ((parts_tried >> part) & 1) = 0 THEN 8 ELSE 0 END"
_P = (
    f"1000 * (5 - tier) + 35 * ({_U}) + 25 * fit / 100.0 + 20 * ({_W}) + 12 * stage_weight / "
    f"100.0 + {_NEW}"
)
OPEN = "state = 'open' AND system = 0 AND rep_id = :rep"
# What was promised is offered at any hour: the gate warns of it and does not block.
FREE = (
    "(held_until IS NULL OR held_until <= :now) AND (call = 0 OR promised = 1 OR "
    "calling_class_id IS NULL "
    "OR substr(:blocked, CAST(calling_class_id + 1 AS INTEGER), 1) = '0')"
)
_COLUMNS = (
    "id, lead_id, due, due_bm, promised, first, sla_minutes, sla_due_bm, inquiry_at, fit, "
    "stage_weight, parts_tried, "
    f"{TIER} AS tier, {_PART} AS part, {_CLOSES} AS closes"
)
RANKED = (
    f"SELECT id, lead_id, due, tier, {_P} AS p FROM (SELECT {_COLUMNS} FROM touch "
    f"WHERE {OPEN} AND due <= :today AND {FREE}) AS due_today"
)
DUE = f"SELECT id FROM ({RANKED}) AS ranked ORDER BY p DESC, due, lead_id LIMIT :limit"
EXPLAIN = f"SELECT id, tier, p FROM ({RANKED}) AS ranked ORDER BY p DESC, due, lead_id LIMIT :limit"
LATER = (
    f"SELECT id, due FROM touch WHERE {OPEN} AND (due, id) > (:after, :last) ORDER BY "
    "due, id LIMIT "
    ":limit"
)
HELD = (
    f"SELECT id FROM touch WHERE {OPEN} AND due <= :today AND NOT ({FREE}) ORDER BY due, "
    "lead_id LIMIT "
    ":limit"
)
TODAY_COUNTS = (
    f"SELECT coalesce(sum(CASE WHEN {FREE} THEN 1 ELSE 0 END), 0), "
    f"coalesce(sum(CASE WHEN {FREE} THEN 0 ELSE 1 END), 0) FROM touch WHERE {OPEN} AND due <= "
    ":today"
)
# Apart from today's: nothing is asked of these touches, so that an engine counts them by the index
# alone.
LATER_COUNT = f"SELECT count(*) FROM touch WHERE {OPEN} AND due > :today"
LAST_ID = 1 << 62
"""Behind every id: a keyset page after ``(instant, LAST_ID)`` begins behind that instant."""

ROW_COLUMNS = (
    "t.id, t.lead_id, l.full_name, l.title, coalesce(c.name, ''), t.channel, t.title, t.kind, "
    "t.due, t.promised, t.first, t.sla_minutes, t.sla_due_bm, t.due_bm, "
    "t.held_until, t.held_rule, t.calling_class_id"
)
_ROW_TABLES = "touch t JOIN lead l ON l.id = t.lead_id LEFT JOIN company c ON c.id = l.company_id"


SIZES = (20, 60, 500)


@cache
def _lines(size: int) -> str:
    listed = ", ".join(f":touch{place}" for place in range(size))
    return f"SELECT {ROW_COLUMNS}, {TIER} FROM {_ROW_TABLES} WHERE t.id IN ({listed})"


def lines(ids: Sequence[int]) -> tuple[str, dict[str, int]]:
    """SELECT for the lines of these touches, ``ROW_COLUMNS`` and the tier, with what is bound.

    Of few lengths, so that a driver need not prepare it anew for each page: the last id fills
    up."""
    size = next((one for one in SIZES if one >= len(ids)), len(ids))
    filled = [*ids, *[ids[-1] if ids else 0] * (size - len(ids))]
    return _lines(size), {f"touch{place}": one for place, one in enumerate(filled)}


GROUND = (
    "SELECT (SELECT value FROM meta WHERE key = 'playbook'), (SELECT max(id) FROM callingclass)"
)
QUESTION = (
    "SELECT id FROM obligation WHERE rep_id = :rep AND answered_at IS NULL ORDER BY "
    "inbound DESC, id LIMIT 1"
)
CALLS_TODAY = (
    "SELECT count(*), coalesce(sum(contact), 0) FROM attempt "
    "WHERE rep_id = :rep AND at >= :since AND verdict <> 'not dialed'"
)
# From the few responses of the day to their leads, never from all leads of a rep: CROSS JOIN keeps
# SQLite to that.
FIRST_TOUCHES = (
    "SELECT coalesce(sum(attempted_in_time), 0), count(*) FROM ("
    "SELECT CASE WHEN r.first_attempt_at <= r.sla_due THEN 1 ELSE 0 END AS attempted_in_time "
    "FROM response r CROSS JOIN lead l WHERE l.id = r.lead_id AND l.owner_id = :rep "
    "AND r.first_attempt_at >= :since AND r.sla_due IS NOT NULL "
    "UNION ALL SELECT 0 FROM response r CROSS JOIN lead l WHERE l.id = r.lead_id AND "
    "l.owner_id = :rep "
    "AND r.first_attempt_at IS NULL AND r.sla_due >= :since AND r.sla_due < :now) AS first_touches"
)
