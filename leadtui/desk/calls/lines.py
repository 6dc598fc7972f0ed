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
    ) = row[:14]
    due = from_micros(due_us)
    left = used = late = None
    if due <= now:
        late = timedelta(minutes=max(0, now_bm - due_bm))
        if first and sla_due_bm is not None:
            left = timedelta(minutes=sla_due_bm - now_bm)
            used = (minutes - sla_due_bm + now_bm) / minutes if minutes else None
    return QueueRow(
        touch_id,
        lead_id,
        name,
        title,
        company,
        action=channel_word(channel),
        step=step,
        why=_promise(channel) if promised else _why(kind, due, now, today, first=bool(first)),
        tier=tier,
        due=due,
        promised=bool(promised),
        first=bool(first),
        sla_left=left,
        sla_used=used,
        late=late,
    )


def _promise(channel: str) -> str:
    return "callback" if channel == "call" else channel_word(channel)


def _why(kind: str, due: datetime, now: datetime, today: datetime, *, first: bool) -> str:
    if kind in KIND_WORDS:
        return KIND_WORDS[kind]
    if first and due <= today:
        return "new"
    if due < now:
        return "overdue"
    return "today" if due <= today else "later"
