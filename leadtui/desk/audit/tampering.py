"""What the log says of this floor's past: whether it holds, which rows are not as it left them,
clocks, copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from leadtui.desk.audit.findings import (
    ANSWERS,
    BLOCKS,
    ERROR,
    FILE,
    NOTE,
    OWNERS,
    POWER,
    REST,
    WARNING,
    WORK,
    Finding,
    few,
)
from leadtui.desk.audit.witnesses import Witnesses, places_of
from leadtui.desk.core.context import Context
from leadtui.store import floor, health
from leadtui.store.engine import damage
from leadtui.store.engine.entries import CORRUPT, Verification
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log import auditing, replay
from leadtui.store.log.row_check import Disagreement

BACKUP_EVERY = WITNESS_EVERY = timedelta(days=7)
LOOK_BACK = timedelta(days=30)
ACCEPTED = "damage_accepted"
"""The fact of ``meta`` that names the entry at which a supervisor goes on though the chain is
broken there."""

RANKS = {
    "schema": POWER,
    "log": POWER,
    "rep": POWER,
    "meta": POWER,
    "playbook": POWER,
    "text": POWER,
    "donotcall": BLOCKS,
    "phone": BLOCKS,
    "lead": OWNERS,
    "obligation": ANSWERS,
    "attempt": ANSWERS,
    "sample": ANSWERS,
    "acknowledgement": ANSWERS,
    "training": ANSWERS,
    "touch": WORK,
    "response": WORK,
    "enrolment": WORK,
    "question": WORK,
    "email": WORK,
}
"""Which tables somebody would edit to have more power, to reach who may not be called, to hide what
was not done."""

NAMES = {
    "schema": "parts of the database",
    "log": "entries",
    "rep": "people",
    "meta": "facts of the floor",
    "playbook": "playbooks",
    "text": "texts",
    "donotcall": "do-not-call numbers",
    "phone": "numbers",
    "lead": "leads",
    "obligation": "answers for actions",
    "attempt": "calls",
    "sample": "samples",
    "acknowledgement": "acknowledgements",
    "training": "training sessions",
    "touch": "touches",
    "response": "responses",
    "enrolment": "enrolments",
    "question": "questions",
    "email": "messages",
    "emailaddress": "addresses",
    "company": "companies",
    "callrecord": "telephone records",
    "callingclass": "calling classes",
    "datedrule": "dated rules",
    "fulfilment": "kits",
    "importbatch": "imports",
    "notice": "notices",
}


def log_findings(context: Context) -> Iterator[Finding]:
    """The chain with its witnesses, the rows against it, and what its entries tell of clocks and
    backups."""
    rows = Rows(context.store.url)
    try:
        log_id = auditing.head(rows).log_id
        witnesses = Witnesses(*places_of(rows.place, context.settings.folder)).of(log_id)
        found = auditing.Verifier(rows, witnesses, context.now()).run()
        stop_where_broken(context, found)
        yield from _verified(found, rows.place)
        if found.ok:
            yield from _lifted(context)
            yield from map(told, replay.replay(rows))
        yield from _clocks(context, rows)
        if not context.is_demo:
            yield from _kept_elsewhere(
                context, rows, max((one.seen_at for one in witnesses), default=None)
            )
    finally:
        rows.close()


def stop_where_broken(context: Context, found: Verification) -> None:
    """Stop everybody's writing where the chain is broken in the file itself and no supervisor goes
    on with it as it is."""
    if found.damage not in CORRUPT or found.first_bad is None or context.store.path is None:
        return
    with context.store.read() as session:
        accepted = floor.get_meta(session, ACCEPTED)
    if accepted != str(found.first_bad):
        words = f"{damage.OF_LOG}{found.first_bad}: {found.damage}"
        context.store.stop_writing(damage.damaged(context.store.url, words))


def go_on(context: Context, entry: int) -> bool:
    """Let the floor be written again though its chain is broken at ``entry``; whether that was what
    stopped it."""
    path = context.store.path
    if path is None or not damage.marked(path).startswith(f"{damage.OF_LOG}{entry}:"):
        return False
    context.store.found_sound()
    return True


def _lifted(context: Context) -> Iterator[Finding]:
    path = context.store.path
    if path is not None and (said := damage.marked(path)).startswith(damage.OF_LOG):
        context.store.found_sound()
        words = f"the log had been found broken ({said}); it holds now, and may be written again"
        yield Finding(NOTE, words, str(path), "leadtui log verify --deep", rank=FILE)


def told(one: Disagreement) -> Finding:
    """A row that is not as the log says, as a finding."""
    where = f"{one.table} {one.id}" if one.id else one.table
    if one.table == "log":
        where = f"entry {one.id}"
    elif one.table == "schema":
        where = one.column
    if one.later:
        do = (
            f"leadtui log show {one.later}; ask who worked on the file, and settle it with "
            "'leadtui log correct "
            f"{one.later} --note …'"
        )
    elif one.seq and one.id:
        do = (
            f"leadtui log show {one.seq}; ask who worked on the file, compare the row with "
            "the last backup, and take it "
            f"as it is with 'leadtui log correct {one.seq} --note …'"
        )
    else:
        do = (
            "keep this database as it is, ask who worked on it, and compare it with the last backup"
        )
    kind = f"{NAMES.get(one.table, one.table)} that are not as the log left them"
    return Finding(ERROR, one.words, where, do, kind, RANKS.get(one.table, REST))


def _verified(found: Verification, place: str) -> Iterator[Finding]:
    if not found.ok:
        at = f"entry {found.first_bad}" if found.first_bad else place
        what, _, do = found.message.partition("; ")
        yield Finding(
            ERROR,
            f"the log does not hold ({found.damage}): {what}",
            at,
            do or "ask who did it",
            rank=FILE,
        )
    for words in found.findings:
        what, _, do = words.partition("; ")
        yield Finding(WARNING, what, "log", do or "ask who worked on the file", rank=FILE)


def _clocks(context: Context, rows: Rows) -> Iterator[Finding]:
    steps = health.events_since(rows, Event.CLOCK_STEP, to_micros(context.now() - LOOK_BACK))
    if steps:
        words = f"a clock was set back {len(steps)} time{'s' if len(steps) > 1 else ''} in 30 days"
        do = (
            f"leadtui log show {steps[-1]} says on which machine; let it take its time from "
            "the network"
        )
        yield Finding(WARNING, words, f"entries {few(steps)}", do)


def _kept_elsewhere(context: Context, rows: Rows, seen: object) -> Iterator[Finding]:
    from datetime import datetime

    now, place = context.now(), rows.place
    first = rows.value("SELECT at FROM log WHERE seq = 1")
    young = first is not None and from_micros(first) > now - WITNESS_EVERY
    do = "leadtui log verify, as a supervisor in an account of one's own, every day"
    if seen is None:
        words = "the log was never verified from this account: no witness of it is kept"
        yield Finding(NOTE if young else WARNING, words, "log", do)
    elif isinstance(seen, datetime) and seen < now - WITNESS_EVERY:
        yield Finding(
            WARNING, f"the last witness of the log kept here is of {seen:%d %b %Y}", "log", do
        )
    if not context.store.is_sqlite:
        return
    made = health.last_event(rows, Event.BACKUP_MADE)
    if made is None or from_micros(made) < now - BACKUP_EVERY:
        last = (
            "no backup was ever made"
            if made is None
            else f"the last backup is of {from_micros(made):%d %b %Y}"
        )
        yield Finding(
            NOTE if young else WARNING, last, place, "leadtui backup FILE, on another disk"
        )
