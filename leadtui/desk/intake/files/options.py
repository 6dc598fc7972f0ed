"""What is said beside a file of leads, and what its import came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from leadtui.sheets.incoming import Rejection

KINDS = ("new", "updated", "merged", "unchanged", "review", "rejected")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is said beside the file. ``offer`` is one of the playbook's; ``cost_minor`` is the whole
    batch's."""

    offer: str = "trade-show"
    source: str = ""
    event: str = ""
    event_zone: str = ""
    cost_minor: int | None = None
    currency: str = "USD"
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Our field -> their header."""
    dates: str = ""
    encoding: str = ""
    dry_run: bool = False
    rejects: Path | None = None
    name: str = ""
    """The file's name where it comes as bytes."""


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What the file itself does not say: the floor's country and currency, the event's zone, the
    order of dates."""

    country: str
    zone: tzinfo
    now: datetime
    zone_given: bool = True
    dates: str = ""
    currency: str = "USD"
    source: str = ""
    event: str = ""
    offer: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to; each row is counted once: ``rows`` is the sum of the six kinds."""

    rows: int
    new: int = 0
    updated: int = 0
    merged: int = 0
    """Joined to an earlier row of the same file."""
    unchanged: int = 0
    review: int = 0
    rejected: int = 0
    batch: int | None = None
    """``None`` for a dry run, and where nothing changed."""
    warnings: tuple[str, ...] = ()
    reasons: tuple[Rejection, ...] = ()
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        reasons = [
            {"line": one.line, "field": one.field, "value": one.value, "reason": one.reason}
            for one in self.reasons
        ]
        counts = {name: getattr(self, name) for name in ("batch", "rows", *KINDS)}
        return {**counts, "warnings": list(self.warnings), "reasons": reasons}
