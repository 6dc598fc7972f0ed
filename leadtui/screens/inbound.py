"""A call comes in: who is it? The call starts at once; what was open waits underneath."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from leadtui.screens.find import FindScreen
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.lines import Feedback
from leadtui.widgets.queue_list import QueueList
from leadtui.widgets.too_small import TooSmall
from leadtui.widgets.virtual_list import VirtualList


class InboundScreen(FindScreen):
    """Comes back with the lead who calls."""

    PLACE = "Inbound call"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="inbound.close", tooltip="Nobody calls"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="box -wide-box") as box:
            box.border_title = "Who calls?"
            yield LineField(hint="name, company, number or e-mail", id="words")
            yield QueueList(id="results")
            yield Feedback(markup=False)
            yield Static("↓ ↑ move   ⏎ take the call   esc back", markup=False, classes="muted")
        yield TooSmall()

    @on(VirtualList.Chosen)
    def clicked(self, message: VirtualList.Chosen) -> None:
        """A second click takes the call."""
        message.stop()
        self._take(self.results.selected_row is not None)

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter takes the call of the selected lead, Esc goes back."""
        message.stop()
        message.prevent_default()
        self._take(message.done)

    def _take(self, done: bool) -> None:  # noqa: FBT001
        row = self.results.selected_row
        if done and row is None:
            self.warn("Nobody is selected: type a name, a company or the number.")
        else:
            self.dismiss(row.lead_id if done and row is not None else None)
