"""Where a step may stand: open days of a lead and a rep, and the moves that bring a due time into
the calling window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from leadtui.cadence.calendar import DAY_PARTS, interval, is_holiday, zone_info
from leadtui.cadence.gate.windows import (
    HoursTable,
    Interval,
    code_of,
    local_day,
    meet,
    place_of,
    table_of,
)
from leadtui.cadence.model import (
    By,
    CallingPolicy,
    Channel,
    DayPart,
    FloorRules,
    Hours,
    LeadFacts,
    OnClosedDay,
    Step,
    TimeOff,
    Unit,
)

SEARCH_DAYS = 400
"""How far an open day is looked for: longer than any time off that is not an end."""
PART_DAYS = 10
"""For how many days a wanted day-part is looked for before any time will do."""
LAST_START = 15 * 60
"""A step that is clamped to the end of a window is due this many seconds before it closes, so that
it can be done."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_QUARTER = ("October", "November", "December")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    *_LAST_QUARTER,
)
_ANY: frozenset[DayPart] = frozenset()
_WHOLE_DAYS = frozenset({Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS})


@dataclass(frozen=True, slots=True)
class Calendar:
    """What planning needs besides the lead: the policy, the floor's rules and the rep's days off.

    Days off are compared with the lead's local dates. Build one per rep and keep it; days are
    remembered per policy."""

    policy: CallingPolicy
    floor: FloorRules
    time_off: tuple[TimeOff, ...] = ()


class Site:
    """One lead's place and one calendar, as planning asks for them; the first possible zone is the
    lead's clock."""

    __slots__ = ("_own", "_place", "calendar", "country", "info", "region", "table", "zone")

    def __init__(self, lead: LeadFacts, calendar: Calendar) -> None:
        zones = lead.zones or ("UTC",)
        codes = (code_of(lead.country, lead.region), *lead.number_regions)
        self.calendar, self.country, self.region = calendar, lead.country, lead.region
        self.zone, self.info = zones[0], zone_info(zones[0])
        self.table: HoursTable = table_of(calendar.policy)
        self._place = place_of(zones, codes)
        self._own = self._place._replace(zones=zones[:1])

    def closed(self, day: date, *, rep: bool = True) -> str:
        """Why nothing is done on this day, as the end of a sentence; ``""`` on an open one."""
        if day.weekday() >= 5:
            return "is a weekend"
        if name := is_holiday(
            self.country, self.region, day, self.calendar.floor.business_holidays_worked
        ):
            return f"is {name}"
        if rep and any(off.first <= day <= off.last for off in self.calendar.time_off):
            return "is a day off of the rep"
        return ""

    def windows(self, ordinal: int, *, call: bool) -> tuple[Interval, ...]:
        """The calling window of a local day: for a call in every possible zone, else in the lead's
        own."""
        return self.table.planning(self._place if call else self._own, ordinal)

    def local(self, stamp: int) -> datetime:
        """A moment on the lead's clock."""
        return datetime.fromtimestamp(stamp, self.info)

    def same_time(self, stamp: int, ordinal: int) -> int:
        """The lead's clock time of ``stamp`` on another local day."""
        local = self.local(stamp)
        moved = local.replace(fold=0) + timedelta(days=ordinal - local.toordinal())
        return int(moved.timestamp())


@dataclass(frozen=True, slots=True)
class Wish:
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


def is_flexible(step: Step) -> bool:
    """Whether a step asks for a day and not for an hour."""
    return (
        step.at.offset.unit in _WHOLE_DAYS and step.at_time is None and bool(step.at.offset.amount)
    )


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


@dataclass(frozen=True, slots=True)
class _Search:
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
        windows = self.site.windows(ordinal, call=wish.call)
        if parts:
            windows = meet(windows, _part_intervals(ordinal, self.site.zone, parts))
        if not windows:
            return None
        elastic = wish.flexible or ordinal != self.day
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
        """The same local time when the day was closed; what came too late or should be at once
        opens the window."""
        if ordinal == self.day:
            return self.due
        return (
            self.site.same_time(self.due, ordinal)
            if self.closed and not self.wish.at_once
            else opening
        )


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
    inside = _inside(int(was.timestamp()), site.windows(was.toordinal(), call=wish.call))
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
