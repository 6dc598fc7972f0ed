"""Do-not-call: block, list, import, check; national registers asked, and their answers."""

from __future__ import annotations

from datetime import date as date_type
from pathlib import Path

import typer

from leadtui.cli.common import JSON, command, emit, iso, open_desk, picked, say, table
from leadtui.errors import WrongUse


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    dnc = typer.Typer(help="Numbers nobody may call.", no_args_is_help=True)
    for name, function in (
        ("add", add),
        ("list", list_),
        ("import", import_),
        ("check", check),
        ("remove", remove),
        ("ask", ask),
        ("screened", screened),
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
    json: bool = JSON,
) -> None:
    """Block every number of a list."""
    with open_desk() as desk:
        found = desk.do_not_call.import_file(file)
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


def ask(
    file: Path = typer.Argument(..., help="A file that is not there yet."),
    country: str = typer.Option("GB", "--country", help="Whose registers will be asked."),
    json: bool = JSON,
) -> None:
    """Write the numbers that a national register is to be asked about; supervisors only."""
    with open_desk() as desk:
        found = desk.do_not_call.ask(country.upper(), file)
    if json:
        emit({"country": country.upper(), "file": str(file), "numbers": found})
        return
    say(
        f"{found} numbers of {country.upper()} were written to {file}. Have them screened, and "
        "bring the answer with 'leadtui dnc screened'."
    )


def screened(
    file: Path = typer.Argument(
        ..., help="The answer as CSV: a number and, for each register, yes or no in a column."
    ),
    date: str = typer.Option(..., "--date", help="As of when, such as 2026-11-20."),
    json: bool = JSON,
) -> None:
    """Bring the answer of a national register (TPS and CTPS for GB); supervisors only."""
    with open_desk() as desk:
        found = desk.do_not_call.bring(file, _day(date))
    if json:
        emit(
            {
                **picked(found, "country covered listed strangers later"),
                "registers": list(found.registers),
                "as_of": iso(found.as_of),
            }
        )
        return
    say(
        f"{found.covered} numbers of {found.country} were held against "
        f"{' and '.join(found.registers)}: {found.listed} stand there and may not be called "
        "without a recorded consent."
    )
    if found.strangers:
        say(
            f"{found.strangers} lines are about numbers that nobody here has, and were passed over."
        )
    if found.later:
        say(
            f"{found.later} numbers came after that date and are not in the answer: they are not "
            "screened, and may not be called yet."
        )


def _day(text: str) -> date_type:
    try:
        return date_type.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--date {text!r} is no date; write it like 2026-11-20") from None
