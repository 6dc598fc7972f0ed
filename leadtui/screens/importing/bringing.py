"""The file on its way in: how far, how fast, how long still; stopped with a key, and what it came
to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from leadtui.desk.intake.files.options import HalfIn, ImportReport
from leadtui.errors import LeadtuiError, Refused
from leadtui.screens.importing.looking import counts, marked
from leadtui.screens.importing.step import Draft, Imported, ImportStep
from leadtui.screens.parts.base import ask
from leadtui.widgets.lines import Feedback
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.times import stopwatch

if TYPE_CHECKING:
    from pathlib import Path

    from leadtui.desk.desk import Desk

TICK = 0.2
WHOLE = 40
"""Cells of the bar."""
STOPPING = "Stopping …"


class BringingScreen(ImportStep):
    """Brings it in as soon as it stands there."""

    STEP = 4
    TITLED = "Import"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "done", id="import.next", tooltip="The next step"),
        Binding("escape", "back", "stop", id="import.back", tooltip="The step before"),
        Binding(
            "u",
            "undo",
            "take back",
            id="import.undo",
            tooltip="Take back what was brought in, updates included",
        ),
        Binding(
            "r", "go_on", "go on", id="import.go_on", tooltip="Go on with what was stopped half way"
        ),
    ]

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk, draft)
        self.number = 0
        """The import that can be taken back."""
        self.came = Imported()
        self._at_work = self._halted = self._half = False
        self._what, self._done, self._of = "reading", 0, 0
        self._since = 0.0
        self._first = 0
        """When the present part of the work began, and with how many."""

    def body(self) -> Iterable[Widget]:
        """One pane."""
        return (Pane("On its way", id="outcome"),)

    def on_mount(self) -> None:
        """Begin."""
        self.tell(shown(self.draft.file.name, "bold"), f"{self.draft.file.rows:,} rows")
        self.query_one(Pane).focus()
        self.set_interval(TICK, self.tick)
        self.bring()

    def on_unmount(self) -> None:
        """Whoever leaves the program meanwhile stops it."""
        self._halted = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What makes no sense now has no key."""
        if action == "forward":
            return not self._at_work
        if action == "undo":
            return bool(self.number) and not self._at_work
        if action == "go_on":
            return self._half and not self._at_work
        if action == "back":
            return self._at_work
        return super().check_action(action, parameters)

    # On its way

    def _progress(self, what: str, done: int, of: int) -> None:
        """Told by the thread that works; how it is stopped."""
        if what != self._what:
            self._what, self._since, self._first = what, monotonic(), done
        self._done, self._of = done, of
        if self._halted:
            raise Refused("stopped", "stopped, as you wanted")

    def tick(self) -> None:
        """How far it is."""
        if not self._at_work:
            return
        done, of, took = self._done, self._of, monotonic() - self._since
        whole = max(10, min(WHOLE, self.query_one(Pane).content_size.width - 34))
        full = whole * done // of if of else 0
        lines = [
            Content.assemble(
                (f"{self._what:<12}", "$muted"),
                ("█" * full, "$accent"),
                ("░" * (whole - full), "$line"),
                f"  {done:,} of {of:,}" if of else "",
            )
        ]
        if self._what in ("writing", "taking back") and done > self._first and took > 1:
            rate = (done - self._first) / took
            left = f"{rate:,.0f} rows a second, {_left((of - done) / rate)} left"
            lines.append(Content.styled(f"{'':<12}{left}", "$muted"))
        if self._halted:
            lines.append(Content.styled(f"{'':<12}{STOPPING}", "$muted"))
        else:
            words = "esc stops: what is in by then is one import, which goes on or is taken back"
            lines += [Content(""), Content.styled(f"{'':<12}{words}", "$muted")]
        self.query_one(Pane).put(Content("\n").join(lines))

    @work(group="flow")
    async def bring(self) -> None:
        """The import itself."""
        draft, intake = self.draft, self.desk.intake
        place = draft.file.options.rejects or intake.rejects_place(draft.path)
        options = replace(draft.file.options, decided=tuple(draft.decided.items()), rejects=place)
        self._start("on its way")
        try:
            report = await ask(
                intake.import_file, draft.file.data, options, progress=self._progress
            )
        except HalfIn as error:
            self.number, self._half = error.batch, True
            self._ended([marked(str(error))], Imported((str(error),)))
        except LeadtuiError as error:
            words = f"{error}. Nothing was imported."
            self._ended([marked(words)], Imported((words,)))
        else:
            self.number, self._half = report.batch or 0, False
            told = _told(report, place)
            lines = [shown(one, "", 400) for one in told[1:]]
            changed = bool(report.batch and (report.new or report.updated or report.review))
            head = [counts(report)] if changed else [shown(told[0], "", 400)]
            self._ended([*head, *([Content("")] if lines else []), *lines], Imported(told, report))

    def _start(self, what: str) -> None:
        self._at_work, self._halted = True, False
        self._what, self._done, self._of, self._since, self._first = what, 0, 0, monotonic(), 0
        self.query_one(Pane).border_title = Content(f"{what[:1].upper()}{what[1:]}")
        self.refresh_bindings()

    def _ended(self, lines: list[Content], came: Imported) -> None:
        self._at_work, self.came = False, came
        pane = self.query_one(Pane)
        done = f"Import {self.number} is in" if self.number else "Done"
        pane.border_title = Content(done if came.report else "Stopped" if self.number else "")
        self.query_one(Feedback).update("")
        if self.number:
            lines += [Content(""), Content.styled("u takes it back, updates included", "$muted")]
        if self._half:
            lines.append(Content.styled("r goes on where it was stopped", "$muted"))
        pane.put(Content("\n").join(lines))
        self.refresh_bindings()
        self.app.set_focus(pane)

    # What one does then

    def action_back(self) -> None:
        """Stop it."""
        if self._at_work and not self._halted:
            self._halted = True
            self.say(STOPPING)

    def action_forward(self) -> None:
        self.leave(self.came)

    def action_go_on(self) -> None:
        self.bring()

    @work(group="flow")
    async def action_undo(self) -> None:
        """All of it, by the desk's one undo."""
        batch = self.number
        self._start("taking back")
        try:
            done = await ask(self.desk.intake.undo, batch, progress=self._progress)
        except LeadtuiError as error:
            self._ended([marked(str(error))], self.came)
        else:
            self.number, self._half = 0, False
            words = f"Import {batch} is taken back: {done.leads:,} leads are gone, "
            words += f"{done.restored:,} are as they were."
            self._ended([shown(words, "", 400)], Imported((words,)))


def _left(seconds: float) -> str:
    from datetime import timedelta

    return stopwatch(timedelta(seconds=seconds))


def _told(report: ImportReport, rejects: Path) -> tuple[str, ...]:
    """What it came to, and what to do next."""
    if report.batch is None or not (report.new or report.updated or report.review):
        words = "Nothing changed: everything in this file is there already."
        number = f"Import {report.batch} is this file's." if report.batch else ""
        lines = [" ".join(filter(None, (words, number)))]
    else:
        words = (
            f"Import {report.batch}: {report.rows:,} rows, {report.new:,} new leads, "
            f"{report.updated:,} told something new, {report.merged:,} joined to another row, "
            f"{report.unchanged:,} unchanged, {report.review:,} to review, "
            f"{report.rejected:,} left out."
        )
        lines = [words]
    if report.rejected:
        lines.append(
            f"The rows left out stand in {rejects}, as this file is written and with the reason "
            "behind each: correct them there and import that file."
        )
    if report.review:
        lines.append("Near duplicates wait for a decision: leadtui batch review")
    return tuple(lines)
