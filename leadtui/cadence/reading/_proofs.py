"""What the tests of conditions show without any lead: that none can match, or that one condition
covers another."""

from __future__ import annotations

from leadtui.cadence.conditions import AnyOf, Not, NumberIs, Test, TextIs, is_empty, like
from leadtui.cadence.model import Condition


def never(condition: Condition) -> bool:
    """Whether no lead can match, as far as the tests alone show it (false does not prove that one
    can)."""
    for test in condition.tests:
        match test:
            case Not(inner) if implies(condition, inner):
                return True
            case AnyOf(conditions) if all(never(one) for one in conditions):
                return True
            case NumberIs() if is_empty(test):
                return True
    return False


def implies(one: Condition, other: Condition) -> bool:
    """Whether every lead that matches ``one`` surely matches ``other``, judged test by test."""
    return all(any(_implies(mine, theirs) for mine in one.tests) for theirs in other.tests)


def _implies(mine: Test, theirs: Test) -> bool:
    if isinstance(mine, TextIs) and isinstance(theirs, TextIs) and mine.field == theirs.field:
        return all(
            any(like(wide, pattern) for wide in theirs.patterns) for pattern in mine.patterns
        )
    if isinstance(theirs, AnyOf):
        return mine == theirs or any(implies(Condition((mine,)), one) for one in theirs.conditions)
    if isinstance(mine, Not) and isinstance(theirs, Not):
        return implies(theirs.condition, mine.condition)
    return mine == theirs


def text_tests(condition: Condition) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every text test in the condition, nested ones too: (field, patterns)."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for test in condition.tests:
        match test:
            case TextIs(name, patterns):
                found.append((name, patterns))
            case Not(inner):
                found.extend(text_tests(inner))
            case AnyOf(conditions):
                found.extend(pair for one in conditions for pair in text_tests(one))
    return tuple(found)
