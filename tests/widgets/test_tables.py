"""The quiet table: where the cursor stands after it was given other rows."""

from rich.text import Text
from textual.app import App

from leadtui.screens.parts.themes import themes
from leadtui.widgets.tables import Grid


class Themed(App[None]):
    """With the colours of ours."""

    def get_theme_variable_defaults(self):
        return dict(themes()[0].variables)


async def test_the_cursor_stays_with_its_row_or_at_its_place():
    """It goes with its row; where that is gone it stays at its place, or at the end."""
    app = Themed()
    async with app.run_test():
        grid = Grid()
        await app.mount(grid)

        def give(keys):
            grid.give(("what",), [(key, (Text(key),)) for key in keys])
            return grid.cursor_row

        give("abcd")
        grid.move_cursor(row=2, animate=False)
        assert give("cabd") == 0, "with its row"
        grid.move_cursor(row=2, animate=False)
        assert give("cad") == 2, "at its place"
        assert give("ca") == 1, "at the end"
