"""Cadences from their files."""

from __future__ import annotations

from types import MappingProxyType

from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    DayPart,
    Exit,
    OnClosedDay,
    Span,
    Step,
    Unit,
    When,
)
from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.sources.places import listed, quoted

DEFAULT_GAP = {Channel.CALL: Span(2, Unit.HOURS), Channel.EMAIL: Span(20, Unit.HOURS)}
DEFAULT_ATTEMPTS = 6


def read_cadence(reader: Reader, file: str, stem: str) -> Cadence:
    """A cadence; its name is that of its file."""
    name = reader.name("name")
    if name and name != stem:
        reader.refuse("name", f"write name = '{stem}' as the file is called")
    cadence = Cadence(
        name=stem,
        title=reader.text("title", needed=True),
        goal=reader.text("goal", needed=True),
        description=reader.text("description"),
        strength=reader.number("strength"),
        stage=reader.text("stage", default="new", one_of=("new", "nurture")),
        max_attempts=reader.number("max_attempts", DEFAULT_ATTEMPTS, low=1, high=100),
        on_finish=_exit(reader, "on_finish"),
        on_exhausted=_exit(reader, "on_exhausted"),
        min_gap=MappingProxyType(_gaps(reader.sub("min_gap"))),
        dates=MappingProxyType(_dates(reader.sub("dates"))),
        steps=tuple(_step(row) for row in reader.rows("step", "a step")),
        file=file,
    )
    reader.done()
    return cadence


def _step(reader: Reader) -> Step:
    """A step; where its channel is wrong a task stands in, so that the rest can be checked."""
    step = Step(
        id=reader.name("id"),
        channel=reader.choice("channel", Channel) or Channel.TASK,
        by=reader.choice("by", By, By.REP) or By.REP,
        at=reader.due("at"),
        title=reader.text("title", needed=True),
        on_closed_day=reader.choice("on_closed_day", OnClosedDay, OnClosedDay.NEXT)
        or OnClosedDay.NEXT,
        day_part=DayPart(part)
        if (part := reader.text("day_part", one_of=[str(part) for part in DayPart]))
        else None,
        at_time=reader.clock("at_time"),
        email=reader.text("email"),
        script=reader.text("script"),
        letter=reader.text("letter"),
        when=reader.when(),
        until_contact=reader.flag("until_contact"),
        required_before=reader.text("required_before"),
        line=reader.place.where(),
    )
    reader.done()
    return step


def _exit(reader: Reader, key: str) -> Exit:
    """One cadence, several in order, or ``{ close = "reason" }``."""
    value = reader.get(
        key, (str, list, dict), 'write a cadence, a list of cadences or { close = "reason" }'
    )
    if isinstance(value, dict):
        inside = reader.sub(key)
        inside.what = f"'{key}'"
        close = inside.text("close", needed=True)
        inside.done()
        return Exit(close=close)
    return Exit(tuple(dict.fromkeys(reader.texts(key)))) if value else Exit()


def _gaps(reader: Reader) -> dict[Channel, Span]:
    gaps = dict(DEFAULT_GAP)
    for channel in Channel:
        if span := reader.span(str(channel)):
            gaps[channel] = span
    reader.done()
    return gaps


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
