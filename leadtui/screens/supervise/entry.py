"""One entry of the log whole, and what is known of the log itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from leadtui.desk.figures.compliance_views import EntryView
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.widgets import times
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.figures.compliance_views import Verification
    from leadtui.desk.figures.row_check import RowCheck

BACK = Binding("escape,q", "back", "back", id="entries.back", tooltip="Back")


class EntryScreen(DeskScreen[None]):
    """One entry whole: what was said, the personal text, the chained body, its hash."""

    CSS_PATH = "supervise.tcss"
    PLACE = "Entry"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "lead", "lead", id="entry.lead", tooltip="What the log says of this lead"),
        BACK,
    ]

    def __init__(
        self, desk: Desk, seq: int, lead_screen: Callable[[Desk, int], Screen[None]]
    ) -> None:
        super().__init__(desk)
        self.lead_screen = lead_screen
        self.seq = seq
        self.found: EntryView | None = None

    def compose(self) -> ComposeResult:
        yield Pane(f"Entry #{self.seq:,}", id="entry")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(Pane).focus()
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read and show."""
        with self.mishaps():
            self.found = await ask(self.desk.supervise.entry, self.seq)
            self.query_one(Pane).put(self._whole(self.found))

    def _whole(self, found: EntryView) -> Content:
        local = found.at.astimezone(times.zone(self.desk.settings.zone))
        private = "erased" if found.erased else found.private
        parts = [
            shown(found.words, "bold"),
            shown(
                f"{times.stamp(local, seconds=True)} · {found.who} · "
                f"recorded by {found.recorded_by}",
                "$muted",
            ),
        ]
        if private:
            parts += [Content(""), shown(private, "$foreground", 20_000, newlines=True)]
        if found.corrections:
            listed = ", ".join(f"#{seq:,}" for seq in found.corrections)
            parts += [Content(""), shown(f"▲ corrected or taken back by {listed}", "$text-warning")]
        parts += [
            Content(""),
            shown(found.body, "", 40_000, newlines=True),
            Content(""),
            shown(f"hash {found.hash}", "$muted"),
        ]
        return Content("\n").join(parts)

    def action_lead(self) -> None:
        if self.found is not None and self.found.lead_id is not None:
            self.app.push_screen(self.lead_screen(self.desk, self.found.lead_id))

    def action_back(self) -> None:
        self.dismiss(None)


class StateScreen(DeskScreen[None]):
    """What is known of the log: the verifier's words, its notes, how many witnesses."""

    CSS_PATH = "supervise.tcss"
    PLACE = "State of the log"
    BINDINGS: ClassVar[list[BindingType]] = [BACK]

    def __init__(
        self, desk: Desk, found: Verification | None, rows: RowCheck | None = None
    ) -> None:
        super().__init__(desk)
        self.found, self.rows = found, rows

    def compose(self) -> ComposeResult:
        yield Pane("State of the log", id="state")
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Say it."""
        lines = _state_lines(self.found, self.rows)
        self.query_one(Pane).put(Content("\n").join([shown(line, limit=600) for line in lines]))
        self.query_one(Pane).focus()

    def action_back(self) -> None:
        self.dismiss(None)


def _state_lines(found: Verification | None, rows: RowCheck | None) -> list[str]:
    if found is None:
        return ["The log is still being verified."]
    lines = [
        f"The log holds up to entry {found.entries:,}."
        if found.ok
        else f"▲ {found.damage}: {found.message}."
    ]
    lines += [
        "",
        f"checked against {found.witnesses:,} witnesses kept in this account",
        f"hash {found.head.hash.hex()}",
    ]
    if found.erased:
        lines.append(
            f"personal texts of {len(found.erased):,} entries were erased, by entries that "
            "name them"
        )
    lines += [f"▲ {finding}" for finding in found.findings]
    if found.ok:
        lines += ["", *_row_lines(rows)]
    return [
        *lines,
        "",
        "A witness proves what stood up to it; what came after the last one it does not.",
    ]


def _row_lines(rows: RowCheck | None) -> list[str]:
    if rows is None:
        return ["The rows of the tables are being held against the log."]
    if not rows.made:
        return [
            "The log is long: 'leadtui log verify --deep' holds the rows of the tables against it."
        ]
    if not rows.count:
        return ["Every row of the tables is as the log left it."]
    return [f"{rows.words} outside leadtui:", *(f"▲ {line.words}" for line in rows.lines)]
