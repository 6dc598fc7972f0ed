"""Days and hours: day-parts, public holidays, local time to UTC and back, spans, and the floor's
business clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from leadtui.cadence.model import DayPart, Hours, Span, Unit
from leadtui.errors import LeadtuiError

DAY_PARTS: tuple[tuple[DayPart, int, int], ...] = (
    (DayPart.MORNING, 8, 10),
    (DayPart.MIDDAY, 10, 12),
    (DayPart.AFTERNOON, 12, 15),
    (DayPart.LATE, 15, 18),
)
"""Each part of the local day with its first hour and the hour before which it ends; the place is
its bit."""

EPOCH = date(2020, 1, 1)
"""The local day on which business minutes begin to count."""

LAST_YEAR = 2200
"""Nothing is planned beyond this year; a search that comes here has no answer."""

ELAPSED = frozenset({Unit.MINUTES, Unit.HOURS})
_SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600}


def zone_info(zone: str) -> ZoneInfo:
    """The IANA zone of this name (``ZoneInfo`` keeps each one)."""
    return ZoneInfo(zone)


def part_index(local: datetime) -> int:
    """The day-part of a local time as 0 to 3, or 9 outside all of them."""
    hour = local.hour
    for index, (_, first, end) in enumerate(DAY_PARTS):
        if first <= hour < end:
            return index
    return 9


def day_part(local: datetime) -> DayPart | None:
    """The day-part of a local time; ``None`` before 8 and from 18 on."""
    index = part_index(local)
    return None if index == 9 else DAY_PARTS[index][0]


def local_to_utc(local: datetime, zone: str) -> datetime:
    """A wall-clock time without zone as aware UTC: one that a DST change skips moves forward, of
    two the first."""
    return local.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


@lru_cache(maxsize=4096)
def holidays_of(country: str, region: str, year: int) -> Mapping[date, str]:
    """The public holidays of a year with their English names where there are any; region as ``RR``
    or ``CC-RR``."""
    import holidays  # 0.1 s, and only where a date is asked for

    names: dict[date, str] = {}
    region = region.removeprefix(f"{country}-")
    for subdivision in (region or None, None):
        try:
            found = holidays.country_holidays(
                country, subdiv=subdivision, years=year, language="en_US"
            )
        except NotImplementedError:  # a country or subdivision that the library does not know
            continue
        names.update((day, found[day]) for day in found if day.year == year)
        break
    return names


@lru_cache(maxsize=1024)
def parts_on_holiday(country: str, year: int) -> Mapping[date, tuple[str, tuple[str, ...], bool]]:
    """The days of a year that are public holidays in parts of a country and not in all of it: the
    name, the parts, and whether they are half of it or more."""
    import holidays

    parts = holidays.list_supported_countries().get(country, [])
    found: dict[date, tuple[str, tuple[str, ...]]] = {}
    for part in parts:
        for day, name in holidays_of(country, part, year).items():
            first, others = found.get(day, (name, ()))
            found[day] = (first, (*others, part))
    whole = holidays_of(country, "", year)
    return {
        day: (name, where, 2 * len(where) >= len(parts))
        for day, (name, where) in found.items()
        if day not in whole
    }


def is_holiday(country: str, region: str, day: date, worked: tuple[str, ...] = ()) -> str:
    """The name of the public holiday on this day, or ``""``; ``worked`` lists names or ISO dates
    that do not count."""
    if not country:
        return ""
    name = holidays_of(country, region, day.year).get(day, "")
    return "" if name and worked and is_worked(name, day, worked) else name


def is_worked(name: str, day: date, worked: tuple[str, ...]) -> bool:
    """Whether a floor works on a holiday: ``worked`` names it, or its day."""
    wanted = {word.casefold() for word in worked}
    names = (part.strip().casefold() for part in name.split(";"))
    return day.isoformat() in wanted or all(
        {part, part.removesuffix(" (observed)")} & wanted for part in names
    )


def add_span(moment: datetime, span: Span, zone: str, is_open: Callable[[date], bool]) -> datetime:
    """``moment`` (aware) plus a span, as aware UTC: minutes and hours elapse, longer units keep the
    local clock.

    Business days are days for which ``is_open`` is true; the 31st plus a month is the month's last
    day."""
    if span.unit in ELAPSED:
        return (moment + timedelta(seconds=span.amount * _SECONDS[span.unit])).astimezone(UTC)
    if not span.amount:
        return moment.astimezone(UTC)
    local = moment.astimezone(zone_info(zone)).replace(tzinfo=None)
    day = moved_day(local.date(), span, is_open)
    return local_to_utc(datetime.combine(day, local.time()), zone)


def moved_day(day: date, span: Span, is_open: Callable[[date], bool]) -> date:
    """A local day plus a span of days or longer; see ``add_span``."""
    if span.unit is Unit.BUSINESS_DAYS:
        return _business_day(day, span.amount, is_open)
    if span.unit is Unit.MONTHS:
        months = day.year * 12 + day.month - 1 + span.amount
        first, next_first = _first_of(months), _first_of(months + 1)
        return first.replace(day=min(day.day, (next_first - first).days))
    return day + timedelta(days=span.amount * (7 if span.unit is Unit.WEEKS else 1))


def _first_of(months: int) -> date:
    year, month = divmod(months, 12)
    return date(year, month + 1, 1)


def _business_day(day: date, amount: int, is_open: Callable[[date], bool]) -> date:
    step = timedelta(days=1 if amount > 0 else -1)
    left, closed = abs(amount), 0
    while left and closed < 1000:  # a calendar that never opens ends the search, not the program
        day += step
        closed = 0 if is_open(day) else closed + 1
        left -= not closed
    return day


class _Table(NamedTuple):
    """A business clock's windows up to the end of the year before ``year``; times are epoch
    seconds."""

    year: int
    until: float
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    before: tuple[float, ...]
    """Business seconds before each window, and after the last one."""


class BusinessClock:
    """The floor's business time, counted since 2020-01-01 local; exact across holidays and DST.

    ``hours`` maps weekdays (0 = Monday) to local windows; ``country`` and ``region`` choose the
    public holidays on which the floor is closed, except those in ``worked``. The table grows a year
    at a time, when first asked for; threads may share a clock: a grown table replaces the old one
    whole."""

    __slots__ = ("_country", "_hours", "_region", "_table", "_worked", "_zone")

    def __init__(
        self,
        hours: Mapping[int, tuple[Hours, ...]],
        zone: str,
        country: str = "",
        region: str = "",
        worked: tuple[str, ...] = (),
    ) -> None:
        if not any(hours.values()):
            raise LeadtuiError(
                "The floor has no business hours; give some under [business_hours] in "
                "playbook.toml."
            )
        self._hours, self._zone = hours, zone
        self._country, self._region, self._worked = country, region, worked
        self._table = _Table(EPOCH.year, _midnight(EPOCH, zone), (), (), (0.0,))
        self._grown(self._table)

    def open_on(self, day: date) -> bool:
        """Whether the floor works at all on a day of its own."""
        closed = is_holiday(self._country, self._region, day, self._worked)
        return bool(self._hours.get(day.weekday())) and not closed

    def minutes_at(self, moment: datetime) -> int:
        """Whole business minutes between the floor's epoch and an aware time; 0 before the
        epoch."""
        return int(self._seconds_at(moment.timestamp()) // 60)

    def at(self, minutes: int) -> datetime:
        """The first moment (aware UTC) at which ``minutes`` business minutes have passed since the
        epoch."""
        return self._moment(minutes * 60.0)

    def add(self, moment: datetime, minutes: int) -> datetime:
        """``minutes`` (not negative) of business time after ``moment``, aware UTC; exact to the
        second."""
        if minutes <= 0:
            return moment.astimezone(UTC)
        return self._moment(self._seconds_at(moment.timestamp()) + minutes * 60.0)

    def windows(self, first: datetime, last: datetime) -> tuple[tuple[int, int, int], ...]:
        """The windows from the last one that begins before ``first`` up to ``last`` (aware), each
        as (start, end, business seconds before it) in epoch seconds."""
        table = self._until(last.timestamp())
        low = max(0, bisect_right(table.starts, first.timestamp()) - 1)
        high = bisect_right(table.starts, last.timestamp())
        rows = zip(
            table.starts[low:high], table.ends[low:high], table.before[low:high], strict=True
        )
        return tuple((int(start), int(end), int(before)) for start, end, before in rows)

    def _until(self, stamp: float) -> _Table:
        """A table that reaches beyond ``stamp``."""
        table = self._table
        while stamp >= table.until:
            table = self._grown(table)
        return table

    def _seconds_at(self, stamp: float) -> float:
        table = self._until(stamp)
        index = bisect_right(table.starts, stamp) - 1
        if index < 0:
            return 0.0
        return table.before[index] + min(stamp, table.ends[index]) - table.starts[index]

    def _moment(self, seconds: float) -> datetime:
        if seconds <= 0:
            return datetime.fromtimestamp(_midnight(EPOCH, self._zone), UTC)
        table = self._table
        while table.before[-1] < seconds:
            table = self._grown(table)
        index = bisect_left(table.before, seconds) - 1
        return datetime.fromtimestamp(table.starts[index] + seconds - table.before[index], UTC)

    def _grown(self, table: _Table) -> _Table:
        """The table with one more year. Two threads that grow the same one come to the same
        result."""
        if table.year > LAST_YEAR:
            raise LeadtuiError(f"Business time ends with the year {LAST_YEAR}; is a date mistyped?")
        starts, ends, before = list(table.starts), list(table.ends), list(table.before)
        day, end = date(table.year, 1, 1), date(table.year + 1, 1, 1)
        while day < end:
            windows = self._hours.get(day.weekday(), ())
            if windows and not is_holiday(self._country, self._region, day, self._worked):
                for window in sorted(windows, key=lambda window: window.start):
                    first, last = interval(day, window, self._zone)
                    first = (
                        max(first, int(ends[-1])) if ends else first
                    )  # windows that overlap count once
                    if first < last:
                        starts.append(first)
                        ends.append(last)
                        before.append(before[-1] + last - first)
            day += timedelta(days=1)
        grown = _Table(
            table.year + 1, _midnight(end, self._zone), tuple(starts), tuple(ends), tuple(before)
        )
        if grown.year > self._table.year:
            self._table = grown
        return grown


def interval(day: date, window: Hours, zone: str) -> tuple[int, int]:
    """A window of local hours on one day as epoch seconds, start <= t < end; an end of ``time.max``
    is midnight."""
    end = window.end
    if end == time.max:
        return _stamp(datetime.combine(day, window.start), zone), _midnight(
            day + timedelta(days=1), zone
        )
    return _stamp(datetime.combine(day, window.start), zone), _stamp(
        datetime.combine(day, end), zone
    )


def _stamp(local: datetime, zone: str) -> int:
    return int(local.replace(tzinfo=zone_info(zone)).timestamp())


def _midnight(day: date, zone: str) -> int:
    return _stamp(datetime.combine(day, time.min), zone)
