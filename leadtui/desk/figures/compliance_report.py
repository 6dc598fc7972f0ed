"""The view as files: a CSV of every figure, and one HTML page that needs nothing else to be
read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from leadtui.desk.figures.charts import bars, by_day, text
from leadtui.desk.figures.compliance_views import (
    FIGURES,
    Board,
    ExceptionLine,
    Figure,
    Measure,
    Table,
    Whose,
)
from leadtui.files import write_new
from leadtui.sheets.cells import guarded
from leadtui.text import clean

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf8; --ink: #23282c; --line: #c9c6bf;
  --bar: #176b80; --muted: #646b71; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181b; --ink: #d3d7da; --line: #3a4148; --bar: #78b6c4; --muted: #8d959c; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2.5rem auto; padding: 0 1rem;
  background: var(--paper); color: var(--ink); }
h1 { font-size: 1.3rem; margin-bottom: 0; } h2 { font-size: 1rem; margin: 2.2rem 0 .4rem; }
p.state { margin: .2rem 0; } p.state, .muted, td.how { color: var(--muted); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td, th { padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: break-word; }
td.what, td.who { overflow-wrap: anywhere; } td.seqs, th.seqs { width: 13rem; text-align: right;
  color: var(--muted); }
.wide th.n { white-space: normal; } table.by th { overflow-wrap: anywhere; }
.wide td:first-child { min-width: 11rem; } td.who { width: 12rem; }
table.by { table-layout: fixed; min-width: 46rem; margin-bottom: 1.6rem; }
  table.by th:first-child { width: 13rem; }
details { margin: .6rem 0; } summary { cursor: pointer; }
th { text-align: left; font-weight: 600; } th[scope=rowgroup] { padding-top: 1rem;
  border-bottom-color: var(--ink); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.part { padding-left: 1.8rem; } td small { color: var(--muted); }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif;
  fill: var(--ink); }
svg rect { fill: var(--bar); } svg rect.late { fill: url(#late); stroke: var(--bar);
  stroke-width: .5; }
svg rect.back { fill: var(--paper); } svg .hatch { stroke: var(--bar); stroke-width: 2.5; }
svg .axis { stroke: var(--line); }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --line: #999; --bar: #176b80;
    --muted: #444; }
  body { font-size: 10pt; margin: 0; max-width: none; } tr, svg, figure { break-inside: avoid; }
  .wide { overflow: visible; font-size: 8pt; } .wide td, .wide th { padding: .2rem .35rem; }
  table.by { min-width: 0; } h2 { break-after: avoid; } thead { display: table-header-group; } }
"""
FIRST = 30
"""So many exceptions stand on the page; the others are unfolded, and in the CSV."""
ABREAST = 6
"""So many teams and reps stand beside each other."""
TOUCHES = ("under 5 min", "5–15 min", "15–60 min", "1–4 h", "longer")
AGES = ("under 1 day", "1–3 days", "over 3 days")


def write_report(
    board: Board, table: Table, state: str, floor: str, stem: Path
) -> tuple[Path, Path]:
    """Write ``STEM.csv`` and ``STEM.html``, or neither.

    ``state`` says what is known of the log, ``floor`` whose page it is. Raises ``LeadtuiError``
    where a file exists or the folder refuses."""
    sheet, page = stem.with_name(stem.name + ".csv"), stem.with_name(stem.name + ".html")
    write_new(sheet, [as_csv(board, table, state).encode("utf-8-sig")], 0o600)
    try:
        write_new(page, [as_html(board, table, state, floor).encode()], 0o600)
    except BaseException:
        sheet.unlink(missing_ok=True)
        raise
    return sheet, page


