"""A quiet table for up to a few hundred rows: cells are Rich text made safe, the cursor stays on
the row it stood on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable


class Grid(DataTable[Text]):
    """Give it columns and keyed rows as often as anything changed; only a change is drawn."""

    DEFAULT_CSS = """
    Grid { background: $background; height: 1fr; scrollbar-size: 1 1; }
    Grid:focus { background-tint: $background 0%; }
    Grid > .datatable--header { background: $background; color: $muted; text-style: none; }
    Grid > .datatable--cursor { background: $resting; color: $foreground; text-style: none; }
    Grid:focus > .datatable--cursor { background: $cursor; color: $foreground; text-style: none; }
    Grid > .datatable--hover { background: $background; }
    Grid > .datatable--header-hover { background: $background; }
    Grid > .datatable--header-cursor { background: $background; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select_cursor",
            "open",
            id="grid.open",
            tooltip="Open what is under the cursor",
        ),
        Binding("j", "cursor_down", "Down", show=False, id="grid.down", tooltip="Next"),
        Binding("k", "cursor_up", "Up", show=False, id="grid.up", tooltip="Previous"),
        Binding("g", "scroll_top", "Top", show=False, id="grid.top", tooltip="First"),
        Binding("G", "scroll_bottom", "Bottom", show=False, id="grid.bottom", tooltip="Last"),
    ]

    def __init__(
        self, *, cursor_type: Any = "row", show_header: bool = True, **options: Any
    ) -> None:
        super().__init__(
            cursor_type=cursor_type,
            show_header=show_header,
            zebra_stripes=False,
            cell_padding=1,
            cursor_foreground_priority="renderable",
            **options,
        )
        self.empty = True
        self._drawn: Any = None

    def give(
        self,
        columns: Sequence[object],
        rows: Sequence[tuple[str, Sequence[Any]]],
        *,
        empty: str = "",
    ) -> None:
        """Show ``(key, cells)`` rows under ``columns``; ``empty`` is said where there is none."""
        picture = (
            tuple(map(str, columns)),
            [(key, [_marked(cell) for cell in cells]) for key, cells in rows],
            empty,
        )
        if picture == self._drawn:
            return
        known = self._key()
        self._drawn, self.empty, self.show_cursor = picture, not rows, True
        self.clear(columns=True)
        # Widths are told, not measured by the table a frame later: nothing jumps.
        for index, title in enumerate(columns if rows else ("",)):
            label = title if isinstance(title, Text) else Text(str(title))
            widest = max((cells[index].cell_len for _, cells in rows), default=cell_len(empty))
            self.add_column(label, width=max(label.cell_len, widest))
        for key, cells in rows:
            self.add_row(*cells, key=key)
        if not rows:
            self.add_row(Text(empty, style="dim"))
            self.show_cursor = False
        elif known is not None:
            key, row, column = known
            # What stood under the cursor may be gone: then it stays at its place.
            row = self.get_row_index(key) if key in self.rows else min(row, len(rows) - 1)
            self.move_cursor(row=row, column=column, animate=False)

    def _key(self) -> tuple[Any, int, int] | None:
        if self.empty or not self.rows or self.cursor_row >= len(self.rows):
            return None
        return self.ordered_rows[self.cursor_row].key, self.cursor_row, self.cursor_column


def _marked(cell: Any) -> Any:
    return (
        (cell.plain, str(cell.style), tuple(map(str, cell.spans)))
        if isinstance(cell, Text)
        else cell
    )
