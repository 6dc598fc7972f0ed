"""The call: number and gate, who it is, what to say, what is known, and the outcome, on one
screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingsMap, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from leadtui.desk.core.views import CallPanel, Confirmed, OpenQuestion, PhoneView
from leadtui.screens.call import call_keys
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.news import TellsNews
from leadtui.screens.question.answering import Answering
from leadtui.screens.question.keeping import Pause, keep
from leadtui.widgets import choices, lead_card, script_view
from leadtui.widgets.call_line import CallLine
from leadtui.widgets.fields import Left, MemoField
from leadtui.widgets.keys import pressing
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class CallScreen(TellsNews[Confirmed | None]):
    """One started action. It is left by answering the question."""

    CSS_PATH = "call.tcss"
    PLACE = "Call"
    HOLDS = True
    BINDINGS: ClassVar[list[BindingType]] = call_keys.BINDINGS
    OPENS = frozenset({"result", "ask", "finish", "objections", "fit", "fix", "email", "news"})

    def __init__(self, desk: Desk, question: OpenQuestion) -> None:
        super().__init__(desk)
        self.state = Answering.of(question)
        self.question = question
        self.panel: CallPanel | None = None
        self.place = 0
        """Which of the lead's numbers is shown."""
        self.branch = self.state.branches[-1] if self.state.branches else ""
        self._asking = self._dialing = False
        self._early: list[events.Key] = []
        """Keys pressed before the panel was read; they count then, in their order."""
        self._pause = Pause(self, self.keep)

    # What it looks like

    def compose(self) -> ComposeResult:
        yield CallLine(self.question, self.desk.settings.zone)
        with Container(id="body"):
            with Vertical(id="left"):
                yield Pane("Number", id="number")
                yield Pane("Company", id="company")
                yield Pane("Came with", id="came")
                yield Pane("History", id="history")
            yield Pane("Script", id="script")
            with Vertical(id="right"):
                yield Pane("Fit", id="fit")
                with Vertical(id="memo", classes="pane"):
                    yield MemoField(
                        self.state.texts.get("note", ""), hint="m writes here", id="note"
                    )
        yield Static(id="outcomes", markup=False)
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Read everything, and let the clock run."""
        self.query_one("#memo").border_title = "Memo"
        self.set_focus(None)
        self.tick()
        self.set_interval(1, self.tick)
        self.load()

    def tick(self) -> None:
        """A second more."""
        self.query_one(CallLine).now = self.desk.now()

    @work(exclusive=True, group="panel")
    async def load(self) -> None:
        """Read the panel."""
        with self.mishaps():
            panel = await ask(self.desk.block.panel, self.question.id)
            first = self.panel is None
            self.panel, self.question = panel, panel.question
            self.state.question = panel.question
            if first:
                self._bindings = BindingsMap.merge(
                    [self._bindings, BindingsMap(self._outcome_bindings(panel))]
                )
                self.show_keys()
            self._show(panel)
            if first:
                for key in self._early:
                    self.app.post_message(key)

    def _outcome_bindings(self, panel: CallPanel) -> list[BindingType]:
        return call_keys.outcome_bindings(panel.outcomes) if self.state.is_call else []

    def _show(self, panel: CallPanel) -> None:
        lead, zone = panel.lead, self.desk.settings.zone
        self.query_one(CallLine).lead = lead
        self._show_number()
        self.query_one("#company", Pane).put(lead_card.company(lead))
        self.query_one("#came", Pane).put(lead_card.came_with(lead.came_with))
        self.query_one("#history", Pane).put(lead_card.history(panel.history, zone))
        self.query_one("#fit", Pane).put(lead_card.fit_lines(lead.fit, zone))
        self._show_script()
        self._show_outcomes()

    def _show_number(self) -> None:
        phone, pane = self.phone, self.query_one("#number", Pane)
        if phone is None:
            pane.put(shown("This lead has no number.", "$muted"))
            return
        count = len(self.panel.lead.phones) if self.panel else 1
        pane.border_title = Content(
            f"Number {self.place + 1} of {count}" if count > 1 else "Number"
        )
        pane.put(
            Content("\n").join(
                [
                    lead_card.number(phone),
                    lead_card.local_times(phone.gate),
                    lead_card.gate_words(phone.gate),
                ]
            )
        )

    def _show_script(self) -> None:
        if self.panel is None:
            return
        pane, view = self.query_one("#script", Pane), self.panel.script
        pane.border_title = shown(f"Script: {view.title}" if view else self.question.touch.title)
        pane.put(script_view.script(view, self.branch, inbound=self.question.inbound))

    def _show_outcomes(self) -> None:
        line = self.query_one("#outcomes", Static)
        if self.panel is None:
            return
        if not self.state.is_call:
            fix = self.question.touch.kind == "data_fix"
            ways = [("n", "name, number, e-mail")] if fix else []
            ways.append(("⏎", "done, or not: answer for it"))
            line.update(
                Content("   ").join(
                    pressing(Content.assemble((key, "bold $accent"), f"  {does}"), key)
                    for key, does in ways
                )
            )
            return
        pairs = [(row.key, row.label) for row in self.panel.outcomes]
        if self.has_class("-low"):
            keys = Content(" ").join(pressing(shown(key, "bold $accent"), key) for key, _ in pairs)
            line.update(
                Content.assemble(
                    ("outcome ", "$muted"),
                    keys,
                    pressing(Content.styled("  ? names them", "$muted"), "?"),
                )
            )
        else:
            line.update(choices.flowing(pairs, max(40, self.app.size.width - 2)))

    def on_resize(self) -> None:
        """The outcome keys flow anew."""
        self.call_after_refresh(self._show_outcomes)

    def on_key(self, event: events.Key) -> None:
        """No key is lost while the panel is read."""
        if self.panel is None:
            event.stop()
            event.prevent_default()
            self._early.append(events.Key(event.key, event.character))

    # The number

    @property
    def phone(self) -> PhoneView | None:
        """The number shown."""
        phones = self.panel.lead.phones if self.panel else ()
        return phones[self.place % len(phones)] if phones else None

    def action_number(self, step: int) -> None:
        if self.panel and self.panel.lead.phones:
            self.place = (self.place + step) % len(self.panel.lead.phones)
            self._show_number()

    def action_copy(self) -> None:
        if self.phone is not None:
            self.app.copy_to_clipboard(self.phone.number)
            self.say(f"Copied {self.phone.shown}")

    def action_dial(self) -> None:
        if self.phone is None:
            self.warn("There is no number to dial.")
        elif not self._dialing:
            self._dialing = True
            self.dial(self.phone)

    @work(group="dial")
    async def dial(self, phone: PhoneView) -> None:
        """Ask the gate, put the dial on record, and place the call."""
        from leadtui.screens.call.dial import dial, place

        try:
            with self.mishaps():
                dialed = await dial(self.app, self.desk, self.question.id, phone)
                if dialed is not None:
                    self.say(f"On record. Calling {phone.shown} …")
                    self.load()
                    words = await place(self.app, self.desk, dialed)
                    self.say(f"{words[:1].upper()}{words[1:]}")
        finally:
            self._dialing = False

    # Script, fit, memo, e-mail

    def action_branch(self, letter: str) -> None:
        view = self.panel.script if self.panel else None
        if view is None or letter not in {branch[0] for branch in view.branches}:
            return
        self.branch = "" if self.branch == letter else letter
        if self.branch:
            self.state.branches = (*(one for one in self.state.branches if one != letter), letter)
        self._show_script()
        self.query_one("#script", Pane).scroll_home(animate=False)

    @work(group="flow")
    async def action_objections(self) -> None:
        from leadtui.screens.call.objections import ObjectionsScreen

        if self.panel and self.panel.objections:
            met = await self.app.push_screen_wait(
                ObjectionsScreen(self.desk, self.panel.objections)
            )
            self.state.objections = tuple(dict.fromkeys((*self.state.objections, *(met or ()))))

    @work(group="flow")
    async def action_fit(self) -> None:
        from leadtui.screens.call.fit import FitScreen

        if self.panel and self.panel.lead.fit:
            await self.app.push_screen_wait(FitScreen(self.desk, self.panel.lead))
            self.load()

    @work(group="flow")
    async def action_fix(self) -> None:
        """A task is done by doing it: what was found is typed in, and then it is answered for."""
        from leadtui.screens.call.fix import FixScreen

        if self.panel is None:
            return
        screen = FixScreen(self.desk, self.panel.lead, self.question.touch.title)
        if await self.app.push_screen_wait(screen) is not None:
            self.say("Kept.")
            self.load()
            self.put_question("")

    @work(group="flow")
    async def action_email(self) -> None:
        from leadtui.screens.call.mail_preview import MailScreen

        screen = MailScreen(self.desk, self.question.touch.lead_id)
        await self.app.push_screen_wait(screen)
        if screen.said:
            self.say(screen.said)
        self.load()

    @property
    def told_lead(self) -> int:
        return self.question.touch.lead_id

    def news_told(self) -> None:
        self.load()

    def action_memo(self) -> None:
        self.add_class("-memo")
        self.query_one(MemoField).focus()

    @on(Left)
    def memo_left(self, message: Left) -> None:
        """The memo is kept, and the keys are keys again."""
        self.set_focus(None)
        self.remove_class("-memo")
        self.keep()

    @on(TextArea.Changed)
    def memo_typed(self) -> None:
        """Whoever stops typing for a moment finds it again after a kill."""
        self._pause.begin()

    def keep(self) -> None:
        """The memo as it stands survives a kill."""
        if not self._asking:
            self.state.texts["note"] = self.query_one(MemoField).value
            self.keep_answer(self.state)

    @work(group="write")
    async def keep_answer(self, answering: Answering) -> None:
        """What was typed, and the outcome chosen."""
        with self.mishaps():
            await keep(self.desk, answering)

    # The question

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dialing belongs to calls, the plain end to everything else."""
        if action in {"dial", "result"}:
            return self.state.is_call
        if action == "fix":
            return self.question.touch.kind == "data_fix"
        return not self.state.is_call if action == "finish" else True

    def action_result(self, place: int) -> None:
        if self.panel is not None:
            self.put_question(self.panel.outcomes[place].code)

    def action_finish(self) -> None:
        self.put_question("")

    def action_ask(self) -> None:
        self.put_question("")

    def put_question(self, outcome: str) -> None:
        """Ask at once; the key that opens the question is not its answer."""
        if not self._asking:
            self._asking = True
            self._pause.end()
            self.state.texts["note"] = self.query_one(MemoField).value
            answering = replace(self.state, outcome=outcome or self.state.outcome, preview=None)
            self.keep_answer(answering)
            self.ask_question(answering)

    @work(group="flow")
    async def ask_question(self, answering: Answering) -> None:
        """The question over the call; its answer ends both."""
        from leadtui.screens.question.asking import put_question

        self.dismiss(await put_question(self.app, self.desk, answering))
