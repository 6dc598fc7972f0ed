"""Times as people type them: "tomorrow 3pm", "mon 10:30", "in 2 hours"; what is ambiguous is asked,
never guessed.

``dateparser`` reads the words; this module only refuses to let it guess: a day without a time, an
hour without am or pm, day and month in either order, a day of the week that is today, and times
that are past."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from leadtui.cadence.calendar import local_to_utc
from leadtui.desk.core.words import said_at
from leadtui.errors import Refused

FARTHEST = timedelta(days=3653)
"""Nobody promises a call for later than in ten years; a year was mistyped."""

HELP = "write it like 'tomorrow 3pm', 'mon 10:30', 'in 2 hours' or '25 nov 14:00'"

_RELATIVE = re.compile(r"^(?:in\s+)?(\d+)\s*(min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|months?)$")
_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2})?\s*[ap]\.?m\.?\b|\b\d{1,2}:\d{2}\b|\bnoon\b|\bmidday\b")
_HOUR_ONLY = re.compile(r"(?<![\d./:-])(\d{1,2})(?![\d./:-])\s*$")
_SLASHED = re.compile(r"\b(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{2,4}))?\b")
_PARTS = {"morning": "09:00", "afternoon": "14:00", "evening": "17:00", "eod": "17:00"}
_MONTHS = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b")


@dataclass(frozen=True, slots=True)
class When:
    """One reading of what was typed; ``shown`` is how it is said back."""

    at: datetime
    shown: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one reading: the question and the choices."""

    question: str
    options: tuple[When, ...]


def parse_when(text: str, now: datetime, zone: str) -> When | Ambiguous:
    """What ``text`` means on the clock of ``zone``. Raises ``Refused`` for what cannot be read or
    is past."""
    words = " ".join(text.casefold().replace(",", " ").split())
    if not words:
        raise Refused("when", f"no time given; {HELP}")
    try:
        return _parsed(words, now, zone)
    except OverflowError:
        raise Refused("when", f"{words[:40]!r} is beyond every calendar; {HELP}") from None


def _parsed(words: str, now: datetime, zone: str) -> When | Ambiguous:
    if instant := _iso(words, zone):
        return _checked([instant], now, zone, "")
    here = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if (
        (match := _RELATIVE.match(words))
        and match[2][0] in "mh"
        and not match[2].startswith("month")
    ):
        minutes = int(match[1]) * (60 if match[2].startswith("h") else 1)
        return _checked([now + timedelta(minutes=minutes)], now, zone, "")
    for word, clock in _PARTS.items():
        words = re.sub(rf"\b(?:in the )?{word}\b", clock, words)
    readings, question = _readings(words, here)
    found = [local_to_utc(local, zone) for local in readings]
    return _checked(found, now, zone, question)


def _readings(words: str, here: datetime) -> tuple[list[datetime], str]:
    """Local times that the words may mean, and what to ask where there are several."""
    if not _CLOCK.search(words):
        hour = _HOUR_ONLY.search(words)
        if hour and not _MONTHS.search(words[: hour.start()][-6:]) and 0 < int(hour[1]) <= 24:
            return _two_clocks(words[: hour.start()], int(hour[1]), here)
        day = _read(f"{words} 09:00", here)
        if not day:
            raise Refused("when", f"{words!r} is no time; {HELP}")
        options = [
            reading.replace(hour=hour, minute=0) for reading in day for hour in (9, 11, 14, 16)
        ]
        return [option for option in options if option > here], "at what time?"
    found = _read(words, here)
    if not found:
        raise Refused("when", f"{words!r} is no time; {HELP}")
    return found, "which day is meant?" if len(found) > 1 else ""


def _two_clocks(rest: str, hour: int, here: datetime) -> tuple[list[datetime], str]:
    """An hour without am or pm: before seven only the afternoon is likely, still both are
    offered."""
    clocks = (
        [f"{hour % 24:02}:00"] if hour > 12 else [f"{hour % 12:02}:00", f"{hour % 12 + 12:02}:00"]
    )
    found = [reading for clock in clocks for reading in _read(f"{rest} {clock}".strip(), here)]
    if not found:
        raise Refused("when", f"{rest.strip() or hour!r} is no time; {HELP}")
    return [
        reading for reading in found if reading > here
    ] or found, "morning or afternoon?" if len(found) > 1 else ""


def _read(words: str, here: datetime) -> list[datetime]:
    """Every reading of the words: both orders of day and month, and both weeks where the day is
    today's."""
    if (slashed := _SLASHED.search(words)) and int(slashed[1]) <= 12 and int(slashed[3]) <= 12:
        both = [_parse(words, here, order) for order in ("MDY", "DMY")]
        return sorted({reading for reading in both if reading is not None})
    day = _DAY.search(words)
    if day and _DAYS[here.weekday()].startswith(day[1]) and "next" not in words:
        clock = _parse(
            words[: day.start()] + words[day.end() :] or "09:00", here, "MDY", ahead=False
        )
        if clock is None:
            return []
        today = clock.replace(year=here.year, month=here.month, day=here.day)
        return [reading for reading in (today, today + timedelta(days=7)) if reading > here]
    found = _parse(words, here, "MDY", ahead=bool(day or _MONTHS.search(words)))
    if found and day and "next" in words and found - here < timedelta(days=7):
        return [found, found + timedelta(days=7)]  # people mean either by "next friday"
    return [found] if found else []


def _parse(words: str, here: datetime, order: str, *, ahead: bool = True) -> datetime | None:
    import dateparser

    settings = {
        "RELATIVE_BASE": here,
        "PREFER_DATES_FROM": "future" if ahead else "current_period",
        "DATE_ORDER": order,
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    found: datetime | None = dateparser.parse(words, languages=["en"], settings=settings)
    return found.replace(second=0, microsecond=0) if found else None


def _iso(words: str, zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    if "t" not in words and ":" not in words:
        return None
    return found if found.tzinfo else local_to_utc(found, zone)


def _checked(found: list[datetime], now: datetime, zone: str, question: str) -> When | Ambiguous:
    ahead = sorted({at for at in found if at > now})
    if not ahead:
        past = said_at(found[0], zone, now) if found else "that"
        raise Refused("when", f"{past} is past; give a time to come")
    if ahead[-1] > now + FARTHEST:
        raise Refused(
            "when", f"{said_at(ahead[-1], zone, now)} is more than ten years ahead; {HELP}"
        )
    options = tuple(When(at, said_at(at, zone, now)) for at in ahead)
    return options[0] if len(options) == 1 else Ambiguous(question or "which one?", options)
