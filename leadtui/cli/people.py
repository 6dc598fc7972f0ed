"""People: who works on this floor."""

from __future__ import annotations

import typer

from leadtui.cli.common import command, emit, iso, open_desk, say, table


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    reps = typer.Typer(help="The people of the floor.", no_args_is_help=True)
    command(reps, "add")(add)
    command(reps, "list")(list_)
    app.add_typer(reps, name="rep")


def add(
    name: str = typer.Argument(..., help="The name, as leads see it."),
    login: str = typer.Option(..., "--login", help="The login of the operating system (or of PostgreSQL)."),
    role: str = typer.Option("rep", "--role", help="rep, supervisor or marketer."),
    email: str = typer.Option("", "--email", help="The address e-mails come from."),
    phone: str = typer.Option("", "--phone", help="The number named in voicemails."),
    team: str = typer.Option("inside", "--team", help="The team that routing names."),
    json: bool = typer.Option(False, "--json", help="One JSON document."),
) -> None:
    """Add a person; supervisors only."""
    from leadtui.desk.people import add_rep

    with open_desk() as desk:
        found = add_rep(desk.context, name, login, role=role, email=email, phone=phone, team=team)
    if json:
        emit({"id": found.id, "name": found.name, "login": found.login, "role": found.role})
        return
    say(f"{found.name} works here now, as {found.role}, with the login {found.login}.")


def list_(json: bool = typer.Option(False, "--json", help="One JSON document.")) -> None:
    """Everybody on the floor."""
    from leadtui.desk.people import list_reps

    with open_desk() as desk:
        found = list_reps(desk.context)
    if json:
        emit([
            {"id": rep.id, "name": rep.name, "login": rep.login, "role": rep.role, "team": rep.team, "email": rep.email,
             "active": rep.active, "away_until": iso(rep.away_until)}
            for rep in found
        ])  # fmt: skip
        return
    table(("name", "login", "role", "team"), ((rep.name, rep.login, rep.role, rep.team) for rep in found))
