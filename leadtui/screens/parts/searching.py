"""A dialog that looks for leads while one types: what finding a touch and taking an inbound call
have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from leadtui.screens.parts.base import DeskDialog, Result
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.too_small import TooSmall

REST = 0.15
"""Seconds without a key until the words are looked for."""


class SearchDialog(DeskDialog[Result]):
    """A field, what was found below it, and Enter on the selected one."""

    CSS_PATH = Path(__file__).with_name("dialogs.tcss")
    TITLE_WORDS = ""
    KEYS = ""
    BOX = "box"
    HINT: ClassVar[str] = "name, company, number or e-mail"
    looked_for = ""
    """The words that what is shown belongs to."""
    _rest: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes=self.BOX) as box:
            box.border_title = self.TITLE_WORDS
            yield LineField(hint=self.HINT, id="words")
            yield from self.results_below()
            yield Feedback(markup=False)
            yield Static(hints(self.KEYS), id="keys", markup=False, classes="muted")
        yield TooSmall()

    def results_below(self) -> Iterable[Widget]:
        """What shows the results."""
        raise NotImplementedError

    async def search(self, words: str) -> str:
        """Look for the words, show what was found, and say it in words; the words may be empty."""
        raise NotImplementedError

    def take(self) -> None:
        """Enter on what is selected."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(LineField).focus()

    @property
    def words(self) -> str:
        """What is typed."""
        return self.query_one(LineField).value.strip()

    @on(LineField.Changed)
    def typed(self) -> None:
        """Look once the typing rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.look)

    @work(exclusive=True, group="find")
    async def look(self) -> None:
        """Ask the desk."""
        with self.mishaps():
            words = self.words
            said = await self.search(words)
            self.looked_for = words
            self.query_one(Feedback).update(said)

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter takes what is selected, Esc goes back. What was not looked for yet is: nobody takes
        what they have not seen."""
        if not message.done:
            self.dismiss(None)
        elif self.words != self.looked_for:
            self.look()
        else:
            self.take()
