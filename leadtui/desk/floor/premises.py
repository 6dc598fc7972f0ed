"""Where a floor stands: its folder, who may read it, the disk, the file system, and the library
that keeps it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leadtui.desk.audit.findings import ERROR, NOTE, WARNING, Finding
from leadtui.desk.core.context import Context
from leadtui.store.engine import backing
from leadtui.store.engine.places import unchecked_server

SCARCE, ALMOST_FULL = 500_000_000, 50_000_000
"""Bytes of free space below which the disk is worth a word, or an error."""


def premises(context: Context) -> Iterator[Finding]:
    """What is wrong with the place where the floor is kept."""
    folder = context.settings.folder
    yield from _space(folder)
    path = context.store.path
    if path is None:
        if host := unchecked_server(context.store.url):
            yield Finding(
                WARNING,
                f"nothing checks that it is {host} which answers: whoever stands between reads all",
                context.store.place,
                "add ?sslmode=verify-full&sslrootcert=FILE to the database's URL",
            )
        return
    yield from _library(path, backing.facts_of(path))
    if os.name == "posix":
        yield from _permissions(folder, path)


def _space(folder: Path) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < SCARCE:
        severity = ERROR if free < ALMOST_FULL else WARNING
        yield Finding(
            severity, f"{free // 1_000_000} MB are left on the disk", str(folder), "make room"
        )


def _library(path: Path, facts: dict[str, Any]) -> Iterator[Finding]:
    if facts["network"]:
        yield Finding(
            ERROR,
            (
                f"the database is on a network file system ({facts['file_system']}), where SQLite "
                "loses data"
            ),
            str(path.parent),
            (
                "move the floor's folder to a local disk, or make a floor in PostgreSQL with "
                "'leadtui init --database …'"
            ),
        )
    if facts["wal_is_safe"]:
        return
    if facts["journal"] == "wal":
        yield Finding(
            ERROR,
            f"SQLite {facts['version']} can damage a database in WAL mode",
            str(path),
            "install the package pysqlite3, or a Python with SQLite 3.51.3 or later",
        )
    else:
        yield Finding(
            NOTE,
            f"SQLite {facts['version']} has a fault in WAL mode, so a slower journal is used",
            str(path),
            "install the package pysqlite3, or a Python with SQLite 3.51.3 or later",
        )


def _permissions(folder: Path, database: Path) -> Iterator[Finding]:
    """One person: nobody else may look. A shared floor (a setgid folder): the group, and nobody
    else."""
    home = _mode(database.parent)
    if home is None:
        yield Finding(
            ERROR, "the floor's folder cannot be read", str(folder), "ask its owner for access"
        )
        return
    shared = bool(home & stat.S_ISGID)
    foreign = stat.S_IRWXO if shared else stat.S_IRWXO | stat.S_IRWXG
    wanted = {True: ("3770", "660"), False: ("700", "600")}[shared]
    files = [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
    for path, mode, right in (
        (database.parent, home, wanted[0]),
        *((file, _mode(file), wanted[1]) for file in files),
    ):
        if mode is None:
            continue
        if mode & foreign:
            whom = "others" if shared else "other people on this machine"
            words = f"{whom} may open it (mode {stat.S_IMODE(mode):o})"
            yield Finding(WARNING, words, str(path), f"chmod {right} {path}")
        elif shared and not mode & stat.S_IWGRP:
            words = f"the floor's group may not write it (mode {stat.S_IMODE(mode):o})"
            yield Finding(ERROR, words, str(path), f"chmod {right} {path}")


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None
