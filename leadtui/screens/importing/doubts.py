"""Near duplicates of a file side by side: who is it? One by one, or all that are alike at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.intake.files.sides import NEW, Doubt, Side
from leadtui.screens.parts.base import DeskDialog
from leadtui.widgets import choices
from leadtui.widgets.keys import hints
from leadtui.widgets.lines import Feedback
from leadtui.widgets.safe import fit, shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

LINES = ("name", "title", "company", "place", "emails", "numbers")
MOST = 3
"""So many of those that it may be stand beside it; the others can be decided afterwards."""


class DoubtsScreen(DeskDialog[dict[int, int]]):
    """Comes back with what was decided, line -> whom it is; what was passed over waits."""

    CSS_PATH = ["../parts/dialogs.tcss", "importing.tcss"]
    PLACE = "Near duplicates"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next", id="doubts.next", tooltip="The next one"),
        Binding("up,k", "move(-1)", "Previous", id="doubts.previous", tooltip="The one before"),
        Binding(
            "A",
            "alike",
            "all alike",
            id="doubts.alike",
            tooltip="Decide all by the same evidence like this one",
        ),
        Binding("escape", "done", "done", id="doubts.done", tooltip="Done; the rest waits"),
    ]

    def __init__(self, desk: Desk, name: str, doubts: Sequence[Doubt]) -> None:
        super().__init__(desk)
        self.name_of_file, self.doubts = name, doubts
        self.decided: dict[int, int] = {}
        self.place = 0

    @property
    def doubt(self) -> Doubt:
        """The one that is shown."""
        return self.doubts[self.place]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box -wide-box", can_focus=False) as box:
            box.border_title = "Is it the same person?"
            yield Static(id="why", markup=False)
            yield Static(id="sides", markup=False)
            yield Static(id="choices", markup=False)
            yield Feedback(markup=False)
            keys = "↓ ↑ others   A all alike as this one   esc done; the rest waits"
            yield Static(hints(keys), id="hint", markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """The first one."""
        self.show()

    def on_resize(self) -> None:
        """Wider or narrower columns."""
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """One near duplicate beside those it may be."""
        doubt = self.doubt
        alike = sum(one.why == doubt.why for one in self.doubts)
        self.query_one(".box").border_title = shown(
            f"Is it the same person?   {self.place + 1} of {len(self.doubts)}"
        )
        many = f"   ({alike:,} of the file)" if alike > 1 else ""
        self.query_one("#why", Static).update(
            Content.assemble(shown(doubt.why), Content.styled(many, "$muted"))
        )
        others = doubt.others[:MOST]
        sides = [doubt.incoming, *(side for _, side in others)]
        heads = [f"line {doubt.line}", *(_called(number) for number, _ in others)]
        room = max(10, (min(self.app.size.width, 100) - 16) // len(sides))
        self.query_one("#sides", Static).update(_beside(heads, sides, room))
        known = self.decided.get(doubt.line)
        keys = {str(place): number for place, (number, _) in enumerate(others, 1)}
        words = [(key, f"it is {_called(number)}") for key, number in keys.items()]
        words += [("0", "it is somebody new"), ("w", "it waits for a decision")]
        chosen = next((key for key, number in keys.items() if number == known), "")
        chosen = "0" if known == NEW else chosen or "w"
        self.query_one("#choices", Static).update(choices.one_a_line(words, chosen))

    def on_key(self, event: events.Key) -> None:
        """A key of the list decides, and the next one is shown."""
        doubt, char = self.doubt, event.character or ""
        if char == "w":
            self.decided.pop(doubt.line, None)
        elif char == "0":
            self.decided[doubt.line] = NEW
        elif char.isdigit() and int(char) <= min(MOST, len(doubt.others)):
            self.decided[doubt.line] = doubt.others[int(char) - 1][0]
        else:
            return
        event.stop()
        if self.place + 1 < len(self.doubts):
            self.place += 1
        self.query_one(Feedback).update("")
        self.show()

    def action_move(self, step: int) -> None:
        self.place = (self.place + step) % len(self.doubts)
        self.show()

    def action_alike(self) -> None:
        """All that are told by the same evidence, as this one or the last that was decided of
        them."""
        doubt = self.doubt
        alike = [one for one in self.doubts if one.why == doubt.why]
        like = next((one for one in (doubt, *reversed(alike)) if one.line in self.decided), None)
        if like is None:
            self.warn("Decide one of them first: all others like it follow.")
            return
        new = self.decided[like.line] == NEW
        clear = [one for one in alike if new or len(one.others) == 1 or one is like]
        for one in clear:
            if one is not like:
                self.decided[one.line] = NEW if new else one.others[0][0]
        left = len(alike) - len(clear)
        rest = f"; {left} are near to several and wait" if left else ""
        what = "somebody new" if new else "whom they are near to"
        self.say(f"{len(clear):,} are {what}{rest}.")
        self.show()

    def action_done(self) -> None:
        self.dismiss(self.decided)


def _called(number: int) -> str:
    return f"lead {number}" if number > 0 else f"line {-number}"


def _beside(heads: Sequence[str], sides: Sequence[Side], room: int) -> Content:
    """A line for each thing that is known of any of them; what agrees is quiet."""
    rows = [Content.styled(" " * 9 + "".join(fit(head, room) for head in heads), "$muted")]
    for name in LINES:
        values = [getattr(side, name) for side in sides]
        words = [", ".join(one) if isinstance(one, tuple) else one for one in values]
        if any(words):
            same = len(set(words)) == 1
            cells = [(fit(one, room - 1) + " ", "$muted" if same else "") for one in words]
            rows.append(Content.assemble((fit(name, 9), "$muted"), *cells))
    return Content("\n").join(rows)
