"""A text of the playbook in one's own editor, and what it came to."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import open_desk, say, table
from leadtui.errors import LeadtuiError, NotFound

if TYPE_CHECKING:
    from leadtui.desk.playbook.drafts import Draft, Examined

NAME = typer.Argument(
    "", metavar="[NAME]", help="An e-mail, script, cadence …: trial-day-5, playbook, sla."
)

SHOWN = 5
"""How many words of the sample firm are told after a change."""


def edit(name: str = NAME) -> None:
    """Open a text of the playbook in your editor, and check it afterwards; without NAME, list
    them."""
    with open_desk() as desk:
        known = desk.process.all_drafts()
        if not name:
            _list(known)
            return
        try:
            draft = desk.process.draft(name)
        except NotFound:
            typer.echo(_folders(known), err=True)
            raise
    before = _content(draft.path)
    _open(draft.path)
    if _content(draft.path) == before:
        say(f"{draft.file} was not changed.")
        return
    with open_desk() as desk:
        found = desk.process.examined()
    _tell(draft, found)


def _list(known: tuple[Draft, ...]) -> None:
    table(("name", "file"), ((draft.name, draft.file) for draft in known))
    say("Open one: leadtui playbook edit NAME")


def _folders(known: tuple[Draft, ...]) -> str:
    """Every name, a line a folder."""
    folders: dict[str, list[str]] = {}
    for draft in known:
        folders.setdefault(draft.file.rpartition("/")[0] or "playbook", []).append(draft.name)
    return "\n".join(f"{folder}: {', '.join(names)}" for folder, names in folders.items())


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _open(path: Path) -> None:
    """Wait for the editor. Raises ``LeadtuiError`` where there is none, or it failed."""
    said = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    if not said.strip():
        raise LeadtuiError(
            f"no editor is set; say which with 'export EDITOR=nano', or open {path} yourself and "
            "run 'leadtui playbook check'"
        )
    try:
        ended = subprocess.run([*shlex.split(said), str(path)], check=False)
    except (OSError, ValueError) as error:
        raise LeadtuiError(
            f"the editor {said!r} does not start ({error}); set VISUAL or EDITOR to one that does"
        ) from error
    if ended.returncode:
        raise LeadtuiError(
            f"the editor {said!r} ended with {ended.returncode}; what it saved stands in {path}; "
            "look with 'leadtui playbook check'"
        )


def _tell(draft: Draft, found: Examined) -> None:
    """What is wrong now, here first, and what to do next."""
    say(f"{draft.file} is saved among the drafts.")
    ours = sorted(found.problems, key=lambda problem: problem.file != draft.file)
    foreign = [problem for problem in found.sample if problem.file == draft.file]
    told = [str(problem) for problem in (*ours, *foreign[:SHOWN])]
    if len(foreign) > SHOWN:
        more = len(foreign) - SHOWN
        told.append(f"… and {more} more words of the sample firm: leadtui playbook check")
    if told:
        typer.echo("\n".join(told), err=True)
    if ours:
        say(f"It cannot run like this: leadtui playbook edit {draft.name}. What runs is as it was.")
        raise typer.Exit(1)
    if not found.differs:
        say("The drafts are what runs already.")
        return
    say(
        "It is in order, and does not run yet. Next:",
        "  leadtui playbook diff        what it changes here",
        "  leadtui playbook activate    switch it on, as a supervisor; with --move also for the "
        "leads that are under way",
    )
