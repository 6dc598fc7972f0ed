"""Charts as inline SVG: nothing is loaded, nothing runs, and every bar has its number beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from leadtui.desk.figures.compliance_views import DayLine
from leadtui.text import clean

ROW = 24
LABEL = 210
WIDTH = 640
COLUMNS = 62
"""More days than that are added up to weeks."""


def text(words: str, limit: int = 2000) -> str:
    """Outside text as HTML text: without controls, escaped."""
    return escape(clean(words, limit))


def bars(
    title: str, labels: Sequence[str], values: Sequence[float], shown: Sequence[str] | None = None
) -> str:
    """Horizontal bars from a common base; ``shown`` is what stands beside each, the value itself by
    default."""
    said = shown or [f"{value:,.0f}" for value in values]
    most, room = max((*values, 1e-9)), WIDTH - LABEL - 90
    told = ", ".join(f"{label}: {one}" for label, one in zip(labels, said, strict=True))
    rows = []
    for place, (label, value, one) in enumerate(zip(labels, values, said, strict=True)):
        y, length = place * ROW, room * value / most
        rows.append(
            f'<text x="{LABEL - 10}" y="{y + 16}" text-anchor="end">{text(label, 26)}</text>'
            f'<rect x="{LABEL}" y="{y + 4}" width="{max(length, 0):.1f}" height="16"/>'
            f'<text x="{LABEL + 8 + length:.1f}" y="{y + 16}">{text(one)}</text>'
        )
    return _svg(f"{title}: {told}", WIDTH, ROW * len(labels), "".join(rows))


def by_day(days: Sequence[DayLine]) -> str:
    """A column a day (or week, where there are many): what was on time below, what was late above,
    hatched."""
    columns = _columns(days)
    height, base = 150, 172
    most = max((timely + late for _, timely, late in columns), default=0) or 1
    step = min(28.0, (WIDTH - 40) / max(len(columns), 1))
    hatched = (
        '<defs><pattern id="late" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">'
        '<rect class="back" width="5" height="5"/><line y2="5" class="hatch"/></pattern></defs>'
    )
    axis = (
        f'<text x="30" y="{base - height + 4}" text-anchor="end">{most:,}</text><text x="30" '
        f'y="{base}" '
        f'text-anchor="end">0</text><line class="axis" x1="36" y1="{base}" x2="{WIDTH}" '
        f'y2="{base}"/>'
    )
    parts = [hatched, axis]
    every = max(1, round(70 / step))
    for place, (name, timely, late) in enumerate(columns):
        x, low, high = 40 + place * step, height * timely / most, height * late / most
        width = max(step - 3, 1)
        parts.append(
            f"<g><title>{text(name)}: {timely:,} on time, {late:,} late</title>"
            f'<rect x="{x:.1f}" y="{base - low:.1f}" width="{width:.1f}" height="{low:.1f}"/>'
            f'<rect class="late" x="{x:.1f}" y="{base - low - high:.1f}" width="{width:.1f}" '
            f'height="{high:.1f}"/></g>'
        )
        if place % every == 0:
            parts.append(f'<text x="{x:.1f}" y="{base + 18}">{text(name)}</text>')
    total = (
        f"{sum(one for _, one, _ in columns):,} on time and "
        f"{sum(one for _, _, one in columns):,} late"
    )
    return _svg(f"By day: {total}", WIDTH, base + 26, "".join(parts))


def _columns(days: Sequence[DayLine]) -> list[tuple[str, int, int]]:
    if len(days) <= COLUMNS:
        return [(f"{one.day:%d %b}", one.timely, one.late) for one in days]
    weeks: dict[tuple[int, int], list[DayLine]] = {}
    for one in days:
        weeks.setdefault(one.day.isocalendar()[:2], []).append(one)
    return [
        (
            f"week of {found[0].day:%d %b %y}",
            sum(one.timely for one in found),
            sum(one.late for one in found),
        )
        for found in weeks.values()
    ]


def _svg(title: str, width: int, height: int, inside: str) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg role="img" aria-label="{text(title)}" {size}>{inside}</svg>'
