"""What a database is made of, against what this program makes: tables, indexes, triggers, views and
the list of migrations.

A trigger that somebody planted would write with everybody's hands, and a unique index whose text
was changed no longer keeps anybody from a second open question."""

from __future__ import annotations

from collections.abc import Iterator

from leadtui.store.engine.blueprint import PARTS, made, shape
from leadtui.store.engine.migrations import STEPS
from leadtui.store.engine.rows import Rows
from leadtui.store.log.row_check import Disagreement

STATISTICS = frozenset(("sqlite_stat1", "sqlite_stat4"))
"""Tables that ``ANALYZE`` makes, for the speed of queries alone."""


def replaced(rows: Rows) -> list[str]:
    """Our tables in whose place something else stands, or nothing: reading that could take
    forever."""
    if not rows.is_sqlite:
        return []
    real = {
        name
        for kind, name, _, sql in rows.all(PARTS)
        if kind == "table" and str(sql).startswith("CREATE TABLE ")
    }
    return sorted({name for kind, name, _ in made() if kind == "table"} - real)


def differences(rows: Rows) -> Iterator[Disagreement]:
    """Each part that is gone, was added, or is another one than this program makes."""
    if not rows.is_sqlite:
        return
    wanted = made()
    found = {
        (kind, name, table): shape(kind, sql)
        for kind, name, table, sql in rows.all(PARTS)
        if name not in STATISTICS
    }
    for part in sorted(wanted.keys() | found.keys()):
        kind, name, table = part
        words = f"{kind} {name}" + (f" on {table}" if table != name else "")
        if part not in found:
            yield _part(kind, name, f"{words} is gone")
        elif part not in wanted:
            yield _part(kind, name, f"{words} was put in, and leadtui makes no such thing")
        elif wanted[part] != found[part]:
            yield _part(kind, name, f"{words} is not the one that leadtui makes")
    steps = [(step.number, step.name) for step in STEPS]
    if rows.all("SELECT number, name FROM migration ORDER BY number") != steps:
        yield _part("list", "migrations", "the list of migrations is not this program's")


def _part(kind: str, name: str, words: str) -> Disagreement:
    return Disagreement("schema", 0, f"{kind} {name}", "", words, 0)
