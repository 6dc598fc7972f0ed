"""The call block: the queue in its order, who is next, and how far the day is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from leadtui.desk.core.views import Counts, Header, Page, QueueRow
from leadtui.desk.core.words import leads_wait
from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.news import MENU, TellsNews
from leadtui.screens.queue.reminding import RemindingScreen
from leadtui.widgets import lead_card, times
from leadtui.widgets.lines import Feedback, KeyLine, TopLine
from leadtui.widgets.queue_list import QueueHeading, QueueList
from leadtui.widgets.too_small import TooSmall
from leadtui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from leadtui.desk.core.views import Confirmed
    from leadtui.desk.desk import Desk
    from leadtui.screens.importing.step import Imported

TICK = 5.0
"""Seconds between two looks at the counts, the visible rows and the head of the order."""
SETTLE = 0.09
"""Seconds the cursor rests before the lead under it is read."""
UNITS = "ages and SLA: business time, 1 d = 8 h"
EMPTY = (
    "Nothing is due.\n\na  add a lead, or take an inbound call\nh  see what is held, and until when"
)


class CallBlockScreen(TellsNews[None], RemindingScreen):
    """The queue of the rep who is logged in."""

    PLACE = "Call block"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "start", id="queue.start", tooltip="Start the selected touch"),
        Binding(
            "space",
            "first",
            "first",
            id="queue.first",
            tooltip="Start the first touch of the queue",
        ),
        Binding(
            "e", "email", "e-mail", id="queue.email", tooltip="Open the due e-mail, ready to send"
        ),
        Binding("s", "defer", "defer", id="queue.defer", tooltip="Do it later, with a reason"),
        Binding("i", "why", "why?", id="queue.why", tooltip="Why does it stand here?"),
        Binding(
            "slash",
            "find",
            "find",
            id="queue.find",
            tooltip="Find a touch by name, company, number or e-mail",
        ),
        Binding(
            "h",
            "held",
            "held",
            show=False,
            id="queue.held",
            tooltip="What may not be called now, and until when",
        ),
        Binding(
            "H",
            "hopper",
            "hopper",
            show=False,
            id="queue.hopper",
            tooltip="Leads that are nobody's: take one",
        ),
        Binding(
            "m", "note", "note", show=False, id="queue.note", tooltip="Write a note about the lead"
        ),
        MENU,
        Binding(
            "U",
            "take_back",
            "take back",
            show=False,
            id="queue.take_back",
            tooltip="A wrong key: take your last answer back",
        ),
        Binding(
            "I",
            "import_file",
            "import",
            show=False,
            id="queue.import",
            tooltip="Import a file of leads, step by step",
        ),
        Binding("c", "copy", "copy", show=False, id="queue.copy", tooltip="Copy the number"),
        Binding("r", "refresh", "refresh", show=False, id="queue.refresh", tooltip="Look again"),
        Binding(
            "tab",
            "app.focus_next",
            "next pane",
            show=False,
            id="queue.next_pane",
            tooltip="Next pane",
        ),
    ]

    OPENS = frozenset(
        {"find", "held", "hopper", "why", "defer", "note", "news", "take_back", "import_file"}
    )
    STARTS = frozenset({"start", "first", "email"})

    class Unopened(Message):
        """The first thing that was asked failed: there may be no desk at all."""

        def __init__(self, error: LeadtuiError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._settle: Timer | None = None
        self._counts: Counts | None = None
        self._zone = "UTC"
        self._busy = False

    def compose(self) -> ComposeResult:
        yield TopLine(self.PLACE)
        with Container(id="body"):
            with Vertical(id="queue", classes="pane") as pane:
                pane.border_subtitle = UNITS
                yield QueueHeading()
                yield QueueList(id="list")
                yield Static(EMPTY, id="empty", markup=False)
            with Vertical(id="next", classes="pane"):
                yield Static(id="card", markup=False)
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        self.queue.focus()
        self.query_one("#next").border_title = "Next"
        self.load()
        self.set_interval(TICK, self.look)

    @property
    def queue(self) -> QueueList:
        """The queue."""
        return self.query_one("#list", QueueList)

    # Reading

    @work(exclusive=True, group="order")
    async def load(self) -> None:
        """What is unanswered first; then the first page at once, and all other ids behind it."""
        try:
            question = await ask(self.desk.block.open_question)
        except LeadtuiError as error:
            self.post_message(self.Unopened(error))
            return
        with self.mishaps():
            if question is not None:
                self.answer()
            block = self.desk.block
            # One way to the thread and back for all that the first paint shows.
            header, counts, page = await ask(
                lambda: (block.header(), block.counts(), block.first_page())
            )
            self._show_header(header, counts)
            self._show(page)
            self.read_notices()
            if page.more:
                self._show(await ask(self.desk.block.order))
            for half in await ask(self.desk.intake.half_done):
                self.warn(f"{half[:1].upper()}{half[1:]}.")

    @work(exclusive=True, group="look")
    async def look(self) -> None:
        """What changed since: the counts, the visible rows, and the order where its head or its
        length differs."""
        if not self.is_current:
            return
        with self.mishaps():
            before = self._counts
            await self._head()
            ids = self.queue.visible_ids()
            self.queue.give(await ask(self.desk.block.rows, ids), ids)
            page = await ask(self.desk.block.first_page)
            if self._counts != before or tuple(self.queue.ids[: len(page.ids)]) != page.ids:
                self._show(await ask(self.desk.block.order) if page.more else page)
            self._read_next()
            self.remind()

    async def _head(self) -> None:
        header, counts = await ask(lambda: (self.desk.block.header(), self.desk.block.counts()))
        self._show_header(header, counts)

    def _show_header(self, header: Header, counts: Counts) -> None:
        self.query_one(TopLine).header = header
        self._counts, self._zone = counts, header.zone
        self.queue.where = times.zone(header.zone)
        self.queue.tick(header.now)
        title = f"Due {counts.due:,} · Held {counts.held:,} · Later {counts.later:,}"
        if counts.mail:
            title += f" · Mail {counts.mail:,}"
        many = counts.hopper >= Counts.MOST
        if counts.hopper:
            title += f" · Hopper {counts.hopper:,}{'+' if many else ''}"
        self.query_one("#queue").border_title = Content(title)
        waiting = leads_wait(counts.hopper, or_more=many)
        words = f"{waiting} in the hopper: H\n\n" if counts.hopper else ""
        self.query_one("#empty", Static).update(words + EMPTY)

    def _show(self, page: Page) -> None:
        self.queue.set_ids(page.ids)
        self.set_class(not page.ids, "-empty")
        if not page.ids:
            self.query_one("#card", Static).update("")
        elif self._settle is None:
            self._read_next()

    @on(QueueList.Wanted)
    def rows_wanted(self, message: VirtualList.Wanted) -> None:
        """Rows come into view."""
        self.read_rows(message.ids)

    @work(group="rows")
    async def read_rows(self, ids: tuple[int, ...]) -> None:
        """Fetch rows by id; the list asks for one batch at a time."""
        try:
            rows = await ask(self.desk.block.rows, ids)
        except LeadtuiError as error:
            self.queue.failed()
            self.warn(str(error))
        else:
            self.queue.give(rows, ids)

    @on(QueueList.Highlighted)
    def selected(self) -> None:
        """The lead under the cursor is read once the cursor rests."""
        if self._settle is not None:
            self._settle.stop()
        self._settle = self.set_timer(SETTLE, self._read_next)

    def _read_next(self) -> None:
        row = self.queue.selected_row
        if row is not None:
            self.read_lead(row)
        elif self.queue.selected is not None:
            self._settle = self.set_timer(SETTLE, self._read_next)

    @work(exclusive=True, group="next")
    async def read_lead(self, row: QueueRow) -> None:
        """Show who is next."""
        with self.mishaps():
            lead = await ask(self.desk.block.lead, row.lead_id)
            card = lead_card.next_lead if self.has_class("-wide") else lead_card.compact_lead
            content, pane = card(lead), self.query_one("#card", Static)
            # An update arranges the whole screen anew.
            if not isinstance(pane.content, Content) or not content.is_same(pane.content):
                pane.update(content)

    # Doing

    def action_start(self) -> None:
        if self.queue.selected is not None:
            self.begin(self.queue.selected)

    def action_first(self) -> None:
        if self.queue.ids:
            self.begin(self.queue.ids[0])

    def action_email(self) -> None:
        row = self.queue.selected_row
        if row is None:
            return
        if row.action == "e-mail":
            self.begin(row.touch_id)
        else:
            self.warn(
                f"What is due is a {row.action}: ⏎ starts it. During a call, e offers the "
                "e-mails that "
                "fit."
            )

    @on(QueueList.Chosen)
    def row_chosen(self, message: VirtualList.Chosen) -> None:
        """A second click starts."""
        self.begin(message.row_id)

    def begin(self, touch_id: int) -> None:
        """Start a touch and see it through; a second key while that runs is lost."""
        if not self._busy:
            self._busy = True
            self.run_touch(touch_id)

    @work(group="flow")
    async def run_touch(self, touch_id: int) -> None:
        """Start, perform, answer, and come back with the next lead selected."""
        from leadtui.screens.queue.flow import run_touch

        try:
            with self.mishaps():
                self.done(await run_touch(self.app, self.desk, touch_id))
        finally:
            self._busy = False
            self.look()

    @work(group="flow")
    async def answer(self) -> None:
        """Ask what is unanswered."""
        from leadtui.screens.queue.flow import answer_open

        with self.mishaps():
            self.done(await answer_open(self.app, self.desk))
        self.look()

    @work(group="flow")
    async def action_take_back(self) -> None:
        """Take the last answer back, and ask its question again."""
        from leadtui.screens.queue.flow import take_back

        with self.mishaps():
            self.done(await take_back(self.app, self.desk))
        self.look()

    def done(self, confirmed: Confirmed | None) -> None:
        """Say what the answer came to."""
        if confirmed is None:
            return
        words = confirmed.outcome
        if confirmed.next is not None:
            words += f" · next: {confirmed.next.action}, {confirmed.next.local}"
        self.say(words)

    def action_import_file(self) -> None:
        from leadtui.screens.importing.file import FileScreen

        self.app.push_screen(FileScreen(self.desk, self.imported))

    def imported(self, imported: Imported) -> None:
        """An import is over."""
        self.say(imported.said[0])
        self.look()

    def action_refresh(self) -> None:
        self.look()

    def action_find(self) -> None:
        self.run_dialog("find")

    def action_held(self) -> None:
        self.run_dialog("held")

    def action_hopper(self) -> None:
        self.run_dialog("hopper")

    def action_why(self) -> None:
        self.run_dialog("why")

    def action_defer(self) -> None:
        self.run_dialog("defer")

    def action_note(self) -> None:
        self.run_dialog("note")

    @work(group="flow")
    async def run_dialog(self, name: str) -> None:
        """Open one of the small screens for the selected row, and do what it came back with."""
        from leadtui.screens.queue import flow

        with self.mishaps():
            said, touch_id = await flow.dialog(name, self.app, self.desk, self.queue.selected_row)
            if said:
                self.say(said)
                self.look()
            elif name == "hopper":
                self.look()
            if name == "held" and touch_id is not None:
                self.begin(touch_id)
            elif touch_id is not None and not self.queue.select(touch_id):
                self.warn("It is not in the queue now: see held (h).")

    @property
    def told_lead(self) -> int | None:
        row = self.queue.selected_row
        return row.lead_id if row is not None else None

    def news_told(self) -> None:
        self.look()

    def action_copy(self) -> None:
        row = self.queue.selected_row
        if row is not None:
            self.copy_number(row)

    @work(exclusive=True, group="copy")
    async def copy_number(self, row: QueueRow) -> None:
        """Copy the first number of the lead."""
        with self.mishaps():
            lead = await ask(self.desk.block.lead, row.lead_id)
            if lead.phones:
                self.app.copy_to_clipboard(lead.phones[0].number)
                self.say(f"Copied {lead.phones[0].shown}")

    def now(self) -> datetime:
        """The desk's time."""
        return self.desk.now()
