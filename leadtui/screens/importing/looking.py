"""A file looked at, as a step of its import does: asks which encoding it has where that cannot be
told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.intake.files.options import ImportReport
from leadtui.desk.intake.files.preparing import NoEncoding, Prepared
from leadtui.screens.importing.step import Draft
from leadtui.screens.parts.base import DeskDialog, DeskScreen, ask
from leadtui.widgets import choices
from leadtui.widgets.keys import hints
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
KINDS = (
    ("new", "new leads"),
    ("updated", "there already; told something new"),
    ("merged", "the same as another row"),
    ("unchanged", "there already, nothing new"),
    ("review", "look like somebody: to decide"),
    ("rejected", "cannot be leads"),
)
OPTIONS = {
    "with --dates dmy (day first) or --dates mdy": "in Dates: dmy (day first) or mdy",
    "say --event-zone": "say so in Zone",
    "say --country": "say so in Country",
    "--event-zone": "Zone",
    "--country": "Country",
    "--dates": "Dates",
    "--offer": "Offer",
    "--cost": "Cost",
}
"""The command's names of what the form asks for."""


class EncodingDialog(DeskDialog[str | None]):
    """The same lines as each encoding reads them; one key takes the one that is right."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Encoding"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="encoding.close", tooltip="Not this file")
    ]

    def __init__(self, desk: Desk, pages: list[tuple[str, str]]) -> None:
        super().__init__(desk)
        self.pages = {str(place): page for place, page in enumerate(pages, 1)}

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Which of these is right?"
            yield Static("The file does not say in which encoding it was written.", classes="muted")
            lines = [(key, f"{codec:<10} {line}") for key, (codec, line) in self.pages.items()]
            yield Static(choices.one_a_line(lines), id="choices", markup=False)
            yield Static(hints("esc  another file"), id="hint", markup=False)
        yield TooSmall()

    def on_key(self, event: events.Key) -> None:
        """A key of the list answers."""
        if event.character in self.pages:
            event.stop()
            self.dismiss(self.pages[event.character][0])


async def look(screen: DeskScreen[None], draft: Draft, *, titled: bool = False) -> Prepared | None:
    """The file as it would be read, kept in the draft; asks for its encoding where that cannot be
    told, and is ``None`` where nobody says. ``titled`` takes the first row for the header."""
    known = draft.prepared
    source = known.data if known else draft.path
    encoding = known.options.encoding if known else draft.options.encoding
    options = replace(draft.options, name=draft.path.name, encoding=encoding)
    while True:
        try:
            found = await ask(screen.desk.intake.prepare, source, options, titled=titled)
        except NoEncoding as error:
            codec = await screen.app.push_screen_wait(EncodingDialog(screen.desk, error.pages))
            if codec is None:
                return None
            options = replace(options, encoding=codec)
        else:
            draft.prepared = found
            return found


def counts(report: ImportReport, *, short: bool = False) -> Content:
    """A line for each outcome; in ``short`` only for those that there are."""
    lines = []
    for kind, words in KINDS:
        count = getattr(report, kind)
        if count or not short:
            strong = "bold" if count else "$muted"
            lines.append(Content.assemble((f"{count:>6,}", strong), "  ", (words, "$muted")))
    return Content("\n").join(lines)


def marked(words: str) -> Content:
    """Something that has to be looked at, with its glyph."""
    return Content.assemble(("▲ ", "$text-warning"), shown(plainly(words), "", 400))


def plainly(words: str) -> str:
    """What the desk says, with the form's names in place of the command's options."""
    for option, name in OPTIONS.items():
        words = words.replace(option, name)
    return words
