"""The ground on which planning and the front of a lead stand: context, transaction, playbook,
business time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from leadtui.cadence.calendar import BusinessClock
from leadtui.cadence.model import Cadence, Playbook
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, sheet_of
from leadtui.store.engine.tables import Enrolment, Matter, Rep
from leadtui.store.engine.unit_of_work import Unit

DAY = 480
"""Business minutes of a day."""


@dataclass
class Ground:
    """What planning and the front of a lead both rest on, within one transaction."""

    context: Context
    unit: Unit

    @cached_property
    def book(self) -> Playbook:
        """The running playbook."""
        return self.context.playbook(self.unit.session)

    @cached_property
    def business(self) -> BusinessClock:
        """The floor's business time."""
        return self.context.business_clock(self.book)

    def sheet(self, lead_id: int) -> LeadSheet:
        """A lead with what belongs to it, or ``NotFound``."""
        return sheet_of(self.context, self.unit.session, lead_id)

    def cadence_of(self, enrolment: Enrolment) -> Cadence:
        """The cadence of an enrolment, in the version under which it runs."""
        return self.context.playbook(self.unit.session, enrolment.playbook_hash).cadences[
            enrolment.cadence
        ]

    def rep_of(self, sheet: LeadSheet) -> Rep | None:
        """The rep who owns a lead."""
        return self.unit.session.get(Rep, sheet.lead.owner_id) if sheet.lead.owner_id else None

    def put_before(
        self,
        kind: str,
        lead_id: int,
        due: datetime | None = None,
        *,
        touch_id: int | None = None,
        rep_id: int | None = None,
        **data: Any,
    ) -> None:
        """Put a matter before the supervisors, to be decided within a business day unless ``due``
        says otherwise."""
        self.unit.session.add(
            Matter(
                kind=kind,
                lead_id=lead_id,
                touch_id=touch_id,
                rep_id=rep_id,
                due=due or self.business.add(self.unit.now, DAY),
                data=data,
                created_at=self.unit.now,
            )
        )


def weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5
