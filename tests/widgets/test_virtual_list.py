"""The virtual list: a million rows, small repaints, and a selection that stays where it was put."""

from datetime import UTC, datetime, timedelta

from textual import on
from textual.app import App, ComposeResult

from leadtui.desk.core.views import QueueRow
from leadtui.screens.parts.themes import themes
from leadtui.widgets import virtual_list
from leadtui.widgets.queue_list import QueueList

NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)


def a_row(touch_id: int, **changes: object) -> QueueRow:
    """A row of the queue."""
    values = {
        "touch_id": touch_id,
        "lead_id": touch_id,
        "name": f"Person {touch_id}",
        "title": "CIO",
        "company": "Brightwater",
        "action": "call",
        "step": "",
        "why": "today",
        "tier": 3,
        "due": NOW + timedelta(minutes=touch_id % 300),
        "promised": False,
        "first": False,
        "sla_left": None,
        "sla_used": None,
    }
    return QueueRow(**{**values, **changes})


class Shell(App[None]):
    """An application with nothing but a list; rows come as soon as they are asked for."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.asked, self.painted = count, [], []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(themes()[0].variables)

    def compose(self) -> ComposeResult:
        shell = self

        class Watched(QueueList):
            def render_row(self, row, width, **how):
                shell.painted.append(row.touch_id)
                return super().render_row(row, width, **how)

        Watched.__name__ = "QueueList"
        yield Watched(id="list")

    def on_mount(self) -> None:
        self.list.now = NOW
        self.list.focus()
        self.list.set_ids(range(1, self.count + 1))

    @property
    def list(self) -> QueueList:
        return self.query_one("#list", QueueList)

    @on(QueueList.Wanted)
    def wanted(self, message: QueueList.Wanted) -> None:
        self.asked.append(message.ids)
        self.list.give([a_row(touch_id) for touch_id in message.ids], message.ids)


async def test_a_million_rows_ask_only_for_what_is_seen():
    """The first page, and after G the last one: nothing between."""
    app = Shell(1_000_000)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("G")
        await pilot.pause()

        assert app.list.selected == 1_000_000
        assert app.list.selected_row == a_row(1_000_000)
        assert sum(map(len, app.asked)) < 300
        await pilot.press("g")
        assert app.list.selected == 1


async def test_a_key_paints_two_lines():
    """Moving inside the window draws the line left and the line entered, nothing else."""
    app = Shell(1000)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("j")
        await pilot.pause()
        app.painted.clear()
        await pilot.press("j")
        await pilot.pause()

        assert set(app.painted) <= {2, 3}


async def test_a_line_that_is_as_it_was_is_not_drawn_again():
    """Rows that come again unchanged and an order that grew behind the window draw nothing; a
    changed row does."""
    app = Shell(1000)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        app.painted.clear()
        app.list.give([a_row(touch_id) for touch_id in range(1, 31)])
        app.list.set_ids(range(1, 2001), at_once=True)
        await pilot.pause()
        assert app.painted == []

        app.list.give([a_row(3, tier=2)])
        await pilot.pause()
        assert 3 in app.painted


async def test_every_movement():
    """j k ↓ ↑ g G PgDn PgUp Home End, and none of them leaves the list."""
    app = Shell(100)
    async with app.run_test(size=(100, 20)) as pilot:
        places = []
        for key in (
            "k",
            "j",
            "down",
            "up",
            "pagedown",
            "pageup",
            "end",
            "j",
            "pagedown",
            "home",
            "G",
            "g",
        ):
            await pilot.press(key)
            places.append(app.list.selected)

        assert places == [1, 2, 3, 2, 21, 2, 100, 100, 100, 1, 100, 1]


async def test_the_selection_stays_with_its_id(monkeypatch):
    """Rows inserted above move the list under the cursor's line, not the cursor to another row."""
    monkeypatch.setattr(virtual_list, "QUIET", 0.0)
    app = Shell(200)
    async with app.run_test(size=(100, 20)) as pilot:
        for _ in range(30):
            await pilot.press("j")
        line = app.list.cursor - app.list.scroll_offset.y
        app.list.set_ids((900, 901, *range(1, 201)))
        await pilot.pause()

        assert app.list.selected == 31
        assert app.list.cursor - app.list.scroll_offset.y == line


async def test_a_row_that_is_gone_gives_its_place_to_the_next(monkeypatch):
    """After an answer the next lead is selected."""
    monkeypatch.setattr(virtual_list, "QUIET", 0.0)
    app = Shell(10)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("j")
        app.list.set_ids((1, 3, 4))
        await pilot.pause()
        assert app.list.selected == 3
        app.list.set_ids(())
        await pilot.pause()
        assert app.list.selected is None
        await pilot.press("j", "G", "pagedown")


async def test_the_order_waits_while_keys_come_in():
    """Nothing moves under the cursor while it is being moved; the latest order is shown
    afterwards."""
    app = Shell(50)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("j")
        app.list.set_ids((77, *range(1, 51)))
        app.list.set_ids((78, 77, *range(1, 51)))
        assert app.list.ids[0] == 1
        await pilot.pause(virtual_list.QUIET + 0.2)

        assert app.list.ids[0] == 78
        assert app.list.selected == 2


async def test_what_changed_is_marked_for_a_moment():
    """A row that looks different carries a mark, and loses it."""
    app = Shell(10)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.pause()
        app.list.give([a_row(3, why="overdue", tier=2)])
        await pilot.pause()
        assert "•" in app.list.render_line(2).text
        assert "•" not in app.list.render_line(3).text

        app.list._rows._marked.clear()
        app.list._marks()
        await pilot.pause()
        assert "•" not in app.list.render_line(2).text


async def test_rows_that_could_not_be_had_are_asked_for_again():
    """A failed read does not leave the list empty for ever."""
    app = Shell(0)
    async with app.run_test(size=(100, 20)) as pilot:
        app.list.set_ids((1, 2, 3))
        app.list._rows.asked = (1, 2, 3)
        app.list.failed()
        await pilot.press("j")
        app.list.on_resize()
        await pilot.pause()
        assert app.list.selected_row is not None


async def test_columns_fit_every_width():
    """Each line is exactly as wide as the list, from 58 to 200 cells, whatever the names are."""
    app = Shell(3)
    async with app.run_test(size=(120, 20)) as pilot:
        row = a_row(1, name="漢字" * 40, title="é" * 90, company="👩‍👩‍👧" * 30, why="data fix")
        for width in (58, 61, 78, 82, 118, 200):
            strip = app.list.render_row(row, width, selected=True, marked=True)
            assert sum(segment.cell_length for segment in strip) == width
        await pilot.pause()
