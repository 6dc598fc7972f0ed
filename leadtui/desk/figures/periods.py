"""Spans of the floor's days over which figures are counted: today, last week, this quarter, or two
dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leadtui.errors import NotFound

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the floor, from midnight to midnight.

    ``since`` is ``None`` for everything there is; ``until`` (the first instant behind it) is
    ``None`` while it runs."""

    name: str
    since: datetime | None
    until: datetime | None
    dates: str
    """Its first and last day, in words."""


PERIODS: dict[str, Callable[[date], tuple[date | None, date | None]]] = {
    "today": lambda today: (today, None),
    "yesterday": lambda today: (today - DAY, today),
    "this week": lambda today: (_monday(today), None),
    "last week": lambda today: (_monday(today) - 7 * DAY, _monday(today)),
    "this month": lambda today: (today.replace(day=1), None),
    "last month": lambda today: (_months_back(today.replace(day=1), 1), today.replace(day=1)),
    "this quarter": lambda today: (_quarter(today), None),
    "last quarter": lambda today: (_months_back(_quarter(today), 3), _quarter(today)),
    "7 days": lambda today: (today - 6 * DAY, None),
    "30 days": lambda today: (today - 29 * DAY, None),
    "all": lambda _today: (None, None),
}
"""Name -> first day and the day behind the last (``None``: everything, and still running)."""

HELP = f"choose one of {', '.join(PERIODS)}, or dates such as 2026-11-01..2026-11-15"


def period_of(name: str, now: datetime, zone: ZoneInfo) -> Period:
    """The period of that name, or of two dates (``2026-11-01..2026-11-15``, both counted; one date
    is one day).

    Raises ``NotFound`` for a word that is no period and for dates that are none."""
    today = now.astimezone(zone).date()
    words = " ".join(name.casefold().split())
    if words in PERIODS:
        first, behind = PERIODS[words](today)
    else:
        first, behind = _dates(name, today)
        words = f"{first}..{behind - DAY if behind else ''}"
    return Period(words, _midnight(first, zone), _midnight(behind, zone), _said(first, behind))


def _dates(text: str, today: date) -> tuple[date, date | None]:
    begin, dots, end = text.replace(" ", "").partition("..")
    try:
        first = date.fromisoformat(begin)
        last = (date.fromisoformat(end) if end else today) if dots else first
        behind = last + DAY
    except (ValueError, OverflowError):
        raise NotFound(f"period {text!r} is unknown; {HELP}") from None
    if first > last:
        raise NotFound(f"period {text!r} ends before it begins; write the earlier date first")
    if first.year < 1971:
        raise NotFound(f"period {text!r} begins before there was a log; {HELP}")
    return first, behind if behind <= today else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """The first instant of a day; where midnight is skipped, the first that there is."""
    return None if day is None else datetime.combine(day, time.min, tzinfo=zone)


def _said(first: date | None, behind: date | None) -> str:
    if first is None:
        return "from the first entry on"
    last = behind - DAY if behind else None
    if last == first:
        return f"{first:%a %d %b %Y}"
    return f"{first:%a %d %b %Y} to {f'{last:%a %d %b %Y}' if last else 'now'}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _months_back(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
