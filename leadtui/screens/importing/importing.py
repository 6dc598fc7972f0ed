"""The steps of an import as an application of their own, for the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from leadtui.desk.intake.files.options import ImportOptions
from leadtui.screens.importing.file import FileScreen
from leadtui.screens.importing.step import Imported
from leadtui.screens.parts.program import Beside

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class ImportApp(Beside[Imported]):
    """Ends with what the import came to."""

    TITLE = "leadtui import"
    CSS_PATH = ["../../app.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "keys", id="app.keys", tooltip="All keys of this screen")
    ]
    BROKEN = "What was imported is one import; 'leadtui batch list' has it"

    def __init__(self, desk: Desk, path: Path, options: ImportOptions, **chosen: Any) -> None:
        super().__init__(desk, **chosen)
        self._first = (str(path), options)

    def get_default_screen(self) -> Screen[None]:
        """The file."""
        return FileScreen(self.desk, self.exit, *self._first)
