"""Floors of any size to measure on: made by the driver alone, kept in a temporary folder until the
run ends."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from leadtui.clock import FixedClock
from leadtui.desk.desk import Desk
from leadtui.desk.floor.making import NewRep, make_floor
from leadtui.opening.bootstrap import open_desk
from leadtui.store.engine import sqlite
from leadtui.store.engine.tables import (
    Attempt,
    CallingClass,
    Company,
    Lead,
    Obligation,
    Phone,
    Response,
    Touch,
)
from leadtui.store.engine.types import dump_json

NOW = datetime(2026, 11, 23, 16, 40, tzinfo=UTC)
"""Monday 23 November 2026, 10:40 in Chicago, where every floor here works."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REPS = 20
"""Reps beside the two who are measured."""
DANA, ALI, MIRA = "dana", "ali", "mira"

FIRST = (
    "Jane",
    "Tom",
    "Priya",
    "Sam",
    "Ana",
    "Lee",
    "Mia",
    "Omar",
    "Ruth",
    "Ivo",
    "Nadia",
    "Carl",
    "Yuki",
    "Beth",
    "Hugo",
    "Lena",
    "Amir",
    "Joan",
    "Pablo",
    "Vera",
)
LAST = (
    "Okafor",
    "Weiss",
    "Raman",
    "Ito",
    "Duarte",
    "Brandt",
    "Holm",
    "Aziz",
    "Novak",
    "Castro",
    "Lind",
    "Moreau",
    "Osei",
    "Petrov",
    "Quinn",
    "Rossi",
    "Tanaka",
    "Ueda",
    "Varga",
    "Zeller",
    "Baker",
)
TITLES = ("CIO", "IT Manager", "Systems Administrator", "VP Operations", "Storage Architect", "")
PLACES = (
    ("America/New_York", "NY"),
    ("America/Chicago", "IL"),
    ("America/Denver", "CO"),
    ("America/Los_Angeles", "CA"),
    ("America/Phoenix", "AZ"),
    ("America/Chicago", "AL"),
    ("America/Chicago", "TX"),
    ("America/Boise", "ID"),
)
STAGES = (100, 70, 60, 40, 10)


@dataclass(frozen=True)
class Share:
    """What the measured reps have open: so many touches due by the end of the day, so many
    later."""

    dana_due: int = 200
    dana_later: int = 800
    ali_due: int = 5_000
    everything: bool = False
    """Whether dana has the rest of the leads too, instead of the other reps."""


@cache
def room() -> Path:
    """The folder of this run; it is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="leadtui-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def floor_of(leads: int, share: Share = Share()) -> Path:
    """A demo floor with so many leads and three times as many touches, one of each lead's open."""
    folder = room() / f"floor-{leads}-{'alone' if share.everything else 'shared'}-{share.dana_due}"
    people = [NewRep("Dana Reyes", DANA), NewRep("Ali Haddad", ALI)]
    people += [NewRep(f"Rep {number}", f"rep{number}") for number in range(REPS)]
    people.append(NewRep("Mira Sand", MIRA, "supervisor"))
    make_floor(
        folder, people, NOW - timedelta(days=30), name="Bench", zone="America/Chicago", demo=True
    )
    with_business = desk_on(folder)
    with with_business.context.store.read() as session:
        book = with_business.context.playbook(session)
    minutes_at = with_business.context.business_clock(book).minutes_at
    with_business.close()
    connection = connect(folder)
    try:
        _fill(connection, leads, share, minutes_at)
    finally:
        connection.close()
    return folder


def desk_on(folder: Path, login: str = DANA, at: datetime = NOW) -> Desk:
    """Somebody's desk on a floor, with a clock that stands still."""
    return open_desk(str(folder), rep=login, front_end="bench", clock=FixedClock(at))


def connect(folder: Path) -> Any:
    """The driver's own connection to a floor, as the store opens it."""
    module = sqlite.driver()
    connection = module.connect(str(folder / "leadtui.db"))
    connection.isolation_level = None
    for pragma in sqlite.pragmas(module.sqlite_version_info):
        connection.execute("PRAGMA " + pragma)
    return connection


