"""A change of the process: shown before the next call, and acknowledged once it was on the screen
to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.screens.parts.arming import ArmedScreen
from leadtui.screens.parts.base import DeskDialog, ask
from leadtui.widgets import times
from leadtui.widgets.keys import pressing
from leadtui.widgets.lines import Feedback
from leadtui.widgets.pane import Pane
from leadtui.widgets.safe import shown
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.playbook.notices import NoticeView

LONGEST = 40_000


class NoticeScreen(DeskDialog[bool], ArmedScreen[bool]):
    """One notice. Comes back with whether it was acknowledged."""

    CSS_PATH = ["../parts/dialogs.tcss", "notice.tcss"]
    PLACE = "Notice"
    ANSWERS = frozenset({"read"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "read", "I have read it", id="notice.read", tooltip="I have read it"),
        Binding("space,pagedown", "page", "more", id="notice.page", tooltip="Scroll on"),
        Binding(
            "escape",
            "later",
            "later",
            id="notice.later",
            tooltip="Read it later: no other call starts before",
        ),
    ]

    def __init__(self, desk: Desk, notice: NoticeView) -> None:
        super().__init__(desk)
        self.notice = notice
        self.seen = False
        """Whether its end was on the screen."""
        self._since = 0.0
        self._saving = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "The process has changed"
            yield Static(shown(self.notice.title, "bold"), id="title", markup=False)
            yield Static(self._origin(), classes="muted", markup=False)
            yield Pane("", id="text")
            yield Static(id="answer", markup=False)
            yield Feedback(markup=False)
        yield TooSmall()

    def on_mount(self) -> None:
        """The text has the focus, so that the usual keys scroll it."""
        pane = self.query_one(Pane)
        parts = [shown(self.notice.body, limit=LONGEST, newlines=True)] if self.notice.body else []
        if self.notice.diff:
            parts += [Content.styled("What changes in the playbook", "$muted")]
            parts += [shown(f"· {line}", limit=2_000) for line in self.notice.diff.splitlines()]
        pane.put(Content("\n").join(parts))
        pane.focus()
        self.watch(pane, "scroll_y", lambda _value: self._look(), init=False)
        self.armed_changed()

    def _origin(self) -> Content:
        local = self.notice.published_at.astimezone(self.desk.zone)
        return shown(f"{self.notice.by}, {times.stamp(local)}")

    def armed_changed(self) -> None:
        """From here on it was seen."""
        if self.armed:
            self._since = self._since or time.monotonic()
            self._look()
        else:
            self._show()

    def _look(self) -> None:
        pane = self.query_one(Pane)
        self.seen = self.seen or (self.armed and pane.scroll_y >= pane.max_scroll_y)
        self._show()

    def _show(self) -> None:
        words = Content.styled("…", "$muted")
        if self.armed:
            first = ("y", "I have read it") if self.seen else ("␣", "there is more")
            words = Content("      ").join([_way(*first), _way("esc", "later")])
        self.query_one("#answer", Static).update(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing counts before it is armed."""
        if action in {"read", "later"} and (not self.armed or self._saving):
            return False
        return super().check_action(action, parameters)

    def action_page(self) -> None:
        self.query_one(Pane).scroll_page_down(animate=False)

    def action_later(self) -> None:
        self.dismiss(result=False)

    def action_read(self) -> None:
        if self.seen:
            self.acknowledge()
        else:
            self.warn("There is more: read it to the end first.")

    @work(group="write")
    async def acknowledge(self) -> None:
        """Keep that it was read, and how long it stood there."""
        self._saving = True
        try:
            with self.mishaps():
                await ask(
                    self.desk.notices.acknowledge, self.notice.id, time.monotonic() - self._since
                )
                self.dismiss(result=True)
        finally:
            self._saving = False


def _way(key: str, words: str) -> Content:
    return pressing(Content.assemble((key, "bold $accent"), f"  {words}"), key)


async def read_notices(app: App[None], desk: Desk) -> bool:
    """Show every notice that is not read, the oldest first; whether none is left."""
    for notice in await ask(desk.notices.unread):
        if not await app.push_screen_wait(NoticeScreen(desk, notice)):
            return False
    return True
