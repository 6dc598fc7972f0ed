"""Instants as both engines store them: microseconds since the epoch. Light, since the first page is
read with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
"""The last instant that has a date; a file may hold a larger number."""


def to_micros(at: datetime) -> int:
    """Microseconds since the epoch of an aware instant; exact, unlike ``timestamp()``."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of microseconds since the epoch."""
    return EPOCH + micros * MICROSECOND


def dated(stored: Any) -> datetime | None:
    """The instant that a cell of a file holds that anybody may have edited; ``None`` for none."""
    return from_micros(stored) if type(stored) is int and 0 <= stored <= LATEST else None
