"""A due action that nobody has started: start it now, do it later with a reason, or say that it was
done."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.calls.popups import Popup
from leadtui.screens.parts.arming import ArmedScreen
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.screens.question.answering import Answering
from leadtui.widgets import choices, times
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.answers.given import Given
    from leadtui.desk.core.views import Confirmed
    from leadtui.desk.desk import Desk

PROMISED = {"call": "A promised callback"}
KEYS = (("enter", "start it now"), ("s", "do it later, because …"), ("t", "it is done already"))


@dataclass
class AlreadyDone(Answering):
    """The answer to something that was done before it was started: the log keeps that it was
    claimed."""

    def given(self, answer: str, reason: str = "", *, elsewhere: bool = False) -> Given:
        """The answer for the desk."""
        return replace(super().given(answer, reason, elsewhere=elsewhere), already="now")


class DueScreen(DeskDialog[str], ArmedScreen[str]):
    """Comes back with ``start``, ``reschedule``, ``done``, or ``inbound`` where the telephone rang
    first."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Due now"
    ANSWERS = frozenset({"choose"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose('start')", "start", id="due.start", tooltip="Start it now"),
        Binding(
            "s",
            "choose('reschedule')",
            "later",
            id="due.later",
            tooltip="Do it later, with a reason",
        ),
        Binding("t", "choose('done')", "done", id="due.done", tooltip="It is done already"),
        Binding(
            "a", "choose('inbound')", "inbound", id="due.inbound", tooltip="Take an inbound call"
        ),
    ]

    def __init__(self, desk: Desk, popup: Popup) -> None:
        super().__init__(desk)
        self.popup = popup
        self._since = 0.0
        self._saving = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = (
                PROMISED.get(self.popup.row.action, f"A promised {self.popup.row.action}")
                if self.popup.why == "callback"
                else "This is due"
            )
            yield Static(id="what", markup=False)
            yield Static(id="choices", markup=False)
            yield Feedback(markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """The time goes on while it stands there."""
        self.set_interval(1, self._show)
        self._show()
        self.tell_shown()

    def _show(self) -> None:
        row, now = self.popup.row, self.desk.now()
        who = ", ".join(filter(None, (row.name, row.title)))
        local = times.due(row.due, now, self.desk.zone)
        if row.due < now:
            local += f" · {times.work(row.late or now - row.due)} late"
        lines = [
            Content.assemble(shown(row.action, "bold $accent"), "  ", shown(who, "bold")),
            shown(" · ".join(filter(None, (row.company, row.step, row.why))), "$muted"),
            shown(local),
        ]
        self.query_one("#what", Static).update(Content("\n").join(lines))

    def armed_changed(self) -> None:
        """One sees from when on a key counts."""
        if self.armed:
            self._since = self._since or time.monotonic()
        words = choices.one_a_line(KEYS) if self.armed else Content.styled("…\n\n", "$muted")
        self.query_one("#choices", Static).update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the answers, and only when armed."""
        if action == "choose":
            return self.armed and not self._saving
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """It is left by answering."""

    @work(group="write")
    async def tell_shown(self) -> None:
        """It is in the log that it was asked."""
        with self.mishaps():
            await ask(lambda: self.desk.popups.shown(self.popup))

    @work(group="write")
    async def action_choose(self, choice: str) -> None:
        """Keep the answer first; what was chosen happens then."""
        if self._saving:
            return
        self._saving = True
        try:
            with self.mishaps():
                seconds = time.monotonic() - self._since
                await ask(lambda: self.desk.popups.answered(self.popup, choice, seconds))
                self.dismiss(choice)
        finally:
            self._saving = False


async def ask_now(app: App[None], desk: Desk, popup: Popup) -> tuple[Confirmed | None, str]:
    """Show a pop-up and do what was chosen: (what an answer came to, what was done in words)."""
    from leadtui.screens.question.asking import put_question
    from leadtui.screens.queue import flow

    choice = await app.push_screen_wait(DueScreen(desk, popup))
    if choice == "start":
        return await flow.run_touch(app, desk, popup.row.touch_id), ""
    if choice == "reschedule":
        from leadtui.screens.queue.defer import DeferScreen

        return None, await app.push_screen_wait(DeferScreen(desk, popup.row)) or ""
    if choice == "inbound":
        return None, await flow.take_inbound(app, desk)
    started = await flow.start(app, desk, popup.row.touch_id)
    if started is None:
        return None, ""
    return await put_question(app, desk, AlreadyDone.of(started.question)), ""
