"""What is wrong with this floor, and what to do: one pass over the files, the log, the tables and the people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadtui.desk import notices, training
from leadtui.desk.context import Context
from leadtui.desk.findings import ERROR, NOTE, SEVERITIES, WARNING, Diagnosis, Finding, few
from leadtui.desk.mail_delivery import STALE
from leadtui.desk.premises import premises
from leadtui.desk.witnesses import Witnesses
from leadtui.store import auditing, backing, health, leads, replay
from leadtui.store.log import Verification
from leadtui.store.rows import Rows
from leadtui.store.types import from_micros, to_micros

OLD_FILE = timedelta(days=183)
OPEN_FOR = timedelta(days=1)
BACKUP_EVERY = timedelta(days=7)
LOOK_BACK = timedelta(days=30)
SHOWN = 20


def examine(context: Context) -> Diagnosis:
    """Every finding, the worst first. A check that cannot be made is a finding itself, and stops no other."""
    found: list[Finding] = []
    checks: tuple[Callable[[Context], Iterator[Finding]], ...] = (
        _database, _log, _invariant, _mail, _people, _notices, _training, _playbook, premises,
    )  # fmt: skip
    for check in checks:
        try:
            found += check(context)
        except health.unreadable(context.store.url) as error:
            words = " ".join(str(error).split())[:300]
            found.append(Finding(ERROR, words, _place(context), "mend that first, and look again"))
    return Diagnosis(tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity))))


def _place(context: Context) -> str:
    return str(context.store.path or context.store.url.rsplit("@", 1)[-1])


def _database(context: Context) -> Iterator[Finding]:
    place = _place(context)
    if context.store.path is not None:
        advice = "stop writing, keep this file, and restore the last backup"
        for words in backing.problems_of(context.store.path, SHOWN):
            yield Finding(ERROR, f"the database is damaged: {words}", place, advice)
    with context.store.read() as session:
        gaps = health.schema_gaps(session)
    if gaps:
        yield Finding(ERROR, f"the schema lacks {few(gaps)}", place, "restore the last backup: somebody worked on it")


def _log(context: Context) -> Iterator[Finding]:
    rows = Rows(context.store.url)
    try:
        log_id = auditing.head(rows).log_id
        found = auditing.Verifier(rows, Witnesses(rows.place).of(log_id), context.now()).run()
        yield from _verified(found, _place(context))
        if found.ok:
            yield from _disagreements(rows)
        yield from _from_the_log(context, rows, found)
    finally:
        rows.close()


def _verified(found: Verification, place: str) -> Iterator[Finding]:
    if not found.ok:
        at = f"entry {found.first_bad}" if found.first_bad else place
        yield Finding(
            ERROR, f"the log does not hold ({found.damage}): {found.message}", at, "ask who worked on the file"
        )
    for words in found.findings:
        what, _, do = words.partition("; ")
        yield Finding(WARNING, what, "log", do or "ask who worked on the file")


def _disagreements(rows: Rows) -> Iterator[Finding]:
    found = replay.replay(rows)
    advice = "keep this database as it is, and compare the row with the last backup"
    for row in found[:SHOWN]:
        said = f"entry {row.seq} says {row.logged!r}" if row.seq else "no entry says how it came to that"
        yield Finding(ERROR, f"{row.column} is {row.stored!r}, and {said}", f"{row.table} {row.id}", advice)
    if len(found) > SHOWN:
        yield Finding(
            ERROR, f"{len(found) - SHOWN} more rows disagree with the log", "log", "leadtui log verify --deep"
        )


def _from_the_log(context: Context, rows: Rows, found: Verification) -> Iterator[Finding]:
    now = context.now()
    steps = health.events_since(rows, "clock.step", to_micros(now - LOOK_BACK))
    if steps:
        words = f"a clock was set back {len(steps)} time{'s' if len(steps) > 1 else ''} in 30 days"
        yield Finding(WARNING, words, f"entries {few(steps)}", "set the machines' clocks by the network")
    if context.is_demo:
        return
    if not found.witnesses:
        yield Finding(
            NOTE, "the log was never verified from this account", "log", "leadtui log verify, as a supervisor, daily"
        )
    made = health.last_event(rows, "backup.made")
    if context.store.is_sqlite and (made is None or from_micros(made) < now - BACKUP_EVERY):
        last = "no backup was ever made" if made is None else f"the last backup is of {from_micros(made):%d %b %Y}"
        yield Finding(NOTE if made is None else WARNING, last, _place(context), "leadtui backup FILE, on another disk")


def _invariant(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        bare = leads.without_next_step(session)
        late = health.late_questions(session, context.now())
    for lead_id in bare[:SHOWN]:
        do = f"leadtui lead show {lead_id}; then 'leadtui lead respond', or a deferral, gives it a next step"
        yield Finding(ERROR, "nothing is planned for this open lead", f"lead {lead_id}", do)
    if len(bare) > SHOWN:
        yield Finding(ERROR, f"{len(bare) - SHOWN} more leads have no next step", "leads", "leadtui doctor --json")
    if late:
        words = f"{late} question{'s are' if late > 1 else ' is'} past the deadline"
        yield Finding(WARNING, words, "the supervisor's desk", "leadtui manage")


def _mail(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        stuck = health.stuck_emails(session, context.now() - STALE)
    advice = {
        "failed": "leadtui mail status --all; then 'leadtui mail retry MESSAGE'",
        "unknown": "look into the sent mail; then 'leadtui mail resolve MESSAGE --sent' or '--not-sent'",
        "sending": "leadtui mail send --once",
    }
    for state, ids in stuck.items():
        count = f"{len(ids)} e-mail{'s are' if len(ids) > 1 else ' is'} {state}"
        yield Finding(WARNING, count, f"messages {few(ids)}", advice[state])


def _people(context: Context) -> Iterator[Finding]:
    with context.store.read() as session:
        old = health.old_obligations(session, context.now() - OPEN_FOR)
    for number, name, started in old[:SHOWN]:
        words = f"an action of {name} is not answered for since {started.astimezone(context.zone):%a %d %b %H:%M}"
        yield Finding(WARNING, words, f"obligation {number}", f"ask {name} to open leadtui and answer")


def _notices(context: Context) -> Iterator[Finding]:
    for notice in notices.listed(context):
        if notice.waiting:
            words = f"not read by {few(list(notice.waiting))}: {notice.title}"
            yield Finding(NOTE, words, f"notice {notice.id}", "their next call block begins with it")


def _training(context: Context) -> Iterator[Finding]:
    if due := training.overdue(context):
        yield Finding(WARNING, due, "training", "leadtui training record --topic … --attended …")


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
        words = f"{len(old)} playbook file{'s are' if len(old) > 1 else ' is'} older than six months"
        yield Finding(WARNING, words, few(old, 5), "read them, agree on them again, and touch or change them")
    elif since is not None and since < context.now() - OLD_FILE:
        yield Finding(WARNING, f"the playbook runs unchanged since {since:%d %b %Y}", "playbook", "leadtui review")
    yield from _draft(folder, running)


def _draft(folder: Path, running: str) -> Iterator[Finding]:
    from leadtui.cadence.checking import problems
    from leadtui.cadence.loading import load
    from leadtui.desk.playbooks import read_folder

    files = read_folder(folder)
    if found := problems(files):
        yield Finding(WARNING, f"the drafts cannot be run: {found[0]}", str(folder), "leadtui playbook check")
    elif load(files).hash != running:
        do = "leadtui playbook diff; then 'leadtui playbook activate', or take the change back"
        yield Finding(NOTE, "the drafts differ from the playbook that runs", str(folder), do)


def _old_files(folder: Path, now: datetime) -> list[str]:
    limit = now - OLD_FILE
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".toml", ".md"} and datetime.fromtimestamp(path.stat().st_mtime, UTC) < limit
    ]


__all__ = ["examine"]
