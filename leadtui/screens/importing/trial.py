"""What would become of every row, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget

from leadtui.desk.intake.files.options import ImportReport
from leadtui.desk.intake.foreseeing import FirstTouches
from leadtui.errors import LeadtuiError, Refused
from leadtui.screens.importing.looking import counts, marked, plainly
from leadtui.screens.importing.step import Draft, ImportStep
from leadtui.screens.parts.base import ask
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

SHOWN = 40
"""So many reasons and remarks are shown."""


class TrialScreen(ImportStep):
    """Counts by outcome, what is left out and why, near duplicates, and what the reps get."""

    STEP = 3
    TITLED = "What would become of it"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "import", id="import.next", tooltip="The next step"),
        Binding(
            "v",
            "doubts",
            "near duplicates",
            id="import.doubts",
            tooltip="Near duplicates, side by side",
        ),
        Binding(
            "tab",
            "app.focus_next",
            "other pane",
            show=False,
            id="import.pane",
            tooltip="The other pane",
        ),
    ]
    OPENS = frozenset({"forward", "doubts"})

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk, draft)
        self.report: ImportReport | None = None
        self._at = ("reading", 0, 0)
        self._left = False

    def body(self) -> Iterable[Widget]:
        """Two panes."""
        outcome, remarks = Pane("What would happen", id="outcome"), Pane("Remarks", id="remarks")
        return (Container(outcome, remarks, id="panes"),)

    def on_mount(self) -> None:
        """Try it."""
        self.query_one("#outcome").focus()
        self.set_interval(0.2, self.tick)
        self.try_it()

    def tick(self) -> None:
        """How far the trial is."""
        what, done, of = self._at
        if self.report is None and of:
            self.tell(shown(self.draft.file.name, "bold"), f"{what} {done:,} of {of:,}")

    def _progress(self, what: str, done: int, of: int) -> None:
        """Told by the thread that tries it; whoever went back needs it no more."""
        self._at = (what, done, of)
        if self._left:
            raise Refused("stopped", "the trial was left")

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._left = True

    @work(exclusive=True, group="trial")
    async def try_it(self) -> None:
        """A dry run of everything that was said."""
        draft = self.draft
        self.report, self._at = None, ("reading", 0, 0)
        self.tell(shown(draft.file.name, "bold"), "trying it …")
        options = replace(
            draft.file.options, dry_run=True, foresee=True, decided=tuple(draft.decided.items())
        )
        try:
            intake = self.desk.intake
            report = await ask(
                intake.import_file, draft.file.data, options, progress=self._progress
            )
            touches = await ask(intake.foresee, report)
        except LeadtuiError as error:
            if draft.decided:  # they may be what is refused: without them it is tried again
                draft.decided.clear()
                self.warn(str(error))
                self.try_it()
                return
            self.tell(shown(draft.file.name, "bold"), "nothing was tried")
            self.query_one("#outcome", Pane).put(marked(str(error)))
            return
        self.report = report
        self._show(report, touches)

    def _show(self, report: ImportReport, touches: FirstTouches) -> None:
        said = self.draft.file.options
        words = " · ".join(filter(None, (said.offer, said.event, said.source)))
        self.tell(
            shown(self.draft.file.name, "bold"),
            f"{report.rows:,} rows",
            words,
            "nothing is written yet",
        )
        low, wide = self.has_class("-low"), self.has_class("-wide")
        parts = [counts(report, short=low or not wide), shown(touches.told(), "", 400)]
        if report.doubts:
            parts.append(marked(f"{len(report.doubts):,} to decide: v shows them side by side"))
        self.query_one("#outcome", Pane).put(Content("\n" if low else "\n\n").join(parts))
        remarks = [
            *_left_out(report),
            *(shown(plainly(one), "$muted", 400) for one in _remarks(report)),
        ]
        nothing = Content.styled("Nothing is odd.", "$muted")
        self.query_one("#remarks", Pane).put(Content("\n").join(remarks or [nothing]))

    @work(group="flow")
    async def action_doubts(self) -> None:
        """Decide near duplicates, then try it again with that."""
        from leadtui.screens.importing.doubts import DoubtsScreen

        if self.report is None or not (self.report.doubts or self.draft.decided):
            self.say("There are no near duplicates.")
            return
        screen = DoubtsScreen(self.desk, self.draft.file.name, self.report.doubts)
        decided = await self.app.push_screen_wait(screen)
        if decided:
            self.draft.decided |= decided
            self.try_it()

    def action_forward(self) -> None:
        from leadtui.screens.importing.bringing import BringingScreen

        if self.report is None:
            self.say("It is still being tried.")
        elif self.report.rows == self.report.rejected:
            self.warn("No row of it can be a lead; see the remarks, esc goes back.")
        else:
            self.app.push_screen(BringingScreen(self.desk, self.draft))


def _left_out(report: ImportReport) -> list[Content]:
    """Each reason once, the commonest first, with the first lines that it was found on."""
    reasons: Counter[str] = Counter()
    lines: dict[str, list[str]] = {}
    for one in report.reasons:
        said = f"{one.field}: {one.reason}" if one.field else one.reason
        reasons[said] += 1
        lines.setdefault(said, []).append(str(one.line))
    return [
        marked(
            f"{count:,} left out: {said} (line {', '.join(lines[said][:3])}{' …' * (count > 3)})"
        )
        for said, count in reasons.most_common(SHOWN)
    ]


def _remarks(report: ImportReport) -> list[str]:
    more = len(report.warnings) - SHOWN
    return [*report.warnings[:SHOWN], *([f"… and {more} more"] if more > 0 else [])]
