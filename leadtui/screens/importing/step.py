"""What the steps of an import share: the file on its way, the way on and back, and how it is
left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from leadtui.desk.intake.files.options import ImportOptions, ImportReport
from leadtui.desk.intake.files.preparing import Prepared
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import DeskScreen
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

STEPS = 4
IN_FIELD = (("⏎", "next"), ("⇥", "next field"), ("esc", "back"))
NOTHING = "Nothing was imported."


@dataclass
class Draft:
    """A file that is to be imported, and what was said of it so far."""

    path: Path
    options: ImportOptions
    """What was said when the import was asked for."""
    then: Callable[[Imported], object]
    """Told what it came to."""
    prepared: Prepared | None = None
    words: dict[str, str] = field(default_factory=dict)
    """What was typed beside the file; still there after going back."""
    decided: dict[int, int] = field(default_factory=dict)
    """Near duplicates: line -> whom it is."""

    @property
    def file(self) -> Prepared:
        """The file as it was looked at."""
        if self.prepared is None:
            raise LeadtuiError("no file was looked at yet")
        return self.prepared


@dataclass(frozen=True)
class Imported:
    """What an import came to, in words, for whoever asked for it; ``report`` is ``None`` where it
    was left or stopped."""

    said: tuple[str, ...] = (NOTHING,)
    report: ImportReport | None = None


class ImportStep(DeskScreen[None]):
    """One step: a line on top, its body, what was said last, its keys."""

    CSS_PATH = "importing.tcss"
    PLACE = "Import"
    STEP = 0
    TITLED = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "next", id="import.next", tooltip="The next step"),
        Binding("escape", "back", "back", id="import.back", tooltip="The step before"),
    ]
    OPENS = frozenset({"forward"})

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk)
        self.draft = draft

    def compose(self) -> ComposeResult:
        place = f"{self.STEP} of {STEPS}   " if self.STEP else ""
        yield TopLine(f"Import   {place}{self.TITLED}")
        yield Static(id="about", markup=False)
        yield from self.body()
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def body(self) -> Iterable[Widget]:
        """What stands between the lines."""
        raise NotImplementedError

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        """In a field the keys mean the step's, not the field's."""
        return IN_FIELD if self.takes_text else super().footer_keys()

    def tell(self, *parts: Content | str) -> None:
        """The line or two above the body: what is being looked at."""
        words = [part if isinstance(part, Content) else shown(part, "$muted") for part in parts]
        self.query_one("#about", Static).update(Content("  ·  ").join(words))

    def action_back(self) -> None:
        self.app.pop_screen()

    def leave(self, imported: Imported) -> None:
        """Take every step off the screen, and tell whoever asked for the import what it came to."""
        while isinstance(self.app.screen, ImportStep) and len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.draft.then(imported)
