"""The supervisor's view: exceptions first, reps, what happens as it happens. Nothing on it can write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from leadtui.desk.compliance_views import PERIODS, Board, ExceptionLine, Figure
from leadtui.desk.views import FeedLine
from leadtui.screens.base import DeskScreen, ask
from leadtui.screens.compliance import Shown, feed_row, rep_row, state_of, top_line, totals
from leadtui.widgets.lines import Feedback, KeyLine
from leadtui.widgets.safe import cell
from leadtui.widgets.tables import Grid
from leadtui.widgets.times import stamp, zone
from leadtui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from leadtui.desk.compliance_views import Verification
    from leadtui.desk.desk import Desk

POLL = 0.5
"""Seconds between two looks whether something was written."""

TICK = timedelta(seconds=10)
"""Ages on the screen are never older than this."""

RECHECK = timedelta(seconds=30)
"""New entries are verified this often at most."""

LINES = 200
WIDE = 132
"""From so many cells on, the columns of the reps have their full names."""


class ComplianceScreen(DeskScreen[None]):
    """Everything at a glance; Enter opens the entries behind what is under the cursor."""

    CSS_PATH = "supervise.tcss"
    PLACE = "Compliance · read-only"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "rep", "rep", id="supervise.rep", tooltip="This rep: rates and entries"),
        Binding("l", "lead", "lead", id="supervise.lead", tooltip="This lead: what the log says of it"),
        Binding("v", "overdue", "overdue", id="supervise.overdue", tooltip="Everything overdue, oldest first"),
        Binding("t", "period", "period", id="supervise.period", tooltip="Today, 7 days, 30 days, all"),
        Binding("slash", "find", "find", id="supervise.find", tooltip="Find in entries, memos and names"),
        Binding("x", "export", "export", id="supervise.export", tooltip="Write a CSV and an HTML report"),
        Binding("question_mark", "app.keys", "keys", id="supervise.keys", tooltip="All keys of this screen"),
        Binding("i", "state", "log state", show=False, id="supervise.state", tooltip="What is known of the log"),
        Binding("T", "team", "team", show=False, id="supervise.team", tooltip="All teams, or one"),
        Binding("tab", "app.focus_next", "Next pane", show=False, id="supervise.next", tooltip="Next pane"),
        Binding("q", "app.quit", "leave", show=False, id="supervise.leave", tooltip="Leave"),
    ]

    def __init__(self, desk: Desk, *, period: str = "today", team: str = "") -> None:
        super().__init__(desk)
        self.view = desk.supervise
        self.period, self.team = period, team
        self.board: Board | None = None
        self.lines: tuple[FeedLine, ...] = ()
        self.verified: Verification | None = None
        self.progress = ""
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
        super().on_mount()
        for name, title in (("exceptions", "Exceptions first"), ("reps", "Reps"), ("feed", "As it happens")):
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
        """Read what is new, if something was written or the ages have grown old; one look at a time."""
        if self._looking:
            return
        self._looking = True
        with self.mishaps():
            await self._read()
            self.show_top()
            if self._unverified:
                self.check()
        self._looking = False

    async def _read(self) -> None:
        written, now = await ask(self.view.stamp), self.view.now()
        if written == self._written and self._read_at is not None and now - self._read_at < TICK:
            return
        asked = (self.period, self.team)
        board = await ask(self.view.board, self.period, team=self.team)
        lines = await ask(self.view.feed, 0, LINES)
        if asked != (self.period, self.team):
            return
        if self._read_at is None and self.board is not None:
            self.say("")
        self.board, self.lines, self._written, self._read_at = board, lines, written, now
        self.show_board()

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

    def _progress(self, seq: int) -> None:
        total = self.board.last_seq if self.board else 0
        self.progress = f"{min(100, 100 * seq // total)} %" if total else ""
        self.app.call_from_thread(self.show_top)

    # Showing

    def show_top(self) -> None:
        """Where one is, what is known of the log, and when."""
        width = self.app.size.width - 2
        now = self.view.now().astimezone(zone(self.desk.settings.zone))
        said, style = state_of(self.verified, self.view.witnessed_at, now.tzinfo, self.progress)
        what = self.period if not self.team else f"{self.period} · {self.team}"
        right = [Content.styled(said, style), Content.styled(what, "$muted"), Content(stamp(now))]
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
                (f"{line.rep_id}.{line.kind}.{line.lead_id}.{line.words[-40:]}", _exception(line))
                for line in board.exceptions[:LINES]
            ],
            empty="Nothing stands out.",
        )
        width = self.app.size.width
        wide = width >= WIDE
        rows = [(str(rep.rep_id), rep_row(rep, wide=wide, tight=width < 80)) for rep in board.reps]
        self.grid("reps").give(rep_row(None, wide=wide), rows, empty="Nobody works here yet: leadtui rep add.")
        self.grid("feed").give(
            ("at", "who", "what"), [(str(line.seq), feed_row(line, where, board.now)) for line in self.lines],
            empty="Nothing has happened yet.",
        )  # fmt: skip
        self.query_one("#totals", Static).update(totals(board, self.app.size.width - 2))

    def on_resize(self) -> None:
        """Other widths, other columns."""
        self.call_after_refresh(self.show_top)
        self.call_after_refresh(self.show_board)

    # What is under the cursor

    @property
    def chosen(self) -> Shown:
        """What the cursor stands on: the rep, the lead, the entries, and what to call them."""
        board, focused = self.board, self.focused
        if board is None or not isinstance(focused, Grid) or focused.empty:
            return Shown()
        row, column = focused.cursor_coordinate
        if focused.id == "exceptions" and row < len(board.exceptions):
            line = board.exceptions[row]
            return Shown(line.rep_id, line.lead_id, line.seqs, f"{line.rep}: {line.words}")
        if focused.id == "feed" and row < len(self.lines):
            entry = self.lines[row]
            return Shown(None, entry.lead_id, (entry.seq,), entry.words, entry.seq)
        if focused.id == "reps" and row < len(board.reps):
            rep = board.reps[row]
            figure = rep.figures[column - 1] if column else Figure(None)
            name = rep_row(None, wide=True)[column]
            return Shown(rep.rep_id, None, figure.seqs, f"{rep.name}: {name}" if column else "", named=str(name))
        return Shown()

    @on(Grid.RowSelected)
    @on(Grid.CellSelected)
    def opened(self) -> None:
        """Enter, or a click on what the cursor stands on."""
        self.open_chosen()

    def open_chosen(self) -> None:
        """The entries behind what the cursor stands on."""
        from leadtui.screens.entries import EntriesScreen, RepScreen
        from leadtui.screens.entry import EntryScreen

        chosen = self.chosen
        if chosen.entry:
            self.app.push_screen(EntryScreen(self.desk, chosen.entry))
        elif chosen.rep_id is not None and not chosen.title:
            self.app.push_screen(RepScreen(self.desk, chosen.rep_id, self.period))
        elif chosen.named == "due":
            self.action_overdue()
        elif chosen.seqs:
            self.app.push_screen(EntriesScreen(self.desk, chosen.title, lambda: self.view.entries(chosen.seqs)))
        else:
            self.say("no entries behind this")

    def action_rep(self) -> None:
        from leadtui.screens.entries import RepScreen

        rep_id = self.chosen.rep_id
        if rep_id is None and self.board and self.board.reps:
            rep_id = self.board.reps[0].rep_id
        if rep_id is not None:
            self.app.push_screen(RepScreen(self.desk, rep_id, self.period))

    def action_lead(self) -> None:
        from leadtui.screens.entries import lead_screen

        lead_id = self.chosen.lead_id
        if lead_id is None:
            self.say("no single lead behind this; open its entries first")
            return
        self.app.push_screen(lead_screen(self.desk, lead_id))

    def action_overdue(self) -> None:
        from leadtui.screens.entries import OverdueScreen

        self.app.push_screen(OverdueScreen(self.desk))

    def action_find(self) -> None:
        from leadtui.screens.compliance_dialogs import FindEntriesScreen

        self.app.push_screen(FindEntriesScreen(self.desk))

    def action_export(self) -> None:
        from leadtui.screens.compliance_dialogs import ExportScreen

        if self.board is not None:
            said, _ = state_of(self.verified, self.view.witnessed_at, self.board.now.tzinfo, self.progress)
            self.app.push_screen(ExportScreen(self.desk, self.board, said), lambda made: self.say(made or ""))

    def action_state(self) -> None:
        from leadtui.screens.entry import StateScreen

        self.app.push_screen(StateScreen(self.desk, self.verified))

    def action_period(self) -> None:
        self.period = PERIODS[(PERIODS.index(self.period) + 1) % len(PERIODS)]
        self.again()

    @work(group="team")
    async def action_team(self) -> None:
        """All, then each team in turn."""
        with self.mishaps():
            teams = ("", *await ask(self.view.teams))
            place = teams.index(self.team) if self.team in teams else 0
            self.team = teams[(place + 1) % len(teams)]
            self.again()

    def again(self) -> None:
        """Read everything anew; a long period takes a moment the first time."""
        self._read_at = None
        self.say(f"reading {self.period} …")
        self.look()


def _exception(line: ExceptionLine) -> tuple[object, ...]:
    mark = cell("▲ " + line.rep)
    mark.stylize("bold", 0, 1)
    return mark, cell(line.words)
