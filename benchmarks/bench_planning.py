"""The process itself: planning a year of nurture for many leads, the gate, business time and the
order of the queue."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from itertools import count
from pathlib import Path

from benchmarks import Measure, timed
from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.gate.calling import class_state, gate
from leadtui.cadence.gate.zones import REGIONS, zones_of
from leadtui.cadence.model import CallFacts, Hours, LeadFacts, Playbook
from leadtui.cadence.ranking import RankFacts, priority
from leadtui.cadence.reading.loading import load
from leadtui.cadence.schedule import Calendar
from leadtui.cadence.simulate import simulate

ENROLMENTS = 10_000
START = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
STATES = re.findall(r"US-(\w\w)", REGIONS)


def run() -> Iterator[Measure]:
    """Plan and judge on the shipped playbook, from cold caches on."""
    playbook = _playbook()
    calendar = Calendar(playbook.calling, playbook.floor)
    leads = [_lead(state) for state in STATES]
    steps = 0

    def plan(shift: timedelta) -> None:
        nonlocal steps
        steps = 0
        for index in range(ENROLMENTS):
            start = START + shift + timedelta(minutes=37 * index)
            steps += len(
                simulate(playbook, "nurture-12-month", start, leads[index % len(leads)], calendar)
            )

    shifts = (timedelta(days=days) for days in count())
    measure = timed("", lambda: plan(next(shifts)), times=3)
    per_step = tuple(seconds / steps * 1000 for seconds in measure.seconds)
    yield Measure(
        f"1,000 planned steps ({ENROLMENTS:,} leads, a year of nurture, {steps:,} steps)", per_step
    )
    yield from _small(playbook)


def _small(playbook: Playbook) -> Iterator[Measure]:
    policy = playbook.calling
    facts = CallFacts("+13125550123", ("America/Chicago",), "US", "IL", "US", "IL")
    clock = BusinessClock(
        {day: (Hours(time(9), time(17)),) for day in range(5)}, "America/Chicago", "US", "IL"
    )
    rank = RankFacts(
        due=START, due_bm=10, now_bm=100, end_of_day=START + timedelta(hours=8), fit=40, part=1
    )
    night = START + timedelta(hours=14)
    place = (("America/Chicago", "America/Denver"), "US", "TX", "US", "TX")
    yield _thousand("gate, open", lambda: gate(facts, policy, START))
    yield _thousand("gate, closed until tomorrow", lambda: gate(facts, policy, night))
    yield _thousand("class_state in two zones", lambda: class_state(*place, policy, START))
    yield _thousand("BusinessClock.minutes_at", lambda: clock.minutes_at(START))
    yield _thousand("priority with its explanation", lambda: priority(rank, START))


def _thousand(what: str, action: Callable[[], object]) -> Measure:
    def repeated() -> None:
        for _ in range(1000):
            action()

    repeated()
    return timed(f"1,000 × {what}", repeated)


def _lead(state: str) -> LeadFacts:
    lead = LeadFacts(zones=zones_of("US", state), country="US", region=state)
    return replace(lead, number_regions=(f"US-{state}",), facts={"engagement": 30})


def _playbook() -> Playbook:
    with resources.as_file(resources.files("leadtui") / "data") as data:
        files = _texts(data / "playbook")
        files["calling/legal-hours.toml"] = (data / "calling/legal-hours.toml").read_text("utf-8")
    return load(files)


def _texts(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }
