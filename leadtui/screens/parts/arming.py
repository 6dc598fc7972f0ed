"""Arming: nothing that was typed ahead or pasted answers, and one sees from when on a key
counts."""

from __future__ import annotations

from textual import events
from textual.timer import Timer

from leadtui.screens.parts.base import DeskScreen, Result

WAIT = 0.25
"""Seconds after the paint, and after the last early key, until a key counts."""

BURST = 0.04
"""Seconds in which no hand presses two keys on purpose: what comes so close together was pasted, or
a key is stuck."""


class ArmedScreen(DeskScreen[Result]):
    """A screen whose keys count only a moment after it was painted; an early key is lost and starts
    the wait again.

    A key that answers also has to stand alone. Not every terminal marks what is pasted, and then
    ``yes, I did`` comes as keys: so an answer is held for as long as a burst would need, and goes
    with it if another key follows."""

    ANSWERS: frozenset[str] = frozenset()
    """Names of the actions that answer."""

    armed = False
    known = True
    """Whether what the keys are about stands there; before, none counts."""
    _arming: Timer | None = None
    _last_key = 0.0
    _held: events.Key | None = None
    """An answer that waits to see whether it stands alone."""
    _freed: events.Key | None = None
    """An answer that is on its way for the second time."""

    def admits(self, event: events.Event) -> bool:
        """Before it is armed nothing passes: no key, no paste, no mouse. Then no answer that does
        not stand alone."""
        if not super().admits(event):
            self.disarm()
            return False
        if not isinstance(event, (events.Key, events.Paste)):
            return self.armed
        if self.takes_text and not self.armed:
            # What is typed answers nothing: it need not wait.
            self._last_key = event.time
            return True
        if event is self._freed:
            alone, self._held, self._freed = self._held is event, None, None
            return alone and self.armed
        crowded, self._last_key = event.time - self._last_key < BURST, event.time
        answers = self.armed and isinstance(event, events.Key) and self.answers(event)
        if not self.armed or self._held is not None or (answers and crowded):
            self.disarm()
            return False
        if answers and isinstance(event, events.Key):
            self._held = event
            self.set_timer(BURST, lambda: self._free(event))
            return False
        return True

    def answers(self, event: events.Key) -> bool:
        """Whether a key would answer: never in a text field."""
        return self.does(event.key, self.ANSWERS)

    def _free(self, event: events.Key) -> None:
        # Behind every key that has been read meanwhile: one of those would still throw it away.
        if self._held is event:
            self._freed = event
            self.app.post_message(event)

    def on_mount(self) -> None:
        """The wait begins with the first paint."""
        self.call_after_refresh(self._wait)

    def on_screen_resume(self) -> None:
        """Whatever stood above is gone: wait again."""
        self.disarm()

    def disarm(self) -> None:
        """Wait again; an answer that is held is lost."""
        self._held = None
        if self.armed:
            self.armed = False
            self.armed_changed()
        self._wait()

    def armed_changed(self) -> None:
        """Show whether a key counts now."""

    def _wait(self) -> None:
        if self._arming is not None:
            self._arming.stop()
        self._arming = self.set_timer(WAIT, self._arm)

    def _arm(self) -> None:
        if self.too_small or not self.known or self.app.screen is not self:
            self._wait()
            return
        self.armed = True
        self.armed_changed()
