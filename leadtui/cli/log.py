"""The compliance log on the command line: show, verify, head, witnesses, corrections, export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import (
    JSON,
    PERIOD,
    SINCE,
    command,
    emit,
    iso,
    open_desk,
    picked,
    say,
    table,
)
from leadtui.cli.lead_care import retention
from leadtui.opening import completing

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.figures.compliance_views import ExceptionLine, Verification

AHEAD_S = 300
"""The log may be ahead of the clock by so many seconds without a word."""

NAMED = 3
"""So many entries of an exception are named for people; programs get them all."""

ROWS = 20
"""So many rows that disagree with the log are named for people; programs get them all."""


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    log = typer.Typer(
        help="The compliance log: what was asked, answered and overridden.", no_args_is_help=True
    )
    witness = typer.Typer(help="Heads of the log that were seen elsewhere.", no_args_is_help=True)
    command(log, "show")(show)
    command(log, "exceptions")(exceptions)
    command(log, "verify")(verify)
    command(log, "head")(head)
    command(log, "correct", rep=True)(correct)
    command(log, "clock", rep=True)(clock)
    command(log, "export")(export)
    command(log, "retention")(retention)
    command(witness, "add")(add_witness)
    log.add_typer(witness, name="witness")
    app.add_typer(log, name="log")


def show(
    entry: int = typer.Argument(
        0, metavar="[ENTRY]", help="One entry whole, with its personal text."
    ),
    rep: str = typer.Option(
        "",
        "--rep",
        metavar="NAME",
        help="Only what this person did.",
        autocompletion=completing.REP,
    ),
    lead: int = typer.Option(0, "--lead", metavar="ID", help="Only what is about this lead."),
    since: str = SINCE,
    event: str = typer.Option("", "--event", help="Only this event, such as action.confirmed."),
    limit: int = typer.Option(50, "--limit", min=1, help="At most so many, the last ones."),
    json: bool = JSON,
) -> None:
    """List entries, newest first, or show one whole."""
    with open_desk() as desk:
        if entry:
            _show_one(desk, entry, json=json)
            return
        start = _instant(since, desk.settings.zone) if since else None
        found = desk.supervise.show(
            rep_id=_rep_id(desk, rep) if rep else None,
            lead_id=lead or None,
            since=start,
            event=event,
            limit=limit,
        )
        desk.supervise.close()
    if json:
        emit(
            [
                {
                    **picked(line, "seq at who event"),
                    "lead": line.lead_id,
                    "words": line.words,
                    "alarming": line.alarming,
                }
                for line in found
            ]
        )
        return
    if not found:
        say("No entry fits.")
        return
    rows = (
        (f"{line.seq:,}", f"{iso(line.at)}"[:19].replace("T", " "), line.who, line.words)
        for line in found
    )
    table(("entry", "UTC", "who", "what"), rows, right=(0,))


def exceptions(
    period: str = PERIOD,
    rep: str = typer.Option(
        "", "--rep", metavar="NAME", help="Only this person's.", autocompletion=completing.REP
    ),
    json: bool = JSON,
) -> None:
    """What a supervisor should look at first: patterns beside what they are of the others, what is
    open, and what was answered no, put off or overridden."""
    from leadtui.desk.figures.compliance_views import EVERYBODY, Whose

    with open_desk() as desk:
        whose = Whose(rep, rep_id=_rep_id(desk, rep)) if rep else EVERYBODY
        board = desk.supervise.board(period, whose)
        desk.supervise.close()
    if json:
        emit([_exception(line) for line in board.exceptions])
        return
    if not board.exceptions:
        say(f"Nothing stands out in {board.period.name} ({board.period.dates}).")
        return
    rows = (
        (line.rep, line.words, ", ".join(f"{seq}" for seq in line.seqs[:NAMED]))
        for line in board.exceptions
    )
    table(("rep", "what", "entries, the newest"), rows)


def _exception(line: ExceptionLine) -> dict[str, Any]:
    found = {**picked(line, "rep kind words count"), "lead": line.lead_id, "entries": line.seqs}
    for name, figure in (("of", line.part), ("peers", line.peers)):
        found[name] = figure and {**picked(figure, "value share"), "n": figure.total}
    return found


def verify(
    deep: bool = typer.Option(
        False, "--deep", help="Also compare the tables with what the log says of them."
    ),
    json: bool = JSON,
) -> None:
    """Check the whole chain, the personal texts and every witness; 1 when something does not
    hold."""
    with open_desk() as desk, _bar(desk.audit.log.head().seq, shown=not json) as progress:
        found = desk.audit.verify(deep=deep, progress=progress)
    if json:
        emit(as_json(found))
    else:
        _tell(found, deep=deep)
    if not found.ok:
        raise typer.Exit(1)


def as_json(found: Verification) -> dict[str, Any]:
    """A verification as programs read it."""
    return {
        "ok": found.ok,
        "entries": found.entries,
        "head": {
            "log_id": found.head.log_id.hex(),
            "seq": found.head.seq,
            "hash": found.head.hash.hex(),
            "at": iso(found.head.at),
        },
        "first_bad": found.first_bad,
        "damage": found.damage or None,
        "message": found.message,
        "witnesses": found.witnesses,
        "erased": len(found.erased),
        "findings": list(found.findings),
        "disagreements": list(found.disagreements),
    }


def head(json: bool = JSON) -> None:
    """The last entry's number and hash, to keep where the log's writers cannot reach it."""
    with open_desk() as desk:
        found = desk.audit.head()
    if json:
        emit(found)
        return
    say(*(f"{name:8} {value}" for name, value in found.items()))


def add_witness(
    file: Path = typer.Argument(..., help="What 'leadtui log head --json' printed."),
) -> None:
    """Take in a head that was seen elsewhere; from now on the log is checked against it."""
    with open_desk() as desk:
        found = desk.audit.log.add_witness(file)
        count = desk.audit.log.witness_count()
    say(
        f"Entry {found.seq:,}, seen {iso(found.seen_at)}, is witness {count} of this log. Now "
        "'leadtui log "
        "verify'."
    )


def correct(
    entry: int = typer.Argument(..., help="The entry that was wrong."),
    note: str = typer.Option(..., "--note", help="What was wrong, and what is right."),
    json: bool = JSON,
) -> None:
    """Correct an entry by a new one that names it; the old one stays as it is."""
    with open_desk() as desk:
        made = desk.audit.correct(entry, note)
    if json:
        emit({"entry": made, "corrects": entry})
        return
    say(f"Entry {made:,} corrects entry {entry:,}.")


def clock(
    right: bool = typer.Option(
        False, "--right", help="This machine's clock is right, though far ahead of the log."
    ),
    settle: bool = typer.Option(
        False, "--settle", help="A clock had been ahead: set the log's time back (supervisors)."
    ),
    note: str = typer.Option("", "--note", help="With --settle: which clock, and why."),
    json: bool = JSON,
) -> None:
    """Compare this machine's clock with the last entry, and settle what is between them."""
    with open_desk() as desk:
        made = desk.audit.settle_clock(note) if settle else 0
        made = made or (desk.audit.clock_is_right() if right else 0)
        found = desk.audit.times()
    ahead = (found.last - found.clock).total_seconds()
    if json:
        emit({**picked(found, "clock last entry"), "log_ahead_s": int(ahead), "made": made or None})
        return
    if made:
        say(f"Entry {made:,} says so; entries carry the time of this machine's clock again.")
    say(f"clock  {iso(found.clock)}", f"entry  {iso(found.last)}  ({found.entry:,}, the last)")
    if ahead > AHEAD_S:
        say(
            "The log is ahead: entries keep its time until the clock has come so far. Set the "
            "clock right; if it was wrong before, a supervisor runs 'leadtui log clock --settle "
            "--note …'."
        )


