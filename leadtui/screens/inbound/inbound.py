"""A call comes in: who is it? The call starts at once; what was open waits underneath. Nobody known
is added first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from leadtui.desk.core.views import LeadView
from leadtui.screens.inbound.caller import Alike, Caller, CallerScreen
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.searching import SearchDialog
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import fit, shown

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

SHOWN = 6
"""Leads that are listed at once; more words narrow it down."""
LOW = 4
"""In a low window."""


class InboundScreen(SearchDialog[Caller | None]):
    """Comes back with who calls, whoever's they are: found, or added."""

    PLACE = "Add, or inbound call"
    TITLE_WORDS = "Who calls?"
    KEYS = "↓ ↑ move   ⏎ take the call   ⇥ somebody new   esc back"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, id="inbound.down", tooltip="Next"),
        Binding("up", "move(-1)", "Up", show=False, id="inbound.up", tooltip="Previous"),
        Binding(
            "tab",
            "new",
            "new",
            show=False,
            id="inbound.new",
            tooltip="Add somebody who is not known",
        ),
        Binding("escape", "close", "close", id="inbound.close", tooltip="Nobody calls"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.found: tuple[LeadView, ...] = ()
        self.place = 0
        """Which is selected; the one behind the last is somebody new."""
        self.draft: dict[str, str] = {}
        """What was typed about somebody new: still there after going back."""
        self.known = 0
        """The lead that whoever was typed turned out to be."""

    def results_below(self) -> Iterable[Widget]:
        """The leads, and the way to somebody new."""
        return (Static(id="choices", markup=False),)

    def on_mount(self) -> None:
        """The way to somebody new is there from the start."""
        self._show()

    async def search(self, words: str) -> str:
        """Whoever may call, by any form of a number too."""
        self.found = await ask(lambda: self.desk.intake.find_callers(words)) if words else ()
        self.place = 0
        self._show()
        return (f"{len(self.found)} found" if self.found else "Nobody matches.") if words else ""

    def _show(self) -> None:
        room = LOW if self.has_class("-low") else SHOWN
        first = max(0, min(self.place - room + 1, len(self.found) - room))
        rows = []
        for index, lead in enumerate(self.found[first : first + room], first):
            here = index == self.place
            name = fit(f"{lead.name}, {lead.title}" if lead.title else lead.name, 32)
            rest = shown(
                f"{lead.company} · {lead.owner}" if lead.owner else lead.company, "$muted", 60
            )
            rows.append(
                Content.assemble(_mark(here=here), (name, "bold" if here else ""), " ", rest)
            )
        here = self.place == len(self.found)
        rows.append(
            Content.assemble(_mark(here=here), ("+ somebody new", "bold" if here else "$muted"))
        )
        self.query_one("#choices", Static).update(Content("\n").join(rows))

    def on_resize(self) -> None:
        """More or fewer rows."""
        self.call_after_refresh(self._show)

    def action_move(self, step: int) -> None:
        self.place = (self.place + step) % (len(self.found) + 1)
        self._show()

    def take(self) -> None:
        """The call of the selected lead, or the form for somebody new."""
        if self.place < len(self.found):
            lead = self.found[self.place]
            if lead.id == self.known:
                self._join(lead)
            else:
                self.dismiss(Caller(lead.id, lead.name))
        else:
            self.action_new()

    @work(group="flow")
    async def action_new(self) -> None:
        """Add somebody, and come back with them; or with whom they look like."""
        with self.mishaps():
            if not any(self.draft.values()):
                self.draft.update(self.desk.intake.begun(self.words))
            came = await self.app.push_screen_wait(CallerScreen(self.desk, self.draft))
            if isinstance(came, Caller):
                self.dismiss(came)
            elif isinstance(came, Alike):
                self.found = await ask(self.desk.intake.callers_of, came.leads)
                self.place = 0
                self._show()
                self.known = came.leads[0] if came.known else 0
                said = "They are there already" if came.known else "It looks like this lead"
                self.query_one(Feedback).warn(f"{said}: {came.why}.")

    @work(group="write")
    async def _join(self, lead: LeadView) -> None:
        """Add what was typed to the lead that they turned out to be, and take their call."""
        with self.mishaps():
            draft = dict(self.draft)
            await ask(lambda: self.desk.intake.add_caller(draft, lead.id))
            self.draft.clear()
            self.dismiss(Caller(lead.id, lead.name))


def _mark(*, here: bool) -> tuple[str, str]:
    return ("▸ " if here else "  ", "bold $accent")
