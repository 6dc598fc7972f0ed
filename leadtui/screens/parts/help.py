"""All keys of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from leadtui.screens.parts.base import DeskDialog, DeskScreen
from leadtui.widgets.keys import PRESS, hints, key_name, pressing
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

Keys = tuple[tuple[str, str], ...]


def keys_of(screen: DeskScreen[object]) -> Keys:
    """(keys, what they do) of everything bound on a screen now, each action once, in order."""
    found: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        words = binding.tooltip or binding.description
        if words and not binding.system and binding.id:
            keys, _ = found.setdefault(binding.id, ([], words))
            keys.append(key_name(binding.key))
    return tuple((" ".join(keys), words) for keys, words in found.values())


class HelpScreen(DeskDialog[None]):
    """The keys of the screen below, all of them."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "close", "close", id="help.close", tooltip="Close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="Scroll up"),
    ]

    def __init__(self, desk: Desk, place: str, keys: Keys) -> None:
        super().__init__(desk)
        self.place, self.keys = place, keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = Content(f"Keys: {self.place}")
            box.can_focus = False
            width = max((len(key) for key, _ in self.keys), default=0)
            rows = [
                pressing(
                    Content.assemble((key.rjust(width), "bold $accent"), "  ", shown(words)), key
                )
                for key, words in self.keys
            ]
            yield Static(Content("\n").join(rows), id="rows", markup=False)
            yield Static(hints("esc closes   a click on a key presses it"), classes="muted")
        yield TooSmall()

    def on_click(self, event: events.Click) -> None:
        """A key of the screen below is pressed there, by what every screen does with a click."""
        if event.style.meta.get(PRESS, "escape") != "escape":
            self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
