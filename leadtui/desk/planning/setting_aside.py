"""What a use case beside the call block takes off a rep's queue: counted in its log entry, for
supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from leadtui.cadence.gate.calling import gate
from leadtui.cadence.model import Verdict
from leadtui.desk.core.facts import call_facts
from leadtui.store import leads

if TYPE_CHECKING:
    from leadtui.desk.core.facts import LeadSheet
    from leadtui.desk.planning.planning import Planning
    from leadtui.store.engine.tables import Touch


def due_now(planning: Planning, lead_ids: Iterable[int]) -> frozenset[int]:
    """The touches of these leads that a rep has to do now: at the front, due, and not the
    system's."""
    now = planning.unit.now
    return frozenset(
        int(touch.id or 0)
        for lead_id in lead_ids
        for touch in leads.open_touches(planning.unit.session, lead_id)
        if touch.state == "open" and _rep_has_it_due(touch, now)
    )


def set_aside(planning: Planning, lead_ids: Iterable[int], before: frozenset[int]) -> int:
    """How many of ``before`` are over now, or no longer due; one that waits behind another is still
    there."""
    now = planning.unit.now
    planning.unit.session.flush()
    left = {
        touch.id
        for lead_id in lead_ids
        for touch in leads.open_touches(planning.unit.session, lead_id)
        if _rep_has_it_due(touch, now)
    }
    return len(before - left)


def callable_now(planning: Planning, sheet: LeadSheet) -> frozenset[int]:
    """Those of ``due_now`` that the calling rules let pass: a lead that is said to be elsewhere may
    be held there."""
    session, now = planning.unit.session, planning.unit.now
    due = due_now(planning, [sheet.id])
    phone = next(iter(sheet.usable_phones()), None)
    found = set()
    for touch in leads.open_touches(session, sheet.id):
        if touch.id not in due:
            continue
        if touch.call and phone is not None:
            facts = call_facts(sheet, phone.number, now, promised=bool(touch.promised))
            if gate(facts, planning.book.calling, now).verdict is Verdict.BLOCKED:
                continue
        found.add(int(touch.id or 0))
    return frozenset(found)


def _rep_has_it_due(touch: Touch, now: datetime) -> bool:
    return touch.due <= now and not touch.system and touch.rep_id is not None
