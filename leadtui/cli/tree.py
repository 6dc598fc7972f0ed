"""The tree of commands. Modules here are imported for their signatures alone; what they need, they
import inside."""

from __future__ import annotations

import typer

from leadtui import __version__
from leadtui.cli import common
from leadtui.opening import completing

WIDEST = 120
"""Cells: a help text on a wider terminal is not wider, since long lines read badly."""


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="leadtui",
        help="Inside-sales follow-up in the terminal. Without a command it opens the call block.",
        rich_markup_mode=None,
        no_args_is_help=False,
        add_completion=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
    )

    @app.callback(invoke_without_command=True)
    def root(
        floor: str = typer.Option("", "--floor", metavar="DIR", help="The floor's folder."),
        database: str = typer.Option(
            "", "--database", metavar="URL", help="Another database than the floor's own."
        ),
        rep: str = typer.Option(
            "",
            "--rep",
            metavar="NAME",
            help="Who works (on a demo floor, anybody).",
            autocompletion=completing.REP,
        ),
        version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    ) -> None:
        if version:
            typer.echo(f"leadtui {__version__}")
            raise typer.Exit
        common.remember(floor, database, rep)

    from leadtui.cli import (
        batches,
        call_block,
        calls,
        distribution,
        do_not_call,
        floors,
        importing,
        intake,
        leads,
        log,
        mail,
        notices,
        people,
        playbook,
        saying,
        upkeep,
    )

    for module in (
        floors,
        importing,
        call_block,
        saying,
        leads,
        do_not_call,
        log,
        mail,
        people,
        playbook,
    ):
        module.register(app)
    for module in (batches, distribution, calls, notices, upkeep, intake):
        module.register(app)
    return app
