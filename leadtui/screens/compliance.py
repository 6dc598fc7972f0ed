"""How the parts of the supervisor's view are written: rows, bars, and what is known of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content

from leadtui.desk.compliance_views import FIGURES, Board, RepLine
from leadtui.desk.views import FeedLine
from leadtui.widgets.safe import cell
from leadtui.widgets.times import day, hour, stamp

if TYPE_CHECKING:
    from leadtui.desk.compliance_views import Verification

BLOCKS = "▁▂▃▄▅▆▇█"
SHORT = ("due", "done", "on t.", "SLA", "defer", "no", "no rec", "open")
"""The columns of the table of reps where it is narrow."""

DOUBTS = frozenset((5, 6, 7))
"""Columns whose number is worth a colour when it is not zero: no, no record, unanswered."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the cursor stands on."""

    rep_id: int | None = None
    lead_id: int | None = None
    seqs: tuple[int, ...] = ()
    title: str = ""
    entry: int = 0
    named: str = ""


def state_of(
    found: Verification | None, witnessed_at: datetime | None, where: tzinfo | None, progress: str
) -> tuple[str, str]:
    """What is known of the log, in a few words, and the style they are shown in."""
    if found is None:
        return f"verifying the log {progress}".rstrip(), "$muted"
    if not found.ok:
        place = f" at #{found.first_bad:,}" if found.first_bad else ""
        return f"▲ LOG DAMAGED{place}: {found.damage}", "bold $text-error"
    seen = f" · witness {hour(witnessed_at.astimezone(where))}" if witnessed_at else ""
    notes = f" · ▲ {len(found.findings)} to note (i)" if found.findings else " ✓"
    style = "$text-warning" if found.findings else "$foreground"
    return f"log verified to #{found.head.seq:,}{seen}{notes}", style


def rep_row(rep: RepLine | None, *, wide: bool, tight: bool = False) -> tuple[Text, ...]:
    """A rep's line, or with ``None`` the titles; numbers stand right."""
    if rep is None:
        titles = FIGURES if wide else SHORT
        return Text("rep"), *(Text(title, justify="right") for title in titles)
    cells = [cell(rep.name.split(" ")[0] if tight else rep.name, 24 if wide else 14)]
    for column, figure in enumerate(rep.figures):
        text = Text(figure.shown, justify="right")
        if column in DOUBTS and figure.value:
            text = Text(f"▲ {figure.shown}", justify="right", style="bold")
        cells.append(text)
    return tuple(cells)


def feed_row(line: FeedLine, where: tzinfo, now: datetime) -> tuple[Text, ...]:
    """One line of the feed: when, who, what; what alarms carries a sign."""
    local = line.at.astimezone(where)
    same_day = local.date() == now.astimezone(where).date()
    at = Text(f"{local:%H:%M:%S}" if same_day else day(local), style="dim", justify="right")
    what = cell(("▲ " if line.alarming else "") + line.words)
    if line.alarming:
        what.stylize("bold")
    return at, cell(line.who.split(" ")[0], 10), what


def totals(board: Board, width: int) -> Content:
    """Overdue by age, and how soon first attempts came; as much as fits."""
    under, middle, over = board.overdue
    overdue = Content.assemble(
        ("Overdue ", "bold $foreground"), (spark(board.overdue), "$accent"),
        f"  under 1 d {under:,} · 1–3 d {middle:,} · over 3 d {over:,}",
    )  # fmt: skip
    touch = board.first_touch
    if touch.median is None or touch.p90 is None:
        speed = Content.assemble(("First touch ", "bold $foreground"), "none in this period")
    else:
        speed = Content.assemble(
            ("First touch ", "bold $foreground"), (spark(touch.spread), "$accent"),
            f"  median {minutes(touch.median)} · p90 {minutes(touch.p90)} · n {touch.count:,}",
        )  # fmt: skip
    both = Content.assemble(overdue, "     ", speed)
    return both if both.cell_length <= width else overdue


def spark(counts: tuple[int, ...]) -> str:
    """Counts as blocks of one line; nothing is a dot."""
    most = max((*counts, 1))
    return "".join("·" if not count else BLOCKS[max(0, round(count / most * 7))] for count in counts)


def minutes(length: float) -> str:
    """Minutes in their largest unit."""
    return (
        f"{length:.0f} min" if length < 120 else f"{length / 60:.0f} h" if length < 2880 else f"{length / 1440:.0f} d"
    )


def entry_lines(lines: tuple[FeedLine, ...], where: tzinfo, now: datetime) -> list[tuple[str, tuple[Text, ...]]]:
    """Rows of a list of entries: number, when, who, what."""
    rows: list[tuple[str, tuple[Text, ...]]] = []
    for line in lines:
        _, who, what = feed_row(line, where, now)
        at = Text(f"{stamp(line.at.astimezone(where))}:{line.at:%S}", style="dim", justify="right")
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
