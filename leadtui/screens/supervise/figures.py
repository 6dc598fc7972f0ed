"""Every compliance figure of a period with its n; behind each its entries, and the same figure by
team and rep."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from leadtui.desk.figures.compliance_views import Figure, Measure, Table, Whose
from leadtui.screens.parts.base import ask
from leadtui.screens.supervise.compliance import about, counted, so_far, titled
from leadtui.screens.supervise.entries import EntriesScreen, OverdueScreen, _List
from leadtui.screens.supervise.entry import BACK
from leadtui.screens.supervise.filtered import ASKING, EXPORT, Filtered
from leadtui.widgets.safe import cell, shown
from leadtui.widgets.tables import Grid
from leadtui.widgets.times import zone

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

BUDGET = 30_000
"""So many entries of a long period are read before what they say is shown; then so many again."""


class _Figures(_List):
    """A list of figures; ``opening`` says what stands behind the row under the cursor."""

    def opening(self) -> tuple[str, Figure, str, Whose] | None:
        """Name, figure, what else it opens, whose; ``None`` for a title."""
        return None

    def open_chosen(self) -> None:
        """The entries behind it, or the open touches."""
        found = self.opening()
        if found is None:
            return
        name, figure, opens, whose = found
        if opens.startswith("overdue "):
            self.app.push_screen(
                OverdueScreen(self.desk, whose, age=int(opens.removeprefix("overdue ")))
            )
        elif figure.seqs:
            read = lambda: self.desk.supervise.entries(figure.seqs)  # noqa: E731
            title = titled(f"{whose.name}: {name}", figure)
            self.app.push_screen(EntriesScreen(self.desk, title, read, of=counted(figure)))
        else:
            self.say("no entry of this period stands behind this")


class FiguresScreen(_Figures, Filtered):
    """All figures, in groups."""

    PLACE = "Figures"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "b",
            "by_rep",
            "by rep",
            id="figures.by",
            tooltip="This figure of each team and rep, beside each other",
        ),
        *ASKING,
        EXPORT,
        Binding(
            "question_mark",
            "app.keys",
            "keys",
            id="figures.keys",
            tooltip="All keys of this screen",
        ),
        BACK,
    ]

    def __init__(self, desk: Desk, period: str, whose: Whose, state: str) -> None:
        super().__init__(desk)
        self.period, self.whose, self.state = period, whose, state
        self.table: Table | None = None
        self.rows: list[Measure | None] = []

    async def read(self) -> None:
        """Read what is not read yet, and show it as it comes."""
        while True:
            asked = (self.period, self.whose)
            table = await ask(self.desk.supervise.table, *asked, budget=BUDGET)
            if asked != (self.period, self.whose):
                continue
            self.table = table
            self.show()
            if table.read_from is None:
                return

    def show(self) -> None:
        """Write the table; a group has a title, a part stands under what it is a part of."""
        table = self.table
        if table is None:
            return
        wide = self.app.size.width >= 90
        self.rows = []
        lines: list[tuple[str, tuple[Text, ...]]] = []
        group = ""
        for measure in table.measures:
            if measure.group != group:
                group = measure.group
                self.rows.append(None)
                lines.append(
                    (
                        f"group {group}",
                        (Text(group, style="bold"), *[Text("")] * (3 if wide else 2)),
                    )
                )
            self.rows.append(measure)
            lines.append((measure.key, _line(measure, wide=wide)))
        grid = self.query_one(Grid)
        head = (Text("figure"), Text("value", justify="right"), Text("n", justify="right"))
        fresh = grid.empty
        grid.give((*head, Text("how it is counted")) if wide else head, lines, empty="Nothing yet.")
        if fresh:
            grid.move_cursor(row=1, animate=False)
        where = zone(self.desk.settings.zone)
        grid.border_title = shown(
            f"{about(table.period, table.whose)}{so_far(table.read_from, table.share, where)}"
        )
        grid.border_subtitle = shown(self.state)

    def on_resize(self) -> None:
        """Other widths, other columns."""
        super().on_resize()
        self.call_after_refresh(self.show)

    def opening(self) -> tuple[str, Figure, str, Whose] | None:
        """What the cursor stands on."""
        measure = self.chosen_measure
        return (
            None if measure is None else (measure.name, measure.figure, measure.opens, self.whose)
        )

    @property
    def chosen_measure(self) -> Measure | None:
        """The figure under the cursor."""
        return self.rows[self.row] if 0 <= self.row < len(self.rows) else None

    def action_by_rep(self) -> None:
        if self.chosen_measure is not None and self.table is not None:
            self.app.push_screen(ByRepScreen(self.desk, self.table, self.chosen_measure))

    @property
    def log_state(self) -> str:
        """What was known of the log when this was opened."""
        return self.state

    def again(self) -> None:
        """Read anew."""
        self.load()


class ByRepScreen(_Figures):
    """One figure of each team and rep, beside each other."""

    PLACE = "By rep"

    def __init__(self, desk: Desk, table: Table, measure: Measure) -> None:
        super().__init__(desk)
        self.table, self.measure = table, measure
        place = [one.key for one in table.measures].index(measure.key)
        self.columns = [
            (table.whose, measure.figure),
            *((whose, figures[place]) for whose, figures in table.columns),
        ]

    async def read(self) -> None:
        """Show them; everything is read already."""
        rows = [
            (str(place), (cell(whose.name, 40), Text(figure.shown, justify="right"), _n(figure)))
            for place, (whose, figure) in enumerate(self.columns)
        ]
        grid = self.query_one(Grid)
        head = (Text("whose"), Text("value", justify="right"), Text("n", justify="right"))
        grid.give(head, rows)
        grid.border_title = shown(f"{self.measure.name} · {self.table.period.name}")
        grid.border_subtitle = shown(self.measure.formula)

    def opening(self) -> tuple[str, Figure, str, Whose] | None:
        """What the cursor stands on."""
        if not 0 <= self.row < len(self.columns):
            return None
        whose, figure = self.columns[self.row]
        return self.measure.name, figure, self.measure.opens, whose


def _line(measure: Measure, *, wide: bool) -> tuple[Text, ...]:
    name = cell(("    " if measure.part else "  ") + measure.name, 60)
    row = (name, Text(measure.figure.shown, justify="right"), _n(measure.figure))
    return (*row, cell(measure.formula, 80)) if wide else row


def _n(figure: Figure) -> Text:
    return Text("" if figure.n is None else f"{figure.n:,}", justify="right", style="dim")
