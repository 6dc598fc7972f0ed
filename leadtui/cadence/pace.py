"""How far apart the steps of a cadence stand, as its file says: the gap that a channel leaves, and
the distance that a step keeps from the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from leadtui.cadence.calendar import ELAPSED, moved_day
from leadtui.cadence.model import (
    Cadence,
    Channel,
    EnrolmentState,
    OnClosedDay,
    Span,
    Step,
    Unit,
    When,
)
from leadtui.cadence.moving import clock_text, day_text, hour_of
from leadtui.cadence.site import Site

DAY = 86_400
WEEK = 7
START = "start"

_SECONDS = {
    Unit.MINUTES: 60,
    Unit.HOURS: 3_600,
    Unit.DAYS: DAY,
    Unit.BUSINESS_DAYS: DAY,
    Unit.WEEKS: 7 * DAY,
    Unit.MONTHS: 28 * DAY,
}
"""The least that a unit can last; exact enough to compare with gaps of hours."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where one step stands in its cadence."""

    root: str = START
    """What it is counted from; empty where that lies ahead of it (``trial_ends - 2 days``)."""
    months: int = 0
    days: int = 0
    seconds: int = 0
    """How long after its root: the three together."""
    on: tuple[str, int] = (START, 0)
    """The day on which the file plans it; two steps with the same one may share a day."""
    gap: int = 0
    """Seconds that must pass after the last touch of its channel."""
    in_days: bool = False
    """Counted in days or longer, so that it asks for a day."""
    business: bool = False
    """Counted in business days."""
    own_day: bool = False
    """An e-mail that leaves the channel's usual gap: never on a day on which another was sent."""

    def days_after(self, before: Pace) -> tuple[int, int] | None:
        """Months and days from the step before; ``None`` where the two hang on different dates."""
        if not self.root or self.root != before.root:
            return None
        days = self.days + self.seconds // DAY - before.days - before.seconds // DAY
        return self.months - before.months, days

    def seconds_after(self, before: Pace) -> int:
        """Seconds from the step before where they make up a day, else 0: hours are the gap's
        matter."""
        if not self.root or self.root != before.root:
            return 0
        days = (self.months - before.months) * 30 + self.days - before.days
        length = days * DAY + self.seconds - before.seconds
        return length if length >= DAY else 0


BEGIN = Pace()
"""Where a cadence stands before its first step was done."""

_paces: dict[int, tuple[Cadence, tuple[Pace, ...]]] = {}


def paces_of(cadence: Cadence) -> tuple[Pace, ...]:
    """Where each step of a cadence stands, remembered."""
    entry = _paces.get(id(cadence))
    if entry is None or entry[0] is not cadence:
        if len(_paces) >= 512:  # what is kept cannot lend its id to another cadence
            _paces.clear()
        entry = _paces[id(cadence)] = (cadence, _all(cadence))
    return entry[1]


