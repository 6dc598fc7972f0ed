"""Leads and responses that come one at a time: added by hand, or another inquiry by somebody
already known."""

from __future__ import annotations

from datetime import datetime

from leadtui.desk.core.context import Context
from leadtui.desk.core.lead_views import sheet_of
from leadtui.desk.intake.admitting import admit
from leadtui.errors import WrongUse
from leadtui.store import leads
from leadtui.store.engine.tables import Response
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import fold


def respond(
    context: Context,
    lead_id: int,
    offer: str,
    *,
    source: str = "",
    event: str = "",
    at: datetime | None = None,
) -> int:
    """A lead that is known accepts another offer; a stronger one than what runs takes its place.
    Returns its id."""
    with context.write() as unit:
        sheet_of(unit.session, lead_id)
        return respond_in(context, unit, lead_id, offer, source=source, event=event, at=at)


def respond_in(
    context: Context,
    unit: Unit,
    lead_id: int,
    offer: str,
    *,
    source: str = "",
    event: str = "",
    at: datetime | None = None,
) -> int:
    """The same inside the caller's transaction."""
    offers = context.playbook(unit.session).offers
    if offer not in offers:
        raise WrongUse(f"--offer {offer!r} is unknown; the playbook has {', '.join(offers)}")
    response = Response(
        lead_id=lead_id,
        offer=offer,
        source=source,
        source_key=fold(source),
        event=event,
        event_key=fold(event),
        inquiry_at=at or unit.now,
        recorded_at=unit.now,
    )
    unit.session.add(response)
    unit.session.flush()
    leads.add_event(unit, lead_id, "response", code=offer, note=event)
    admit(context, unit, [(lead_id, int(response.id or 0))])
    unit.log(
        Event.RESPONSE_ADDED,
        subjects={"lead": lead_id, "response": response.id},
        codes={Code.OFFER: offer},
    )
    return int(response.id or 0)
