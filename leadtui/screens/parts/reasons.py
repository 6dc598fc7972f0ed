"""Dialogs that ask for one thing: a reason by one key, or the go-ahead at the calling gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.clock import with_hours
from leadtui.desk.core.views import GateView, PhoneView, ReasonView
from leadtui.screens.parts.base import DeskDialog
from leadtui.widgets import choices, lead_card
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.keys import hints, pressing
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

CLOSE = Binding(
    "escape", "close", "not now", id="dialog.close", tooltip="Close without doing anything"
)


class ReasonDialog(DeskDialog[str | None]):
    """Asks for a reason code; one key answers."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Reason"
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]

    def __init__(self, desk: Desk, title: str, words: str, reasons: tuple[ReasonView, ...]) -> None:
        super().__init__(desk)
        self.question, self.words, self.reasons = title, words, reasons
        self.own_letters = "".join(reason.key for reason in reasons)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = shown(self.question)
            yield Static(shown(self.words, limit=400), markup=False)
            yield Static(
                choices.one_a_line([(reason.key, reason.label) for reason in self.reasons]),
                id="choices",
            )
            yield Static(hints("esc  not now"), id="hint", markup=False)
        yield TooSmall()

    def on_key(self, event: events.Key) -> None:
        """A key of the list answers."""
        for reason in self.reasons:
            if event.character == reason.key:
                event.stop()
                self.dismiss(reason.code)


class AcknowledgeDialog(DeskDialog[bool | None]):
    """The gate warns: the rep has seen it, or does not dial."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Before this call"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dial", "dial", id="gate.acknowledge", tooltip="I have seen it: dial"),
        CLOSE,
    ]

    def __init__(self, desk: Desk, phone: PhoneView, gate: GateView, message: str) -> None:
        super().__init__(desk)
        self.phone, self.gate, self.message = phone, gate, message

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Before this call"
            yield Static(gate_facts(self.phone, self.gate, self.message), id="gate", markup=False)
            yield Static(
                pressing(Content.assemble(("⏎", "bold $accent"), "  I have seen it: dial"), "⏎"),
                id="choices",
            )
            yield Static(hints("esc  do not dial"), id="hint", markup=False)
        yield TooSmall()

    def action_dial(self) -> None:
        self.dismiss(True)


class OverrideDialog(DeskDialog[tuple[str, str] | None]):
    """The gate forbids the call: a code and ten characters of reason, kept in the log before the
    dial."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "This call is blocked"
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]
    SHORTEST = 10

    def __init__(
        self,
        desk: Desk,
        phone: PhoneView,
        gate: GateView,
        message: str,
        codes: tuple[ReasonView, ...],
    ) -> None:
        super().__init__(desk)
        self.phone, self.gate, self.message, self.codes = phone, gate, message, codes
        self.code: ReasonView | None = None
        self.own_letters = "".join(code.key for code in codes)

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "This call is blocked"
            yield Static(gate_facts(self.phone, self.gate, self.message), id="gate", markup=False)
            if self.gate.overridable and self.codes:
                yield Static(id="choices")
                yield LineField(hint="why, in ten characters or more", id="reason")
                yield Feedback(markup=False)
            yield Static(hints("esc  do not dial"), id="hint", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the codes; none is chosen."""
        self._show()

    def _show(self) -> None:
        for line in self.query("#choices").results(Static):
            chosen = self.code.key if self.code else ""
            line.update(choices.one_a_line([(code.key, code.label) for code in self.codes], chosen))

    def on_key(self, event: events.Key) -> None:
        """A key of the list chooses a code; then the reason is typed."""
        if self.focused is not None or not self.gate.overridable:
            return
        for code in self.codes:
            if event.character == code.key:
                event.stop()
                self.code = code
                self._show()
                self.query_one(LineField).focus()

    @on(Left)
    def reason_typed(self, message: Left) -> None:
        """Enter dials, if there are a code and a reason."""
        self.set_focus(None)
        reason = self.query_one(LineField).value.strip()
        if not message.done:
            return
        if self.code is None:
            self.warn("Choose a code by its key first.")
        elif len(reason) < self.SHORTEST:
            self.warn("The reason needs ten characters or more.")
            self.query_one(LineField).focus()
        else:
            self.dismiss((self.code.code, reason))


AGAIN = " Allowed again "
"""How the gate begins to say when the call would be allowed."""


def gate_facts(phone: PhoneView, gate: GateView, message: str) -> Content:
    """Number, local times, the rule, and when the call would be allowed."""
    glyph, style = lead_card.GATE_GLYPHS.get(gate.verdict, lead_card.GATE_GLYPHS["blocked"])
    why, when, again = with_hours(message or gate.message).partition(AGAIN)
    lines = [
        Content.assemble(lead_card.number(phone), "   ", lead_card.local_times(gate)),
        # Before the sentence, which a low window cuts off.
        *([shown(f"{when.strip()} {again}", "bold")] if when else []),
        Content.assemble((f"{glyph} ", style), shown(why, limit=400)),
    ]
    lines += [
        shown(f"  {with_hours(warning)}")
        for warning in gate.warnings
        if warning not in {message, gate.message}
    ]
    if gate.rule:
        lines.append(shown(f"  rule: {' · '.join(filter(None, (gate.rule, gate.law)))}", "$muted"))
    return Content("\n").join(lines)
