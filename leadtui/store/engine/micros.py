"""Instants as both engines store them: microseconds since the epoch. Light, since the first page is
read with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Microseconds since the epoch of an aware instant; exact, unlike ``timestamp()``."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of microseconds since the epoch."""
    return EPOCH + micros * MICROSECOND
