"""What a SQLite database of this program is made of: tables, indexes, triggers and views, as the
migrations make them of an empty one, here and now. Nothing is listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, create_engine

from leadtui.errors import NotSaved
from leadtui.store.engine import sqlite
from leadtui.store.engine.bare import rows_of
from leadtui.store.engine.migrations import STEPS, TRIGGERS, Step

Part = tuple[str, str, str]
"""Kind, name, and the table that it belongs to."""
Shape = tuple[str, ...]

PARTS = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_ACTING = f"{PARTS} WHERE type IN ('trigger', 'view')"
_PIECE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|[(),]|[^'"(),/-]+|.""", re.DOTALL
)


@cache
def made() -> dict[Part, Shape]:
    """The parts of a new database."""
    engine = create_engine("sqlite://", module=sqlite.driver())
    with engine.begin() as connection:
        for step in STEPS:
            step.apply(connection)
        found = connection.exec_driver_sql(PARTS).all()
    engine.dispose()
    return {(kind, name, table): shape(kind, sql) for kind, name, table, sql in found}


def is_made_by(connection: Connection, steps: Iterable[Step]) -> bool:
    """Whether a database has every part of a new one already, though these steps are to be run."""
    if not set(steps) <= set(STEPS):
        return False
    have = {
        (kind, name, table): shape(kind, sql)
        for kind, name, table, sql in rows_of(connection, PARTS)
    }
    return made().items() <= have.items()


def shape(kind: str, sql: str | None) -> Shape:
    """A part's SQL as it is compared: of a table the definitions in no order, since a column that
    was added later stands behind the others; else the text."""
    text = str(sql or "")
    if kind != "table":
        return (text,)
    head, *definitions, tail = _definitions(text)
    return (head, *sorted(definitions), tail)


def _definitions(sql: str) -> list[str]:
    """What stands before the parentheses, each definition in them, and what stands behind."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(sql):
        depth += (piece == "(") - (piece == ")")
        opens, closes = piece == "(" and depth == 1, piece == ")" and depth == 0
        if opens or closes or (piece == "," and depth == 1):
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts] if len(parts) > 2 else [*parts, ""]


def refuse_planted(connection: Connection) -> None:
    """Raise ``NotSaved`` where somebody has planted a trigger or a view: what it writes within an
    honest transaction, that one's entry would vouch for."""
    for kind, name, table, sql in rows_of(connection, _ACTING):
        if sql not in TRIGGERS and made().get((kind, name, table)) != shape(kind, sql):
            raise NotSaved(
                f"not saved: somebody has put the {kind} {name!r} into the database, and it would "
                "write with your hands; ask who did it, have it taken away (DROP "
                f"{kind.upper()}), and run 'leadtui log verify --deep'"
            )
