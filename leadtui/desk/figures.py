"""The figures of the supervisor's view: a ledger of the period, and beside it what only the tables know.

What is due now, when an inquiry came and which calls the phone system recorded is read from the tables; who did what
when comes from the log.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from leadtui.desk.compliance_views import PERIODS, Board, Figure, FirstTouch, RepLine
from leadtui.desk.context import Context
from leadtui.desk.exceptions import exceptions, open_of
from leadtui.desk.ledger import KEPT, Ledger, Tally
from leadtui.desk.telling import channel, parse, plain
from leadtui.errors import NotFound
from leadtui.store import supervising as queries
from leadtui.store.rows import Rows
from leadtui.store.types import to_micros

PAGE = 2_000
DAYS = {"7 days": 7, "30 days": 30}
SPREAD = (5, 15, 60, 240)
"""Minutes at which the bars of the first touch divide."""

WATCHED = ("WRONG_NUMBER", "UNQUALIFIED", "NOT_DIALED")
"""Outcomes by which leads can be burned: their rate stands beside the peers'."""


@dataclass(frozen=True, slots=True)
class _Response:
    """One inquiry: whose, when, until when, and the first dial with its entry (0: none in the period's log)."""

    rep_id: int
    inquiry: int
    sla_due: int | None
    first: int | None
    seq: int


def since_of(context: Context, period: str, now: datetime) -> datetime | None:
    """When a period begins, at the floor's midnight; ``None`` for all time. Raises ``NotFound``."""
    if period not in PERIODS:
        raise NotFound(f"period {period!r} is unknown; choose one of {', '.join(PERIODS)}")
    if period == "all":
        return None
    return context.start_of_day(now - timedelta(days=DAYS.get(period, 1) - 1))


class Figures:
    """The boards of one floor, each ledger kept between calls."""

    def __init__(self, context: Context, rows: Rows) -> None:
        self.context = context
        self.rows = rows
        self._ledgers: dict[str, tuple[int, Ledger]] = {}
        self._lock = threading.Lock()

    def board(self, period: str = "today", *, team: str = "") -> Board:
        """All figures of a period, of one team or of everybody, in one consistent look."""
        now = self.context.now()
        since = since_of(self.context, period, now)
        with self._lock:
            # A long period is read in pages first: a reader held for seconds would let the WAL grow.
            self._ledger(period, since)
            with self.rows.snapshot():
                return self._board(period, since, now, team)

    def _board(self, period: str, since: datetime | None, now: datetime, team: str) -> Board:
        ledger = self._ledger(period, since)
        people = [row for row in queries.people(self.rows) if not team or row[2] == team]
        ids = {row[0] for row in people}
        waiting = self._waiting(ledger, now)
        texts = queries.private_texts(self.rows, [seq for one in ledger.reps.values() for seq in one.private])
        names = {row[0]: row[1] for row in people}
        found = exceptions(ledger, waiting, texts, names, now)
        touches = self._responses(ledger, since, now, ids)
        return Board(
            period=period,
            since=since,
            now=now,
            last_seq=ledger.last_seq,
            exceptions=tuple(line for line in found if line.rep_id in ids)[:PAGE],
            reps=self._reps(people, ledger, since, now, touches),
            overdue=self._overdue_counts(now, ids),
            first_touch=_first_touch(touches),
        )

    def _ledger(self, period: str, since: datetime | None) -> Ledger:
        """The period's ledger with everything in it; only what is new is read."""
        start = queries.seq_before(self.rows, to_micros(since)) if since else 0
        known = self._ledgers.get(period)
        if known is None or known[0] != start:
            fresh = Ledger(self.context.end_of_day)
            fresh.last_seq = start
            known = self._ledgers[period] = (start, fresh)
        ledger = known[1]
        while page := queries.after(self.rows, ledger.last_seq, PAGE):
            for raw in page:
                ledger.add(parse(raw))
        return ledger

    def _waiting(self, ledger: Ledger, now: datetime) -> list[Any]:
        found = queries.open_questions(self.rows)
        late = [row for row in queries.overdue(self.rows, to_micros(now - KEPT), 500) if row[6]]
        names = queries.lead_names(self.rows, [*(row[2] for row in found), *(row[2] for row in late)])
        questions = [
            open_of((row[1], row[2], row[5]), "open", f"{channel({'channel': row[4]})} {names.get(row[2], '')}",
                    ledger.started.get(row[0], 0))
            for row in found
        ]  # fmt: skip
        missed = [open_of((row[1], row[2], row[5]), "unkept", f"call {names.get(row[2], '')}", 0) for row in late]
        return [*questions, *missed]

    def _reps(
        self, people: Sequence[Any], ledger: Ledger, since: datetime | None, now: datetime, touches: Sequence[_Response]
    ) -> tuple[RepLine, ...]:
        start = to_micros(since) if since else 0
        due = queries.due_by(self.rows, to_micros(self.context.end_of_day(now)))
        # What fell due today still has the day; a promised callback has not, and stands among the exceptions.
        late = queries.still_due(self.rows, start, to_micros(self.context.start_of_day(now)))
        recorded = queries.has_call_records(self.rows)
        missing = queries.unrecorded(self.rows, start) if recorded else {}
        waiting: dict[int, list[int]] = {}
        for row in queries.open_questions(self.rows):
            waiting.setdefault(row[1], []).append(row[0])
        lines = []
        for rep_id, name, team, role in people:
            tally = ledger.reps[rep_id] if rep_id in ledger.reps else Tally()
            if role != "rep" and not (due.get(rep_id) or tally.count("started")):
                continue
            unconfirmed = [ledger.started[one] for one in waiting.get(rep_id, ()) if one in ledger.started]
            silent = [
                ledger.confirmed_attempts[one] for one in missing.get(rep_id, ()) if one in ledger.confirmed_attempts
            ]
            figures = (
                Figure(due.get(rep_id, 0)),
                _figure(tally, "done"),
                Figure(
                    tally.count("timely"),
                    tally.count("timely") + tally.count("late") + late.get(rep_id, 0),
                    tuple(reversed(tally.seqs["late"])) or tuple(reversed(tally.seqs["timely"])),
                ),
                _sla([one for one in touches if one.rep_id == rep_id]),
                _figure(tally, "deferred"),
                _figure(tally, "no"),
                Figure(len(silent) if recorded else None, None, tuple(reversed(silent))),
                Figure(len(waiting.get(rep_id, ())), None, tuple(unconfirmed)),
            )
            lines.append(RepLine(rep_id, name, team, figures, _rates(tally)))
        return tuple(lines)

    def _responses(self, ledger: Ledger, since: datetime | None, now: datetime, ids: set[int]) -> list[_Response]:
        start = to_micros(since) if since else 0
        found = []
        for rep_id, lead_id, inquiry, sla_due, first in queries.responses(self.rows, start, to_micros(now)):
            if rep_id not in ids:
                continue
            # The log's first dial counts; the table's only where the inquiry is older than the period read.
            dial = ledger.first_dial(lead_id, inquiry)
            at = dial[0] if dial and (inquiry >= start or dial[0] == first) else first
            found.append(_Response(rep_id, inquiry, sla_due, at, dial[1] if dial else 0))
        return found

    def _overdue_counts(self, now: datetime, ids: set[int]) -> tuple[int, int, int]:
        edges = (to_micros(now - timedelta(days=1)), to_micros(now - timedelta(days=3)))
        totals = [0, 0, 0]
        for rep_id, *counts in queries.overdue_counts(self.rows, to_micros(now), edges):
            if rep_id in ids or rep_id is None:
                totals = [total + int(count) for total, count in zip(totals, counts, strict=True)]
        return totals[0], totals[1], totals[2]


