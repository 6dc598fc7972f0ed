"""The single lines of every screen: the one on top, the keys at the bottom, and what was just
done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from leadtui.clock import hour
from leadtui.desk.core.views import Header
from leadtui.widgets import times
from leadtui.widgets.keys import pressing
from leadtui.widgets.safe import shown


class TopLine(Widget):
    """Where one is on the left, who and when and how far on the right."""

    DEFAULT_CSS = """
    TopLine { height: 1; padding: 0 1; background: $bar; }
    """
    place: reactive[str] = reactive("")
    header: reactive[Header | None] = reactive(None)

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.set_reactive(TopLine.place, place)

    def render(self) -> Content:
        """The line, with as much on the right as fits."""
        left = Content.assemble(("leadtui", "bold $accent"), "   ", shown(self.place, "bold"))
        width = self.content_size.width
        for parts in self._choices():
            right = Content("   ").join(parts)
            gap = width - left.cell_length - right.cell_length
            if gap >= 2:
                return Content.assemble(left, " " * gap, right)
        return left

    def _choices(self) -> Sequence[list[Content]]:
        header = self.header
        if header is None:
            return ()
        local = header.now.astimezone(times.zone(header.zone))
        full, first = (
            shown(f"{name} (demo)" if header.demo else name, "$muted")
            for name in (header.rep, header.rep.partition(" ")[0])
        )
        stamp, short = Content(times.stamp(local)), Content(hour(local))
        calls = Content.assemble(("calls ", "$muted"), f"{header.calls}/{header.calls_target}")
        contacts = Content.assemble(("contacts ", "$muted"), str(header.contacts))
        tail = (
            []
            if header.sla is None
            else [Content.assemble(("SLA ", "$muted"), f"{round(header.sla * 100)} %")]
        )
        # Who is at work, and that it is only a demo, goes last.
        return (
            [full, stamp, calls, contacts, *tail],
            [full, stamp, calls, *tail],
            [first, stamp, calls, *tail],
            [first, short, calls, *tail],
            [first, short, calls],
            [first, short],
            [first],
            [short],
        )


class KeyLine(Widget):
    """At most eight keys, the most used first; what does not fit is left out from the end, but
    never ``?``, the last."""

    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; background: $bar; }
    """
    keys: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """(key as written, what it does)."""
    SHOWN = 8

    def render(self) -> Content:
        """The line."""
        keys = (
            [*self.keys[: self.SHOWN - 1], *self.keys[-1:]]
            if len(self.keys) > self.SHOWN
            else list(self.keys)
        )
        width = self.content_size.width
        while len(keys) > 1 and self._length(keys) > width:
            del keys[-2]
        parts = [
            pressing(Content.assemble((key, "bold $accent"), " ", (words, "$muted")), key)
            for key, words in keys
        ]
        return Content("   ").join(parts)

    @staticmethod
    def _length(keys: Sequence[tuple[str, str]]) -> int:
        return sum(cell_len(key) + 1 + cell_len(words) for key, words in keys) + 3 * (len(keys) - 1)


class Feedback(Static):
    """What was just done or refused, in one quiet line that is always there; after a minute it says
    how long ago that was."""

    DEFAULT_CSS = """
    Feedback { height: 1; padding: 0 1; color: $muted; }
    """

    said = Content("")
    since = 0.0
    """When it was said, on the monotonic clock."""

    def on_mount(self) -> None:
        """Count the minutes."""
        self.set_interval(60, self.age)

    def say(self, text: str) -> None:
        """Something went well."""
        self._tell(
            Content.assemble(("✓ ", "$accent"), shown(text, limit=400)) if text else Content("")
        )

    def warn(self, text: str) -> None:
        """Something did not go."""
        self._tell(Content.assemble(("▲ ", "$text-warning"), shown(text, "$foreground", limit=400)))

    def _tell(self, said: Content) -> None:
        self.said, self.since = said, monotonic()
        self.update(said)

    def age(self) -> None:
        """Say how long ago it was."""
        old = timedelta(seconds=monotonic() - self.since)
        if self.said.plain and old >= times.MINUTE:
            self.update(Content.assemble(self.said, (f"  {times.span(old)} ago", "$muted")))
