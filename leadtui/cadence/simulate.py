"""A cadence from its start to its end for one lead, nobody ever answering, before anybody lives
through it."""

from __future__ import annotations

from datetime import datetime

from leadtui.cadence.dispositions import unanswered
from leadtui.cadence.model import EnrolmentState, LeadFacts, Planned, Playbook
from leadtui.cadence.schedule import Calendar, performed, plan_next
from leadtui.errors import NotFound


def simulate(
    playbook: Playbook, cadence_name: str, start: datetime, lead: LeadFacts, calendar: Calendar
) -> tuple[Planned, ...]:
    """Each touch that one cadence would ask for, each done when it is due and every call
    unanswered.

    ``start`` is aware. Steps that are passed over stand in ``skipped`` of the touch that follows
    them."""
    cadence = playbook.cadences.get(cadence_name)
    if cadence is None:
        raise NotFound(
            f"The playbook has no cadence {cadence_name}; it has "
            f"{', '.join(sorted(playbook.cadences))}."
        )
    nobody = unanswered(playbook.dispositions)
    other_part = nobody is not None and nobody.avoid_part
    state, now, touches = EnrolmentState(cadence_name, start), start, []
    while isinstance(planned := plan_next(cadence, state, lead, calendar, now), Planned):
        touches.append(planned)
        now = planned.due
        state = performed(cadence, state, planned, now, other_part=other_part)
    return tuple(touches)
