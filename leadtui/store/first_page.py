"""The first page of a rep's queue through the driver alone, so that a terminal shows it before
SQLModel is imported.

The order is ``order.py``'s, as it is for everybody else. What the playbook and the calendars add to
it (business minutes, which places may be called) comes from a timetable that an earlier start
worked out and kept in the user's cache. Where anything is missing, new or odd there is no first
page, and the whole program says what is the matter."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from leadtui.cadence.gate.timetable import Timetable, from_plain
from leadtui.clock import day_of
from leadtui.store import order
from leadtui.store.engine import sqlite
from leadtui.store.engine.micros import from_micros, to_micros
from leadtui.store.order import Moment, Places

SCHEMA = 10
"""The newest migration's number, which this module's statements are written for."""
LIMIT = 60

NowOf = Callable[[bool, datetime | None], datetime]
"""The present instant of a floor, by whether it is a demo and when its last log entry was made."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A kept timetable: for which playbook, zone and country it was worked out, and the rep's daily
    target."""

    playbook: str
    zone: str
    country: str
    calls_target: int
    timetable: Timetable


@dataclass(frozen=True, slots=True)
class Person:
    """The one who works, as the database has it."""

    id: int
    name: str
    login: str
    role: str
    team: str
    email: str
    away_until: datetime | None
    active: bool


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What stands on the first screen, as plain values."""

    person: Person
    is_demo: bool
    moment: Moment
    question: int | None
    """The obligation to answer first."""
    due: tuple[int, ...]
    """Touch ids in their order."""
    later: tuple[int, ...]
    rows: dict[int, tuple[Any, ...]]
    """By touch id: ``order.ROW_COLUMNS`` and the tier."""
    counts: tuple[int, int, int]
    """Due, held, later."""
    calls: tuple[int, int]
    """Calls and contacts of today."""
    first_touches: tuple[int, int]
    """First touches of today within their agreement, and all."""
    hours: Hours
    limit: int


def first_page(
    path: Path,
    zone: str,
    country: str,
    login: str,
    now_of: NowOf,
    *,
    rep: str = "",
    limit: int = LIMIT,
    cache: Path,
) -> FirstPage | None:
    """The first page of whoever has this ``login`` on the floor whose SQLite database is ``path``.

    ``rep`` names somebody else by login, which a demo floor allows; ``cache`` is the folder of kept
    timetables. ``None`` where the program has to be opened in the ordinary way."""
    module = sqlite.driver()
    try:
        with closing(module.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN")
            return _read(connection, zone, country, (login, rep), now_of, limit, cache)
    except (module.Error, OSError, KeyError, TypeError, ValueError):
        return None


def _read(
    connection: Any,
    zone: str,
    country: str,
    who: tuple[str, str],
    now_of: NowOf,
    limit: int,
    cache: Path,
) -> FirstPage | None:
    def one(sql: str, **bound: Any) -> Any:
        return connection.execute(sql, bound).fetchone()

    if (
        one("PRAGMA application_id")[0] != sqlite.APPLICATION_ID
        or one("SELECT max(number) FROM migration")[0] != SCHEMA
    ):
        return None
    log_id, playbook, last_class, first_body, last_at = one(_FLOOR)
    is_demo = bool(json.loads(first_body).get("after", {}).get("demo"))
    person = _person(one, who, is_demo=is_demo)
    hours = read_hours(cache, bytes(log_id))
    if (
        person is None
        or hours is None
        or (hours.playbook, hours.zone, hours.country) != (playbook, zone, country)
    ):
        return None
    now, table = now_of(is_demo, None if last_at is None else from_micros(last_at)), hours.timetable
    if not table.covers(now) or table.last_class != (last_class or 0):
        return None
    since, end_of_day = day_of(now, zone)
    moment = Moment(
        person.id, now, table.minutes_at(now), end_of_day, Places(*table.places_at(now))
    )
    bound = moment.parameters()
    due = tuple(row[0] for row in connection.execute(order.DUE, {**bound, "limit": limit}))
    keyset = {**bound, "after": bound["today"], "last": order.LAST_ID, "limit": limit - len(due)}
    later = (
        tuple(row[0] for row in connection.execute(order.LATER, keyset)) if len(due) < limit else ()
    )
    lines, listed = order.lines((*due, *later))
    day = {"rep": person.id, "since": to_micros(since), "now": bound["now"]}
    question = one(order.QUESTION, rep=person.id)
    return FirstPage(
        person=person,
        is_demo=is_demo,
        moment=moment,
        question=question[0] if question else None,
        due=due,
        later=later,
        rows={row[0]: row for row in connection.execute(lines, bound | listed)},
        counts=(*one(order.TODAY_COUNTS, **bound), *one(order.LATER_COUNT, **bound)),
        calls=one(order.CALLS_TODAY, **day),
        first_touches=one(order.FIRST_TOUCHES, **day),
        hours=hours,
        limit=limit,
    )


_FLOOR = (
    "SELECT (SELECT log_id FROM log_meta), (SELECT value FROM meta WHERE key = 'playbook'), "
    "(SELECT max(id) FROM callingclass), (SELECT body FROM log WHERE seq = 1), "
    "(SELECT at FROM log ORDER BY seq DESC LIMIT 1)"
)
_PERSON = (
    "SELECT id, name, login, role, team, email, away_until, active FROM rep WHERE login = :login"
)


def _person(one: Callable[..., Any], who: tuple[str, str], *, is_demo: bool) -> Person | None:
    login, rep = who
    if rep and not is_demo and rep != login:
        return None
    row = one(_PERSON, login=rep or login)
    if row is None:
        return None
    number, name, known, role, team, email, away, active = row
    return Person(
        number,
        name,
        known,
        role,
        team,
        email,
        None if away is None else from_micros(away),
        bool(active),
    )


# -- kept timetables -------------------------------------------------------------------------------


def read_hours(cache: Path, log_id: bytes) -> Hours | None:
    """The timetable that was kept for a floor; ``None`` without a readable one."""
    try:
        said = json.loads(_file(cache, log_id).read_bytes())
        said["timetable"] = from_plain(said["timetable"])
        return Hours(**said)
    except (OSError, KeyError, TypeError, ValueError):
        return None


def keep_hours(cache: Path, log_id: bytes, hours: Hours) -> None:
    """Keep a timetable for the next start; a cache that cannot be written is no trouble."""
    said = {name: getattr(hours, name) for name in Hours.__slots__} | {
        "timetable": hours.timetable.plain()
    }
    path = _file(cache, log_id)
    draft = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(path)


def _file(cache: Path, log_id: bytes) -> Path:
    return cache / f"hours-{log_id.hex()}.json"
