"""Did you complete this action? The question that cannot be skipped."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from leadtui.desk.core.views import Confirmed
from leadtui.errors import LeadtuiError, Refused
from leadtui.screens.parts.arming import ArmedScreen
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.typed_time import time_words
from leadtui.screens.question.answering import ACTIONS, CHOSEN, TEXTS, Answering
from leadtui.screens.question.keeping import Pause, keep
from leadtui.screens.question.question_box import QuestionBox
from leadtui.widgets.fields import Left, LineField, MemoField
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

PASSES = frozenset({"answer", "outcome", "back", "field", "inbound", "leave"})
"""The only actions of this screen."""
SURE = {False: "yes, I am sure", True: "yes, I sent it elsewhere"}
"""What the second key of an answer says; of an e-mail that was not sent here: true."""
FINAL = frozenset({"no", "partly"})
"""Choices that answer; they arm anew when they open."""


class QuestionScreen(ArmedScreen[Confirmed | None], ModalScreen[Confirmed | None]):
    """One obligation and its answer. Comes back with what the answer came to, or ``None`` if it was
    answered elsewhere."""

    CSS_PATH = "question.tcss"
    PLACE = "Did you complete this action?"
    HOLDS = True
    ANSWERS = frozenset({"answer"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('yes')", "yes", id="question.yes", tooltip="Yes, I did it"),
        Binding("p", "answer('partly')", "partly", id="question.partly", tooltip="Partly"),
        Binding("n", "answer('no')", "no", id="question.no", tooltip="No, because …"),
        Binding("o", "outcome", "outcome", id="question.outcome", tooltip="Change the outcome"),
        Binding("tab", "field", "memo", id="question.field", tooltip="Write the memo"),
        Binding("escape", "back", "back", id="question.back", tooltip="Back to the answers"),
        Binding(
            "a", "inbound", "inbound", id="question.inbound", tooltip="Take an inbound call now"
        ),
    ]

    def __init__(self, desk: Desk, answering: Answering) -> None:
        super().__init__(desk)
        self.state, self.question = answering, answering.question
        self.stage = "ask"
        """``ask``, or what is being chosen: ``outcome``, ``reason``, ``next``, ``when``, ``no``,
        ``partly``, ``sure``."""
        self.options: tuple[tuple[str, str, object], ...] = ()
        """(key, words, value) of what can be chosen in this stage."""
        self.saving = self.reading = False
        """Whether an answer is on its way, or a typed time is being read: then no key answers."""
        self.opened = ""
        """The outcome whose first field was opened."""
        self.known = self.offering = False
        """Whether it is known what the keys are for, and whether choices are being read."""
        self._early: list[events.Key] = []
        """What was typed for a field or a list of choices that does not stand there yet."""
        self._pause = Pause(self, self.keep)

    def compose(self) -> ComposeResult:
        settings, mail = self.desk.settings, self.desk.settings.mail
        copied = mail.sends and mail.copies != "off"
        yield QuestionBox(self.question.asks, self.state, settings.zone, copied=copied)
        yield TooSmall()

    def on_mount(self) -> None:
        """Nothing is focused: neither yes nor a field."""
        self.set_focus(None)
        self.set_interval(1, self.tick)
        self.tick()
        self.show()
        self.foresee()

    @property
    def box(self) -> QuestionBox:
        """What is seen."""
        return self.query_one(QuestionBox)

    @property
    def unsent(self) -> bool:
        """Whether this is an e-mail that was not sent here."""
        return self.state.preview is not None and self.state.preview.unsent

    def tick(self) -> None:
        """A second more."""
        self.box.show_what(self.question, self.desk.now())

    def show(self) -> None:
        """Everything anew."""
        self.box.show_form()
        self.show_answers()

    def show_answers(self) -> None:
        """The answers, or the choices that are open."""
        if self.stage in {"ask", "sure"}:
            sure = SURE[self.unsent] if self.stage == "sure" else ""
            counts = self.armed and self.focused is None
            self.box.show_answers(armed=counts, sure=sure, saving=self.saving)
        else:
            self.box.show_choices(
                self.stage, [(key, words) for key, words, _ in self.options], armed=self.armed
            )

    def armed_changed(self) -> None:
        """One sees from when on a key counts; the seconds to the answer count from the first
        time."""
        self.show_answers()
        if self.armed:
            self.open_first()
            if not self.offering:
                self._early.clear()
        if self.armed and self.question.shown_at is None:
            self.question = replace(self.question, shown_at=self.desk.now())
            self.tell_shown()

    # Keys

    def admits(self, event: events.Event) -> bool:
        """A key that comes too early never answers; it may be the first letter of a field."""
        if isinstance(event, events.Key) and not self.armed and not self.takes_text:
            self._early.append(event)
        return super().admits(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the named actions, only when armed, and the answers only where they are asked."""
        if action not in PASSES or not self.armed or self.saving or self.reading:
            return False
        if action == "answer":
            return self.stage == "ask" or (self.stage == "sure" and parameters == ("yes",))
        if action == "outcome":
            return self.stage == "ask" and self.state.is_call
        return True

    def answers(self, event: events.Key) -> bool:
        """Also the reasons that end it."""
        chosen = (
            self.stage in FINAL
            and self.focused is None
            and any(event.character == key for key, *_ in self.options)
        )
        return chosen or super().answers(event)

    def on_key(self, event: events.Key) -> None:
        """In a list of choices, its keys choose; what is pressed while they are read is for
        them."""
        if self.offering and event.is_printable:
            self._early.append(event)
        elif self.stage in {"ask", "sure"} or self.focused is not None or not self._choose(event):
            return
        event.stop()
        event.prevent_default()

    def _choose(self, event: events.Key) -> bool:
        for key, words, value in self.options:
            if event.character == key:
                self._chosen(words, value)
                return True
        return False

    async def action_inbound(self) -> None:
        await self.app.run_action("app.inbound")

    def action_answer(self, answer: str) -> None:
        if answer == "no":
            self.offer("no")
        elif self.stage == "sure":
            self._stage("ask")
            self.submit("yes", elsewhere=self.unsent)
        elif self.state.is_call and not self.state.outcome:
            self.warn("What came of the call? Choose the outcome first.")
            self.offer("outcome")
        elif answer == "partly":
            self._partly()
        elif self.state.missing():
            self._ask_for(self.state.missing()[0])
        elif self.state.preview is not None and self.state.preview.sure:
            self._stage("sure")
            self.warn(
                "Did you send it elsewhere?"
                if self.unsent
                else f"{self.state.preview.label}: are you sure?"
            )
            self.disarm()
        else:
            self.submit("yes")

    def _partly(self) -> None:
        if self.state.texts.get("note", "").strip():
            self.submit("partly")
        else:
            self.offer("partly")

    def _ask_for(self, name: str) -> None:
        if name in CHOSEN:
            self.offer(name)
            return
        label = self.state.preview.label if self.state.preview else ""
        self.warn(f"{label} needs: {TEXTS.get(name, 'Memo').lower()}")
        self.box.row(name).display = True
        self.box.row(name).value.focus()

    def action_outcome(self) -> None:
        self.offer("outcome")

    def action_field(self) -> None:
        """Tab: the next field, or from the last one back to the answers."""
        self._stage("ask")
        self._take(self.focused)
        fields = self.box.fields()
        index = fields.index(self.focused) + 1 if self.focused in fields else 0
        self.set_focus(fields[index] if index < len(fields) else None)

    def action_back(self) -> None:
        self._stage("ask")

    def offer(self, stage: str) -> None:
        """Show what can be chosen: outcomes, reasons, or what happens then."""
        self.offering = stage not in FINAL
        self.read_options(stage)

    @work(exclusive=True, group="options")
    async def read_options(self, stage: str) -> None:
        """Read the choices; a key that was meant for them chooses."""
        with self.mishaps():
            if stage == "outcome":
                outcomes = await ask(self.desk.block.outcomes)
                self.options = tuple((row.key, row.label, row.code) for row in outcomes)
            elif stage == "next":
                self.options = tuple(
                    (key, words, f"{channel}: as agreed") for key, channel, words in ACTIONS
                )
            else:
                kind = self.state.outcome.lower() if stage == "reason" else stage
                reasons = await ask(self.desk.block.reasons, kind)
                self.options = tuple((row.key, row.label, row.code) for row in reasons)
            self._stage(stage)
            if stage in FINAL:
                self.disarm()
        early, self._early, self.offering = self._early[:1], [], False
        for key in early if stage not in FINAL else ():
            self._choose(key)

    def _stage(self, stage: str) -> None:
        self.stage = stage
        self.set_class(stage not in {"ask", "sure"}, "-choosing")
        self.show_answers()

    def _chosen(self, words: str, value: object) -> None:
        stage, state = self.stage, self.state
        self._stage("ask")
        self.say("")
        if stage in FINAL:
            self.submit(stage, str(value))
            return
        if stage == "outcome":
            state.choose(str(value))
        elif stage == "next":
            state.next_action = str(value)
        elif stage == "reason":
            state.reason, state.reason_label = str(value), words
        elif stage == "when":
            self._take_when(value)
        self.changed()

    # Fields

    @on(TextArea.Changed)
    @on(Input.Changed)
    def typed(self) -> None:
        """Whoever stops typing for a moment finds it again after a kill."""
        self._pause.begin()

    @on(Input.Changed, "#at")
    def time_typed(self, message: Input.Changed) -> None:
        """What it means so far, on both clocks."""
        if self.focused is message.input:
            self.show_time(message.value)

    @work(exclusive=True, group="live")
    async def show_time(self, text: str) -> None:
        """Before it is taken: one sees whether it is read as it was meant."""
        self.say(await time_words(self.desk, text, self.question.touch.lead_id))

    @on(Left)
    def field_left(self, message: Left) -> None:
        """Enter or Esc: take what was typed, and bring the answers back. Enter in an empty field
        takes what stands there in grey."""
        field, suggested = message.field, self.state.suggested
        if message.done and isinstance(field, LineField) and field.id == "at":
            field.value = field.value.strip() or suggested
        self._take(message.field)
        if self.focused is message.field:
            self.set_focus(None)

    def on_descendant_focus(self) -> None:
        """In a field letters are text: no answer is lit."""
        self.show_answers()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """However a field is left, what was typed in it is taken."""
        self._take(event.widget)
        self.show_answers()

    def _take(self, field: Widget | None) -> None:
        if not isinstance(field, LineField | MemoField):
            return
        name, text = field.id or "note", field.value
        changed = text != self.state.texts.get(name, "")
        self.state.texts[name] = text
        if name == "at" and text.strip() and (changed or self.state.at is None):
            self._read_time(text)
        elif changed:
            self.changed()

    def _read_time(self, text: str) -> None:
        if not self.reading:
            self.reading = True
            self.workers.cancel_group(self, "live")
            self.read_time(text)

    @work(exclusive=True, group="when")
    async def read_time(self, text: str) -> None:
        """What the typed time means; where it may mean two, ask."""
        from leadtui.desk.calls.when import Ambiguous

        try:
            found = await ask(self.desk.block.parse_when, text, self.question.touch.lead_id)
        except LeadtuiError as error:
            self.state.at = None
            self.warn(str(error))
            self.box.row("at").value.focus()
            return
        finally:
            self.reading = False
        if isinstance(found, Ambiguous):
            self.options = tuple(
                (str(place), each.words, each) for place, each in enumerate(found.options, 1)
            )
            self._stage("when")
        else:
            self._take_when(found)
        self.changed()

    def _take_when(self, found: object) -> None:
        self.state.at = getattr(found, "at", None)
        self.say(f"→ {getattr(found, 'words', '')}")

    # Desk

    def changed(self) -> None:
        """What was chosen or typed leads elsewhere, and survives a kill."""
        self.foresee()
        self.keep()

    @work(exclusive=True, group="preview")
    async def foresee(self) -> None:
        """What the outcome leads to, and what it still needs."""
        if self.state.outcome or not self.state.is_call:
            with self.mishaps():
                given = self.state.given("yes")
                self.state.preview = await ask(
                    self.desk.confirm.preview, self.question.id, self.state.outcome, given
                )
        self.known = True
        self.box.show_form()
        self.tick()
        self.open_first()

    def open_first(self) -> None:
        """An outcome opens the first field it requires, with the cursor in it, or its first choice
        when keys count: once."""
        wanted = self.state.missing()
        fresh = self.state.outcome != self.opened and self.state.preview is not None
        typed = bool(wanted) and wanted[0] not in CHOSEN
        if not fresh or self.stage != "ask" or self.focused is not None:
            return
        if typed:
            self._open_field(wanted[0])
        elif not self.armed:
            return
        elif wanted:
            self.offer(wanted[0])
        self.opened = self.state.outcome

    def _open_field(self, name: str) -> None:
        """Put the cursor into a field; what was typed for it stands in it, up to an Enter."""
        field, early, self._early = self.box.row(name).value, self._early, []
        self.set_focus(field)
        text = "".join(str(key.character) for key in takewhile(lambda key: key.is_printable, early))
        if isinstance(field, LineField):
            field.insert_text_at_cursor(text)
        elif isinstance(field, MemoField):
            field.insert(text)
        ended = [key.key for key in early[len(text) :][:1]] == ["enter"]
        if ended and isinstance(field, LineField | MemoField):
            self.post_message(Left(field, done=True))

    @work(group="write")
    async def tell_shown(self) -> None:
        """From here the seconds to the answer count."""
        with self.mishaps():
            await ask(self.desk.confirm.shown, self.question.id)

    @work(group="write")
    async def keep(self) -> None:
        """Keep what was typed and chosen."""
        self._pause.end()
        typing = {name: self.query_one(f"#{name}", LineField).value for name in TEXTS}
        typing["note"] = self.query_one("#note", MemoField).value
        with self.mishaps():
            await keep(self.desk, self.state, typing)

    @work(group="write")
    async def submit(self, answer: str, reason: str = "", *, elsewhere: bool = False) -> None:
        """Answer. What cannot be saved now keeps the question and everything typed."""
        if self.saving:
            return
        self.saving = True
        self._pause.end()
        self.show_answers()
        try:
            confirmed = await ask(
                self.desk.confirm.answer,
                self.question.id,
                self.state.given(answer, reason, elsewhere=elsewhere),
            )
        except Refused as refused:
            self.saving = False
            if refused.code == "no_question":
                self.dismiss(None)
                return
            self.warn(str(refused))
        except LeadtuiError as error:
            self.saving = False
            self.warn(str(error))
        else:
            self.dismiss(replace(confirmed, outcome=self.state.in_words(answer)))
            return
        self.show()
