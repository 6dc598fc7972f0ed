"""Named dates of a lead, and when the rules of ``events.toml`` that follow them come due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from leadtui.cadence.calendar import add_span
from leadtui.cadence.model import Playbook
from leadtui.cadence.reading.checking import known_dates
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.ground import Ground, weekday
from leadtui.store import lifecycle
from leadtui.store.engine.tables import DatedRule
from leadtui.store.engine.unit_of_work import Unit

STALE = timedelta(days=90)
"""A rule whose turn was longer ago than this when its date became known is passed over."""


def dates_of(book: Playbook) -> frozenset[str]:
    """The named dates that a playbook counts from."""
    return known_dates(book) | {rule.at.anchor for rule in book.events if rule.at is not None}


def rules_due(
    book: Playbook, dates: Mapping[str, str], zone: str
) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Of each rule that follows one of these dates: its name, the date's, that date, and when the
    rule comes due."""
    for rule in book.events:
        said = dates.get(rule.at.anchor) if rule.at else None
        if rule.at is not None and said is not None:
            at = datetime.fromisoformat(said)
            yield rule.name, rule.at.anchor, at, add_span(at, rule.at.offset, zone, weekday)


def plan_dates(ground: Ground, sheet: LeadSheet) -> None:
    """Say when the rules that follow a lead's dates come due; those of dates that have changed are
    passed over."""
    rows = lifecycle.dated_rules(ground.unit.session, sheet.id)
    wanted: set[tuple[str, datetime]] = set()
    for rule, anchor, at, due in rules_due(ground.book, sheet.lead.dates, sheet.zone):
        wanted.add((rule, at))
        known = next((row for row in rows if (row.rule, row.at) == (rule, at)), None)
        if known is None and due >= ground.unit.now - STALE:
            row = DatedRule(lead_id=sheet.id, rule=rule, anchor=anchor, at=at, due=due)
            ground.unit.session.add(row)
        elif known is not None and known.state != "done":
            known.state, known.due = "planned", due
    for row in rows:
        if row.state == "planned" and (row.rule, row.at) not in wanted:
            row.state = "passed"
    ground.unit.session.flush()


def plan_all(context: Context, unit: Unit) -> None:
    """The same for every lead that has dates, when the rules have changed."""
    ground = Ground(context, unit)
    for lead_id in lifecycle.with_dates(unit.session):
        plan_dates(ground, ground.sheet(lead_id))
