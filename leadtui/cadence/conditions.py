"""The one vocabulary for "does this lead match?": read from TOML tables, judged in Python, exported
for SQL.

A condition holds when all its tests hold. A test on a fact that is missing (``None`` or not given)
is false, so ``Not`` of it is true; an empty text is a fact like any other. Texts compare folded,
``*`` stands for any run of characters. Within a span means not before its beginning, older means
before it, so of the two exactly one holds."""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from leadtui.cadence.model import Condition, Unit
from leadtui.cadence.sources.folding import fold, like
from leadtui.cadence.sources.keys import FACTS
from leadtui.cadence.sources.places import Place, quoted, suggestion
from leadtui.errors import PlaybookError

# fmt: off
__all__ = [
    "FIELDS", "AnyOf", "BoolIs", "DateIs", "Not", "NumberIs", "Test", "TextIs",
    "cutoff", "fields_of", "fold", "is_empty", "like", "matches", "parse", "read", "source_text",
]
# fmt: on

FIELDS: Mapping[str, str] = MappingProxyType(
    {key.name: key.kind for key in FACTS if key.name not in ("not", "any")}
)
"""What a condition may ask about, and the kind of each: ``text``, ``number``, ``date`` or
``bool``."""

MAX_DEPTH = 8
"""How deep ``not`` and ``any`` may nest."""


@dataclass(frozen=True, slots=True)
class TextIs:
    """The folded text matches one of the folded ``patterns``; ``*`` is a wildcard."""

    field: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberIs:
    """The number lies between ``low`` and ``high``; ``None`` is an open end."""

    field: str
    low: int | float | None = None
    high: int | float | None = None
    include_low: bool = True
    include_high: bool = True


@dataclass(frozen=True, slots=True)
class DateIs:
    """The date lies within the last ``amount`` units, or is ``older``; a year is 12 months."""

    field: str
    amount: int
    unit: Unit
    older: bool = False


@dataclass(frozen=True, slots=True)
class BoolIs:
    """The fact is exactly this truth value."""

    field: str
    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold, be it for a missing fact."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


Test = TextIs | NumberIs | DateIs | BoolIs | Not | AnyOf

_NUMBER = r"(-?\d[\d_,]{0,18}(?:\.\d{1,6})?)"
_COMPARE = re.compile(rf"(>=|<=|>|<|=)?\s*{_NUMBER}")
_RANGE = re.compile(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}")
_AGE = re.compile(
    r"(within|older\s+than)\s+(?:the\s+last\s+)?(\d{1,5})\s+(minute|hour|day|week|month|year)s?"
)
_HELP = {
    "text": "write a text or a list of texts, '*' stands for anything",
    "number": "write a number, '>= 200', '< 10' or '100..500'",
    "date": "write 'within 6 months' or 'older than 1 year'",
    "bool": "write true or false",
}


def parse(
    table: Mapping[str, Any], *, file: str = "", line: int = 0, path: str = "when"
) -> Condition:
    """A condition from its TOML table; the first mistake is raised as ``PlaybookError`` with file
    and line."""
    problems: list[PlaybookError] = []
    condition = read(table, Place(file, (path,), line=line), problems)
    if problems:
        raise problems[0]
    return condition


def read(table: object, place: Place, problems: list[PlaybookError], depth: int = 0) -> Condition:
    """Like ``parse``, but every mistake goes to ``problems`` and the rest of the condition is
    read."""
    what = str(place.path[-1]) if place.path else "when"
    if not isinstance(table, Mapping):
        problems.append(
            place.error(f'{what} = {quoted(table)} is not a condition; write {{ offer = "trial" }}')
        )
        return Condition()
    if depth > MAX_DEPTH:
        problems.append(
            place.error(f"the condition nests deeper than {MAX_DEPTH} levels; make it flatter")
        )
        return Condition()
    tests: list[Test] = []
    for key, value in table.items():
        inside = place.at(key)
        if key == "not":
            tests.append(Not(read(value, inside, problems, depth + 1)))
        elif key == "any":
            tests.append(_any(value, inside, problems, depth))
        elif key in FIELDS:
            tests.append(_test(key, value, inside, problems))
        else:
            hint = suggestion(key, [*FIELDS, "not", "any"])
            problems.append(inside.error(f"unknown key {quoted(key)} in a condition; {hint}"))
    return Condition(tuple(tests), source_text(table))


def _any(value: object, place: Place, problems: list[PlaybookError], depth: int) -> Test:
    if not isinstance(value, list) or not value:
        problems.append(
            place.error(
                f"any = {quoted(value)} is not a list of conditions; write [ {{…}}, {{…}} ]"
            )
        )
        return AnyOf(())
    return AnyOf(
        tuple(read(one, place.at(number), problems, depth + 1) for number, one in enumerate(value))
    )


