"""The supervisor's view: exceptions first, reps, what happens as it happens. Nothing on it can
write."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.core.views import FeedLine
from leadtui.desk.figures.compliance_views import Board, ExceptionLine, Whose
from leadtui.screens.parts.base import ask
from leadtui.screens.supervise.compliance import (
    TOTAL,
    WIDE,
    Shown,
    feed_row,
    named,
    rep_rows,
    so_far,
    state_of,
    top_line,
    totals,
    under,
)
from leadtui.screens.supervise.entries import lead_screen, regain
from leadtui.screens.supervise.filtered import ASKING, EXPORT, Filtered
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.safe import cell, shown
from leadtui.widgets.tables import Grid
from leadtui.widgets.times import stamp, zone
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk
    from leadtui.desk.figures.compliance_views import Verification
    from leadtui.desk.figures.row_check import RowCheck

POLL = 0.5
"""Seconds between two looks whether something was written."""

TICK = timedelta(seconds=10)
"""Ages on the screen are never older than this."""

RECHECK = timedelta(seconds=30)
"""New entries are verified this often at most."""

ROWS_EVERY = 60.0
ROWS_REST = 20
"""Rows are held against the log again after a minute, or so many times as long as the last check
took."""

LINES = 200
FRAME = 3
"""Lines of the table of reps that are no reps: its titles and its border."""
BUDGET = 30_000
"""So many entries of a long period are read before what they say is shown; then so many again."""


class ComplianceScreen(Filtered):
    """Everything at a glance; Enter opens the entries behind what is under the cursor."""

    CSS_PATH = "supervise.tcss"
    PLACE = "Compliance · read-only"
    OPENS = Filtered.OPENS | {"find"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f",
            "figures",
            "figures",
            id="supervise.figures",
            tooltip="Every figure of the period, with its n",
        ),
        Binding(
            "v",
            "overdue",
            "overdue",
            id="supervise.overdue",
            tooltip="Everything overdue, oldest first",
        ),
        *ASKING,
        Binding(
            "slash", "find", "find", id="supervise.find", tooltip="Find in entries, memos and names"
        ),
        EXPORT,
        Binding(
            "question_mark",
            "app.keys",
            "keys",
            id="supervise.keys",
            tooltip="All keys of this screen",
        ),
        Binding(
            "i",
            "state",
            "log state",
            show=False,
            id="supervise.state",
            tooltip="What is known of the log",
        ),
        Binding(
            "r", "rep", "rep", show=False, id="supervise.rep", tooltip="This rep: rates and entries"
        ),
        Binding(
            "l",
            "lead",
            "lead",
            show=False,
            id="supervise.lead",
            tooltip="This lead: what the log says of it",
        ),
        Binding(
            "tab",
            "app.focus_next",
            "Next pane",
            show=False,
            id="supervise.next",
            tooltip="Next pane",
        ),
        Binding("q", "app.quit", "leave", show=False, id="supervise.leave", tooltip="Leave"),
    ]

    def __init__(self, desk: Desk, *, period: str = "today", team: str = "") -> None:
        super().__init__(desk)
        self.view = desk.supervise
        self.period, self.whose = period, Whose(f"team {team}", team=team) if team else Whose()
        self.board: Board | None = None
        self.lines: tuple[FeedLine, ...] = ()
        self.verified: Verification | None = None
        self.rows: RowCheck | None = None
        self.progress = ""
        self._rows_written: int | None = None
        self._rows_again = 0.0
        self._checking_rows = False
        self._written: int | None = None
        self._read_at: datetime | None = None
        self._checked_at: datetime | None = None
        self._checking = False
        self._looking = False

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="top")
        with Container(id="panes"):
            with Vertical(id="left"):
                yield Grid(cursor_type="row", id="exceptions", classes="pane", show_header=False)
                yield Grid(cursor_type="cell", id="reps", classes="pane")
            yield Grid(cursor_type="row", id="feed", classes="pane", show_header=False)
        yield Static(markup=False, id="totals")
        yield Feedback(markup=False)
        yield KeyLine()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show what there is, begin to verify, and look for news twice a second."""
        for name, title in (
            ("exceptions", "Exceptions first"),
            ("reps", "Reps"),
            ("feed", "As it happens"),
        ):
            self.grid(name).border_title = Content(title)
        self.grid("exceptions").focus()
        self.look()
        self.check()
        self.set_interval(POLL, self.look)

    def grid(self, name: str) -> Grid:
        """One of the three tables."""
        return self.query_one(f"#{name}", Grid)

    # Reading

    @work(group="look")
    async def look(self) -> None:
        """Read what is new, if something was written or the ages have grown old; one look at a
        time."""
        if self._looking:
            return
        self._looking = True
        with self.mishaps():
            await self._read()
            self.show_top()
            if self._unverified:
                self.check()
            elif self._rows_unknown:
                self.check_rows()
        self._looking = False

    async def _read(self) -> None:
        written, now = await ask(self.view.stamp), self.view.now()
        if written == self._written and self._read_at is not None and now - self._read_at < TICK:
            return
        asked = (self.period, self.whose)
        lines = await ask(self.view.feed, 0, LINES)
        while True:
            board = await ask(self.view.board, *asked, budget=BUDGET)
            if asked != (self.period, self.whose):
                return
            if self._read_at is None and self.board is not None:
                self.say("")
            self.board, self.lines, self._written, self._read_at = board, lines, written, now
            self.show_board()
            if board.read_from is None:
                return

    @property
    def _unverified(self) -> bool:
        head = self.board.last_seq if self.board else 0
        known = self.verified.head.seq if self.verified else 0
        rested = self._checked_at is None or self.view.now() - self._checked_at >= RECHECK
        return head > known and rested and not self._checking

    @work(group="check")
    async def check(self) -> None:
        """Verify the log behind the view; the line on top says how far it is known."""
        if self._checking:
            return
        self._checking = True
        with self.mishaps():
            self.verified = await ask(self.view.verify, self._progress)
            if not self.verified.ok:
                self.warn(f"{self.verified.message}")
        self._checking, self._checked_at, self.progress = False, self.view.now(), ""
        self.show_top()

    @property
    def _rows_unknown(self) -> bool:
        """Whether it is time to hold the rows against the log: the figures and the chain come
        first."""
        ready = self.board is not None and self.board.read_from is None and not self._checking
        holds = self.verified is not None and self.verified.ok
        fresh = self._written == self._rows_written or monotonic() < self._rows_again
        return ready and holds and not fresh and not self._checking_rows

    @work(group="rows")
    async def check_rows(self) -> None:
        """Find what was changed outside leadtui; it stands above all other exceptions."""
        self._checking_rows = True
        written, began = self._written, monotonic()
        try:
            with self.mishaps():
                found = await ask(self.view.check_rows)
                if found is not None:
                    self.rows, self._rows_written, self._written = found, written, None
        finally:
            self._rows_again = monotonic() + max(ROWS_EVERY, ROWS_REST * (monotonic() - began))
            self._checking_rows = False
        self.show_top()
        self.look()

    def on_unmount(self) -> None:
        """Nobody waits for the rows any more."""
        self.view.leave()

    def _progress(self, seq: int) -> None:
        total = self.board.last_seq if self.board else 0
        self.progress = f"{min(100, 100 * seq // total)} %" if total else ""
        self.app.call_from_thread(self.show_top)

    # Showing

    def show_top(self) -> None:
        """Where one is, what is known of the log, and when."""
        width = self.app.size.width - 2
        now = self.view.now().astimezone(zone(self.desk.settings.zone))
        said, style = state_of(
            self.verified, self.view.witnessed_at, now.tzinfo, self.progress, self.rows
        )
        what = self.period if self.whose == Whose() else f"{self.period} · {self.whose.name}"
        right = [Content.styled(said, style), shown(what, "$muted", 60), Content(stamp(now))]
        self.query_one("#top", Static).update(top_line(self.PLACE, right, width))

    def show_board(self) -> None:
        """Write the tables; the cursor stays on what it stood on."""
        board = self.board
        if board is None:
            return
        where = zone(self.desk.settings.zone)
        self.grid("exceptions").give(
            ("rep", "what"),
            [
                (line.key, _exception(line, 22 if self.app.size.width >= WIDE else 12))
                for line in board.exceptions[:LINES]
            ],
            empty="Nothing stands out in this period.",
        )
        more = len(board.exceptions) - LINES
        self.grid("exceptions").border_title = Content(
            f"Exceptions first{f' · {more:,} more' if more > 0 else ''}"
        )
        grid = self.grid("reps")
        head, rows = rep_rows(board, grid.size.width - 1)
        grid.give(head, rows, empty="Nobody sells here yet. Add a rep: leadtui rep add NAME")
        grid.styles.height = max(len(rows), 1) + FRAME
        whose = "Reps" if self.whose == Whose() else f"Reps · {board.whose.name}"
        grid.border_title = shown(
            f"{whose} · {board.period.name}{so_far(board.read_from, board.share, where)}"
        )
        self.grid("feed").give(
            ("at", "who", "what"),
            [(str(line.seq), feed_row(line, where, board.now)) for line in self.lines],
            empty="Nothing has happened yet.",
        )
        self.query_one("#totals", Static).update(totals(board, self.app.size.width - 2))

    def on_resize(self) -> None:
        """Other widths, other columns."""
        self.call_after_refresh(self.show_top)
        self.call_after_refresh(self.show_board)
        self.call_after_refresh(regain, self, "#exceptions")

    # What is under the cursor

    @property
    def chosen(self) -> Shown:
        """What the cursor stands on: the rep, the lead, the entries, and what to call them."""
        board, focused = self.board, self.focused
        if board is None or not isinstance(focused, Grid) or focused.empty:
            return Shown()
        return under(board, self.lines, focused.id or "", *focused.cursor_coordinate)

    @on(Grid.RowSelected)
    @on(Grid.CellSelected)
    def opened(self) -> None:
        """Enter, or a click on what the cursor stands on."""
        self.open_chosen()

    def open_chosen(self) -> None:
        """The entries behind what the cursor stands on."""
        from leadtui.screens.supervise.entries import EntriesScreen, RepScreen
        from leadtui.screens.supervise.entry import EntryScreen

        chosen = self.chosen
        if chosen.entry:
            self.app.push_screen(EntryScreen(self.desk, chosen.entry, lead_screen))
        elif chosen.named == TOTAL:
            self.action_figures()
        elif chosen.rep_id is not None and not chosen.title:
            self.app.push_screen(RepScreen(self.desk, chosen.rep_id, self.period))
        elif chosen.named == "due":
            self._overdue(
                self.whose if chosen.rep_id is None else Whose(chosen.title, rep_id=chosen.rep_id)
            )
        elif chosen.seqs:
            read = lambda: self.view.entries(chosen.seqs)  # noqa: E731
            self.app.push_screen(EntriesScreen(self.desk, chosen.title, read, of=chosen.count))
        elif chosen.lead_id is not None:
            self.action_lead()
        else:
            self.say("no entry of this period stands behind this")

    def action_rep(self) -> None:
        from leadtui.screens.supervise.entries import RepScreen

        rep_id = self.chosen.rep_id
        if rep_id is None and self.board and self.board.reps:
            rep_id = self.board.reps[0].rep_id
        if rep_id is not None:
            self.app.push_screen(RepScreen(self.desk, rep_id, self.period))

    def action_lead(self) -> None:
        lead_id = self.chosen.lead_id
        if lead_id is None:
            self.say("no single lead behind this; open its entries first")
            return
        self.app.push_screen(lead_screen(self.desk, lead_id))

    def action_overdue(self) -> None:
        self._overdue(self.whose)

    def _overdue(self, whose: Whose) -> None:
        from leadtui.screens.supervise.entries import OverdueScreen

        self.app.push_screen(OverdueScreen(self.desk, whose))

    def action_figures(self) -> None:
        from leadtui.screens.supervise.figures import FiguresScreen

        self.app.push_screen(FiguresScreen(self.desk, self.period, self.whose, self.log_state))

    @property
    def log_state(self) -> str:
        """What is known of the log now, in words."""
        where = zone(self.desk.settings.zone)
        return state_of(self.verified, self.view.witnessed_at, where, self.progress, self.rows)[0]

    def action_find(self) -> None:
        from leadtui.screens.supervise.compliance_dialogs import FindEntriesScreen

        self.app.push_screen(FindEntriesScreen(self.desk))

    def action_state(self) -> None:
        from leadtui.screens.supervise.entry import StateScreen

        self.app.push_screen(StateScreen(self.desk, self.verified, self.rows))

    def again(self) -> None:
        """Read everything anew; a long period takes a moment the first time."""
        self._read_at = None
        self.say(f"reading {self.period} …")
        self.look()


def _exception(line: ExceptionLine, width: int) -> tuple[object, ...]:
    mark = named(line.rep, width)
    return Text.assemble(("▲ ", "bold"), mark, end="", no_wrap=True), cell(line.words)
