"""Screening: which numbers a national register is asked about, and its answer, which a supervisor
brings.

An answer proves itself. It speaks of every number that was there on its date, says yes or no of
each in each register of the country, and is no older than the country allows. What is screened is
the number, never its lead."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from leadtui.cadence.gate.calling import number_region
from leadtui.cadence.model import CallingPolicy
from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.pacing import Pace
from leadtui.desk.leads.do_not_call import normal
from leadtui.desk.planning.planning import Planning
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.files import read_whole, write_new
from leadtui.store import importing
from leadtui.store import screening as rows
from leadtui.store.engine.tables import Screening
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event

LARGEST = 100_000_000
"""Bytes of the largest answer: some five million numbers."""

TAIL = 8
"""Digits at a number's end by which a line can be about one that was asked."""

YES = frozenset(("y", "yes", "true", "1", "listed", "registered", "on"))
NO = frozenset(("n", "no", "false", "0", "not listed", "not registered", "clear", "off"))


@dataclass(frozen=True, slots=True)
class Screened:
    """What an answer came to."""

    country: str
    registers: tuple[str, ...]
    as_of: datetime
    covered: int
    """Numbers of this floor that it speaks of."""
    listed: int
    """Those of them that stand in a register and may not be called."""
    strangers: int
    """Lines about numbers that nobody here has, or that are none."""
    later: int
    """Numbers that came after its date and are not in it: they are not screened."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that a register is to be asked about."""

    number: str
    since: datetime
    leads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """A line of an answer: where it stands, and what it says of each register."""

    line: int
    listed: Mapping[str, bool]


def ask(context: Context, country: str, out: Path) -> int:
    """Write the numbers that a country's registers are to be asked about; how many. For
    supervisors."""
    people.require(context, "writing out numbers to be screened", "supervisor")
    with context.write() as unit:
        asked = _asked(unit, _country(context.playbook(unit.session).calling, country))
        text = "\r\n".join(["Number", *(one.number for one in asked.values()), ""])
        write_new(out, [text.encode()])
        unit.log(Event.SCREENING_ASKED, codes={Code.PLACE: country, Code.PHONES: len(asked)})
    return len(asked)


def bring(context: Context, path: Path, day: date) -> Screened:
    """Take in the answer of a country's registers as they stood on ``day``; for supervisors.

    Raises ``LeadtuiError`` for an answer that does not prove itself; nothing is changed then."""
    people.require(context, "bringing the answer of a screening", "supervisor")
    raw = read_whole(path, "name the answer of the register", LARGEST)
    sha256 = hashlib.sha256(raw).hexdigest()
    as_of = datetime.combine(day, time(), ZoneInfo(context.settings.zone))
    with context.write() as unit:
        policy = context.playbook(unit.session).calling
        lines = _lines(raw, path)
        country, columns = _registers(next(lines), policy, path)
        _check_age(policy, country, as_of, unit.now, path)
        asked = _asked(unit, country)
        said, strangers = _answers(context, lines, columns, asked, country, path)
        _check_whole(asked, said, as_of, path)
        later = sum(number not in said for number in asked)
        listed = _keep(unit, said, as_of, sha256)
        unit.log(
            Event.SCREENING_BROUGHT,
            after={"as_of": day.isoformat()},
            codes={
                Code.PLACE: country,
                Code.WHAT: list(columns),
                Code.PHONES: len(said),
                Code.LISTED: listed,
            },
            hashes={"file": sha256},
        )
    _look_again(context, sorted({lead for one in said for lead in asked[one].leads}))
    return Screened(country, tuple(columns), as_of, len(said), listed, strangers, later)


def _country(policy: CallingPolicy, country: str) -> str:
    if country not in policy.needs_screening:
        known = ", ".join(sorted(policy.needs_screening)) or "none"
        raise WrongUse(f"{country!r} asks for no screening; calling.toml names: {known}")
    return country


def _asked(unit: Unit, country: str) -> dict[str, _Number]:
    """Number -> who has it, for every number that is of the country or whose lead is."""
    found: dict[str, _Number] = {}
    for number, lead, theirs, since in rows.open_numbers(unit.session):
        if theirs != country and number_region(number)[0] != country:
            continue
        known = found.get(number)
        found[number] = _Number(
            number,
            min(since, known.since) if known else since,
            (*(known.leads if known else ()), lead),
        )
    if not found:
        raise WrongUse(f"nobody on this floor has a number that {country} asks to be screened")
    return found


