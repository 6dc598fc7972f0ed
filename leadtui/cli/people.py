"""People: who works on this floor."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import JSON, command, emit, open_desk, picked, say, table

if TYPE_CHECKING:
    from leadtui.desk.core.views import RepView


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    reps = typer.Typer(help="The people of the floor.", no_args_is_help=True)
    command(reps, "add")(add)
    command(reps, "set", rep=True)(set_)
    command(reps, "list")(list_)
    command(reps, "away", rep=True)(away)
    command(reps, "back", rep=True)(back)
    app.add_typer(reps, name="rep")


def add(
    name: str = typer.Argument(..., help="The name, as leads see it."),
    login: str = typer.Option(
        ..., "--login", help="The login of the operating system (or of PostgreSQL)."
    ),
    role: str = typer.Option("rep", "--role", help="rep, supervisor or marketer."),
    email: str = typer.Option("", "--email", help="The address e-mails come from."),
    phone: str = typer.Option("", "--phone", help="The number named in voicemails."),
    team: str = typer.Option("inside", "--team", help="The team that routing names."),
    extension: str = typer.Option(
        "", "--extension", metavar="N", help="Their extension, for 'leadtui calls import'."
    ),
    json: bool = JSON,
) -> None:
    """Add a person; supervisors only."""
    from leadtui.desk.core.words import leads_wait

    with open_desk() as desk:
        found = desk.floor.add_rep(
            name, login, role=role, email=email, phone=phone, team=team, extension=extension
        )
        waiting = desk.hopper.count()
    if json:
        emit({**picked(found, "id name login role"), "hopper": waiting})
        return
    say(f"{found.name} works here now, as {found.role}, with the login {found.login}.")
    if waiting and found.role != "marketer":
        say(
            f"{leads_wait(waiting)} in the hopper ('leadtui hopper'): {found.name} takes one with "
            f"H in the call block or 'leadtui hopper pull', or you give it with "
            f"'leadtui assign LEAD --to {found.login}'."
        )


def set_(
    name: str = typer.Argument(..., help="Who, by name or login."),
    email: str | None = typer.Option(
        None, "--email", help="The address e-mails come from, and copies go to."
    ),
    phone: str | None = typer.Option(None, "--phone", help="The number named in voicemails."),
    team: str | None = typer.Option(None, "--team", help="The team that routing names."),
    extension: str | None = typer.Option(
        None,
        "--extension",
        metavar="N",
        help="Their extension in the phone system's records; '' for none.",
    ),
    copies: str | None = typer.Option(
        None,
        "--copies",
        metavar="KIND",
        help="A supervisor's copies: off, each, daily, or floor for the floor's.",
    ),
    capacity: int | None = typer.Option(
        None,
        "--capacity",
        min=0,
        max=9_999,
        help="How many first touches of a day they are given; beyond that they take no leads.",
    ),
    json: bool = JSON,
) -> None:
    """Change what is known of a person; supervisors only, and logged."""
    from leadtui.desk.core.people import Changes
    from leadtui.errors import WrongUse

    said = Changes(email, phone, team, extension, copies, capacity)
    if said == Changes():
        raise WrongUse(
            "there is nothing to set; give --capacity, --extension, --copies, --email, --phone "
            "or --team"
        )
    with open_desk() as desk:
        found = desk.floor.set_rep(name, said)
    if json:
        emit(_as_data(found))
        return
    known = (
        ("extension", found.extension),
        ("copies", found.copies),
        ("e-mail", found.email),
        ("team", found.team),
        ("capacity", str(found.capacity)),
    )
    say(f"{found.name}: " + ", ".join(f"{word} {value}" for word, value in known if value))


def list_(json: bool = JSON) -> None:
    """Everybody on the floor."""
    with open_desk() as desk:
        found = desk.floor.reps()
    if json:
        emit([_as_data(rep) for rep in found])
        return
    names = "name login role team extension copies capacity"
    table(names.split(), (tuple(map(str, picked(rep, names).values())) for rep in found))


def away(
    name: str = typer.Argument(..., help="Who, by name or login."),
    first: str = typer.Option(..., "--from", metavar="DATE", help="The first day: 2026-12-21."),
    last: str = typer.Option(..., "--until", metavar="DATE", help="The last day."),
    cover: str = typer.Option(
        "", "--cover", metavar="NAME", help="Who does what falls due meanwhile."
    ),
    json: bool = JSON,
) -> None:
    """Take note of an absence: what is due goes to the cover, or waits for the first day back."""
    with open_desk() as desk:
        found = desk.distribution.send_away(
            name, _day(first, "--from"), _day(last, "--until"), cover
        )
    if json:
        emit(
            {
                "rep": found.rep,
                "from": f"{found.first}",
                "until": f"{found.last}",
                "cover": found.cover or None,
                "covered": found.covered,
                "moved": found.moved,
                "callbacks_uncovered": found.promised,
                "given": found.given,
            }
        )
        return
    say(f"{found.rep} is away from {found.first} to {found.last}.")
    if found.cover:
        say(f"  {found.covered} touches go to {found.cover}.")
    else:
        say(f"  {found.moved} touches wait for the first day back.")
    if found.given:
        say(f"  {found.given} hot leads went to a colleague who is there.")
    if found.promised:
        say(f"  {found.promised} promised callbacks have nobody: a supervisor is asked who calls.")


def back(name: str = typer.Argument(..., help="Who, by name or login."), json: bool = JSON) -> None:
    """Somebody is back: what the cover has left is theirs again, what was put off is due when it
    was."""
    with open_desk() as desk:
        found = desk.distribution.come_back(name)
    if json:
        emit(picked(found, "rep leads moved"))
        return
    said = (
        f"  {found.leads} leads came back from the cover." if found.leads else "",
        f"  {found.moved} touches that were put off are due again." if found.moved else "",
    )
    say(f"{found.rep} is back.", *filter(None, said))


def _as_data(rep: RepView) -> dict[str, object]:
    return picked(rep, "id name login role team email extension copies capacity active away_until")


def _day(text: str, where: str) -> date:
    from leadtui.errors import WrongUse

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{where} {text!r} is no date; write it like 2026-12-21") from None
