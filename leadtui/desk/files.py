"""Writing a file that must not replace another: whole or not at all, never through a symbolic link."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from leadtui.errors import LeadtuiError


def write_new(path: Path, parts: Iterable[bytes], mode: int = 0o600) -> int:
    """Write ``parts`` to a file that does not exist yet and return its size in bytes.

    They go to a temporary name beside it, are flushed to the disk, and get the name in one step; a file or a symbolic
    link that has the name already is left alone. Raises ``LeadtuiError`` then, and where the disk refuses.
    """
    if os.path.lexists(path):
        raise LeadtuiError(f"{path}: this exists already, and is not overwritten; name another file")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        size = _write(temporary, parts, mode)
        give_name(temporary, path)
    except FileExistsError as error:
        raise LeadtuiError(f"{path}: this exists already, and is not overwritten; name another file") from error
    except OSError as error:
        raise LeadtuiError(f"{path}: cannot be written ({error.strerror}); name a folder you may write to") from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return size


def _write(temporary: Path, parts: Iterable[bytes], mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(temporary, flags, mode), "wb") as file:
        size = sum(file.write(part) for part in parts)
        file.flush()
        os.fsync(file.fileno())
    return size


def give_name(temporary: Path, path: Path) -> None:
    """Give a finished file its name in one step. Raises ``FileExistsError`` where the name is taken."""
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        # A file system without hard links. Between these two lines another file could come; links close that gap.
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        temporary.rename(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
