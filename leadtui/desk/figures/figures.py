"""The figures of the supervisor's view: a period of the log, and beside it what only the tables
know.

What is due now, when an inquiry came and which calls the phone system recorded is read from the
tables; who did what when comes from the log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, TypeVar

from leadtui.desk.core.context import Context
from leadtui.desk.figures.catalogue import measures
from leadtui.desk.figures.compliance_views import EVERYBODY, Board, DayLine, RepLine, Table, Whose
from leadtui.desk.figures.costs import totals_of
from leadtui.desk.figures.exceptions import exceptions, folded, open_of
from leadtui.desk.figures.ledger import KEPT, NOBODY
from leadtui.desk.figures.ledgers import Ledgers
from leadtui.desk.figures.measures import Answered, Beside, Counting, Waiting
from leadtui.desk.figures.periods import Period, period_of
from leadtui.desk.figures.spans import KEEP, Span
from leadtui.desk.log.telling import channel
from leadtui.errors import NotFound
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Code

Value = TypeVar("Value")

SHOWN = 2_000
"""So many exceptions at most."""

SLOW = 0.1
"""A look at the tables that takes longer, in seconds, is kept for ``RESTED`` times as long."""

RESTED = 20

OVERDUE_EDGES = (timedelta(days=1), timedelta(days=3))
"""Where overdue touches divide by age."""


class Figures:
    """The boards of one floor; what was counted is kept between calls."""

    def __init__(self, context: Context, rows: Rows) -> None:
        self.context = context
        self.rows = rows
        self.ledgers = Ledgers(rows, context.start_of_day)
        self._lock = threading.Lock()
        self._texts: dict[int, str] = {}
        self._erasures = 0
        self._slow: dict[Any, tuple[float, float, Any]] = {}

    def period(self, name: str) -> Period:
        """The period of that name, now. Raises ``NotFound``."""
        return period_of(name, self.context.now(), self.context.zone)

    def board(
        self, period: str = "today", whose: Whose = EVERYBODY, *, budget: int | None = None
    ) -> Board:
        """The view's figures, in one consistent look.

        With a ``budget`` about so many older entries are read more than before, and the board says
        how far back it goes (``read_from``); ask again for the rest."""
        now = self.context.now()
        found = period_of(period, now, self.context.zone)
        with self._lock:
            # A long period is read in pages first: a reader held for seconds would let the WAL
            # grow.
            self.ledgers.read(found, now, budget)
            with self.rows.snapshot():
                span = self.ledgers.read(found, now, 0)
                people = self._people(whose)
                beside = self._beside(span, found, now)
                return self._board(found, whose, now, span, people, beside)

    def table(
        self, period: str = "today", whose: Whose = EVERYBODY, *, budget: int | None = None
    ) -> Table:
        """Every figure by name: of those asked for, and of each of their teams and reps."""
        now = self.context.now()
        found = period_of(period, now, self.context.zone)
        with self._lock:
            self.ledgers.read(found, now, budget)
            with self.rows.snapshot():
                span = self.ledgers.read(found, now, 0)
                people = self._people(whose)
                beside = self._beside(span, found, now)
            ids = self._ids(people, whose)
            rows = measures(Counting(span, beside, ids))
            return Table(
                period=found,
                whose=whose,
                now=now,
                last_seq=span.last_seq,
                measures=rows,
                columns=tuple(
                    (
                        each,
                        tuple(one.figure for one in measures(Counting(span, beside, their), rows)),
                    )
                    for each, their in self._parts(people, span, beside)
                ),
                days=self._days(span, ids),
                read_from=span.read_from,
                share=span.share,
            )

    def start_of(self, obligation: int, at: int) -> int:
        """The entry that started an obligation at an instant (microseconds), 0 for none."""
        return self.ledgers.begun(obligation, at)[0]

    # -- who ---------------------------------------------------------------------------------------

    def _people(self, whose: Whose) -> list[Any]:
        people = queries.people(self.rows)
        if whose.rep_id is not None:
            return [row for row in people if row[0] == whose.rep_id]
        if whose.team and not any(row[2] == whose.team for row in people):
            teams = ", ".join(sorted({row[2] for row in people if row[2]})) or "none"
            raise NotFound(f"there is no team {whose.team!r}; the floor's teams: {teams}")
        return [row for row in people if not whose.team or row[2] == whose.team]

    def _ids(self, people: Sequence[Any], whose: Whose) -> tuple[int, ...]:
        ids = tuple(row[0] for row in people)
        return ids if whose.team or whose.rep_id is not None else (*ids, NOBODY)

    def _parts(
        self, people: Sequence[Any], span: Span, beside: Beside
    ) -> list[tuple[Whose, tuple[int, ...]]]:
        """Teams, where there is more than one, then those who sell or did something."""
        teams: dict[str, list[int]] = {}
        for row in people:
            teams.setdefault(row[2], []).append(row[0])
        found = (
            [(Whose(team or "no team", team=team), tuple(ids)) for team, ids in teams.items()]
            if len(teams) > 1
            else []
        )
        return found + [
            (Whose(row[1], rep_id=row[0]), (row[0],))
            for row in people
            if _at_work(row, Counting(span, beside, (row[0],)))
        ]

    # -- the board ---------------------------------------------------------------------------------

    def _board(
        self,
        period: Period,
        whose: Whose,
        now: datetime,
        span: Span,
        people: Sequence[Any],
        beside: Beside,
    ) -> Board:
        ids = self._ids(people, whose)
        names = {row[0]: row[1] for row in people}
        texts = self._private(span, tuple(names))
        found = exceptions(
            span,
            self._open(span, beside),
            texts,
            names,
            now,
            beside.later_calls,
            beside.in_hopper if whose == EVERYBODY else 0,
        )
        everybody = Counting(span, beside, ids)
        reps = []
        for row in people:
            counting = Counting(span, beside, (row[0],))
            if _at_work(row, counting):
                reps.append(RepLine(row[0], row[1], row[2], counting.row()))
        return Board(
            period=period,
            whose=whose,
            now=now,
            last_seq=span.last_seq,
            exceptions=found[:SHOWN],
            reps=tuple(reps),
            overdue=tuple(int(everybody.overdue(age).value or 0) for age in range(3)),  # type: ignore[arg-type]
            first_touch=everybody.first_touch(),
            total=everybody.row(),
            read_from=span.read_from,
            share=span.share,
        )

    def _open(self, span: Span, beside: Beside) -> list[Any]:
        names = queries.lead_names(self.rows, (lead for _, lead, _ in beside.promises))
        questions = [
            open_of(
                (one.rep_id, one.lead_id, one.since),
                "open",
                one.words,
                (one.seq,) if one.seq else (),
            )
            for one in beside.waiting
        ]
        missed = [
            open_of(
                (rep, lead, due),
                "unkept",
                f"call {names.get(lead, '')}",
                tuple(span.missed_of(lead)[:KEEP]),
            )
            for rep, lead, due in beside.promises
        ]
        return [*questions, *missed]

    def _private(self, span: Span, ids: Sequence[int]) -> dict[int, str]:
        """The texts of overrides; what was erased meanwhile is forgotten here too."""
        if self.ledgers.erasures != self._erasures:
            self._texts.clear()
            self._erasures = self.ledgers.erasures
        wanted = [seq for one in ids for seq in span.seqs((one,), "private")]
        self._texts |= folded(
            queries.private_texts(self.rows, [seq for seq in wanted if seq not in self._texts])
        )
        return {seq: self._texts[seq] for seq in wanted if seq in self._texts}

    def _days(self, span: Span, ids: Sequence[int]) -> tuple[DayLine, ...]:
        found = []
        for day in span.all_days():
            marks = [day.reps[one].marks for one in ids if one in day.reps]
            done, timely, late = (
                sum(len(each.get(kind, ())) for each in marks)
                for kind in ("done", "timely", "late")
            )
            if done or timely or late:
                at = from_micros(day.start).astimezone(self.context.zone)
                found.append(DayLine(at.date(), done, timely, late))
        return tuple(found)

    # -- beside the log ----------------------------------------------------------------------------

    def _beside(self, span: Span, period: Period, now: datetime) -> Beside:
        start, present = span.start, to_micros(now)
        end = min(span.end or present, present)
        midnight = to_micros(self.context.start_of_day(now))
        closing = span.end - 1 if span.end else to_micros(self.context.end_of_day(now))
        recorded = queries.has_call_records(self.rows)
        key = (period.since, period.until)
        return Beside(
            start=start,
            due=self._rested((key, "due"), lambda: queries.due_by(self.rows, closing)),
            # What fell due today still has the day; a promised callback has not, and stands among
            # the exceptions.
            still_late=self._rested(
                (key, "late"), lambda: queries.still_due(self.rows, start, min(midnight, end))
            ),
            overdue=self._rested("overdue", lambda: self._overdue(now)),
            waiting=self._waiting(span, end),
            promises=[
                (rep, lead, due)
                for rep, lead, due in queries.broken_promises(
                    self.rows, min(end, present - KEPT), 500
                )
                if rep is not None
            ],
            responses=self._rested(
                (key, "responses", span.complete), lambda: self._responses(span, end)
            ),
            silent=self._rested((key, "silent"), lambda: self._silent(start, end))
            if recorded
            else {},
            recorded=recorded,
            latencies=self._rested(
                (key, "blocks", span.complete), lambda: self._latencies(span, start, end)
            ),
            later_calls=self._rested(
                (key, "later", span.complete), lambda: self._later_calls(span, start, end)
            ),
            costs=self._rested((key, "costs"), lambda: totals_of(self.rows, period, now)),
            in_hopper=self._rested("hopper", lambda: queries.in_hopper(self.rows)),
        )

    def _rested(self, key: Any, look: Callable[[], Value]) -> Value:
        """What a look found; one that took long is not taken again at once, since the view looks
        twice a second."""
        known, began = self._slow.get(key), perf_counter()
        if known is not None and began - known[0] < RESTED * known[1]:
            kept: Value = known[2]
            return kept
        found = look()
        took = perf_counter() - began
        self._slow.pop(key, None)
        if took > SLOW:
            self._slow[key] = (perf_counter(), took, found)
        return found

    def _waiting(self, span: Span, end: int) -> list[Waiting]:
        found = [row for row in queries.open_matters(self.rows) if row[5] < end or span.end is None]
        names = queries.lead_names(self.rows, (row[2] for row in found))
        return [
            Waiting(
                row[1],
                row[2],
                row[5],
                span.started(row[0]) or self.start_of(row[0], row[5]),
                f"{channel({Code.CHANNEL: row[4]})} {names.get(row[2], '')}",
            )
            for row in found
        ]

    def _overdue(self, now: datetime) -> dict[int, tuple[int, int, int]]:
        edges = (to_micros(now - OVERDUE_EDGES[0]), to_micros(now - OVERDUE_EDGES[1]))
        return {
            NOBODY if rep_id is None else rep_id: (int(under), int(middle), int(over))
            for rep_id, under, middle, over in queries.overdue_counts(
                self.rows, to_micros(now), edges
            )
        }

    def _responses(self, span: Span, end: int) -> list[Answered]:
        found = []
        for rep_id, lead_id, inquiry, sla_due, first in queries.responses(
            self.rows, span.start, end
        ):
            # The log's first dial counts; the table's only where the inquiry is older than the
            # period read.
            dial = span.first_dial(lead_id, inquiry)
            at = dial[0] if dial and (inquiry >= span.start or dial[0] == first) else first
            found.append(Answered(rep_id or NOBODY, inquiry, sla_due, at, dial[1] if dial else 0))
        return found

    def _silent(self, start: int, end: int) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for rep_id, attempt, answered_at in queries.unrecorded(self.rows, start, end):
            seq = self.ledgers.confirmation(attempt, answered_at)
            if seq:
                found.setdefault(rep_id, []).append(seq)
        return found

    def _latencies(self, span: Span, start: int, end: int) -> dict[int, int]:
        """By the log's own time of the block, where a number's row says when it was asked for."""
        rows = queries.blocks(self.rows, start, end + 1)
        asked = {("dnc", row[0]): row[2] for row in rows} | {
            ("lead", row[1]): row[2] for row in rows if row[1]
        }
        found = {}
        for day in span.all_days():
            for at, seq, lead, dnc in day.blocks:
                requested = asked.get(("dnc", dnc), asked.get(("lead", lead)))
                if requested is not None:
                    found[seq] = max(0, at - requested)
        return found

    def _later_calls(self, span: Span, start: int, end: int) -> list[tuple[int, int]]:
        """Dials to leads behind their do-not-call, by the log; and to blocked numbers, by the
        tables."""
        allowed = {row[1]: row[0] for row in queries.allowed_again(self.rows) if row[1]}
        seqs: set[int] = set()
        for day in span.all_days():
            for at, _, lead, _ in day.blocks:
                if lead is not None and lead not in allowed:
                    seqs.update(span.dials_after(lead, at))
        for attempt, dialed_at in queries.dialed_though_blocked(self.rows, start, end):
            seqs.update(filter(None, (self.ledgers.dial(attempt, dialed_at),)))
        return self.ledgers.actors(sorted(seqs, reverse=True))


def _at_work(row: Any, counting: Counting) -> bool:
    """Reps always; others where something is due from them or they did something."""
    return bool(row[3] == "rep" or counting.due().value or counting.number("started"))
