"""A note about a lead, outside of any call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from leadtui.desk.core.views import QueueRow
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets.fields import Left, MemoField
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class NoteScreen(DeskDialog[str | None]):
    """Comes back with what was done, in words."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Note"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk, row: QueueRow) -> None:
        super().__init__(desk)
        self.row = row

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(f"Note: {self.row.name}", limit=60)
            yield MemoField(id="note")
            yield Feedback(markup=False)
            yield Static(hints("⏎ keep   esc forget"), markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(MemoField).focus()

    @on(Left)
    def written(self, message: Left) -> None:
        """Enter keeps it."""
        if message.done and message.field.value:
            self.keep(message.field.value)
        else:
            self.dismiss(None)

    @work(group="write")
    async def keep(self, text: str) -> None:
        """Write it down; what cannot be saved now stays in the field."""
        with self.mishaps():
            await ask(self.desk.block.note, self.row.lead_id, text)
            self.dismiss(f"Noted: {self.row.name}")
