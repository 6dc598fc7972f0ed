"""What an import would ask of the reps: its first touches against what they can do in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from leadtui.desk.core.words import CHANNELS
from leadtui.desk.distribution.eligibility import gets_leads, is_away
from leadtui.store import floor, importing

if TYPE_CHECKING:
    from datetime import datetime

    from leadtui.cadence.calendar import BusinessClock
    from leadtui.desk.core.context import Context
    from leadtui.desk.intake.files.options import ImportReport

FURTHEST = timedelta(days=400)
"""Nobody foresees more."""


@dataclass(frozen=True, slots=True)
class FirstTouches:
    """The first touches of an import; ``others`` are by channel, ``due`` are the calls that wait
    already, ``last`` is the day on which the reps have made all of them, where they ever do."""

    calls: int
    others: tuple[tuple[str, int], ...]
    reps: int
    a_day: int
    due: int
    last: date | None

    def told(self) -> str:
        """In words."""
        if not self.calls and not self.others:
            return "No first touch: nobody new, and nothing that they do not know."
        if not self.calls:
            by = ", ".join(f"{count:,} by {channel}" for channel, count in self.others)
            return f"First touches: {by}; no calls."
        beside = "".join(f", {count:,} first by {channel}" for channel, count in self.others)
        if not self.reps:
            return f"{self.calls:,} first calls{beside}, and nobody who takes calls is there."
        people = "1 rep who makes" if self.reps == 1 else f"{self.reps} reps who make"
        due = f" With the {self.due:,} calls that are due already" if self.due else ""
        when = f"{self.last:%a} {self.last.day} {self.last:%b}" if self.last else "in over a year"
        last = f"{due}, the last is made {when}" if due else f" The last is made {when}"
        calls = f"{self.calls:,} first call{'s' if self.calls != 1 else ''}"
        return f"{calls}{beside}, for {people} {self.a_day:,} a day.{last}."


def foresee(context: Context, report: ImportReport) -> FirstTouches:
    """From a dry run that planned some of its responses in earnest: all of them in the same
    shares."""
    now = context.now()
    with context.store.read() as session:
        book = context.playbook(session)
        reps = [rep for rep in floor.reps(session) if gets_leads(rep) and not is_away(rep, now)]
        due = importing.calls_due(session, context.end_of_day(now))
    sampled = sum(count for _, count in report.firsts)
    responses = report.new + report.updated
    channels = {name: round(count * responses / sampled) for name, count in report.firsts}
    calls, a_day = channels.pop("call", 0), book.floor.calls_a_day
    others = tuple((CHANNELS.get(name, name), count) for name, count in channels.items())
    each_day = len(reps) * a_day
    last = _last(context, context.business_clock(book), calls + due, each_day) if each_day else None
    return FirstTouches(calls, others, len(reps), a_day, due, last)


def _last(context: Context, business: BusinessClock, calls: int, a_day: int) -> date | None:
    """The day on which so many calls are made, what is left of today counted."""
    now = context.now()
    left, day = calls, now
    while day - now < FURTHEST:
        first, end = context.start_of_day(day), context.end_of_day(day)
        whole = _minutes(business, first, end)
        share = _minutes(business, max(first, now), end) / whole if whole else 0.0
        left -= int(a_day * share)
        if left <= 0:
            return day.astimezone(context.zone).date()
        day += timedelta(days=1)
    return None


def _minutes(business: BusinessClock, first: datetime, last: datetime) -> int:
    return max(0, business.minutes_at(last) - business.minutes_at(first))
