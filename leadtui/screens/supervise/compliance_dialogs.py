"""Dialogs over the supervisor's view: find, and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.figures.compliance_views import PERIODS, Whose
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.screens.supervise.entries import EntriesScreen
from leadtui.text import clean, fold
from leadtui.widgets import times
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import cell, shown
from leadtui.widgets.tables import Grid
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class FoundScreen(EntriesScreen):
    """What was found."""

    EMPTY = "Nothing in the log holds these words. Try a name, an outcome, or a word of a memo."


class FindEntriesScreen(DeskDialog[None]):
    """Words to look for in entries, memos and names."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Find"

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content("Find in the log")
            yield LineField(hint="a name, a code, words of a memo or a reason", id="words")
            yield Static(hints("⏎ find   esc back"), markup=False, classes="muted")
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
            self.app.push_screen(
                FoundScreen(self.desk, f"find: {words}", lambda: self.desk.supervise.find(words))
            )


class PickScreen(DeskDialog[str | None]):
    """A list to choose from: the arrows, a first letter, Enter; with ``typed`` also a field for
    what is not in it."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Choose"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "back", id="pick.back", tooltip="Back, nothing changed")
    ]

    def __init__(
        self,
        desk: Desk,
        title: str,
        rows: Sequence[tuple[str, str, str]],
        chosen: str,
        hint: str = "",
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(desk)
        self.titled, self.rows, self.chosen, self.hint, self.check = (
            title,
            rows,
            chosen,
            hint,
            check,
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(self.titled)
            yield Grid(id="results", show_header=False)
            if self.check is not None:
                yield LineField(hint=self.hint, id="typed")
                yield Feedback(markup=False)
            tab = "   ⇥ type dates" if self.check is not None else ""
            yield Static(hints(f"⏎ choose{tab}   esc back"), markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """Stand on what holds now."""
        grid = self.query_one(Grid)
        lines = [
            (
                key,
                (
                    cell("▸" if key == self.chosen else " "),
                    cell(words, 40),
                    Text(more, style="dim"),
                ),
            )
            for key, words, more in self.rows
        ]
        grid.give(("", "", ""), lines)
        keys = [key for key, _, _ in self.rows]
        grid.move_cursor(row=keys.index(self.chosen) if self.chosen in keys else 0, animate=False)
        grid.focus()

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next line that begins with it."""
        grid = self.query_one(Grid)
        if self.focused is not grid or not event.character or not event.character.isalnum():
            return
        event.stop()
        order = [*range(grid.cursor_row + 1, len(self.rows)), *range(grid.cursor_row + 1)]
        for place in order:
            if fold(self.rows[place][1]).startswith(event.character.casefold()):
                grid.move_cursor(row=place, animate=False)
                return

    @on(Grid.RowSelected)
    def picked(self) -> None:
        """Enter, or a second click."""
        self.dismiss(self.rows[self.query_one(Grid).cursor_row][0])

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter in the field takes what was typed, if it can be read."""
        words = self.query_one(LineField).value.strip()
        if not message.done or not words or self.check is None:
            self.query_one(Grid).focus()
            return
        try:
            self.dismiss(self.check(words))
        except LeadtuiError as error:
            self.warn(str(error))


def asked_period(desk: Desk, chosen: str) -> PickScreen:
    """Asks for a period: one of the list, or two dates."""
    view = desk.supervise
    rows = [(name, name, view.period(name).dates) for name in PERIODS]
    if chosen not in PERIODS:
        rows.insert(0, (chosen, chosen, view.period(chosen).dates))
    hint = "2026-11-01..2026-11-15, or one day"
    return PickScreen(desk, "Period", rows, chosen, hint, lambda words: view.period(words).name)


def asked_whose(desk: Desk, people: Sequence[Whose], chosen: Whose) -> PickScreen:
    """Asks whose figures; comes back with the place in ``people``."""
    rows = [(str(place), clean(one.name, 40), "") for place, one in enumerate(people)]
    return PickScreen(
        desk, "Whose figures", rows, str(people.index(chosen)) if chosen in people else ""
    )


class ExportScreen(DeskDialog[str | None]):
    """Where the CSV and the HTML report go; comes back with what was written."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Export"

    def __init__(self, desk: Desk, period: str, whose: Whose, state: str) -> None:
        super().__init__(desk)
        self.period, self.whose, self.state = period, whose, state

    def compose(self) -> ComposeResult:
        local = self.desk.now().astimezone(times.zone(self.desk.settings.zone))
        with Vertical(classes="box") as box:
            box.border_title = Content("Export")
            yield Static(
                shown(
                    (
                        f"{self.period} · {self.whose.name}: a table (.csv) and a page with "
                        "charts (.html), "
                        "named"
                    ),
                    "$muted",
                )
            )
            yield LineField(str(Path.cwd() / f"compliance-{local:%Y-%m-%d-%H%M}"), id="stem")
            yield Feedback(markup=False)
            yield Static(hints("⏎ write   esc back"), markup=False, classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """The name can be changed."""
        self.query_one(LineField).focus()

    @on(Left)
    def entered(self, message: Left) -> None:
        """Enter writes."""
        if message.done:
            self.say("reading and writing …")
            self.write(Path(self.query_one(LineField).value).expanduser())
        else:
            self.dismiss(None)

    @work(exclusive=True, group="export")
    async def write(self, stem: Path) -> None:
        """Write both files, or say why not and stay."""
        with self.mishaps():
            made = await ask(self.desk.supervise.export, self.period, self.whose, self.state, stem)
            self.dismiss(f"written: {made[0]} and {made[1].name}")
