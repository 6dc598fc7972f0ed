"""What screens of figures share: a period and whose figures, asked for by a key each, and the
export of both."""

from __future__ import annotations

from textual import work
from textual.binding import Binding

from leadtui.desk.figures.compliance_views import Whose
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.screens.supervise.compliance_dialogs import ExportScreen, asked_period, asked_whose

ASKING = (
    Binding(
        "t",
        "period",
        "period",
        id="supervise.period",
        tooltip="Another period: a week, a month, two dates",
    ),
    Binding(
        "w",
        "whose",
        "whose",
        id="supervise.whose",
        tooltip="Everybody's, a team's or one rep's figures",
    ),
)
EXPORT = Binding(
    "x", "export", "export", id="supervise.export", tooltip="Write a CSV and an HTML report"
)


class Filtered(DeskScreen[None]):
    """A screen of the figures of a period and of some people."""

    OPENS = frozenset({"period", "whose", "export"})
    period: str
    whose: Whose

    @property
    def log_state(self) -> str:
        """What is known of the log, in words."""
        raise NotImplementedError

    def again(self) -> None:
        """Read everything anew."""
        raise NotImplementedError

    @work(group="flow")
    async def action_period(self) -> None:
        """Ask for another period."""
        with self.mishaps():
            chosen = await self.app.push_screen_wait(asked_period(self.desk, self.period))
            if chosen is not None and chosen != self.period:
                self.period = chosen
                self.again()

    @work(group="flow")
    async def action_whose(self) -> None:
        """Ask whose figures are to be shown."""
        with self.mishaps():
            people = await ask(self.desk.supervise.everybody)
            place = await self.app.push_screen_wait(asked_whose(self.desk, people, self.whose))
            if place is not None and people[int(place)] != self.whose:
                self.whose = people[int(place)]
                self.again()

    def action_export(self) -> None:
        """Ask where to, and write."""
        self.app.push_screen(
            ExportScreen(self.desk, self.period, self.whose, self.log_state),
            lambda made: self.say(made or ""),
        )
