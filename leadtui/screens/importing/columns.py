"""Which column becomes which field: seen over the first rows, and changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from leadtui.desk.intake.files.preparing import FileColumn, Prepared
from leadtui.screens.importing.looking import look
from leadtui.screens.importing.step import Draft, ImportStep
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.searching import SearchDialog
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import fit, shown
from leadtui.widgets.tables import Grid
from leadtui.widgets.times import zone

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
NAME, BECOMES = 20, 26
"""Cells of the first two columns."""
PICK = "pick"
SHOWN, LOW = 10, 5
"""Fields that are listed at once."""
BACK_TO_HEADER = ("", "what its header says")


class FieldDialog(SearchDialog[str | None]):
    """Comes back with the field that a column is to become."""

    PLACE = "Field of a column"
    TITLE_WORDS = "Which field is it?"
    KEYS = "↓ ↑ move   ⏎ take it   esc back"
    HINT = "a part of the field's name, or of a header that means it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, id="field_list.down", tooltip="Next"),
        Binding("up", "move(-1)", "Up", show=False, id="field_list.up", tooltip="Previous"),
        Binding("escape", "close", "close", id="field_list.close", tooltip="Leave it as it is"),
    ]

    def __init__(self, desk: Desk, column: FileColumn) -> None:
        super().__init__(desk)
        self.column = column
        self.all = (*([BACK_TO_HEADER] if column.chosen else []), *desk.intake.fields())
        self.found = self.all
        names = [name for name, _ in self.found]
        self.place = names.index(column.field) if column.field in names[1:] else 0

    def results_below(self) -> Iterable[Widget]:
        """The fields."""
        return (Static(id="choices", markup=False),)

    def on_mount(self) -> None:
        """All of them, from the start."""
        self.query_one(".box").border_title = shown(f"What is {self.column.label!r}?", limit=60)
        self._show()

    async def search(self, words: str) -> str:
        """Those that have all the words."""
        parts = words.casefold().split()
        self.found = tuple(
            one for one in self.all if all(part in " ".join(one).casefold() for part in parts)
        )
        self.place = 0 if words else self.place
        self._show()
        return "" if self.found else "No field is called so."

    def _show(self) -> None:
        room = LOW if self.has_class("-low") else SHOWN
        first = max(0, min(self.place - room // 2, len(self.found) - room))
        rows = []
        for index, (name, means) in enumerate(self.found[first : first + room], first):
            here = index == self.place
            words = Content.assemble(
                ("▸ " if here else "  ", "bold $accent"),
                (fit(name, 16), "bold" if here else ""),
                shown(means, "$muted", 60),
            )
            rows.append(words.stylize(Style.from_meta({PICK: index})))
        self.query_one("#choices", Static).update(Content("\n").join(rows))

    def on_click(self, event: events.Click) -> None:
        """A click on a field takes it."""
        index = event.style.meta.get(PICK)
        if index is None:
            super().on_click(event)
        else:
            self.place = int(index)
            self.take()

    def on_resize(self) -> None:
        """More or fewer rows."""
        self.call_after_refresh(self._show)

    def action_move(self, step: int) -> None:
        if self.found:
            self.place = (self.place + step) % len(self.found)
            self._show()

    def take(self) -> None:
        """The field under the cursor."""
        if self.found:
            self.dismiss(self.found[self.place][0])


class ColumnsGrid(Grid):
    """Enter goes on; a column is changed with its own key, or a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.forward", "next", id="import.next", tooltip="The next step")
    ]


