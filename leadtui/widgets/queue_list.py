"""The queue: one line a touch, with why it stands there, who it is, what is to be done and when."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from leadtui.clock import hour
from leadtui.desk.core.views import QueueRow
from leadtui.widgets import times
from leadtui.widgets.safe import fit
from leadtui.widgets.virtual_list import VirtualList

EIGHTHS = " ▏▎▍▌▋▊▉█"
BAR = 2
"""Inner cells of the bar of an SLA."""


BY_CLOCK = frozenset(("today", "later", "overdue"))
"""Reasons that the clock alone decides: they are written for the moment they are read at."""
LATE = datetime(2026, 11, 23, 22, 0)  # noqa: DTZ001 - only how wide an hour is
"""No hour is written longer than this one."""


def bar(left: float) -> str:
    """The share that is left of an SLA, 0..1, as a small bar."""
    cells = max(0.0, min(1.0, left)) * BAR
    inner = "".join(EIGHTHS[max(0, min(8, round((cells - cell) * 8)))] for cell in range(BAR))
    return f"▕{inner}▏"


class Columns:
    """How wide each column is in a list of ``width`` cells."""

    def __init__(self, width: int) -> None:
        self.gutter, self.gap = 3, 2
        pm = len(hour(LATE)) - len("22:00")
        self.why = (15 if width >= 62 else 14) + pm
        self.do, self.due = 6, max(11 if width >= 62 else 9, len("Thu ") + len(hour(LATE)))
        rest = width - self.gutter - self.why - self.do - self.due - 3 * self.gap - 1
        self.company = (rest - self.gap) * 2 // 5 if rest >= 28 else 0
        self.lead = rest - (self.company + self.gap if self.company else 0)

    def heading(self) -> str:
        """The names of the columns."""
        parts = [fit("why", self.why), fit("lead", self.lead)]
        if self.company:
            parts.append(fit("company", self.company))
        parts += [fit("do", self.do), fit("due", self.due, right=True)]
        return " " * self.gutter + (" " * self.gap).join(parts)


class QueueHeading(Widget):
    """The line of column names above the queue."""

    DEFAULT_CSS = "QueueHeading { height: 1; color: $muted; }"

    def render_line(self, y: int) -> Strip:
        """The one line."""
        width = self.size.width
        return Strip([Segment(fit(Columns(width - 1).heading(), width), self.rich_style)], width)


class QueueList(VirtualList[QueueRow]):
    """The rows of a queue; ``now`` and ``where`` decide how times are written and are set by the
    screen."""

    DEFAULT_CSS = """
    QueueList { height: 1fr; }
    QueueList > .queue--muted { color: $muted; }
    QueueList > .queue--urgent { color: $text-error; text-style: bold; }
    QueueList > .queue--soon { color: $text-warning; }
    QueueList > .queue--point { color: $accent; text-style: bold; }
    QueueList > .queue--cursor { background: $cursor; }
    QueueList > .queue--resting { background: $resting; }
    QueueList > .queue--name { text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--muted",
        "queue--urgent",
        "queue--soon",
        "queue--point",
        "queue--cursor",
        "queue--resting",
        "queue--name",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.now: datetime | None = None
        self.where = times.zone("UTC")
        self._styles: dict[tuple[Hashable, str], Style] = {}

    def repaint(self) -> None:
        self._styles.clear()
        super().repaint()

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def tick(self, now: datetime) -> None:
        """Another minute: write the times anew."""
        self.now = now
        self.repaint()

    def row_id(self, row: QueueRow) -> int:
        return row.touch_id

    def looks(self, row: QueueRow) -> Hashable:
        return (
            row.name,
            row.title,
            row.company,
            row.action,
            row.why,
            row.tier,
            row.due,
            row.promised,
            row.late,
        )

    def render_row(self, row: QueueRow, width: int, *, selected: bool, marked: bool) -> Strip:
        columns = Columns(width)
        base = self._base(selected=selected)
        muted, point = self._style(base, "muted"), self._style(base, "point")
        why, tail = self._why(row, columns.why)
        gap = Segment(" " * columns.gap, base)
        name = f"{row.name}, {row.title}" if row.title else row.name
        segments = [
            Segment(" ▸" if selected else "  ", point),
            Segment("•" if marked else " ", point),
            Segment(why, self._style(base, self._urgency(row))),
            Segment(tail, muted),
            gap,
            Segment(fit(name, columns.lead), self._style(base, "name") if selected else base),
            gap,
        ]
        if columns.company:
            segments += [Segment(fit(row.company, columns.company), muted), gap]
        segments += [
            Segment(fit(row.action, columns.do), base),
            gap,
            Segment(fit(self._due(row), columns.due, right=True), base if row.promised else muted),
            Segment(" ", base),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def render_missing(self, width: int, *, selected: bool) -> Strip:
        base = self._base(selected=selected)
        return Strip(
            [Segment(fit(" ▸ ·" if selected else "   ·", width), self._style(base, "muted"))], width
        )

    def _base(self, *, selected: bool) -> Style:
        # Working out a style costs as much as drawing a line, and a key draws two lines.
        name = ("queue--cursor" if self.has_focus else "queue--resting") if selected else ""
        found = self._styles.get((None, name))
        if found is None:
            found = (
                self.rich_style + self.get_component_rich_style(name, partial=True)
                if name
                else self.rich_style
            )
            self._styles[None, name] = found
        return found

    def _style(self, base: Style, name: str) -> Style:
        if not name:
            return base
        found = self._styles.get((base, name))
        if found is None:
            found = self._styles[base, name] = base + self.get_component_rich_style(
                f"queue--{name}", partial=True
            )
        return found

    def _urgency(self, row: QueueRow) -> str:
        if row.tier == 0 or (row.sla_used is not None and row.sla_used >= 1):
            return "urgent"
        return "soon" if row.tier in {1, 2} else ""

    def _why(self, row: QueueRow, width: int) -> tuple[str, str]:
        now, why = self.now or row.due, row.why
        if row.promised:
            return fit(f"{why} {self._promised_at(row.due, now)}", width), ""
        if row.sla_left is not None and row.sla_used is not None:
            over = row.sla_left < timedelta(0)
            text = f"{row.why} {times.left(row.sla_left)}" + (" over" if over else "")
            if over or width < 15:
                return fit(text, width), ""
            return fit(text, width - BAR - 2), bar(1 - row.sla_used)
        if why in BY_CLOCK and row.due < now:
            return fit(f"overdue {times.work(row.late or timedelta(0))}", width), ""
        return fit(why, width), ""

    def _promised_at(self, due: datetime, now: datetime) -> str:
        """The hour of a promise; of another day the day, its hour stands under due."""
        local, today = due.astimezone(self.where), now.astimezone(self.where).date()
        if local.date() == today:
            return hour(local)
        near = abs((local.date() - today).days) < len(times.WEEKDAYS)
        return times.WEEKDAYS[local.weekday()] if near else times.day(local)

    def _due(self, row: QueueRow) -> str:
        if row.sla_left is not None and row.sla_used is not None and not row.promised:
            if abs(1 - row.sla_used) < 0.01:
                return "SLA now"
            total = row.sla_left / (1 - row.sla_used)
            return f"SLA {times.work(total)}"
        return times.due(row.due, self.now or row.due, self.where)
