"""Who has a lead open: the lease a started action takes, until when it holds, and what stands in
the way of another.

A lease carries a fencing token. An obligation remembers the token it was started under; where the
lead's has gone up since, somebody has taken the lead over, and a late answer is kept without moving
what was planned meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.model import Playbook
from leadtui.desk.core.context import Context
from leadtui.desk.core.words import said_at
from leadtui.errors import Refused
from leadtui.store import call_block
from leadtui.store.engine.tables import Lead, Obligation, Rep, Touch
from leadtui.store.engine.unit_of_work import Unit


def lease_end(book: Playbook, now: datetime) -> datetime:
    """Until when a lead is leased by what is started or worked on now: the playbook's ``take_over``
    time."""
    return now + timedelta(minutes=book.floor.take_over_minutes)


def take(context: Context, unit: Unit, touch: Touch, *, inbound: bool) -> int:
    """Take the lead's lease for a touch that starts, and return its token.

    A call that comes in while another rep has the lead open is taken without the lease, which stays
    with that rep. Raises ``Refused`` where another rep has the lease."""
    book = context.playbook(unit.session)
    other = holder(unit.session, touch.lead_id, context.identity.id)
    if inbound and other is not None:
        return _lead(unit.session, touch.lead_id).lease_token
    lead = call_block.take_lease(
        unit, touch.lead_id, context.identity.id, lease_end(book, unit.now)
    )
    if lead is None:
        raise Refused("held_by", open_with(context, unit.session, touch.lead_id))
    return lead.lease_token


def renew(context: Context, unit: Unit, obligation: Obligation) -> None:
    """Hold the lead on: whoever dials, chooses or types is at work on it."""
    lead = _lead(unit.session, obligation.lead_id)
    if lead.lease_rep_id == obligation.rep_id and lead.lease_token == obligation.lease_token:
        lead.lease_until = lease_end(context.playbook(unit.session), unit.now)


def release(unit: Unit, obligation: Obligation) -> None:
    """Let go of the lead with the rep's last answer about it; a lease that is another's by now is
    left alone."""
    lead = _lead(unit.session, obligation.lead_id)
    with unit.session.no_autoflush:
        if call_block.others_open(unit.session, obligation):
            return
    if lead.lease_rep_id == obligation.rep_id and lead.lease_token == obligation.lease_token:
        lead.lease_rep_id, lead.lease_until = None, None


def is_late(session: Any, obligation: Obligation) -> bool:
    """Whether the lead was taken over since this was started; a call that came in is never late."""
    return (
        not obligation.inbound
        and _lead(session, obligation.lead_id).lease_token != obligation.lease_token
    )


def taken_over_by(session: Any, obligation: Obligation) -> str:
    """Who has the lead instead, in words; empty where nobody has."""
    if not is_late(session, obligation):
        return ""
    lead = _lead(session, obligation.lead_id)
    owner = (
        session.get(Rep, lead.owner_id)
        if lead.owner_id and lead.owner_id != obligation.rep_id
        else None
    )
    return f"{owner.name if owner else 'a supervisor'} has taken {lead.full_name} over"


def holder(session: Any, lead_id: int, besides: int) -> Rep | None:
    """Who has the lead open, if anybody but ``besides`` has."""
    lead: Lead | None = session.get(Lead, lead_id)
    if lead is None or lead.lease_rep_id in {None, besides}:
        return None
    found: Rep | None = session.get(Rep, lead.lease_rep_id)
    return found


def open_with(context: Context, session: Any, lead_id: int, besides: int | None = None) -> str:
    """Why a lead cannot be had: who has it open, and from when on it can be taken over."""
    lead, rep = (
        _lead(session, lead_id),
        holder(session, lead_id, context.identity.id if besides is None else besides),
    )
    may = context.identity.role in context.playbook(session).floor.take_over_by
    who = "you" if may else "a supervisor"
    until = (
        f"{who} can take it over {_from(context, lead.lease_until)}"
        if lead.lease_until
        else "take the next one"
    )
    return f"{rep.name if rep else 'another rep'} has this lead open; {until}"


def _from(context: Context, until: datetime) -> str:
    return (
        "now"
        if until <= context.now()
        else f"from {said_at(until, str(context.zone), context.now())}"
    )


def _lead(session: Any, lead_id: int) -> Lead:
    lead: Lead | None = session.get(Lead, lead_id)
    if lead is None:
        raise LookupError(f"lead {lead_id}")
    return lead
