"""Making a floor: its folder, its settings, its playbook to edit, its database, and the first log
entry."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from leadtui import __version__
from leadtui.cadence.reading.loading import load
from leadtui.desk.playbook import files as playbooks
from leadtui.errors import LeadtuiError
from leadtui.settings import FILE, load_settings, template
from leadtui.store import floor
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold


@dataclass(frozen=True, slots=True)
class NewRep:
    """A person to begin a floor with."""

    name: str
    login: str
    role: str = "rep"
    email: str = ""
    phone: str = ""
    team: str = "inside"


def make_floor(
    folder: Path,
    people: Iterable[NewRep],
    now: datetime,
    *,
    name: str,
    zone: str,
    demo: bool,
    database: str = "",
) -> None:
    """Make a floor in ``folder``: all of it, or a clear refusal and nothing.

    Raises ``LeadtuiError`` where a floor is there already, or the folder cannot be written.
    """
    if (folder / FILE).exists():
        raise LeadtuiError(f"{folder}: there is a floor here already; name another folder")
    contents = playbooks.default_files()
    book = load(contents)
    # A demo writes its e-mails to a folder and places no real calls.
    transport, dial = ("file", "copy") if demo else ("draft", "open")
    made_here = not folder.exists()
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _set_aside(folder)
        draft = folder / f".{FILE}.new"
        draft.write_text(
            template(name, zone, transport=transport, dial=dial, database=database),
            encoding="utf-8",
        )
        playbooks.write_folder(folder / "playbook", contents)
        for part in ("outbox", "sent"):
            (folder / part).mkdir(exist_ok=True)
        url = database or f"sqlite:///{folder / 'leadtui.db'}"
        store = open_store(url, create=True, now=now)
        try:
            _first_entries(store, tuple(people), now, book.hash, contents, demo=demo)
        finally:
            store.dispose()
        # The settings file makes the folder a floor: it appears last, when everything else is
        # there.
        draft.rename(folder / FILE)
        load_settings(folder)
    except OSError as error:
        if made_here and folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
        raise LeadtuiError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); name a folder "
            "you may write"
        ) from error
    finally:
        os.umask(before)


def _set_aside(folder: Path) -> None:
    """A database without a settings file beside it is what a killed attempt left: it must not be
    mistaken for ours."""
    stale = folder / "leadtui.db"
    if stale.exists():
        raise LeadtuiError(
            f"{stale}: a database is here without a {FILE}; move it away or name another folder"
        )


def _first_entries(
    store: Store,
    people: tuple[NewRep, ...],
    now: datetime,
    version: str,
    contents: dict[str, str],
    *,
    demo: bool,
) -> None:
    maker = people[0]
    actor = Actor(
        None, maker.name, maker.login, "supervisor", "cli", "", "", maker.login, __version__
    )
    with store.write(actor, now) as unit:
        if floor.count_log(unit.session):
            raise LeadtuiError("this database already holds a floor; name another with --database")
        unit.playbook_hash = version
        unit.log(
            Event.FLOOR_MADE,
            after={"demo": demo, "schema": 1},
            codes={Code.PYTHON: sys.version.split()[0]},
        )
        for person in people:
            rep = Rep(
                name=person.name,
                name_key=fold(person.name),
                login=person.login,
                role=person.role,
                email=person.email,
                phone=person.phone,
                team=person.team,
                created_at=now,
            )
            unit.session.add(rep)
            unit.session.flush()
            unit.log(
                Event.REP_ADDED,
                subjects={"rep": rep.id},
                after={"role": rep.role, "login": rep.login},
            )
        floor.keep_playbook(unit, version, contents, None)
        unit.log(
            Event.PLAYBOOK_ACTIVATED, hashes={"playbook": version}, after={"playbook": version}
        )
