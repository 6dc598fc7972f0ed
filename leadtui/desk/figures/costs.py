"""What leads cost: per lead and per qualified lead, by offer, source or batch, each currency by
itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.desk.figures.periods import Period
from leadtui.errors import WrongUse
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import to_micros

BY = ("offer", "source", "batch")
UNKNOWN = "none given"


@dataclass(frozen=True, slots=True)
class CostLine:
    """What the responses of one offer, source or batch cost in one currency; ``currency`` is empty
    for those whose cost nobody said."""

    key: str
    name: str
    currency: str
    responses: int
    leads: int
    """People: who has come in twice is one."""
    qualified: int
    """Those of them who became an opportunity since."""
    cost_minor: int | None
    wasted_minor: int | None
    """The cost of the responses that nothing was done about."""

    @property
    def per_lead(self) -> int | None:
        """Minor units for a lead."""
        return self._per(self.leads)

    @property
    def per_qualified(self) -> int | None:
        """Minor units for a qualified lead; none where there is none."""
        return self._per(self.qualified)

    def _per(self, people: int) -> int | None:
        return None if self.cost_minor is None or not people else round(self.cost_minor / people)


@dataclass(frozen=True, slots=True)
class Costs:
    """A report: its lines, and a line a currency for all of them; ``n`` is the responses."""

    by: str
    period: Period
    lines: tuple[CostLine, ...]
    totals: tuple[CostLine, ...]
    n: int


def costs_of(rows: Rows, by: str, period: Period, now: datetime) -> Costs:
    """What the inquiries of a period cost. Raises ``WrongUse`` for what costs are not told apart
    by."""
    if by not in BY:
        raise WrongUse(f"--by {by!r} is unknown; write {', '.join(BY)}")
    lines = tuple(_lines(queries.costs(rows, by, *_span(period, now))))
    totals = totals_of(rows, period, now)
    return Costs(by, period, lines, totals, sum(line.responses for line in totals))


def totals_of(rows: Rows, period: Period, now: datetime) -> tuple[CostLine, ...]:
    """The same of all, a line a currency: money of two currencies is never added up."""
    return tuple(_lines(queries.costs(rows, "", *_span(period, now))))


def _span(period: Period, now: datetime) -> tuple[int, int]:
    since = to_micros(period.since) if period.since else 0
    return since, to_micros(period.until or now) + (0 if period.until else 1)


def _lines(found: Iterable[Any]) -> Iterable[CostLine]:
    for key, name, currency, responses, leads, qualified, cost, wasted in found:
        said = bool(currency)
        yield CostLine(
            key=str(key),
            name=str(name) or UNKNOWN,
            currency=str(currency),
            responses=int(responses),
            leads=int(leads),
            qualified=int(qualified),
            cost_minor=int(cost) if said else None,
            wasted_minor=int(wasted) if said else None,
        )
