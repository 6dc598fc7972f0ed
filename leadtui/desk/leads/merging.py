"""Two leads that are one person become one: everything of the second goes to the first, and nothing
is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet
from leadtui.desk.planning.fulfilling import drop_doubles
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import call_block, leads, merging
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import words

TEXTS = words("title street city region postal_code country language external_id source")
"""Taken over where the first lead says nothing."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge moved, by kind."""

    lead: int
    other: int
    moved: dict[Code, int]


def merge(context: Context, lead_id: int, other_id: int) -> Merged:
    """Make ``other_id`` part of ``lead_id``; supervisors only.

    Numbers, addresses, responses, history and what is planned go over; an opt-out of either holds
    for both. Raises ``Refused`` where one of them has a started action, or is no lead any more."""
    people.require(context, "merging leads", "supervisor")
    if lead_id == other_id:
        raise Refused("same", "a lead cannot be merged into itself; name two")
    with context.write() as unit:
        planning = Planning(context, unit)
        keeps, goes = _open(unit, planning, lead_id), _open(unit, planning, other_id)
        moved = {
            Code.PHONES: _moved(keeps, "phones", "number", goes),
            Code.EMAILS: _moved(keeps, "addresses", "address_key", goes),
        }
        _facts(keeps, goes, unit)
        moved[Code.TOUCHES] = _plans(unit, planning, keeps, goes)
        moved |= merging.move_rows(unit, other_id, lead_id)
        goes.lead.status, goes.lead.merged_into, goes.lead.updated_at = "merged", lead_id, unit.now
        goes.lead.lease_rep_id, goes.lead.lease_until = None, None
        leads.add_event(unit, lead_id, "lead.merged", note=goes.lead.full_name)
        unit.session.flush()
        unit.session.expire_all()
        drop_doubles(unit, lead_id)
        unit.log(
            Event.LEAD_MERGED,
            subjects={"lead": lead_id, "other": other_id},
            after={"status": "merged", "merged_into": lead_id},
            codes=moved,
        )
        sheet = planning.sheet(lead_id)
        if sheet.lead.calls_opt_out:
            planning.stop_calls(sheet)
        planning.settle(sheet)
    return Merged(lead_id, other_id, moved)


def _open(unit: Unit, planning: Planning, lead_id: int) -> LeadSheet:
    sheet = planning.sheet(lead_id)
    if sheet.lead.status in {"merged", "erased"}:
        raise Refused("not_open", f"lead {lead_id} was {sheet.lead.status} already")
    if call_block.open_about(unit.session, lead_id):
        raise Refused("question_open", f"lead {lead_id} has a started action; it is answered first")
    return sheet


def _moved(keeps: LeadSheet, part: str, key: str, goes: LeadSheet) -> int:
    """Numbers or addresses that the first lead does not have; one that is wrong on either side is
    wrong."""
    known = {getattr(one, key): one for one in getattr(keeps, part)}
    moved = 0
    for one in getattr(goes, part):
        if getattr(one, key) not in known:
            one.lead_id, moved = keeps.id, moved + 1
        elif one.status != "ok":
            known[getattr(one, key)].status = one.status
    return moved


def _facts(keeps: LeadSheet, goes: LeadSheet, unit: Unit) -> None:
    """What only the second lead knows; the stricter of two wishes; the later sign of life."""
    first, second = keeps.lead, goes.lead
    for name in TEXTS:
        if not getattr(first, name) and getattr(second, name):
            setattr(first, name, getattr(second, name))
    first.title_key, first.city_key = (
        first.title_key or second.title_key,
        first.city_key or second.city_key,
    )
    first.company_id = first.company_id or second.company_id
    first.owner_id = first.owner_id or second.owner_id
    first.confirmed_zone = first.confirmed_zone or second.confirmed_zone
    first.zones = first.zones or second.zones
    first.calls_opt_out = first.calls_opt_out or second.calls_opt_out
    first.emails_opt_out = first.emails_opt_out or second.emails_opt_out
    first.calls_consent = first.calls_consent or second.calls_consent
    first.qualification = {**second.qualification, **first.qualification}
    first.dates = {**second.dates, **first.dates}
    first.extra = {**second.extra, **first.extra}
    signs = [at for at in (first.last_sign_of_life, second.last_sign_of_life) if at is not None]
    first.last_sign_of_life = max(signs, default=None)
    if first.status == "closed" and second.status == "open":
        first.status, first.closed_reason = "open", ""
    first.updated_at = unit.now


def _plans(unit: Unit, planning: Planning, keeps: LeadSheet, goes: LeadSheet) -> int:
    """Cadences the first lead is not in go over with their touches; so does whatever was
    promised."""
    goals = {one.goal for one in leads.live_enrolments(unit.session, keeps.id)}
    if keeps.lead.status == "closed":
        for enrolment in leads.live_enrolments(unit.session, goes.id):
            planning.end(enrolment, "merged")
    for enrolment in leads.live_enrolments(unit.session, goes.id):
        if enrolment.goal in goals:
            _keep_promises(unit, enrolment)
            planning.end(enrolment, "merged")
        else:
            enrolment.lead_id = keeps.id
            goals.add(enrolment.goal)
    unit.session.flush()
    left: list[Any] = leads.open_touches(unit.session, goes.id)
    for touch in left:
        touch.state, touch.lead_id, touch.rep_id = "waiting", keeps.id, keeps.lead.owner_id
    unit.session.flush()
    return len(left)


def _keep_promises(unit: Unit, enrolment: Any) -> None:
    """A callback that was promised outlives the cadence it was promised in."""
    for touch in leads.open_touches(unit.session, enrolment.lead_id):
        if touch.enrolment_id == enrolment.id and (
            touch.promised or touch.kind in {"next_action", "reply", "data_fix"}
        ):
            touch.enrolment_id = None
    unit.session.flush()
