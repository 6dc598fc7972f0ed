"""A form a step, forth and back; what was typed stays, and nothing is written before the last
Enter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from leadtui.desk.floor.first_day import STEPS, Plan, Step
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.themes import themes
from leadtui.screens.parts.typed_ahead import LOOK
from leadtui.screens.parts.wire import QuietApp
from leadtui.widgets.fields import Left, LineField
from leadtui.widgets.form import FormRow
from leadtui.widgets.keys import key_name
from leadtui.widgets.lines import Feedback, TopLine
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from textual.timer import Timer

KEYS = (("tab", "next field"), ("escape", "back"), ("ctrl+c", "leave"))
LEAVING = "Nothing was made yet. ^c again leaves; any other key stays."

MOVES = frozenset(("enter", "tab", "shift+tab", "up", "down", "escape"))
"""Keys that put the cursor elsewhere."""
STANDS = 2
"""So many looks in a row find the cursor where it is before it stands there."""

Planned = Callable[[dict[str, str]], Plan]
Tried = Callable[[Plan], str]
Made = Callable[[Plan], tuple[Path, tuple[str, ...]]]


class FirstDayScreen(Screen[None]):
    """Ends the application with the floor's folder and what is to be said of it, or with nothing
    made."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "next", id="first.next", tooltip="Next step"),
        Binding("tab,down", "field(1)", "next field", id="first.down", tooltip="Next field"),
        Binding("shift+tab,up", "field(-1)", "previous", id="first.up", tooltip="Previous field"),
        Binding("escape", "back", "back", id="first.back", tooltip="The step before"),
        Binding(
            "ctrl+c,ctrl+q",
            "leave",
            "leave",
            priority=True,
            id="first.leave",
            tooltip="Leave; nothing is made",
        ),
    ]

    def __init__(self, words: dict[str, str], planned: Planned, tried: Tried, made: Made) -> None:
        super().__init__()
        self.words, self.place = words, 0
        self._planned, self._tried, self._made = planned, tried, made
        self._busy = self._leaving = False
        self._ahead: list[events.Key | events.Paste] = []
        """What was pressed since a key that moves the cursor, until it stands where it goes."""
        self._moving: Timer | None = None
        self._handed: events.Event | None = None
        self._handing, self._stood = False, 0

    @property
    def step(self) -> Step:
        """The step that is asked for now."""
        return STEPS[self.place]

    @property
    def last(self) -> bool:
        """Whether everything was asked for, and Enter makes it."""
        return self.place == len(STEPS) - 1

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Static(id="about", markup=False)
        with VerticalScroll(id="form", can_focus=False):
            yield Static(id="said", markup=False)
        yield Feedback(markup=False)
        yield Static(id="keys", markup=False)
        yield TooSmall()

    async def on_mount(self) -> None:
        """The first question."""
        await self.show()

    async def show(self, said: tuple[str, ...] = ()) -> None:
        """One step, with what was typed before; ``said`` stands above its fields."""
        self.query_one("#about", Static).update(shown(self.step.about, "$muted", 400))
        self.query_one("#said", Static).update(shown("\n".join(said), "", 2000, newlines=True))
        self.query_one("#said").display = bool(said)
        form = self.query_one("#form")
        await form.remove_children(FormRow)
        await form.mount(
            *(
                FormRow(
                    asked.name,
                    LineField(self.words.get(asked.key, ""), hint=asked.hint, id=asked.key),
                    id=f"row-{asked.key}",
                )
                for asked in self.step.fields
            )
        )
        self._focus(0)
        keys = (("enter", "make the floor" if self.last else "next"), *KEYS)
        words = [Content.assemble((key_name(k), "bold $accent"), f" {does}") for k, does in keys]
        self.query_one("#keys", Static).update(Content("   ").join(words))
        where = f"First day   {self.place + 1} of {len(STEPS)}   {self.step.title}"
        self.query_one(TopLine).place = where

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is made no key does anything."""
        return not (self._busy and action in {"next", "back", "leave", "field"})

    def takes(self, event: events.Event) -> bool:
        """Whether this is kept for where the cursor is going: a field, or the next step while this
        one is looked at."""
        if not isinstance(event, events.Key | events.Paste):
            return False
        if (self._moving is not None or self._handing) and event is not self._handed:
            self._ahead.append(event)
            return True
        if isinstance(event, events.Key) and event.key in MOVES:
            self._stood, self._moving = 0, self.set_interval(LOOK, self._arrive)
        return False

    async def _arrive(self) -> None:
        """Hand over what was pressed once the cursor stands; none of it makes the floor."""
        still = not self._busy and isinstance(self.focused, LineField)
        self._stood = self._stood + 1 if still else 0
        if self._stood < STANDS or self._moving is None:
            return
        self._moving.stop()
        self._moving, self._handing = None, True
        while self._ahead and self._moving is None:
            event = self._handed = self._ahead.pop(0)
            if not (self.last and isinstance(event, events.Key) and event.key == "enter"):
                await self.app.on_event(event)
        self._handing, self._handed = False, None

    def stay(self) -> None:
        """Any key but a second ^c stays."""
        if self._leaving:
            self._leaving = False
            self.query_one(Feedback).update("")

    def action_leave(self) -> None:
        if self._leaving:
            self.app.exit(None)
        self._leaving = True
        self.query_one(Feedback).warn(LEAVING)

    def action_field(self, step: int) -> None:
        keys = [asked.key for asked in self.step.fields]
        here = keys.index(str(self.focused.id)) if isinstance(self.focused, LineField) else -1
        self._focus(max(0, min(here + step, len(keys) - 1)))

    def _focus(self, index: int) -> None:
        self.query_one(f"#{self.step.fields[index].key}", LineField).focus()

    @on(LineField.Changed)
    def typed(self, message: LineField.Changed) -> None:
        """Kept as it is typed."""
        self.words[str(message.input.id)] = message.value

    @on(Left)
    async def field_left(self, message: Left) -> None:
        """Enter goes on: to the next field, behind the last to the next step; Esc goes back."""
        if not message.done:
            await self.action_back()
        elif str(message.field.id) == self.step.fields[-1].key:
            self.action_next()
        else:
            self.action_field(1)

    async def action_back(self) -> None:
        if self.place and not self._busy:
            self.query_one(Feedback).update("")
            self.place -= 1
            await self.show()
        elif not self.place:
            self.query_one(Feedback).warn("This is the first step; ^c leaves, and nothing is made.")

    @work(group="first")
    async def action_next(self) -> None:
        """Check this step, then show the next one; behind the last everything is made."""
        if self._busy:
            return
        self._busy = True
        self.set_focus(None)
        try:
            self.words |= await ask(self.step.check, self.words)
            if self.last:
                await self._make()
            else:
                await self._go_on()
        except LeadtuiError as error:
            words, self._ahead = str(error), []
            self.query_one(Feedback).warn(words)
            names = [words.startswith(asked.name) for asked in self.step.fields]
            self._focus(names.index(True) if True in names else 0)
        finally:
            self._busy = False

    async def _go_on(self) -> None:
        feedback, told = self.query_one(Feedback), ""
        if self.step.fields[0].key == "leads" and self.words["leads"]:
            feedback.say("Looking at the leads …")
            told = await ask(self._try)
        said: tuple[str, ...] = ()
        if self.place + 1 == len(STEPS) - 1:
            said = (await ask(self._planned, self.words)).said
        self.place += 1
        await self.show(said)
        if told:
            feedback.say(f"The file: {told}")
        else:
            feedback.update("")

    def _try(self) -> str:
        """The leads alone: who supervises and where are asked later."""
        return self._tried(self._planned(self.words | {"supervisor": "", "login": ""}))

    async def _make(self) -> None:
        plan = await ask(self._planned, self.words)
        self.query_one(Feedback).say("Making the floor …")
        self.app.exit(await ask(self._made, plan))


class FirstDayApp(QuietApp[tuple[Path, tuple[str, ...]]]):
    """The wizard by itself, before there is a desk."""

    TITLE = "leadtui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = ["../../app.tcss", "first_day.tcss"]

    def __init__(
        self, words: dict[str, str], planned: Planned, tried: Tried, made: Made, *, theme: str
    ) -> None:
        super().__init__()
        for each in themes():
            self.register_theme(each)
        self.theme = theme
        self._first = FirstDayScreen(words, planned, tried, made)

    def on_mount(self) -> None:
        """A signal leaves in order: the terminal is given back, and nothing is made."""
        self.obey_signals(lambda number: self.exit(None, 128 + number))

    async def on_event(self, event: events.Event) -> None:
        """Every key comes by here, before the field that has the focus."""
        if isinstance(event, events.Key) and event.key in {"ctrl+c", "ctrl+q"}:
            await super().on_event(event)
            return
        if isinstance(event, events.Key):
            self._first.stay()
        if not event.is_forwarded and self._first.takes(event):
            return
        await super().on_event(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables."""
        return dict(themes()[0].variables)

    def get_default_screen(self) -> Screen[None]:
        """The only one."""
        return self._first
