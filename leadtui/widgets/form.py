"""A line of a form: its name, its value or field, and the key that leads there."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from leadtui.widgets.keys import pressing
from leadtui.widgets.safe import shown


class FormRow(Horizontal):
    """``name`` on the left, a field or words in the middle, a key and what it does on the right."""

    DEFAULT_CSS = """
    FormRow { height: auto; min-height: 1; }
    FormRow > .name { width: 11; color: $muted; }
    FormRow > .value { width: 1fr; height: auto; }
    FormRow > .key { width: auto; margin-left: 1; color: $muted; }
    """

    def __init__(
        self, name: str, value: Widget | None = None, *, key: str = "", does: str = "", id: str
    ) -> None:
        super().__init__(id=id)
        self.label = name
        self.value = value or Static(markup=False)
        self.value.add_class("value")
        self.key, self.does = key, does

    def compose(self) -> ComposeResult:
        yield Static(Content(self.label), classes="name")
        yield self.value
        if self.key:
            hint = Content.assemble((self.key, "bold $accent"), f"  {self.does}")
            yield Static(pressing(hint, self.key), classes="key")

    def hint(self, *, shown_: bool) -> None:
        """Show or hide the key on the right."""
        for static in self.query(".key"):
            static.display = shown_

    def put(self, text: str | Content) -> None:
        """Set the words in the middle."""
        if isinstance(self.value, Static):
            self.value.update(text if isinstance(text, Content) else shown(text, limit=400))
