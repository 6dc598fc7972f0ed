"""A floor as a rep finds it on Monday at 10:42: a promised callback, new responses, something
overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.desk import Desk
from tests import builders
from tests.builders import a_desk, a_floor, a_lead, open_touch

NOW = datetime(2026, 11, 23, 16, 42, tzinfo=UTC)
"""Monday 23 November 2026, 10:42 in Chicago and 09:42 in Denver."""


def a_busy_floor(folder: Path) -> Path:
    """A floor with seven leads of Dana Reyes in different states."""
    start = NOW - timedelta(days=4)
    clock = FixedClock(start)
    a_floor(folder, now=start)
    desk = a_desk(folder, clock=clock, now=start)
    a_lead(
        desk,
        "Sam Ito",
        title="Systems Administrator",
        company="Lumen Port",
        phone="+12065550133",
        region="WA",
        offer="trial",
        city="Seattle",
    )
    jane = a_lead(
        desk,
        "Jane Okafor",
        title="CIO",
        company="Brightwater Mutual",
        offer="contact-us",
        city="Denver",
    )
    clock.advance(minutes=4)
    call = desk.block.start(open_touch(desk, jane).id, out_of_turn="lead_is_calling")
    clock.advance(minutes=1)
    desk.confirm.answer(
        call.question.id,
        Given("yes", "CALLBACK", "ask me Monday 10:45", at=NOW + timedelta(minutes=3)),
    )
    a_lead(
        desk,
        "Ana Duarte",
        title="IT Manager",
        company="Cobalt Grid",
        phone="+14045550144",
        region="GA",
        offer="white-paper",
        city="Atlanta",
    )
    clock.at = NOW - timedelta(minutes=50)
    a_lead(
        desk,
        "Mia Holm",
        title="CFO",
        company="Fjord Marine",
        phone="+4722334455",
        country="NO",
        region="",
        rating="warm",
        city="Oslo",
    )
    clock.at = NOW - timedelta(minutes=22)
    a_lead(
        desk,
        "Priya Raman",
        title="VP Operations",
        company="Northgate Foods",
        phone="+16175550121",
        region="MA",
        rating="hot",
        city="Boston",
    )
    clock.at = NOW - timedelta(minutes=3)
    a_lead(
        desk,
        "Tom Weiss",
        title="",
        company="Kestrel Freight",
        phone="+13125550110",
        region="IL",
        offer="contact-us",
        city="Chicago",
    )
    clock.at = NOW - timedelta(minutes=1)
    a_lead(
        desk,
        "Lee Brandt",
        title="Storage Architect",
        company="Aldera Clinics",
        phone="+16025550155",
        region="AZ",
        offer="demo",
        city="Phoenix",
    )
    clock.at = NOW
    desk.tick()
    desk.close()
    return folder


def a_copy(template: Path, folder: Path, *, now: datetime = NOW) -> Desk:
    """Dana's desk on a copy of a floor, at a clock that stands at ``now``."""
    return a_desk(builders.a_copy(template, folder), clock=FixedClock(now), now=now)
