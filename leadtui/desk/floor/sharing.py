"""A floor for several accounts of one machine: a group owns it, and what is made in it stays the
group's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from leadtui.errors import LeadtuiError
from leadtui.settings import FILE

FLOOR, FOLDER, PLAIN, READ_ONLY = 0o3770, 0o2770, 0o660, 0o640
"""Folders hand their group on (setgid); files are the group's; settings, which name a command to
run, are their maker's, and nobody else takes them out of the floor's folder (sticky)."""


def group_id(name: str) -> int:
    """The number of a group that whoever asks belongs to. Raises ``LeadtuiError`` before anything
    is made."""
    if os.name != "posix":
        raise LeadtuiError(
            "--group is for Linux and macOS; on Windows share a floor through PostgreSQL"
        )
    import grp

    try:
        found = grp.getgrnam(name)
    except KeyError:
        raise LeadtuiError(
            f"--group {name!r}: this machine has no such group; make it (groupadd {name}) and "
            "add the reps to it"
        ) from None
    if os.getuid() and found.gr_gid not in {os.getgid(), *os.getgroups()}:
        raise LeadtuiError(
            f"--group {name!r}: you are not in this group; have yourself added (usermod -aG "
            f"{name} …) and log in "
            "again"
        )
    return found.gr_gid


def refuse_stranger(login: str, group: str) -> None:
    """Refuse a login that is no account of this machine, or that is not in the group. Raises
    ``LeadtuiError``."""
    import grp
    import pwd

    number = group_id(group)
    try:
        account = pwd.getpwnam(login)
    except KeyError:
        raise LeadtuiError(
            f"login {login!r}: this machine has no such account; write what 'whoami' says in theirs"
        ) from None
    if number != account.pw_gid and login not in grp.getgrgid(number).gr_mem:
        raise LeadtuiError(
            f"login {login!r} is not in the group {group}; have them added "
            f"(usermod -aG {group} {login})"
        )


def share(folder: Path, group: int) -> tuple[str, ...]:
    """Give a floor to a group; remarks on what may still keep the others out.

    The database's helper files take its group and mode, so whoever opens the floor first shuts
    nobody out."""
    try:
        for path in (folder, *sorted(folder.rglob("*"))):
            if path.is_symlink():
                continue
            os.chown(path, -1, group)
            if path.is_dir():
                path.chmod(FLOOR if path == folder else FOLDER)
            else:
                path.chmod(READ_ONLY if path.name == FILE else PLAIN)
    except OSError as error:
        raise LeadtuiError(
            f"{error.filename}: cannot be given to the group ({error.strerror}); the floor is "
            "there, for you "
            "alone"
        ) from error
    return tuple(
        f"{parent} keeps the group out: chmod o+x {parent}, or put the floor elsewhere"
        for parent in folder.parents
        if not _passes(parent, group)
    )


def _passes(folder: Path, group: int) -> bool:
    found = folder.stat()
    return bool(
        found.st_mode & stat.S_IXOTH or (found.st_gid == group and found.st_mode & stat.S_IXGRP)
    )
