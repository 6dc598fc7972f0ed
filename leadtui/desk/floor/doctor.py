"""What is wrong with this floor, and what to do: one pass over the files, the log, the tables and
the people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadtui.desk.audit.findings import ERROR, FILE, NOTE, WARNING, Diagnosis, Finding, few, ordered
from leadtui.desk.audit.tampering import log_findings
from leadtui.desk.core.context import Context
from leadtui.desk.floor.premises import premises
from leadtui.desk.floor.waiting import waiting
from leadtui.errors import Damaged
from leadtui.store import health
from leadtui.store.engine import backing, damage

OLD_FILE = timedelta(days=183)


def examine(context: Context) -> Diagnosis:
    """Every finding, the worst first. A check that cannot be made is a finding itself, and stops no
    other."""
    found: list[Finding] = []
    checks: tuple[Callable[[Context], Iterator[Finding]], ...] = (
        _database,
        log_findings,
        _stopped,
        waiting,
        _playbook,
        premises,
    )
    for check in checks:
        try:
            found += check(context)
        except Damaged as error:
            what, _, do = str(error).partition("; ")
            found.append(Finding(ERROR, what, place(context), own_words(do), rank=FILE))
        except health.unreadable(context.store.url) as error:
            words = " ".join(str(error).split())[:300]
            found.append(
                Finding(ERROR, words, place(context), "mend that first, and look again", rank=FILE)
            )
    # The same damage is met by one check after the other.
    return Diagnosis(ordered(dict.fromkeys(found)))


def own_words(advice: str) -> str:
    """An advice without its hint at the doctor, who speaks already."""
    return advice.replace(damage.ASK_DOCTOR, "")


def place(context: Context) -> str:
    """Where the database is."""
    return str(context.store.path or context.store.url.rsplit("@", 1)[-1])


def _database(context: Context) -> Iterator[Finding]:
    if context.store.path is not None:
        yield from _file(context, context.store.path)
    with context.store.read() as session:
        gaps = health.schema_gaps(session)
    if gaps:
        do = "restore the last backup: somebody worked on it"
        yield Finding(ERROR, f"the schema lacks {few(gaps)}", place(context), do, rank=FILE)


def _file(context: Context, path: Path) -> Iterator[Finding]:
    """The file itself. What is damaged is written by nobody any more; what holds, after it was
    mended, is again."""
    broken = backing.problems_of(path)
    pages = [words for words in broken if not words.startswith(backing.DANGLING)]
    if pages:
        context.store.stop_writing(damage.damaged(context.store.url, pages[0][:120]))
    back = own_words(damage.way_back(path)) if broken else ""
    for words in broken:
        kind = "faults in the database file"
        yield Finding(ERROR, f"the database is damaged: {words}", str(path), back, kind, FILE)
    if not pages and (said := damage.marked(path)) and not said.startswith(damage.OF_LOG):
        context.store.found_sound()
        words = (
            f"the database had been found damaged ({said}); the file holds now, and may "
            "be written again"
        )
        yield Finding(
            NOTE, words, str(path), "leadtui log verify --deep, if you restored a backup", rank=FILE
        )


def _stopped(context: Context) -> Iterator[Finding]:
    """That nobody writes any more since the chain is broken, and the two ways to go on."""
    path = context.store.path
    if path is not None and (said := damage.marked(path)).startswith(damage.OF_LOG):
        do = own_words(damage.way_back(path)) + damage.go_on(said)
        yield Finding(
            ERROR,
            f"nothing more is written on this floor, since its log is broken ({said})",
            str(path),
            do,
            rank=FILE,
        )


def _playbook(context: Context) -> Iterator[Finding]:
    folder = context.settings.folder / "playbook"
    if not folder.is_dir():
        return
    with context.store.read() as session:
        running = context.running_hash(session)
        since = health.activated_at(session, running)
    # A demo's clock is not the one by which its files were written.
    old = [] if context.is_demo else _old_files(folder, context.now())
    if old:
        words = (
            f"{len(old)} playbook file{'s are' if len(old) > 1 else ' is'} older than six months"
        )
        yield Finding(
            WARNING, words, few(old, 5), "read them, agree on them again, and touch or change them"
        )
    elif since is not None and since < context.now() - OLD_FILE:
        do = (
            f"read {folder} together, change what is no longer true, and run 'leadtui "
            "playbook activate'"
        )
        yield Finding(
            WARNING, f"the playbook runs unchanged since {since:%d %b %Y}", "playbook", do
        )
    yield from _draft(folder, running)


def _draft(folder: Path, running: str) -> Iterator[Finding]:
    from leadtui.cadence.reading.checking import problems
    from leadtui.cadence.reading.loading import load
    from leadtui.desk.playbook.files import read_folder

    files = read_folder(folder)
    if found := problems(files):
        yield Finding(
            WARNING, f"the drafts cannot be run: {found[0]}", str(folder), "leadtui playbook check"
        )
    elif load(files).hash != running:
        do = "leadtui playbook diff; then 'leadtui playbook activate', or take the change back"
        yield Finding(NOTE, "the drafts differ from the playbook that runs", str(folder), do)


def _old_files(folder: Path, now: datetime) -> list[str]:
    limit = now - OLD_FILE
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".toml", ".md"}
        and datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit
    ]


__all__ = ["examine", "own_words"]
