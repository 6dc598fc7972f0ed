"""The fit questions: one after the other, each answered with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.core.views import LeadView
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets import choices
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

KEYS = "123456789abcdefghi"


class FitScreen(DeskDialog[None]):
    """Asks what is not known yet first; every answer is kept at once."""

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
        Binding("escape,f,q", "close", "back", id="fit.close", tooltip="Back to the call"),
    ]

    def __init__(self, desk: Desk, lead: LeadView) -> None:
        super().__init__(desk)
        self.lead, self.questions = lead, lead.fit
        self.place = next(
            (index for index, question in enumerate(lead.fit) if not question.answer), 0
        )

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(f"Fit: {self.lead.name}", limit=60)
            yield Static(id="titles", markup=False)
            yield Static(id="choices", markup=False)
            yield Feedback(markup=False)
            yield Static(
                hints("j k other question   esc back to the call"), markup=False, classes="muted"
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """The first open question is asked."""
        self._show()

    def _show(self) -> None:
        rows = []
        for index, question in enumerate(self.questions):
            here = index == self.place
            said = f"{question.shown}: {question.said}" if question.said else question.shown
            known = shown(said, "$accent") if question.answer else Content.styled("–", "$muted")
            mark = ("▸ " if here else "  ", "bold $accent")
            rows.append(
                Content.assemble(mark, shown(question.label, "bold" if here else ""), "  ", known)
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
        for key, (answer, _) in self._options():
            if event.character == key:
                event.stop()
                self.answer(self.questions[self.place].key, answer)

    @work(group="write")
    async def answer(self, question: str, answer: str) -> None:
        """Keep it, and go on to the next question without an answer."""
        with self.mishaps():
            await ask(self.desk.block.answer_fit, self.lead.id, question, answer)
            self.questions = (await ask(self.desk.block.lead, self.lead.id)).fit
            self.place = next(
                (index for index, each in enumerate(self.questions) if not each.answer),
                min(self.place + 1, len(self.questions) - 1),
            )
            self._show()

    def action_move(self, step: int) -> None:
        self.place = (self.place + step) % len(self.questions)
        self._show()
