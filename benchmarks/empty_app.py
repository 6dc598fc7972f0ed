"""The least that Textual can be asked for: a line that says which key was pressed."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """One line in a frame."""

    CSS = "Static { border: solid white; }"

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("ready")

    def on_key(self, event: events.Key) -> None:
        """Say it."""
        self.keys += 1
        self.query_one(Static).update(f"{event.key} {self.keys}")


if __name__ == "__main__":
    EmptyApp().run()
