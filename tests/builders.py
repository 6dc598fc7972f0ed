"""Plain functions that build what a test needs: a floor, a desk, a lead. Real parts, on a clock
that tests move."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from leadtui.clock import FixedClock
from leadtui.desk.core.context import Context
from leadtui.desk.core.people import rep_view
from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.desk.intake.admitting import admit
from leadtui.settings import load_settings
from leadtui.store import floor
from leadtui.store.engine.database import Store, open_store
from leadtui.store.engine.entries import Actor
from leadtui.store.engine.tables import Company, EmailAddress, Lead, Phone, Response
from leadtui.text import fold
from tests.engines import as_laid, same_server

MONDAY = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
"""Monday 23 November 2026, 10:40 in Chicago."""

PEOPLE = (
    NewRep("Dana Reyes", "dana", "rep", "dana@halyard.example", "+13125550100"),
    NewRep("Ali Haddad", "ali", "rep", "ali@halyard.example", "+13125550101"),
    NewRep("Mira Sand", "mira", "supervisor", "mira@halyard.example", "+13125550102"),
)


def a_floor(
    folder: Path,
    *,
    now: datetime = MONDAY,
    people: Iterable[NewRep] = PEOPLE,
    demo: bool = True,
    database: str = "",
) -> Path:
    """A floor on disk: a copy of one that is made once a process for each way to make it, the log's
    id included."""
    persons = tuple(people)
    key = (now, persons, demo)

    def make(place: Path, url: str) -> Path:
        make_floor(
            place, persons, now, name="Test floor", zone="America/Chicago", demo=demo, database=url
        )
        return place

    if database.startswith("postgresql"):
        as_laid(
            database, key, lambda url: _FLOORS.setdefault((key, url), make(_kept() / "floor", url))
        )
        (laid_as,) = {url for (made, url) in _FLOORS if made == key and same_server(url, database)}
        a_copy(_FLOORS[key, laid_as], folder)
        settings = folder / "leadtui.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace(laid_as, database), encoding="utf-8"
        )
        return folder
    if database:
        return make(folder, database)
    if (key, "") not in _FLOORS:
        _FLOORS[key, ""] = make(_kept() / "floor", "")
    return a_copy(_FLOORS[key, ""], folder)


def a_copy(floor: Path, folder: Path) -> Path:
    """A floor like another, for one test. The texts of the playbook, some hundred and fifty, are
    links: whoever changes one asks ``own_drafts`` for them."""
    texts = _texts_of(floor)
    changed = [draft.name for draft in texts if _look(draft.path) != draft.look]
    assert not changed, f"a test changed {changed} for all; it has to ask for own_drafts"
    shutil.copytree(floor, folder, ignore=shutil.ignore_patterns("*.md"), dirs_exist_ok=True)
    for draft in texts:
        try:
            os.link(draft.path, f"{folder}/{draft.name}")
        except OSError:  # another disk
            shutil.copy2(draft.path, f"{folder}/{draft.name}")
    return folder


@dataclass(frozen=True)
class Draft:
    """A text of a playbook that many floors share."""

    path: Path
    name: str
    """Within the floor."""
    look: tuple[int, ...]
    """What a change of it changes: size, time, permissions."""


@cache
def _texts_of(floor: Path) -> tuple[Draft, ...]:
    """The texts of a floor's playbook, as they are when it is first copied."""
    files = floor.rglob("*.md")
    return tuple(Draft(path, str(path.relative_to(floor)), _look(path)) for path in files)


def _look(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_mode


def own_drafts(floor: Path) -> Path:
    """The folder with the drafts of a floor, from now on its own."""
    drafts = floor / "playbook"
    shared = drafts.rename(floor / "shared")
    shutil.copytree(shared, drafts)
    shutil.rmtree(shared)
    return drafts


_FLOORS: dict[tuple[Any, str], Path] = {}
"""(how it was made, the URL of its database on a server) -> a floor to copy."""


def _kept() -> Path:
    """A folder until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="leadtui-laid-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def a_desk(
    folder: Path, login: str = "dana", *, now: datetime = MONDAY, clock: FixedClock | None = None
) -> Desk:
    """Somebody's desk on a floor, with a clock that stands still until it is moved."""
    settings = load_settings(folder)
    store = open_store(settings.database_url, now=now)
    with store.read() as session:
        person = floor.rep_by_login(session, login)
        assert person is not None, login
        identity = rep_view(person)
    actor = Actor(
        identity.id, identity.name, login, identity.role, "test", "s1", "host", login, "0"
    )
    return Desk(Context(store, clock or FixedClock(now), settings, actor, identity, is_demo=True))


def a_lead(
    desk: Desk,
    name: str = "Jane Okafor",
    *,
    title: str = "CIO",
    company: str = "Brightwater Mutual",
    phone: str = "+13035550142",
    email: str = "jane@brightwater.example",
    country: str = "US",
    region: str = "CO",
    offer: str = "trade-show",
    rating: str = "hot",
    inquiry_at: datetime | None = None,
    owner: int | None = None,
    **extra: Any,
) -> int:
    """A lead with one response, admitted: it has an owner (0 for whom the floor chooses), a cadence
    and a next touch. Returns its id."""
    now = desk.now()
    with desk.context.write(now) as unit:
        row = Company(name=company, name_key=fold(company), created_at=now)
        unit.session.add(row)
        unit.session.flush()
        first, _, last = name.rpartition(" ")
        lead = Lead(
            full_name=name,
            name_key=fold(name),
            first_name=first or last,
            last_name=last if first else "",
            last_name_key=fold(last if first else ""),
            title=title,
            title_key=fold(title),
            company_id=row.id,
            country=country,
            region=region,
            owner_id=desk.identity.id if owner is None else owner or None,
            created_at=now,
            updated_at=now,
            **extra,
        )
        unit.session.add(lead)
        unit.session.flush()
        assert lead.id is not None
        if phone:
            unit.session.add(Phone(lead_id=lead.id, number=phone, raw=phone, created_at=now))
        if email:
            unit.session.add(
                EmailAddress(
                    lead_id=lead.id, address=email, address_key=fold(email), created_at=now
                )
            )
        response = Response(
            lead_id=lead.id,
            offer=offer,
            rating=rating,
            inquiry_at=inquiry_at or now,
            recorded_at=now,
            source="test",
            source_key="test",
        )
        unit.session.add(response)
        unit.session.flush()
        assert response.id is not None
        admit(desk.context, unit, [(lead.id, response.id)])
        unit.log("lead.added", subjects={"lead": lead.id})
        return lead.id


def open_touch(desk: Desk, lead_id: int) -> Any:
    """The touch at the front of a lead."""
    from leadtui.store import leads

    with desk.context.store.read() as session:
        return next(
            t for t in leads.open_touches(session, lead_id) if t.state in {"open", "started"}
        )


def store_of(desk: Desk) -> Store:
    """The store behind a desk."""
    return desk.context.store
