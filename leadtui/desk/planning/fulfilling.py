"""What somebody who asked for something is sent: each kit of the playbook that fits a response is
planned once, by e-mail, or for the best leads by post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leadtui.cadence.calendar import add_span
from leadtui.cadence.conditions import matches
from leadtui.cadence.model import Kit, Span
from leadtui.cadence.sources.folding import fold, like
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.mending import FIND_ADDRESS, FIND_PLACE, has_place
from leadtui.desk.planning.planning import Planning
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import Fulfilment, Response
from leadtui.store.engine.unit_of_work import Unit

NO_PLACE, NO_ADDRESS = "no postal address", "no e-mail address"
WAYS: Mapping[str, str] = {"email": "by e-mail", "post": "by post"}
"""How a kit goes, in words."""
EVENT = "kit"
"""The kind of a history event about one."""


def plan_kits(planning: Planning, arrivals: Sequence[tuple[int, int]]) -> None:
    """Plan what these new responses, ``(lead id, response id)``, asked for, inside the caller's
    transaction."""
    kits = planning.book.kits
    if not kits:
        return
    unit = planning.unit
    unit.session.flush()
    had = lifecycle.kits_had(unit.session, sorted({lead_id for lead_id, _ in arrivals}))
    for lead_id, response_id in arrivals:
        response = unit.session.get(Response, response_id)
        if response is None:
            continue
        sheet = planning.sheet(lead_id)
        facts = {**sheet.conditions(), **_of_response(response)}
        for kit in kits.values():
            if not _fits(kit, response, facts, unit.now):
                continue
            before = had.get((lead_id, kit.key))
            if before is None or unit.now >= _after(planning, before.planned_at, kit.again_after):
                had[lead_id, kit.key] = _plan(planning, sheet, response, kit, facts)
            else:
                _had(unit, kit, before)


def _of_response(response: Response) -> dict[str, Any]:
    """What conditions are told of this response, be it the lead's newest or an older one that a
    list brought."""
    return {
        "offer": response.offer,
        "source": response.source_key,
        "event": response.event_key,
        "rating": response.rating,
        "inquiry_at": response.inquiry_at,
    }


def _fits(kit: Kit, response: Response, facts: Mapping[str, Any], now: datetime) -> bool:
    """Whether a kit is meant for whoever responded; what goes by post alone is for those who have
    its score."""
    scarce = bool(kit.pieces) and not kit.email
    if scarce and facts["score"](now) < kit.hard_copy_from:
        return False
    return matches(kit.when, facts, now) and _is_asked_for(kit, response)


def _is_asked_for(kit: Kit, response: Response) -> bool:
    """Whether an answer of the form or badge speaks of it."""
    if not kit.interest:
        return True
    cells = (*response.qualifiers.values(), *response.extra.values(), response.notes)
    said = [fold(text) for cell in cells for text in _texts(cell)]
    return any(like(fold(pattern), text) for pattern in kit.interest for text in said)


def _texts(cell: Any) -> Iterable[str]:
    return map(str, cell) if isinstance(cell, list) else (str(cell),)


def _after(planning: Planning, since: datetime, span: Span) -> datetime:
    """A moment plus a span, by the floor's own business days."""
    business = planning.context.business_clock(planning.book)
    return add_span(since, span, planning.context.settings.zone, business.open_on)


def _had(unit: Unit, kit: Kit, before: Fulfilment) -> None:
    at = before.closed_at or before.planned_at
    word = "went" if before.state == "sent" else "was planned"
    note = f"asked for again, not sent twice: it {word} {WAYS[before.way]} on {at:%d %b %Y}"
    leads.add_event(unit, before.lead_id, EVENT, code=kit.key, note=note)


def _plan(
    planning: Planning, sheet: LeadSheet, response: Response, kit: Kit, facts: Mapping[str, Any]
) -> Fulfilment:
    unit = planning.unit
    score = facts["score"](unit.now)
    way, why = _way(sheet, kit, score)
    row = Fulfilment(
        lead_id=sheet.id,
        response_id=response.id,
        kit=kit.key,
        version=kit.version,
        playbook_hash=planning.book.hash,
        way=way,
        due=_after(planning, unit.now, kit.within),
        planned_at=unit.now,
        why=why,
    )
    unit.session.add(row)
    said = "; ".join(filter(None, (f"planned {WAYS[way]}, {kit.version}", why)))
    leads.add_event(unit, sheet.id, EVENT, code=kit.key, note=said)
    if why in {NO_PLACE, NO_ADDRESS}:
        planning.data_fix(sheet, FIND_PLACE if why == NO_PLACE else FIND_ADDRESS)
        planning.settle(sheet)
    return row


def _way(sheet: LeadSheet, kit: Kit, score: float) -> tuple[str, str]:
    """How a kit goes to a lead, and what hinders it or made it go so."""
    wants_post = bool(kit.pieces) and (not kit.email or score >= kit.hard_copy_from)
    writable = bool(sheet.usable_addresses()) and not sheet.lead.emails_opt_out
    if wants_post:
        if has_place(sheet):
            return "post", ""
        if kit.email and writable:
            return "email", f"{NO_PLACE}: by e-mail instead"
        return "post", NO_PLACE
    if writable:
        return "email", ""
    if kit.pieces and has_place(sheet):
        wish = "no e-mail wanted" if sheet.lead.emails_opt_out else NO_ADDRESS
        return "post", f"{wish}: by post instead"
    return "email", "no e-mail wanted" if sheet.lead.emails_opt_out else NO_ADDRESS


def drop_doubles(unit: Unit, lead_id: int) -> None:
    """Of kits that a merged lead has twice, and that wait, the earlier one is sent."""
    seen: set[str] = set()
    for row in reversed(lifecycle.kits_of(unit.session, lead_id)):
        if row.state == "dropped":
            continue
        if row.kit in seen and row.state == "waiting" and row.email_id is None:
            row.state, row.closed_at = "dropped", unit.now
            row.why = "the same person has it already: two leads became one"
        seen.add(row.kit)
