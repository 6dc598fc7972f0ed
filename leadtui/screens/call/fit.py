"""The fit questions: one after the other, each answered with one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.core.views import Fit, LeadView
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets import choices, lead_card
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

FORM = "form"
"""The source of an answer that no rep has heard."""
KEYS = "123456789abcdefghi"


class FitScreen(DeskDialog[None]):
    """Asks what is not known yet first, then what a form said; every answer is kept at once."""

    CSS_PATH = "../parts/dialogs.tcss"
    PLACE = "Fit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "j,down,tab", "move(1)", "Next", show=False, id="fit.next", tooltip="Next question"
        ),
        Binding(
            "k,up,shift+tab",
            "move(-1)",
            "Previous",
            show=False,
            id="fit.previous",
            tooltip="Previous question",
        ),
        Binding(
            "enter",
            "confirm",
            "that is right",
            id="fit.confirm",
            tooltip="What the form said is so",
        ),
        Binding("escape,f,q", "close", "back", id="fit.close", tooltip="Back to the call"),
    ]

    def __init__(self, desk: Desk, lead: LeadView) -> None:
        super().__init__(desk)
        self.lead, self.questions = lead, lead.fit
        self.place = _to_ask(lead.fit, 0)
        self._naming = ""
        """The answer for which a name is typed."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(f"Fit: {self.lead.name}", limit=60)
            yield Static(id="titles", markup=False)
            yield Static(id="choices", markup=False)
            yield LineField(hint="who, or which? ⏎ keeps it", id="name")
            yield Feedback(markup=False)
            yield Static(
                hints("j k other question   ⏎ the form is right   esc back to the call"),
                markup=False,
                classes="muted",
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """The first open question is asked."""
        self.query_one("#name").display = False
        self._show()

    def _show(self) -> None:
        rows = []
        for index, question in enumerate(self.questions):
            here = index == self.place
            said = f"{question.shown}: {question.said}" if question.said else question.shown
            cursor = ("▸ " if here else "  ", "bold $accent")
            label = shown(question.label, "bold" if here else "")
            mark = lead_card.MARKS[question.standing]
            asked = "  from the form: ⏎ if it is so" if here and question.source == FORM else ""
            rows.append(
                Content.assemble(cursor, mark, " ", label, "  ", shown(said, "$accent"), asked)
            )
        self.query_one("#titles", Static).update(Content("\n").join(rows))
        chosen = next(
            (
                key
                for key, (answer, _) in self._options()
                if answer == self.questions[self.place].answer
            ),
            "",
        )
        pairs = [(key, label) for key, (_, label) in self._options()]
        self.query_one("#choices", Static).update(choices.one_a_line(pairs, chosen))

    def _options(self) -> list[tuple[str, tuple[str, str]]]:
        return list(zip(KEYS, self.questions[self.place].choices, strict=False))

    def on_key(self, event: events.Key) -> None:
        """One key answers, and the next question is asked."""
        if self.takes_text:
            return
        question = self.questions[self.place]
        for key, (answer, _) in self._options():
            if event.character != key:
                continue
            event.stop()
            if answer in question.names:
                self._ask_name(answer)
            else:
                self.answer(question.key, answer)

    def _ask_name(self, answer: str) -> None:
        """An answer that names somebody: the cursor goes where the name is typed."""
        question, field = self.questions[self.place], self.query_one("#name", LineField)
        field.value = question.said if question.answer == answer else ""
        field.display, self._naming = True, answer
        field.focus()
        field.action_select_all()

    @on(Left)
    def named(self, event: Left) -> None:
        """Enter keeps the answer with its name, or without one; Esc keeps nothing."""
        event.stop()
        field = self.query_one("#name", LineField)
        field.display = False
        self.set_focus(None)
        if event.done:
            self.answer(self.questions[self.place].key, self._naming, field.value)

    @work(group="write")
    async def answer(self, question: str, answer: str, name: str | None = None) -> None:
        """Keep it, and go on to the next question that is to be asked."""
        with self.mishaps():
            await ask(self.desk.block.answer_fit, self.lead.id, question, answer, name)
            self.questions = (await ask(self.desk.block.lead, self.lead.id)).fit
            self.place = _to_ask(self.questions, min(self.place + 1, len(self.questions) - 1))
            self._show()

    def action_confirm(self) -> None:
        """What the form said is so."""
        question = self.questions[self.place]
        if question.source == FORM:
            self.answer(question.key, question.answer)

    def action_move(self, step: int) -> None:
        self.place = (self.place + step) % len(self.questions)
        self._show()


def _to_ask(questions: Sequence[Fit], otherwise: int) -> int:
    """Which question comes next: one nobody has answered, then one that only a form has."""
    places = range(len(questions))
    unasked = [place for place in places if not questions[place].answer]
    unheard = [place for place in places if questions[place].source == FORM]
    return next(iter((*unasked, *unheard)), otherwise)
