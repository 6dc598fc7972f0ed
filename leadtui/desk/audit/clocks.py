"""The log's time against the machine's clock: looked at, said to be right, and set back once a
clock had been ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leadtui.desk.audit.auditing import MIN_NOTE, not_a_usurper
from leadtui.desk.core.context import Context
from leadtui.desk.core.jumps import UNASKED
from leadtui.desk.core.people import require
from leadtui.errors import Refused, WrongUse
from leadtui.store import floor
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.supervising import SETTLED

SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Times:
    """The machine's clock and the time of the last entry."""

    clock: datetime
    last: datetime
    entry: int


def times(context: Context) -> Times:
    """How the clock and the log stand to each other."""
    with context.store.read() as session:
        now = context.now()
        return Times(now, floor.last_entry_at(session) or now, floor.count_log(session))


def accept(context: Context) -> int:
    """Say that the clock is right though it is far ahead of the log; returns the entry that says
    so. Raises ``Refused`` where it is not ahead."""
    with context.write(ask=False) as unit:
        _, last, _ = unit.head()
        if unit.now - from_micros(last) < UNASKED:
            raise Refused(
                "clock", "the clock is not far ahead of the last entry: there is nothing to say"
            )
        codes = {Code.CLOCK: to_micros(unit.now), Code.LAST: last}
        return unit.log(Event.CLOCK_ACCEPTED, codes=codes)


def settle(context: Context, note: str) -> int:
    """Set the log's time back to the clock's after a clock had been ahead; returns the entry that
    does, from which on entries carry the clock's time again.

    Raises ``Refused`` for others than supervisors and where the log is not ahead, ``WrongUse``
    without a note."""
    if len(note.strip()) < MIN_NOTE:
        raise WrongUse(
            f"--note {note!r}: say in {MIN_NOTE} characters or more which clock was ahead, and why"
        )
    require(context, "settling the log's time", "supervisor")
    not_a_usurper(context, times(context).entry)
    with context.write() as unit:
        _, last, _ = unit.head()
        if from_micros(last) - unit.now < SKEW:
            raise Refused(
                "clock", "the log is not ahead of this machine's clock: nothing to settle"
            )
        codes = {Code.CLOCK: to_micros(unit.now), Code.LAST: last}
        made = unit.log(Event.CLOCK_SETTLED, codes=codes, private=note.strip())
        known = floor.get_meta(unit.session, SETTLED)
        floor.set_meta(unit, SETTLED, f"{known} {made}".strip())
        return made
