"""Files from outside, read without waiting for what never ends; and a file that must not replace
another, written whole or not at all, never through a symbolic link."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from leadtui.errors import LeadtuiError
from leadtui.text import masked

_NEW = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
)


LARGEST = 2_000_000_000
"""Bytes of the largest file that is read whole."""


def read_whole(path: Path, ask: str, largest: int = LARGEST) -> bytes:
    """The bytes of a file that somebody named; ``ask`` says what should have been named.

    A pipe or a device, which might never end, is refused like what cannot be read. Raises
    ``LeadtuiError``."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise LeadtuiError(f"{path}: this is a folder; {ask}")
        if not stat.S_ISREG(found.st_mode):
            raise LeadtuiError(f"{path}: this is a pipe or a device and no file; {ask}")
        if found.st_size > largest:
            size = f"{found.st_size:,} bytes, where {largest:,} are the most"
            raise LeadtuiError(f"{path}: this is too large ({size}); split it")
        return path.read_bytes()
    except OSError as error:
        raise LeadtuiError(f"{path}: cannot be read ({error.strerror}); {ask}") from error


def refuse_pipe(path: Path) -> None:
    """Refuse what stands where a file belongs and is none: opening a pipe might never end. Nothing
    there is well. Raises ``LeadtuiError``."""
    with suppress(OSError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise LeadtuiError(
                f"{path}: this is a folder, a pipe or a device, where leadtui keeps a file; see "
                "who made it ('ls -l'), and let its owner or root move it away"
            )


def read_text(path: Path, ask: str, largest: int = LARGEST) -> str:
    """The text of a UTF-8 file that somebody named, as ``read_whole`` reads it."""
    try:
        return read_whole(path, ask, largest).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{path}: this is not UTF-8 text (byte {error.start})"
        raise LeadtuiError(f"{where}; save it as UTF-8") from error


def write_new(path: Path, parts: Iterable[bytes], mode: int = 0o600) -> int:
    """Write ``parts`` to a file that does not exist yet and return its size in bytes; see
    ``create``.

    Raises ``LeadtuiError`` where something has the name already, and where the disk refuses."""
    with refusing(path):
        return create(path, parts, mode)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """What keeps a new file from being written, as ``LeadtuiError``."""
    try:
        yield
    except FileExistsError as error:
        raise LeadtuiError(
            f"{path}: this exists already, and is not overwritten; name another file"
        ) from error
    except OSError as error:
        raise LeadtuiError(
            f"{path}: cannot be written ({error.strerror}); name a folder you may write to"
        ) from error


def create(path: Path, parts: Iterable[bytes], mode: int = 0o600) -> int:
    """Write ``parts`` to a temporary name beside ``path``, flush them to the disk, and give them
    the name in one step.

    A file or a symbolic link that has the name already is left alone. Returns the size in bytes.
    Raises ``OSError``, and ``FileExistsError`` where the name is taken."""
    if os.path.lexists(path):
        raise FileExistsError(17, "there is such a file already")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(temporary, _NEW, mode), "wb") as file:
            size = sum(file.write(part) for part in parts)
            file.flush()
            os.fsync(file.fileno())
        give_name(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()
    return size


def give_name(temporary: Path, path: Path) -> None:
    """Give a finished file its name in one step. Raises ``FileExistsError`` where the name is
    taken."""
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        # A file system without hard links. Between these two lines another file could come; links
        # close that gap.
        if os.path.lexists(path):
            raise FileExistsError(17, "there is such a file already") from None
        temporary.rename(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def keep_details(error: BaseException) -> str:
    """Write what went wrong to a file of one's own, passwords of connections hidden; returns in
    words where it is."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="leadtui-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(masked("".join(traceback.format_exception(error))))
    except OSError as refused:
        return f"the details could not be kept ({refused.strerror}); LEADTUI_DEBUG=1 shows them"
    return f"the details are in {file.name}"
