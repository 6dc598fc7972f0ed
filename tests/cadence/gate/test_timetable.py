"""The timetable says at every minute what the gate and the business clock say."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.gate.calling import class_state
from leadtui.cadence.gate.timetable import ClassPlace, from_plain, work_out
from leadtui.cadence.model import Playbook, Verdict
from leadtui.cadence.reading.loading import load
from leadtui.desk.playbook.files import default_files

STARTS = [
    datetime(2026, 11, 23, 16, 40, 17, tzinfo=UTC),  # the week of Thanksgiving
    datetime(2026, 3, 6, 5, 0, tzinfo=UTC),  # the clocks go forward on the 8th
    datetime(2026, 10, 30, 23, 59, 59, tzinfo=UTC),  # and back on 1 November
    datetime(2026, 12, 30, 12, 0, tzinfo=UTC),  # into another year
]
PLACES = [
    ClassPlace(1, ("America/Chicago",), "US", "IL", "US", "IL"),
    ClassPlace(2, ("America/Chicago", "America/Denver"), "US", "TX", "US", "NM"),
    ClassPlace(3, ("America/Chicago",), "US", "AL", "US", "AL"),
    ClassPlace(5, ("Europe/Berlin",), "DE", "", "DE", ""),
    ClassPlace(6, ("Asia/Tokyo", "America/Los_Angeles"), "JP", "", "US", "CA"),
    ClassPlace(7, (), "", "", "", ""),
    ClassPlace(8, ("Australia/Lord_Howe",), "AU", "NSW", "", ""),
    ClassPlace(9, ("America/New_York", "America/New_York"), "", "", "", ""),
    ClassPlace(10, ("Asia/Jerusalem",), "IL", "", "IL", ""),  # Sunday is worked
    ClassPlace(11, ("America/New_York", "America/Los_Angeles"), "US", "", "", ""),  # any state
]


@pytest.fixture(scope="module")
def book() -> Playbook:
    return load(default_files())


@pytest.fixture(scope="module")
def clock(book: Playbook) -> BusinessClock:
    return BusinessClock(book.floor.business_hours, "America/Chicago", "US")


@pytest.mark.parametrize("start", STARTS)
def test_every_place_is_as_the_gate_says(book, clock, start):
    """Blocked, day-part and closing time are `class_state`'s at the minute that is asked for."""
    table = work_out(book.calling, clock, PLACES, start, 8)
    dice = random.Random(start.isoformat())
    for _ in range(300):
        now = start + timedelta(seconds=dice.randrange(1, 8 * 86_400))
        blocked, parts, closes = table.places_at(now)
        for place in PLACES:
            minute = now.replace(second=0)
            found = class_state(
                place.zones,
                place.country,
                place.region,
                place.number_country,
                place.number_region,
                book.calling,
                minute,
            )
            expected = (
                f"{min(found.closes_minutes, 9999):04}" if found.closes_minutes >= 0 else "9999"
            )
            assert blocked[place.id] == str(int(found.verdict is Verdict.BLOCKED)), (place, now)
            assert parts[place.id] == str(found.part), (place, now)
            assert closes[place.id * 4 : place.id * 4 + 4] == expected, (place, now)


@pytest.mark.parametrize("start", STARTS)
def test_business_minutes_are_the_clocks(book, clock, start):
    """Inside, outside and at the edges of the floor's hours."""
    table = work_out(book.calling, clock, [], start, 8)
    for minutes in range(0, 8 * 1440, 7):
        now = start + timedelta(minutes=minutes)
        assert table.minutes_at(now) == clock.minutes_at(now), now


def test_a_timetable_survives_a_file(book, clock):
    """What was written as JSON is read back equal."""
    table = work_out(book.calling, clock, PLACES, STARTS[0], 3)
    assert from_plain(json.loads(json.dumps(table.plain()))) == table


def test_an_id_without_a_class_may_be_called_and_closes_never(book, clock):
    """Ids have holes; a string indexed by id has none."""
    blocked, parts, closes = work_out(book.calling, clock, PLACES, STARTS[0], 1).places_at(
        STARTS[0]
    )
    assert (blocked[4], parts[4], closes[16:20]) == ("0", "9", "9999")
    assert len(blocked) == len(parts) == PLACES[-1].id + 1
    assert len(closes) == 4 * len(blocked)


def test_it_covers_its_days_and_no_more(book, clock):
    """Before its start and from its end on it must not be asked."""
    table = work_out(book.calling, clock, PLACES, STARTS[0], 2)
    assert table.covers(STARTS[0])
    assert not table.covers(STARTS[0] - timedelta(seconds=2))
    assert not table.covers(STARTS[0] + timedelta(days=2))


def test_reading_one_loads_nothing_of_the_process():
    """A program that starts reads a timetable before all else."""
    code = (
        "import sys, leadtui.cadence.gate.timetable; print([m for m in sys.modules if "
        "m.startswith('leadtui.cadence.gate.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['leadtui.cadence.gate.timetable']"
