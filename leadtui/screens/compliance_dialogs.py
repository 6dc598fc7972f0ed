"""Dialogs over the supervisor's view: find, and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.compliance_report import write_report
from leadtui.desk.compliance_views import Board
from leadtui.screens.base import DeskDialog, ask
from leadtui.screens.entries import EntriesScreen
from leadtui.widgets import times
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.lines import Feedback
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class FindEntriesScreen(DeskDialog[None]):
    """Words to look for in entries, memos and names."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Find"

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content("Find in the log")
            yield LineField(hint="a name, a code, words of a memo or a reason", id="words")
            yield Static("⏎ find   esc back", markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(LineField).focus()

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter opens what was found."""
        words = self.query_one(LineField).value.strip()
        self.dismiss(None)
        if message.done and words:
            self.app.push_screen(EntriesScreen(self.desk, f"find: {words}", lambda: self.desk.supervise.find(words)))


class ExportScreen(DeskDialog[str | None]):
    """Where the CSV and the HTML report go; comes back with what was written."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Export"

    def __init__(self, desk: Desk, board: Board, state: str) -> None:
        super().__init__(desk)
        self.board, self.state = board, state

    def compose(self) -> ComposeResult:
        local = self.board.now.astimezone(times.zone(self.desk.settings.zone))
        with Vertical(classes="box") as box:
            box.border_title = Content("Export")
            yield Static("A table (.csv) and a page with charts (.html), named", markup=False, classes="muted")
            yield LineField(str(Path.cwd() / f"compliance-{local:%Y-%m-%d-%H%M}"), id="stem")
            yield Feedback(markup=False)
            yield Static("⏎ write   esc back", markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """The name can be changed."""
        self.query_one(LineField).focus()

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter writes."""
        if message.done:
            self.write(Path(self.query_one(LineField).value).expanduser())
        else:
            self.dismiss(None)

    @work(group="export")
    async def write(self, stem: Path) -> None:
        """Write both files, or say why not and stay."""
        with self.mishaps():
            made = await ask(write_report, self.board, self.state, self.desk.settings.name, stem)
            self.dismiss(f"written: {made[0]} and {made[1].name}")
