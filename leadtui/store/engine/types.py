"""Column types that both engines store alike: time as microseconds since the epoch, JSON as sorted
text."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from leadtui.store.engine.micros import EPOCH, MICROSECOND, from_micros, to_micros

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "BigId",
    "Json",
    "UtcDateTime",
    "dump_json",
    "from_micros",
    "instant",
    "to_micros",
]

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""An id: 64 bits; on SQLite it must be spelled INTEGER to be the rowid."""


def dump_json(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, non-ASCII as it is."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def instant(stored: int) -> datetime:
    """The aware instant of what a cell holds. Raises ``ValueError`` where there is none."""
    try:
        return from_micros(stored)
    except OverflowError as error:  # else it were taken for a number that somebody asked for
        raise ValueError(f"{stored} microseconds are beyond every calendar") from error


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, kept as BIGINT microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive time: it would be a different instant on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time reached the store: {value!r}")
        return to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Micros back to an aware instant."""
        return None if value is None else instant(value)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write canonical JSON."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)
