"""How the question looks: the action, what was filled in so far, and the answers or choices that
are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from leadtui.clock import hour
from leadtui.desk.core.views import OpenQuestion
from leadtui.screens.parts.typed_time import TIMES
from leadtui.screens.question.answering import CHOSEN, TEXTS, Answering
from leadtui.widgets import choices, times
from leadtui.widgets.fields import LineField, MemoField
from leadtui.widgets.form import FormRow
from leadtui.widgets.keys import pressing
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown

COPIED = "Copied to your supervisor."
"""True only where copies of answers leave by e-mail."""
READ = "Your supervisor can read it."
WHEN = "a date, or ⏎: {}"
HEADINGS = {
    "outcome": "Outcome",
    "reason": "Reason",
    "no": "No, because …",
    "partly": "Partly: what is missing?",
    "when": "Which one do you mean?",
    "next": "What happens then?",
}


class QuestionBox(Vertical):
    """The box of the question; it shows what it is told and knows no desk."""

    def __init__(self, title: str, state: Answering, zone: str, *, copied: bool = False) -> None:
        super().__init__(id="question", classes="box")
        self.border_title = shown(title)
        # On the frame it is read however much stands inside.
        self.border_subtitle = f"{COPIED if copied else READ} It cannot be skipped."
        self.state, self.where = state, times.zone(zone)

    def compose(self) -> ComposeResult:
        texts = self.state.texts
        with VerticalScroll(id="facts", can_focus=False):
            yield Static(id="what", markup=False)
            yield FormRow("Outcome", key="o", does="change", id="row-outcome")
            yield FormRow("Next", id="row-next-step")
            for name, label in TEXTS.items():
                field = LineField(texts.get(name, ""), id=name)
                yield FormRow(label, field, key="⇥", does="write", id=f"row-{name}")
            for name, label in CHOSEN.items():
                yield FormRow(label, id=f"row-{name}")
            yield FormRow(
                "Memo",
                MemoField(texts.get("note", ""), id="note"),
                key="⇥",
                does="write",
                id="row-note",
            )
        yield Static(id="answers", markup=False)
        yield Feedback(markup=False)

    def row(self, name: str) -> FormRow:
        """One line of the form."""
        return self.query_one(f"#row-{name}", FormRow)

    def fields(self) -> list[Widget]:
        """The fields that are open now, in order."""
        return [
            field
            for field in self.query("LineField, MemoField")
            if field.parent and field.parent.display
        ]

    def show_what(self, question: OpenQuestion, now: datetime) -> None:
        """The action, and how long it has been running."""
        took = times.stopwatch(max(timedelta(0), now - question.started_at))
        started = (
            f"started {hour(question.started_at.astimezone(self.where), seconds=True)} · {took}"
        )
        origin = " · ".join(filter(None, (question.company, question.origin)))
        lines = [
            shown(question.action_line, "bold"),
            shown(origin),
            Content.styled(started, "$muted"),
        ]
        if question.drafted:
            lines.append(shown(question.drafted, "$accent", limit=400))
        if question.taken_over:
            lines.append(shown(f"{question.taken_over}; your answer is kept", "$warning"))
        if self.state.preview is not None and self.state.preview.unsent:
            lines.append(shown("Not sent through leadtui", "$warning"))
        self.query_one("#what", Static).update(Content("\n").join(lines))

    def show_form(self) -> None:
        """What was chosen, what it leads to, and the fields it asks for."""
        state, preview = self.state, self.state.preview
        label = (
            preview.label if preview is not None else ("" if state.outcome else "not chosen yet")
        )
        self.row("outcome").put(shown(label, "bold" if preview else "$muted"))
        self.row("outcome").display = state.is_call
        self.row("next-step").put(preview.next if preview else "")
        for name in TEXTS:
            self.row(name).display = state.asks_for(name)
        hint = WHEN.format(state.suggested) if state.suggested else TIMES
        self.query_one("#at", LineField).placeholder = hint
        for name, words in (("next", state.next_action), ("reason", state.reason_label)):
            self.row(name).display = state.asks_for(name)
            self.row(name).put(words or shown("y asks for it", "$muted"))
        visible = [name for name in (*TEXTS, "note") if self.row(name).display]
        for name in visible:
            self.row(name).hint(shown_=name == visible[0])

    def show_answers(self, *, armed: bool, sure: str = "", saving: bool = False) -> None:
        """The answers, grey until a key counts; ``sure`` is what the second key of an answer
        says."""
        if saving:
            self._put(Content.styled("  saving …", "$muted"))
        elif sure:
            self._put(_keys(armed, ("y", sure), ("esc", "back")))
        else:
            sent = "yes, I sent it" if self.state.question.drafted else "yes, I did it"
            self._put(_keys(armed, ("y", sent), ("p", "partly"), ("n", "no, because …")))

    def show_choices(self, stage: str, pairs: Sequence[tuple[str, str]], *, armed: bool) -> None:
        """What can be chosen with one key."""
        line = self.query_one("#answers", Static)
        flow = (
            choices.flowing(pairs, max(20, line.size.width or 66))
            if stage == "outcome"
            else choices.one_a_line(pairs)
        )
        mark = ("● ", "bold $accent") if armed else ("○ ", "$muted")
        self._put(
            Content("\n").join([Content.assemble(mark, (HEADINGS.get(stage, stage), "bold")), flow])
        )

    def _put(self, content: Content) -> None:
        self.query_one("#answers", Static).update(content)


def _keys(armed: bool, *pairs: tuple[str, str]) -> Content:
    colour = "bold $accent" if armed else "$muted"
    words = [
        pressing(Content.assemble((key, colour), "  ", (does, "" if armed else "$muted")), key)
        for key, does in pairs
    ]
    return Content.assemble("● " if armed else "○ ", Content("      ").join(words)).stylize(
        colour, 0, 1
    )
