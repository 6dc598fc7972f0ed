"""Cadences, leads and calendars made by plain functions, on the outcomes and calling hours that
ship."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from leadtui.cadence.model import (
    By,
    Cadence,
    Channel,
    Condition,
    DayPart,
    Exit,
    LeadFacts,
    OnClosedDay,
    Playbook,
    Step,
    TimeOff,
)
from leadtui.cadence.reading import loading
from leadtui.cadence.schedule import Calendar
from leadtui.cadence.spans import read_when
from tests.cadence import books

DATA = Path(__file__).parents[2] / "data"
SHIPPED = (
    "playbook/dispositions.toml",
    "playbook/sla.toml",
    "playbook/calling.toml",
    "calling/legal-hours.toml",
)
WEEK = "".join(f'{day} = ["09:00-17:00"]\n' for day in ("mon", "tue", "wed", "thu", "fri"))
FLOOR = f'name = "Floor"\nvendor = "Halyard"\nproduct = "Failover"\n[business_hours]\n{WEEK}'


def utc(text: str) -> datetime:
    """An aware time from ``2026-11-16 15:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@cache
def a_playbook(*cadences: Cadence) -> Playbook:
    """The shipped outcomes, response times and calling hours, with these cadences."""
    shipped = {name.removeprefix("playbook/"): (DATA / name).read_text("utf-8") for name in SHIPPED}
    loaded = loading.load({**books.FILES, **shipped, "playbook.toml": FLOOR})
    return replace(loaded, cadences={cadence.name: cadence for cadence in cadences})


def with_cadences(*cadences: Cadence) -> Playbook:
    """The same playbook with other cadences."""
    return replace(a_playbook(), cadences={cadence.name: cadence for cadence in cadences})


def a_calendar(*days_off: tuple[str, str], worked: tuple[str, ...] = ()) -> Calendar:
    """The shipped calling hours, and a rep who is off from one day to another."""
    playbook = a_playbook()
    off = tuple(
        TimeOff(date.fromisoformat(first), date.fromisoformat(last)) for first, last in days_off
    )
    floor = replace(playbook.floor, business_holidays_worked=worked)
    return Calendar(playbook.calling, floor, off)


def a_lead(*zones: str, **facts: Any) -> LeadFacts:
    """A lead in Illinois who can be called and written to."""
    given = {"country": "US", "region": "IL", "number_regions": ("US-IL",), **facts}
    return LeadFacts(zones=zones or ("America/Chicago",), **given)


def a_step(channel: str, at: str, step_id: str = "", **fields: Any) -> Step:
    """A step of the rep; ``at`` as in a playbook file."""
    when = read_when(at)
    assert when, at
    given = {"by": By.REP, "title": step_id or f"{channel} {at}", **fields}
    for name, kind in {"by": By, "day_part": DayPart, "on_closed_day": OnClosedDay}.items():
        if isinstance(given.get(name), str):
            given[name] = kind(given[name])
    if isinstance(given.get("at_time"), str):
        given["at_time"] = time.fromisoformat(given["at_time"])
    if isinstance(given.get("when"), Mapping):
        given["when"] = a_condition(given["when"])
    return Step(id=step_id or f"{channel} {at}", channel=Channel(channel), at=when, **given)


def a_condition(table: Mapping[str, Any]) -> Condition:
    """A condition as it stands in a file."""
    from leadtui.cadence import conditions

    return conditions.parse(table)


def a_cadence(*steps: Step, **fields: Any) -> Cadence:
    """A cadence of these steps; it ends in ``weekly-nurture``, and in ``monthly-letter`` when
    exhausted."""
    given = {
        "name": "test",
        "title": "Test",
        "goal": "test",
        "on_finish": Exit(("weekly-nurture",)),
        "on_exhausted": Exit(("monthly-letter",)),
        **fields,
    }
    return Cadence(steps=steps, **given)


def trial() -> Cadence:
    """The 14-day trial."""
    trial_ends = read_when("start + 14 days")
    assert trial_ends
    return a_cadence(
        a_step("email", "start", "welcome", by="system"),
        a_step("call", "start + 24 hours", "call-1"),
        a_step("call", "start + 72 hours", "call-2"),
        a_step("email", "start + 5 days", "day-5-note"),
        a_step("email", "trial_ends - 2 days", "expiry-note", on_closed_day="previous"),
        name="trial",
        dates={"trial_ends": trial_ends},
    )


def inquiry() -> Cadence:
    """Called at once, three times on day 1, and on days 3, 4, 11 and 12."""
    later = {"day_part": "other", "until_contact": True}
    return a_cadence(
        a_step("call", "start", "call-1"),
        a_step("email", "previous", "email-1", until_contact=True),
        a_step("call", "start + 2 hours", "call-2", **later),
        a_step("call", "start + 4 hours", "call-3", **later),
        a_step("call", "start + 2 days", "call-4", **later),
        a_step("email", "previous", "email-2", until_contact=True),
        a_step("call", "start + 3 days", "call-5", **later),
        a_step("call", "start + 10 days", "call-6", **later),
        a_step("call", "start + 11 days", "call-7", **later),
        name="inquiry",
        max_attempts=7,
    )


def nurture() -> Cadence:
    """Twelve months of e-mails, and calls three business days after every second one."""
    steps = []
    for month in range(1, 13):
        steps.append(a_step("email", f"start + {month} months", f"m{month}-email", by="system"))
        if month % 2 == 0:
            steps.append(a_step("call", "previous + 3 business days", f"m{month}-call"))
    return a_cadence(*steps, name="nurture-12-month", max_attempts=12, stage="nurture")
