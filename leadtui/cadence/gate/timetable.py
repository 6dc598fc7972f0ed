"""What time alone does to a queue, worked out ahead for some days: business minutes, and when each
place may be called.

A ``Timetable`` is plain numbers: it is asked in microseconds, and it can be kept in a file and read
back without the playbook, the holidays or anything else of the process. ``work_out`` says for every
minute what ``class_state`` and ``BusinessClock`` say. This module loads nothing else of the cadence
until ``work_out`` is called, since a program that starts reads a timetable before all else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from leadtui.cadence.calendar import BusinessClock
    from leadtui.cadence.gate.windows import HoursTable, Interval, Place
    from leadtui.cadence.model import CallingPolicy

NEVER = 9999
"""Minutes until a calling window closes that is not open."""
NO_PART = "9"


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """A calling class: its id, its possible zones, and the countries and regions of address and
    number."""

    id: int
    zones: tuple[str, ...]
    country: str
    region: str
    number_country: str
    number_region: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """Business time and calling windows for ``start <= t < end`` (epoch seconds)."""

    start: int
    end: int
    business: tuple[tuple[int, int, int], ...]
    """(start, end, business seconds before it) of each window of the floor, from the last one
    before ``start`` on."""
    day_parts: str
    """The day-part of each local hour, a character an hour."""
    zones: tuple[str, ...]
    windows: tuple[tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]], ...]
    """(legal, calling) windows that places share, each in order and apart."""
    classes: tuple[tuple[int, int, int], ...]
    """(class id, index of its first zone, index of its windows); -1 and -1 where the zone is
    unknown."""

    @property
    def last_class(self) -> int:
        """The highest class id that is known here."""
        return max((row[0] for row in self.classes), default=0)

    def covers(self, now: datetime) -> bool:
        """Whether this timetable speaks of ``now``."""
        return self.start <= now.timestamp() < self.end

    def minutes_at(self, now: datetime) -> int:
        """Whole business minutes between the floor's epoch and ``now``."""
        stamp = now.timestamp()
        at = bisect_right(self.business, stamp, key=_first) - 1
        if at < 0:
            return 0
        start, end, before = self.business[at]
        return int((before + min(stamp, end) - start) // 60)

    def places_at(self, now: datetime) -> tuple[str, str, str]:
        """``(blocked, parts, closes)`` at the minute of ``now``, each a string indexed by class id.

        ``blocked`` '1' or '0', ``parts`` '0' to '3' or '9', ``closes`` four digits of minutes.
        """
        stamp = int(now.timestamp()) // 60 * 60
        parts = [
            self.day_parts[datetime.fromtimestamp(stamp, ZoneInfo(zone)).hour]
            for zone in self.zones
        ]
        states = [_state(legal, calling, stamp) for legal, calling in self.windows]
        size = self.last_class + 1
        blocked, part, closes = ["0"] * size, [NO_PART] * size, [f"{NEVER:04}"] * size
        for number, zone, windows in self.classes:
            if zone < 0:
                blocked[number] = "1"
            else:
                blocked[number], closes[number] = states[windows]
                part[number] = parts[zone]
        return "".join(blocked), "".join(part), "".join(closes)

    def plain(self) -> dict[str, Any]:
        """Everything as JSON knows it."""
        return {name: getattr(self, name) for name in self.__slots__}


def from_plain(said: dict[str, Any]) -> Timetable:
    """The timetable of ``plain()``. Raises ``KeyError``, ``TypeError`` or ``ValueError`` where it
    is not one."""
    return Timetable(
        start=int(said["start"]),
        end=int(said["end"]),
        business=tuple((start, end, before) for start, end, before in said["business"]),
        day_parts=str(said["day_parts"]),
        zones=tuple(said["zones"]),
        windows=tuple(
            (tuple(map(_pair, legal)), tuple(map(_pair, calling)))
            for legal, calling in said["windows"]
        ),
        classes=tuple((number, zone, windows) for number, zone, windows in said["classes"]),
    )


def work_out(
    policy: CallingPolicy,
    clock: BusinessClock,
    classes: Iterable[ClassPlace],
    start: datetime,
    days: int,
) -> Timetable:
    """The timetable of these calling classes for so many days from ``start`` (aware) on."""
    from leadtui.cadence.calendar import part_index
    from leadtui.cadence.gate.windows import table_of

    table, end = table_of(policy), start + timedelta(days=days)
    first, last = (moment.astimezone(UTC).toordinal() for moment in (start, end))
    ordinals = range(first - 1, last + 2)
    zones: dict[str, int] = {}
    known: dict[Place, int] = {}
    windows: dict[tuple[tuple[Interval, ...], tuple[Interval, ...]], int] = {}
    rows: list[tuple[int, int, int]] = []
    for each in classes:
        place = table.place(
            each.zones, (each.country, each.region), (each.number_country, each.number_region)
        )
        if not place.zones:
            rows.append((each.id, -1, -1))
            continue
        if place not in known:
            # Few rules differ: thousands of places share some dozens of windows.
            known[place] = windows.setdefault(_windows(table, place, ordinals), len(windows))
        rows.append((each.id, zones.setdefault(place.zones[0], len(zones)), known[place]))
    return Timetable(
        start=int(start.timestamp()),
        end=int(end.timestamp()),
        business=clock.windows(start, end),
        day_parts="".join(str(part_index(start.replace(hour=hour))) for hour in range(24)),
        zones=tuple(zones),
        windows=tuple(windows),
        classes=tuple(rows),
    )


def _windows(
    table: HoursTable, place: Place, ordinals: range
) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    legal: list[Interval] | None = None
    for zone in place.zones:
        for code in place.regions:
            own = [each for day in ordinals for each in table.legal(zone, code, day)]
            legal = own if legal is None else _meet(legal, own)
    calling = legal = legal or []
    for zone in place.zones:
        for code in table.rules.weeks(place.regions):
            own = [each for day in ordinals for each in table.preferred(zone, code, day)]
            calling = _meet(calling, own)
    return tuple(legal), tuple(calling)


def _meet(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Where two rows of windows, each in order and apart, overlap."""
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def _state(
    legal: tuple[Interval, ...], calling: tuple[Interval, ...], stamp: int
) -> tuple[str, str]:
    if _end(legal, stamp) is None:
        return "1", f"{NEVER:04}"
    closes = _end(calling, stamp)
    return "0", f"{NEVER if closes is None else min((closes - stamp) // 60, NEVER):04}"


def _end(windows: tuple[Interval, ...], stamp: int) -> int | None:
    at = bisect_right(windows, stamp, key=_first) - 1
    return windows[at][1] if at >= 0 and stamp < windows[at][1] else None


def _first(window: tuple[int, ...]) -> int:
    return window[0]


def _pair(said: Any) -> tuple[int, int]:
    start, end = said
    return start, end
