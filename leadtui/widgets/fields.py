"""Text fields that take only text fit to show, and are left with Esc, Tab or Enter."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

from leadtui.text import clean
from leadtui.widgets.safe import MEMO

LINE = 500
BODY = 20_000


class Left(Message):
    """A field was left; ``done`` is true for Enter, false for Esc and Tab."""

    def __init__(self, field: LineField | MemoField | BodyField, *, done: bool) -> None:
        super().__init__()
        self.field, self.done = field, done

    @property
    def control(self) -> LineField | MemoField | BodyField:
        """The field."""
        return self.field


class LineField(Input):
    """One line."""

    DEFAULT_CSS = """
    LineField { height: 1; border: none; padding: 0; background: $field; }
    LineField:focus { border: none; background: $cursor; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", id="field.leave", tooltip="Leave the field")
    ]

    def __init__(self, value: str = "", *, hint: str = "", id: str | None = None) -> None:
        super().__init__(
            clean(value, LINE), placeholder=hint, id=id, compact=True, select_on_focus=False
        )
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Typed, pasted or set: controls never stay."""
        return clean(value, LINE)

    def action_leave(self) -> None:
        self.post_message(Left(self, done=False))

    async def action_submit(self) -> None:
        """Enter is done with the field."""
        self.post_message(Left(self, done=True))


class MemoField(TextArea):
    """A few lines of running text; Enter ends it, so a memo is one paragraph."""

    DEFAULT_CSS = """
    MemoField { border: none; padding: 0; background: $field; }
    MemoField:focus { border: none; background: $cursor; }
    MemoField .text-area--cursor-line { background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "leave", id="memo.leave", tooltip="Leave the memo"),
        Binding(
            "tab,shift+tab",
            "leave(False)",
            "Leave",
            show=False,
            id="memo.next",
            tooltip="Leave the memo",
        ),
        Binding("enter", "leave(True)", "done", id="memo.done", tooltip="The memo is done"),
    ]

    def __init__(self, text: str = "", *, hint: str = "", id: str | None = None) -> None:
        super().__init__(clean(text, MEMO), soft_wrap=True, id=id, compact=True, placeholder=hint)
        self.cursor_blink = False

    @property
    def value(self) -> str:
        """The text, cleaned."""
        return clean(self.text, MEMO).strip()

    def put(self, text: str) -> None:
        """Replace the text."""
        self.load_text(clean(text, MEMO))

    async def _on_key(self, event: events.Key) -> None:
        if event.key in {"enter", "tab", "shift+tab", "escape"}:
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert(clean(event.text, MEMO))

    def action_leave(self, done: bool) -> None:
        self.post_message(Left(self, done=done))


class BodyField(TextArea):
    """The body of a message, with its lines; Esc ends the editing."""

    DEFAULT_CSS = """
    BodyField { border: none; padding: 0; background: $field; }
    BodyField:focus { border: none; background: $field; }
    BodyField .text-area--cursor-line { background: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "done", id="body.leave", tooltip="Editing is done")
    ]

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(clean(text, BODY, newlines=True), soft_wrap=True, id=id, compact=True)
        self.cursor_blink = False

    @property
    def value(self) -> str:
        """The text, cleaned, with its lines."""
        return clean(self.text, BODY, newlines=True)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert(clean(event.text, BODY, newlines=True))

    def action_leave(self) -> None:
        self.post_message(Left(self, done=True))
