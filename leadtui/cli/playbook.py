"""The process: check it, look at it."""

from __future__ import annotations

from pathlib import Path

import typer

from leadtui.cli.common import command, emit, open_desk, say


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    book = typer.Typer(help="The agreed process: cadences, texts and rules.", no_args_is_help=True)
    command(book, "check")(check)
    app.add_typer(book, name="playbook")


def check(
    directory: str = typer.Argument("", metavar="[DIR]", help="A playbook folder (default: the floor's drafts)."),
    json: bool = typer.Option(False, "--json", help="One JSON document."),
) -> None:
    """Find every mistake in a playbook: file, line, what, and the nearest known word."""
    from leadtui.cadence.checking import problems
    from leadtui.desk.playbooks import read_folder

    if directory:
        files = read_folder(Path(directory))
    else:
        with open_desk() as desk:
            files = read_folder(desk.settings.folder / "playbook")
    found = problems(files)
    if json:
        emit({"ok": not found, "problems": [{"file": p.file, "line": p.line, "what": p.message} for p in found]})
    else:
        say(*(str(problem) for problem in found))
        say(f"{len(found)} problems" if found else "The playbook is in order.")
    if found:
        raise typer.Exit(1)
