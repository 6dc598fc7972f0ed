"""Numbered migrations, each one transaction, each recorded; the first lays the whole schema.

A released migration is never changed. One that rebuilds a table must compare ``sqlite_master`` and
the row counts afterwards: SQLite's rebuild drops triggers, checks and indexes without a word."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from leadtui.errors import LeadtuiError
from leadtui.store.engine import grants, postgres, tables
from leadtui.store.engine.sqlite import APPLICATION_ID
from leadtui.store.engine.types import to_micros

TRIGGERS = (
    (
        "CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the "
        "compliance log is "
        "append-only'); END"
    ),
    (
        "CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the "
        "compliance log is "
        "append-only'); END"
    ),
    "CREATE TRIGGER log_in_order BEFORE INSERT ON log "
    "WHEN NEW.seq IS NULL OR NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM log) "
    "BEGIN SELECT RAISE(ABORT, 'a log entry must follow the last one'); END",
    (
        "CREATE TRIGGER log_meta_no_update BEFORE UPDATE ON log_meta BEGIN SELECT RAISE(ABORT, "
        "'the log keeps its "
        "identity'); END"
    ),
    (
        "CREATE TRIGGER log_meta_no_delete BEFORE DELETE ON log_meta BEGIN SELECT RAISE(ABORT, "
        "'the log keeps its "
        "identity'); END"
    ),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its number, its name, what it does inside its transaction, and whether every
    row is told anew after it."""

    number: int
    name: str
    apply: Callable[[Connection], None]
    retells: bool = False


def _lay(connection: Connection) -> None:
    SQLModel.metadata.create_all(connection, tables=list(SQLModel.metadata.sorted_tables))
    connection.execute(tables.LogMeta.__table__.insert(), {"log_id": os.urandom(16)})  # type: ignore[attr-defined]
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        for trigger in TRIGGERS:
            connection.exec_driver_sql(trigger)
    else:
        postgres.guard(connection)


def _fence(connection: Connection) -> None:
    """Obligations know the lease they were started under, and a lead's own call stands beside its
    front."""
    columns = {column["name"] for column in inspect(connection).get_columns("obligation")}
    if "lease_token" not in columns:
        connection.exec_driver_sql(
            "ALTER TABLE obligation ADD COLUMN lease_token INTEGER DEFAULT '0' NOT NULL"
        )
        connection.exec_driver_sql(
            "UPDATE obligation SET lease_token = (SELECT lease_token FROM lead WHERE lead.id "
            "= obligation.lead_id) "
            "WHERE answered_at IS NULL"
        )
    connection.exec_driver_sql("DROP INDEX touch_front")
    connection.exec_driver_sql(
        f"CREATE UNIQUE INDEX touch_front ON touch (lead_id) WHERE {tables.AT_FRONT}"
    )
    connection.exec_driver_sql(
        f"CREATE INDEX IF NOT EXISTS touch_promise ON touch (due) WHERE {tables.PROMISED}"
    )


def _screen(connection: Connection) -> None:
    """What registers said of numbers has a table of its own."""
    _add_tables(connection, "screening")


def _suppress(connection: Connection) -> None:
    """Who was erased is known again by keyed hashes."""
    _add_tables(connection, "suppression")


def _carry(connection: Connection) -> None:
    """An enrolment knows what it has had of the steps that stand below its next one."""
    columns = {column["name"] for column in inspect(connection).get_columns("enrolment")}
    if "passed" not in columns:
        connection.exec_driver_sql(
            "ALTER TABLE enrolment ADD COLUMN passed VARCHAR DEFAULT '' NOT NULL"
        )


def _put_off(connection: Connection) -> None:
    """A touch that an absence puts off knows when it was due."""
    columns = {column["name"] for column in inspect(connection).get_columns("touch")}
    if "due_before" not in columns:
        connection.exec_driver_sql("ALTER TABLE touch ADD COLUMN due_before BIGINT")


def _post(connection: Connection) -> None:
    """Who may post from the web, and what was accepted, have tables of their own."""
    _add_tables(connection, "websource", "webpost")


def _fulfil(connection: Connection) -> None:
    """What is sent to whom asked for something has a table of its own."""
    _add_tables(connection, "fulfilment")


REFERRING = (
    "attempt_enrolment",
    "do_not_call_lead",
    "enrolment_lead",
    "enrolment_response",
    "event_touch",
    "fulfilment_response",
    "lead_merged",
    "question_lead",
    "question_touch",
    "touch_response",
)


def _refer(connection: Connection) -> None:
    """What refers to a row that is taken away is found by an index."""
    for table in SQLModel.metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            if index.name in REFERRING:
                index.create(connection, checkfirst=True)


def _add_tables(connection: Connection, *names: str) -> None:
    """Make tables that are not there yet, and give everybody their rights on them."""
    wanted = [SQLModel.metadata.tables[name] for name in names]
    SQLModel.metadata.create_all(connection, tables=wanted, checkfirst=True)
    if connection.dialect.name == "postgresql":
        grants.admit_again(connection)


STEPS: tuple[Step, ...] = (
    Step(1, "the whole schema", _lay),
    Step(2, "leases fence, calls stand beside", _fence),
    Step(3, "numbers are screened", _screen),
    Step(4, "who was erased stays blocked", _suppress),
    Step(5, "rows are vouched for by 128 bits", lambda _connection: None, retells=True),
    Step(6, "a moved enrolment knows what it has had", _carry),
    Step(7, "what an absence puts off knows when it was due", _put_off),
    Step(8, "web forms post", _post),
    Step(9, "what was asked for is sent", _fulfil),
    Step(10, "rows are found by what they refer to", _refer),
)
"""The first lays the schema as it is today, so each later one must find its work done on a new
database."""


def version(connection: Connection) -> int:
    """The number of the newest migration this database has; 0 for an empty one."""
    exists = (
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'migration'").scalar()
        if connection.dialect.name == "sqlite"
        else connection.exec_driver_sql("SELECT to_regclass('migration')").scalar()
    )
    if not exists:
        return 0
    return int(
        connection.execute(text("SELECT coalesce(max(number), 0) FROM migration")).scalar_one()
    )


def pending(
    connection: Connection, where: str, steps: tuple[Step, ...] = STEPS
) -> tuple[Step, ...]:
    """The migrations still to run, or a refusal where the database is newer than the program."""
    have = version(connection)
    newest = steps[-1].number
    if have > newest:
        raise LeadtuiError(
            f"{where}: this database has schema {have}, this program knows up to {newest}; "
            "install a newer "
            "leadtui"
        )
    return tuple(step for step in steps if step.number > have)


def apply(connection: Connection, step: Step, now: datetime) -> None:
    """Run one migration inside the transaction of ``connection`` and record it."""
    step.apply(connection)
    connection.execute(
        text("INSERT INTO migration (number, name, at) VALUES (:number, :name, :at)"),
        {"number": step.number, "name": step.name, "at": to_micros(now)},
    )
