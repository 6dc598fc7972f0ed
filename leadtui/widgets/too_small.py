"""What stands on the screen while the window is smaller than the program can use."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

WIDTH, HEIGHT = 60, 15
"""The smallest window every screen works in, in cells."""


class TooSmall(Widget):
    """Says how large the window must be, and that nothing is lost."""

    DEFAULT_CSS = """
    TooSmall {
        width: 100%; height: 100%; content-align: center middle;
        text-align: center; color: $muted;
    }
    """

    def render(self) -> Content:
        """The message."""
        width, height = self.app.size
        return Content.assemble(
            ("This window is too small.", "bold"),
            f"\n{width}×{height}; leadtui needs {WIDTH}×{HEIGHT}.\nNothing is lost.",
        )
