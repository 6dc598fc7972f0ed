"""Which record of the phone system and which call of leadtui are the same call, and by how much the
clocks differ; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from leadtui.store.call_records import Made, Recorded

TOLERANCE = timedelta(minutes=5)
"""Clocks of two systems differ, and a dial is on record before the line is there."""
FARTHEST = timedelta(hours=14)
"""A clock, or a time zone named wrongly, is off by so much at most."""
NEAR = timedelta(minutes=2)
"""So close together the differences of one clock lie."""
ENOUGH = 5
"""From so few pairs nothing is said about a clock."""
GAIN = 1.25
"""So many times more calls must be found before another clock is believed in."""
DIGITS = 9
"""Numbers are the same when their last digits are: with or without country code, trunk prefix or
outside line."""


@dataclass(frozen=True, slots=True)
class _Near:
    """A record and an attempt that may be the same call."""

    attempt: Made
    record: Recorded
    apart: timedelta
    """The record's time less leadtui's."""


def pairs(
    attempts: Sequence[Made], records: Sequence[Recorded], tolerance: timedelta
) -> tuple[tuple[int, int], ...]:
    """``(record, attempt)`` that are the same call: same direction and number, nearest in time
    first, each used once.

    Where the record names a rep, it must be the attempt's. A rep takes an inbound call at any time
    while it lasts."""
    near = sorted(
        (_distance(one), one.attempt.id, one.record.id)
        for one in _candidates(attempts, records)
        if _distance(one) <= tolerance
    )
    used: set[int] = set()
    done: set[int] = set()
    found = []
    for _, attempt_id, record_id in near:
        if attempt_id not in done and record_id not in used:
            done.add(attempt_id)
            used.add(record_id)
            found.append((record_id, attempt_id))
    return tuple(sorted(found))


def clock_of(attempts: Sequence[Made], records: Sequence[Recorded]) -> timedelta:
    """By how much the phone system's clock is ahead of leadtui's, in seconds; zero where the calls
    do not show it.

    The shift under which the most calls find each other, when it finds clearly more than none."""
    apart = sorted(
        (one.apart, one.record.number)
        for one in _candidates(attempts, records)
        if abs(one.apart) <= FARTHEST
    )
    first, many, best = 0, 0, apart[:0]
    for last in range(len(apart)):
        while apart[last][0] - apart[first][0] > 2 * NEAR:
            first += 1
        within = apart[first : last + 1]
        if (numbers := len({number for _, number in within})) > many:
            many, best = numbers, within
    if many < ENOUGH:
        return timedelta(0)
    shift = timedelta(seconds=round(median(gap.total_seconds() for gap, _ in best)))
    plain, moved = (
        len(pairs(attempts, shifted(records, by), TOLERANCE)) for by in (timedelta(0), shift)
    )
    return shift if moved >= max(ENOUGH, GAIN * plain) else timedelta(0)


def shifted(records: Sequence[Recorded], ahead: timedelta) -> list[Recorded]:
    """Records of a clock that is ahead, by leadtui's clock."""
    return [replace(record, at=record.at - ahead) for record in records]


def legs(records: Sequence[Recorded], every: Sequence[Recorded]) -> set[int]:
    """Those of these records that nobody answered and that stand beside another of the same call: a
    call that rings at several telephones is several records."""
    times: dict[tuple[str, bool], list[datetime]] = defaultdict(list)
    for one in every:
        times[one.number, one.inbound].append(one.at)
    return {
        one.id
        for one in records
        if one.seconds == 0
        and sum(abs(at - one.at) <= NEAR for at in times[one.number, one.inbound]) > 1
    }


def _candidates(attempts: Sequence[Made], records: Sequence[Recorded]) -> list[_Near]:
    by_number: dict[tuple[str, bool], list[Recorded]] = defaultdict(list)
    for record in records:
        by_number[_tail(record.number), record.inbound].append(record)
    return [
        _Near(attempt, record, record.at - attempt.at)
        for attempt in attempts
        for tail in {_tail(number) for number in attempt.numbers}
        for record in by_number.get((tail, attempt.inbound), ())
        if record.rep_id in (None, attempt.rep_id)
    ]


def _distance(one: _Near) -> timedelta:
    if not one.record.inbound:
        return abs(one.apart)
    lasted = timedelta(seconds=one.record.seconds)
    return max(one.apart, -one.apart - lasted, timedelta(0))


def _tail(number: str) -> str:
    return "".join(filter(str.isdigit, number))[-DIGITS:]
