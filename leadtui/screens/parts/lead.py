"""One lead: whoever's it is, open or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.screens.parts.news import MENU, TellsNews
from leadtui.widgets import lead_card
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import joined, shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.core.views import LeadView
    from leadtui.desk.desk import Desk


class LeadScreen(DeskDialog[None], TellsNews[None]):
    """A card that is read and closed, and on which news of the lead can be told."""

    CSS_PATH = "dialogs.tcss"
    PLACE = "Lead"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close", id="lead.close", tooltip="Close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="lead.down", tooltip="Scroll down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="lead.up", tooltip="Scroll up"),
        MENU,
    ]
    OPENS = frozenset({"news"})

    def __init__(self, desk: Desk, lead: LeadView) -> None:
        super().__init__(desk)
        self.lead = lead

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box -wide-box") as box:
            box.border_title = shown(f"Lead {self.lead.id}: {self.lead.name}", limit=60)
            box.can_focus = False
            yield Static(id="card")
            yield Static(id="history")
            yield Feedback()
            yield Static(hints("esc closes   j k scroll   L what is new?"), classes="muted")
        yield TooSmall()

    def on_mount(self) -> None:
        """What has happened with the lead comes a moment later."""
        self.query_one("#card", Static).update(self._card())
        self.load()

    @property
    def told_lead(self) -> int:
        return self.lead.id

    def news_told(self) -> None:
        self.load()

    @work(exclusive=True, group="history")
    async def load(self) -> None:
        """Read the lead and its history."""
        with self.mishaps():
            self.lead = await ask(self.desk.block.lead, self.lead.id)
            self.query_one("#card", Static).update(self._card())
            lines = await ask(self.desk.block.history, self.lead.id, 30)
            found = lead_card.history(lines, self.desk.settings.zone)
            self.query_one("#history", Static).update(Content("\n").join([Content(""), found]))

    def _card(self) -> Content:
        lead = self.lead
        whose = f"{lead.status} · {f'with {lead.owner}' if lead.owner else 'nobody has it'}"
        return joined(
            shown(" · ".join(filter(None, (lead.name, lead.title))), "bold"),
            lead_card.company(lead),
            *(lead_card.number(phone) for phone in lead.phones),
            shown(whose, "$muted"),
        )

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