def _lines(raw: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    """``(line, cells)`` of what is not empty; at least the header."""
    try:
        text = raw.decode("utf-8-sig")
        first = text.lstrip().partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(text.splitlines(), delimiter=delimiter)
        empty = True
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                empty = False
                yield reader.line_num, cells
    except UnicodeDecodeError as error:
        raise LeadtuiError(f"{path}: this is not UTF-8 text; save it as UTF-8 CSV") from error
    except csv.Error as error:
        raise LeadtuiError(f"{path}: this is no CSV file ({error}); save it as CSV") from error
    if empty:
        raise LeadtuiError(f"{path}: this is empty, and an empty answer screens nobody")


def _registers(
    header: tuple[int, list[str]], policy: CallingPolicy, path: Path
) -> tuple[str, dict[str, int]]:
    """The country whose registers the header names, and the column of each."""
    line, cells = header
    places = {cell.casefold(): place for place, cell in enumerate(cells)}
    wanted = {country: policy.registers_of(country) for country in sorted(policy.needs_screening)}
    for country, names in wanted.items():
        if all(name.casefold() in places for name in names):
            return country, {name: places[name.casefold()] for name in names}
    needs = "; ".join(f"{country}: {', '.join(names)}" for country, names in wanted.items())
    raise LeadtuiError(
        f"{path}, line {line}: an answer has a column for each register of its country, with yes "
        f"or no in every line ({needs or 'no country asks for one'}); numbers to be blocked are "
        "imported by 'leadtui dnc import'"
    )


def _check_age(
    policy: CallingPolicy, country: str, as_of: datetime, now: datetime, path: Path
) -> None:
    days = policy.needs_screening[country]
    if as_of > now:
        raise WrongUse(f"{path}: {as_of:%d %b %Y} lies ahead; give the date of the register")
    if as_of < now - timedelta(days=days):
        raise WrongUse(
            f"{path}: an answer as of {as_of:%d %b %Y} is too old, {country} asks for one of the "
            f"last {days} days; have the numbers screened again ('leadtui dnc ask')"
        )


def _answers(
    context: Context,
    lines: Iterator[tuple[int, list[str]]],
    columns: Mapping[str, int],
    asked: Mapping[str, _Number],
    country: str,
    path: Path,
) -> tuple[dict[str, _Said], int]:
    """What is said of each number that was asked, and how many lines are about others."""
    tails = {number[-TAIL:] for number in asked}
    said: dict[str, _Said] = {}
    strangers = 0
    for line, cells in lines:
        number = _number(context, cells, columns, country, tails)
        if number not in asked:
            strangers += 1
            continue
        answer = _Said(line, _verdicts(cells, columns, f"{path}, line {line}"))
        before = said.setdefault(number, answer)
        if before.listed != answer.listed:
            raise LeadtuiError(
                f"{path}, lines {before.line} and {line}: they say different things of one "
                "number; ask the register again"
            )
    return said, strangers


def _number(
    context: Context,
    cells: Sequence[str],
    columns: Mapping[str, int],
    country: str,
    tails: set[str],
) -> str:
    """The number of a line as E.164 where it can be one that was asked, else empty."""
    for place, cell in enumerate(cells):
        digits = "".join(char for char in cell if char.isdigit())
        if place in columns.values() or digits[-TAIL:] not in tails:
            continue
        # Registers write 442079460018 as well as 020 7946 0018.
        for written in (cell, f"+{digits}"):
            try:
                return normal(context, written, country)
            except WrongUse:
                continue
    return ""


def _verdicts(cells: Sequence[str], columns: Mapping[str, int], where: str) -> dict[str, bool]:
    found = {}
    for register, place in columns.items():
        word = cells[place].casefold() if place < len(cells) else ""
        if word not in YES | NO:
            raise LeadtuiError(
                f"{where}: {register} says {word[:20]!r} of this number, which is neither yes nor "
                "no; ask the register again"
            )
        found[register] = word in YES
    return found


def _check_whole(
    asked: Mapping[str, _Number], said: Mapping[str, _Said], as_of: datetime, path: Path
) -> None:
    """Every number that was there before the answer's date is in it."""
    due = [number for number, one in asked.items() if one.since < as_of]
    missing = [number for number in due if number not in said]
    if missing or not said:
        first = f", among them {missing[0]}" if missing else ""
        raise LeadtuiError(
            f"{path}: the answer is silent about {len(missing or asked)} of the {len(asked)} "
            f"numbers that are to be screened{first}; nobody is screened by a part of one: have "
            "all that 'leadtui dnc ask' writes screened again"
        )


def _keep(unit: Unit, said: Mapping[str, _Said], as_of: datetime, sha256: str) -> int:
    """Write the answer down; how many numbers stand in a register."""
    bulk = importing.Bulk(
        Screening,
        "number register_name listed",
        as_of=as_of,
        sha256=sha256,
        brought_at=unit.now,
        brought_by=unit.actor.rep_id,
    )
    for number, answer in said.items():
        for register, listed in answer.listed.items():
            bulk.add((number, register, listed))
    bulk.write(unit)
    return sum(any(answer.listed.values()) for answer in said.values())


def _look_again(context: Context, leads: Sequence[int]) -> None:
    """Plan anew for whoever has a number that was asked; a few at a time, since others wait."""
    left, pace = list(leads), Pace()
    while left:
        some, left = left[: pace.size], left[pace.size :]
        with pace.turn(len(some)), context.write() as unit:
            planning = Planning(context, unit)
            for lead_id in some:
                sheet = planning.sheet(lead_id)
                planning.stop_calls(sheet)
                planning.settle(sheet)
            unit.log(Event.DNC_REHELD, codes={Code.LEADS: len(some)})
        pace.rest()
