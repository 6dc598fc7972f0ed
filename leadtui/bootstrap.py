"""The one place where a desk is put together: settings, clock, store and who is at work."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path

from leadtui import __version__
from leadtui.clock import Clock, DemoClock, SystemClock, parse_instant
from leadtui.desk.context import Context
from leadtui.desk.desk import Desk
from leadtui.desk.people import os_login, rep_view, resolve
from leadtui.errors import LeadtuiError
from leadtui.settings import find_floor, load_settings
from leadtui.store import floor
from leadtui.store.database import Store, open_store
from leadtui.store.log import Actor

DEMO_START = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
"""Monday 23 November 2026, 10:40 in Chicago: where a demo's clock starts."""


def open_desk(
    folder: str = "", database: str = "", rep: str = "", *, front_end: str = "cli", clock: Clock | None = None
) -> Desk:
    """The desk of one person on one floor.

    Raises ``LeadtuiError`` where there is no floor, its files are broken, or the person is not known on it.
    """
    where = find_floor(folder)
    if where is None:
        raise LeadtuiError("there is no floor here; make one with 'leadtui init', or try 'leadtui demo'")
    settings = load_settings(where, database)
    # Migrations are stamped by the machine's clock: a floor's own clock is known only once its log can be read.
    store = open_store(settings.database_url, now=SystemClock().now())
    try:
        with store.read() as session:
            is_demo = bool(floor.first_body(session).get("after", {}).get("demo"))
            ticking = clock or clock_for(store, is_demo=is_demo)
            person = resolve(session, rep, is_demo=is_demo)
            identity = rep_view(person)
    except BaseException:
        store.dispose()
        raise
    actor = Actor(
        rep_id=identity.id,
        name=identity.name,
        login=identity.login,
        role=identity.role,
        front_end=front_end,
        session=secrets.token_hex(4),
        host=socket.gethostname(),
        os_user=os_login(),
        program=__version__,
    )
    return Desk(Context(store, ticking, settings, actor, identity, is_demo))


def clock_for(store: Store, *, is_demo: bool) -> Clock:
    """The floor's clock: the machine's, or on a demo floor ``LEADTUI_NOW`` plus the running time, never behind the log.

    Raises ``LeadtuiError`` where ``LEADTUI_NOW`` is set on a real floor.
    """
    said = os.environ.get("LEADTUI_NOW", "")
    if not is_demo:
        if said:
            raise LeadtuiError("LEADTUI_NOW is set, and this is a real floor: its clock cannot be set; unset it")
        return SystemClock()
    with store.read() as session:
        last = floor.last_entry_at(session)
    start = parse_instant(said, where="LEADTUI_NOW") if said else DEMO_START
    return DemoClock(start, last)


def floor_folder(folder: str) -> Path | None:
    """The floor that commands would use, if any."""
    return find_floor(folder)
