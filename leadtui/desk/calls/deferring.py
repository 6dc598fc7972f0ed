"""Putting a touch off: with a reason, not too often, not too far."""

from __future__ import annotations

from datetime import datetime, timedelta

from leadtui.desk.answers.marking import idle
from leadtui.desk.calls.starting import Starting
from leadtui.desk.planning.planning import Planning
from leadtui.errors import Refused
from leadtui.store import leads, lifecycle
from leadtui.store.engine.tables import Touch
from leadtui.store.engine.vocabulary import Code, Event

LONGEST_DEFERRAL = timedelta(days=31)
"""Two deferrals of years would be a way to drop a lead."""


def defer(starting: Starting, touch_id: int, to: datetime, reason: str) -> tuple[Touch, bool]:
    """Put a touch off, with a reason: the touch, and whether it moved. The third time the
    supervisor is asked instead.

    Raises ``Refused`` for a touch that is not the rep's or not open, an unknown reason, a time past
    or too far, and (code ``asked``) while the supervisor has not answered."""
    context, now = starting.context, starting.context.now()
    with context.write(now) as unit:
        touch = starting.mine(unit.session, touch_id)
        book = context.playbook(unit.session)
        if reason not in {known.code for known in book.reasons_of("defer")}:
            codes = ", ".join(known.code for known in book.reasons_of("defer"))
            raise Refused("reason", f"a deferral needs a reason: {codes}")
        if to > now + LONGEST_DEFERRAL:
            raise Refused(
                "when",
                (
                    f"a touch can be put off by {LONGEST_DEFERRAL.days} days at most; name a "
                    "nearer time"
                ),
            )
        if to <= now:
            raise Refused("when", "a touch can only be put off to a time to come")
        planning = Planning(context, unit)
        if touch.deferrals >= book.floor.max_deferrals:
            if lifecycle.is_asked(unit.session, "third_deferral", touch_id):
                raise Refused(
                    "asked",
                    (
                        "your supervisor has been asked about this one already; it stays due "
                        "until they answer"
                    ),
                )
            _to_supervisor(planning, touch, reason)
            return touch, False
        rank = starting.queueing.rank(unit.session, touch_id, now)
        touch.deferrals += 1
        touch.callback_moves += touch.promised
        touch.due, touch.due_bm = to, planning.business.minutes_at(to)
        touch.due_before = None
        unit.log(
            Event.TOUCH_DEFERRED,
            subjects={"lead": touch.lead_id, "touch": touch.id},
            after={"due": to.isoformat(), "touch": "open"},
            codes={
                Code.REASON: reason,
                Code.DEFERRALS: touch.deferrals,
                Code.PROMISED: touch.promised,
                Code.RANK: rank,
                Code.IDLE: idle(planning, touch.lead_id),
                Code.OFFERED: int(rank is not None and rank <= book.floor.out_of_turn_after),
            },
        )
        leads.add_event(unit, touch.lead_id, "deferred", code=reason, touch_id=touch_id)
        planning.settle(planning.sheet(touch.lead_id))
    return touch, True


def _to_supervisor(planning: Planning, touch: Touch, reason: str) -> None:
    unit = planning.unit
    unit.log(
        Event.TOUCH_DEFERRAL_ASKED,
        subjects={"lead": touch.lead_id, "touch": touch.id},
        codes={Code.REASON: reason, Code.DEFERRALS: touch.deferrals},
    )
    planning.put_before(
        "third_deferral", touch.lead_id, touch_id=touch.id, rep_id=touch.rep_id, reason=reason
    )
