"""Opening the call block on a terminal, or saying what is needed first."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadtui.errors import LeadtuiError

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.intake.files.options import ImportOptions

NO_FLOOR = (
    "There is no floor yet (a folder with its settings, its playbook and its leads): on a terminal "
    "'leadtui' asks for all it needs, 'leadtui init' makes one from options, 'leadtui demo' one to "
    "try."
)
NOT_MADE = "Nothing was made. 'leadtui' begins again; 'leadtui demo' shows it with invented leads."


def open_app(floor: str = "", database: str = "", rep: str = "") -> int:
    """Open the call block; returns the exit code."""
    from leadtui.cli.common import on_terminal
    from leadtui.settings import find_floor, home_floor

    if find_floor(floor) is None:
        if on_terminal():
            return first_day(home_floor(), {"database": database})
        print(NO_FLOOR)
        return 1
    if not on_terminal():
        raise LeadtuiError(
            "the call block needs a terminal; without one use 'leadtui queue' and 'leadtui next'"
        )
    # Nothing of what is imported from here on is garbage; ``leadtui.opening.hours.warm`` lets the
    # collector go again.
    gc.disable()
    desk = _desk_beside_textual(floor, database, rep)
    try:
        from leadtui.app import LeadtuiApp

        app = LeadtuiApp(desk, **chosen(LeadtuiApp, desk, floor, database))
        app.run()
        return app.return_code or 0
    finally:
        desk.close()


def first_day(folder: Path, given: dict[str, str]) -> int:
    """From nothing to the first call: ask, make the floor, and open its call block; returns the
    exit code."""
    from leadtui.cli.common import say
    from leadtui.desk.floor.first_day import Plan, beginning, plan
    from leadtui.opening.first_day import begin, tried
    from leadtui.screens.first.first_day import FirstDayApp
    from leadtui.screens.parts.themes import default_theme
    from leadtui.settings import home_floor

    def made(whole: Plan) -> tuple[Path, tuple[str, ...]]:
        begun = begin(whole)
        return begun.folder, begun.remarks

    app = FirstDayApp(beginning(folder, given), plan, tried, made, theme=default_theme())
    found = app.run()
    if found is None:
        say(NOT_MADE)
        return app.return_code or 1
    place, remarks = found
    code = open_app(str(place))
    again = "leadtui" if place == home_floor() else f"leadtui --floor {place}"
    say(*remarks, f"Your floor is {place}; open it again with: {again}")
    return code


def show_import(file: Path, options: ImportOptions) -> int:
    """An import step by step; returns the exit code, which is 1 where it was left or stopped."""
    from leadtui.cli.common import open_desk, say, where
    from leadtui.screens.importing.importing import ImportApp

    at = where()
    with open_desk(front_end="tui") as desk:
        app = ImportApp(desk, file, options, **chosen(ImportApp, desk, at.floor, at.database))
        found = app.run()
    if found is None:
        say("Nothing was imported.")
        return app.return_code or 1
    say(*found.said)
    return 0 if found.report is not None else 1


def chosen(app: type[Any], desk: Desk, floor: str, database: str) -> dict[str, Any]:
    """What the user's file says, checked, as the application takes it; hours are said so from
    here on."""
    from leadtui.clock import say_twelve
    from leadtui.preferences import load_preferences

    said = load_preferences()
    say_twelve(said.twelve(desk.settings.country))
    keymap = {}
    if said.keys:
        from leadtui.opening.offering import Offering
        from leadtui.screens.parts.keymap import checked

        keymap = checked(said, dict(Offering(floor, database).outcome_keys()), app)
    return {"theme": said.theme, "keymap": keymap, "bell": said.bell}


def _desk_beside_textual(floor: str, database: str, rep: str) -> Desk:
    """The desk, opened on a thread while Textual is imported: the database does not wait for it,
    nor it for that."""
    from threading import Thread

    from leadtui.opening.bootstrap import open_desk_early

    opened: list[Desk] = []
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            opened.append(open_desk_early(floor, database, rep))
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = Thread(target=open_it, name="opening")
    thread.start()
    import leadtui.app
    import leadtui.screens.queue.call_block  # noqa: F401

    thread.join()
    if failed:
        raise failed[0]
    return opened[0]
