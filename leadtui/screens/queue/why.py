"""Why a touch stands where it does: the arithmetic of its rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.core.views import QueueRow, RankView
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import fit, shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class WhyScreen(DeskDialog[None]):
    """One row's rank, term by term."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Why here?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,i,q,enter", "close", "close", id="why.close", tooltip="Close")
    ]

    def __init__(self, desk: Desk, row: QueueRow) -> None:
        super().__init__(desk)
        self.row = row

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(f"Why does {self.row.name} stand here?", limit=60)
            yield Static(id="sum", markup=False)
            yield Feedback(markup=False)
            yield Static(hints("esc closes"), markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        self.load()

    @work(exclusive=True, group="why")
    async def load(self) -> None:
        """Ask the desk for the arithmetic."""
        with self.mishaps():
            self.query_one("#sum", Static).update(
                arithmetic(await ask(self.desk.block.explain, self.row.touch_id))
            )


def arithmetic(rank: RankView) -> Content:
    """Place and tier in words, then the terms with their values in a column."""
    place = f"Number {rank.rank} of the queue" if rank.rank else "Not among what is due today"
    lines = [
        Content.assemble(
            (place, "bold"), (f"   tier {rank.tier}: ", "$muted"), shown(rank.tier_words)
        ),
        Content(""),
    ]
    for part in rank.parts:
        value = f"{part.value:10,.2f}"
        lines.append(
            Content.assemble(
                fit(part.term, 14),
                (value, "bold" if part.value else "$muted"),
                "   ",
                shown(part.words, "$muted"),
            )
        )
    lines += [
        Content.styled(f"{'':14}{'─' * 10}", "$muted"),
        Content.assemble(fit("P", 14), (f"{rank.priority:10,.2f}", "bold $accent")),
        Content(""),
    ]
    return Content("\n").join(lines)
