"""The process: check it, look at it, try it on a calendar, compare it, switch it on."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import DRAFTS, JSON, command, emit, open_desk, picked, say, table, where
from leadtui.cli.editing import edit
from leadtui.errors import WrongUse

if TYPE_CHECKING:
    from leadtui.cadence.model import Playbook
    from leadtui.desk.playbook.activating import Difference
    from leadtui.desk.playbook.carrying import Gap
    from leadtui.desk.playbook.simulating import Simulated
    from leadtui.errors import PlaybookError


MAP: list[str] = typer.Option(
    [],
    "--map",
    metavar="OLD=NEW",
    help="What takes the place of a step (trial/call-2=second-call) or cadence that is gone; "
    "nothing after '=' for nothing.",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    book = typer.Typer(help="The agreed process: cadences, texts and rules.", no_args_is_help=True)
    for name, function in (
        ("check", check),
        ("help", explain),
        ("edit", edit),
        ("show", show),
        ("simulate", simulate),
        ("diff", diff),
        ("activate", activate),
        ("import-cadenceml", import_cadenceml),
    ):
        command(book, name)(function)
    app.add_typer(book, name="playbook")


def _draft(directory: str = "") -> dict[str, str]:
    """The files to look at: a folder that was named, else the floor's drafts, else the default
    playbook."""
    from leadtui.desk.playbook.files import default_files, read_folder
    from leadtui.settings import find_floor

    if directory:
        return read_folder(Path(directory))
    folder = find_floor(where().floor)
    if folder is not None and (folder / "playbook").is_dir():
        return read_folder(folder / "playbook")
    return default_files()


def _book() -> Playbook:
    from leadtui.cadence.reading.loading import load

    return load(_draft())


def check(directory: str = DRAFTS, json: bool = JSON) -> None:
    """Find every mistake in a playbook: file, line, what, and the nearest known word."""
    from leadtui.cadence.reading.checking import problems
    from leadtui.cadence.reading.loading import load
    from leadtui.cadence.reading.unheeded import unheeded

    files = _draft(directory)
    wrong = problems(files)
    nobody, foreign = _of_the_floor(directory)
    found = (*wrong, *nobody, *foreign)
    notes = () if wrong else unheeded(load(files))
    if json:
        emit({"ok": not found, "problems": _findings(found), "notes": _findings(notes)})
    elif found:
        typer.echo("\n".join(map(str, (*found, *_why(foreign), *notes))), err=True)
    else:
        say("The playbook is in order.", *map(str, notes))
    if found:
        raise typer.Exit(1)


def explain(
    word: str = typer.Argument(
        "", metavar="[KEY]", help="A key, a table or a file; none: all files."
    ),
    everything: bool = typer.Option(False, "--all", help="The whole reference, as Markdown."),
) -> None:
    """Say what a key of a playbook file means, what may stand there, and give an example."""
    from leadtui.cadence.reading.reference import explained, markdown

    print(markdown() if everything else explained(word), end="" if everything else "\n")


def _findings(found: Iterable[PlaybookError]) -> list[dict[str, Any]]:
    return [{"file": one.file, "line": one.line, "what": one.message} for one in found]


def _why(foreign: tuple[PlaybookError, ...]) -> tuple[str, ...]:
    """What follows from words of the sample firm, and what to do, once for all of them."""
    from leadtui.desk.playbook.sample_firm import DO

    return (f"No e-mail leaves with the sample firm's words: {DO}.",) if foreign else ()


def _of_the_floor(directory: str) -> tuple[tuple[PlaybookError, ...], tuple[PlaybookError, ...]]:
    """What is wrong with the drafts on this floor: people whom it does not have, and where a floor
    of one's own still speaks for the sample firm."""
    from leadtui.settings import find_floor

    home = find_floor(where().floor)
    drafts = home / "playbook" if home else None
    if not drafts or not drafts.is_dir() or (directory and Path(directory).resolve() != drafts):
        return (), ()
    with open_desk() as desk:
        return desk.process.nobody_in(drafts), desk.process.sample_words(drafts)


def show(
    cadence: str = typer.Argument(..., help="The cadence, by name."),
    mermaid: bool = typer.Option(False, "--mermaid", help="As a Mermaid flow chart."),
) -> None:
    """Draw a cadence as a flow chart."""
    from leadtui.cadence import flow
    from leadtui.cadence.reading.unheeded import unheeded
    from leadtui.errors import NotFound

    book = _book()
    if cadence not in book.cadences:
        raise NotFound(
            f"there is no cadence {cadence!r}; the playbook has {', '.join(sorted(book.cadences))}"
        )
    drawn = (flow.mermaid if mermaid else flow.ascii_chart)(book.cadences[cadence])
    say(*drawn.splitlines())
    wanted = {book.cadences[cadence].file, "routing.toml"}
    for note in unheeded(book):
        if note.file in wanted:
            typer.echo(f"{note}", err=True)


