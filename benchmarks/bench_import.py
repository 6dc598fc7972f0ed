"""Messy rows as a badge scanner leaves them become leads with owners and first touches, and are
taken back, against csv and phonenumbers alone on the same rows."""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import phonenumbers

from benchmarks import Measure, against, seconds_of
from benchmarks.floors import FIRST, MIRA, NOW, TITLES, desk_on, floor_of
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions

ROWS = int(os.environ.get("LEADTUI_BENCH_ROWS", "20000"))
HEADER = (
    "Badge ID",
    "First Name",
    "Last Name",
    "Company",
    "Job Title",
    "Email",
    "Phone",
    "City",
    "State/Region",
    "Country",
    "Scanned At",
    "Rating",
    "Notes",
)
SYLLABLES = tuple(
    head + tail
    for head in "bdfghklmnprstvwz"
    for tail in ("a", "e", "i", "o", "u", "an", "el", "or")
)
PHONES = ("({a}) {b}-{c}", "+1 {a} {b} {c}", "{a}.{b}.{c}", "1-{a}-{b}-{c} x12", " {a}{b}{c} ")


def run() -> Iterator[Measure]:
    """Import once, as nobody imports the same rows twice, and take it back; by the clock, and in
    processor time, which says more on a machine that has other work."""
    data = rows()
    desk = desk_on(floor_of(1_000), MIRA)
    options = ImportOptions(event_zone="America/Chicago", name="bench.csv")
    _bare(rows(100))
    bare = _took(lambda: _bare(data))
    whole = _took(lambda: import_file(desk.context, data, options))
    batch = int(desk.intake.imports()[0].id)
    back = _took(lambda: desk.intake.undo(batch))
    desk.close()
    names = (
        f"csv and phonenumbers alone, {ROWS:,} rows",
        f"import of {ROWS:,} messy rows, owners and first touches planned",
        "taking it back",
    )
    for place, how in enumerate(("by the clock", "processor time")):
        found = (bare[place], whole[place], back[place])
        said: dict[str, tuple[float, ...]] = {}
        for name, took in zip(names, found, strict=True):
            said[f"{name}, {how}"] = (took,)
        yield from against(said, "s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    yield Measure(f"memory at its peak, {ROWS:,} rows and all", (peak,), "bytes")


def _took(action: Callable[[], object]) -> tuple[float, float]:
    """How long an action takes, by the clock and of the processor."""
    began = time.process_time()
    seconds = seconds_of(action)
    return seconds, time.process_time() - began


def _bare(data: bytes) -> int:
    valid = 0
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        try:
            number = phonenumbers.parse(row["Phone"], "US")
        except phonenumbers.NumberParseException:
            continue
        valid += phonenumbers.is_valid_number(number)
    return valid


def rows(count: int = ROWS, seed: int = 1) -> bytes:
    """So many rows as a badge scanner leaves them."""
    dice, text = random.Random(seed), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(count):
        first, last, firm = dice.choice(FIRST), _word(dice), _word(dice)
        company = firm + dice.choice(("", " Inc.", ", LLC", " GmbH"))
        phone = dice.choice(PHONES).format(
            a=dice.choice((312, 303, 212, 415)),
            b=dice.randrange(200, 999),
            c=f"{dice.randrange(10_000):04}",
        )
        at = NOW - timedelta(minutes=dice.randrange(4000))
        writer.writerow(
            (
                f"B{seed}-{number}",
                dice.choice((first, first.upper(), f" {first} ")),
                last,
                company,
                dice.choice(TITLES),
                dice.choice(
                    (f"{first}.{last}@{firm}.example", f" {last}@{firm}.EXAMPLE ", "", "n/a")
                ),
                phone,
                "Chicago",
                dice.choice(("IL", "Illinois", "CO", "")),
                dice.choice(("USA", "US", "United States", "")),
                f"{at:%m/%d/%Y %I:%M %p}",
                dice.choice(("hot", "Warm", "B", "")),
                dice.choice(("", "call me\nMonday", 'said "maybe"')),
            )
        )
    return text.getvalue().encode("utf-8-sig")


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(SYLLABLES, k=3)).capitalize()
