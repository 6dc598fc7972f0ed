"""What is due and may not be done now: by which rule, and when it may. Any of it can be started all
the same, or put off."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from leadtui.clock import with_hours
from leadtui.desk.core.views import HeldRow
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.widgets import times
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.safe import cell, fit
from leadtui.widgets.tables import Grid
from leadtui.widgets.too_small import TooSmall

EMPTY = "Nothing is held: everything that is due may be done now."


class _Held(Grid):
    """The list: Enter starts what is under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select_cursor",
            "start",
            id="held.start",
            tooltip="Start it: the gate asks why before it lets a call out",
        )
    ]


class HeldScreen(DeskScreen[int | None]):
    """The held list. Comes back with the touch that is to be started."""

    CSS_PATH = "held.tcss"
    PLACE = "Held"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "defer", "defer", id="held.defer", tooltip="Do it later, with a reason"),
        Binding("escape,h,q", "close", "back", id="held.close", tooltip="Back to the queue"),
        Binding("r", "refresh", "refresh", id="held.refresh", tooltip="Look again"),
    ]
    OPENS = frozenset({"defer"})

    def compose(self) -> ComposeResult:
        yield TopLine(self.PLACE)
        yield _Held(classes="pane")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        self.rows: tuple[HeldRow, ...] = ()
        self.query_one(Grid).focus()
        self.load()

    @work(exclusive=True, group="held")
    async def load(self) -> None:
        """Read the list and the line on top."""
        with self.mishaps():
            self.rows = await ask(self.desk.block.held)
            self.query_one(TopLine).header = await ask(self.desk.block.header)
            self.show_rows()

    def on_resize(self) -> None:
        """Other columns."""
        self.call_after_refresh(self.show_rows)

    def show_rows(self) -> None:
        """Write the list for the present width."""
        grid, now, where = (
            self.query_one(Grid),
            self.desk.now(),
            times.zone(self.desk.settings.zone),
        )
        grid.border_title = Content(f"Held {len(self.rows)}")
        wide = self.app.size.width >= 100
        names = 36 if wide else 24 if self.app.size.width >= 80 else 14
        rows = []
        for row in self.rows:
            name = f"{row.name} · {row.company}" if row.company else row.name
            again = (
                times.due(row.next_allowed, now, where) if row.next_allowed else "not by waiting"
            )
            line = [
                cell(fit(name, names).rstrip()),
                cell(row.action),
                cell(f"■ {again}"),
                cell(with_hours(row.message)),
            ]
            if wide:
                line.insert(3, cell(row.local))
            rows.append((str(row.touch_id), line))
        columns: list[Any] = ["lead", "do", "  again", "why not now"]
        if wide:
            columns.insert(3, "there it is")
        grid.give(columns, rows, empty=EMPTY)

    @property
    def chosen(self) -> HeldRow | None:
        """What is under the cursor."""
        grid = self.query_one(Grid)
        return None if grid.empty else self.rows[grid.cursor_row]

    @on(Grid.RowSelected)
    def start(self) -> None:
        """Enter, or a second click."""
        if self.chosen is not None:
            self.dismiss(self.chosen.touch_id)

    @work(group="flow")
    async def action_defer(self) -> None:
        """Put it off, as in the queue."""
        from leadtui.screens.queue.defer import DeferScreen

        if self.chosen is None:
            return
        with self.mishaps():
            for row in await ask(self.desk.block.rows, (self.chosen.touch_id,)):
                said = await self.app.push_screen_wait(DeferScreen(self.desk, row))
                self.say(said or "")
        self.load()

    def action_refresh(self) -> None:
        self.load()

    def action_close(self) -> None:
        self.dismiss(None)
