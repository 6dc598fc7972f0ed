"""Where a lead is planned: its clock, its open days and those of its rep, its calling windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from leadtui.cadence.calendar import (
    BusinessClock,
    is_holiday,
    is_worked,
    local_to_utc,
    parts_on_holiday,
    zone_info,
)
from leadtui.cadence.gate.windows import (
    HoursTable,
    Interval,
    Place,
    code_of,
    meet,
    place_of,
    table_of,
)
from leadtui.cadence.model import Cadence, CallingPolicy, FloorRules, LeadFacts, TimeOff


@dataclass(frozen=True, slots=True)
class Calendar:
    """What planning needs besides the lead: the policy, the floor's rules and the rep's days off.

    Days off are compared with the lead's local dates. Build one per rep and keep it; days are
    remembered per policy."""

    policy: CallingPolicy
    floor: FloorRules
    time_off: tuple[TimeOff, ...] = ()
    at_work: BusinessClock | None = None
    """The floor's own hours and holidays, which bound what a rep is asked to do; not asked where
    there is none."""
    days: tuple[int, ...] = ()
    """The weekdays of one cadence; none for Monday to Friday."""
    days_off: tuple[date, ...] = ()
    """Days on which one cadence rests."""

    def of(self, cadence: Cadence) -> Calendar:
        """The same for the steps of a cadence, which may have days of its own."""
        if not (cadence.days or cadence.days_off):
            return self
        return replace(self, days=cadence.days, days_off=cadence.days_off)


class Site:
    """One lead's place and one calendar, as planning asks for them; the first possible zone is the
    lead's clock."""

    __slots__ = (
        "_anywhere",
        "_code",
        "_own",
        "_place",
        "calendar",
        "country",
        "info",
        "region",
        "table",
        "zone",
    )

    def __init__(self, lead: LeadFacts, calendar: Calendar) -> None:
        zones = lead.zones or ("UTC",)
        self.calendar, self.country, self.region = calendar, lead.country, lead.region
        self.zone, self.info = zones[0], zone_info(zones[0])
        self.table: HoursTable = table_of(calendar.policy)
        self._place, self._own, self._code, self._anywhere = _places(
            zones, lead.country, lead.region, lead.number_regions
        )

    def closed(self, day: date, *, rep: bool = True) -> str:
        """Why nothing is done on this day, as the end of a sentence; ``""`` on an open one."""
        weekend = self.table.rules.is_weekend(self._code, day)
        own = self.calendar.days
        if day.weekday() not in own if own else weekend:
            return "is a weekend" if weekend else "is no day of this cadence"
        if day in self.calendar.days_off:
            return "is a day off of this cadence"
        if name := is_holiday(
            self.country, self.region, day, self.calendar.floor.business_holidays_worked
        ):
            return f"is {name}"
        if self._anywhere and (name := self._mostly(day)):
            return f"is {name} in most of the country"
        at_work = self.calendar.at_work
        if rep and at_work is not None and not at_work.open_on(day):
            return "is a day on which the floor is closed"
        for off in self.calendar.time_off if rep else ():
            if off.first <= day <= off.last:
                return "is a day off of the rep"
        return ""

    def _mostly(self, day: date) -> str:
        """The holiday of half of the country or more, where nobody knows in which part of it
        somebody is."""
        name, _, most = parts_on_holiday(self.country, day.year).get(day, ("", (), False))
        worked = self.calendar.floor.business_holidays_worked
        return name if most and not is_worked(name, day, worked) else ""

    def is_open(self, day: date) -> bool:
        """Whether a rep does anything on this day."""
        return not self.closed(day)

    def windows(self, ordinal: int, *, call: bool, rep: bool = True) -> tuple[Interval, ...]:
        """The calling window of a local day: for a call in every possible zone, else in the lead's
        own; for a rep in the floor's own hours, unless they never meet."""
        found = self.table.planning(self._place if call else self._own, ordinal)
        at_work = self.calendar.at_work
        if not rep or at_work is None or not found:
            return found
        first, last = (datetime.fromtimestamp(at, UTC) for at in (found[0][0], found[-1][1]))
        shifts = [(begin, end) for begin, end, _ in at_work.windows(first, last)]
        return meet(found, shifts) or found

    def most_calls(self, moment: datetime) -> int:
        """The most calls to it in 24 hours, by the floor and by the law of its place."""
        rules, day = self.table.rules, moment.toordinal()
        caps = (rules.cap_of(code, day) for code in self._place.regions)
        return min((self.calendar.policy.max_attempts_24h, *filter(None, caps)))

    def local(self, stamp: int) -> datetime:
        """A moment on the lead's clock."""
        return datetime.fromtimestamp(stamp, self.info)

    def day_of(self, moment: datetime) -> int:
        """The lead's local day of an aware time, as an ordinal."""
        return moment.astimezone(self.info).toordinal()

    def at_clock(self, ordinal: int, clock: time) -> datetime:
        """A clock time of a local day of the lead, as aware UTC."""
        return local_to_utc(datetime.combine(date.fromordinal(ordinal), clock), self.zone)

    def hour_from(self, planned: datetime, lower: datetime, clock: time) -> datetime:
        """That clock time on the planned day, or on the first after it that is not before
        ``lower``."""
        day = max(self.day_of(planned), self.day_of(lower))
        found = self.at_clock(day, clock)
        return found if found >= lower else self.at_clock(day + 1, clock)

    def same_time(self, stamp: int, ordinal: int) -> int:
        """The lead's clock time of ``stamp`` on another local day."""
        local = self.local(stamp)
        moved = local.replace(fold=0) + timedelta(days=ordinal - local.toordinal())
        return int(moved.timestamp())


@lru_cache(maxsize=4096)
def _places(
    zones: tuple[str, ...], country: str, region: str, others: tuple[str, ...]
) -> tuple[Place, Place, str, bool]:
    """Where somebody may be, by whose rules; the same on their first clock alone; the code of the
    address; and whether nobody knows in which part of the country that is."""
    code = code_of(country, region)
    place = place_of(zones, (code, *others))
    known = region or any(other.startswith(f"{country}-") for other in others)
    return place, place._replace(zones=zones[:1]), code, bool(country) and not known
