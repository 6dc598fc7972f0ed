"""Where a step may stand: the moves that bring a due time into the calling window of an open
day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from leadtui.cadence.calendar import DAY_PARTS, ELAPSED, interval
from leadtui.cadence.gate.windows import Interval, local_day, meet
from leadtui.cadence.model import By, Channel, DayPart, Hours, OnClosedDay, Step, Unit
from leadtui.cadence.site import Site

SEARCH_DAYS = 400
"""How far an open day is looked for: longer than any time off that is not an end."""
PART_DAYS = 10
"""For how many days a wanted day-part is looked for before any time will do."""
LAST_START = 15 * 60
"""A step that is clamped to the end of a window is due this many seconds before it closes, so that
it can be done."""

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ANY: frozenset[DayPart] = frozenset()


class Wish(NamedTuple):
    """What a step asks of its time, besides not before ``lower`` (epoch seconds)."""

    due: int
    lower: int
    call: bool
    rep: bool
    on_closed_day: OnClosedDay = OnClosedDay.NEXT
    parts: frozenset[DayPart] = frozenset()
    """The day-parts that will do; empty for any."""
    untried: bool = False
    """``parts`` are those that were not tried yet."""
    flexible: bool = False
    """Counted in days: within its day it may also stand earlier than ``due``."""
    at_once: bool = False
    """As soon as possible: on a later day it opens the window instead of keeping its clock time."""
    hour: bool = False
    """Names its hour, and keeps it on whatever day."""


def is_flexible(step: Step) -> bool:
    """Whether a step asks for a day and not for an hour."""
    offset = step.at.offset
    return offset.unit not in ELAPSED and step.at_time is None and bool(offset.amount)


def hour_of(step: Step) -> time | None:
    """The hour that a step names; one that is counted in hours cannot."""
    offset = step.at.offset
    return step.at_time if offset.unit not in ELAPSED or not offset.amount else None


def is_at_once(step: Step) -> bool:
    """Whether a step follows its anchor at once or by minutes."""
    offset = step.at.offset
    return step.at_time is None and (not offset.amount or offset.unit is Unit.MINUTES)


def wish_for(step: Step, due: int, lower: int, parts: frozenset[DayPart] = frozenset()) -> Wish:
    """What this step asks for; ``parts`` are the day-parts that will do, none for any."""
    return Wish(
        due=due,
        lower=lower,
        call=step.channel is Channel.CALL,
        rep=step.by is By.REP,
        on_closed_day=step.on_closed_day,
        parts=parts,
        untried=step.day_part in {None, DayPart.OTHER},
        flexible=is_flexible(step),
        at_once=is_at_once(step),
        hour=hour_of(step) is not None,
    )


def move(wish: Wish, site: Site) -> tuple[int, tuple[str, ...]]:
    """The due time in the calling window of an open day, and why it is not the one that was wished
    for."""
    due = max(wish.due, wish.lower)
    day = local_day(site.zone, due)
    why = site.closed(date.fromordinal(day), rep=wish.rep)
    if not wish.rep and not why:
        return due, ()
    search = _Search(wish, site, due, day, bool(why))
    if why and wish.on_closed_day is OnClosedDay.PREVIOUS:
        earlier = search.back()
        if earlier is not None:
            return earlier, (_moved_text(wish, site, day, earlier, why),)
    for parts in (wish.parts, _ANY) if wish.parts else (_ANY,):
        found = search.forward(parts)
        if found is not None:
            return found, () if found == due else _reasons(wish, site, due, found, why, parts)
    return due, ("no calling window is open within a year; left where it was",)


class _Search(NamedTuple):
    """The search for a slot near ``due``, which falls on the local ``day``."""

    wish: Wish
    site: Site
    due: int
    day: int
    closed: bool

    def forward(self, parts: frozenset[DayPart]) -> int | None:
        """The first slot from the day itself on."""
        for ordinal in range(self.day, self.day + (PART_DAYS if parts else SEARCH_DAYS)):
            if self._open(ordinal):
                found = self._slot(ordinal, parts)
                if found is not None:
                    return found
        return None

    def back(self) -> int | None:
        """The last open day before, if something of it is left after ``lower``."""
        first = max(local_day(self.site.zone, self.wish.lower), self.day - 31)
        for ordinal in range(self.day - 1, first - 1, -1):
            if self._open(ordinal):
                found = self._slot(ordinal, self.wish.parts) if self.wish.parts else None
                return self._slot(ordinal, _ANY) if found is None else found
        return None

    def _open(self, ordinal: int) -> bool:
        return not self.site.closed(date.fromordinal(ordinal), rep=self.wish.rep)

    def _slot(self, ordinal: int, parts: frozenset[DayPart]) -> int | None:
        """The time of one open day that comes nearest to what was wished for; ``None`` if nothing
        of it is left."""
        wish = self.wish
        windows = self.site.windows(ordinal, call=wish.call, rep=wish.rep)
        if parts:
            windows = meet(windows, _part_intervals(ordinal, self.site.zone, parts))
        if not windows:
            return None
        elastic = wish.flexible or wish.hour or ordinal != self.day
        wanted = self._wanted(ordinal, windows[0][0])
        if elastic and parts and not _inside(wanted, windows):
            wanted = windows[0][0]
        for start, end in windows:
            found = max(wanted, start, wish.lower)
            if found < end:
                return found
        start, end = windows[-1]
        last = max(start, end - LAST_START)
        return last if elastic and last >= wish.lower else None

    def _wanted(self, ordinal: int, opening: int) -> int:
        """The same local time when the day was closed or an hour is named; what came too late or
        should be at once opens the window."""
        if ordinal == self.day:
            return self.due
        same = self.wish.hour or (self.closed and not self.wish.at_once)
        return self.site.same_time(self.due, ordinal) if same else opening


def _inside(stamp: int, windows: tuple[Interval, ...]) -> bool:
    return any(start <= stamp < end for start, end in windows)


@lru_cache(maxsize=100_000)
def _part_intervals(ordinal: int, zone: str, parts: frozenset[DayPart]) -> tuple[Interval, ...]:
    day = date.fromordinal(ordinal)
    wanted = (hours for part, hours in _PART_HOURS if part in parts)
    return tuple(interval(day, hours, zone) for hours in wanted)


_PART_HOURS = tuple((part, Hours(time(first), time(end))) for part, first, end in DAY_PARTS)


def _reasons(
    wish: Wish, site: Site, due: int, found: int, why: str, parts: frozenset[DayPart]
) -> tuple[str, ...]:
    """Why a step moved, one sentence per rule that moved it."""
    was, now = site.local(due), site.local(found)
    reasons = []
    if why:
        reasons.append(_moved_text(wish, site, was.toordinal(), found, why))
        if was.time() == now.time():
            return tuple(reasons)
        was = now.replace(hour=was.hour, minute=was.minute)
    inside = _inside(
        int(was.timestamp()), site.windows(was.toordinal(), call=wish.call, rep=wish.rep)
    )
    if parts and inside:
        cause = (
            f"{clock_text(was)} is in "
            f"{'a part of the day tried before' if wish.untried else 'another day-part'}"
        )
    elif inside:
        cause = "Wanted at once"
    else:
        cause = f"{clock_text(was)} is outside the calling window"
    same = was.date() == now.date()
    target = clock_text(now) if same else f"{day_text(now)} {clock_text(now)}"
    return (*reasons, f"{cause}; moved to {target}")


def _moved_text(wish: Wish, site: Site, day: int, found: int, why: str) -> str:
    """``Saturday 21 November is a weekend; moved to Monday 23 November``, with the holidays in
    between."""
    causes, target = [f"{day_text(date.fromordinal(day))} {why}"], site.local(found)
    step = 1 if target.toordinal() > day else -1
    for ordinal in range(day + step, target.toordinal(), step):
        between = site.closed(date.fromordinal(ordinal), rep=wish.rep)
        if between and between != why:
            causes.append(f"{day_text(date.fromordinal(ordinal))} {between}")
            why = between
    return f"{', '.join(causes)}; moved to {day_text(target)}"


def day_text(day: date) -> str:
    """``Monday 23 November``."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def clock_text(local: datetime) -> str:
    """``09:05``."""
    return f"{local.hour:02}:{local.minute:02}"


def utc(stamp: int) -> datetime:
    """Epoch seconds as aware UTC."""
    return datetime.fromtimestamp(stamp, UTC)
