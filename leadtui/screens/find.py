"""Find a touch of one's own by name, company, number or e-mail."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Static

from leadtui.screens.base import DeskDialog, ask
from leadtui.widgets import times
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.lines import Feedback
from leadtui.widgets.queue_list import QueueList
from leadtui.widgets.too_small import TooSmall
from leadtui.widgets.virtual_list import VirtualList

REST = 0.15
"""Seconds without a key until the words are looked for."""


class FindScreen(DeskDialog[int | None]):
    """Comes back with the touch to go to."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, id="find.down", tooltip="Next"),
        Binding("up", "move(-1)", "Up", show=False, id="find.up", tooltip="Previous"),
        Binding("escape", "close", "close", id="find.close", tooltip="Back to the queue"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="box -wide-box") as box:
            box.border_title = "Find"
            yield LineField(hint="name, company, number or e-mail", id="words")
            yield QueueList(id="results")
            yield Feedback(markup=False)
            yield Static("↓ ↑ move   ⏎ go there   esc back", markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Type at once."""
        self._rest: Timer | None = None
        self.results.can_focus = False
        self.results.now = self.desk.now()
        self.results.where = times.zone(self.desk.settings.zone)
        self.query_one(LineField).focus()

    @property
    def results(self) -> QueueList:
        """What was found."""
        return self.query_one(QueueList)

    @on(LineField.Changed)
    def typed(self) -> None:
        """Look once the typing rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.look)

    @work(exclusive=True, group="find")
    async def look(self) -> None:
        """Ask the desk."""
        words = self.query_one(LineField).value
        with self.mishaps():
            rows = await ask(self.desk.block.search, words) if words.strip() else ()
            self.results.give(rows)
            self.results.set_ids(tuple(row.touch_id for row in rows), at_once=True)
            found = f"{len(rows)} found" if rows else "Nothing of yours matches."
            self.query_one(Feedback).update(found if words.strip() else "")

    @on(VirtualList.Wanted)
    @on(VirtualList.Highlighted)
    def quiet(self, message: VirtualList.Wanted | VirtualList.Highlighted) -> None:
        """All rows were given; the screen below must not hear of it."""
        message.stop()

    @on(VirtualList.Chosen)
    def clicked(self, message: VirtualList.Chosen) -> None:
        """A second click goes there."""
        message.stop()
        self.dismiss(message.row_id)

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter goes to the selected touch, Esc back."""
        self.dismiss(self.results.selected if message.done else None)

    def action_move(self, lines: int) -> None:
        self.results.action_move(lines)
