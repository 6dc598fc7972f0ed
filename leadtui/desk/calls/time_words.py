"""The words of a time, read piece by piece: each piece of a text is one of the forms below, or the
whole text is no time.

Libraries were tried and left out: ``dateparser`` reads "a" as the first of the month and passes
over what it does not know, ``parsedatetime`` and ``recurrent`` choose where people mean either, and
all of them load longer than a key press may take. Here whatever may mean two things gives two
readings, and what is unknown gives none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from leadtui.text import catalogue, words

Piece = tuple[str, Any]
Reading = tuple[Piece, ...]
"""What a piece of text may say: nothing, or values by kind."""

PARTS: Mapping[str, tuple[int, ...]] = {
    "morning": (9, 10, 11),
    "afternoon": (14, 15, 16),
    "evening": (17, 18, 19),
    "tonight": (18, 19, 20),
}
"""The hours that are offered of a part of the day."""
PART_HOURS = {"morning": (5, 12), "afternoon": (12, 18), "evening": (16, 22), "tonight": (16, 24)}
_FIXED = {"noon": 720, "midday": 720, "eod": 1020, "cob": 1020, "end of day": 1020}
_DAYS = words("mon tue wed thu fri sat sun")
_MONTHS = words("jan feb mar apr may jun jul aug sep oct nov dec")
_NUMBERS = {
    **dict.fromkeys(("a", "an"), 1),
    **{
        word: value
        for value, word in enumerate(
            words("one two three four five six seven eight nine ten eleven twelve"), 1
        )
    },
}
_ZONES = catalogue("""
America/New_York: et est edt eastern
America/Chicago: ct cst cdt central
America/Denver: mt mst mdt mountain
America/Los_Angeles: pt pst pdt pacific
America/Anchorage: akst akdt alaska
Pacific/Honolulu: hst hawaii
Europe/London: bst
Europe/Berlin: cet cest
UTC: utc gmt z
""")
_FIXED_ZONES = {
    name: int(hours)
    for hours, names in catalogue("""