def _figure(tally: Tally, name: str) -> Figure:
    return Figure(tally.count(name), None, tuple(reversed(tally.seqs[name])))


def _sla(touches: Sequence[_Response]) -> Figure:
    """First attempts within the SLA, of the responses whose SLA ended or that were attempted."""
    agreed = [one for one in touches if one.sla_due is not None]
    within = [one for one in agreed if one.first is not None and one.first <= (one.sla_due or 0)]
    late = [one.seq for one in agreed if one not in within and one.seq]
    return Figure(len(within), len(agreed), tuple(sorted(late or [one.seq for one in within if one.seq], reverse=True)))


def _first_touch(touches: Sequence[_Response]) -> FirstTouch:
    minutes = sorted((one.first - one.inquiry) / 60_000_000 for one in touches if one.first is not None)
    if not minutes:
        return FirstTouch(0, None, None, (0,) * (len(SPREAD) + 1))
    p90 = quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else minutes[0]
    edges = (0.0, *SPREAD, float("inf"))
    spread = tuple(sum(low <= one < high for one in minutes) for low, high in pairwise(edges))
    seqs = tuple(sorted((one.seq for one in touches if one.seq), reverse=True))
    return FirstTouch(len(minutes), median(minutes), p90, spread, seqs)


def _rates(tally: Tally) -> tuple[tuple[str, Figure], ...]:
    """What stands beside the table when a rep is opened; each with its entries."""
    calls = sum(len(seqs) for seqs in tally.outcomes.values())
    rates = [(plain(code), Figure(len(seqs), calls, tuple(reversed(seqs)))) for code, seqs in tally.outcomes.items()]
    watched = [rate for rate in rates if rate[0] in {plain(code) for code in WATCHED}]
    turns = tally.count("offered")
    in_turn = [seq for seq in tally.seqs["offered"] if seq not in set(tally.seqs["out_of_turn"])]
    promises = tally.count("kept") + tally.count("missed")
    named = [
        ("adherence", Figure(len(in_turn), turns, tuple(reversed(tally.seqs["out_of_turn"])))),
        ("callbacks kept", Figure(tally.count("kept"), promises, tuple(reversed(tally.seqs["missed"])))),
        (
            "contacts under 3 s",
            Figure(tally.count("hasty"), len(tally.contact_ms), tuple(reversed(tally.seqs["hasty"]))),
        ),
        ("overrides", _figure(tally, "override")),
        ("warnings acknowledged", _figure(tally, "acknowledged")),
        *watched,
    ]
    if tally.contact_ms:
        seconds = round(median(tally.contact_ms) / 1000)
        named.append(("median seconds to answer a contact", Figure(seconds)))
    return tuple(named)