def export(
    file: Path = typer.Argument(..., help="A file that does not exist yet."),
    private: bool = typer.Option(False, "--private", help="Personal texts too: memos and reasons."),
    json: bool = JSON,
) -> None:
    """Write the log as JSON lines that anybody can verify (docs/verify_log.py)."""
    with open_desk() as desk:
        made = desk.audit.log.export(file, private=private)
    if json:
        emit(
            {"file": str(made.path), "entries": made.entries, "bytes": made.size, "head": made.head}
        )
        return
    kind = "with personal texts" if private else "without personal texts"
    say(f"{made.entries:,} entries, {kind}, stand in {made.path}. Last hash {made.head}.")


def _show_one(desk: Desk, seq: int, *, json: bool) -> None:
    import json as notation

    from leadtui.text import clean

    found = desk.supervise.entry(seq)
    desk.supervise.close()
    if json:
        emit(
            {
                **picked(found, "seq at recorded_by who event words"),
                "body": notation.loads(found.body),
                **picked(found, "private erased hash corrections"),
            }
        )
        return
    say(f"entry {found.seq:,}  {iso(found.at)}  {found.who} ({found.recorded_by})", found.words, "")
    print(clean(found.body, 20_000, newlines=True))
    if found.private or found.erased:
        print()
        print(clean("(erased)" if found.erased else found.private, 20_000, newlines=True))
    if found.corrections:
        say("", f"corrected or taken back by {', '.join(map(str, found.corrections))}")
    say("", f"hash {found.hash}")


def _tell(found: Verification, *, deep: bool) -> None:
    from leadtui.text import clean

    if found.ok:
        tables = ", and the tables agree with it" if deep else ""
        seen = "1 witness" if found.witnesses == 1 else f"{found.witnesses:,} witnesses"
        say(f"The log holds: {found.entries:,} entries, checked against {seen}{tables}.")
        if found.erased:
            say(
                f"Personal texts of {len(found.erased):,} entries were erased, by entries "
                "that name them."
            )
    else:
        where = f" Entry {found.first_bad:,}:" if found.first_bad else ""
        print(clean(f"BAD ({found.damage}).{where} {found.message}.", 1000))
    for words in found.disagreements[:ROWS]:
        print(clean(f"  changed: {words}", 400))
    if len(found.disagreements) > ROWS:
        print(
            f"  {len(found.disagreements) - ROWS:,} more rows; 'leadtui doctor --all' tells "
            "each of them"
        )
    for finding in found.findings:
        print(clean(f"  note: {finding}", 400))


@contextmanager
def _bar(total: int, *, shown: bool) -> Iterator[Callable[[int], None] | None]:
    """A Rich bar on a terminal, nothing when piped; tells how many entries are checked."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verifying", total=total)
        yield lambda seq: bar.update(task, completed=seq)


def _rep_id(desk: Desk, name: str) -> int:
    from leadtui.errors import WrongUse
    from leadtui.text import fold

    names = desk.supervise.rep_names()
    key = fold(name)
    found = [id_ for id_, known in names.items() if fold(known) == key]
    found = found or [id_ for id_, known in names.items() if fold(known).split(" ")[0] == key]
    if len(found) != 1:
        raise WrongUse(
            f"--rep {name!r} names {len(found)} people; known are {', '.join(names.values())}"
        )
    return found[0]


def _instant(said: str, zone: str) -> Any:
    from datetime import date, datetime, time
    from zoneinfo import ZoneInfo

    from leadtui.clock import parse_instant

    try:
        return datetime.combine(date.fromisoformat(said), time.min, tzinfo=ZoneInfo(zone))
    except ValueError:
        return parse_instant(said, where="--since")
