"""A hundred thousand messy rows as a badge scanner leaves them, against csv and phonenumbers alone
on the same rows."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import timedelta

import phonenumbers

from benchmarks import Measure, against, seconds_of
from benchmarks.floors import FIRST, NOW, TITLES, desk_on, floor_of
from leadtui.desk.intake.files.importing import import_file
from leadtui.desk.intake.files.options import ImportOptions

ROWS = 100_000
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
    """Import once, as nobody imports the same rows twice."""
    data = rows()
    folder = floor_of(1_000)
    desk = desk_on(folder)
    bare = seconds_of(lambda: _bare(data))
    options = ImportOptions(event_zone="America/Chicago", name="bench.csv")
    whole = seconds_of(
        lambda: import_file(desk.context, data, options, admit=lambda _unit, _arrivals: None)
    )
    yield from against(
        {
            f"csv and phonenumbers alone, {ROWS:,} rows": (bare,),
            f"import of {ROWS:,} messy rows (before they are planned)": (whole,),
        },
        "s",
    )
    small = rows(2_000, seed=2)
    planned = seconds_of(lambda: import_file(desk.context, small, ImportOptions(name="more.csv")))
    yield Measure("import of 2,000 rows, owners and first touches planned", (planned,), "s")
    desk.close()


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
