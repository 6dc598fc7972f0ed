"""Times as people type them: "tomorrow 3pm", "mon 10:30 EST", "in 20 min"; what is ambiguous is
asked, never guessed.

What the words may say is ``time_words``; here readings become instants, and what is past, too far
ahead or no time is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leadtui import clock
from leadtui.cadence.calendar import local_to_utc
from leadtui.desk.calls.time_words import PART_HOURS, PARTS, Spoken, readings
from leadtui.desk.core.words import city_of, said_at
from leadtui.errors import Refused

FARTHEST = timedelta(days=3653)
"""Nobody promises a call for later than in ten years; a year was mistyped."""
OFFERED = (9, 11, 14, 16)
"""The hours that are offered of a day without a time."""
FEW = 2
"""Of more days than these one hour each is offered: a digit chooses."""
SEARCHED = 10
"""Days on which an open hour is looked for where the day named has none."""
HELP = "write it like 'tomorrow 3pm', 'mon 10:30', 'in 2 hours', '25 nov 14:00' or '3pm EST'"

Closed = Callable[[datetime], str]
"""Why nobody should be called at an instant, in a sentence; nothing where they may."""


@dataclass(frozen=True, slots=True)
class When:
    """One reading of what was typed."""

    at: datetime
    shown: str
    """On the lead's clock, as it is said back."""
    yours: str = ""
    """On the floor's clock, where that shows another time: ``16:00 yours``."""
    closed: str = ""
    """Why that is no time for a call, if so: a holiday, a Sunday, half past nine at night."""

    @property
    def words(self) -> str:
        """All of it in a line: ``Tue 24 Nov 15:00 Denver, 16:00 yours; closed then: …``."""
        closed = f"; closed then: {self.closed}" if self.closed else ""
        return ", ".join(filter(None, (self.shown, self.yours))) + closed


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one reading: the question and the choices."""

    question: str
    options: tuple[When, ...]


def parse_when(
    text: str, now: datetime, zone: str, own: str = "", closed: Closed = lambda _: ""
) -> When | Ambiguous:
    """What ``text`` means on the clock of ``zone``; ``own`` is the zone of whoever types. Raises
    ``Refused`` for what cannot be read or is past."""
    words = " ".join(text.casefold().replace(",", " ").split())
    if not words:
        raise Refused("when", f"no time given; {HELP}")
    spoken = Spoken(now, zone, _cities(zone, own or zone))
    reader = _Reader(spoken, own or zone, closed)
    try:
        return reader.read(words)
    except (OverflowError, ValueError):
        raise Refused("when", f"{words[:40]!r} is beyond every calendar; {HELP}") from None


def _cities(zone: str, own: str) -> dict[str, str]:
    named = {city_of(where).casefold(): where for where in (own, zone)}
    timed = {f"{name} time": where for name, where in named.items()}
    return {**named, **timed, "their time": zone, "my time": own, "our time": own, "yours": own}


class _Reader:
    """One text, read against one moment."""

    def __init__(self, spoken: Spoken, own: str, closed: Closed) -> None:
        self.spoken, self.now, self.zone, self.own = spoken, spoken.now, spoken.zone, own
        self.closed = closed

    def read(self, words: str) -> When | Ambiguous:
        if instant := _iso(words, self.zone):
            return self._chosen([instant], "")
        exact: list[datetime] = []
        days: dict[date, tuple[int, ...]] = {}
        for kinds in readings(words, self.spoken):
            exact += _after(kinds, self.spoken)
            for day in () if "span" in kinds else _days_of(kinds, self.spoken):
                if "clock" not in kinds:
                    days[day] = PARTS.get(kinds.get("part", ""), OFFERED)
                elif _fits(kinds.get("part", ""), kinds["clock"]):
                    exact += _instants(day, kinds["clock"], kinds, self.spoken)
        if not exact and not days:
            raise Refused("when", f"{words[:60]!r} is no time{self._contradiction(words)}; {HELP}")
        if not exact:
            return self._offered(days)
        exact += [self._at(day, hours[0]) for day, hours in days.items()]
        return self._chosen(exact, self._question(exact))

    def _contradiction(self, words: str) -> str:
        """What is wrong with a day of the week beside a date that is another."""
        for kinds in readings(words, self.spoken):
            for day in kinds.get("days", ()) if "weekday" in kinds else ():
                return f": {day.day} {day:%b %Y} is a {day:%A}"
        return ""

    def _chosen(self, found: list[datetime], question: str) -> When | Ambiguous:
        """What is still to come of it: the one, or a choice."""
        ahead = sorted({at for at in found if at > self.now})
        if not ahead:
            past = said_at(found[0], self.zone, self.now)
            raise Refused("when", f"{past} is past; give a time to come")
        if ahead[-1] > self.now + FARTHEST:
            far = said_at(ahead[-1], self.zone, self.now)
            raise Refused("when", f"{far} is more than ten years ahead; {HELP}")
        options = tuple(self._when(at) for at in ahead)
        options = tuple(one for one in options if not self._beaten(one, options))
        return options[0] if len(options) == 1 else Ambiguous(question or "which one?", options)

    def _beaten(self, one: When, options: tuple[When, ...]) -> bool:
        """Three at night is not meant where three in the afternoon may be."""
        same = [other for other in options if self._day(other.at) == self._day(one.at)]
        return bool(one.closed) and any(not other.closed for other in same)

    def _question(self, found: list[datetime]) -> str:
        clocks = {at.astimezone(ZoneInfo(self.zone)).time() for at in found}
        if len(clocks) == 1:
            return "which day is meant?"
        return (
            "morning or afternoon?" if len({at.hour % 12 for at in clocks}) == 1 else "which one?"
        )

    def _offered(self, days: dict[date, tuple[int, ...]]) -> Ambiguous:
        """Working hours of the days named; where there are none, of the next day that has some."""
        question, named = "at what time?", next(iter(days))
        if len(days) > FEW:
            question, days = "which day, and at what time?", dict.fromkeys(days, OFFERED[1:2])
        options = [each for day, hours in days.items() for each in self._open(day, hours)]
        for later in range(1, SEARCHED):
            if options:
                break
            day = named + timedelta(days=later)
            options = self._open(day, OFFERED)
            question = f"{self._why_not(named)}; at what time then?"
        if not options:
            raise Refused("when", f"no working hour from {named:%a %d %b} on; {HELP}")
        return Ambiguous(question, tuple(options))

    def _open(self, day: date, hours: tuple[int, ...]) -> list[When]:
        found = [self._when(self._at(day, hour)) for hour in hours]
        return [one for one in found if one.at > self.now and not one.closed]

    def _why_not(self, day: date) -> str:
        closed = self.closed(self._at(day, 11))
        return closed.rstrip(".") or f"no working hour is left on {day:%a} {day.day} {day:%b}"

    def _when(self, at: datetime) -> When:
        there, here = at.astimezone(ZoneInfo(self.zone)), at.astimezone(ZoneInfo(self.own))
        same = there.replace(tzinfo=None) == here.replace(tzinfo=None)
        day = "" if there.date() == here.date() else f"{here:%a} "
        yours = "" if same else f"{day}{clock.hour(here)} yours"
        return When(at, said_at(at, self.zone, self.now), yours, self.closed(at))

    def _at(self, day: date, hour: int) -> datetime:
        return local_to_utc(datetime.combine(day, time(hour)), self.zone)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()


def _iso(words: str, zone: str) -> datetime | None:
    """ISO 8601 with a time, to the minute."""
    try:
        found = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    if "t" not in words and ":" not in words:
        return None
    whole = found.replace(second=0, microsecond=0)
    return whole if whole.tzinfo else local_to_utc(whole, zone)


def _after(kinds: Mapping[str, Any], spoken: Spoken) -> list[datetime]:
    """The instant of a reading that is a span from now, in whole minutes, never less than said."""
    if set(kinds) != {"span"}:
        return []
    at = spoken.now + timedelta(minutes=kinds["span"])
    whole = at.replace(second=0, microsecond=0)
    return [whole if whole == at else whole + timedelta(minutes=1)]


def _days_of(kinds: Mapping[str, Any], spoken: Spoken) -> list[date]:
    """The days of a reading, today where none was said; none where day and date contradict."""
    days: list[date] = kinds.get("days", [])
    if "weekday" not in kinds:
        return days or [spoken.here.date()]
    wanted, found = kinds["weekday"]
    return [day for day in days if day.weekday() == wanted] if days else list(found)


def _fits(part: str, minutes: int) -> bool:
    """Whether a clock lies in the part of the day that was said beside it."""
    first, end = PART_HOURS.get(part, (0, 24))
    return first * 60 <= minutes < end * 60


def _instants(day: date, minutes: int, kinds: Mapping[str, Any], spoken: Spoken) -> list[datetime]:
    """A day's clock as instants: one, or two where the zone named says summer and it is winter."""
    where, fixed = kinds.get("zone") or kinds.get("city") or (ZoneInfo(spoken.zone), None)
    local = datetime.combine(day, time(minutes // 60, minutes % 60))
    both = [local.replace(tzinfo=where, fold=fold) for fold in (0, 1)]
    if fixed is None:
        return [both[0].astimezone(UTC)]
    said = local.replace(tzinfo=fixed)
    meant = [at for at in both if at.utcoffset() == said.utcoffset()]
    return [at.astimezone(UTC) for at in meant[:1] or [both[0], said]]
