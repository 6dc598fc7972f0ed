"""Making floors: one of one's own, or a demo to try."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leadtui.cli.common import command, say, where

if TYPE_CHECKING:
    from leadtui.desk.floor.first_day import Plan


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "demo", rep=True)(demo)
    command(app, "init")(init)


def demo(
    leads: int = typer.Option(60, "--leads", min=1, max=100_000, help="How many leads."),
    seed: int = typer.Option(7, "--seed", help="Which week of history is made up."),
    tour: bool = typer.Option(
        False, "--tour", help="Play a short call block and print the screens."
    ),
    shots: str = typer.Option(
        "", "--shots", metavar="DIR", help="With --tour: write the screens as SVG too."
    ),
    no_app: bool = typer.Option(False, "--no-app", help="Make the floor, print its path and stop."),
) -> None:
    """A floor with sample leads, two reps and a week of history; opens the call block."""
    import tempfile

    from leadtui.opening.demo import make_demo

    plays = tour or not (sys.stdin.isatty() and sys.stdout.isatty())
    said = where().floor
    if not said and plays and not no_app:
        with tempfile.TemporaryDirectory(prefix="leadtui-demo-") as folder:
            from leadtui.cli.tour import play

            play(Path(folder) / "floor", leads=leads, seed=seed, shots=shots)
        return
    home = (
        Path(said).expanduser().resolve()
        if said
        else Path(tempfile.mkdtemp(prefix="leadtui-demo-")) / "floor"
    )
    if plays and not no_app:
        from leadtui.cli.tour import play

        play(home, leads=leads, seed=seed, shots=shots)
        return
    make_demo(home, leads=leads, seed=seed, database=where().database)
    if no_app:
        print(home)
        return
    from leadtui.cli.opening import open_app

    say(f"The demo floor is {home}; open it again with: leadtui --floor {home}")
    raise typer.Exit(open_app(str(home), where().database, where().rep))


def init(
    directory: str = typer.Argument(
        "",
        metavar="[DIR]",
        help="The folder, also as --floor DIR (default: this user's data folder).",
    ),
    name: str = typer.Option("", "--name", help="The floor's name (default: from the vendor)."),
    vendor: str = typer.Option("", "--vendor", help="Your firm, as it signs."),
    product: str = typer.Option("", "--product", help="What you sell."),
    postal_address: str = typer.Option(
        "", "--postal-address", metavar="TEXT", help="Your firm's, under every e-mail."
    ),
    zone: str = typer.Option(
        "", "--zone", help="The floor's time zone (default: this machine's, else Chicago)."
    ),
    country: str = typer.Option(
        "", "--country", metavar="C", help="The floor's country (default: the zone's)."
    ),
    link: list[str] = typer.Option(
        [], "--link", metavar="NAME=VALUE", help="docs_link=https://… and so on, once for each."
    ),
    rep: str = typer.Option(
        "", "--as", metavar="NAME", help="Your own name (default: your login)."
    ),
    phone: str = typer.Option("", "--phone", metavar="NUMBER", help="Your own number."),
    email: str = typer.Option("", "--email", metavar="ADDRESS", help="Your own e-mail address."),
    alone: bool = typer.Option(
        False, "--alone", help="You call too: supervisor and rep in one, as the log says."
    ),
    group: str = typer.Option(
        "", "--group", metavar="NAME", help="Share it with this group of the machine's accounts."
    ),
) -> None:
    """A floor of one's own, with a copy of the playbook to edit; on a terminal it asks for a firm
    that was not named."""
    from leadtui.desk.floor.first_day import of_options
    from leadtui.desk.playbook.firm import paired
    from leadtui.opening.first_day import begin
    from leadtui.settings import home_floor

    words = {
        "floor_name": name,
        "vendor": vendor,
        "product": product,
        "address": postal_address,
        "zone": zone,
        "country": country,
        "name": rep,
        "number": phone,
        "email": email,
        "group": group,
        "database": where().database,
    }
    folder = _folder(directory, where().floor) or home_floor()
    named = vendor and product and postal_address
    if not named and sys.stdin.isatty() and sys.stdout.isatty():
        from leadtui.cli.opening import first_day

        raise typer.Exit(first_day(folder, words | paired(link)))
    plan = of_options(folder, words, paired(link), alone=alone)
    begun = begin(plan)
    say(*begun.remarks)
    _say_next(plan)


def _say_next(plan: Plan) -> None:
    """What is there, and what comes next."""
    folder, me = plan.folder, plan.me
    say(f"A floor is ready in {folder}.")
    if plan.group:
        say(f"Everybody in the group {plan.group} can work on it.")
    role = "its rep and its supervisor" if me.calls else "its supervisor"
    say(f"You ({me.name}) are {role}. Next:")
    if not me.calls:
        say(f"  leadtui --floor {folder} rep add NAME --login LOGIN     add the reps")
    say(
        f"  leadtui --floor {folder} import FILE --offer trade-show import leads",
        f"  leadtui --floor {folder} playbook check                 what still speaks for the "
        "sample firm: no e-mail leaves with it",
        f"  the process is in {folder / 'playbook'} (leadtui playbook edit), the settings in "
        f"{folder / 'leadtui.toml'}",
    )


def _folder(directory: str, floor: str) -> Path | None:
    """The folder that was named, either way; ``None`` for none. Raises ``WrongUse`` for two that
    differ."""
    from leadtui.errors import WrongUse

    named = {Path(said).expanduser().resolve() for said in (directory, floor) if said}
    if len(named) > 1:
        raise WrongUse(
            f"init {directory!r} --floor {floor!r}: these are two folders; name the floor's "
            "folder once"
        )
    return named.pop() if named else None
