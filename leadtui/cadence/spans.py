"""Lengths of time and due times as a playbook writes them: ``5 days``, ``start + 2 business
days``."""

from __future__ import annotations

import re
from datetime import time

from leadtui.cadence.model import Span, Unit, When

SPAN_HELP = (
    "write a number and a unit such as '2 hours' (minutes, hours, days, business "
    "days, weeks or "
    "months)"
)
WHEN_HELP = (
    "write an anchor and a span such as 'start', 'start + 5 days' or 'trial_ends - 2 business days'"
)

_SPAN = re.compile(r"(\d{1,5})\s+(minute|hour|day|business\s+day|week|month)s?")
_WHEN = re.compile(r"([a-z][a-z0-9_]*)(?:\s*([+-])\s*(.+))?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UNITS = (
    ("minutes", 1, r"m|min|mins|minutes?"),
    ("hours", 1, r"h|hr|hrs|hours?|huors?"),
    ("business days", 1, r"bd|(?:business|working|work|week)[ -]?days?"),
    ("days", 1, r"d|days?"),
    ("weeks", 1, r"w|wks?|weeks?"),
    ("weeks", 2, r"fortnights?"),
    ("months", 1, r"mo|months?"),
    ("months", 3, r"quarters?"),
    ("months", 12, r"y|yrs?|years?"),
)
"""Unit, how many of it, and what people call that."""
_LOOSE = re.compile(r"(\d{1,4})\s*([a-z -]+)")
_FROM = re.compile(r"(.+?)\s+(after|from|past|before)\s+(?:the\s+)?([a-z_]+)")
_HOUR = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]\.?m\.?)?")


def read_span(text: str) -> Span | None:
    """``2 hours`` or ``5 business days``; ``None`` where it is neither."""
    match = _SPAN.fullmatch(text.strip())
    if not match:
        return None
    return Span(int(match[1]), Unit(" ".join(match[2].split()) + "s"))


def read_when(text: str) -> When | None:
    """``start``, ``previous + 2 hours``, ``trial_ends - 2 days``; ``None`` where it is none of
    these."""
    match = _WHEN.fullmatch(text.strip())
    if not match:
        return None
    if match[2] is None:
        return When(match[1])
    span = read_span(match[3])
    if span is None:
        return None
    return When(match[1], Span(-span.amount if match[2] == "-" else span.amount, span.unit))


def read_clock(text: str) -> time | None:
    """``09:00``; ``24:00`` is the last moment of the day."""
    if text.strip() == "24:00":
        return time.max
    match = _CLOCK.fullmatch(text.strip())
    return time(int(match[1]), int(match[2])) if match else None


def span_text(span: Span) -> str:
    """``1 hour``, ``5 business days``; the sign is left to the caller."""
    amount = abs(span.amount)
    return f"{amount} {span.unit.value.removesuffix('s') if amount == 1 else span.unit.value}"


def when_text(when: When) -> str:
    """``start + 5 days``; an offset of nothing is left out."""
    if not when.offset.amount:
        return when.anchor
    return f"{when.anchor} {'-' if when.offset.amount < 0 else '+'} {span_text(when.offset)}"


def span_meant(text: str) -> str:
    """The span that somebody means by ``24 hrs`` or ``2 working days``; empty for none."""
    match = _LOOSE.fullmatch(text.strip().lower())
    if not match:
        return ""
    for unit, times, names in _UNITS:
        if re.fullmatch(names, match[2].strip()):
            return span_text(Span(int(match[1]) * times, Unit(unit)))
    return ""


def when_meant(text: str) -> str:
    """The due time that somebody means by ``24 hours after start``; empty for none."""
    said = " ".join(text.lower().split())
    if after := _FROM.fullmatch(said):
        anchor, sign, span = after[3], "-" if after[2] == "before" else "+", after[1]
    elif said[:1].isdigit():
        anchor, sign, span = "start", "+", said
    else:
        anchor, sign, span = re.match(r"([a-z_]*)\s*([+-]?)(.*)", said).groups()  # type: ignore[union-attr]
    right = span_meant(span)
    return f"{anchor} {sign} {right}" if right and sign and anchor else ""


def clock_meant(text: str) -> str:
    """The time of the day that somebody means by ``9am`` or ``2.30 pm``; empty for none."""
    match = _HOUR.fullmatch(text.strip().lower())
    if not match or not (match[2] or match[3]):
        return ""
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].startswith("p") else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""
