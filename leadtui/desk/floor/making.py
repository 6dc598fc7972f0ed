"""Making a floor: its folder, its settings, its playbook to edit, its database, and the first log
entry."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from leadtui import __version__
from leadtui.cadence.reading.loading import load
from leadtui.desk.core.context import SETTINGS
from leadtui.desk.planning.holding import HELD_BY, rules_of
from leadtui.desk.playbook import files as playbooks
from leadtui.desk.playbook.firm import Firm, in_its_name
from leadtui.errors import LeadtuiError
from leadtui.settings import COUNTRY, FILE, Settings, load_settings, refuse_password, template
from leadtui.store import floor
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold, masked


@dataclass(frozen=True, slots=True)
class NewRep:
    """A person to begin a floor with."""

    name: str
    login: str
    role: str = "rep"
    email: str = ""
    phone: str = ""
    team: str = "inside"
    calls: bool = False
    """A supervisor who calls too: on a floor of one they are rep and supervisor."""


def make_floor(
    folder: Path,
    people: Iterable[NewRep],
    now: datetime,
    *,
    name: str,
    zone: str,
    demo: bool,
    database: str = "",
    firm: Firm | None = None,
) -> None:
    """Make a floor in ``folder``: all of it, or a clear refusal and nothing. Without ``firm`` it
    speaks as the sample firm.

    Raises ``LeadtuiError`` where a floor is there already, or the folder cannot be written.
    """
    refuse_taken(folder)
    refuse_password(database, f"--database {masked(database)}")
    firm = firm or Firm(zone=zone)
    contents = in_its_name(playbooks.default_files(), firm)
    book = load(contents)
    # A demo writes its e-mails to a folder and places no real calls.
    transport, dial = ("file", "copy") if demo else ("draft", "open")
    made_here = not folder.exists()
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{FILE}.new"
        draft.write_text(
            template(
                name,
                zone,
                country="" if firm.country == COUNTRY else firm.country,
                postal_address=firm.postal_address,
                transport=transport,
                dial=dial,
                database=database,
            ),
            encoding="utf-8",
        )
        settings = load_settings(folder, file=draft.name)
        playbooks.write_folder(folder / "playbook", contents)
        for part in ("outbox", "sent"):
            (folder / part).mkdir(exist_ok=True)
        url = database or f"sqlite:///{folder / 'leadtui.db'}"
        store = open_store(url, create=True, now=now)
        try:
            _first_entries(store, tuple(people), now, book.hash, contents, settings, demo=demo)
        finally:
            store.dispose()
        # The settings file makes the folder a floor: it appears last, when everything else is
        # there.
        draft.rename(folder / FILE)
    except OSError as error:
        if made_here and folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
        raise LeadtuiError(
            f"{error.filename or folder}: cannot be written ({error.strerror}); name a folder "
            "you may write"
        ) from error
    finally:
        os.umask(before)


def refuse_taken(folder: Path) -> None:
    """Refuse a folder that is a floor already, or in which a killed attempt left its database.

    Raises ``LeadtuiError``."""
    if (folder / FILE).exists():
        raise LeadtuiError(f"{folder}: there is a floor here already; name another folder")
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
    settings: Settings,
    *,
    demo: bool,
) -> None:
    maker = people[0]
    actor = Actor(
        None, maker.name, maker.login, "supervisor", "cli", "", "", maker.login, __version__
    )
    with store.write(actor, now) as unit:
        if not demo:
            people = (_known_to_server(maker, floor.server_login(unit.session)), *people[1:])
        if floor.count_log(unit.session):
            raise LeadtuiError("this database already holds a floor; name another with --database")
        unit.playbook_hash = version
        unit.log(
            Event.FLOOR_MADE,
            after={"demo": demo, "schema": 1},
            codes={Code.PYTHON: sys.version.split()[0]},
            hashes={SETTINGS: settings.digest()},
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
                settings={"calls": True} if person.calls else {},
                created_at=now,
            )
            unit.session.add(rep)
            unit.session.flush()
            unit.log(
                Event.REP_ADDED,
                subjects={"rep": rep.id},
                after={"role": rep.role, "login": rep.login, **rep.settings},
            )
        floor.keep_playbook(unit, version, contents, None)
        floor.set_meta(unit, HELD_BY, rules_of(contents))
        unit.log(
            Event.PLAYBOOK_ACTIVATED, hashes={"playbook": version}, after={"playbook": version}
        )


def _known_to_server(maker: NewRep, login: str) -> NewRep:
    """The maker under the login that a server knows them by; as they are where there is none."""
    if not login:
        return maker
    name = login if maker.name == maker.login else maker.name
    return replace(maker, login=login, name=name)
