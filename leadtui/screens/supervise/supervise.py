"""The supervisor's read-only view as an application of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from leadtui.screens.parts.base import DeskScreen
from leadtui.screens.parts.themes import DARK, LIGHT, themes
from leadtui.screens.supervise.overview import ComplianceScreen

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class SuperviseApp(App[int]):
    """The read-only view as an application. It holds no desk action that writes."""

    TITLE = "leadtui compliance"
    CSS_PATH = ["../../app.tcss", "supervise.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny-w"), (60, "-narrow"), (112, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny-h"), (15, "-low"), (22, "-tall")]
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark",
            "keys",
            "keys",
            show=False,
            id="app.keys",
            tooltip="All keys of this screen",
        ),
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

    def __init__(self, desk: Desk, *, period: str = "today", team: str = "") -> None:
        super().__init__()
        self.desk = desk
        self._first = (period, team)
        for each in themes():
            self.register_theme(each)
        self.theme = DARK

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for Textual's themes too."""
        return dict(themes()[0].variables)

    def get_default_screen(self) -> Screen[None]:
        """The view."""
        return ComplianceScreen(self.desk, period=self._first[0], team=self._first[1])

    def on_mount(self) -> None:
        """End in order on a signal."""
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, 128 + number)

    def action_keys(self) -> None:
        from leadtui.screens.parts.help import HelpScreen, keys_of

        if isinstance(self.screen, DeskScreen):
            self.push_screen(HelpScreen(self.desk, self.screen.PLACE, keys_of(self.screen)))

    def action_switch_theme(self) -> None:
        self.theme = LIGHT if self.theme == DARK else DARK
