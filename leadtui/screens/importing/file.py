"""Which file, and how its bytes are to be read where they do not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import LeadtuiError
from leadtui.screens.importing.looking import look
from leadtui.screens.importing.step import Draft, Imported, ImportStep
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.safe import shown

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

ABOUT = (
    "A list of leads: CSV, TSV, XLSX or ODS, as it was exported. It is looked at first; nothing is "
    "written before you have seen what would become of it."
)


class FileScreen(ImportStep):
    """Asks for the file, where none was named."""

    STEP = 0
    TITLED = "The file"

    def __init__(
        self,
        desk: Desk,
        then: Callable[[Imported], object],
        path: str = "",
        options: ImportOptions | None = None,
    ) -> None:
        super().__init__(desk, Draft(Path(path), options or ImportOptions(offer=""), then))
        self.first, self.given = path, self.draft.options
        self._busy = False

    def body(self) -> Iterable[Widget]:
        """One field."""
        field = LineField(self.first, hint="~/show/badges.csv", id="path")
        return (Vertical(FormRow("File", field, id="row"), id="form"),)

    def on_mount(self) -> None:
        """Type at once; a file that was named is looked at without being asked for again."""
        self.query_one("#about", Static).update(shown(ABOUT, "$muted", 400))
        self.query_one(LineField).focus()
        if self.first:
            self.action_forward()

    @on(Left)
    def left(self, message: Left) -> None:
        """Enter looks at it, Esc leaves."""
        if message.done:
            self.action_forward()
        else:
            self.action_back()

    def action_back(self) -> None:
        self.leave(Imported())

    def action_forward(self) -> None:
        words = self.query_one(LineField).value.strip()
        if words and not self._busy:
            self._busy = True
            self.look(words)

    @work(group="flow")
    async def look(self, words: str) -> None:
        """Read it, and show what it is."""
        from leadtui.screens.importing.columns import ColumnsScreen

        self.query_one("#about", Static).update(shown("Looking at the file …", "$muted"))
        draft, path = self.draft, _path(words)
        fresh = draft.prepared is None or draft.path != path
        if fresh:
            draft = Draft(path, self.given, draft.then)
        try:
            if not fresh or await look(self, draft):
                self.draft = draft
                self.app.push_screen(ColumnsScreen(self.desk, draft))
        except LeadtuiError as error:
            self.warn(str(error))
        finally:
            self._busy = False
            self.query_one("#about", Static).update(shown(ABOUT, "$muted", 400))


def _path(words: str) -> Path:
    """A path as people type or paste it."""
    path = Path(words.strip("'\"")).expanduser()
    # A terminal that a file is dropped on writes a backslash before its spaces.
    plain = Path(str(path).replace("\\ ", " "))
    return plain if "\\ " in words and plain.exists() else path