def simulate(
    cadence: str = typer.Argument(..., help="The cadence, by name."),
    start: str = typer.Option(
        ..., "--start", metavar="T", help="When it begins: 2026-11-16T15:00, on the lead's clock."
    ),
    lead: int = typer.Option(0, "--lead", metavar="ID", help="For this lead of the floor."),
    country: str = typer.Option(
        "US", "--country", metavar="C", help="For a lead in this country (two letters)."
    ),
    region: str = typer.Option("", "--region", metavar="R", help="And this state or province."),
    zone: str = typer.Option("", "--zone", metavar="Z", help="In this time zone."),
    engagement: int = typer.Option(
        None, "--engagement", metavar="N", help="How interested it is; without it, very."
    ),
    outcome: list[str] = typer.Option(
        [], "--outcome", metavar="STEP=CODE", help="What the call of a step came to."
    ),
    away: str = typer.Option("", "--away", metavar="FROM..UNTIL", help="The rep's days off."),
    json: bool = JSON,
) -> None:
    """Print each date of a cadence and why it moved or is passed over, every call unanswered
    unless an outcome is given."""
    from leadtui.desk.playbook.simulating import Trial, simulated

    book, place = _book(), (country.upper(), region.upper(), zone)
    outcomes = dict(map(_outcome, outcome))
    trial = Trial(cadence, start, *place, engagement, outcomes, away)
    if lead:
        with open_desk() as desk:
            found = desk.process.simulated_for(book, trial, lead)
    else:
        found = simulated(book, trial)
    if json:
        emit([_step(step) for step in found.steps])
        if not found.steps:
            typer.echo(f"{cadence}: every step is passed over", err=True)
        return
    table(("step", "channel", "by", "local time", "needs", "why"), found.rows())
    say(f"Then {found.end}.")


def _outcome(said: str) -> tuple[str, str]:
    step, sign, code = (part.strip() for part in said.partition("="))
    if not (step and sign and code):
        raise WrongUse(f"--outcome {said!r}: write STEP=CODE, such as call-1=VOICEMAIL")
    return step, code


def _step(step: Simulated) -> dict[str, Any]:
    return {
        **picked(step, "step title channel by planned needs outcome follows"),
        "local": step.local.isoformat(),
        "moved_because": "; ".join(step.moved_because),
        "skipped": [{"step": name, "reason": reason} for name, reason in step.skipped],
    }


def diff(directory: str = DRAFTS, mapping: list[str] = MAP, json: bool = JSON) -> None:
    """Say what another playbook would change here, and how many enrolments it would move."""
    with open_desk() as desk:
        folder = Path(directory) if directory else desk.settings.folder / "playbook"
        if wrong := desk.process.wrong_with(folder):
            typer.echo("\n".join(map(str, wrong)), err=True)
            raise typer.Exit(1)
        found = desk.process.difference(folder, mapping)
    _print_difference(found, json=json, done="")


def activate(
    directory: str = DRAFTS,
    move: bool = typer.Option(
        False, "--move", help="Take running enrolments along; without it they keep their version."
    ),
    mapping: list[str] = MAP,
    json: bool = JSON,
) -> None:
    """Make a playbook the running one; supervisors only. What is done is not done again by a
    move, and what is waited for still comes."""
    with open_desk() as desk:
        folder = Path(directory) if directory else desk.settings.folder / "playbook"
        if move and not json and sys.stdin.isatty():
            gaps = desk.process.difference(folder, mapping).gaps
            mapping = [*mapping, *map(_asked, gaps)]
        found = desk.process.activate(folder, move=move, mapping=mapping)
        foreign = desk.process.sample_words(folder)
    _print_difference(found, json=json, done=f"Playbook {found.hash[:12]} is running.", move=move)
    if foreign and not json:
        say(
            f"{len(foreign)} places in it still speak for the sample firm, and no e-mail leaves "
            "with them: leadtui playbook check lists them."
        )


def _asked(gap: Gap) -> str:
    """What takes the place of a step or cadence that is gone, as ``--map`` has it."""
    say(f"{gap}. New in the playbook: {', '.join(gap.candidates) or 'nothing'}.")
    default = gap.candidates[0] if gap.candidates else "-"
    answer = typer.prompt("What takes its place? '-' for nothing", default=default)
    return f"{gap.name}={answer.strip('- ') and answer}"


def _print_difference(found: Difference, *, json: bool, done: str, move: bool = False) -> None:
    if json:
        emit(
            {
                **picked(found, "hash enrolments moved held"),
                "changes": [
                    {
                        "kind": c.kind,
                        "name": c.name,
                        "what": c.what,
                        "text": c.text,
                        "cadence": c.cadence,
                    }
                    for c in found.changes
                ],
                "notes": _findings(found.notes),
                "kept": found.kept,
                "gaps": [picked(gap, "name waiting done candidates") for gap in found.gaps],
            }
        )
        return
    say(*([change.text for change in found.changes] or ["Nothing in the process differs."]))
    say(*map(str, found.notes))
    say(*found.running(move=move, done=bool(done)), *([done] if done else []))


def import_cadenceml(
    file: Path = typer.Argument(..., help="A CadenceML file (YAML)."),
    directory: str = typer.Option(
        "", "--into", metavar="DIR", help="The playbook folder (default: the floor's drafts)."
    ),
    json: bool = JSON,
) -> None:
    """Write the cadences of a CadenceML file as ours, with the texts and exits they need."""
    from leadtui.desk.playbook.cadenceml_files import bring_in

    if directory:
        folder = Path(directory)
    else:
        with open_desk() as desk:
            folder = desk.settings.folder / "playbook"
    made = bring_in(file, folder)
    if json:
        left = _findings(made.unfinished)
        emit({**picked(made, "written remarks"), "unfinished": left})
        return
    say(*(f"wrote {folder / name}" for name in made.written), *made.remarks)
    if made.unfinished:
        say("Still to be written before the playbook can run:", *map(str, made.unfinished))
    say("Then: leadtui playbook check, simulate, diff, activate.")
