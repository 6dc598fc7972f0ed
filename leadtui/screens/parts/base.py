"""What every screen of a desk has: feedback, its keys in the footer, reads and writes in threads, a
smallest size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.keys import key_to_character
from textual.screen import ModalScreen, Screen
from textual.worker import NoActiveWorker, get_current_worker

from leadtui.errors import LeadtuiError
from leadtui.widgets.keys import PRESS, key_name
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.too_small import HEIGHT, WIDTH, TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

Result = TypeVar("Result")
Value = TypeVar("Value")
P = ParamSpec("P")


async def ask(use_case: Callable[P, Value], *args: P.args, **kwargs: P.kwargs) -> Value:
    """What the use case returns; it runs in a thread, so a slow or locked database never stops the
    screen.

    A screen that closes meanwhile has no widgets left to show it: there the worker ends."""
    try:
        return await asyncio.to_thread(use_case, *args, **kwargs)
    finally:
        if _closes():
            raise asyncio.CancelledError


def _closes() -> bool:
    """Whether the screen whose worker this is is being taken away."""
    try:
        node = get_current_worker().node
    except NoActiveWorker:
        return False
    return isinstance(node, Screen) and not node.display


class DeskScreen(Screen[Result]):
    """A screen over a desk."""

    AUTO_FOCUS = ""
    PLACE = ""
    """Its name, for the line on top and for help."""
    HOLDS = False
    """Whether an obligation stands behind it: it is left by answering only."""
    OPENS: frozenset[str] = frozenset()
    """Actions that put up another screen: the keys pressed until it stands there are for it."""
    STARTS: frozenset[str] = frozenset()
    """Such actions that a dialog may hold up: that one is not answered by keys pressed before."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def on_mount(self) -> None:
        """Show the keys of this screen."""
        self.bindings_updated_signal.subscribe(self, lambda _screen: self.show_keys())
        self.show_keys()

    @property
    def too_small(self) -> bool:
        """Whether the window is smaller than every screen's smallest size."""
        width, height = self.app.size
        return width < WIDTH or height < HEIGHT

    def admits(self, event: events.Event) -> bool:
        """Whether a key, a paste or the mouse may reach this screen now; what may not is lost."""
        return not self.too_small

    def does(self, key: str, actions: frozenset[str]) -> bool:
        """Whether a key does one of these actions now; in a text field none does."""
        active = None if self.takes_text else self.active_bindings.get(key)
        return active is not None and active.binding.action.partition("(")[0] in actions

    @property
    def takes_text(self) -> bool:
        """Whether keys are text now."""
        return self.focused is not None and self.focused.check_consume_key("a", "a")

    def on_click(self, event: events.Click) -> None:
        """A click on a key that stands written presses it, under the same rules."""
        key, field = str(event.style.meta.get(PRESS, "")), self.focused
        if not key:
            return
        from leadtui.widgets.fields import Left, LineField, MemoField

        if len(key) == 1 and isinstance(field, (LineField, MemoField)):
            # A letter that is clicked is no letter of the text: what was typed is taken first.
            field.post_message(Left(field, done=False))
            self.set_focus(None)
        pressed = events.Key(key, key_to_character(key))
        # As a driver sends it: from a screen it would not come up to the application again.
        pressed.set_sender(self.app)
        self.app.post_message(pressed)

    def show_keys(self) -> None:
        """Write the bindings that are meant for the footer into it; under another screen it stays
        as it is."""
        for line in self.query(KeyLine) if self.app.screen is self else ():
            line.keys = self.footer_keys()

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        """(key, words) of the bindings that are to be shown, in their order, each action once."""
        keys: dict[str, tuple[str, str]] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled:
                keys.setdefault(
                    binding.action,
                    (binding.key_display or key_name(binding.key), binding.description),
                )
        return tuple(keys.values())

    def say(self, text: str) -> None:
        """Tell what was done."""
        self._feedback(lambda line: line.say(text))

    def warn(self, text: str) -> None:
        """Tell what did not go."""
        self._feedback(lambda line: line.warn(text))

    @contextmanager
    def mishaps(self) -> Iterator[None]:
        """Show whatever a person can understand and mend, instead of failing."""
        try:
            yield
        except LeadtuiError as error:
            self.warn(str(error))
        except NoMatches:
            # The screen may have been left while a thread was reading: then there is nothing to
            # show it on.
            if self.is_attached and self.query(TooSmall):
                raise

    def _feedback(self, speak: Callable[[Feedback], None]) -> None:
        try:
            speak(self.query_one(Feedback))
        except NoMatches:
            return


class DeskDialog(DeskScreen[Result], ModalScreen[Result]):
    """A dialog over another screen; Esc leaves it without doing anything. A ringing phone is
    answered from here too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "inbound",
            "inbound",
            show=False,
            id="dialog.inbound",
            tooltip="Add a lead, or take an inbound call",
        )
    ]
    own_letters = ""
    """Letters that mean something else in this dialog."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A letter in a field, and a choice that has this key, are no inbound call."""
        if action == "inbound":
            own = self.takes_text or "a" in self.own_letters
            return hasattr(self.app, "action_inbound") and not own
        return super().check_action(action, parameters)

    async def action_inbound(self) -> None:
        await self.app.run_action("app.inbound")

    def action_close(self) -> None:
        self.dismiss(None)
