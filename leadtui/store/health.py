"""What ``doctor`` asks of a database: whether the schema is whole, what hangs, and what is older
than it should be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, inspect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select

from leadtui.errors import LeadtuiError
from leadtui.store.engine import sqlite
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.tables import (
    CallingClass,
    Email,
    Lead,
    Matter,
    Obligation,
    PlaybookVersion,
    Rep,
    Sample,
    Touch,
)
from leadtui.store.engine.vocabulary import Event
from leadtui.store.hopper import nobodys
from leadtui.store.supervising import seq_before


def unreadable(url: str) -> tuple[type[Exception], ...]:
    """What reading a damaged database, or one that went away, can raise."""
    if url.startswith("sqlite"):
        return (LeadtuiError, DBAPIError, sqlite.driver().DatabaseError)
    import psycopg

    return (LeadtuiError, DBAPIError, psycopg.Error)


def schema_gaps(session: Session) -> list[str]:
    """Tables, columns and indexes that this program needs and the database lacks."""
    seen = inspect(session.connection())
    present = set(seen.get_table_names())
    found: list[str] = []
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in present:
            found.append(f"table {table.name}")
            continue
        columns = {column["name"] for column in seen.get_columns(table.name)}
        found += [
            f"column {table.name}.{column.name}"
            for column in table.columns
            if column.name not in columns
        ]
        indexes = {index["name"] for index in seen.get_indexes(table.name)}
        found += [
            f"index {index.name}"
            for index in sorted(table.indexes, key=str)
            if index.name not in indexes
        ]
    return found


def stuck_emails(session: Session, before: datetime, waiting: datetime) -> dict[str, list[int]]:
    """State -> messages that wait for a person: failed, unknown, those whose handing over never
    ended (begun before ``before``), and those that should have left before ``waiting``."""
    found: dict[str, list[int]] = {}
    state = col(Email.state)
    rows = session.exec(
        select(Email.id, Email.state)
        .where(
            state.in_(("failed", "unknown"))
            | ((state == "sending") & (col(Email.sending_at) < before))
            | ((state == "queued") & (col(Email.created_at) < waiting))
        )
        .order_by(col(Email.id))
    ).all()
    for email_id, said in rows:
        found.setdefault(said, []).append(int(email_id or 0))
    return found


def old_obligations(session: Session, before: datetime) -> list[tuple[int, str, datetime]]:
    """``(id, rep, started)`` of actions that were started before then and are not answered for."""
    rows = session.exec(
        select(Obligation.id, Rep.name, Obligation.started_at)
        .join(Rep, col(Rep.id) == col(Obligation.rep_id))
        .where(col(Obligation.answered_at).is_(None), col(Obligation.started_at) < before)
        .order_by(col(Obligation.started_at))
    ).all()
    return [(int(row[0] or 0), row[1], row[2]) for row in rows]


def overdue(session: Session, before: datetime) -> list[tuple[int, int, str, str, str, datetime]]:
    """``(touch, lead, name, rep, channel, due)`` of touches at the front that were due before then.

    Letters are the mailing house's, and what is nobody's is the hopper's."""
    rows = session.exec(
        select(Touch, Lead.full_name, Rep.name)
        .join(Lead, col(Lead.id) == col(Touch.lead_id))
        .join(Rep, col(Rep.id) == col(Touch.rep_id))
        .where(
            Touch.state == "open", col(Touch.due) < before, Touch.channel != "letter", ~nobodys()
        )
        .order_by(col(Touch.due), col(Touch.id))
    ).all()
    return [
        (int(touch.id or 0), touch.lead_id, name, rep, touch.channel, touch.due)
        for touch, name, rep in rows
    ]


def held_for_good(session: Session, until: datetime) -> list[tuple[str, int, int]]:
    """``(rule, how many leads, one of them)`` of the calls at the front that are held until
    ``until`` at least: no waiting lifts that."""
    found = (
        select(Touch.held_rule, func.count(), func.min(Touch.lead_id))
        .where(Touch.state == "open", Touch.call == 1, col(Touch.held_until) >= until)
        .group_by(Touch.held_rule)
        .order_by(Touch.held_rule)
    )
    return [(rule, int(number), int(lead)) for rule, number, lead in session.exec(found)]


def waiting_fixes(session: Session, titles: Sequence[str]) -> list[tuple[str, int, int]]:
    """``(title, how many leads, one of them)`` of open tasks to mend data with these titles."""
    found = (
        select(Touch.title, func.count(), func.min(Touch.lead_id))
        .where(Touch.kind == "data_fix", col(Touch.title).in_(titles))
        .where(col(Touch.state).in_(("open", "waiting", "started")))
        .group_by(Touch.title)
        .order_by(Touch.title)
    )
    return [(title, int(number), int(lead)) for title, number, lead in session.exec(found)]


def open_matters(
    session: Session, now: datetime, before: datetime
) -> list[tuple[int, str, int | None, datetime, bool]]:
    """``(id, kind, lead, asked, past its deadline)`` of matters for a supervisor that are late, or
    asked before then."""
    rows = session.exec(
        select(Matter)
        .where(col(Matter.answered_at).is_(None), (Matter.due < now) | (Matter.created_at < before))
        .order_by(col(Matter.due))
    ).all()
    return [
        (int(row.id or 0), row.kind, row.lead_id, row.created_at, row.due < now) for row in rows
    ]


def unsigned_samples(session: Session) -> list[tuple[str, list[int], datetime]]:
    """``(week, entries, when the first was drawn)`` of samples nobody has signed, the oldest week
    first."""
    found: dict[str, tuple[str, list[int], datetime]] = {}
    rows = session.exec(
        select(Sample)
        .where(col(Sample.signed_at).is_(None))
        .order_by(col(Sample.week), col(Sample.log_seq))
    )
    for row in rows.all():
        found.setdefault(row.week, (row.week, [], row.drawn_at))[1].append(row.log_seq)
    return list(found.values())


def activated_at(session: Session, version: str) -> datetime | None:
    """When a playbook version was first activated."""
    row = session.get(PlaybookVersion, version)
    return row.activated_at if row else None


def places_called(session: Session) -> set[str]:
    """Every country and state (``CC``, ``CC-RR``) of an address or a number that calls go to."""
    found: set[str] = set()
    for one in session.exec(select(CallingClass)).all():
        for country, region in ((one.country, one.region), (one.number_country, one.number_region)):
            found |= {country, f"{country}-{region.removeprefix(f'{country}-')}"}
    return found


def events_since(rows: Rows, event: Event, since: int) -> list[int]:
    """Entries of one event made since then (microseconds), oldest first."""
    found: list[Any] = rows.all(
        "SELECT seq FROM log WHERE at >= ? AND body LIKE ? ORDER BY seq",
        (since, f'%"event":"{event}"%'),
    )
    return [int(row[0]) for row in found]


def last_event(rows: Rows, event: Event) -> int | None:
    """When the last entry of an event was made, in microseconds; ``None`` for never."""
    found = rows.value(
        "SELECT at FROM log WHERE body LIKE ? ORDER BY seq DESC LIMIT 1", (f'%"event":"{event}"%',)
    )
    return None if found is None else int(found)


def confirmed_between(rows: Rows, since: int, until: int) -> bool:
    """Whether any action was confirmed from one instant to before another (microseconds)."""
    query = "SELECT 1 FROM log WHERE seq > ? AND seq <= ? AND body LIKE ? LIMIT 1"
    ends = seq_before(rows, since), seq_before(rows, until)
    return rows.value(query, (*ends, f'%"event":"{Event.ACTION_CONFIRMED}"%')) is not None