def _fill(connection: Any, leads: int, share: Share, minutes_at: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA cache_size=-200000")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
        "tbl_name IN "
        "('lead', 'touch', 'company', 'phone', 'response', 'obligation', 'attempt')"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    connection.executemany(
        _CLASS,
        [
            (number, f"{zone}|{region}", f'["{zone}"]', region, region)
            for number, (zone, region) in enumerate(PLACES, 1)
        ],
    )
    companies = max(1, leads // 4)
    numbers = range(1, companies + 1)
    connection.executemany(
        _COMPANY, ((number, f"Company {number}", f"company {number}") for number in numbers)
    )
    connection.executemany(_LEAD, _leads(leads, companies, share))
    connection.executemany(_PHONE, _phones(leads))
    connection.executemany(_TOUCH, _touches(leads, share, minutes_at))
    now = (NOW - EPOCH) // timedelta(microseconds=1)
    for statement in _BEHIND:
        connection.execute(statement, {"now": now, "hour": 3_600_000_000})
    connection.execute("COMMIT")
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _insert(model: type[SQLModel], names: str, source: str = "", **fixed: str) -> str:
    """An INSERT of the columns in ``names`` by position; the others by an expression in ``fixed``,
    or their default.

    With ``source`` it is INSERT … SELECT from there, and every column is one of ``fixed``."""
    expressions = dict.fromkeys(names.split(), "?") | fixed
    for column in model.__table__.columns:  # type: ignore[attr-defined]
        if column.name not in expressions and not column.nullable and not column.primary_key:
            expressions[column.name] = _literal(
                model.model_fields[column.name].get_default(call_default_factory=True)
            )
    values = ", ".join(expressions.values())
    into = f"INSERT INTO {model.__table__.name} ({', '.join(expressions)})"  # type: ignore[attr-defined]
    return f"{into} SELECT {values} FROM {source}" if source else f"{into} VALUES ({values})"


def _literal(value: Any) -> str:
    if isinstance(value, str | dict | list):
        return "'" + (value if isinstance(value, str) else dump_json(value)) + "'"
    return str(int(value)) if isinstance(value, int) else "0"


_CLASS = _insert(
    CallingClass, "id key zones region number_region", country="'US'", number_country="'US'"
)
_COMPANY = _insert(Company, "id name name_key")
_LEAD = _insert(
    Lead,
    "id first_name last_name full_name name_key last_name_key title title_key company_id "
    "owner_id region zones "
    "calling_class_id fit",
    country="'US'",
)
_PHONE = _insert(Phone, "lead_id number")
_TOUCH = _insert(
    Touch,
    "lead_id rep_id channel call due due_bm promised first sla_minutes sla_due_bm inquiry_at "
    "fit stage_weight "
    "parts_tried calling_class_id held_until",
    cadence="'bench'",
    step_id="'s'",
    title="'Call'",
    state="'open'",
)
_AGO = ":now - id % 2000 * :hour"
_BEHIND = (
    # Two touches of each lead that are done, in the hours before the open one.
    *(
        _insert(
            Touch,
            "",
            "touch WHERE state = 'open'",
            lead_id="lead_id",
            rep_id="rep_id",
            cadence="'bench'",
            step_id="'s'",
            channel="'call'",
            call="1",
            title="'Call'",
            state="'done'",
            fit="fit",
            due=f":now - (lead_id % 2000 + {number}) * :hour",
            calling_class_id="calling_class_id",
            closed_at=":now",
        )
        for number in (1, 2)
    ),
    # One response a lead; an obligation and an attempt for every fourth; spread over the last three
    # months.
    _insert(
        Response,
        "",
        "lead",
        lead_id="id",
        offer="'white-paper'",
        inquiry_at=_AGO,
        recorded_at=":now",
        sla_minutes="60",
        sla_due=f"{_AGO} + :hour",
        first_attempt_at=f"CASE WHEN id % 5 THEN {_AGO} + id % 90 * 60000000 END",
    ),
    _insert(
        Obligation,
        "",
        "lead WHERE id % 4 = 0",
        id="id",
        rep_id="owner_id",
        lead_id="id",
        touch_id="id",
        action="'call'",
        front_end="'app'",
        started_at=_AGO,
        answered_at=":now",
        answer="'yes'",
    ),
    _insert(
        Attempt,
        "",
        "lead WHERE id % 4 = 0",
        lead_id="id",
        touch_id="id",
        obligation_id="id",
        rep_id="owner_id",
        number="'+13125550100'",
        at=_AGO,
        dialed_at=_AGO,
        part="1",
        verdict="'clear'",
        disposition="'NA'",
    ),
)


def name_of(lead: int) -> tuple[str, str]:
    """First and last name of a lead, different for every one."""
    return FIRST[lead % len(FIRST)], f"{LAST[lead // len(FIRST) % len(LAST)]}-{lead}"


def _leads(leads: int, companies: int, share: Share) -> Iterator[tuple[Any, ...]]:
    for lead in range(1, leads + 1):
        (first, last), title = name_of(lead), TITLES[lead % len(TITLES)]
        place = lead % len(PLACES)
        full, zone = f"{first} {last}", f'["{PLACES[place][0]}"]'
        yield (
            lead,
            first,
            last,
            full,
            full.casefold(),
            last.casefold(),
            title,
            title.casefold(),
            lead % companies + 1,
            _whose(lead, share)[0],
            PLACES[place][1],
            zone,
            place + 1,
            lead * 37 % 101,
        )


def _phones(leads: int) -> Iterator[tuple[int, str]]:
    return ((lead, f"+1312{lead % 9_000_000 + 1_000_000:07}") for lead in range(1, leads + 1))


def _touches(leads: int, share: Share, minutes_at: Any) -> Iterator[tuple[Any, ...]]:
    """The open touch of each lead."""
    moments = [NOW + timedelta(minutes=11 * step) for step in range(-400, 9_000)]
    known = [((at - EPOCH) // timedelta(microseconds=1), minutes_at(at)) for at in moments]
    today = [
        pair for at, pair in zip(moments, known, strict=True) if at < NOW + timedelta(hours=12)
    ]
    later = [
        pair for at, pair in zip(moments, known, strict=True) if at > NOW + timedelta(hours=14)
    ]
    now_us, now_bm = (NOW - EPOCH) // timedelta(microseconds=1), minutes_at(NOW)
    for lead in range(1, leads + 1):
        rep, is_due = _whose(lead, share)
        due, due_bm = today[lead * 7 % len(today)] if is_due else later[lead * 7 % len(later)]
        call = int(lead % 5 != 0)
        # A promised callback speaks up by itself, and would take the keys that are measured on
        # dana's queue.
        promised = int(lead % 50 == 0 and rep != 1)
        first = int(is_due and lead % 6 == 0)
        minutes = (5, 60, 480)[lead % 3] if first else None
        inquiry = now_us - lead % 3_000 * 60_000_000 if first else None
        sla = now_bm + lead % 600 - 300 if first else None
        held = now_us + 3_600_000_000 if lead % 97 == 0 else None
        channel = "call" if call else "email"
        kept = (lead * 37 % 101, STAGES[lead % 5], lead % 16, lead % len(PLACES) + 1)
        yield (
            lead,
            rep,
            channel,
            call,
            due,
            due_bm,
            promised,
            first,
            minutes,
            sla,
            inquiry,
            *kept,
            held,
        )


def _whose(lead: int, share: Share) -> tuple[int, bool]:
    """The rep of a lead's touches, and whether the open one is due today."""
    mine, all_mine = share.dana_due, share.dana_due + share.dana_later
    if lead <= all_mine:
        return 1, lead <= mine
    if lead <= all_mine + share.ali_due and not share.everything:
        return 2, True
    return (1, False) if share.everything else (3 + lead % REPS, lead % 250 == 0)
