"""Confirmations drawn at random for the supervisor to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, command, emit, open_desk, picked, placed, say, table

if TYPE_CHECKING:
    from leadtui.desk.audit.samples import SampleView


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Five confirmations a rep and week, drawn at random, to sign.")
    group.callback(invoke_without_command=True)(placed(list_))
    command(group, "sign", rep=True)(sign)
    app.add_typer(group, name="samples")


def list_(
    context: typer.Context,
    week: str = typer.Option(
        "", "--week", metavar="W", help="An ISO week like 2026-W48 (default: the last one over)."
    ),
    json: bool = JSON,
) -> None:
    """Draw a week that is over, once, and list what was drawn. Supervisors only."""
    if context.invoked_subcommand is not None:
        return
    with open_desk() as desk:
        found, zone = desk.audit.samples_of(week), desk.zone
        name = week or desk.audit.last_week()
    if json:
        emit({"week": name, "samples": [_as_data(one) for one in found]})
        return
    if not found:
        say(f"Nothing was confirmed in week {name}.")
        return
    lines = (
        (
            f"{one.seq:,}",
            one.rep,
            f"{one.at.astimezone(zone):%a %d %b %H:%M}",
            one.words,
            f"{one.finding} ({one.signed_by})" if one.signed_at else "to sign",
        )
        for one in found
    )
    table(("entry", "rep", "when", "what", "finding"), lines, right=(0,))


def sign(
    entry: int = typer.Argument(..., help="The entry that was drawn."),
    finding: str = typer.Option(
        ..., "--finding", metavar="T", help="What you looked into, and what you found."
    ),
    json: bool = JSON,
) -> None:
    """Sign a sample; what was found stays. Supervisors only."""
    with open_desk() as desk:
        done = desk.audit.sign_sample(entry, finding)
    if json:
        emit(_as_data(done))
        return
    say(f"Entry {done.seq:,} of {done.rep} is signed.")


def _as_data(one: SampleView) -> dict[str, Any]:
    return {"entry": one.seq, **picked(one, "week rep at words signed_at signed_by finding")}
