"""How the parts of the supervisor's view are written: rows, bars, and what is known of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from leadtui.clock import hour
from leadtui.desk.core.views import FeedLine
from leadtui.desk.figures.compliance_views import FIGURES, Board, Figure, Period, Whose
from leadtui.text import clean
from leadtui.widgets.safe import cell, fit
from leadtui.widgets.times import day, stamp

if TYPE_CHECKING:
    from leadtui.desk.figures.compliance_views import Verification
    from leadtui.desk.figures.row_check import RowCheck

BLOCKS = "▁▂▃▄▅▆▇█"
SHORT = ("due", "done", "on t.", "SLA", "defer", "no", "no rec", "open")
TINY = ("due", "done", "time", "SLA", "def", "no", "rec", "open")
"""The columns of the table of reps where it is narrow, and where it is narrower still."""

ROOM = 10
"""So many cells of a name are worth shorter titles."""

DOUBTS = frozenset((5, 6, 7))
"""Columns whose number is worth a colour when it is not zero: no, no record, unanswered."""


TOTAL = "all"
"""The key of the row below the reps."""

WIDE = 80
"""From so many cells on, names may be long."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the cursor stands on."""

    rep_id: int | None = None
    lead_id: int | None = None
    seqs: tuple[int, ...] = ()
    title: str = ""
    entry: int = 0
    named: str = ""
    count: int = 0
    """How many entries there are; ``seqs`` are the newest of them."""


def state_of(
    found: Verification | None,
    witnessed_at: datetime | None,
    where: tzinfo | None,
    progress: str,
    rows: RowCheck | None = None,
) -> tuple[str, str]:
    """What is known of the log and of the rows beside it, in a few words, and the style they are
    shown in."""
    if found is None:
        return f"verifying the log {progress}".rstrip(), "$muted"
    if not found.ok:
        place = f" at #{found.first_bad:,}" if found.first_bad else ""
        return f"▲ LOG DAMAGED{place}: {found.damage}", "bold $text-error"
    seen = f" · witness {hour(witnessed_at.astimezone(where))}" if witnessed_at else ""
    said = f"log verified to #{found.head.seq:,}{seen}"
    if rows is not None and rows.count:
        return f"{rows.words} · {said}", "bold $text-error"
    said += f" · {rows.words if rows else 'rows …'}"
    if found.findings:
        return f"{said} · ▲ {len(found.findings)} to note (i)", "$text-warning"
    return said + (" ✓" if rows and rows.made else ""), "$foreground"


def rep_rows(
    board: Board, width: int
) -> tuple[tuple[Text, ...], list[tuple[str, tuple[Text, ...]]]]:
    """The table of reps in ``width`` cells: titles, then a row a rep, and all of them together;
    numbers stand right.

    Titles are as long as leaves room for names, and names are cut to what the numbers leave."""
    lines = [(str(rep.rep_id), rep.name, rep.figures) for rep in board.reps]
    if len(lines) > 1:
        lines.append((TOTAL, board.whose.name, board.total))
    numbers = [
        [_number(place, figure) for place, figure in enumerate(figures)] for _, _, figures in lines
    ]
    widest = max((cell_len(name) for _, name, _ in lines), default=3)
    titles, room = FIGURES, 0
    for titles in (FIGURES, SHORT, TINY):
        columns = [
            max(len(titles[place]), *(row[place].cell_len for row in numbers), 0)
            for place in range(len(titles))
        ]
        room = width - 2 - sum(columns) - 2 * len(columns)
        if room >= min(widest, ROOM):
            break
    name_width = max(5, min(room, widest, 30))
    head = (Text("rep"), *(Text(title, justify="right") for title in titles))
    return head, [
        (key, (named(name, name_width), *row))
        for (key, name, _), row in zip(lines, numbers, strict=True)
    ]


def named(name: str, width: int) -> Text:
    """A name in so many cells: whole, or ``Dana R.``, or what fits."""
    said = clean(name)
    first, _, last = said.partition(" ")
    short = f"{first} {last[:1]}." if last else first
    chosen = said if cell_len(said) <= width else short if cell_len(short) <= width else first
    return Text(fit(chosen, width).rstrip(), end="", no_wrap=True)


def _number(column: int, figure: Figure) -> Text:
    if column in DOUBTS and figure.value:
        return Text(f"▲ {figure.shown}", justify="right", style="bold")
    return Text(figure.shown, justify="right")


def feed_row(line: FeedLine, where: tzinfo, now: datetime) -> tuple[Text, ...]:
    """One line of the feed: when, who, what; what alarms carries a sign."""
    local = line.at.astimezone(where)
    same_day = local.date() == now.astimezone(where).date()
    at = Text(hour(local, seconds=True) if same_day else day(local), style="dim", justify="right")
    what = cell(("▲ " if line.alarming else "") + line.words)
    if line.alarming:
        what.stylize("bold")
    return at, named(line.who, 8), what


