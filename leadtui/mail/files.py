"""Message files: whole or not there, never over another file, never through a link."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from leadtui.errors import NotSaved


def write_new(path: Path, content: bytes) -> Path:
    """Write ``content`` under a temporary name, sync it, and give it its name, which must be free.

    Raises ``NotSaved`` where the folder cannot be written, is full, or has such a file.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temporary, flags, 0o660), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _name(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise NotSaved(f"{path}: the message cannot be written ({error.strerror}); nothing left the house") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path


def _name(temporary: Path, path: Path) -> None:
    """Give a file its name without replacing another; ``rename`` would replace one on POSIX."""
    if os.name == "nt":
        temporary.rename(path)
        return
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links; the name carries random digits, so nobody else makes it meanwhile.
        if path.is_symlink() or path.exists():
            raise FileExistsError(17, "there is such a file already") from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
