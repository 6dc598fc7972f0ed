"""What stands beside a SQLite database in case it cannot be read any more: its newest backups, and
that it is damaged.

Both are small files with the database's own permissions. ``leadtui.db.backups`` lists checked
copies, so that the way back can be named though not a page can be read. ``leadtui.db.damaged``
stops every program's writing, not just that of the one which met the damage; ``leadtui doctor``
takes it away once the file holds again. A log that does not hold though the pages do (a flipped
byte, an edited entry) is damage too; with that a supervisor may go on."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leadtui.errors import Damaged, LeadtuiError
from leadtui.files import read_text
from leadtui.store.engine import sqlite
from leadtui.store.engine.places import place_of
from leadtui.text import clean

BACKUPS, DAMAGED = ".backups", ".damaged"
OF_LOG = "log entry "
"""How the words of a mark begin that a broken chain has set in a file whose pages are sound."""
ASK_DOCTOR = "; 'leadtui doctor' says what is wrong"
"""The end of an advice that the doctor itself leaves out."""
KEPT = 10
"""So many backups are remembered."""


@dataclass(frozen=True, slots=True)
class Known:
    """A backup that was checked when it was made."""

    path: str
    at: str
    """ISO 8601, UTC."""
    entries: int
    head: str
    size: int
    sha256: str


def is_damage(error: BaseException) -> bool:
    """Whether a driver's error says that the file itself is damaged."""
    said = str(error).lower()
    return "malformed" in said or "not a database" in said


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remember(database: Path, made: Known) -> bool:
    """Put a backup on the list, the newest first; whether that could be written."""
    known = [one for one in backups_of(database) if one.path != made.path]
    text = json.dumps([asdict(one) for one in (made, *known)][:KEPT], indent=1)
    return _write(_beside(database, BACKUPS), text + "\n", database)


def backups_of(database: Path) -> list[Known]:
    """The backups that were made of this database, the newest first; a list that cannot be read is
    an empty one."""
    try:
        said = json.loads(read_text(_beside(database, BACKUPS), "move it away"))
        return [Known(**one) for one in said]
    except (LeadtuiError, ValueError, TypeError):
        return []


def newest(database: Path) -> Known | None:
    """The newest backup that is still where it was made, byte by byte as it was checked, and a copy
    of this floor: the list is a file that others may write, and names nothing by itself."""
    for one in backups_of(database):
        path = Path(one.path)
        with suppress(OSError, TypeError):
            if (
                stat.S_ISREG(path.stat().st_mode)
                and path.stat().st_size == one.size
                and digest_of(path) == one.sha256
                and _is_copy(path, database, one)
            ):
                return one
    return None


def _is_copy(path: Path, database: Path, said: Known) -> bool:
    """Whether a file is a whole leadtui database whose log ends as it is said to, and is the log of
    ``database`` where that one can still be read."""
    module, log_id = sqlite.driver(), "SELECT log_id FROM log_meta"
    here = _asked(database, log_id)
    try:
        last = _asked(path, "SELECT hash FROM log ORDER BY seq DESC LIMIT 1")
        return (
            _asked(path, "PRAGMA application_id") == sqlite.APPLICATION_ID
            and (last.hex() if isinstance(last, bytes) else "") == said.head
            and (here is None or here == _asked(path, log_id))
            and not faults_of(path)
        )
    except module.DatabaseError:
        return False


def _asked(path: Path, sql: str) -> Any:
    """One value of a SQLite file; ``None`` where it has none, or cannot be read."""
    module = sqlite.driver()
    with suppress(module.DatabaseError):
        connection = module.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        with suppress(module.DatabaseError), closing(connection):
            row = connection.execute(sql).fetchone()
            return row[0] if row else None
    return None


