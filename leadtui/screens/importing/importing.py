"""The steps of an import as an application of their own, for the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from leadtui.desk.intake.files.options import ImportOptions
from leadtui.screens.importing.file import FileScreen
from leadtui.screens.importing.step import Imported
from leadtui.screens.parts.program import Program

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class ImportApp(Program[Imported]):
    """Ends with what the import came to."""

    TITLE = "leadtui import"
    CSS_PATH = ["../../app.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny-w"), (60, "-narrow"), (105, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny-h"), (15, "-low"), (22, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "keys", id="app.keys", tooltip="All keys of this screen"),
        Binding(
            "ctrl+q,ctrl+c",
            "quit",
            "leave",
            show=False,
            system=True,
            id="app.leave",
            tooltip="Leave",
        ),
        Binding(
            "ctrl+t", "switch_theme", "theme", show=False, id="app.theme", tooltip="Light or dark"
        ),
    ]
    BROKEN = "What was imported is one import; 'leadtui batch list' has it"

    def __init__(self, desk: Desk, path: Path, options: ImportOptions, **chosen: Any) -> None:
        super().__init__(desk, **chosen)
        self._first = (str(path), options)

    def get_default_screen(self) -> Screen[None]:
        """The file."""
        return FileScreen(self.desk, self.exit, *self._first)

    def on_mount(self) -> None:
        """End in order on a signal."""
        self.obey_signals(lambda number: self.exit(None, 128 + number))