def as_csv(board: Board, table: Table, state: str) -> str:
    """Every figure with its n, of all and of each team and rep; then the reps' table, then the
    exceptions.

    Cells that a spreadsheet would run are made text; shares show their numerator and n."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    rows: list[Sequence[str]] = [
        ("period", table.period.name),
        ("dates", table.period.dates),
        ("whose", table.whose.name),
        ("at", table.now.isoformat()),
        ("log", state),
        ("up to entry", str(table.last_seq)),
        (),
    ]
    names = [table.whose.name, *(whose.name for whose, _ in table.columns)]
    rows.append(
        (
            "group",
            "figure",
            "how it is counted",
            "unit",
            *(part for name in names for part in (name, f"{name}: n")),
        )
    )
    for place, measure in enumerate(table.measures):
        figures = [measure.figure, *(figures[place] for _, figures in table.columns)]
        unit = "share" if measure.figure.total is not None else measure.figure.unit
        cells = [
            part
            for figure in figures
            for part in (_plain(figure), "" if figure.n is None else str(figure.n))
        ]
        rows.append((measure.group, measure.name, measure.formula, unit, *cells))
    rows += [(), ("rep", "team", *(part for name in FIGURES for part in (name, f"{name} of")))]
    for rep in board.reps:
        pairs = [
            (_plain(figure), "" if figure.total is None else str(figure.total))
            for figure in rep.figures
        ]
        rows.append((rep.name, rep.team, *(part for pair in pairs for part in pair)))
    rows += [(), ("rep", "exception", "entries", "how many")]
    rows += [
        (line.rep, line.words, " ".join(map(str, line.seqs)), str(line.count))
        for line in board.exceptions
    ]
    for row in rows:
        writer.writerow([guarded(clean(cell, 8000)) for cell in row])
    return out.getvalue()


def _plain(figure: Figure) -> str:
    return (
        ""
        if figure.value is None
        else f"{figure.value:g}"
        if figure.unit
        else str(int(figure.value))
    )


def as_html(board: Board, table: Table, state: str, floor: str) -> str:
    """One page without scripts, links or fonts from elsewhere; light, dark and on paper; its charts
    are inline SVG."""
    period = table.period
    made = (
        f"made {table.now:%Y-%m-%d %H:%M} UTC · {state} · figures up to entry #{table.last_seq:,}"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{text(floor)}: compliance, "
        f"{text(period.name)}</title><style>{STYLE}</style></head><body>\n"
        f"<h1>{text(floor)}: compliance, {text(period.name)}</h1>\n"
        f'<p class="state">{text(period.dates)} · {text(table.whose.name)}</p>\n<p '
        f'class="state">{text(made)}</p>\n'
        f"{_exceptions(board)}{_reps(board)}{_charts(board, table)}"
        f"{_figures(table)}{_by_rep(table)}"
        "</body></html>\n"
    )


def _exceptions(board: Board) -> str:
    if not board.exceptions:
        return "<h2>Exceptions first</h2><p>Nothing stands out in this period.</p>\n"
    first, rest = board.exceptions[:FIRST], board.exceptions[FIRST:]
    more = (
        f"<details><summary>{len(rest):,} more</summary>{_lines(rest)}</details>\n" if rest else ""
    )
    return f"<h2>Exceptions first</h2>{_lines(first)}{more}"


def _lines(found: Sequence[ExceptionLine]) -> str:
    lines = "".join(
        f'<tr><td class="who">{text(line.rep, 60)}</td><td '
        f'class="what">{text(line.words)}</td><td class="seqs">'
        f"{_seqs(line.seqs, line.count)}</td></tr>\n"
        for line in found
    )
    head = "<thead><tr><th>rep</th><th>what</th><th class='seqs'>entries</th></tr></thead>"
    return f"<table>{head}<tbody>{lines}</tbody></table>\n"


def _reps(board: Board) -> str:
    head = "".join(f'<th class="n">{text(name)}</th>' for name in FIGURES)
    lines = [(rep.name, rep.figures) for rep in board.reps]
    if len(lines) > 1:
        lines.append((board.whose.name, board.total))
    rows = "".join(
        f"<tr><td>{text(name, 60)}</td>"
        + "".join(f'<td class="n">{_shown(one)}</td>' for one in figures)
        + "</tr>\n"
        for name, figures in lines
    )
    return (
        "<h2>Reps</h2><div "
        f'class="wide"><table><thead><tr><th>rep</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
        "</div>\n"
    )


def _charts(board: Board, table: Table) -> str:
    touch = board.first_touch
    speed = "no first attempt in this period"
    if touch.median is not None and touch.p90 is not None:
        speed = (
            f"{touch.count:,} first attempts · median {touch.median:,.0f} min · p90 "
            f"{touch.p90:,.0f} min"
        )
    parts = []
    if table.days:
        parts.append(
            f"<h2>What was due, by day: on time, and late (hatched)</h2>{by_day(table.days)}\n"
        )
    timely = [(rep.name, rep.figures[FIGURES.index("on time")]) for rep in board.reps]
    known = [(name, one) for name, one in timely if one.share is not None]
    if known:
        shown = [f"{one.shown} of {one.total:,}" for _, one in known]
        shares = [one.share or 0.0 for _, one in known]
        parts.append(
            "<h2>On time, by "
            f"rep</h2>{bars('On time', [name for name, _ in known], shares, shown)}\n"
        )
    parts.append(f"<h2>Overdue now</h2>{bars('Overdue now', AGES, board.overdue)}\n")
    parts.append(
        "<h2>From inquiry to first "
        f"attempt</h2><p>{text(speed)}</p>{bars('First attempt', TOUCHES, touch.spread)}\n"
    )
    for kind, title in (
        ("override by rule", "Overrides, by rule"),
        ("deferred", "Deferrals, by reason"),
        ("no", "Answered no, by reason"),
    ):
        found = [one for one in table.measures if one.part and one.key.startswith(f"{kind}:")]
        if found:
            values = [float(one.figure.value or 0) for one in found]
            parts.append(f"<h2>{title}</h2>{bars(title, [one.name for one in found], values)}\n")
    return "".join(parts)


def _figures(table: Table) -> str:
    rows, group = [], ""
    for one in table.measures:
        if one.group != group:
            group = one.group
            rows.append(f'<tr><th scope="rowgroup" colspan="4">{text(group)}</th></tr>\n')
        part = ' class="part"' if one.part else ""
        n = "" if one.figure.n is None else f"{one.figure.n:,}"
        rows.append(
            f"<tr><td{part}>{text(one.name, 80)}</td><td "
            f'class="n">{text(one.figure.shown)}</td><td class="n">{n}</td>'
            f'<td class="how">{text(one.formula)}</td></tr>\n'
        )
    head = (
        '<thead><tr><th>figure</th><th class="n">value</th><th class="n">n</th><th>how it '
        "is counted</th></tr></thead>"
    )
    return (
        "<h2>Every figure, "
        f"{text(table.whose.name, 60)}</h2><table>{head}<tbody>{''.join(rows)}</tbody></table>\n"
    )


def _by_rep(table: Table) -> str:
    """A few columns a table, so that names are readable and paper holds them."""
    if not table.columns:
        return ""
    parts = ["<h2>Every figure, by team and rep</h2><p class='muted'>The small number is n.</p>"]
    for start in range(0, len(table.columns), ABREAST):
        columns = table.columns[start : start + ABREAST]
        head = "".join(f'<th class="n">{text(whose.name, 40)}</th>' for whose, _ in columns)
        rows = "".join(_row(place, one, columns) for place, one in enumerate(table.measures))
        parts.append(
            '<div class="wide"><table '
            f'class="by"><thead><tr><th>figure</th>{head}</tr></thead><tbody>{rows}</tbody>'
            "</table></div>\n"
        )
    return "".join(parts)


def _row(place: int, measure: Measure, columns: Sequence[tuple[Whose, tuple[Figure, ...]]]) -> str:
    cells = "".join(f'<td class="n">{_shown(figures[place])}</td>' for _, figures in columns)
    part = ' class="part"' if measure.part else ""
    return f"<tr><td{part}>{text(measure.name, 80)}</td>{cells}</tr>\n"


def _shown(figure: Figure) -> str:
    return text(figure.shown) + (f" <small>{figure.n:,}</small>" if figure.n else "")


def _seqs(seqs: Iterable[int], count: int) -> str:
    found = [f"#{seq:,}" for seq in seqs][:5]
    return text(
        ", ".join(found) + (f" and {count - len(found):,} more" if count > len(found) else "")
    )
