"""Looking after a floor: a checked backup, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import JSON, command, emit, open_desk, picked, where
from leadtui.errors import Damaged, LeadtuiError

if TYPE_CHECKING:
    from leadtui.desk.audit.findings import Diagnosis


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "backup")(backup)
    command(app, "doctor")(doctor)


def backup(
    file: Path = typer.Argument(..., help="A file that does not exist yet, best on another disk."),
    json: bool = JSON,
) -> None:
    """Copy the whole database while others work on it, and check the copy before it gets its
    name."""
    from leadtui.cli.common import say

    with open_desk() as desk:
        made = desk.floor.back_up(file)
    if json:
        emit({"file": str(made.path), "bytes": made.size, **picked(made, "entries head logged")})
        return
    say(
        f"{made.path} holds the whole database ({made.size:,} bytes), checked to log entry "
        f"{made.entries:,}."
    )
    if not made.logged:
        say("The floor could not be written, so its log does not say that this backup was made.")
    say("leadtui.toml and the folder playbook are files of their own: copy them too.")


def doctor(
    all_: bool = typer.Option(False, "--all", help="Every finding, not many of a kind as one."),
    json: bool = typer.Option(False, "--json", help="One JSON document, with every finding."),
) -> None:
    """What is wrong with this floor and what to do; ends with 1 when something is broken."""
    found = _examined()
    if json:
        emit(
            {
                "ok": found.ok,
                "findings": [picked(one, "severity what where do") for one in found.findings],
            }
        )
    else:
        _tell(found, every=all_)
    if not found.ok:
        raise typer.Exit(1)


def _examined() -> Diagnosis:
    """The diagnosis; a floor that does not even open is one finding."""
    from leadtui.desk.audit.findings import ERROR, Diagnosis, Finding
    from leadtui.desk.floor.doctor import own_words

    try:
        with open_desk() as desk:
            return desk.floor.examine()
    except LeadtuiError as error:
        what, _, do = (
            str(error).partition("; ")
            if isinstance(error, Damaged)
            else str(error).rpartition("; ")
        )
        said = where()
        place = said.database or said.floor or "the floor"
        return Diagnosis(
            (Finding(ERROR, what or do, place, own_words(do) if what else "mend that first"),)
        )


def _tell(found: Diagnosis, *, every: bool) -> None:
    from leadtui.desk.audit.findings import Group
    from leadtui.text import clean

    signs = {"error": "✗ error  ", "warning": "▲ warning", "note": "· note   "}
    groups = [Group(one, 1) for one in found.findings] if every else list(found.groups())
    for group in groups:
        one = group.first
        where = f"  [{one.where}]" if group.count == 1 else ""
        print(clean(f"{signs[one.severity]}  {group.what}{where}", 1000))
        print(clean(f"             {one.do}", 1000))
    if len(groups) < len(found.findings):
        print(
            f"{len(found.findings):,} findings in all; 'leadtui doctor --all' tells each of them."
        )
    if not found.findings:
        print("Nothing is wrong.")
    elif found.ok:
        print("Nothing is broken.")
