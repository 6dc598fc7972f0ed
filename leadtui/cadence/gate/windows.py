"""When somebody may be called: legal and preferred hours of every possible zone and region as
intervals of UTC.

Times are epoch seconds here, intervals are start <= t < end; a table per policy remembers each
local day, since a simulation, a queue and a gate ask for the same days again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from leadtui.cadence.calendar import interval, zone_info
from leadtui.cadence.gate.rules import ALWAYS, ANY_STATE, Rules, banned_holiday
from leadtui.cadence.model import CallingPolicy, Hours, LegalHours

Interval = tuple[int, int]
K = TypeVar("K")
HORIZON_DAYS = 40
"""How far the next open minute is looked for; no rule closes longer than a run of holidays."""
MOST_DAYS = 200_000
"""How many days a table remembers before it starts over (some 50 MB)."""


class Place(NamedTuple):
    """Where somebody may be (zones) and by whose rules they are called (``CC-RR`` or ``CC``; ``""``
    is unknown)."""

    zones: tuple[str, ...]
    regions: tuple[str, ...]


def code_of(country: str, region: str) -> str:
    """``CC-RR`` from a country and a region that may already be written so; ``CC`` without a
    region."""
    if not region or not country:
        return country
    return region if region.startswith(f"{country}-") else f"{country}-{region}"


def place_of(zones: Iterable[str], codes: Iterable[str]) -> Place:
    """A place with each zone and rule once; without any code only the rule for everywhere holds."""
    return Place(
        tuple(dict.fromkeys(zones)), tuple(dict.fromkeys(code for code in codes if code)) or ("",)
    )


class HoursTable:
    """The windows of one policy."""

    def __init__(self, policy: CallingPolicy) -> None:
        self.policy = policy
        self.rules = Rules(policy)
        self._legal: dict[tuple[str, str, int], tuple[Interval, ...]] = {}
        self._preferred: dict[tuple[str, str, int], tuple[Interval, ...]] = {}
        self._places: dict[tuple[Any, ...], Place] = {}
        self._planning: dict[tuple[Place, int], tuple[Interval, ...]] = {}

    def place(
        self, zones: tuple[str, ...], address: tuple[str, str], number: tuple[str, str]
    ) -> Place:
        """A place by (country, region) of address and number, each zone and rule once.

        Where neither tells the state of a country whose states have rules of their own, all of them
        hold (``US-*``); without any country only the rule for everywhere holds."""
        key = (zones, address, number)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = self._placed(zones, code_of(*address), code_of(*number))
        return found

    def _placed(self, zones: tuple[str, ...], *codes: str) -> Place:
        known = {code[:2] for code in codes if len(code) > 2}
        unknown = self.rules.with_states - known
        return place_of(
            zones, (f"{code}{ANY_STATE}" if code in unknown else code for code in codes)
        )

    def legal(self, zone: str, code: str, ordinal: int) -> tuple[Interval, ...]:
        """When the law of one region allows calls on one local day of a zone."""
        key = (zone, code, ordinal)
        found = self._legal.get(key)
        if found is None:
            day = date.fromordinal(ordinal)
            binding = [
                self.hours(zone, own, rule, day)
                for own, rule in self.rules.rules_of(code, day)
                if not self.rules.only_warns(rule)
            ]
            first, *others = binding or [_intervals(day, ALWAYS.week[0], zone)]
            for hours in others:
                first = meet(first, hours)
            found = _remember(self._legal, key, first)
        return found

    def hours(self, zone: str, code: str, rule: LegalHours, day: date) -> tuple[Interval, ...]:
        """When one rule allows calls on a day of a zone, to whomever it binds."""
        hours = () if banned_holiday(code, rule, day) else rule.week.get(day.weekday(), ())
        return _intervals(day, hours, zone)

    def preferred(self, zone: str, code: str, ordinal: int) -> tuple[Interval, ...]:
        """When the floor wants to call on one local day of a zone: its own hours, on the days and
        in the hours in which people there work."""
        key = (zone, code if self.rules.work_of(code) else "", ordinal)
        found = self._preferred.get(key)
        if found is None:
            day = date.fromordinal(ordinal)
            found = _intervals(day, self.rules.wanted(code, day), zone)
            found = _remember(self._preferred, key, found)
        return found

    def calling(self, zone: str, regions: tuple[str, ...], ordinal: int) -> tuple[Interval, ...]:
        """The calling window of one local day in one zone: preferred and legal by every rule."""
        found = self.preferred(zone, regions[0], ordinal)
        for code in regions[1:]:
            found = meet(found, self.preferred(zone, code, ordinal))
        for code in regions:
            found = meet(found, self.legal(zone, code, ordinal))
        return found

    def planning(self, place: Place, ordinal: int) -> tuple[Interval, ...]:
        """What a step is planned into on a local day of the first zone: where the calling windows
        of all zones meet.

        Zones too far apart for that leave the first zone's window, as far as the law of the others
        allows; and where even that is empty the first zone's own window, since the gate still asks
        before the dial."""
        key = (place, ordinal)
        found = self._planning.get(key)
        if found is None:
            zone, *others = place.zones
            own = found = self.calling(zone, place.regions, ordinal)
            lawful = own
            for other in others:
                days = range(ordinal - 1, ordinal + 2)
                found = meet(
                    found,
                    [part for day in days for part in self.calling(other, place.regions, day)],
                )
                for code in place.regions:
                    lawful = meet(
                        lawful, [part for day in days for part in self.legal(other, code, day)]
                    )
            found = _remember(self._planning, key, found or lawful or own)
        return found

    def next_legal(self, place: Place, stamp: int) -> int | None:
        """The first second from ``stamp`` on at which every rule allows a call in every zone;
        ``None`` if never.

        Walks from window to window: each check moves the time to its own next opening until no
        check moves it."""
        if len(place.zones) == 1 == len(place.regions):
            return self._opening(place.zones[0], place.regions[0], stamp)
        limit, at = stamp + HORIZON_DAYS * 86_400, stamp
        while at <= limit:
            moved = at
            for zone in place.zones:
                for code in place.regions:
                    opened = self._opening(zone, code, moved)
                    if opened is None:
                        return None
                    moved = opened
            if moved == at:
                return at
            at = moved
        return None

    def legal_until(self, place: Place, stamp: int) -> int | None:
        """When the legal window closes that all rules and zones leave open now; ``None`` outside
        it."""
        return _until(
            (self.legal(zone, code, day), stamp) for zone, code, day in _checks(place, stamp)
        )

    def calling_until(self, place: Place, stamp: int) -> int | None:
        """When the calling window closes that all rules and zones leave open now; ``None`` outside
        it."""
        legal = self.legal_until(place, stamp)
        wanted = _until(
            (self.preferred(zone, code, day), stamp) for zone, code, day in _checks(place, stamp)
        )
        return None if legal is None or wanted is None else min(legal, wanted)

    def _opening(self, zone: str, code: str, stamp: int) -> int | None:
        first = local_day(zone, stamp)
        for ordinal in range(first, first + HORIZON_DAYS):
            for start, end in self.legal(zone, code, ordinal):
                if stamp < end:
                    return max(start, stamp)
        return None


_tables: dict[int, HoursTable] = {}


def table_of(policy: CallingPolicy) -> HoursTable:
    """The table of a policy; the few that a process sees are kept, so an id is never used again
    meanwhile."""
    table = _tables.get(id(policy))
    if table is None or table.policy is not policy:
        if len(_tables) >= 16:
            _tables.clear()
        table = _tables[id(policy)] = HoursTable(policy)
    return table


def local_day(zone: str, stamp: int) -> int:
    """The local day of a moment as an ordinal."""
    return datetime.fromtimestamp(stamp, zone_info(zone)).toordinal()


def meet(left: Iterable[Interval], right: Iterable[Interval]) -> tuple[Interval, ...]:
    """Where two rows of intervals overlap."""
    others = tuple(right)
    return tuple(
        (max(a, c), min(b, d)) for a, b in left for c, d in others if max(a, c) < min(b, d)
    )


def _intervals(day: date, hours: Iterable[Hours], zone: str) -> tuple[Interval, ...]:
    found = sorted(interval(day, window, zone) for window in hours)
    return tuple((start, end) for start, end in found if start < end)


def _checks(place: Place, stamp: int) -> Iterable[tuple[str, str, int]]:
    for zone in place.zones:
        day = local_day(zone, stamp)
        for code in place.regions:
            yield zone, code, day


def _until(rows: Iterable[tuple[tuple[Interval, ...], int]]) -> int | None:
    ends = []
    for row, stamp in rows:
        end = next((end for start, end in row if start <= stamp < end), None)
        if end is None:
            return None
        ends.append(end)
    return min(ends, default=None)


def _remember(
    table: dict[K, tuple[Interval, ...]], key: K, found: tuple[Interval, ...]
) -> tuple[Interval, ...]:
    if len(table) >= MOST_DAYS:
        table.clear()
    table[key] = found
    return found
