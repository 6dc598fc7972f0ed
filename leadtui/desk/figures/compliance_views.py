"""What the supervisor's read-only view is shown: frozen read models over the log; every figure
names its entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from leadtui.desk.figures.periods import PERIODS, Period
from leadtui.store.engine.entries import Verification

__all__ = [
    "FIGURES",
    "PERIODS",
    "Board",
    "DayLine",
    "EntryView",
    "ExceptionLine",
    "Figure",
    "FirstTouch",
    "Measure",
    "OverdueLine",
    "Period",
    "RepLine",
    "Table",
    "Verification",
    "Whose",
]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose figures: everybody's, a team's, or one rep's."""

    name: str = "everybody"
    team: str = ""
    rep_id: int | None = None


EVERYBODY = Whose()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the view: the value, of how many, and the newest log entries behind it.

    ``total`` is the denominator of a share, ``None`` for a count; ``value`` is ``None`` where it
    cannot be known (calls without a record, before any records were imported). ``unit`` is ``s`` or
    ``min`` for a length of time, a currency for money in minor units, and ``of`` then says of how
    many it is one. ``opens`` says which
    entries stand behind it where they are not all."""

    value: float | None
    total: int | None = None
    seqs: tuple[int, ...] = ()
    unit: str = ""
    of: int | None = None
    opens: str = ""

    @property
    def share(self) -> float | None:
        """The share, 0..1; ``None`` for a count, or of nothing."""
        return self.value / self.total if self.total and self.value is not None else None

    @property
    def shown(self) -> str:
        """``92 %`` for a share, the number for a count, ``–`` for what is not known.

        A share that is neither none nor all is never rounded to 0 or 100.
        """
        if self.value is None or (self.total is not None and not self.total):
            return "–"
        if self.total is not None:
            percent = round(100 * self.value / self.total)
            if percent == 100 and self.value < self.total:
                percent = 99
            return "< 1 %" if percent == 0 and self.value else f"{percent} %"
        if self.unit.isupper():
            return f"{self.unit} {self.value / 100:,.2f}"
        return _length(self.value, self.unit) if self.unit else f"{self.value:,}"

    @property
    def n(self) -> int | None:
        """Of how many it speaks: the denominator, or how many lengths; ``None`` for a plain
        count."""
        return self.total if self.total is not None else self.of


def _length(value: float, unit: str) -> str:
    """A length in the largest unit that it fills twice."""
    if unit == "s":
        return f"{value:,.1f} s" if value < 120 else _length(value / 60, "min")
    return (
        f"{value:,.0f} min"
        if value < 120
        else f"{value / 60:,.1f} h"
        if value < 2880
        else f"{value / 1440:,.1f} d"
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its name: what it is called, how it is counted, and where it stands.

    ``part`` is a code (a reason, a rule, an outcome) where the figure is one part of the one above
    it. ``opens`` is ``overdue`` and an age (0, 1, 2) where a list of open touches stands behind it
    instead of entries."""

    key: str
    group: str
    name: str
    formula: str
    figure: Figure
    part: bool = False
    opens: str = ""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the floor: what was done, and of what was due, how much on time."""

    day: date
    done: int
    timely: int
    late: int


@dataclass(frozen=True, slots=True)
class Table:
    """Every figure of a period, of everybody, of each team and of each rep."""

    period: Period
    whose: Whose
    now: datetime
    last_seq: int
    measures: tuple[Measure, ...]
    columns: tuple[tuple[Whose, tuple[Figure, ...]], ...]
    """Teams, then reps; each figure in the order of ``measures``."""
    days: tuple[DayLine, ...]
    read_from: datetime | None = None
    """Where older entries were not read yet: how far back it goes."""
    share: float = 1.0
    """How much of the period was read, 0..1."""


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
    count: int = 0
    """How many entries there are; ``seqs`` are the newest of them."""
    of: str = ""
    """What distinguishes it from others of its kind: a reason."""
    part: Figure | None = None
    """Of a pattern: how many of the rep's entries it is …"""
    peers: Figure | None = None
    """… and of everybody else's."""

    @property
    def key(self) -> str:
        """The same line a moment later, whatever has been added to it."""
        return f"{self.rep_id}.{self.kind}.{self.lead_id}.{self.of}"


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
    """From inquiry to first attempt, in the period; minutes. ``spread`` counts under 5 min, 15, 60,
    4 h, longer."""

    count: int
    median: float | None
    p90: float | None
    spread: tuple[int, ...]
    seqs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the view but the feed, as of entry ``last_seq``."""

    period: Period
    whose: Whose
    now: datetime
    last_seq: int
    exceptions: tuple[ExceptionLine, ...]
    reps: tuple[RepLine, ...]
    overdue: tuple[int, int, int]
    """Under one day, one to three, over three."""
    first_touch: FirstTouch
    total: tuple[Figure, ...] = ()
    """Everybody's who is asked for, in the order of ``FIGURES``."""
    read_from: datetime | None = None
    """Where older entries were not read yet: how far back it goes."""
    share: float = 1.0
    """How much of the period was read, 0..1."""


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
