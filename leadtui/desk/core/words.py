"""How times, channels and people are said in one line; the same words on every screen and in every
command."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FAR = timedelta(days=300)
CHANNELS = {
    "call": "call",
    "email": "e-mail",
    "letter": "letter",
    "demo": "demo",
    "task": "task",
    "social": "social",
}


def local(at: datetime, zone: str) -> datetime:
    """An instant on the clock of ``zone``."""
    return at.astimezone(ZoneInfo(zone))


def city_of(zone: str) -> str:
    """The city that names a zone: ``America/Denver`` -> ``Denver``."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def is_far(at: datetime, now: datetime) -> bool:
    """Whether a day and a month alone could be taken for another year's: ten months away, either
    way."""
    return abs(at - now) >= FAR


def said_at(at: datetime, zone: str, now: datetime) -> str:
    """``Mon 23 Nov 11:18 Denver``, ``Thu 20 Nov 2036 04:00 Denver``: with the year where it is not
    one of the next months."""
    there = local(at, zone)
    return (
        f"{there:%a} {there.day} {there:%b{' %Y' if is_far(at, now) else ''} %H:%M} {city_of(zone)}"
    )


def said_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """``Mon 23 Nov 11:18`` on one clock, for a column; with the year like ``said_at``."""
    return f"{at.astimezone(zone):%a %d %b{' %Y' if is_far(at, now) else ''} %H:%M}"


def said_span(span: timedelta) -> str:
    """``3 min``, ``1 h 20``, ``2 d``: short, for a column."""
    minutes = round(abs(span.total_seconds()) / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest:02}" if rest and hours < 10 else f"{hours} h"
    return f"{round(minutes / 1440)} d"


def leads_wait(count: int) -> str:
    """``12 leads wait``, ``1 lead waits``."""
    return "1 lead waits" if count == 1 else f"{count:,} leads wait"


def channel_word(channel: str) -> str:
    """A channel in words."""
    return CHANNELS.get(channel, channel)


def shown_number(number: str) -> str:
    """``+1 303 555 0142``: international, spaced."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(
        "-", " "
    )
