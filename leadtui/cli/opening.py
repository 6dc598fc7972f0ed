"""Opening the call block on a terminal, or saying what is needed first."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from leadtui.errors import LeadtuiError

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

NO_FLOOR = """\
There is no floor yet. A floor is a folder with its settings, its playbook and its leads.

  leadtui demo          try it: sixty invented leads, two reps, a week of history
  leadtui init          make a floor of your own
"""


def open_app(floor: str = "", database: str = "", rep: str = "") -> int:
    """Open the call block; returns the exit code."""
    from leadtui.settings import find_floor

    if find_floor(floor) is None:
        print(NO_FLOOR, end="")
        return 1
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LeadtuiError(
            "the call block needs a terminal; without one use 'leadtui queue' and 'leadtui next'"
        )
    # Nothing of what is imported from here on is garbage; ``leadtui.opening.hours.warm`` lets the
    # collector go again.
    gc.disable()
    desk = _desk_beside_textual(floor, database, rep)
    try:
        from leadtui.app import LeadtuiApp

        app = LeadtuiApp(desk)
        app.run()
        return app.return_code or 0
    finally:
        desk.close()


def _desk_beside_textual(floor: str, database: str, rep: str) -> Desk:
    """The desk, opened on a thread while Textual is imported: the database does not wait for it,
    nor it for that."""
    from threading import Thread

    from leadtui.opening.bootstrap import open_desk_early

    opened: list[Desk] = []
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            opened.append(open_desk_early(floor, database, rep))
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = Thread(target=open_it, name="opening")
    thread.start()
    import leadtui.app
    import leadtui.screens.queue.call_block  # noqa: F401

    thread.join()
    if failed:
        raise failed[0]
    return opened[0]
