"""The Textual application over a desk: themes, the palette, signals, and what no key may pass while
a question is open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.screens.parts.program import Program
from leadtui.text import clean

if TYPE_CHECKING:
    from leadtui.desk.audit.copying import Copying
    from leadtui.desk.desk import Desk
    from leadtui.screens.queue.call_block import CallBlockScreen

WHILE_ASKED = frozenset({"focus_next", "focus_previous", "inbound", "redraw"})
"""Actions of the application that a key may reach while an obligation waits for its answer on the
screen."""

PATIENCE = 3.0
"""Seconds that leaving in order may take after a signal."""
ROUND = 60.0
"""Seconds between two rounds of what is due by itself."""


class LeadtuiApp(Program[None]):
    """What a rep works in. ``return_code`` is 128 + n after a signal n."""

    TITLE = "leadtui"
    CSS_PATH = ["app.tcss", "screens/queue/call_block.tcss"]
    NOTIFICATION_TIMEOUT = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a", "inbound", "add", id="app.inbound", tooltip="Add a lead, or take an inbound call"
        ),
        Binding("question_mark", "keys", "keys", id="app.keys", tooltip="All keys of this screen"),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            show=False,
            priority=True,
            id="app.palette",
            tooltip="Commands by name",
        ),
        Binding("q,ctrl+q", "leave", "leave", show=False, id="app.leave", tooltip="Leave leadtui"),
        Binding(
            "ctrl+c",
            "how_to_leave",
            show=False,
            system=True,
            id="app.interrupt",
            tooltip="Says how to leave",
        ),
    ]

    BROKEN = (
        "What was confirmed is kept, and an open question is asked at the next start; 'leadtui "
        "doctor' says whether the floor is whole"
    )

    def __init__(self, desk: Desk, **chosen: Any) -> None:
        super().__init__(desk, **chosen)
        self._signalled = 0
        self._rounds = asyncio.Lock()
        self._copying: Copying | None = None

    def get_default_screen(self) -> Screen[None]:
        """The call block."""
        from leadtui.screens.queue.call_block import CallBlockScreen

        return CallBlockScreen(self.desk)

    def on_mount(self) -> None:
        """Answer signals by leaving in order; what is open stays open."""
        self.obey_signals(self.leave_by_signal)
        self.set_timer(2, self.do_what_is_due)
        self.set_interval(ROUND, self.do_what_is_due)
        self._start_copying()

    @work(group="due", exclusive=True)
    async def do_what_is_due(self) -> None:
        """What needs nobody: pauses that end, system e-mails. A round that fails is tried again by
        the next."""
        if not self._rounds.locked():
            async with self._rounds:
                with contextlib.suppress(LeadtuiError):
                    await ask(self.desk.tick)

    def _start_copying(self) -> None:
        """The supervisors' copies leave on a thread of their own, where messages leave without a
        rep at all."""
        if self.desk.settings.mail.sends:
            from leadtui.desk.audit.copying import Copying

            self._copying = Copying(self.desk.copy)
            self._copying.start()

    def on_unmount(self) -> None:
        """No copy is begun any more."""
        if self._copying is not None:
            self._copying.stop(0)

    def on_call_block_screen_unopened(self, message: CallBlockScreen.Unopened) -> None:
        """There is no desk: say why on the terminal, and end."""
        self.exit(return_code=message.error.exit_code, message=Text(clean(str(message.error), 400)))

    def leave_by_signal(self, number: int) -> None:
        """Restore the terminal and end with 128 + the signal's number."""
        self._signalled = number
        # Where the terminal is gone nobody takes what is still written to it: the way out must not
        # wait for that.
        last = threading.Timer(PATIENCE, os._exit, (128 + number,))
        last.daemon = True
        last.start()
        self.exit(return_code=128 + number)

    async def run_async(self, **options: Any) -> None:
        """Run until it is left. After a signal the process ends here: a thread may still wait for a
        locked database, and its transaction ends with the process, whole or not at all."""
        try:
            return await super().run_async(**options)
        finally:
            await asyncio.sleep(0)  # a signal that came at the very end is still heard
            if self._signalled:
                sys.stdout.flush()
                os._exit(128 + self._signalled)
            if self._copying is not None:
                await asyncio.to_thread(self._copying.stop)

    # What may pass

    @property
    def held(self) -> bool:
        """Whether an obligation waits on the screen."""
        return any(isinstance(screen, DeskScreen) and screen.HOLDS for screen in self.screen_stack)

    @property
    def asked(self) -> bool:
        """Whether the question itself is on the stack."""
        return any(
            isinstance(screen, DeskScreen) and screen.HOLDS and screen.is_modal
            for screen in self.screen_stack
        )

    async def on_event(self, event: events.Event) -> None:
        """Every key, paste and mouse event comes by here first, before any binding with
        priority."""
        if (
            isinstance(event, (events.InputEvent, events.Paste))
            and not event.is_forwarded
            and self.screen_stack
        ):
            screen = self.screen
            if (
                isinstance(screen, DeskScreen)
                and not screen.admits(event)
                and not self._leaves(event)
            ):
                return
        await super().on_event(event)

    def _leaves(self, event: events.Event) -> bool:
        return isinstance(event, events.Key) and event.key in {"q", "ctrl+q"} and not self.held

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While an obligation waits on the screen only a few named actions pass."""
        if self.held and action not in WHILE_ASKED:
            return action in {"keys", "command_palette"} and not self.asked
        return super().check_action(action, parameters)

    # What the keys of every screen do

    def action_leave(self) -> None:
        self.exit(return_code=0)

    def action_how_to_leave(self) -> None:
        if isinstance(self.screen, DeskScreen):
            self.screen.say("q leaves leadtui")

    @work(group="flow")
    async def action_inbound(self) -> None:
        """A call comes in, or a lead is added: from anywhere, even over an open question."""
        from leadtui.screens.queue.flow import take_inbound

        screen = self.screen
        if isinstance(screen, DeskScreen):
            with screen.mishaps():
                if said := await take_inbound(self, self.desk):
                    screen.say(said)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: nothing in it can pass a question."""
        yield from super().get_system_commands(screen)
        if not self.held:
            yield SystemCommand(
                "Add or inbound", "Add a lead, or take an inbound call", self.action_inbound
            )
            yield SystemCommand("Leave", "Leave leadtui", self.action_leave)
