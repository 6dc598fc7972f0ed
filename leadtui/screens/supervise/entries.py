"""Behind the numbers: lists of entries, one rep, what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from leadtui.desk.core.views import FeedLine
from leadtui.desk.figures.catalogue import AGES
from leadtui.desk.figures.compliance_views import EVERYBODY, OverdueLine, Whose
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.screens.supervise.compliance import entry_lines
from leadtui.screens.supervise.entry import BACK, EntryScreen
from leadtui.widgets import times
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.safe import cell, shown
from leadtui.widgets.tables import Grid
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


def regain(screen: DeskScreen[Any], table: str) -> None:
    """Give a table the focus that nothing has."""
    if screen.focused is None and not screen.too_small and screen.query(table):
        screen.query_one(table).focus()


LIMIT = 200
"""So many entries are found, or shown of a rep or a lead, at most."""


class _List(DeskScreen[None]):
    """A table over the whole screen with a title; subclasses read it and say what Enter and ``l``
    open."""

    CSS_PATH = "supervise.tcss"
    TITLED = ""
    BINDINGS: ClassVar[list[BindingType]] = [BACK]

    def compose(self) -> ComposeResult:
        yield Grid(cursor_type="row", classes="pane")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read it."""
        grid = self.query_one(Grid)
        grid.border_title = "reading …"
        grid.focus()
        self.load()

    def on_resize(self) -> None:
        """A window that was too small took the focus away."""
        self.call_after_refresh(regain, self, "Grid")

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read and show."""
        with self.mishaps():
            await self.read()

    async def read(self) -> None:
        """Fill the table."""

    @on(Grid.RowSelected)
    def chosen(self) -> None:
        """Enter or a second click."""
        self.open_chosen()

    @property
    def row(self) -> int:
        """The row under the cursor, -1 for none."""
        grid = self.query_one(Grid)
        return -1 if grid.empty else grid.cursor_row

    def open_chosen(self) -> None:
        """Overridden."""

    def action_back(self) -> None:
        self.dismiss(None)


class _OfLeads(_List):
    """Rows that are about leads."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "lead", "lead", id="entries.lead", tooltip="What the log says of this lead")
    ]

    def lead_id(self) -> int | None:
        """The lead of the row under the cursor."""
        return None

    def action_lead(self) -> None:
        lead_id = self.lead_id()
        if lead_id is not None:
            self.app.push_screen(lead_screen(self.desk, lead_id))
        else:
            self.say("this is not about a lead")


class EntriesScreen(_OfLeads):
    """Log entries, newest first; Enter shows one whole."""

    PLACE = "Entries"
    EMPTY = "No entry."

    def __init__(
        self, desk: Desk, title: str, read: Callable[[], tuple[FeedLine, ...]], *, of: int = 0
    ) -> None:
        super().__init__(desk)
        self.titled, self.reading, self.of = title, read, of
        self.lines: tuple[FeedLine, ...] = ()

    async def read(self) -> None:
        """Fetch them."""
        self.lines = await ask(self.reading)
        grid = self.query_one(Grid)
        where, now = times.zone(self.desk.settings.zone), self.desk.now()
        grid.give(
            ("entry", "at", "who", "what"), entry_lines(self.lines, where, now), empty=self.EMPTY
        )
        count = len(self.lines)
        many = f"the last {count:,} of {self.of:,}" if self.of > count else f"{count:,}"
        if not self.of and count >= LIMIT:
            many = f"the last {count:,}"
        grid.border_title = shown(f"{self.titled} · {many}")

    def open_chosen(self) -> None:
        if 0 <= self.row < len(self.lines):
            self.app.push_screen(EntryScreen(self.desk, self.lines[self.row].seq, lead_screen))

    def lead_id(self) -> int | None:
        return self.lines[self.row].lead_id if 0 <= self.row < len(self.lines) else None


class RepScreen(EntriesScreen):
    """One rep: rates beside the table's figures, and what they did."""

    PLACE = "Rep"

    def __init__(self, desk: Desk, rep_id: int, period: str) -> None:
        super().__init__(desk, "", lambda: desk.supervise.rep_entries(rep_id, period))
        self.rep_id, self.period = rep_id, period

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="rates")
        yield from super().compose()

    async def read(self) -> None:
        """Fetch the rates too."""
        whose = Whose(rep_id=self.rep_id)
        table = await ask(self.desk.supervise.table, self.period, whose)
        names = await ask(self.desk.supervise.rep_names)
        self.titled = f"{names.get(self.rep_id, 'rep')} · {self.period}"
        await super().read()
        beside = self.desk.supervise.aside(table.measures)
        rates = " · ".join(f"{one.name} {one.figure.shown}" for one in beside)
        self.query_one("#rates", Static).update(shown(rates, limit=600))


class OverdueScreen(_OfLeads):
    """Open touches past their time, oldest first."""

    PLACE = "Overdue"
    lines: tuple[OverdueLine, ...] = ()

    def __init__(self, desk: Desk, whose: Whose = EVERYBODY, *, age: int | None = None) -> None:
        super().__init__(desk)
        self.whose, self.age = whose, age

    async def read(self) -> None:
        """Fetch them."""
        self.lines = await ask(lambda: self.desk.supervise.overdue(self.whose, age=self.age))
        where, now = times.zone(self.desk.settings.zone), self.desk.now()
        rows = [
            (
                str(line.touch_id),
                (
                    cell(times.span(now - line.due)),
                    cell(times.due(line.due, now, where)),
                    cell(line.rep, 20),
                    cell(line.lead, 30),
                    cell(("promised · " if line.promised else "") + line.words),
                ),
            )
            for line in self.lines
        ]
        grid = self.query_one(Grid)
        grid.give(("late", "due", "rep", "lead", "what"), rows, empty="Nothing is overdue.")
        whose = "" if self.whose == EVERYBODY else f" · {self.whose.name.partition(':')[0]}"
        last = ", the oldest" if len(rows) >= 1_000 else ""
        age = "" if self.age is None else f" · {AGES[self.age]}"
        grid.border_title = shown(f"Overdue now{age}{whose}{last} · {len(rows):,}")

    def lead_id(self) -> int | None:
        return self.lines[self.row].lead_id if 0 <= self.row < len(self.lines) else None

    def open_chosen(self) -> None:
        self.action_lead()


def lead_screen(desk: Desk, lead_id: int) -> EntriesScreen:
    """What the log says of a lead."""
    return EntriesScreen(desk, f"lead {lead_id}", lambda: desk.supervise.lead_entries(lead_id))
