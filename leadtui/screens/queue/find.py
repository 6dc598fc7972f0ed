"""Find a touch of one's own by name, company, number or e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from leadtui.screens.parts.base import ask
from leadtui.screens.parts.searching import SearchDialog
from leadtui.widgets import times
from leadtui.widgets.queue_list import QueueList
from leadtui.widgets.virtual_list import VirtualList


class FindScreen(SearchDialog[int | None]):
    """Comes back with the touch to go to."""

    PLACE = TITLE_WORDS = "Find"
    KEYS = "↓ ↑ move   ⏎ go there   esc back"
    BOX = "box -wide-box"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, id="find.down", tooltip="Next"),
        Binding("up", "move(-1)", "Up", show=False, id="find.up", tooltip="Previous"),
        Binding("escape", "close", "close", id="find.close", tooltip="Back to the queue"),
    ]

    def results_below(self) -> Iterable[Widget]:
        """Rows of the queue."""
        return (QueueList(id="results"),)

    def on_mount(self) -> None:
        """Rows show times of now."""
        self.results.can_focus = False
        self.results.now = self.desk.now()
        self.results.where = times.zone(self.desk.settings.zone)

    @property
    def results(self) -> QueueList:
        """What was found."""
        return self.query_one(QueueList)

    async def search(self, words: str) -> str:
        """Touches of one's own."""
        rows = await ask(self.desk.block.search, words) if words else ()
        self.results.give(rows)
        self.results.set_ids(tuple(row.touch_id for row in rows), at_once=True)
        return (f"{len(rows)} found" if rows else "Nothing of yours matches.") if words else ""

    def take(self) -> None:
        """Go to the selected touch."""
        self.dismiss(self.results.selected)

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

    def action_move(self, lines: int) -> None:
        self.results.action_move(lines)
