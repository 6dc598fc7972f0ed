"""Arming: nothing that was typed ahead reaches a screen, and one sees from when on a key counts."""

from __future__ import annotations

from textual import events
from textual.timer import Timer

from leadtui.screens.base import DeskScreen, Result

WAIT = 0.25
"""Seconds after the paint, and after the last early key, until a key counts."""


class ArmedScreen(DeskScreen[Result]):
    """A screen whose keys count only a moment after it was painted; an early key is lost and starts the wait again."""

    armed = False
    _arming: Timer | None = None

    def admits(self, event: events.Event) -> bool:
        """Before it is armed nothing passes: no key, no paste, no mouse."""
        if not super().admits(event):
            self.disarm()
            return False
        if self.armed:
            return True
        if isinstance(event, (events.Key, events.Paste)):
            self.disarm()
        return False

    def on_mount(self) -> None:
        """The wait begins with the first paint."""
        self.call_after_refresh(self._wait)

    def on_screen_resume(self) -> None:
        """Whatever stood above is gone: wait again."""
        self.disarm()

    def disarm(self) -> None:
        """Wait again."""
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
        if self.too_small or self.app.screen is not self:
            self._wait()
            return
        self.armed = True
        self.armed_changed()
