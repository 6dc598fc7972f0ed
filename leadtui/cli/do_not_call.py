"""Do-not-call: block, list, import, check."""

from __future__ import annotations

from pathlib import Path

import typer

from leadtui.cli.common import JSON, command, emit, iso, open_desk, picked, say, table


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    dnc = typer.Typer(help="Numbers nobody may call.", no_args_is_help=True)
    for name, function in (
        ("add", add),
        ("list", list_),
        ("import", import_),
        ("check", check),
        ("remove", remove),
    ):
        command(dnc, name)(function)
    app.add_typer(dnc, name="dnc")


def add(
    number: str = typer.Argument(..., help="The number."),
    reason: str = typer.Option("asked", "--reason", help="Who asked, and how."),
    json: bool = JSON,
) -> None:
    """Block a number for everybody, at once."""
    with open_desk() as desk:
        found = desk.do_not_call.add(number, reason)
    if json:
        emit({"id": found.id, "number": found.number, "added_at": iso(found.added_at)})
        return
    say(f"{found.number} may not be called any more, by anybody.")


def remove(
    number: str = typer.Argument(..., help="The number."),
    reason: str = typer.Option(..., "--reason", help="Who allowed calls again, and when."),
) -> None:
    """Take a number off the list; supervisors only."""
    with open_desk() as desk:
        desk.do_not_call.remove(number, reason)
    say(f"{number} may be called again.")


def list_(json: bool = JSON) -> None:
    """Every blocked number."""
    with open_desk() as desk:
        found, zone = desk.do_not_call.listed(), desk.zone
    if json:
        emit(
            [
                {**picked(row, "id number reason requested_at added_at by"), "lead": row.lead_id}
                for row in found
            ]
        )
        return
    if not found:
        say("No number is blocked.")
        return
    table(
        ("number", "since", "by", "reason"),
        (
            (row.number, f"{row.added_at.astimezone(zone):%d %b %Y %H:%M}", row.by, row.reason)
            for row in found
        ),
    )


def import_(
    file: Path = typer.Argument(..., help="A number a line, or a CSV with a column of numbers."),
    screened: bool = typer.Option(
        False, "--screened", help="It answers a screening: every lead counts as screened now."
    ),
    json: bool = JSON,
) -> None:
    """Block every number of a list."""
    with open_desk() as desk:
        found = desk.do_not_call.import_file(file, screened=screened)
    if json:
        emit(
            {
                **picked(found, "rows added known"),
                "rejected": [
                    {"line": line, "value": value, "reason": reason}
                    for line, value, reason in found.rejected
                ],
            }
        )
        return
    say(
        f"{found.rows} numbers: {found.added} added, {found.known} known, "
        f"{len(found.rejected)} "
        "rejected"
    )
    say(*(f"line {line}: {reason}" for line, _, reason in found.rejected))


def check(number: str = typer.Argument(..., help="The number."), json: bool = JSON) -> None:
    """Say whether a number is blocked."""
    with open_desk() as desk:
        found, normal = (desk.do_not_call.check(number), desk.do_not_call.normal(number))
    if json:
        emit(
            {
                "number": normal,
                "blocked": found is not None,
                "reason": found.reason if found else "",
                "since": iso(found.added_at) if found else None,
            }
        )
        return
    say(
        f"{normal} is blocked: {found.reason}, by {found.by or 'import'}."
        if found
        else f"{normal} is not blocked."
    )