def way_back(database: Path) -> str:
    """What to do about a damaged database, as the second half of a sentence."""
    found = newest(database)
    if found is None:
        return (
            "keep the file as it is and look for a backup: none made on this machine is "
            f"known{ASK_DOCTOR}"
        )
    name = database.name
    return (
        f"{_named(found)}: close leadtui everywhere, move {name}, {name}-wal and {name}-shm "
        "to another folder, copy the "
        f"backup to {database} and run 'leadtui doctor'"
    )


def _named(found: Known) -> str:
    at = datetime.fromisoformat(found.at).astimezone(UTC)
    return (
        f"the newest good backup is {found.path} of {at:%d %b %Y %H:%M} UTC (log entry "
        f"{found.entries})"
    )


def missing(database: Path) -> str:
    """The sentence for a database that is not where it should be: a floor that has lost it is not
    told to begin anew."""
    said = f"{database}: there is no database"
    found = newest(database)
    if found is not None:
        return f"{said}; {_named(found)}: copy it to {database} and run 'leadtui doctor'"
    if database.with_name("leadtui.toml").is_file():
        return (
            f"{said}, though this is a floor; look for the file or a backup of it (none made "
            "on this machine is known) "
            f"and put it there"
        )
    return f"{said}; make a floor with 'leadtui init' or 'leadtui demo'"


def damaged(url: str, found: str) -> Damaged:
    """The error for a damaged database: what was found, and the way back to the newest good
    backup."""
    place = place_of(url)
    if url.startswith("sqlite"):
        advice = way_back(Path(place))
    else:
        advice = (
            f"keep the database as it is and restore the last backup with pg_restore{ASK_DOCTOR}"
        )
    if found.startswith(OF_LOG):
        advice += go_on(found)
    return Damaged(
        f"{place}: the database is damaged ({found}), and nothing more is written; {advice}", found
    )


def go_on(found: str) -> str:
    """How a supervisor lets a floor be written whose log is broken, as the end of an advice;
    ``found`` is the mark's."""
    entry = found.removeprefix(OF_LOG).partition(":")[0]
    return f"; or a supervisor goes on with it as it is: 'leadtui log correct {entry} --note …'"


def faults_of(database: Path) -> str:
    """The first thing that SQLite's quick check finds wrong with the pages of a file; empty where
    they hold.

    Reads the whole file, and not its indexes against its rows: about a second for half a gigabyte.
    """
    module = sqlite.driver()
    try:
        connection = module.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
    except module.DatabaseError:
        return ""  # it cannot be opened now, which says nothing of its pages
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except module.DatabaseError as error:
        return str(error) if is_damage(error) else ""
    finally:
        connection.close()
    return "" if found == "ok" else found


def mark(database: Path, words: str) -> None:
    """Say beside the database that it is damaged, so that nobody writes into it."""
    with suppress(OSError):
        if not marked(database):
            _write(_beside(database, DAMAGED), words + "\n", database)


def marked(database: Path) -> str:
    """What was found when the database was marked as damaged; empty where it is not."""
    mark = _beside(database, DAMAGED)
    try:
        if not stat.S_ISREG(mark.stat().st_mode):
            return f"{mark.name} is no file"
        with mark.open(encoding="utf-8", errors="replace") as file:
            return clean(file.read(300)).strip()
    except OSError:
        return ""


def unmark(database: Path) -> bool:
    """Let it be written again; whether it had been marked."""
    mark = _beside(database, DAMAGED)
    try:
        mark.unlink()
    except PermissionError:
        return _write_over(mark, "")  # a colleague's, in a folder where each removes their own
    except OSError:
        return False
    return True


def _beside(database: Path, end: str) -> Path:
    return database.with_name(database.name + end)


def _write(path: Path, text: str, database: Path) -> bool:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        mode = database.stat().st_mode & 0o660
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - the mode is set as it is made
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    except PermissionError:
        return _write_over(path, text)
    except OSError:
        return False
    finally:
        with suppress(OSError):
            draft.unlink()
    return True


def _write_over(path: Path, text: str) -> bool:
    """Write into a file that is a colleague's to replace; whether that could be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return True
