"""Whose a floor's files are: settings name a command to run and a server that gets a password, so
they count only where nobody but their reader, or the floor's maker, can have written them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from leadtui.errors import LeadtuiError

ROOT = 0


def read_settings(path: Path) -> str:
    """The text of a floor's settings.

    Raises ``OSError``, ``UnicodeDecodeError``, and ``LeadtuiError`` where somebody else could have
    written them."""
    real = path.resolve()
    # A pipe in its place would wait for ever: it is opened without waiting, and then refused.
    handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, encoding="utf-8") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise LeadtuiError(f"{path}: this is no file; put the floor's settings there")
        if os.name == "posix":
            for doubt in _doubts(path, real, found):
                raise LeadtuiError(
                    f"{doubt}, and settings name a command that would run as you, and the server "
                    "that gets your password"
                )
        return file.read()


def _doubts(path: Path, real: Path, found: os.stat_result) -> Iterator[str]:
    """Why these settings may be another's than mine or the floor's maker's, and what to do."""
    maker = path.parent.stat().st_uid
    trusted = {os.getuid(), maker, ROOT}
    if found.st_uid not in trusted:
        yield (
            f"{path}: this file is {name_of(found.st_uid)}'s, who is not the floor's maker "
            f"({name_of(maker)}); let the maker look at it and put their own there"
        )
    if _others_write(found):
        yield (
            f"{path}: others may write this file; let {name_of(found.st_uid)} run "
            f"'chmod go-w {path}'"
        )
    for folder in dict.fromkeys((*path.parents, *real.parents)):
        place = folder.stat()
        if place.st_uid not in trusted:
            yield (
                f"{folder}: this folder is {name_of(place.st_uid)}'s, who can put another floor "
                "into it; move the floor to a folder of its maker's"
            )
        if _others_write(place) and not place.st_mode & stat.S_ISVTX:
            yield (
                f"{folder}: others can replace what is in this folder; let "
                f"{name_of(place.st_uid)} run 'chmod +t {folder}'"
            )


def _others_write(found: os.stat_result) -> bool:
    """Whether somebody beside its owner may write it; a group that has nobody else in it is the
    owner's own."""
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _own_group(found.st_gid, found.st_uid)


def _own_group(group: int, user: int) -> bool:
    import grp

    try:
        found = grp.getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == name_of(user) and set(found.gr_mem) <= {found.gr_name}


def name_of(user: int) -> str:
    """The login of an account of this machine, or its number."""
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"account {user}"


def whose(folder: Path) -> str:
    """Whose floor it is that was found, where it is not one's own: a colleague's that one shares.

    Raises ``LeadtuiError`` where one shares it with nobody: it was not meant."""
    if os.name != "posix":
        return ""
    found = folder.stat()
    if found.st_uid == os.getuid():
        return ""
    owner = name_of(found.st_uid)
    if found.st_mode & stat.S_ISGID and found.st_gid in {os.getgid(), *os.getgroups()}:
        return owner
    raise LeadtuiError(
        f"{folder}: this floor, found above the folder you are in, is {owner}'s and not shared "
        f"with you; name it with --floor {folder} if you mean it, or begin in a folder of your own"
    )
