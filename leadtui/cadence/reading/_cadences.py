"""Cadences from their files."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from leadtui.cadence.model import (
    MIN_GAP,
    By,
    Cadence,
    Channel,
    DayPart,
    OnClosedDay,
    Span,
    Step,
    When,
)
from leadtui.cadence.reading._readers import WEEKDAYS, Reader
from leadtui.cadence.reading._tables import WHEN, rows_of
from leadtui.cadence.sources.keys import Key, Table, members
from leadtui.cadence.sources.places import listed, quoted

FILE = "cadences/*.toml"

CADENCE = Table(
    FILE,
    "",
    "the file",
    "An ordered series of steps with a goal; the file is called as the cadence.",
    (
        Key("name", "name", "as the file is called", '"trial"', needed=True),
        Key("title", "text", "what people read", '"Software trial, 14 days"', needed=True),
        Key(
            "goal",
            "text",
            "what it is for; a lead is in one cadence of a goal at a time",
            '"evaluate"',
            needed=True,
        ),
        Key("description", "text", "what whoever reads it should know", '"From the download on"'),
        Key("strength", "number", "a stronger response ends weaker cadences", "40"),
        Key(
            "stage",
            "text",
            "how its touches rank before any attempt",
            '"new"',
            default="new",
            one_of=("new", "nurture"),
        ),
        Key(
            "max_attempts",
            "number",
            "calls without a contact after which calls end; e-mails still run",
            "6",
            default=6,
            low=1,
            high=100,
        ),
        Key(
            "on_finish",
            "exit",
            'what follows: a cadence, several, or `{ close = "reason" }`',
            '"inquiry-tail"',
        ),
        Key(
            "days",
            "texts",
            "the weekdays on which its steps are done, and business days are counted",
            '["tue", "wed", "thu", "fri"]',
            one_of=WEEKDAYS,
        ),
        Key("days_off", "dates", "days on which none of its steps is done", "[2026-12-24]"),
        Key("on_exhausted", "exit", "what follows when the calls are used up", '"weekly-nurture"'),
    ),
)
GAPS = Table(
    FILE,
    "[min_gap]",
    "[min_gap]",
    "How far apart two touches of a channel stand at least. Where it does not say, calls 2 hours "
    "and e-mails 20.",
    tuple(
        Key(str(channel), "span", f"from one of the channel {channel} to the next", '"20 hours"')
        for channel in Channel
    ),
)
DATES = Table(
    FILE,
    "[dates]",
    "[dates]",
    "Dates that the cadence gives the lead, for `at` of steps and for texts.",
    (Key("trial_ends", "due", "a name of your own, and when", '"start + 14 days"', free=True),),
)
STEP = Table(
    FILE,
    "[[step]]",
    "a step",
    "What is asked for, in the order in which it comes.",
    (
        Key("id", "name", "its name; running leads are followed by it", '"call-1"', needed=True),
        Key("channel", "choice", "how", '"call"', needed=True, one_of=members(Channel)),
        Key(
            "by",
            "choice",
            "who does it; the system sends e-mails by itself",
            '"rep"',
            default="rep",
            one_of=members(By),
        ),
        Key(
            "at",
            "due",
            "when: `start`, `previous` or a date of the lead, and a span in minutes, hours, days, "
            "business days, weeks or months; a step counted in days keeps its distance from the "
            "one before it as that was really done",
            '"start + 24 hours"',
            needed=True,
        ),
        Key("title", "text", "what the rep reads", '"First call"', needed=True),
        Key(
            "on_closed_day",
            "choice",
            "where it goes from a weekend, a holiday or time off",
            '"next"',
            default="next",
            one_of=members(OnClosedDay),
        ),
        Key(
            "day_part",
            "choice",
            "in which part of the lead's day; `other` is one that was not tried yet",
            '"other"',
            one_of=members(DayPart),
        ),
        Key(
            "at_time",
            "clock",
            "at which hour of its day, on the lead's clock, closed days and gaps or not",
            '"09:00"',
        ),
        Key("email", "text", "the text it sends: a file of `emails/`", '"trial-day-5"'),
        Key("script", "text", "what is said: a file of `scripts/`", '"trial-call-1"'),
        Key("letter", "text", "what is printed: a file of `letters/`", '"nurture-06-letter"'),
        WHEN,
        Key("until_contact", "flag", "left out once somebody was talked to", "true"),
        Key("required_before", "text", "what may not happen before it is done", '"discount"'),
    ),
)
TABLES = (CADENCE, GAPS, DATES, STEP)


def read_cadence(reader: Reader, file: str, stem: str) -> Cadence:
    """A cadence; its name is that of its file."""
    gaps = reader.sub("min_gap").all(GAPS)
    given: dict[str, Any] = {
        "min_gap": MappingProxyType(_gaps(gaps)),
        "dates": MappingProxyType(_dates(reader.sub("dates"))),
        "steps": tuple(_step(row) for row in rows_of(reader, STEP)),
    }
    said = reader.all(CADENCE)
    if said["name"] and said["name"] != stem:
        reader.refuse("name", f"write name = '{stem}' as the file is called")
    if not said["days"] and "days" in reader.table:
        reader.refuse("days", "name the weekdays such as ['mon', 'tue'], or take it out")
    days = tuple(number for number, day in enumerate(WEEKDAYS) if day in said["days"])
    return Cadence(**{**said, "name": stem, "days": days}, **given, file=file)


def _step(reader: Reader) -> Step:
    """A step; where its channel is wrong a task stands in, so that the rest can be checked."""
    said = reader.all(STEP)
    said |= {
        "channel": Channel(said["channel"] or Channel.TASK),
        "by": By(said["by"]),
        "on_closed_day": OnClosedDay(said["on_closed_day"]),
        "day_part": DayPart(said["day_part"]) if said["day_part"] else None,
    }
    return Step(**said, line=reader.place.where())


def _gaps(said: dict[str, Any]) -> dict[Channel, Span]:
    return {**MIN_GAP, **{Channel(channel): span for channel, span in said.items() if span}}


def _dates(reader: Reader) -> dict[str, When]:
    dates = {}
    for name in reader.table:
        dates[name] = reader.due(name)
        if name in ("start", "previous") or not (
            name.isascii() and name.isidentifier() and name.islower()
        ):
            reader.refuse(
                name, "name the date in small letters and '_', and not 'start' or 'previous'"
            )
        elif dates[name].anchor == "previous":
            anchors = listed(["start", *(other for other in dates if other != name)])
            reader.wrong(
                name, f"the date {quoted(name)} is counted from a step; count it from {anchors}"
            )
    return dates
