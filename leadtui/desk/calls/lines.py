"""Lines of the queue and the line above everything, from what the database gives; nothing heavy is
imported here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from leadtui.desk.core.views import Header, QueueRow, RepView
from leadtui.desk.core.words import channel_word
from leadtui.settings import Settings
from leadtui.store.engine.micros import from_micros

MINUTE = timedelta(minutes=1)
KIND_WORDS = {
    "callback": "callback",
    "reply": "reply",
    "data_fix": "data fix",
    "next_action": "agreed",
    "retry": "again",
    "unplanned": "own call",
    "inbound": "inbound",
}


class Place(Protocol):
    """Who works where."""

    @property
    def settings(self) -> Settings:
        """The floor's settings."""
        ...

    @property
    def identity(self) -> RepView:
        """Who works."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether this is a demo floor."""
        ...


def header_view(
    place: Place, now: datetime, calls: Sequence[int], first_touches: Sequence[int], target: int
) -> Header:
    """The line above everything, of ``(calls, contacts)`` and ``(within, all)`` first touches of
    today."""
    within, every = first_touches
    return Header(
        rep=place.identity.name,
        floor=place.settings.name,
        now=now,
        zone=place.settings.zone,
        calls=calls[0],
        calls_target=target,
        contacts=calls[1],
        sla=within / every if every else None,
        demo=place.is_demo,
    )


def queue_row(
    row: Sequence[Any], tier: int, now: datetime, now_bm: int, today: datetime
) -> QueueRow:
    """One line, of ``store.order.ROW_COLUMNS``; ``today`` is the end of the floor's day."""
    (
        touch_id,
        lead_id,
        name,
        title,
        company,
        channel,
        step,
        kind,
        due_us,
        promised,
        first,
        minutes,
        sla_due_bm,
        due_bm,
        *_,
    ) = row
    due = from_micros(due_us)
    left = used = late = None
    if due <= now:
        late = max(0, now_bm - due_bm) * MINUTE
        if first and sla_due_bm is not None:
            left = (sla_due_bm - now_bm) * MINUTE
            used = (minutes - sla_due_bm + now_bm) / minutes if minutes else None
    action = channel_word(channel)
    if promised:
        why = "callback" if channel == "call" else action
    elif kind in KIND_WORDS:
        why = KIND_WORDS[kind]
    elif first and due <= today:
        why = "new"
    elif due < now:
        why = "overdue"
    else:
        why = "today" if due <= today else "later"
    # By place: sixty times a page, names would cost as much as the words.
    return QueueRow(
        touch_id,
        lead_id,
        name,
        title,
        company,
        action,
        step,
        why,
        tier,
        due,
        bool(promised),
        bool(first),
        left,
        used,
        late,
    )
