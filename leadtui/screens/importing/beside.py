"""What a file does not say of its leads: what they accepted, where they come from, and how its
numbers and dates are meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from leadtui.desk.intake.files.options import ImportOptions
from leadtui.errors import LeadtuiError
from leadtui.screens.importing.looking import marked, plainly
from leadtui.screens.importing.step import Draft, ImportStep
from leadtui.screens.parts.base import ask
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

DATES = "dmy (31/12) or mdy (12/31)"
SET = "set"
"""Under this name a word knows which (field, value) a click on it sets."""


class BesideScreen(ImportStep):
    """A field for each; Enter goes on from any."""

    STEP = 2
    TITLED = "What the file does not say"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "field(1)", "next field", id="import.down", tooltip="Next field"),
        Binding("shift+tab,up", "field(-1)", "previous", id="import.up", tooltip="Previous field"),
    ]

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__(desk, draft)
        self._busy = False

    def body(self) -> Iterable[Widget]:
        """The form."""
        settings, said = self.desk.settings, self.draft.file.options
        asked = (
            ("offer", "Offer", said.offer, "what they accepted"),
            ("event", "Batch", said.event, "the show or campaign, like Midwest Expo 2026"),
            ("source", "Source", said.source, "where they come from; the file may say"),
            ("country", "Country", said.country, f"of numbers without a code: {settings.country}"),
            ("event_zone", "Zone", said.event_zone, f"of times without one: {settings.zone}"),
            ("dates", "Dates", said.dates, DATES if self.draft.file.unclear else "the file tells"),
            ("cost", "Cost", _amount(said), "of the whole batch, like 12000 EUR"),
        )
        rows = []
        for key, name, value, hint in asked:
            field = LineField(self.draft.words.get(key, value), hint=hint, id=key)
            rows.append(FormRow(name, field, id=f"row-{key}"))
        rows.insert(1, FormRow("", Static(id="offers", markup=False), id="row-offers"))
        return (VerticalScroll(*rows, id="form", can_focus=False),)

    def on_mount(self) -> None:
        """What has to be said is where one types."""
        unclear = self.draft.file.unclear
        if unclear:
            self.query_one("#about", Static).update(marked(unclear.partition(";")[0]))
        else:
            self.tell(shown(self.draft.file.name, "bold"), "what is right stays")
        self.query_one("#dates" if unclear else "#offer", LineField).focus()
        self.show_offers()

    @work(group="look")
    async def show_offers(self) -> None:
        """The offers of the playbook, to click."""
        with self.mishaps():
            found = await ask(self.desk.intake.offers)
            words = [
                shown(one, "$muted").stylize(Style.from_meta({SET: f"offer {one}"}))
                for one in found.codes
            ]
            self.query_one("#offers", Static).update(Content("  ").join(words))

    def on_click(self, event: events.Click) -> None:
        """A click on a word sets its field."""
        name, _, value = str(event.style.meta.get(SET, "")).partition(" ")
        if name:
            self.query_one(f"#{name}", LineField).value = value
        else:
            super().on_click(event)

    @on(LineField.Changed)
    def typed(self, message: LineField.Changed) -> None:
        """Kept as it is typed."""
        self.draft.words[str(message.input.id)] = message.value

    @on(Left)
    def left(self, message: Left) -> None:
        """Enter goes on, Esc back."""
        if message.done:
            self.action_forward()
        else:
            self.action_back()

    def action_field(self, step: int) -> None:
        fields = list(self.query(LineField))
        here = fields.index(self.focused) if isinstance(self.focused, LineField) else -1
        fields[max(0, min(here + step, len(fields) - 1))].focus()

    def action_forward(self) -> None:
        if not self._busy:
            self._busy = True
            self.go_on()

    @work(group="flow")
    async def go_on(self) -> None:
        """Check what was said, and try it."""
        from leadtui.screens.importing.trial import TrialScreen

        words = {one.id or "": one.value for one in self.query(LineField)}
        try:
            found = await ask(self.desk.intake.said, self.draft.file, words)
            self.draft.prepared = found
            self.query_one(Feedback).update("")
            self.app.push_screen(TrialScreen(self.desk, self.draft))
        except LeadtuiError as error:
            self._refused(str(error))
        finally:
            self._busy = False

    def _refused(self, words: str) -> None:
        """Say it, and go where it is to be mended."""
        self.warn(plainly(words))
        for field in self.query(LineField):
            if f"--{str(field.id).replace('_', '-')}" in words:
                field.focus()


def _amount(said: ImportOptions) -> str:
    return "" if said.cost_minor is None else f"{said.cost_minor / 100:.2f} {said.currency}"
