"""Times and spans as short as a person says them: ``in 3 min``, ``Thu 16:00``, ``02:14``."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadtui.clock import hour

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WORKDAY = 480
"""Minutes of business time that are called a day."""
FAR = 300
"""So many days away a day and a month alone could be taken for another year's."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC where the machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def span(length: timedelta) -> str:
    """A length of time in its largest unit: ``40 s``, ``3 min``, ``2 h``, ``2 d``."""
    length = abs(length)
    if length < MINUTE:
        return f"{int(length.total_seconds())} s"
    minutes = round(length / MINUTE)
    if minutes < 100 and minutes != 60:
        return f"{minutes} min"
    if length < 36 * HOUR:
        return f"{round(length / HOUR)} h"
    return f"{round(length / DAY)} d"


def work(length: timedelta) -> str:
    """A length of business time, of which a day has eight hours: ``40 min``, ``3 h``, ``2 d``."""
    minutes = round(abs(length) / MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < WORKDAY:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / WORKDAY)} d"


def stopwatch(length: timedelta) -> str:
    """A running time: ``02:14``, ``1:02:14``; under zero it stands at zero."""
    seconds = max(0, int(length.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def left(length: timedelta) -> str:
    """What is left of an agreed business time: ``1:48`` in the last ten minutes, else its largest
    unit."""
    if timedelta(0) <= length < 10 * MINUTE:
        minutes, seconds = divmod(int(length.total_seconds()), 60)
        return f"{minutes}:{seconds:02}"
    return work(length)


def day(at: datetime) -> str:
    """``23 Nov``."""
    return f"{at.day} {MONTHS[at.month - 1]}"


def stamp(at: datetime, *, seconds: bool = False) -> str:
    """``Mon 23 Nov 10:42``."""
    return f"{WEEKDAYS[at.weekday()]} {day(at)} {hour(at, seconds=seconds)}"


def due(at: datetime, now: datetime, where: ZoneInfo) -> str:
    """When something falls or fell due: ``now``, ``in 3 min``, ``16:00``, ``Thu 16:00``, ``2
    Dec``; ``Dec 2036`` where that could be another year's. How late it is, is business time."""
    ahead = at - now
    if abs(ahead) < MINUTE:
        return "now"
    if timedelta(0) < ahead < HOUR:
        return f"in {span(ahead)}"
    local = at.astimezone(where)
    days = abs((local.date() - now.astimezone(where).date()).days)
    if days == 0:
        return hour(local)
    if days >= FAR:
        return f"{MONTHS[local.month - 1]} {local.year}"
    return f"{WEEKDAYS[local.weekday()]} {hour(local)}" if days < 7 else day(local)


def city(name: str) -> str:
    """The city that a zone is called after: ``Denver`` for ``America/Denver``."""
    return name.rpartition("/")[2].replace("_", " ")
