"""A bordered pane with a title that shows one text and scrolls it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class Pane(VerticalScroll):
    """Shows what it is given; with the focus, ``j k g G`` scroll it."""

    DEFAULT_CSS = "Pane > Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "by(1)", "Down", show=False, id="pane.down", tooltip="Scroll down"),
        Binding("k,up", "by(-1)", "Up", show=False, id="pane.up", tooltip="Scroll up"),
        Binding("g,home", "top", "Top", show=False, id="pane.top", tooltip="Scroll to the top"),
        Binding(
            "G,end", "bottom", "Bottom", show=False, id="pane.bottom", tooltip="Scroll to the end"
        ),
    ]

    def __init__(self, title: str, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.border_title = Content(title)
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._text

    def put(self, content: Content) -> None:
        """Show this text."""
        self._text.update(content)

    def action_by(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def action_top(self) -> None:
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        self.scroll_end(animate=False)
