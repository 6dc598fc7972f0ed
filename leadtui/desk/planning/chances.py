"""When a call can first be made: lawful where they are, and in the floor's hours."""

from __future__ import annotations

from bisect import bisect_right, insort
from datetime import UTC, datetime, timedelta

from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.gate.windows import HoursTable, Place

WITHIN = timedelta(days=14)
"""So far a chance is looked for."""


class Chances:
    """The first chances of one transaction.

    Between a moment and its chance every other moment has the same one, and while calls are open
    each moment is its own. So the stretches that were looked at are kept, place by place: a
    thousand badges of one morning ask the calendar twice."""

    def __init__(self, business: BusinessClock, table: HoursTable) -> None:
        self._business, self._table = business, table
        self._known: dict[Place, list[tuple[int, int, int]]] = {}
        """Place -> stretches in order: first and last second, and their chance; 0 for itself."""

    def first(self, place: Place, asked: datetime) -> datetime:
        """The first chance from ``asked`` (aware) on; ``asked`` itself where none comes soon."""
        stamp = int(asked.timestamp())
        known = self._known.setdefault(place, [])
        at = bisect_right(known, stamp, key=_first) - 1
        stretch = known[at] if at >= 0 and stamp <= known[at][1] else None
        if stretch is None:
            stretch = self._stretch(place, asked, stamp)
            if stretch is None:
                return asked
            insort(known, stretch)
        chance = stretch[2]
        return max(asked, datetime.fromtimestamp(chance, UTC)) if chance else asked

    def _stretch(self, place: Place, asked: datetime, stamp: int) -> tuple[int, int, int] | None:
        for opens, closes, _ in self._business.windows(asked, asked + WITHIN):
            lawful = self._table.next_legal(place, max(opens, stamp))
            if lawful is None or lawful >= closes:
                continue
            if lawful > stamp:
                return stamp, lawful, lawful
            until = self._table.legal_until(place, stamp)
            return stamp, min(closes, until or closes) - 1, 0
        return None


def _first(stretch: tuple[int, int, int]) -> int:
    return stretch[0]
