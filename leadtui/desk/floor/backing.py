"""Backups: a whole copy of the database that is checked before it gets its name."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from leadtui.desk.core.context import Context
from leadtui.errors import Damaged, LeadtuiError, NotSaved
from leadtui.files import give_name, refusing
from leadtui.store.engine import backing, damage
from leadtui.store.engine.entries import Head
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log import auditing


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and checked."""

    path: Path
    size: int
    entries: int
    head: str
    """The hash of the last log entry in it."""
    logged: bool
    """Whether the floor's log could take the entry that says so."""


def back_up(context: Context, path: Path) -> Backup:
    """Copy the database to ``path``, check the copy, and only then give it its name; log that it
    was made.

    The copy is read back: SQLite's integrity and reference checks, the whole hash chain, and the
    log's head against the original. Nothing is overwritten and no symbolic link followed. Raises
    ``LeadtuiError``."""
    if not context.store.is_sqlite:
        raise LeadtuiError(
            "this floor is on PostgreSQL: back it up with 'pg_dump --format=custom "
            f"--file={path} …', and try the "
            "file "
            "with pg_restore into an empty database and 'leadtui --database … log verify --deep'"
        )
    if os.path.lexists(path):
        raise LeadtuiError(
            f"{path}: this exists already, and is not overwritten; name another file"
        )
    if not path.parent.is_dir():
        raise LeadtuiError(f"{path.parent}: there is no such folder; make it, or name another file")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    before = os.umask(0o077)
    try:
        with refusing(path):
            backing.copy_whole(context.store, draft)
            draft.chmod(0o600)
            head = _checked(context, draft)
            _flushed(draft)
            size = draft.stat().st_size
            give_name(draft, path)
    finally:
        os.umask(before)
        with suppress(OSError):
            draft.unlink()
    _note(context, path, head)
    return Backup(path, size, head.seq, head.hash.hex(), _say_so(context, head, path))


def _checked(context: Context, copy: Path) -> Head:
    """The head of a copy that holds; raises ``LeadtuiError`` for one that does not."""
    advice = "no backup was made; run 'leadtui doctor', and keep the last good backup"
    if found := backing.problems_of(copy, 1):
        raise LeadtuiError(f"the copy is damaged ({found[0]}): {advice}")
    rows = Rows(f"sqlite:///{copy}")
    try:
        verified = auditing.Verifier(rows).run()
    finally:
        rows.close()
    if not verified.ok:
        raise LeadtuiError(f"the log in the copy does not hold ({verified.message}): {advice}")
    original = Rows(context.store.url)
    try:
        stands = original.value("SELECT hash FROM log WHERE seq = ?", (verified.head.seq,))
    finally:
        original.close()
    if verified.head.seq and bytes(stands or b"") != verified.head.hash:
        raise LeadtuiError(f"the copy ends with another log entry than the floor has: {advice}")
    return verified.head


def _flushed(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _note(context: Context, path: Path, head: Head) -> None:
    """Keep beside the database which backups there are: what a damaged one could not tell any
    more."""
    if context.store.path is not None:
        whole = path.resolve()
        known = damage.Known(
            path=str(whole),
            at=context.now().isoformat(),
            entries=head.seq,
            head=head.hash.hex(),
            size=whole.stat().st_size,
            sha256=damage.digest_of(whole),
        )
        damage.remember(context.store.path, known)


def _say_so(context: Context, head: Head, path: Path) -> bool:
    """Log the backup. A floor that cannot be written any more can still be backed up."""
    try:
        with context.write() as unit:
            codes, hashes = {Code.SEQ: head.seq}, {"head": head.hash.hex()}
            unit.log(Event.BACKUP_MADE, codes=codes, hashes=hashes, private=str(path.resolve()))
    except (NotSaved, Damaged):
        return False
    return True
