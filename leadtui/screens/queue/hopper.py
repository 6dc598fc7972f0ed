"""The leads that are nobody's: the hottest first, by when somebody must have each, and why."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from leadtui.desk.distribution.hopper import Place
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.widgets import times
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.safe import cell, fit
from leadtui.widgets.tables import Grid
from leadtui.widgets.too_small import TooSmall

SHOWN = 500
"""So many places are listed; the title says how many there are."""
EMPTY = "Nobody waits here: every open lead has an owner."


class _Places(Grid):
    """The list: Enter takes what is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "select_cursor", "take it", id="hopper.pull", tooltip="Make this lead yours"
        )
    ]


class HopperScreen(DeskScreen[None]):
    """The hopper; Enter takes the lead under the cursor."""

    CSS_PATH = "hopper.tcss"
    PLACE = "Hopper"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,H,q", "close", "back", id="hopper.close", tooltip="Back to the queue"),
        Binding("r", "refresh", "refresh", id="hopper.refresh", tooltip="Look again"),
    ]

    def compose(self) -> ComposeResult:
        yield TopLine(self.PLACE)
        yield _Places(classes="pane")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        self.places: tuple[Place, ...] = ()
        self.query_one(Grid).focus()
        self.load()

    @work(exclusive=True, group="hopper")
    async def load(self) -> None:
        """Read the list and the line on top."""
        with self.mishaps():
            count = await ask(self.desk.hopper.count)
            self.places = await ask(self.desk.hopper.places, SHOWN)
            self.query_one(TopLine).header = await ask(self.desk.block.header)
            more = f" · the first {SHOWN}" if count > SHOWN else ""
            self.query_one(Grid).border_title = Content(f"Hopper {count:,}{more}")
            self.show_rows()

    def on_resize(self) -> None:
        """Other columns."""
        self.call_after_refresh(self.show_rows)

    def show_rows(self) -> None:
        """Write the list for the present width."""
        now, where = self.desk.now(), times.zone(self.desk.settings.zone)
        width = self.app.size.width
        names, companies = (36, 24) if width >= 100 else (22, 24) if width >= 80 else (14, 10)
        rows = []
        for place in self.places:
            when = times.due(place.deadline, now, where)
            line = [
                cell(fit(place.name, names).rstrip()),
                cell(fit(place.company, companies).rstrip()),
                cell(f"▲ {when}" if place.deadline < now else f"  {when}"),
                cell(place.why),
            ]
            if width >= 100:
                line.insert(2, cell(times.due(place.since, now, where)))
            rows.append((str(place.lead_id), line))
        columns = ["lead", "company", "  deadline", "why"]
        if width >= 100:
            columns.insert(2, "since")
        self.query_one(Grid).give(columns, rows, empty=EMPTY)

    @on(Grid.RowSelected)
    def chosen(self) -> None:
        """Enter, or a second click."""
        grid = self.query_one(Grid)
        if not grid.empty:
            self.pull(self.places[grid.cursor_row].lead_id)

    @work(group="flow")
    async def pull(self, lead_id: int) -> None:
        """Take a lead; who was faster is said."""
        with self.mishaps():
            found = await ask(self.desk.hopper.pull, lead_id)
            self.say(f"{found.name} is yours now, with all that is planned.")
        self.load()

    def action_refresh(self) -> None:
        self.load()

    def action_close(self) -> None:
        self.dismiss(None)
