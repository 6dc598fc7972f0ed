"""The view as files: a CSV of the reps and exceptions, and one HTML page that needs nothing else to be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from leadtui.desk.compliance_views import FIGURES, Board
from leadtui.desk.files import write_new
from leadtui.desk.importing.cells import guarded
from leadtui.text import clean

STYLE = """
:root { color-scheme: light dark; --line: #8a929966; --bar: #176b80; --muted: #646b71; }
@media (prefers-color-scheme: dark) { :root { --bar: #78b6c4; --muted: #8d959c; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin-bottom: 0; } h2 { font-size: 1rem; margin-top: 2rem; }
p.state, caption, .muted { color: var(--muted); }
table { border-collapse: collapse; width: 100%; } td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { text-align: left; font-weight: 600; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
svg rect { fill: var(--bar); }
"""
TOUCHES = ("under 5 min", "5–15 min", "15–60 min", "1–4 h", "longer")
AGES = ("under 1 day", "1–3 days", "over 3 days")


def write_report(board: Board, state: str, floor: str, stem: Path) -> tuple[Path, Path]:
    """Write ``STEM.csv`` and ``STEM.html``, which must not exist yet; ``state`` says what is known of the log.

    Raises ``LeadtuiError`` where a file exists or the folder refuses.
    """
    table, page = stem.with_name(stem.name + ".csv"), stem.with_name(stem.name + ".html")
    write_new(table, [as_csv(board, state).encode("utf-8-sig")], 0o600)
    try:
        write_new(page, [as_html(board, state, floor).encode()], 0o600)
    except BaseException:
        table.unlink(missing_ok=True)
        raise
    return table, page


def as_csv(board: Board, state: str) -> str:
    """Reps, then exceptions; cells that a spreadsheet would run are made text, shares show their denominators."""
    out = io.StringIO()
    writer = csv.writer(out)
    rows: list[Sequence[str]] = [
        ("period", board.period), ("at", board.now.isoformat()), ("log", state), (),
        ("rep", "team", *(part for name in FIGURES for part in (name, f"{name} of"))),
    ]  # fmt: skip
    for rep in board.reps:
        cells = [
            ("" if f.value is None else str(f.value), "" if f.total is None else str(f.total)) for f in rep.figures
        ]
        rows.append((rep.name, rep.team, *(part for pair in cells for part in pair)))
    rows += [(), ("rep", "exception", "entries")]
    rows += [(line.rep, line.words, " ".join(map(str, line.seqs))) for line in board.exceptions]
    for row in rows:
        writer.writerow([guarded(clean(cell, 2000)) for cell in row])
    return out.getvalue()


def as_html(board: Board, state: str, floor: str) -> str:
    """One page without scripts, links or fonts from elsewhere; its charts are inline SVG."""
    touch = board.first_touch
    speed = "no first attempt in this period"
    if touch.median is not None and touch.p90 is not None:
        speed = f"{touch.count} first attempts · median {touch.median:.0f} min · p90 {touch.p90:.0f} min"
    head = "".join(f'<th class="n">{_text(name)}</th>' for name in FIGURES)
    reps = "".join(
        f"<tr><td>{_text(rep.name)}</td>"
        + "".join(f'<td class="n">{_text(f.shown)}</td>' for f in rep.figures)
        + "</tr>"
        for rep in board.reps
    )
    lines = "".join(
        f'<tr><td>{_text(line.rep)}</td><td>{_text(line.words)}</td><td class="n muted">{_seqs(line.seqs)}</td></tr>'
        for line in board.exceptions
    )
    since = "all time" if board.since is None else f"since {board.since:%Y-%m-%d %H:%M %Z}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_text(floor)}: compliance</title><style>{STYLE}</style></head><body>\n"
        f"<h1>{_text(floor)}: compliance, {_text(board.period)}</h1>\n"
        f'<p class="state">{_text(since)} · made {board.now:%Y-%m-%d %H:%M} UTC · {_text(state)}</p>\n'
        f"<h2>Exceptions first</h2><table><tr><th>rep</th><th>what</th><th class='n'>entries</th></tr>{lines}</table>\n"
        f"<h2>Reps</h2><table><tr><th>rep</th>{head}</tr>{reps}</table>\n"
        f"<h2>Overdue now</h2>{bars(AGES, board.overdue)}\n"
        f"<h2>From inquiry to first attempt</h2><p>{_text(speed)}</p>{bars(TOUCHES, touch.spread)}\n"
        "</body></html>\n"
    )


def bars(labels: Sequence[str], counts: Sequence[int]) -> str:
    """Horizontal bars with their numbers, as inline SVG."""
    most, height = max((*counts, 1)), 26
    title = ", ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True))
    rows = "".join(
        f'<text x="0" y="{y + 15}">{_text(label)}</text><rect x="110" y="{y + 3}" width="{400 * count / most:.1f}" '
        f'height="16"/><text x="{118 + 400 * count / most:.1f}" y="{y + 15}">{count}</text>'
        for y, label, count in zip(range(0, height * len(labels), height), labels, counts, strict=True)
    )
    size = f'viewBox="0 0 570 {height * len(labels)}" width="570" height="{height * len(labels)}"'
    return f'<svg role="img" aria-label="{_text(title)}" {size}>{rows}</svg>'


def _text(words: str) -> str:
    return escape(clean(words, 2000))


def _seqs(seqs: Iterable[int]) -> str:
    found = [f"#{seq:,}" for seq in seqs]
    return _text(", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else ""))