-10: hst
-9: akst
-8: pst akdt
-7: mst pdt
-6: cst mdt
-5: est cdt
-4: edt
1: bst cet
2: cest
""").items()
    for name in words(names)
}
"""Names that say summer or winter: where the season says the other, people mean either."""
_NAMED = {name: zone for zone, names in _ZONES.items() for name in words(names)}
_MINUTES = {"m": 1, "min": 1, "minute": 1, "h": 60, "hr": 60, "hour": 60}
_LONG = {"d": "day", "day": "day", "w": "week", "wk": "week", "week": "week", "month": "month"}

SURELY_A_CLOCK = 7
"""From here on hours with an "h" may be a clock; before it they would be at night."""
MOST_PIECES = 8

_NUMBER = rf"(\d{{1,6}}(?:[.,]\d)?|{'|'.join(_NUMBERS)})"
_DAY_NAME = (
    "(mon|tues?|wed(?:nes|s)?|thu(?:r|rs)?|fri|sat(?:ur)?|sun)(?:day)?"  # every usual spelling
)
_MONTH_NAME = (
    "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:,? (20\d\d|2100))?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the words are read against: the moment, on the clock of ``zone``, and the zones whose
    city may be named."""

    now: datetime
    zone: str
    cities: Mapping[str, str]

    @property
    def here(self) -> datetime:
        """The moment on the clock, without a zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


Form = Callable[[re.Match[str], Spoken], list[Reading]]
_FORMS: list[tuple[re.Pattern[str], Form]] = []


def _form(pattern: str) -> Callable[[Form], Form]:
    def add(reader: Form) -> Form:
        _FORMS.append((re.compile(rf"(?:{pattern})(?= |$)"), reader))
        return reader

    return add


def readings(text: str, spoken: Spoken) -> Iterator[dict[str, Any]]:
    """Every way to read the whole text, as values by kind: ``span`` (minutes), ``days`` (dates),
    ``weekday``, ``clock`` (minutes of the day), ``part``, ``zone``, ``city``."""
    pieces = _cut(text.strip(), spoken, {})
    if pieces is None or len(pieces) > MOST_PIECES:
        return
    for chosen in product(*pieces):
        said = [piece for reading in chosen for piece in reading]
        kinds = dict(said)
        if kinds and len(kinds) == len(said):
            yield kinds


def _cut(
    text: str, spoken: Spoken, known: dict[str, list[list[Reading]] | None]
) -> list[list[Reading]] | None:
    """The text as pieces, each with its readings: the longest first, a shorter one where the rest
    is then no time."""
    if not text:
        return []
    if text not in known:
        known[text] = None
        by_end: dict[int, list[Reading]] = {}
        for form, reader in _FORMS:
            if match := form.match(text):
                by_end.setdefault(match.end(), []).extend(reader(match, spoken))
        for name, zone in spoken.cities.items():
            if f"{text} ".startswith(f"{name} "):
                by_end.setdefault(len(name), []).append((("city", (ZoneInfo(zone), None)),))
        for end in sorted(by_end, reverse=True):
            rest = _cut(text[end:].lstrip(), spoken, known) if by_end[end] else None
            if rest is not None:
                known[text] = [by_end[end], *rest]
                break
    return known[text]


@_form("at|on|the|for|@|o'clock")
def _filler(_match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    return [()]


# -- how long from now ---------------------------------------------------------------------------


@_form(rf"(in )?{_NUMBER} ?(m|min|minute|h|hr|hour)s?(?: and a half)?(?: from now)?")
def _minutes(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    amount = _amount(match[2]) + (0.5 if "and a half" in match[0] else 0)
    span: Reading = (("span", amount * _MINUTES[match[3]]),)
    hour = (
        match[3] == "h" and not match[1] and match[2].isdigit() and SURELY_A_CLOCK <= amount <= 24
    )
    # "15h" is a clock in Europe and a span elsewhere; "2h" at night is nobody's clock.
    return [span, _clock(int(amount) % 24 * 60)] if hour else [span]


@_form(rf"(?:in )?{_NUMBER} ?h(?:ours?|rs?)?(?: and)? ?(\d{{1,2}})( ?m(?:in(?:ute)?s?)?)?")
def _hours_minutes(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    if not match[3] and _amount(match[1]) >= SURELY_A_CLOCK:
        return []
    return [(("span", _amount(match[1]) * 60 + int(match[2])),)]


@_form("(?:in )?half an hour|(?:in )?an hour and a half")
def _half(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    return [(("span", 90 if "and" in match[0] else 30),)]


@_form(rf"in {_NUMBER}")
def _bare_span(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    amount = _amount(match[1])
    return [(("span", amount),), (("span", amount * 60),)]


@_form(rf"(?:in )?{_NUMBER} ?(d|day|w|wk|week|month)s?(?: from now)?")
def _days(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    return _later(_amount(match[1]), _LONG[match[2]], spoken)


def _amount(text: str) -> float:
    return _NUMBERS.get(text) or float(text.replace(",", "."))


def _later(amount: float, unit: str, spoken: Spoken) -> list[Reading]:
    today, count = spoken.here.date(), int(amount)
    if count != amount:
        return []
    if unit != "month":
        return [(("days", [today + timedelta(days=count * (7 if unit == "week" else 1))]),)]
    months = today.year * 12 + today.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    last = (date((months + 1) // 12, (months + 1) % 12 + 1, 1) - first).days
    return [(("days", [first.replace(day=min(today.day, last))]),)]


# -- days ----------------------------------------------------------------------------------------


@_form("today|tomorrow|tmrw|tmr|tomo|(?:the )?day after tomorrow")
def _near(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    ahead = 0 if match[0] == "today" else 2 if "after" in match[0] else 1
    return [(("days", [spoken.here.date() + timedelta(days=ahead)]),)]


@_form("next week")
def _next_week(_match: re.Match[str], spoken: Spoken) -> list[Reading]:
    monday = spoken.here.date() + timedelta(days=7 - spoken.here.weekday())
    return [(("days", [monday + timedelta(days=day) for day in range(5)]),)]


@_form(rf"(?:(this|next) )?{_DAY_NAME}\.?")
def _weekday(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    wanted, today = _DAYS.index(match[2][:3]), spoken.here.date()
    first = today + timedelta(days=(wanted - today.weekday()) % 7)
    both = [first, first + timedelta(days=7)]
    if match[1] == "next":  # people mean either by "next friday"
        return [(("weekday", (wanted, both if first > today else both[1:])),)]
    return [(("weekday", (wanted, both if first == today and not match[1] else both[:1])),)]


@_form(rf"{_NTH} (?:of )?{_MONTH_NAME}\.?{_YEAR}")
def _day_month(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    return _dates(match[3], _month(match[2]), match[1], spoken)


@_form(rf"{_MONTH_NAME}\.? (?:the )?{_NTH}{_YEAR}")
def _month_day(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    return _dates(match[3], _month(match[1]), match[2], spoken)


@_form(r"(\d{1,2})(?:st|nd|rd|th)")
def _nth(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    here = spoken.here.date()
    months = [divmod(here.year * 12 + here.month - 1 + ahead, 12) for ahead in range(3)]
    found = [made for year, month in months if (made := _date(year, month + 1, match[1]))]
    days = [day for day in found if day >= here][:1]
    return [(("days", days),)] if days else []


@_form(r"(\d{4})-(\d\d?)-(\d\d?)")
def _iso_day(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    return _dates(match[1], int(match[2]), match[3], spoken)


@_form(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(20\d\d|\d\d)?)?")
def _slashed(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    year = match[4] and match[4].zfill(4).replace("00", "20", 1)
    both = [(int(match[1]), match[3]), (int(match[3]), match[1])]
    found = [reading for month, day in both for reading in _dates(year, month, day, spoken)]
    return [reading for place, reading in enumerate(found) if reading not in found[:place]]


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _dates(year: str | None, month: int, day: str, spoken: Spoken) -> list[Reading]:
    """The date; without a year the next one that has it (29 Feb may be years away)."""
    today = spoken.here.date()
    years = [int(year)] if year else range(today.year, today.year + 9)
    found = [made for each in years if (made := _date(each, month, day))]
    days = [made for made in found if year or made >= today][:1]
    return [(("days", days),)] if days else []


def _date(year: int, month: int, day: str) -> date | None:
    try:
        return date(year, month, int(day))
    except ValueError:
        return None


# -- clocks --------------------------------------------------------------------------------------


@_form(r"(\d{1,2})(?:[:.]?([0-5]\d))? ?([ap])\.?m?\.?")
def _half_day(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    hour = int(match[1])
    if not 1 <= hour <= 12:
        return []
    return [_clock((hour % 12 + 12 * (match[3] == "p")) * 60 + int(match[2] or 0))]


@_form(r"(\d{1,2})[:.]([0-5]\d)(?::[0-5]\d)?h?|(\d{1,2})h([0-5]\d)|([012]\d)([0-5]\d)")
def _whole(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    hour, minute = (group for group in match.groups() if group is not None)
    return _clocks(int(hour), int(minute), either=hour in words("1 2 3 4 5 6"))


@_form(r"(\d{1,2})")
def _hour(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    return _clocks(int(match[1]), 0, either=1 <= int(match[1]) <= 12)


@_form("half past (\\d{1,2})|quarter past (\\d{1,2})|quarter to (\\d{1,2})")
def _quarters(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    hour, minute = int(match[1] or match[2] or match[3]), 30 if match[1] else 15
    hour, minute = (hour - 1, 45) if match[3] else (hour, minute)
    return _clocks(hour, minute, either=hour < 12)


@_form("|".join(_FIXED))
def _fixed(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    return [_clock(_FIXED[match[0]])]


@_form(f"(this |in the )?({'|'.join(PARTS)})")
def _part(match: re.Match[str], spoken: Spoken) -> list[Reading]:
    today: Reading = (("days", [spoken.here.date()]),)
    named = match[1] == "this " or match[2] == "tonight"
    return [(*(today if named else ()), ("part", match[2]))]


def _clock(minutes: int) -> Reading:
    return (("clock", minutes),)


def _clocks(hour: int, minute: int, *, either: bool) -> list[Reading]:
    """An hour of a clock; ``either`` half of the day where neither was said."""
    if hour > 24 or (hour == 24 and minute):
        return []
    if either:
        return [_clock((hour % 12 + half) * 60 + minute) for half in (0, 12)]
    return [_clock(hour % 24 * 60 + minute)]


# -- zones ---------------------------------------------------------------------------------------


@_form(rf"({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?: time)?")
def _zone(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    season = _FIXED_ZONES.get(match[1])
    fixed = None if season is None else timezone(timedelta(hours=season))
    return [(("zone", (ZoneInfo(_NAMED[match[1]]), fixed)),)]


@_form(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?([0-5]\d))?")
def _offset(match: re.Match[str], _spoken: Spoken) -> list[Reading]:
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if offset >= timedelta(hours=15):
        return []
    return [(("zone", (timezone(-offset if match[1] == "-" else offset), None)),)]
