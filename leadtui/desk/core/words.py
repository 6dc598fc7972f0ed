"""How times, channels and people are said in one line; the same words on every screen and in every
command."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from leadtui.clock import hour

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
    year = " %Y" if is_far(at, now) else ""
    offset = f" UTC{there:%z}" if _comes_twice(there) else ""
    return f"{there:%a} {there.day} {there:%b{year}} {hour(there)}{offset} {city_of(zone)}"


def _comes_twice(there: datetime) -> bool:
    """Whether the clocks show this time twice, and only its offset says which is meant."""
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def said_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """``Mon 23 Nov 11:18`` on one clock, for a column; with the year like ``said_at``."""
    there = at.astimezone(zone)
    return f"{there:%a %d %b{' %Y' if is_far(at, now) else ''}} {hour(there)}"


def said_span(span: timedelta) -> str:
    """``3 min``, ``1 h 20``, ``2 d``: short, for a column."""
    minutes = round(abs(span.total_seconds()) / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest:02}" if rest and hours < 10 else f"{hours} h"
    return f"{round(minutes / 1440)} d"


def leads_wait(count: int, *, or_more: bool = False) -> str:
    """``12 leads wait``, ``1 lead waits``, ``1,000 leads or more wait``."""
    if count == 1:
        return "1 lead waits"
    return f"{count:,} leads {'or more ' if or_more else ''}wait"


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


def money(minor: int | None, currency: str) -> str:
    """``EUR 1,240.50``; ``–`` for what is not known."""
    return "–" if minor is None else f"{currency} {minor / 100:,.2f}"
