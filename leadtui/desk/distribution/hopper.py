"""The hopper: leads that are nobody's, each with its deadline, and how a rep takes one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.cadence.calendar import BusinessClock
from leadtui.desk.core import leases
from leadtui.desk.core.door import Door
from leadtui.desk.core.facts import sheet_of
from leadtui.desk.distribution.assigning import Assigned, give
from leadtui.desk.distribution.eligibility import full, refusal
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import hopper
from leadtui.store.engine.tables import Rep
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Event

WITHIN = 480
"""Business minutes in which somebody takes a lead for whom no response time was agreed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A lead in the hopper: since when it is nobody's, by when somebody must have it, and why."""

    lead_id: int
    name: str
    company: str
    since: datetime
    deadline: datetime
    why: str


class Hopper(Door):
    """The leads that are nobody's, for every rep and supervisor."""

    def count(self) -> int:
        """How many leads wait."""
        with self.context.store.read() as session:
            return hopper.count(session)

    def places(self, limit: int | None = None) -> tuple[Place, ...]:
        """Who waits, the hottest first."""
        with self.context.store.read() as session:
            business = self.context.business_clock(self.context.playbook(session))
            first_rep = hopper.first_rep_at(session)
            return tuple(_place(row, first_rep, business) for row in hopper.places(session, limit))

    def pull(self, lead_id: int | None = None) -> Assigned:
        """Make a lead of the hopper one's own: the one that is named, else the first that one may
        have.

        Raises ``Refused`` where nobody waits, for what one may not have, for whoever has as much
        as they can do today, and where somebody was faster, who is named; ``NotFound`` for a lead
        that does not exist."""
        with self.context.write() as unit:
            if lead_id is None:
                wanted = [row.id for row in hopper.places(unit.session)]
            else:
                wanted = [sheet_of(self.context, unit.session, lead_id).id]
            me = unit.session.get(Rep, self.context.identity.id)
            if me is None:
                raise LookupError(f"rep {self.context.identity.id}")
            if wanted and (crowded := full(self.context, unit.session, me, unit.now)):
                raise crowded
            refused = None
            for one in wanted:
                no = self._refusal(unit, me, one)
                if no is None:
                    return give(Planning(self.context, unit), one, me, Event.LEAD_PULLED)
                refused = refused or no
        raise refused or Refused(
            "hopper_empty", "nobody waits in the hopper; there is no lead to take"
        )

    def _refusal(self, unit: Unit, me: Rep, lead_id: int) -> Refused | None:
        lead = hopper.locked(unit.session, lead_id)
        if lead is None:
            return Refused("not_open", f"lead {lead_id} is gone; take another")
        owner = unit.session.get(Rep, lead.owner_id) if lead.owner_id else None
        if lead.status == "closed":
            return Refused("not_open", f"lead {lead_id} is closed; a new response brings it back")
        if owner is not None and owner.active:
            whose = "yours" if owner.id == me.id else f"{owner.name}'s"
            return Refused("taken", f"{lead.full_name} (lead {lead_id}) is {whose} already")
        if leases.holder(unit.session, lead_id, int(me.id or 0)) is not None:
            return Refused("held_by", leases.open_with(self.context, unit.session, lead_id))
        return refusal(me, lead, unit.now)


def _place(row: Any, first_rep: datetime | None, business: BusinessClock) -> Place:
    """A place from a row of ``store.hopper.places``. When somebody left is not kept: since then
    nothing was changed about the lead."""
    since = row.updated if row.left else row.recorded or row.created
    if row.left:
        why = "its rep left"
    elif first_rep is None or first_rep > since:
        why = "no rep yet"
    else:
        why = "no rule matched"
    deadline = row.due or business.add(since, WITHIN)
    return Place(row.id, row.name, row.company or "", since, deadline, why)
