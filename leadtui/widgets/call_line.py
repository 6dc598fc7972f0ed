"""The line on top of a call: who it is, when it began, and how long it runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from leadtui.clock import hour
from leadtui.desk.core.views import LeadView, OpenQuestion
from leadtui.widgets import times
from leadtui.widgets.safe import shown


class CallLine(Widget):
    """Ticks once a second."""

    DEFAULT_CSS = """
    CallLine { height: 1; padding: 0 1; background: $bar; }
    """
    now: reactive[datetime | None] = reactive(None)
    lead: reactive[LeadView | None] = reactive(None)

    def __init__(self, question: OpenQuestion, zone: str) -> None:
        super().__init__()
        self.question, self.where = question, times.zone(zone)

    def render(self) -> Content:
        """The line; the running time is never cut."""
        question, lead = self.question, self.lead
        kind = "Inbound call" if question.inbound else question.touch.action.capitalize()
        name = f"{lead.name}, {lead.title}" if lead is not None and lead.title else question.lead
        started = question.started_at.astimezone(self.where)
        ran = times.stopwatch(timedelta(0) if self.now is None else self.now - question.started_at)
        right = Content.assemble(
            (f"started {hour(started, seconds=True)}   ", "$muted"), (ran, "bold")
        )
        left = Content.assemble(
            (kind, "bold $accent"),
            "   ",
            shown(name, "bold"),
            shown(f" · {question.company}", "$muted"),
        )
        width = self.content_size.width
        room = width - right.cell_length - 2
        if left.cell_length > room:
            left = left.truncate(max(room, 0), ellipsis=True)
        return Content.assemble(
            left, " " * max(1, width - left.cell_length - right.cell_length), right
        )
