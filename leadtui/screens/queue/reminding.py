"""What comes up over the queue by itself: notices before the first call, and due actions that
nobody starts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual import events, work

from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.screens.parts.program import Program

if TYPE_CHECKING:
    from leadtui.desk.calls.popups import Popup, PopupRules
    from leadtui.desk.core.views import Confirmed
    from leadtui.desk.desk import Desk

HEAD = 5
"""So many touches of the queue are looked at."""


class RemindingScreen(DeskScreen[None]):
    """A queue that speaks up: never over another screen, never while something is typed, one thing
    at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._last_key = time.monotonic()
        self._asked: dict[int, datetime] = {}
        self._rules: PopupRules | None = None
        self._reminding = False

    @property
    def occupied(self) -> bool:
        """Whether something is being done that must not be disturbed."""
        return not self.on_top or self._reminding or getattr(self, "_busy", False)

    @property
    def on_top(self) -> bool:
        """Whether nothing stands over the queue: under a dialog ``is_current`` is still true."""
        return self.app.screen is self

    def admits(self, event: events.Event) -> bool:
        """Whoever presses a key is at work: what is only due waits."""
        self._last_key = time.monotonic()
        return super().admits(event)

    def on_screen_resume(self) -> None:
        """Coming back from a call is not idling."""
        self._last_key = time.monotonic()

    @work(group="flow")
    async def read_notices(self) -> None:
        """What has changed in the process comes before the first call, and after what is
        unanswered."""
        from leadtui.screens.queue.notice import read_notices

        if self.occupied:
            return
        self._reminding = True
        try:
            with self.mishaps():
                if await ask(self.desk.block.open_question) is None and self.on_top:
                    await read_notices(self.app, self.desk)
        finally:
            self._reminding = False

    @work(group="flow")
    async def remind(self) -> None:
        """Ask for what is due, if it is time to."""
        if self.occupied:
            return
        self._reminding = True
        try:
            with self.mishaps():
                popup = await self._next()
                if popup is not None and self.on_top and not getattr(self, "_busy", False):
                    await self._ask(popup)
        finally:
            self._reminding = False

    async def _next(self) -> Popup | None:
        if self._rules is None:
            self._rules = await ask(self.desk.popups.rules)
        rows = await ask(lambda: self.desk.block.top(HEAD))
        idle = timedelta(seconds=time.monotonic() - self._last_key)
        typing = self.app.focused is not None and self.app.focused.id != "list"
        return self.desk.popups.choose(
            rows,
            self.desk.now(),
            idle=idle,
            busy=typing or not self.on_top,
            asked=self._asked,
            rules=self._rules,
        )

    async def _ask(self, popup: Popup) -> None:
        from leadtui.screens.queue.due import ask_now

        if (
            not await ask(lambda: self.desk.popups.still_open(popup.row.touch_id))
            or not self.on_top
        ):
            return
        # A key may have come while that was read.
        if (
            self._rules is not None
            and time.monotonic() - self._last_key < self._rules.settle.total_seconds()
        ):
            return
        self._asked[popup.row.touch_id] = self.desk.now()
        if isinstance(self.app, Program):
            self.app.attend()
        confirmed, said = await ask_now(self.app, self.desk, popup)
        self._asked[popup.row.touch_id] = self.desk.now()
        self.done(confirmed)
        if said:
            self.say(said)

    def done(self, confirmed: Confirmed | None) -> None:
        """Say what the answer came to."""
