"""Taking a lead over whose rep left an action unanswered: by the playbook's rule, and on record.

The rep's question stays his to answer; his answer is kept then, and the plan is the new owner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leadtui.desk.core import leases, people
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, sheet_of
from leadtui.desk.distribution.eligibility import is_away, refuse_unfit
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused, WrongUse
from leadtui.store import call_block, leads
from leadtui.store.engine.tables import Obligation, Rep, Touch
from leadtui.store.engine.vocabulary import Code, Event

MIN_CHARS = 10
"""A reason shorter than this says nothing."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Whose a lead is now, who had it open, and what he had started."""

    lead_id: int
    owner: str
    before: str
    action: str


def take_over(context: Context, lead_id: int, reason: str, to: str = "") -> TakenOver:
    """End another rep's hold on a lead and make it ``to``'s, or one's own.

    Raises ``Refused`` for a role the playbook does not name (logged), while the rep is still within
    the playbook's time and not away, and where nobody has the lead open; ``WrongUse`` for a reason
    too short."""
    with context.store.read() as session:
        sheet_of(context, session, lead_id)
        by = context.playbook(session).floor.take_over_by
    people.require(context, "taking leads over", *by)
    if len(reason.strip()) < MIN_CHARS:
        raise WrongUse(f"--reason needs {MIN_CHARS} characters: say why this lead cannot wait")
    with context.write() as unit:
        planning = Planning(context, unit)
        sheet = planning.sheet(lead_id)
        heir = _heir(context, unit.session, to)
        refuse_unfit(heir, sheet.lead, unit.now)
        left = _left(planning, sheet, heir)
        held_by = unit.session.get(Rep, left.rep_id)
        touch = unit.session.get(Touch, left.touch_id)
        if held_by is None or touch is None:
            raise LookupError(f"obligation {left.id}")
        lead = sheet.lead
        lead.lease_rep_id, lead.lease_until, lead.lease_token = None, None, lead.lease_token + 1
        lead.owner_id, lead.updated_at = heir.id, unit.now
        _give_back(planning, sheet, touch, int(heir.id or 0))
        for planned in leads.open_touches(unit.session, lead_id):
            if planned.state != "started":
                planned.rep_id = planning.front.worker(heir.id, planned)
        leads.add_event(
            unit, lead_id, "taken_over", note=f"{heir.name}, from {held_by.name}", touch_id=touch.id
        )
        planning.settle(sheet)
        unit.log(
            Event.LEAD_TAKEN_OVER,
            subjects={"lead": lead_id, "obligation": left.id},
            after={"owner": heir.id, "lease": lead.lease_token},
            codes={
                Code.FROM: held_by.id,
                Code.TO: heir.id,
                Code.MINUTES: int((unit.now - left.started_at).total_seconds() // 60),
            },
            private=reason.strip(),
        )
        return TakenOver(lead_id, heir.name, held_by.name, left.action)


def _heir(context: Context, session: Any, to: str) -> Rep:
    """Who gets the lead: whoever a supervisor names, else who takes it."""
    heir: Rep | None = (
        people.named(session, to, "--to") if to else session.get(Rep, context.identity.id)
    )
    if heir is None:
        raise LookupError(f"rep {context.identity.id}")
    if heir.id != context.identity.id and context.identity.role != "supervisor":
        raise Refused("role", "a rep takes a lead over for himself; leave --to out")
    return heir


def _left(planning: Planning, sheet: LeadSheet, heir: Rep) -> Obligation:
    """What another rep has started with the lead and not answered for, where its time is up."""
    session, now, lead = planning.unit.session, planning.unit.now, sheet.lead
    started = [
        ob
        for ob in call_block.open_about(session, sheet.id)
        if not ob.inbound and ob.lease_token == lead.lease_token
    ]
    left = next((ob for ob in started if ob.rep_id != heir.id), None)
    if left is None:
        whose = f"{heir.name} has it already" if started else "nobody has it open"
        raise Refused(
            "not_held",
            f"lead {sheet.id}: {whose}; 'leadtui assign {sheet.id} --to …' gives a lead away",
        )
    holder = session.get(Rep, left.rep_id)
    if (
        lead.lease_until
        and lead.lease_until > now
        and not (holder is not None and is_away(holder, now))
    ):
        raise Refused("held_by", leases.open_with(planning.context, session, sheet.id, heir.id))
    return left


def _give_back(planning: Planning, sheet: LeadSheet, touch: Touch, heir_id: int) -> None:
    """What was started is due again, except where its message has left already or nobody had
    planned it."""
    mail = (
        call_block.email_of(planning.unit.session, int(touch.id or 0))
        if touch.channel == "email"
        else None
    )
    if mail is not None and mail.state == "sent":
        planning.advance(sheet, touch)
    elif touch.kind == "unplanned":
        planning.close(touch, "cancelled", "taken over")
    else:
        touch.state, touch.started_at = "waiting", None
    planning.unit.session.flush()
    planning.unit.log(
        Event.TOUCH_GIVEN_BACK,
        subjects={"lead": sheet.id, "touch": touch.id},
        after={"touch": touch.state, "owner": heir_id},
    )
