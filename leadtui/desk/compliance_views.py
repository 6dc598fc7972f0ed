"""What the supervisor's read-only view is shown: frozen read models over the log; every figure names its entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from leadtui.store.log import Verification

__all__ = [
    "FIGURES", "PERIODS", "Board", "EntryView", "ExceptionLine", "Figure", "FirstTouch", "OverdueLine", "RepLine",
    "Verification",
]  # fmt: skip

PERIODS = ("today", "7 days", "30 days", "all")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the view: the value, of how many, and the log entries behind it.

    ``total`` is the denominator of a share, ``None`` for a count; ``value`` is ``None`` where it cannot be known
    (calls without a record, before any records were imported).
    """

    value: int | None
    total: int | None = None
    seqs: tuple[int, ...] = ()

    @property
    def share(self) -> float | None:
        """The share, 0..1; ``None`` for a count, or of nothing."""
        return self.value / self.total if self.total and self.value is not None else None

    @property
    def shown(self) -> str:
        """``92 %`` for a share, the number for a count, ``–`` for what is not known."""
        if self.value is None or (self.total is not None and not self.total):
            return "–"
        return f"{round(100 * self.value / self.total)} %" if self.total is not None else f"{self.value:,}"


FIGURES = ("due", "done", "on time", "SLA", "defer", "no", "no record", "unanswered")
"""The columns of the table of reps."""


@dataclass(frozen=True, slots=True)
class RepLine:
    """One rep in the period."""

    rep_id: int
    name: str
    team: str
    figures: tuple[Figure, ...]
    """In the order of ``FIGURES``."""
    more: tuple[tuple[str, Figure], ...] = ()
    """Rates that stand beside the table: wrong number, unqualified, not dialed, adherence, seconds to answer …"""


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """Something a supervisor should look at first, with the entries behind it."""

    kind: str
    rep_id: int | None
    rep: str
    words: str
    seqs: tuple[int, ...]
    weight: int
    """Higher stands first."""
    lead_id: int | None = None


@dataclass(frozen=True, slots=True)
class OverdueLine:
    """An open touch past its time."""

    touch_id: int
    rep: str
    lead_id: int
    lead: str
    words: str
    due: datetime
    promised: bool


@dataclass(frozen=True, slots=True)
class FirstTouch:
    """From inquiry to first attempt, in the period; minutes. ``spread`` counts under 5 min, 15, 60, 4 h, longer."""

    count: int
    median: float | None
    p90: float | None
    spread: tuple[int, ...]
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the view but the feed, as of entry ``last_seq``."""

    period: str
    since: datetime | None
    now: datetime
    last_seq: int
    exceptions: tuple[ExceptionLine, ...]
    reps: tuple[RepLine, ...]
    overdue: tuple[int, int, int]
    """Under one day, one to three, over three."""
    first_touch: FirstTouch


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry whole."""

    seq: int
    at: datetime
    recorded_by: str
    event: str
    who: str
    words: str
    lead_id: int | None
    body: str
    """Indented JSON."""
    private: str
    erased: bool
    private_hash: str
    hash: str
    corrections: tuple[int, ...] = field(default=())
    """Later entries that correct this one."""
