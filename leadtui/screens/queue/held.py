"""What is due and may not be done now: by which rule, and when it may."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from leadtui.desk.core.views import HeldRow
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.widgets import times
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import fit, shown
from leadtui.widgets.too_small import TooSmall

EMPTY = "Nothing is held: everything that is due may be done now."


class HeldScreen(DeskScreen[None]):
    """The held list."""

    CSS_PATH = "held.tcss"
    PLACE = "Held"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,h,q", "close", "back", id="held.close", tooltip="Back to the queue"),
        Binding("r", "refresh", "refresh", id="held.refresh", tooltip="Look again"),
    ]

    def compose(self) -> ComposeResult:
        yield TopLine(self.PLACE)
        yield Pane("Held", id="held")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(Pane).focus()
        self.rows: tuple[HeldRow, ...] = ()
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
        pane = self.query_one(Pane)
        pane.border_title = Content(f"Held {len(self.rows)}")
        width, now = max(40, self.app.size.width - 6), self.desk.now()
        where = times.zone(self.desk.settings.zone)
        lines = [line(row, width, now, where) for row in self.rows]
        pane.put(Content("\n").join(lines) if lines else shown(EMPTY, "$muted"))

    def action_refresh(self) -> None:
        self.load()

    def action_close(self) -> None:
        self.dismiss(None)


def line(row: HeldRow, width: int, now: datetime, where: ZoneInfo) -> Content:
    """One held touch in ``width`` cells: who, when again, where they are, and the rule."""
    again = (
        f"again {times.due(row.next_allowed, now, where)}" if row.next_allowed else "not by waiting"
    )
    name = f"{row.name} · {row.company}" if row.company else row.name
    wide = width >= 90
    who, when = (30, 18) if wide else (24, 16)
    local = fit(row.local, 18) + "  " if wide else ""
    rest = width - who - when - len(local) - 6
    return Content.assemble(
        ("■ ", "$text-warning"),
        fit(name, who),
        "  ",
        fit(again, when),
        "  ",
        (local, "$muted"),
        (fit(row.message, rest), "$muted"),
    )
