"""What the program's applications share: themes that are remembered, the user's keys, and what is
said when something breaks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segments
from rich.text import Text
from textual import events
from textual.app import App, ReturnType, SystemCommand
from textual.binding import Binding, BindingType

from leadtui.files import keep_details
from leadtui.preferences import keep_theme
from leadtui.screens.parts.base import DeskScreen
from leadtui.screens.parts.themes import DARK, LIGHT, default_theme, themes
from leadtui.screens.parts.typed_ahead import TypedAhead
from leadtui.screens.parts.wire import QuietApp

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from leadtui.desk.desk import Desk


def screen_actions() -> type[Provider]:
    """Imported when the palette is first opened."""
    from leadtui.screens.parts.palette import ScreenActions

    return ScreenActions


def leads() -> type[Provider]:
    """Imported when the palette is first opened."""
    from leadtui.screens.parts.palette import Leads

    return Leads


ASKS = "what to do, or a part of a lead's name, company or number"
THEMES = {"dark": DARK, "light": LIGHT}


class Program(QuietApp[ReturnType]):
    """An application over a desk, as its user wants it. ``keymap`` has been checked."""

    COMMANDS: ClassVar[set[Any]] = {*App.COMMANDS, screen_actions, leads}
    BROKEN = ""
    """What somebody whose program had to stop needs to know."""

    def __init__(
        self,
        desk: Desk,
        *,
        theme: str = "",
        keymap: dict[str, str] | None = None,
        bell: bool = True,
    ) -> None:
        super().__init__()
        self.desk, self.rings = desk, bell
        self._ahead = TypedAhead(self)
        for each in themes():
            self.register_theme(each)
        self.theme = THEMES.get(theme, theme) or default_theme()
        self.set_keymap(keymap or {})

    async def on_event(self, event: events.Event) -> None:
        """A key that is pressed while a screen is on its way is kept for it."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._ahead.takes(event):
            return
        await super().on_event(event)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for Textual's themes too."""
        return dict(themes()[0].variables)

    def action_switch_theme(self) -> None:
        """The other theme; the next start has it too."""
        self.theme = LIGHT if self.theme == DARK else DARK
        keep_theme("light" if self.theme == LIGHT else "dark")

    def action_command_palette(self) -> None:
        """Commands by name, and leads."""
        from textual.command import CommandPalette

        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=ASKS, id="--command-palette"))

    def action_keys(self) -> None:
        from leadtui.screens.parts.help import HelpScreen, keys_of

        if isinstance(self.screen, DeskScreen):
            self.push_screen(HelpScreen(self.desk, self.screen.PLACE, keys_of(self.screen)))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What every screen has beside its own actions: nothing in it can pass a question."""
        yield SystemCommand(
            "Light or dark", "Switch between the light and the dark theme", self.action_switch_theme
        )
        yield SystemCommand("Keys", "All keys of this screen", self.action_keys)

    def attend(self) -> None:
        """Ring the terminal's bell, where its user has not turned that off."""
        if self.rings:
            self.bell()

    def _fatal_error(self) -> None:
        """No traceback for a person: one line that says where the details are, and the whole story
        only where LEADTUI_DEBUG asks for it."""
        if os.environ.get("LEADTUI_DEBUG") or self.is_headless:
            super()._fatal_error()
            return
        error = self._exception
        kept = keep_details(error) if error is not None else "LEADTUI_DEBUG=1 shows the details"
        words = f"leadtui had to stop: {type(error).__name__}. {self.BROKEN}; {kept}."
        self._exit_renderables.append(
            Segments(self.console.render(Text(words), self.console.options))
        )
        self._close_messages_no_wait()


class Beside(Program[ReturnType]):
    """An application of one task, which somebody runs beside the call block."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+q,ctrl+c",
            "quit",
            "leave",
            show=False,
            system=True,
            id="app.leave",
            tooltip="Leave",
        ),
        Binding(
            "ctrl+t", "switch_theme", "theme", show=False, id="app.theme", tooltip="Light or dark"
        ),
    ]

    def on_mount(self) -> None:
        """End in order on a signal."""
        self.obey_signals(lambda number: self.exit(None, 128 + number))
