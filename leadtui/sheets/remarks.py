"""What was odd in a file and cost no row: counted by kind, told by line, and cut where it would
fill the screen."""

from __future__ import annotations

_TOLD = 50
"""How many of one kind are told one by one."""


class Remarks:
    """Gathers remarks while rows are read."""

    def __init__(self) -> None:
        self._whole: list[str] = []
        self._told: list[tuple[int, str]] = []
        self._counts: dict[tuple[str, str], int] = {}

    def say(self, sentence: str) -> None:
        """A remark on the whole file."""
        self._whole.append(sentence)

    def add(self, line: int, column: str, value: str, reason: str, then: str) -> None:
        """A remark on one cell, and what was done about it."""
        kind = (column, reason)
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= _TOLD:
            shown = value if len(value) <= 80 else f"{value[:79]}…"
            self._told.append((line, f"line {line}, {column} {shown!r}: {reason}; {then}"))

    def sentences(self) -> list[str]:
        """The remarks on the file, then those on cells by line, then how many more there are of a
        kind."""
        more = [
            f"{column}: {reason}, in {count - _TOLD} more rows"
            for (column, reason), count in self._counts.items()
            if count > _TOLD
        ]
        return [*self._whole, *(sentence for _, sentence in sorted(self._told)), *more]
