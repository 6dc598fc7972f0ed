"""Making floors: one of one's own, or a demo to try."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from leadtui.cli.common import command, say, where


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
    name: str = typer.Option("Halyard inside sales", "--name", help="The floor's name."),
    zone: str = typer.Option(
        "", "--zone", help="The floor's time zone (default: this machine's, else Chicago)."
    ),
    rep: str = typer.Option(
        "", "--as", metavar="NAME", help="Your own name (default: your login)."
    ),
    group: str = typer.Option(
        "", "--group", metavar="NAME", help="Share it with this group of the machine's accounts."
    ),
) -> None:
    """A floor of one's own, with a copy of the playbook to edit."""
    from leadtui.clock import SystemClock
    from leadtui.desk.core.people import checked_name, os_login
    from leadtui.desk.floor.making import NewRep, make_floor
    from leadtui.desk.floor.sharing import group_id, share
    from leadtui.settings import home_floor

    folder = _folder(directory, where().floor) or home_floor()
    login = os_login()
    group_number = group_id(group) if group else None
    maker = NewRep(checked_name(rep, "--as") if rep else login, login, role="supervisor")
    make_floor(
        folder,
        [maker],
        SystemClock().now(),
        name=name,
        zone=zone or "America/Chicago",
        demo=False,
        database=where().database,
    )
    if group_number is not None:
        say(*share(folder, group_number), f"Everybody in the group {group} can work on it.")
    say(
        f"A floor is ready in {folder}.",
        f"You ({maker.name}) are its supervisor. Next:",
        f"  leadtui --floor {folder} rep add NAME --login LOGIN     add the reps",
        f"  leadtui --floor {folder} import FILE --offer trade-show import leads",
        f"  the process is in {folder / 'playbook'}, the settings in {folder / 'leadtui.toml'}",
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