class ColumnsScreen(ImportStep):
    """Every column with its first cells and the field that it becomes."""

    STEP = 1
    TITLED = "What is what"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "field", "change", id="import.field", tooltip="Make it another field"),
        Binding("x", "none", "no field", id="import.none", tooltip="Make it no field"),
        Binding(
            "H",
            "header",
            "header",
            show=False,
            id="import.header",
            tooltip="The first row is a header, or is none",
        ),
    ]
    OPENS = frozenset({"forward", "field"})

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk, draft)

    def body(self) -> Iterable[Widget]:
        """The columns, a line each."""
        grid = ColumnsGrid(cursor_type="row", classes="pane")
        grid.border_title = Content("Columns")
        return (grid, Static(id="notes", markup=False))

    def on_mount(self) -> None:
        """Show them; what looks wrong is under the cursor."""
        self.show()
        self.query_one(Grid).focus()
        like = [index for index, one in enumerate(self.draft.file.columns) if one.like]
        if like:
            self.query_one(Grid).move_cursor(row=like[0], animate=False)

    def show(self) -> None:
        """The file as it is read now."""
        found = self.draft.file
        self.tell(shown(found.name, "bold"), *_facts(found, short=self.app.size.width < 80))
        wide = self.app.size.width
        name, becomes = (NAME, BECOMES) if wide >= 80 else (14, 18)
        count = 1 if wide < 100 else 2 if wide < 110 else 3
        room = (wide - 8 - name - becomes - 2 * count) // count
        lines = [
            (str(index), _line(column, (name, becomes, *[room] * count)))
            for index, column in enumerate(found.columns)
        ]
        heads = ("column", "becomes", *(["first rows"] + [""] * (count - 1)))
        self.query_one(Grid).give(heads, lines)
        self.query_one("#notes", Static).update(self._remarks(found))

    def _remarks(self, found: Prepared) -> Content:
        lines = []
        if found.before is not None:
            at = found.before.at.astimezone(zone(self.desk.settings.zone))
            words = f"as last time: like {found.before.file} of {at.day} {at:%b %Y}"
            lines.append(Content.assemble(("✓ ", "$accent"), shown(words, "", 200)))
        if not found.table.line:
            lines.append(_warned("no row is a header that we know: H takes the first one for it"))
        lines += [_warned(remark) for remark in found.remarks]
        return Content("\n").join(lines[:3])

    def on_resize(self) -> None:
        """More or fewer cells."""
        self.call_after_refresh(self.show)

    @property
    def column(self) -> int:
        """Which column is under the cursor."""
        return self.query_one(Grid).cursor_row

    @on(Grid.RowSelected)
    def clicked(self) -> None:
        """A click on the column under the cursor changes it."""
        self.action_field()

    @work(group="flow")
    async def action_field(self) -> None:
        """Choose the field from a list."""
        column = self.column
        dialog = FieldDialog(self.desk, self.draft.file.columns[column])
        field = await self.app.push_screen_wait(dialog)
        if field is not None:
            await self.change(column, field)

    @work(group="flow")
    async def action_none(self) -> None:
        """The column under the cursor becomes no field."""
        await self.change(self.column, self.desk.intake.fields()[0][0])

    async def change(self, column: int, field: str) -> None:
        """Read the file again with this column as that field."""
        before = self.draft.file
        with self.mishaps():
            found = await ask(self.desk.intake.column_chosen, before, column, field)
            self.draft.prepared = found
            self.show()
            was = {one.label for one in before.columns if one.field == field and field}
            is_ = {one.label for one in found.columns if one.field == field}
            gone = ", ".join(sorted(was - is_))
            label = before.columns[column].label
            now = found.columns[column].field or "no field: kept beside the lead"
            self.say(f"{label} is {now}" + (f"; {gone} is that no more" if gone else ""))

    @work(group="flow")
    async def action_header(self) -> None:
        """The first row is a header all the same, or is none."""
        found = self.draft.file
        if found.table.line and not found.titled:
            self.say("The header was found.")
            return
        with self.mishaps():
            if await look(self, self.draft, titled=not found.titled):
                self.show()

    @work(group="flow")
    async def action_forward(self) -> None:
        """What the file does not say."""
        from leadtui.screens.importing.beside import BesideScreen

        with self.mishaps():
            await ask(self.desk.intake.somebody, self.draft.file)
            self.query_one(Feedback).update("")
            self.app.push_screen(BesideScreen(self.desk, self.draft))


def _facts(found: Prepared, *, short: bool) -> list[str]:
    table, facts = found.table, [f"{found.rows:,} rows"]
    between = DELIMITERS.get(table.delimiter, table.delimiter)
    if table.encoding:
        facts += [table.encoding, between if short else f"cells between {between}"]
    facts.append(f"header on line {table.line}" if table.line else "no header")
    return facts


def _line(column: FileColumn, widths: Sequence[int]) -> list[Text]:
    """Its name, its field, and its first cells."""
    room = widths[2:]
    first = [" ".join(one.split()) for one in column.cells if one.strip()][: len(room)]
    first += [""] * (len(room) - len(first))
    cells = [Text(fit(one, width), style="dim") for one, width in zip(first, room, strict=True)]
    return [Text(fit(column.label, widths[0])), _becomes(column, widths[1]), *cells]


def _becomes(column: FileColumn, width: int) -> Text:
    if column.field:
        return Text(fit(f"{column.field}{' ✓' if column.chosen else ''}", width), style="bold")
    return Text(fit(f"▲ {column.like}?" if column.like else "– kept beside", width))


def _warned(words: str) -> Content:
    return Content.assemble(("▲ ", "$text-warning"), shown(words, "", 300))
