"""The supervisor's read-only view."""

from __future__ import annotations

import typer

from leadtui.cli.common import command, open_desk


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    command(app, "supervise")(supervise)


def supervise(
    period: str = typer.Option(
        "today",
        "--period",
        help="today, yesterday, this week, last month … all, or 2026-11-01..2026-11-15.",
    ),
    team: str = typer.Option("", "--team", help="Only this team."),
) -> None:
    """Open the compliance view: exceptions first, reps, and what happens as it happens; nothing in
    it can write."""
    import sys

    from leadtui.errors import LeadtuiError

    if not sys.stdout.isatty():
        raise LeadtuiError("supervise needs a terminal; 'leadtui log show' prints the log")
    with open_desk(front_end="supervise") as desk:
        desk.supervise.period(period)
        if team and team not in (teams := desk.supervise.teams()):
            raise LeadtuiError(
                f"there is no team {team!r}; the floor's teams: {', '.join(teams) or 'none'}"
            )
        from leadtui.screens.supervise.supervise import SuperviseApp

        code = SuperviseApp(desk, period=period, team=team).run() or 0
    raise typer.Exit(code)
