"""Long work in short transactions: how many things each takes on, and the rest between two of them,
so that whoever else wants to write waits a moment and no more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

HOLD = 0.5
"""Seconds that a transaction should hold the lock; what one thing costs is measured as it goes."""

REST = 0.11
"""Seconds between two, at most: SQLite looks for the lock every tenth of a second once it has
waited a while, and finds it free."""

SHARE = 0.8
"""Who has waited a shorter time looks more often: again within this share of it."""

FIRST, MOST = 50, 4_000
GROWS = 4


class Pace:
    """How many things the next transaction takes on."""

    def __init__(self) -> None:
        self.size = FIRST
        self.longest = 0.0
        """Seconds of the longest one so far."""

    @contextmanager
    def turn(self, count: int) -> Iterator[None]:
        """Around a transaction about ``count`` things: the next ones take as many as fit."""
        began = time.perf_counter()
        try:
            yield
        finally:
            took = max(time.perf_counter() - began, 1e-6)
            self.longest = max(self.longest, took)
            fits = int(count * HOLD / took)
            self.size = max(1, min(fits, GROWS * self.size, MOST))

    def rest(self) -> None:
        """Let the others have their turn."""
        time.sleep(min(REST, SHARE * self.longest))
