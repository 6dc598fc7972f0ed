"""The days of one log, each read once, newest first, and fed to the periods that are asked for.

A closed day never changes and is kept; the day that runs is fed what is new. So a period that was
read once is read again in no time, and a longer one needs only the days that no shorter one has
read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from leadtui.desk.figures.ledger import NOBODY, Day, kind_of
from leadtui.desk.figures.periods import Period
from leadtui.desk.figures.spans import Span
from leadtui.desk.log.reading import Body, number, read
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Event

PAGE = 2_000

AROUND = 50
"""An entry whose instant is known is looked for among so many."""


class Ledgers:
    """The days of one log, each read once, and the periods that were asked for."""

    def __init__(self, rows: Rows, start_of_day: Callable[[datetime], datetime]) -> None:
        self.rows = rows
        self._start_of_day = start_of_day
        self._closed: dict[int, tuple[int, int, Day]] = {}
        """Start of the day -> the entry before its first, its last, and the day."""
        self._live: Day | None = None
        self._spans: dict[tuple[int, int | None], Span] = {}
        self._taken_back: set[int] = set()
        """Answers that do not stand, as far as entries were read that say so."""

    def read(self, period: Period, now: datetime, budget: int | None = None) -> Span:
        """The period's span with what is new; of older entries at most about ``budget`` more
        (``None``: all)."""
        today = to_micros(self._start_of_day(now))
        self._follow(today)
        start = to_micros(period.since) if period.since else 0
        end = to_micros(period.until) if period.until else None
        span = self._spans.get((start, end))
        if span is None:
            span = self._spans[start, end] = Span(start, end)
            span.upper = span.top = queries.seq_before(self.rows, min(end or today, today))
            span.lower = min(queries.seq_before(self.rows, start), span.upper) if start else 0
            self._taken_back |= self._since(span.top, today)
        if end is None and self._live is not None and start <= self._live.start:
            span.live = self._live
        while not span.complete and (budget is None or budget > 0):
            before, day = self._day_of(span.upper)
            if budget is not None:
                budget -= span.upper - before
            span.absorb(day)
            span.upper = before
        return span

    @property
    def erasures(self) -> int:
        """How many persons were erased in what was read; whoever keeps texts forgets them when it
        grows."""
        return sum(day.erasures for _, _, day in self._closed.values()) + (
            self._live.erasures if self._live else 0
        )

    def _follow(self, today: int) -> None:
        """Read what is new today; at midnight today becomes a closed day like others."""
        if self._live is None or self._live.start != today:
            self._live = self._fed(today, queries.seq_before(self.rows, today), None)
            self._spans.clear()
            return
        before = self._live.last_seq
        self._feed(self._live, None)
        if self._live.last_seq > before and self._forget(self._live):
            self._live = self._fed(today, queries.seq_before(self.rows, today), None)

    def _fed(self, start: int, before: int, last: int | None) -> Day:
        """A day with its entries; read once more where some of them take others back."""
        day = Day(start, self._began_earlier, self._taken_back)
        day.last_seq = before
        self._feed(day, last)
        return self._fed(start, before, last) if self._forget(day) else day

    def _forget(self, day: Day) -> bool:
        """Whether a day takes answers back that were counted so far; what counted them is read
        anew."""
        found = day.taken_back - self._taken_back
        self._taken_back |= found
        for seq in found:
            self._closed = {
                start: known
                for start, known in self._closed.items()
                if not known[0] < seq <= known[1]
            }
            self._spans = {
                key: span for key, span in self._spans.items() if not span.upper < seq <= span.top
            }
        return bool(found)

    def _since(self, seq: int, today: int) -> set[int]:
        """Answers that were taken back behind a period that is over, before today."""
        if not (last := queries.seq_before(self.rows, today)) > seq:
            return set()
        found = map(read, queries.taken_back(self.rows, seq, last))
        named = (number(said.subjects.entry) for said in found if said and said.subjects)
        return {entry for entry in named if entry is not None}

    def _feed(self, day: Day, last: int | None) -> None:
        """Give a day its entries up to ``last`` (``None``: all that there are), a page at a
        time."""
        while page := queries.after(self.rows, day.last_seq, PAGE):
            for raw in page:
                if last is not None and raw[0] > last:
                    return
                day.add(raw)

    def _day_of(self, upper: int) -> tuple[int, Day]:
        """The day of an entry, and the entry before that day's first."""
        start = to_micros(self._start_of_day(from_micros(queries.time_of(self.rows, upper))))
        known = self._closed.get(start)
        if known is not None and known[1] == upper:
            return known[0], known[2]
        before = min(queries.seq_before(self.rows, start), upper - 1)
        day = self._fed(start, before, upper)
        self._closed[start] = (before, upper, day)
        return before, day

    def begun(self, obligation: int, at: int) -> tuple[int, str]:
        """The entry that started an obligation at an instant, and the kind of its touch; ``(0,
        "")`` for none."""
        for raw, said in self._around(at):
            if (
                said.event == Event.TOUCH_STARTED
                and said.subjects
                and said.subjects.obligation == obligation
            ):
                return raw[0], kind_of(said.codes) if said.codes else ""
        return 0, ""

    def dial(self, attempt: int, at: int) -> int:
        """The entry of a dial at an instant, 0 for none."""
        for raw, said in self._around(at):
            if (
                said.event == Event.CALL_DIALED
                and said.subjects
                and said.subjects.attempt == attempt
            ):
                return int(raw[0])
        return 0

    def confirmation(self, attempt: int, at: int) -> int:
        """The entry that confirmed an attempt on the day of an instant, 0 where that day was not
        read."""
        start = to_micros(self._start_of_day(from_micros(at)))
        if self._live is not None and self._live.start == start:
            return self._live.confirmed.get(attempt, 0)
        known = self._closed.get(start)
        return known[2].confirmed.get(attempt, 0) if known else 0

    def actors(self, seqs: Sequence[int]) -> list[tuple[int, int]]:
        """``(rep, entry)`` of these entries."""
        found = []
        for raw in queries.by_seqs(self.rows, seqs):
            said = read(raw)
            found.append(
                (
                    said.actor if said is not None and type(said.actor) is int else NOBODY,
                    int(raw[0]),
                )
            )
        return found

    def _began_earlier(self, obligation: int, started: int) -> str:
        return self.begun(obligation, started)[1]

    def _around(self, at: int) -> Iterator[tuple[Any, Body]]:
        """The first entries from an instant on: what was written in its transaction is among
        them."""
        for raw in queries.after(self.rows, queries.seq_before(self.rows, at), AROUND):
            said = read(raw)
            if said is not None:
                yield raw, said
