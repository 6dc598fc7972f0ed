"""Segments: who matches a condition, at this moment; membership is computed, never kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from leadtui.cadence.conditions import parse
from leadtui.cadence.model import Condition
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.errors import PlaybookError, WrongUse
from leadtui.store import leads
from leadtui.store.conditions_sql import count_matching
from leadtui.store.conditions_sql import leads_matching as matching


def read_when(text: str, *, where: str = "--when") -> Condition:
    """A condition as one writes it in a playbook: ``offer = "trial", country = ["US", "CA"]``;
    empty matches all."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    try:
        table = tomllib.loads(f"when = {{ {inner} }}")["when"]
    except ValueError as error:
        raise WrongUse(
            f'{where} {text!r} is no condition ({error}); write offer = "trial", country = "US"'
        ) from None
    try:
        return parse(table, file=where)
    except PlaybookError as error:
        raise WrongUse(f"{where}: {error.message}") from None


def leads_matching(
    context: Context, condition: Condition, *, after: int = 0, limit: int | None = None
) -> tuple[int, ...]:
    """The ids of the open and closed leads that match now, in order, a page at a time."""
    now = context.now()
    with context.store.read() as session:
        return tuple(matching(session, condition, now, after=after, limit=limit))


def count(context: Context, condition: Condition) -> int:
    """How many leads match now."""
    now = context.now()
    with context.store.read() as session:
        return count_matching(session, condition, now)


def facts_of(sheet: LeadSheet) -> Mapping[str, Any]:
    """What a segment asks of a lead: its facts, with all its live enrolments instead of a single
    one."""
    live = leads.live_enrolments(sheet.session, sheet.id)
    return {
        **sheet.conditions(),
        "cadence": tuple(row.cadence for row in live),
        "attempts": sum(row.attempts for row in live),
        "contacts": sum(row.contacts for row in live),
    }
