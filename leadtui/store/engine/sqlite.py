"""SQLite as leadtui uses it: which build, which pragmas, which file systems; the one module that
knows the dialect."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from leadtui.text import words

APPLICATION_ID = 0x4C656164
"""``Lead`` in the file's header: another program's database is refused."""

NETWORK_FILE_SYSTEMS = frozenset(
    words("""
    nfs nfs4 cifs smb3 smbfs afs ncpfs davfs fuse.sshfs fuse.rclone glusterfs ceph lustre
    fuse.glusterfs
""")
)


@lru_cache(maxsize=1)
def driver() -> ModuleType:
    """The newer of ``pysqlite3`` and the standard library's ``sqlite3``."""
    try:
        import pysqlite3
    except ImportError:
        return sqlite3
    chosen: ModuleType = max(pysqlite3, sqlite3, key=lambda module: module.sqlite_version_info)
    return chosen


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether a WAL database survives a checkpoint racing a reset: 3.51.3, 3.50.7, 3.44.6 and their
    followers."""
    return (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51, 0)
        or (3, 44, 6) <= version < (3, 45, 0)
    )


def pragmas(version: tuple[int, ...]) -> tuple[str, ...]:
    """The pragmas of every writing connection; a build that corrupts WAL gets a rollback journal
    instead."""
    journal = (
        ("journal_mode=WAL", "synchronous=FULL")
        if wal_is_safe(version)
        else ("journal_mode=DELETE", "synchronous=EXTRA")
    )
    return (
        "busy_timeout=30000",
        *journal,
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
    )


def file_system(path: Path) -> str:
    """The type of the file system that holds ``path``, from the kernel's mount table; empty where
    it has none."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    target, best, kind = str(path.resolve()), "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if (target == point or target.startswith(point.rstrip("/") + "/")) and len(point) >= len(
            best
        ):
            best, kind = point, fields[2]
    return kind


def open_read_only(path: Path) -> Any:
    """A connection that can only read: ``mode=ro`` and an authorizer that allows nothing that could
    write.

    With ``mode=ro`` alone an ATTACH of the same file writes, so everything but SELECT, READ,
    FUNCTION, RECURSIVE, TRANSACTION and ``PRAGMA data_version`` without a value is denied."""
    module = driver()
    connection = module.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
    )
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=2000")
    connection.execute("PRAGMA trusted_schema=OFF")
    allowed = {
        module.SQLITE_SELECT,
        module.SQLITE_READ,
        module.SQLITE_FUNCTION,
        module.SQLITE_TRANSACTION,
        getattr(module, "SQLITE_RECURSIVE", 33),
    }

    def authorize(action: int, first: str | None, second: str | None, *_: Any) -> int:
        if action == module.SQLITE_PRAGMA:
            return int(
                module.SQLITE_OK
                if first == "data_version" and second is None
                else module.SQLITE_DENY
            )
        if action == module.SQLITE_FUNCTION and (second or "").lower() in {
            "load_extension",
            "writefile",
            "edit",
        }:
            return int(module.SQLITE_DENY)
        return int(module.SQLITE_OK if action in allowed else module.SQLITE_DENY)

    connection.set_authorizer(authorize)
    return connection
