"""What to say to an objection: a list, and the answer to the one that is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.screens.parts.base import DeskDialog
from leadtui.widgets.keys import hints
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.script_view import spoken
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class ObjectionsScreen(DeskDialog[tuple[str, ...] | None]):
    """Comes back with the titles of the objections that were met."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Objections"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down", "move(1)", "Down", show=False, id="objections.down", tooltip="Next objection"
        ),
        Binding(
            "k,up", "move(-1)", "Up", show=False, id="objections.up", tooltip="Previous objection"
        ),
        Binding(
            "enter,space",
            "met",
            "met",
            id="objections.met",
            tooltip="They said this: keep it with the call",
        ),
        Binding("escape,o,q", "leave", "back", id="objections.close", tooltip="Back to the call"),
    ]

    def __init__(self, desk: Desk, objections: tuple[tuple[str, str], ...]) -> None:
        super().__init__(desk)
        self.objections = objections
        self.place = 0
        self.met: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Objections"
            yield Static(id="titles", markup=False)
            answer = Pane("Say", id="answer")
            answer.can_focus = False
            yield answer
            yield Static(
                hints("j k move   ⏎ they said this   esc back to the call"),
                markup=False,
                classes="muted",
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """The first one is open."""
        self._show()

    def _show(self) -> None:
        count = 8 if self.app.size.height >= 30 else 4
        first = max(0, min(self.place - count // 2, len(self.objections) - count))
        rows = []
        for index, (title, _) in enumerate(self.objections[first : first + count], first):
            here = index == self.place
            mark = "✓ " if title in self.met else "  "
            rows.append(
                Content.assemble(
                    ("▸ " if here else "  ", "bold $accent"),
                    (mark, "$accent"),
                    shown(title, "bold" if here else ""),
                )
            )
        self.query_one("#titles", Static).update(Content("\n").join(rows))
        self.query_one("#answer", Pane).put(spoken(self.objections[self.place][1]))

    def action_move(self, step: int) -> None:
        self.place = max(0, min(self.place + step, len(self.objections) - 1))
        self._show()

    def action_met(self) -> None:
        title = self.objections[self.place][0]
        if title in self.met:
            self.met.remove(title)
        else:
            self.met.append(title)
        self._show()

    def action_leave(self) -> None:
        self.dismiss(tuple(self.met))
