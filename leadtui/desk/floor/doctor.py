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
from leadtui.files import keep_details
from leadtui.settings import FILE as SETTINGS
from leadtui.store import floor, health
from leadtui.store.engine import backing, damage
from leadtui.store.engine.misfits import misfits

OLD_FILE = timedelta(days=183)
OLD_RULE = timedelta(days=180)


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
        _calling_rules,
        _sample_firm,
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
        except Exception as error:  # noqa: BLE001 - whatever it was, the other checks are made
            # A value of another type than leadtui writes ends whoever reads it; the others go on.
            words = f"one of the checks could not be made ({type(error).__name__})"
            do = f"mend what is said of the rows, and look again; {keep_details(error)}"
            found.append(Finding(ERROR, words, place(context), do, rank=FILE))
    # The same damage is met by one check after the other.
    return Diagnosis(ordered(dict.fromkeys(found)))


def own_words(advice: str) -> str:
    """An advice without its hint at the doctor, who speaks already."""
    return advice.replace(damage.ASK_DOCTOR, "")


def place(context: Context) -> str:
    """Where the database is."""
    return context.store.place


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
    yield from [] if pages else strangers(path)
    if not pages and (said := damage.marked(path)) and not said.startswith(damage.OF_LOG):
        if context.store.found_sound():
            words = (
                f"the database was marked as damaged ({said}); the file holds, and may be written "
                "again"
            )
            do = "leadtui log verify --deep, if you restored a backup; else ask who marked it"
            yield Finding(NOTE, words, str(path), do, rank=FILE)
        else:
            words = f"nothing is written while {path.name}{damage.DAMAGED} stands there ({said})"
            do = "the file holds: take the mark away, and ask who put it there"
            yield Finding(ERROR, words, str(path.parent), do, rank=FILE)


def strangers(path: Path) -> Iterator[Finding]:
    """Values in the database that leadtui never writes: they end whoever reads them."""
    kind, found = "values that leadtui never writes", misfits(path)
    back = own_words(damage.way_back(path)) if found else ""
    do = f"keep this database as it is and ask who worked on it; {back}"
    for words in found:
        yield Finding(ERROR, f"the database is damaged: {words}", str(path), do, kind, FILE)


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


def _calling_rules(context: Context) -> Iterator[Finding]:
    """Rows of the calling rules that nobody has held against their law for long, of places where
    leads are."""
    with context.store.read() as session:
        legal = context.playbook(session).calling.legal
        codes = health.places_called(session)
    oldest = (context.now() - OLD_RULE).date()
    old = [
        code
        for code, row in legal.items()
        if code in codes and (row.checked is None or row.checked < oldest)
    ]
    if old:
        many = "s were" if len(old) > 1 else " was"
        words = f"{len(old)} calling rule{many} not checked for 180 days"
        do = (
            "hold each row against its statute, correct it, date it with 'checked' in "
            "calling/legal-hours.toml, and run 'leadtui playbook activate'"
        )
        yield Finding(WARNING, words, few(old, 8), do)


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


def _sample_firm(context: Context) -> Iterator[Finding]:
    """What still speaks for the invented firm of the default playbook, where no demo is played."""
    from leadtui.desk.playbook.files import default_files
    from leadtui.desk.playbook.sample_firm import DO, remnants, spoken

    if context.is_demo:
        return
    settings = context.settings
    for key, value in (("name", settings.name), ("postal_address", settings.postal_address)):
        if said := spoken(value):
            words = f"[floor] {key} is the sample firm's ({said}); no e-mail leaves with it"
            do = f"write your own {key} into the file"
            yield Finding(WARNING, words, str(settings.folder / SETTINGS), do)
    with context.store.read() as session:
        running = floor.playbook_files(session, context.running_hash(session))
    many = "places of the running playbook that speak for the sample firm: no e-mail leaves with it"
    for one in remnants(running):
        words = "this still speaks for the sample firm, and no e-mail leaves with it"
        yield Finding(WARNING, words, f"{one.file}:{one.line}", DO, many)
    texts = {name: text for name, text in default_files().items() if name.endswith(".md")}
    if same := [name for name, text in texts.items() if running.get(name) == text]:
        words = f"{len(same)} texts are still the default playbook's, word for word"
        do = "read them: they tell of disaster recovery; 'leadtui playbook edit' lists them"
        yield Finding(NOTE, words, few(same, 3), do)


def _old_files(folder: Path, now: datetime) -> list[str]:
    limit = now - OLD_FILE
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".toml", ".md"}
        and datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit
    ]


__all__ = ["examine", "own_words", "strangers"]
