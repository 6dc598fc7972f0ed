"""The order of the queue: a tier and ``P``, with the arithmetic behind every row.

``P = 1000·(5 − tier) + 35·u + 25·fit/100 + 20·w + 12·stage + 8·newpart``; ties go by due time, then
lead id. Urgency ``u`` of old responses falls in steps (0.20 for a day from the first hour on, then
0.10, then 0.05), so that SQL can say the same without powers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from leadtui.cadence.calendar import DAY_PARTS

TIERS: tuple[str, ...] = (
    "promised callback",
    "first touch to make at once, or long overdue",
    "overdue",
    "due today",
    "later",
)
"""The tiers in words; the place is the tier's number."""

STAGES: Mapping[str, float] = MappingProxyType(
    {"callback": 1.0, "engaged": 0.7, "new": 0.6, "attempted": 0.4, "nurture": 0.1}
)

FRESHNESS: tuple[tuple[int, float], ...] = (
    (1, 1.0),
    (2, 0.45),
    (3, 0.40),
    (30, 0.33),
    (60, 0.28),
    (60 + 1440, 0.20),
    (60 + 2880, 0.10),
)
"""(up to so many minutes after the inquiry, urgency); 0.05 after that."""
STALE = 0.05

CALLBACK_LEAD = timedelta(minutes=5)
CALLBACK_MINUTES = 15
FAST_SLA = 60
BUSINESS_DAY = 480
LONG_OVERDUE = 2 * BUSINESS_DAY
SLA_USED = 0.75
WINDOW_CLOSING, WINDOW_SPAN = 240, 210
NO_PART = 9

WEIGHTS = MappingProxyType(
    {"tier": 1000, "urgency": 35, "fit": 25, "window": 20, "stage": 12, "newpart": 8}
)


@dataclass(frozen=True, slots=True)
class RankFacts:
    """What the order of one touch depends on; business minutes (``…_bm``) count from the floor's
    epoch."""

    due: datetime
    """Aware UTC."""
    due_bm: int
    now_bm: int
    end_of_day: datetime
    """The end of the working day's date (aware); what is due up to it is due today."""
    promised: bool = False
    first: bool = False
    """The first touch of a response."""
    sla_minutes: int = 0
    """The first-touch agreement in business minutes; 0 without one."""
    inquiry_at: datetime | None = None
    sla_due_bm: int = 0
    fit: int = 0
    """0 to 100."""
    closes_minutes: int = -1
    """Minutes until the calling window closes; -1 outside it."""
    stage: str = "new"
    """A key of ``STAGES``."""
    parts_tried: int = 0
    """A bit for each day-part that was tried, in the order of ``calendar.DAY_PARTS``."""
    part: int = NO_PART
    """The lead's day-part now, 0 to 3; 9 outside all of them."""
    retry: bool = False
    """An outcome ordered it, so it is no first touch any more."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A tier, ``p``, and the parts that add up to it: (name, points, words)."""

    tier: int
    p: float
    parts: tuple[tuple[str, float, str], ...]


def tier_of(facts: RankFacts, now: datetime) -> int:
    """0 promised · 1 fast first touch or long overdue · 2 overdue · 3 today · 4 later."""
    overdue = facts.now_bm - facts.due_bm
    first = facts.first and not facts.retry
    if facts.promised and facts.due <= now + CALLBACK_LEAD:
        return 0
    if (first and 0 < facts.sla_minutes <= FAST_SLA) or overdue > LONG_OVERDUE:
        return 1
    if first and facts.sla_minutes:
        left = facts.sla_due_bm - facts.now_bm
        return 2 if left <= (1 - SLA_USED) * facts.sla_minutes else 3
    if facts.due < now:
        return 2
    return 3 if first or facts.due <= facts.end_of_day else 4


def freshness(since: timedelta) -> float:
    """How much the age of a response still counts, 1 within the first minute and 0.05 after two
    days and an hour."""
    minutes = since.total_seconds() / 60
    return next((share for limit, share in FRESHNESS if minutes <= limit), STALE)


def priority(facts: RankFacts, now: datetime) -> Rank:
    """Where a touch stands in the queue at ``now`` (aware), and why."""
    tier = tier_of(facts, now)
    urgency, urgency_text = _urgency(facts, tier, now)
    closing = (
        (WINDOW_CLOSING - facts.closes_minutes) / WINDOW_SPAN if facts.closes_minutes >= 0 else 0.0
    )
    window = min(1.0, max(0.0, closing))
    fresh_part = facts.part != NO_PART and not facts.parts_tried >> facts.part & 1
    parts = (
        ("tier", float(WEIGHTS["tier"] * (5 - tier)), f"tier {tier}: {TIERS[tier]}"),
        ("urgency", WEIGHTS["urgency"] * urgency, urgency_text),
        ("fit", WEIGHTS["fit"] * facts.fit / 100, f"fit {facts.fit} of 100"),
        ("window", WEIGHTS["window"] * window, _window_text(facts.closes_minutes)),
        ("stage", WEIGHTS["stage"] * STAGES.get(facts.stage, 0.0), f"stage {facts.stage}"),
        ("newpart", float(WEIGHTS["newpart"] * fresh_part), _part_text(facts.part, new=fresh_part)),
    )
    return Rank(tier, sum(value for _, value, _ in parts), parts)


def _urgency(facts: RankFacts, tier: int, now: datetime) -> tuple[float, str]:
    if tier == 0:
        late = (now - facts.due).total_seconds() / 60
        text = (
            f"promised {_minutes_text(late)} ago"
            if late >= 0
            else f"promised in {_minutes_text(-late)}"
        )
        return min(1.0, max(0.0, late / CALLBACK_MINUTES)), text
    overdue = max(0, facts.now_bm - facts.due_bm)
    if tier == 1:
        fast = facts.first and not facts.retry and 0 < facts.sla_minutes <= FAST_SLA
        if not fast or facts.inquiry_at is None:
            return 0.0, f"overdue by {_minutes_text(overdue)} of business time"
        age = now - facts.inquiry_at
        return freshness(age), f"inquiry {_minutes_text(age.total_seconds() / 60)} ago"
    if tier in {2, 3} and overdue:
        return min(
            1.0, overdue / BUSINESS_DAY
        ), f"overdue by {_minutes_text(overdue)} of business time"
    return 0.0, "not overdue"


def _minutes_text(minutes: float) -> str:
    if minutes < 1:
        return f"{round(minutes * 60)} s"
    return f"{int(minutes)} min" if minutes < 120 else f"{int(minutes // 60)} h"


def _window_text(closes: int) -> str:
    return (
        f"calling window closes in {_minutes_text(closes)}"
        if closes >= 0
        else "outside the calling window"
    )


def _part_text(part: int, *, new: bool) -> str:
    if part == NO_PART:
        return "outside the day-parts"
    name, first, end = DAY_PARTS[part]
    return f"{name.value} ({first}–{end}) {'not tried yet' if new else 'tried before'}"
