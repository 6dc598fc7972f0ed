"""The thread on which the supervisors' copies leave while somebody works: nobody at the screen
waits for a mail server.

A thread of its own, and a daemon: the program's end waits for it a moment only, however slow the
server is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

FIRST = 2.0
"""Seconds from the start to the first round: the first screen comes before it."""
EVERY = 10.0
"""Seconds between two rounds: so soon after a confirmation its copy leaves."""
PATIENCE = 3.0
"""Seconds that the end waits for a copy that is just being handed over."""


class Copying:
    """Rounds of copies until it is stopped. What a round cannot send now, a later one does, here or
    elsewhere."""

    def __init__(self, copy: Callable[..., object]) -> None:
        self.copy = copy
        """A desk's ``copy``: sends what is due as long as ``going`` says so."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="copies", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """End after the copy that is on its way, or without it when it takes too long: then it
        counts as unknown."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(patience)

    def _run(self) -> None:
        wait = FIRST
        while not self._over.wait(wait):
            wait = EVERY
            try:
                self.copy(going=lambda: not self._over.is_set())
            except Exception:
                # A locked or damaged database, no mail server set: the next round tries again, and
                # a traceback on the rep's screen would help nobody.
                if os.environ.get("LEADTUI_DEBUG"):
                    raise
