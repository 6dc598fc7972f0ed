"""The process: check it, look at it, try it on a calendar, compare it, switch it on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import DRAFTS, JSON, command, emit, open_desk, picked, say, table, where

if TYPE_CHECKING:
    from leadtui.cadence.model import Playbook
    from leadtui.desk.playbook.activating import Difference, Simulated


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    book = typer.Typer(help="The agreed process: cadences, texts and rules.", no_args_is_help=True)
    for name, function in (
        ("check", check),
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

    found = problems(_draft(directory))
    if json:
        emit(
            {
                "ok": not found,
                "problems": [{"file": p.file, "line": p.line, "what": p.message} for p in found],
            }
        )
    elif found:
        typer.echo("\n".join(f"{problem}" for problem in found), err=True)
    else:
        say("The playbook is in order.")
    if found:
        raise typer.Exit(1)


def show(
    cadence: str = typer.Argument(..., help="The cadence, by name."),
    mermaid: bool = typer.Option(False, "--mermaid", help="As a Mermaid flow chart."),
) -> None:
    """Draw a cadence as a flow chart."""
    from leadtui.cadence import flow
    from leadtui.errors import NotFound

    book = _book()
    if cadence not in book.cadences:
        raise NotFound(
            f"there is no cadence {cadence!r}; the playbook has {', '.join(sorted(book.cadences))}"
        )
    drawn = (flow.mermaid if mermaid else flow.ascii_chart)(book.cadences[cadence])
    say(*drawn.splitlines())


def simulate(
    cadence: str = typer.Argument(..., help="The cadence, by name."),
    start: str = typer.Option(
        ..., "--start", metavar="T", help="When it begins: 2026-11-16T15:00:00Z."
    ),
    lead: int = typer.Option(0, "--lead", metavar="ID", help="For this lead of the floor."),
    country: str = typer.Option(
        "US", "--country", metavar="C", help="For a lead in this country (two letters)."
    ),
    region: str = typer.Option("", "--region", metavar="R", help="And this state or province."),
    zone: str = typer.Option("", "--zone", metavar="Z", help="In this time zone."),
    json: bool = JSON,
) -> None:
    """Print each date of a cadence and why it moved, every call unanswered."""
    from leadtui.clock import parse_instant
    from leadtui.desk.playbook.activating import simulated

    at, book = parse_instant(start, where="--start"), _book()
    if lead:
        with open_desk() as desk:
            found = desk.process.simulated_for(book, cadence, at, lead)
    else:
        found = simulated(
            book, cadence, at, country=country.upper(), region=region.upper(), zone=zone
        )
    if json:
        emit([_step(step) for step in found])
        return
    if not found:
        say("Every step of this cadence is passed over for such a lead.")
        return
    table(
        ("step", "channel", "by", "local time", "moved because"),
        (
            (s.step, s.channel, s.by, f"{s.local:%a %d %b %Y %H:%M}", "; ".join(s.moved_because))
            for s in found
        ),
    )


def _step(step: Simulated) -> dict[str, Any]:
    return {
        **picked(step, "step title channel by planned"),
        "local": step.local.isoformat(),
        "moved_because": "; ".join(step.moved_because),
        "skipped": [{"step": name, "reason": reason} for name, reason in step.skipped],
    }


def diff(directory: str = DRAFTS, json: bool = JSON) -> None:
    """Say what another playbook would change here, and how many enrolments it would move."""
    with open_desk() as desk:
        found = desk.process.difference(
            Path(directory) if directory else desk.settings.folder / "playbook"
        )
    _print_difference(found, json=json, done="")


def activate(
    directory: str = DRAFTS,
    move: bool = typer.Option(
        False, "--move", help="Plan running enrolments anew; without it they keep their version."
    ),
    json: bool = JSON,
) -> None:
    """Make a playbook the running one; supervisors only."""
    with open_desk() as desk:
        folder = Path(directory) if directory else desk.settings.folder / "playbook"
        found = desk.process.activate(folder, move=move)
    _print_difference(found, json=json, done=f"Playbook {found.hash[:12]} is running.")


def _print_difference(found: Difference, *, json: bool, done: str) -> None:
    if json:
        emit(
            {
                **picked(found, "hash enrolments moved"),
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
            }
        )
        return
    say(*([change.text for change in found.changes] or ["Nothing in the process differs."]))
    verb = "were moved" if done else "would move"
    say(
        f"{found.moved} of {found.enrolments} running enrolments {verb}.", *([done] if done else [])
    )


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
    written = bring_in(file, folder)
    if json:
        emit({"written": list(written)})
        return
    say(
        *(f"wrote {folder / name}" for name in written),
        "Look at them, then: leadtui playbook check, diff, activate.",
    )
