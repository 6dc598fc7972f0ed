"""Keeping, for the next start, what the first page takes from playbook and calendars."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leadtui.errors import LeadtuiError
from leadtui.store.first_page import Hours, keep_hours, read_hours

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

DAYS = 8
"""How far ahead the hours are kept."""
FRESH = timedelta(days=6)
"""How far ahead they must reach to be left as they are."""


def warm(desk: Desk, cache: Path) -> None:
    """Load what the next key will ask for (playbook, business time), and keep the hours in
    ``cache``.

    A database that cannot be read now is told by whoever asks next. What is loaded by now stays
    until the end, so the garbage collector, which ``leadtui.cli.opening`` has stopped, need never
    look at it again: it would take a third of a second out of some key now and then."""
    try:
        with suppress(LeadtuiError):
            hold(desk, cache)
    finally:
        gc.freeze()
        gc.enable()


def hold(desk: Desk, cache: Path) -> None:
    """Keep the hours in ``cache``, unless what is there still serves."""
    from leadtui.store import floor, queue

    context, now = desk.context, desk.now()
    if not context.store.is_sqlite:
        return
    with context.store.read() as session:
        log_id, book = floor.log_id(session), context.playbook(session)
        context.business_clock(book)
        known = read_hours(cache, log_id)
        wanted = (book.hash, desk.settings.zone, desk.settings.country)
        if known is not None and (known.playbook, known.zone, known.country) == wanted:
            table = known.timetable
            if (
                table.covers(now)
                and table.covers(now + FRESH)
                and table.last_class == queue.ground(session)[1]
            ):
                return
        table = desk.block.work_out(session, now, DAYS)
    keep_hours(cache, log_id, Hours(*wanted, book.floor.calls_a_day, table))