def totals(board: Board, width: int) -> Content:
    """Overdue by age, and how soon first attempts came; as much as fits."""
    under, middle, over = board.overdue
    overdue = Content.assemble(
        ("Overdue ", "bold $foreground"),
        (spark(board.overdue), "$accent"),
        f"  under 1 d {under:,} · 1–3 d {middle:,} · over 3 d {over:,}",
    )
    touch = board.first_touch
    if touch.median is None or touch.p90 is None:
        speed = Content.assemble(("First touch ", "bold $foreground"), "none in this period")
    else:
        speed = Content.assemble(
            ("First touch ", "bold $foreground"),
            (spark(touch.spread), "$accent"),
            f"  median {minutes(touch.median)} · p90 {minutes(touch.p90)} · n {touch.count:,}",
        )
    both = Content.assemble(overdue, "     ", speed)
    return both if both.cell_length <= width else overdue


def spark(counts: tuple[int, ...]) -> str:
    """Counts as blocks of one line; nothing is a dot."""
    most = max((*counts, 1))
    return "".join(
        "·" if not count else BLOCKS[max(0, round(count / most * 7))] for count in counts
    )


def minutes(length: float) -> str:
    """Minutes in their largest unit."""
    return (
        f"{length:.0f} min"
        if length < 120
        else f"{length / 60:.0f} h"
        if length < 2880
        else f"{length / 1440:.0f} d"
    )


def counted(figure: Figure) -> int:
    """How many entries there are behind a figure, where the figure itself says so; else what it
    shows."""
    plain = figure.total is None and not figure.unit and not figure.opens
    return int(figure.value or 0) if plain else len(figure.seqs)


def titled(name: str, figure: Figure) -> str:
    """A figure's name with which of its entries are listed."""
    return f"{name}, {figure.opens}" if figure.opens else name


def under(board: Board, lines: tuple[FeedLine, ...], table: str, row: int, column: int) -> Shown:
    """What stands at a place of one of the three tables."""
    if table == "exceptions" and row < len(board.exceptions):
        line = board.exceptions[row]
        return Shown(
            line.rep_id, line.lead_id, line.seqs, f"{line.rep}: {line.words}", count=line.count
        )
    if table == "feed" and row < len(lines):
        entry = lines[row]
        return Shown(None, entry.lead_id, (entry.seq,), entry.words, entry.seq)
    if table != "reps":
        return Shown()
    # The name in the first column, else a figure; the last row is everybody's.
    together = row >= len(board.reps)
    rep_id, who = (
        (None, board.whose.name) if together else (board.reps[row].rep_id, board.reps[row].name)
    )
    if not column:
        return Shown(rep_id, named=TOTAL if together else "")
    figure = (board.total if together else board.reps[row].figures)[column - 1]
    name = FIGURES[column - 1]
    return Shown(
        rep_id,
        None,
        figure.seqs,
        titled(f"{who}: {name}", figure),
        named=name,
        count=counted(figure),
    )


def about(period: Period, whose: Whose) -> str:
    """Of when and of whom figures are, in words."""
    return f"{period.name} ({period.dates}) · {whose.name}"


def so_far(read_from: datetime | None, share: float, where: tzinfo) -> str:
    """How far back figures go while older entries are still read; nothing when they are all
    there."""
    if read_from is None:
        return ""
    return f" · so far back to {day(read_from.astimezone(where))}, {100 * share:.0f} %"


def entry_lines(
    lines: tuple[FeedLine, ...], where: tzinfo, now: datetime
) -> list[tuple[str, tuple[Text, ...]]]:
    """Rows of a list of entries: number, when, who, what."""
    rows: list[tuple[str, tuple[Text, ...]]] = []
    for line in lines:
        _, who, what = feed_row(line, where, now)
        at = Text(stamp(line.at.astimezone(where), seconds=True), style="dim", justify="right")
        rows.append((str(line.seq), (Text(f"#{line.seq:,}", justify="right"), at, who, what)))
    return rows


def top_line(place: str, right: list[Content], width: int) -> Content:
    """The line above everything: as much of ``right`` as fits, its first part always."""
    name, short = (
        Content.assemble(("leadtui", "bold $accent"), "   ", (place, "bold")),
        Content.styled("leadtui", "bold $accent"),
    )
    for left in (name, short):
        for count in range(len(right), 0, -1):
            line = Content("   ").join(right[:count])
            gap = width - left.cell_length - line.cell_length
            if gap >= 2:
                return Content.assemble(left, " " * gap, line)
    return right[0]
