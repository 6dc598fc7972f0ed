"""A copy of a whole SQLite database while others write to it, and the checks that a copy must
pass."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from leadtui.errors import LeadtuiError, NotSaved
from leadtui.store.engine import sqlite
from leadtui.store.engine.database import Store

DANGLING = "row "
"""How a row that points nowhere is told: the file itself is whole then."""


def copy_whole(store: Store, target: Path) -> None:
    """Write one consistent state of the database to ``target``, which must not exist.

    ``VACUUM INTO`` outside of any transaction: it reads like any other reader, and writers go on
    meanwhile. Raises ``LeadtuiError`` where the disk is full, the folder cannot be written or the
    source is damaged."""
    module = sqlite.driver()
    try:
        with closing(store.raw()) as connection:
            connection.driver_connection.execute("VACUUM INTO ?", (str(target),))
    except module.DatabaseError as error:
        raise _spoken(error, target, store.path) from error


def _spoken(error: Exception, target: Path, source: Path | None) -> LeadtuiError:
    said = str(error).lower()
    if "full" in said or "i/o" in said:
        return NotSaved(
            f"{target.parent}: the disk is full or failing; make room, or name a file on "
            "another disk"
        )
    if "unable to open" in said or "readonly" in said:
        return NotSaved(f"{target.parent}: cannot be written; name a folder you may write to")
    if "locked" in said or "busy" in said:
        return NotSaved(
            "the database is in use by another program that lets nobody read; try again"
        )
    return LeadtuiError(
        f"{source}: the database cannot be copied ({error}); run 'leadtui doctor', and keep "
        "the last good "
        "backup"
    )


def problems_of(path: Path, limit: int = 20) -> list[str]:
    """What SQLite's own checks find wrong with a database file: its pages and indexes, and rows
    that point nowhere."""
    module = sqlite.driver()
    try:
        connection = module.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    except module.DatabaseError as error:
        return [str(error)]
    try:
        found = [
            str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({limit})").fetchall()
        ]
        broken = [] if found == ["ok"] else found
        return broken + [
            _dangling(row)
            for row in connection.execute("PRAGMA foreign_key_check").fetchmany(limit)
        ]
    except module.DatabaseError as error:
        return [str(error)]
    finally:
        connection.close()


def _dangling(row: Any) -> str:
    table, rowid, parent, _ = row
    return f"{DANGLING}{table} {rowid} refers to a {parent} that is not there"


def facts_of(path: Path) -> dict[str, Any]:
    """How a SQLite file is kept: its journal mode, and the version of the library that reads it."""
    module = sqlite.driver()
    connection = module.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    finally:
        connection.close()
    version = module.sqlite_version_info
    return {
        "journal": mode,
        "version": module.sqlite_version,
        "wal_is_safe": sqlite.wal_is_safe(version),
        "file_system": sqlite.file_system(path.parent),
        "network": sqlite.file_system(path.parent) in sqlite.NETWORK_FILE_SYSTEMS,
    }
