"""A change of the process that must be read before the next call, unless something cannot wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leadtui.cadence.ranking import tier_of
from leadtui.desk.calls.queueing import Queueing, rank_facts
from leadtui.desk.core.context import Context
from leadtui.errors import Refused
from leadtui.store import notices as rows
from leadtui.store import queue
from leadtui.store.engine.tables import Touch

URGENT = 1
"""The last tier for which a notice can wait: promised callbacks and first touches within the
hour."""


def refuse_unread(context: Context, queueing: Queueing, session: Any, now: datetime) -> None:
    """Refuse a start while the rep has a notice to read that cannot wait. Raises ``Refused`` with
    code ``notice``."""
    waiting = rows.unread(session, context.identity.id)
    if not waiting:
        return
    allowed = timedelta(
        minutes=float(context.playbook(session).floor.popups.get("notice_wait_minutes", 60))
    )
    if now < waiting[0].published_at + allowed and _pressing(queueing, session, now):
        return
    notice = waiting[0]
    raise Refused(
        "notice",
        (
            f"the process has changed: read notice {notice.id} first ({notice.title}), with "
            "'leadtui notice ack "
            f"{notice.id}'"
        ),
    )


def _pressing(queueing: Queueing, session: Any, now: datetime) -> bool:
    """Whether something that cannot wait is due: the first of the queue tells."""
    moment = queueing.moment(session, now)
    first = next(iter(queue.due(session, moment, 1)), None)
    touch = session.get(Touch, first) if first is not None else None
    return (
        touch is not None
        and touch.due <= now + timedelta(minutes=5)
        and tier_of(rank_facts(touch, moment), now) <= URGENT
    )