def _test(field: str, value: object, place: Place, problems: list[PlaybookError]) -> Test:
    """The test that one key stands for; a list is "any of"."""
    kind = FIELDS[field]
    values = value if isinstance(value, list) and kind in ("text", "number") else [value]
    tests = [test for one in values if (test := _READ[kind](field, one)) is not None]
    if len(tests) < len(values) or not tests:
        problems.append(
            place.error(f"{field} = {quoted(value)} is not a {kind} test; {_HELP[kind]}")
        )
        return AnyOf(())
    if any(isinstance(test, NumberIs) and is_empty(test) for test in tests):
        problems.append(
            place.error(f"{field} = {quoted(value)} can never hold; put the smaller number first")
        )
    if kind == "text":
        return TextIs(
            field,
            tuple(
                dict.fromkeys(
                    p for test in tests if isinstance(test, TextIs) for p in test.patterns
                )
            ),
        )
    return tests[0] if len(tests) == 1 else AnyOf(tuple(Condition((test,)) for test in tests))


def _read_text(field: str, value: object) -> Test | None:
    return TextIs(field, (fold(value),)) if isinstance(value, str) else None


def _read_bool(field: str, value: object) -> Test | None:
    return BoolIs(field, value) if isinstance(value, bool) else None


def _read_date(field: str, value: object) -> Test | None:
    match = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    years = match[3] == "year"
    unit = Unit.MONTHS if years else Unit(f"{match[3]}s")
    return DateIs(field, int(match[2]) * (12 if years else 1), unit, match[1] != "within")


def _read_number(field: str, value: object) -> Test | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return NumberIs(field, value, value) if abs(value) < 10**15 else None
    if not isinstance(value, str):
        return None
    if match := _RANGE.fullmatch(value.strip()):
        return NumberIs(field, _number(match[1]), _number(match[2]))
    if not (match := _COMPARE.fullmatch(value.strip())):
        return None
    sign, number = match[1] or "=", _number(match[2])
    if sign == "=":
        return NumberIs(field, number, number)
    return (
        NumberIs(field, low=number, include_low=sign == ">=")
        if ">" in sign
        else NumberIs(field, high=number, include_high=sign == "<=")
    )


_READ = {"text": _read_text, "number": _read_number, "date": _read_date, "bool": _read_bool}


def _number(text: str) -> int | float:
    plain = text.replace("_", "").replace(",", "")
    return float(plain) if "." in plain else int(plain)


def source_text(table: Mapping[str, Any]) -> str:
    """A condition table on one line, as a playbook would write it."""
    return ", ".join(f"{key} = {_value_text(value)}" for key, value in table.items())


def _value_text(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{ {source_text(value)} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_value_text(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)


def matches(condition: Condition, facts: Mapping[str, Any], now: datetime) -> bool:
    """Whether a lead with these facts matches at ``now`` (aware).

    A fact may be a collection: any member counts. One that changes with time is a function of
    ``now``."""
    return all(_holds(test, facts, now) for test in condition.tests)


def fields_of(condition: Condition) -> Iterator[str]:
    """What a condition asks about, however deep; an empty word for what nests."""
    for test in condition.tests:
        for inner in (*getattr(test, "conditions", ()), getattr(test, "condition", None)):
            if inner is not None:
                yield from fields_of(inner)
        yield getattr(test, "field", "")


def _holds(test: Test, facts: Mapping[str, Any], now: datetime) -> bool:
    match test:
        case Not(condition):
            return not matches(condition, facts, now)
        case AnyOf(conditions):
            return any(matches(condition, facts, now) for condition in conditions)
    fact = facts.get(test.field)
    if callable(fact):
        fact = fact(now)
    members = (
        fact if isinstance(fact, Collection) and not isinstance(fact, str | bytes) else (fact,)
    )
    return any(_fits(test, member, now) for member in members)


def _fits(test: TextIs | NumberIs | DateIs | BoolIs, fact: object, now: datetime) -> bool:
    """Whether one present fact passes; a fact of another kind than the test's never does."""
    match test, fact:
        case TextIs(), str():
            return any(like(pattern, fold(fact)) for pattern in test.patterns)
        case BoolIs(), bool():
            return fact is test.value
        case NumberIs(), int() | float() | Decimal() if not isinstance(fact, bool):
            above = test.low is None or fact > test.low or (test.include_low and fact == test.low)
            below = (
                test.high is None or fact < test.high or (test.include_high and fact == test.high)
            )
            return above and below
        case DateIs(), date():
            return (_moment(fact) < cutoff(test, now)) is test.older
    return False


def _moment(value: date) -> datetime:
    """A date is its first moment and a time without zone is meant in UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def is_empty(test: NumberIs) -> bool:
    """Whether no number lies between the test's ends."""
    if test.low is None or test.high is None:
        return False
    return test.low > test.high or (
        test.low == test.high and not (test.include_low and test.include_high)
    )


def cutoff(test: DateIs, now: datetime) -> datetime:
    """The moment before which a date is older than the test's span."""
    try:
        if test.unit is Unit.MONTHS:
            return _months_before(now, test.amount)
        return now - timedelta(**{test.unit.value: test.amount})
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < 1:
        raise OverflowError
    return now.replace(
        year=year, month=month + 1, day=min(now.day, calendar.monthrange(year, month + 1)[1])
    )