def _all(cadence: Cadence) -> tuple[Pace, ...]:
    """The gap before each step is the channel's ``min_gap``, or less where the steps are written
    closer together.

    The first touch of a channel is compared with the start: what follows an inquiry within minutes
    is wanted then, whenever the last touch of another cadence was."""
    paces: list[Pace] = []
    last: dict[Channel, tuple[str, int]] = {}
    root, position = START, 0
    for step in cadence.steps:
        if step.at.anchor == "previous":
            position += _length(step.at.offset)
        else:
            root, position = _position(step.at, cadence)
        usual = cadence.min_gap.get(step.channel)
        gap = _length(usual) if usual else 0
        before_root, before = last.get(step.channel, (START, 0))
        closer = min(gap, max(0, position - before)) if before_root == root else gap
        last[step.channel] = (root, position)
        own_day = step.channel is Channel.EMAIL and 0 < gap == closer
        on = (root, position // DAY)
        paces.append(_pace(step, paces[-1] if paces else BEGIN, on, closer, own_day=own_day))
    return tuple(paces)


def _pace(step: Step, before: Pace, on: tuple[str, int], gap: int, *, own_day: bool) -> Pace:
    root, months, days, seconds = step.at.anchor, 0, 0, 0
    amount, unit = step.at.offset.amount, step.at.offset.unit
    if root == "previous":
        root, months, days, seconds = before.root, before.months, before.days, before.seconds
    elif root != START and amount <= 0:
        root = ""
    if unit is Unit.MONTHS:
        months += amount
    elif unit in ELAPSED:
        seconds += amount * _SECONDS[unit]
    else:
        days += amount * (7 if unit is Unit.WEEKS else 1)
    in_days = unit not in ELAPSED and (bool(amount) or step.at_time is not None)
    business = unit is Unit.BUSINESS_DAYS
    return Pace(root, months, days, seconds, on, gap, in_days, business, own_day)


def _position(when: When, cadence: Cadence) -> tuple[str, int]:
    """Seconds from a root: the start, or a date that only the lead knows."""
    root, position = when.anchor, _length(when.offset)
    for _ in range(8):
        given = cadence.dates.get(root)
        if given is None:
            break
        root, position = given.anchor, position + _length(given.offset)
    return root, position


def _length(span: Span) -> int:
    return span.amount * _SECONDS[span.unit]


def paced(
    index: int, planned: datetime, cadence: Cadence, state: EnrolmentState, site: Site
) -> tuple[datetime, tuple[str, ...]]:
    """The planned time of a step, no nearer to what was done before it than the file writes them,
    and why it is a later one.

    What is counted in months keeps its date where that is less than a week off: closed days would
    else add up over a year."""
    done, paces = state.previous_at, paces_of(cadence)
    pace, before = paces[index], paces[state.next_step - 1] if state.next_step else BEGIN
    if not pace.in_days:
        seconds = pace.seconds_after(before) if done else 0
        kept = done + timedelta(seconds=seconds) if done and seconds else planned
        return (kept, (_kept_text(done, kept, site),)) if done and kept > planned else (planned, ())
    local = planned.astimezone(site.info)
    wanted = day = local.toordinal()
    if done is not None and cadence.steps[index].at.anchor != "previous":
        last = site.day_of(done)
        wanted = max(day, _day_after(last, pace, before, site, day))
        if pace.on != before.on:
            wanted = max(wanted, last + 1)
    if pace.own_day and (sent := state.last_touch.get(Channel.EMAIL)) is not None:
        wanted = max(wanted, site.day_of(sent) + 1)
    if wanted <= day:
        return planned, ()
    kept = site.at_clock(wanted, local.time())
    return kept, (_kept_text(done or planned, kept, site),)


def _day_after(last: int, pace: Pace, before: Pace, site: Site, planned: int) -> int:
    """The local day that keeps the distance from the step before, done on the day ``last``; 0 for
    none, and where the planned day keeps it well enough."""
    apart = pace.days_after(before)
    if apart is None:
        return 0
    months, days = apart
    slack = WEEK if months > 0 else 0
    longest = months * (31 if months > 0 else 28)
    if not pace.business and last + longest + days < planned + slack:
        return 0
    day = date.fromordinal(last)
    if months:
        day = moved_day(day, Span(months, Unit.MONTHS), site.is_open)
    unit = Unit.BUSINESS_DAYS if pace.business else Unit.DAYS
    wanted = moved_day(day, Span(days, unit), site.is_open).toordinal()
    return wanted if wanted >= planned + slack else 0


def earliest(
    index: int, planned: datetime, cadence: Cadence, state: EnrolmentState, site: Site
) -> tuple[datetime, tuple[str, ...]]:
    """Before when a step may not stand, whatever the clock, and why: its gap, what an outcome put
    off, the limit of attempts, the day of the step before."""
    step, pace = cadence.steps[index], paces_of(cadence)[index]
    lower, why = state.start, ""
    last = state.last_touch.get(step.channel)
    if last is not None and not _apart(step, pace, last, planned, site):
        lower = max(lower, last + timedelta(seconds=pace.gap))
        why = f"The last {step.channel.value} was on {_time_text(last, site)}"
    if step.channel is Channel.CALL:
        most = site.most_calls(planned)
        if state.calls_not_before is not None and state.calls_not_before > lower:
            lower, why = state.calls_not_before, "The last outcome put the next call off"
        free = free_again(state.calls, most)
        if free is not None and free > lower:
            lower, why = free, f"{most} calls in 24 hours are the most"
    reasons = (f"{why}; moved to {_time_text(lower, site)}",) if lower > planned else ()
    if step.on_closed_day is OnClosedDay.PREVIOUS and state.previous_at and pace.in_days:
        lower = max(lower, site.at_clock(site.day_of(state.previous_at) + 1, time.min))
    return lower, reasons


def free_again(calls: tuple[datetime, ...], most: int) -> datetime | None:
    """When another call keeps the limit of attempts in 24 hours; ``None`` where any time does."""
    return calls[-most] + timedelta(hours=24) if 0 < most <= len(calls) else None


def _apart(step: Step, pace: Pace, last: datetime, planned: datetime, site: Site) -> bool:
    """Whether a step that names its hour is on a later day than the last of its channel: its hour
    is worth more than the rest of a gap that is shorter than a day."""
    return hour_of(step) is not None and pace.gap < DAY and site.day_of(last) < site.day_of(planned)


def _kept_text(done: datetime, kept: datetime, site: Site) -> str:
    return (
        f"Keeps its distance from what was done on {day_text(done.astimezone(site.info))}; moved "
        f"to {_time_text(kept, site)}"
    )


def _time_text(moment: datetime, site: Site) -> str:
    local = moment.astimezone(site.info)
    return f"{day_text(local)} {clock_text(local)}"
