"""A list of any length: it knows all ids, keeps some rows, and asks its screen for the rows that
come into view."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from leadtui.widgets.row_store import RowStore

Row = TypeVar("Row")

KEPT_STRIPS = 600
NEAR = 300
"""Rows around the window in which an id counts as known when the list is refreshed."""
QUIET = 0.7
"""Seconds without a key before a refreshed order may move rows."""


class VirtualList(ScrollView, Generic[Row], can_focus=True):
    """Rows by id over an ordered id sequence; subclasses say what a row is and how one line of it
    looks.

    It never fetches: ``Wanted`` names the ids whose rows are missing, ``give`` hands them in."""

    DEFAULT_CSS = """
    VirtualList {
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
        overflow-x: hidden; overflow-y: auto;
    }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down", "move(1)", "Down", show=False, id="list.down", tooltip="Move down one line"
        ),
        Binding("k,up", "move(-1)", "Up", show=False, id="list.up", tooltip="Move up one line"),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            id="list.page_down",
            tooltip="Move down one page",
        ),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            id="list.page_up",
            tooltip="Move up one page",
        ),
        Binding(
            "g,home",
            "go(0)",
            "First",
            show=False,
            id="list.first",
            tooltip="Move to the first line",
        ),
        Binding(
            "G,end", "go(-1)", "Last", show=False, id="list.last", tooltip="Move to the last line"
        ),
    ]

    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    """Index of the selected row."""

    class Said(Message):
        """Something a list says; ``control`` is the list."""

        def __init__(self, sender: VirtualList[Any]) -> None:
            super().__init__()
            self.sender = sender

        @property
        def control(self) -> VirtualList[Any]:
            """The list that speaks."""
            return self.sender

    class Wanted(Said):
        """Rows with these ids are needed; answer with ``give``."""

        def __init__(self, sender: VirtualList[Any], ids: tuple[int, ...]) -> None:
            super().__init__(sender)
            self.ids = ids

    class Highlighted(Said):
        """Another row is selected."""

    class Chosen(Said):
        """A row was double-clicked."""

        def __init__(self, sender: VirtualList[Any], row_id: int) -> None:
            super().__init__(sender)
            self.row_id = row_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ids: Sequence[int] = ()
        """All ids in order; changed by ``set_ids`` only."""
        self._rows: RowStore[Row] = RowStore(self.row_id, self.looks)
        self._strips: dict[Hashable, Strip] = {}
        self._unmarking: Timer | None = None
        self._pending: Sequence[int] | None = None
        self._last_key = 0.0

    def row_id(self, row: Row) -> int:
        """The id of a row."""
        raise NotImplementedError

    def render_row(self, row: Row, width: int, *, selected: bool, marked: bool) -> Strip:
        """One line, ``width`` cells wide."""
        raise NotImplementedError

    def looks(self, row: Row) -> Hashable:
        """What must differ for a row to count as changed."""
        raise NotImplementedError

    @property
    def selected(self) -> int | None:
        """The id under the cursor."""
        return self.ids[self.cursor] if self.ids else None

    @property
    def selected_row(self) -> Row | None:
        """The row under the cursor, where it is known."""
        return None if self.selected is None else self._rows.get(self.selected)

    def set_ids(self, ids: Sequence[int], *, at_once: bool = False) -> None:
        """Show another order. The selection stays with its id; while keys come in, the order
        waits."""
        wait = QUIET - (monotonic() - self._last_key)
        if wait > 0 and self.ids and not at_once:
            if self._pending is None:
                self.set_timer(wait, self._settle)
            self._pending = ids
            return
        self._pending = None
        self._apply(ids)

    def give(self, rows: Sequence[Row], asked: Sequence[int] = ()) -> None:
        """Hand in rows; ids of ``asked`` that did not come do not exist any more."""
        news = any(self._rows.get(self.row_id(row)) != row for row in rows)
        if self._rows.take(rows, asked, self._near()):
            self._marks()
        if news:
            self.repaint()
        self._want()

    def failed(self) -> None:
        """The rows could not be had now; the next movement asks again."""
        self._rows.asked = ()

    def visible_ids(self) -> tuple[int, ...]:
        """The ids in the window."""
        top = self.scroll_offset.y
        return tuple(self.ids[top : top + self._window()])

    def select(self, row_id: int) -> bool:
        """Move the cursor to that id, if it is here."""
        index = self._find(row_id, self.ids)
        if index is not None:
            self.move_to(index)
        return index is not None

    def move_to(self, index: int) -> None:
        """Move the cursor to that index, scrolling as little as needed."""
        if not self.ids:
            return
        index = max(0, min(index, len(self.ids) - 1))
        before, self.cursor = self.cursor, index
        if index != before:
            self._scroll_to_cursor()
            self.refresh_line(before)
            self.refresh_line(index)
            self.post_message(self.Highlighted(self))

    def repaint(self) -> None:
        """Draw all visible lines anew (colours, sizes or times changed)."""
        self._strips.clear()
        self.refresh()

    def action_move(self, lines: int) -> None:
        self._last_key = monotonic()
        self.move_to(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        self._last_key = monotonic()
        self.move_to(self.cursor + pages * max(1, self._window() - 1))

    def action_go(self, index: int) -> None:
        self._last_key = monotonic()
        self.move_to(index if index >= 0 else len(self.ids) + index)

    def on_click(self, event: events.Click) -> None:
        """Select what is clicked; a second click chooses it."""
        index = self.scroll_offset.y + event.y
        if 0 <= index < len(self.ids):
            self.move_to(index)
            if event.chain == 2:
                self.post_message(self.Chosen(self, self.ids[index]))

    def on_resize(self) -> None:
        """Another size: lines are drawn anew and more of them may be needed."""
        self._strips.clear()
        self._fit_size()
        self._scroll_to_cursor()
        self._want()

    def notify_style_update(self) -> None:
        """Another theme: cached lines carry the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh_line(self.cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows come into view."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def render_line(self, y: int) -> Strip:
        """The line at ``y`` of the window."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self.ids):
            return Strip.blank(width, self.rich_style)
        row_id = self.ids[index]
        selected, marked = index == self.cursor, self._rows.is_marked(row_id)
        key = (row_id, selected, selected and self.has_focus, marked, width)
        strip = self._strips.get(key)
        if strip is None:
            row = self._rows.get(row_id)
            if row is None:
                return self.render_missing(width, selected=selected)
            if len(self._strips) > KEPT_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self.render_row(
                row, width, selected=selected, marked=marked
            )
        return strip

    def render_missing(self, width: int, *, selected: bool) -> Strip:
        """A line whose row has not come yet."""
        raise NotImplementedError

    def _window(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def _fit_size(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.ids))

    def _settle(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self.set_ids(pending)

    def _apply(self, ids: Sequence[int]) -> None:
        old, old_cursor, chosen = self.ids, self.cursor, self.selected
        top = self.scroll_offset.y
        known = set(self._near())
        self.ids = ids
        self._fit_size()
        index = None if chosen is None else self._find(chosen, ids)
        if index is None:
            index = min(old_cursor, max(0, len(ids) - 1))
        self.set_reactive(VirtualList.cursor, index)
        limit = max(0, len(ids) - self._window())
        self.scroll_to(y=max(0, min(limit, top + index - old_cursor)), animate=False)
        if old:
            for row_id in self.visible_ids():
                if row_id not in known:
                    self._rows.mark(row_id)
            self._marks()
        self.refresh()
        self._want()
        if self.selected != chosen:
            self.post_message(self.Highlighted(self))

    def _find(self, row_id: int, ids: Sequence[int]) -> int | None:
        low = max(0, self.cursor - NEAR)
        near = ids[low : self.cursor + NEAR]
        if row_id in near:
            return low + near.index(row_id)
        return ids.index(row_id) if row_id in ids else None

    def _scroll_to_cursor(self) -> None:
        top, height = self.scroll_offset.y, self._window()
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def _want(self) -> None:
        if self._rows.asked or not self.ids or not self._rows.lacks(self.visible_ids()):
            return
        top, height = self.scroll_offset.y, self._window()
        self._rows.asked = self._rows.lacks(self.ids[max(0, top - height) : top + 2 * height])
        self.post_message(self.Wanted(self, self._rows.asked))

    def _near(self) -> Sequence[int]:
        top = self.scroll_offset.y
        return self.ids[max(0, top - NEAR) : top + NEAR]

    def _marks(self) -> None:
        """Let the marks of changed rows go when their moment is over."""
        left = self._rows.unmark()
        if self._unmarking is not None:
            self._unmarking.stop()
        self._unmarking = None if left is None else self.set_timer(left, self._marks)
        self.refresh()

    def refresh_line(self, y: int) -> None:
        """Draw one line anew, if it is in view."""
        line = y - self.scroll_offset.y
        if 0 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))
