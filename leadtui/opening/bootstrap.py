"""The one place where a desk is put together: settings, clock, store and who is at work.

Heavy modules are imported inside the functions, since the application opens with a first page
before it needs them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from leadtui.clock import Clock, DemoClock, SystemClock, parse_instant
from leadtui.errors import LeadtuiError
from leadtui.settings import Settings, find_floor, load_settings

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.store.engine.database import Store
    from leadtui.store.first_page import FirstPage

DEMO_START = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
"""Monday 23 November 2026, 10:40 in Chicago: where a demo's clock starts."""

LOOK_AFTER = 5.0
"""Seconds after the desk is there until its database file is looked through."""


def open_desk(
    folder: str = "",
    database: str = "",
    rep: str = "",
    *,
    front_end: str = "cli",
    clock: Clock | None = None,
) -> Desk:
    """The desk of one person on one floor.

    Raises ``LeadtuiError`` where there is no floor, its files are broken, or the person is not
    known on it."""
    return _desk(_settings(folder, database), rep, front_end, clock)


def open_desk_early(
    folder: str = "", database: str = "", rep: str = "", *, front_end: str = "tui"
) -> Desk:
    """As ``open_desk``, for a terminal: what stands on the first screen is there at once where an
    earlier start has kept what it takes, and the rest is built on a thread meanwhile."""
    settings = _settings(folder, database)
    early = _early(settings, rep)
    if early is None:
        desk = _desk(settings, rep, front_end, None)
        _keep_hours_later(desk)
        return desk
    from leadtui.opening.early import EarlyDesk

    page, clock = early

    def build() -> Desk:
        real = _desk(settings, rep, front_end, clock)
        real.block.know(page.hours.playbook, page.hours.timetable)
        return real

    from leadtui.opening.hours import warm

    return cast(
        "Desk", EarlyDesk(page, settings, clock, build, lambda real: warm(real, cache_folder()))
    )


def database_of(folder: str, database: str) -> Path | None:
    """The floor's database file; ``None`` where it is none, or no floor is found."""
    from leadtui.store.engine.places import place_of

    try:
        url = _settings(folder, database).database_url
    except LeadtuiError:
        return None
    return Path(place_of(url)) if url.startswith("sqlite") else None


def stranger(folder: str, database: str) -> str:
    """The first value in a floor's database that leadtui never writes, as ``FILE: touch 12 …``;
    ``""`` where there is none."""
    from leadtui.store.engine.misfits import misfits

    path = database_of(folder, database)
    return f"{path}: {found[0]}" if path is not None and (found := misfits(path, 1)) else ""


def cache_folder() -> Path:
    """Where this user's programs keep what can be worked out again."""
    from platformdirs import user_cache_path

    return user_cache_path("leadtui", appauthor=False)


def _settings(folder: str, database: str) -> Settings:
    where = find_floor(folder)
    if where is None:
        raise LeadtuiError(
            "there is no floor here; make one with 'leadtui init', or try 'leadtui demo'"
        )
    return load_settings(where, database)


def _desk(settings: Settings, rep: str, front_end: str, clock: Clock | None) -> Desk:
    import secrets
    import socket

    from leadtui import __version__
    from leadtui.desk.core.context import Context
    from leadtui.desk.core.people import os_login, rep_view, resolve
    from leadtui.desk.desk import Desk
    from leadtui.store import floor
    from leadtui.store.engine.database import open_store
    from leadtui.store.engine.entries import Actor

    # Migrations are stamped by the machine's clock: a floor's own clock is known only once its log
    # can be read.
    store = open_store(settings.database_url, now=SystemClock().now())
    try:
        with store.read() as session:
            is_demo = bool(floor.first_body(session).get("after", {}).get("demo"))
            ticking = clock or clock_for(floor.last_entry_at(session), is_demo=is_demo)
            identity = rep_view(resolve(session, rep, is_demo=is_demo))
    except BaseException:
        store.dispose()
        raise
    if front_end == "tui":
        _look_later(store)
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


def _early(settings: Settings, rep: str) -> tuple[FirstPage, Clock] | None:
    """The first page and the clock it was read by; ``None`` where the floor has to be opened in the
    ordinary way."""
    if not settings.database_url.startswith("sqlite:///"):
        return None
    from leadtui.desk.core.logins import os_login
    from leadtui.store.first_page import first_page

    clocks: list[Clock] = []

    def now_of(is_demo: bool, last_entry: datetime | None) -> datetime:  # noqa: FBT001 - called by first_page alone
        clocks.append(clock_for(last_entry, is_demo=is_demo))
        return clocks[-1].now()

    path = Path(settings.database_url.removeprefix("sqlite:///"))
    page = first_page(
        path, settings.zone, settings.country, os_login(), now_of, rep=rep, cache=cache_folder()
    )
    return None if page is None else (page, clocks[-1])


def _keep_hours_later(desk: Desk) -> None:
    """Keep what the next start needs, a moment after this one."""
    import threading

    from leadtui.opening.hours import warm

    timer = threading.Timer(1.0, warm, (desk, cache_folder()))
    timer.daemon = True
    timer.start()


def _look_later(store: Store) -> None:
    """Look through the whole file once the screens stand: a damaged page may be one that nobody
    asks for today."""
    import threading

    timer = threading.Timer(LOOK_AFTER, store.look)
    timer.daemon = True
    timer.start()


def clock_for(last_entry: datetime | None, *, is_demo: bool) -> Clock:
    """The floor's clock: the machine's, or on a demo floor ``LEADTUI_NOW`` plus the running time,
    never behind the log.

    Raises ``LeadtuiError`` where ``LEADTUI_NOW`` is set on a real floor."""
    said = os.environ.get("LEADTUI_NOW", "")
    if not is_demo:
        if said:
            raise LeadtuiError(
                "LEADTUI_NOW is set, and this is a real floor: its clock cannot be set; unset it"
            )
        return SystemClock()
    start = parse_instant(said, where="LEADTUI_NOW") if said else DEMO_START
    return DemoClock(start, last_entry)
