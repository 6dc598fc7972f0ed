"""A call comes in: who is it? The call starts at once; what was open waits underneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from leadtui.desk.views import LeadView
from leadtui.screens.base import DeskDialog, ask
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import fit, shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

REST = 0.15
"""Seconds without a key until the words are looked for."""
SHOWN = 6
"""Leads that are listed; more words narrow it down."""


class InboundScreen(DeskDialog[int | None]):
    """Comes back with the lead who calls, whoever's it is."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Inbound call"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, id="inbound.down", tooltip="Next"),
        Binding("up", "move(-1)", "Up", show=False, id="inbound.up", tooltip="Previous"),
        Binding("escape", "close", "close", id="inbound.close", tooltip="Nobody calls"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.found: tuple[LeadView, ...] = ()
        self.place = 0
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Who calls?"
            yield LineField(hint="name, company, number or e-mail", id="words")
            yield Static(id="choices", markup=False)
            yield Feedback(markup=False)
            yield Static("↓ ↑ move   ⏎ take the call   esc back", markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(LineField).focus()

    @on(LineField.Changed)
    def typed(self) -> None:
        """Look once the typing rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.look)

    @work(exclusive=True, group="find")
    async def look(self) -> None:
        """Ask the desk."""
        from leadtui.desk.lead_views import found_leads

        words = self.query_one(LineField).value
        with self.mishaps():
            self.found = tuple(await ask(found_leads, self.desk.context, words)) if words.strip() else ()
            self.place = 0
            self._show()
            many = f"{len(self.found)} found" if self.found else "Nobody matches."
            self.query_one(Feedback).update(many if words.strip() else "")

    def _show(self) -> None:
        rows = []
        first = max(0, min(self.place - SHOWN + 1, len(self.found) - SHOWN))
        for index, lead in enumerate(self.found[first : first + SHOWN], first):
            here = index == self.place
            name = fit(f"{lead.name}, {lead.title}" if lead.title else lead.name, 32)
            rest = shown(f"{lead.company} · {lead.owner}" if lead.owner else lead.company, "$muted", 60)
            rows.append(
                Content.assemble(("▸ " if here else "  ", "bold $accent"), (name, "bold" if here else ""), " ", rest)
            )
        self.query_one("#choices", Static).update(Content("\n").join(rows))

    def action_move(self, step: int) -> None:
        self.place = max(0, min(self.place + step, len(self.found) - 1))
        self._show()

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter takes the call of the selected lead, Esc goes back."""
        if not message.done:
            self.dismiss(None)
        elif self.found:
            self.dismiss(self.found[self.place].id)
        else:
            self.warn("Nobody is selected: type a name, a company or the number.")
