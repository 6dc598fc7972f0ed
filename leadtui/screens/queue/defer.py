"""Put a touch off: until when, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from leadtui.desk.core.views import QueueRow, ReasonView
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.screens.parts.typed_time import TIMES, time_words
from leadtui.widgets import choices
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import joined, shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.calls.when import When
    from leadtui.desk.desk import Desk


class DeferScreen(DeskDialog[str | None]):
    """Comes back with what was done, in words."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Do it later"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "again", "time", show=False, id="defer.time", tooltip="Change the time"),
        Binding("escape", "close", "close", id="defer.close", tooltip="Leave it where it is"),
    ]

    def __init__(self, desk: Desk, row: QueueRow) -> None:
        super().__init__(desk)
        self.row = row
        self.when: When | None = None
        self.options: tuple[When, ...] = ()
        self.reasons: tuple[ReasonView, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(f"Do it later: {self.row.action} {self.row.name}", limit=60)
            yield FormRow("Until", LineField(hint=TIMES, id="until"), id="row-until")
            yield Static(id="choices", markup=False)
            yield Feedback(markup=False)
            yield Static(
                hints("the third deferral goes to your supervisor   esc leaves it where it is"),
                id="hint",
                markup=False,
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """Type the time at once."""
        self.query_one(LineField).focus()

    @on(Left)
    def typed(self, message: Left) -> None:
        """Enter reads the time; Esc leaves."""
        if not message.done:
            self.dismiss(None)
        else:
            self.read_time(message.field.value)

    @on(LineField.Changed)
    def typing(self, message: LineField.Changed) -> None:
        """What it means so far, on both clocks."""
        if self.focused is message.input:
            self.show_time(message.value)

    @work(exclusive=True, group="live")
    async def show_time(self, text: str) -> None:
        """Before it is taken: one sees whether it is read as it was meant."""
        self.say(await time_words(self.desk, text, self.row.lead_id))

    @work(exclusive=True, group="when")
    async def read_time(self, text: str) -> None:
        """What the typed time means; where it may mean two, ask."""
        from leadtui.desk.calls.when import Ambiguous

        self.workers.cancel_group(self, "live")
        try:
            found = await ask(self.desk.block.parse_when, text, self.row.lead_id)
            self.reasons = await ask(self.desk.block.reasons, "defer")
            self.own_letters = "".join(reason.key for reason in self.reasons)
        except LeadtuiError as error:
            self.warn(str(error))
            return
        self.set_focus(None)
        if isinstance(found, Ambiguous):
            self.options, self.when = found.options, None
            pairs = [(str(place), each.words) for place, each in enumerate(found.options, 1)]
            self._offer(found.question.capitalize(), pairs)
        else:
            self._ask_why(found)

    def _ask_why(self, when: When) -> None:
        self.when, self.options = when, ()
        self._offer(f"{when.words}: why?", [(reason.key, reason.label) for reason in self.reasons])

    def _offer(self, heading: str, pairs: list[tuple[str, str]]) -> None:
        self.query_one(Feedback).update("")
        self.query_one("#choices", Static).update(
            joined(shown(heading, "bold"), choices.one_a_line(pairs))
        )

    def on_key(self, event: events.Key) -> None:
        """One key chooses the reading of the time, and one the reason."""
        if self.focused is not None:
            return
        for place, option in enumerate(self.options, 1):
            if event.character == str(place):
                event.stop()
                self._ask_why(option)
                return
        for reason in self.reasons if self.when else ():
            if event.character == reason.key:
                event.stop()
                self.put_off(reason.code)

    @work(group="write")
    async def put_off(self, reason: str) -> None:
        """Do it; what cannot be saved now keeps what was typed."""
        if self.when is None:
            return
        with self.mishaps():
            following = await ask(self.desk.block.defer, self.row.touch_id, self.when.at, reason)
            words = f"{following.action} {self.row.name}"
            self.dismiss(
                f"Deferred: {words}, {following.local}"
                if following.deferred
                else (
                    f"Not deferred, put off too often: {words} stays; your supervisor has "
                    "been asked"
                )
            )

    def action_again(self) -> None:
        """Tab: from the field, the time is taken; else back into it."""
        field = self.query_one(LineField)
        if self.focused is field:
            self.read_time(field.value)
        else:
            field.focus()
