"""Keys that are pressed while a screen is on its way: they are for that screen, and reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events

from leadtui.screens.parts.base import DeskScreen

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

LOOK = 0.02
"""Seconds between two looks whether the screen stands there."""
PATIENCE = 10.0
"""Seconds after which nobody knows any more what a key was meant for."""


class TypedAhead:
    """What was pressed since an action that puts up a screen, in its order."""

    def __init__(self, program: App[Any]) -> None:
        self.program = program
        self.keys: list[events.Key] = []
        self._below: DeskScreen[Any] | None = None
        """The screen whose action it was, while the other is on its way."""
        self._timer: Timer | None = None
        self._looks = self._stood = 0
        self._starts = self._worked = False

    def takes(self, event: events.Key) -> bool:
        """Whether this key is kept for the screen that is on its way."""
        if self._below is not None:
            if event.key.startswith("ctrl+"):
                return False
            self.keys.append(event)
            return True
        screen = self.program.screen
        if isinstance(screen, DeskScreen):
            starts = screen.does(event.key, screen.STARTS)
            if starts or screen.does(event.key, screen.OPENS):
                self._begin(screen, starts=starts)
        return False

    def _begin(self, below: DeskScreen[Any], *, starts: bool) -> None:
        self._below, self._starts, self._worked = below, starts, False
        self._looks = self._stood = 0
        self._timer = self.program.set_interval(LOOK, self._look)

    async def _look(self) -> None:
        """Hand the keys over once the screen stands there, or once none comes."""
        below, screen = self._below, self.program.screen
        self._looks += 1
        if below is None:
            return
        if screen is below:
            busy = any(
                one.node is below and one.group == "flow" and one.is_running
                for one in self.program.workers
            )
            self._worked = self._worked or busy
            if busy and self._looks * LOOK < PATIENCE:
                return
            # The press may still be on its way through the widgets.
            if self._worked or self._looks > 3:
                await self._end(deliver=not self._worked)
        elif screen.is_mounted:
            # What a screen focuses when it is put up is focused a moment after that.
            self._stood += 1
            if self._stood > 1:
                holds = isinstance(screen, DeskScreen) and screen.HOLDS and not screen.is_modal
                await self._end(deliver=holds or not self._starts)

    async def _end(self, *, deliver: bool) -> None:
        if self._timer is not None:
            self._timer.stop()
        keys, self.keys, self._below = self.keys, [], None
        for key in keys if deliver else ():
            await self.program.on_event(key)
