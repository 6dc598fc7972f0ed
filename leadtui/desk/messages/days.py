"""How a text names a day or a moment: on the lead's own clock, in the language of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from leadtui.text import words

WEEK = 7


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language for days; ``on`` stands before a weekday or a date."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    today: str
    yesterday: str
    tomorrow: str
    on: str
    long_ago: str
    """Where the day of an inquiry is not known."""
    month_day: str
    year: str
    moment: str
    next_on: str = ""
    """What stands before a weekday to come."""
    zones: tuple[tuple[str, str], ...] = ()
    """Abbreviations of time zones that are other ones in this language."""

    def weekday(self, day: date) -> str:
        """``Tuesday``."""
        return self.weekdays[day.weekday()]

    def month_and_day(self, day: date) -> str:
        """``November 24``."""
        return self.month_day.format(month=self.months[day.month - 1], day=day.day)

    def full(self, day: date) -> str:
        """``Tuesday, November 24``."""
        return f"{self.weekday(day)}, {self.month_and_day(day)}"

    def at(self, local: datetime) -> str:
        """``Tuesday, November 24 at 10:00 (MST)``."""
        zone = f"{local:%Z}"
        return self.moment.format(
            day=self.full(local.date()),
            hour=f"{local:%H:%M}",
            zone=dict(self.zones).get(zone, zone),
        )


ENGLISH = Tongue(
    words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    words("January February March April May June July August September October November December"),
    *("today", "yesterday", "tomorrow", "on ", "some time ago"),
    month_day="{month} {day}",
    year="{day}, {year}",
    moment="{day} at {hour} ({zone})",
)
GERMAN = Tongue(
    words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    *("heute", "gestern", "morgen", "am ", "vor einiger Zeit"),
    month_day="{day}. {month}",
    year="{day} {year}",
    moment="{day}, um {hour} Uhr ({zone})",
    next_on="am ",
    zones=(("CET", "MEZ"), ("CEST", "MESZ")),
)
TONGUES: Mapping[str, Tongue] = MappingProxyType({"de": GERMAN})


def tongue_of(language: str) -> Tongue:
    """The words of a text's language; English where leadtui has none."""
    return TONGUES.get(language, ENGLISH)


def date_text(tongue: Tongue, iso: str | None, zone: ZoneInfo) -> str:
    """``Tuesday, November 24``; empty for no date."""
    return tongue.full(datetime.fromisoformat(iso).astimezone(zone).date()) if iso else ""


def moment_text(tongue: Tongue, at: datetime | None, zone: ZoneInfo) -> str:
    """``Tuesday, November 24 at 10:00 (MST)``; empty for none."""
    return tongue.at(at.astimezone(zone)) if at else ""


def touch_day(tongue: Tongue, at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """``today``, ``Thursday`` within the last six days, ``November 12`` before; empty for none."""
    return _past(tongue, at, zone, now, "") if at else ""


def inquiry_day(tongue: Tongue, at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """``today``, ``on Thursday``, ``on November 12``, ``on May 3, 2024``: part of any sentence."""
    return _past(tongue, at, zone, now, tongue.on) if at else tongue.long_ago


def workdays(
    tongue: Tongue, zone: ZoneInfo, now: datetime, is_open: Callable[[date], bool]
) -> tuple[str, str]:
    """The next two working days as one offers them: ``tomorrow`` or ``Monday``, then
    ``Tuesday``."""
    today = now.astimezone(zone).date()
    ahead = [today + timedelta(days=days) for days in range(1, 60)]
    opened = [day for day in ahead if is_open(day)][:2]
    if len(opened) < 2:
        return "", ""  # a message that names such a day then lacks its field, and stays
    first, second = opened
    soon = tongue.tomorrow if first == ahead[0] else _coming(tongue, first, today)
    return soon, _coming(tongue, second, today)


def _coming(tongue: Tongue, day: date, today: date) -> str:
    named = tongue.weekday(day) if (day - today).days < WEEK else tongue.full(day)
    return f"{tongue.next_on}{named}"


def _past(tongue: Tongue, at: datetime, zone: ZoneInfo, now: datetime, before: str) -> str:
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    days = (today - day).days
    if days <= 0:
        return tongue.today
    if days == 1:
        return tongue.yesterday
    if days < WEEK:
        return before + tongue.weekday(day)
    named = tongue.month_and_day(day)
    if day.year != today.year and before:
        named = tongue.year.format(day=named, year=day.year)
    return before + named
