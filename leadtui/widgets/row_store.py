"""The rows a list has been given so far, which of them have just changed, and which are on their
way."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from time import monotonic
from typing import Generic, TypeVar

Row = TypeVar("Row")

KEPT = 4_000
"""Rows that are kept before those far from the window are forgotten."""
MARKED = 2.5
"""Seconds that a changed row stays marked."""


class RowStore(Generic[Row]):
    """Rows by id. A row that was asked for and did not come is ``None``: it does not exist any
    more."""

    def __init__(self, row_id: Callable[[Row], int], looks: Callable[[Row], Hashable]) -> None:
        self._row_id, self._looks = row_id, looks
        self._rows: dict[int, Row | None] = {}
        self._marked: dict[int, float] = {}
        self.asked: tuple[int, ...] = ()
        """What was asked for and has not come yet."""

    def get(self, row_id: int) -> Row | None:
        """A row, if it is here."""
        return self._rows.get(row_id)

    def lacks(self, ids: Iterable[int]) -> tuple[int, ...]:
        """Those of the ids about which nothing is known."""
        return tuple(row_id for row_id in ids if row_id not in self._rows)

    def take(self, rows: Sequence[Row], asked: Sequence[int], near: Iterable[int]) -> bool:
        """Keep rows; ``near`` ids survive when there are too many. True where one of them now looks
        different."""
        if len(self._rows) > KEPT:
            kept = set(near)
            self._rows = {row_id: row for row_id, row in self._rows.items() if row_id in kept}
        changed = False
        self._rows.update(dict.fromkeys(row_id for row_id in asked if row_id not in self._rows))
        for row in rows:
            row_id = self._row_id(row)
            before = self._rows.get(row_id)
            if before is not None and self._looks(before) != self._looks(row):
                self.mark(row_id)
                changed = True
            self._rows[row_id] = row
        if self.asked and set(asked) >= set(self.asked):
            self.asked = ()
        return changed

    def mark(self, row_id: int) -> None:
        """This row is to be seen as changed for a moment."""
        self._marked[row_id] = monotonic() + MARKED

    def is_marked(self, row_id: int) -> bool:
        """Whether it is."""
        return row_id in self._marked

    def unmark(self) -> float | None:
        """Forget the marks whose moment is over; seconds until the next one is, ``None`` without
        any."""
        now = monotonic()
        self._marked = {
            row_id: until for row_id, until in self._marked.items() if until > now + 0.02
        }
        return max(0.05, min(self._marked.values()) - now) if self._marked else None
