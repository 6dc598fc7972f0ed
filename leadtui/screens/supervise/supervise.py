"""The supervisor's read-only view as an application of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from leadtui.screens.parts.program import Beside
from leadtui.screens.supervise.overview import ComplianceScreen

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class SuperviseApp(Beside[None]):
    """The read-only view as an application. It holds no desk action that writes."""

    TITLE = "leadtui compliance"
    CSS_PATH = ["../../app.tcss", "supervise.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny-w"), (60, "-narrow"), (112, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "question_mark",
            "keys",
            "keys",
            show=False,
            id="app.keys",
            tooltip="All keys of this screen",
        )
    ]

    BROKEN = "Nothing was changed: this view only reads"

    def __init__(self, desk: Desk, *, period: str = "today", team: str = "", **chosen: Any) -> None:
        super().__init__(desk, **chosen)
        self._first = (period, team)

    def get_default_screen(self) -> Screen[None]:
        """The view."""
        return ComplianceScreen(self.desk, period=self._first[0], team=self._first[1])
