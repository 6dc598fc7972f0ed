"""Values that leadtui never writes: of another type than their column's, JSON that is none, times
beyond every calendar. Whoever reads such a row stumbles; here it is named.

SQLite keeps what it is given, whatever the column says; PostgreSQL refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_origin

from sqlalchemy import Column
from sqlmodel import SQLModel

from leadtui.store.engine import sqlite, tables
from leadtui.store.engine.types import Json, UtcDateTime, to_micros

VERIFIED = frozenset(("log", "log_meta", "log_private"))
"""Tables that the verifier reads as they are."""
STORED = {"VARCHAR": "text", "TEXT": "text", "BLOB": "blob"}
"""Column type -> what SQLite keeps it as; every other is a whole number."""
SHOWN = 40
"""So many characters of a value are shown."""
_FIRST = to_micros(datetime.min.replace(tzinfo=UTC))
_LAST = to_micros(datetime.max.replace(tzinfo=UTC))


def misfits(database: Path, limit: int = 20) -> list[str]:
    """``touch 12: due is 'soon', which leadtui never writes`` for each such value, ``limit`` at
    most; empty where the file cannot be read at all, which others say."""
    module = sqlite.driver()
    found: list[str] = []
    try:
        connection = module.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    except module.DatabaseError:
        return found
    connection.text_factory = bytes
    try:
        for table, key, columns in _watched():
            tests = [f"CASE WHEN {test} THEN '{name}' END" for name, test in columns.items()]
            one = tests[0] if len(tests) == 1 else f"coalesce({', '.join(tests)})"
            rows = connection.execute(
                f"SELECT * FROM (SELECT {key}, {one} AS misfit_, * FROM {table}) "
                f"WHERE misfit_ IS NOT NULL LIMIT {limit - len(found)}"
            )
            names = [str(part[0]) for part in rows.description]
            found += [_said(table, names, row) for row in rows.fetchall()]
            if len(found) >= limit:
                break
    except module.DatabaseError:
        return found
    finally:
        connection.close()
    return found


def _said(table: str, names: list[str], row: tuple[Any, ...]) -> str:
    column = row[1].decode()
    value = row[2:][names[2:].index(column)]
    plain = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    key = row[0].decode("utf-8", "replace") if isinstance(row[0], bytes) else row[0]
    return f"{table} {key}: {column} is {plain[:SHOWN]!r}, which leadtui never writes there"


def _watched() -> Iterator[tuple[str, str, dict[str, str]]]:
    """``(table, its key, column -> what a misfit there fulfils)``."""
    models = [one for one in vars(tables).values() if hasattr(one, "__table__")]
    kinds = {model.__table__.name: model.model_fields for model in models}
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in VERIFIED:
            fields = kinds[table.name]
            tests = {
                column.name: _test(column, getattr(fields.get(column.name), "annotation", None))
                for column in table.columns
            }
            yield table.name, next(iter(table.primary_key)).name, tests


def _test(column: Column[Any], annotation: Any) -> str:
    name, kind = column.name, column.type
    if isinstance(kind, Json):
        # An empty list that nobody set was written as {}.
        shapes = ("array", "object") if get_origin(annotation) is list else ("object",)
        known = " OR ".join(f"json_type({name}) = '{shape}'" for shape in shapes)
        wrong = (
            f"CASE WHEN typeof({name}) <> 'text' THEN 1 WHEN NOT json_valid({name}) THEN 1 "
            f"ELSE NOT ({known}) END"
        )
    elif isinstance(kind, UtcDateTime):
        wrong = f"(typeof({name}) <> 'integer' OR {name} NOT BETWEEN {_FIRST} AND {_LAST})"
    else:
        spelled = kind.compile()
        stored = STORED.get(spelled.partition("(")[0], "integer")
        wrong = f"typeof({name}) <> '{stored}'"
    return f"{name} IS NOT NULL AND {wrong}"
