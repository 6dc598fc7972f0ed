"""A machine's clock that stands far ahead of the log: asked about before an entry carries its time,
since every later one would have to follow it."""

from __future__ import annotations

from datetime import timedelta

from leadtui.errors import Refused
from leadtui.store.engine.micros import dated
from leadtui.store.engine.tables import LogEntry
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.log import bodies

UNASKED = timedelta(days=1)
"""So far may a clock be ahead without a word: nobody's work is held up for it for longer."""
IDLE = timedelta(days=35)
"""So long may a floor stand still where nothing tells how long it was: five weeks of holidays."""


def refuse_jump(unit: Unit) -> None:
    """Raise ``Refused`` where the clock went further since the last entry than time did.

    How much time went by, the machine knows that wrote that entry, as long as it has not been
    started anew (``boot`` in the entry); else a floor may have been idle for ``IDLE``."""
    seq, last, _ = unit.head()
    at = dated(last)
    if not seq or at is None or unit.now - at < UNASKED:
        return
    entry = unit.session.get(LogEntry, seq)
    ran = _ran_since(entry.body if entry else None, unit.boot)
    if unit.now - at <= (IDLE if ran is None else ran + UNASKED):
        return
    told = "" if ran is None else f", though this machine has run for {span(ran)} since"
    raise Refused(
        "clock_ahead",
        f"not saved: the clock of this machine says {unit.now:%d %b %Y %H:%M} UTC, "
        f"{span(unit.now - at)} after the last entry of the log{told}; set the clock right, or if "
        "it is right say so with 'leadtui log clock --right', and do this again",
    )


def span(length: timedelta) -> str:
    """A length of time in the largest unit of which it has two."""
    minutes = int(length.total_seconds() // 60)
    for size, unit in ((525_600, "years"), (1440, "days"), (60, "hours")):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


def _ran_since(body: object, now: str) -> timedelta | None:
    """How long this machine has run since it wrote an entry; ``None`` where another did, or an
    earlier start of it."""
    try:
        then = bodies.read(body).boot
        (boot, up), (same, later) = then.split("+"), now.split("+")
        return timedelta(seconds=int(later) - int(up)) if boot == same else None
    except ValueError:
        return None
