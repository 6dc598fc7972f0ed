"""The only place that asks what time it is, and that says an hour as its reader does."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from leadtui.errors import WrongUse


class Clock(Protocol):
    """Tells the time: aware, UTC."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


def since_boot() -> str:
    """Which start of this machine this is and how many seconds it has run since, asleep or not
    (``1f6e0a2b+86400``); empty where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        return f"{boot}+{time.clock_gettime(time.CLOCK_BOOTTIME):.0f}"
    except (OSError, AttributeError, ValueError):
        return ""


class DemoClock:
    """A demo floor's clock: starts at a given instant, runs at real speed, never behind
    ``floor``."""

    def __init__(self, start: datetime, floor: datetime | None = None) -> None:
        self._start = max(start, floor) if floor else start
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The start plus this process's running time."""
        return self._start + timedelta(seconds=time.monotonic() - self._origin)


class FixedClock:
    """A clock that moves only when told to, for simulations and tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def advance(self, **span: float) -> datetime:
        """Move on by ``timedelta(**span)`` and return the new instant."""
        self.at += timedelta(**span)
        return self.at


def parse_instant(text: str, *, where: str) -> datetime:
    """An ISO 8601 instant with an offset (``2026-11-23T15:00:00Z``) as aware UTC, or one clear
    sentence."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"{where}: {text!r} is no ISO 8601 time; write it like 2026-11-23T15:00:00Z"
        ) from None
    if instant.tzinfo is None:
        raise WrongUse(
            f"{where}: {text!r} has no time zone; end it with Z or an offset like -06:00"
        )
    return instant.astimezone(UTC)


def day_of(now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant of the local day in which ``now`` falls in ``zone``, aware."""
    local = now.astimezone(ZoneInfo(zone)).replace(fold=0)
    return (
        local.replace(hour=0, minute=0, second=0, microsecond=0),
        local.replace(hour=23, minute=59, second=59, microsecond=999999),
    )


_reader = {"twelve": False}
_HOUR = re.compile(r"\b([01]\d|2[0-3]):([0-5]\d)\b")


def say_twelve(twelve: bool) -> None:  # noqa: FBT001 - it is all that can be said
    """Whether this process says ``4:00 pm`` from now on, instead of ``16:00``."""
    _reader["twelve"] = twelve


def hour(at: datetime, *, seconds: bool = False) -> str:
    """``16:00`` or ``4:00 pm``, as the reader has it; with seconds ``16:00:07``, ``4:00:07 pm``."""
    exact = f":{at.minute:02}:{at.second:02}" if seconds else f":{at.minute:02}"
    if not _reader["twelve"]:
        return f"{at.hour:02}{exact}"
    return f"{at.hour % 12 or 12}{exact} {'am' if at.hour < 12 else 'pm'}"


def with_hours(text: str) -> str:
    """A sentence of the program in which hours stand as ``16:00``, as its reader says them."""
    return _HOUR.sub(lambda found: hour(datetime.strptime(found[0], "%H:%M")), text)  # noqa: DTZ007
