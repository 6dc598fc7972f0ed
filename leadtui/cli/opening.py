"""Opening the call block on a terminal, or saying what is needed first."""

from __future__ import annotations

import sys

from leadtui.errors import LeadtuiError

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
        raise LeadtuiError("the call block needs a terminal; without one use 'leadtui queue' and 'leadtui next'")
    from leadtui.bootstrap import open_desk_early

    desk = open_desk_early(floor, database, rep)
    try:
        from leadtui.app import LeadtuiApp

        app = LeadtuiApp(desk)
        app.run()
        return app.return_code or 0
    finally:
        desk.close()
