"""What is said beside a file of leads, and what its import came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from leadtui.desk.intake.files.sides import Doubt
from leadtui.errors import LeadtuiError
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
    mapping: tuple[tuple[str, str], ...] = ()
    """Our field and their header; several headers may be one field."""
    country: str = ""
    """Of numbers and states where the file names none (ISO 3166); empty is the floor's."""
    dates: str = ""
    encoding: str = ""
    dry_run: bool = False
    rejects: Path | None = None
    name: str = ""
    """The file's name where it comes as bytes."""
    decided: tuple[tuple[int, int], ...] = ()
    """Near duplicates decided beforehand: the row's line, and ``sides.NEW`` or the number of whom
    it is (``sides.number``). What is not so any more waits for a decision all the same."""
    foresee: bool = False
    """Whether a dry run also plans some first touches and puts near duplicates side by side."""
    own: str = ""
    """Of somebody typed in: whose number or address of the floor's own it is."""

    def about_columns(self) -> tuple[str, ...]:
        """What is said of columns and numbers, in an order of its own."""
        maps = tuple("=".join(pair) for pair in sorted(self.mapping))
        return (*maps, self.country) if self.country else maps

    def taught(self, columns: Sequence[str]) -> dict[str, Any]:
        """What the next file of the same maker is read by."""
        said = {
            "mapping": [list(pair) for pair in self.mapping],
            "country": self.country,
            "dates": self.dates,
            "event_zone": self.event_zone,
            "source": self.source,
            "event": self.event,
            "offer": self.offer,
        }
        return {"columns": list(columns), "said": said}

    def fingerprint(self) -> str:
        """What is the same in two imports that cannot differ where their file is the same."""
        maps = sorted(self.mapping)
        said = (self.offer, self.source, self.event, self.event_zone, maps, self.dates)
        return repr((*said, self.country) if self.country else said)


class HalfIn(LeadtuiError):
    """An import ended before its file was in whole; what was brought in until then is one batch,
    which goes on with the same file and which one undo takes back."""

    def __init__(self, message: str, batch: int) -> None:
        super().__init__(message)
        self.batch = batch


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
    beside: tuple[str, ...] = ()
    """What was said of the columns beside the file: the same row says more or less by it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row came to (one of ``KINDS``), its lead where there is one, and by what evidence it
    was told apart or joined."""

    line: int
    came_to: str
    lead: int | None
    why: str


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
    columns: tuple[tuple[str, str], ...] = ()
    """Each column of the file and the field it became, empty for none."""
    outcomes: tuple[Outcome, ...] = ()
    """Of the rows that are not rejected; none where the same file was in already."""
    doubts: tuple[Doubt, ...] = ()
    firsts: tuple[tuple[str, int], ...] = ()
    """Only where they were to be foreseen: rows that wait for a decision; and of the responses
    that were planned how many begin on which channel."""

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        reasons = [
            {"line": one.line, "field": one.field, "value": one.value, "reason": one.reason}
            for one in self.reasons
        ]
        counts = {name: getattr(self, name) for name in ("batch", "rows", *KINDS)}
        columns = [{"column": column, "field": field} for column, field in self.columns]
        return {
            **counts,
            "warnings": list(self.warnings),
            "reasons": reasons,
            "columns": columns,
            "outcomes": [asdict(one) for one in self.outcomes],
        }
