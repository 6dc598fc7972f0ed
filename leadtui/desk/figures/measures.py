"""How the compliance figures of some people in a period are counted; pure, no I/O. ``catalogue.py``
names them all.

Counts come from the log (``spans.py``). What the log cannot know (what is due now, when an inquiry
came, what a phone system recorded) was read from the tables beside it and is handed in as
``Beside``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles

from leadtui.desk.figures.compliance_views import Figure, FirstTouch
from leadtui.desk.figures.costs import CostLine
from leadtui.desk.figures.spans import KEEP, Span

SPREAD = (5, 15, 60, 240)
"""Minutes at which the bars of the first touch divide."""

MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """One inquiry: whose, when, until when, and the first dial with its entry (0: none in the
    period's log)."""

    rep_id: int
    inquiry: int
    sla_due: int | None
    first: int | None
    seq: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An unanswered question: whose, since when, the entry that asked it (0: older than the
    period), and words."""

    rep_id: int
    lead_id: int
    since: int
    seq: int
    words: str


@dataclass(slots=True)
class Beside:
    """What the tables know beside the log, of one period and one moment; by rep where it is a
    dict."""

    start: int
    due: dict[int, int] = field(default_factory=dict)
    still_late: dict[int, int] = field(default_factory=dict)
    overdue: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    promises: list[tuple[int, int, int]] = field(default_factory=list)
    """rep, lead, due of promised callbacks that are open though 15 minutes late."""
    responses: list[Answered] = field(default_factory=list)
    silent: dict[int, list[int]] = field(default_factory=dict)
    """Entries of confirmed calls that no call record covers, newest first."""
    recorded: bool = False
    latencies: dict[int, int] = field(default_factory=dict)
    """Entry of a do-not-call -> microseconds from request to block."""
    later_calls: list[tuple[int, int]] = field(default_factory=list)
    """rep, entry of dials behind a do-not-call."""
    in_hopper: int = 0
    costs: tuple[CostLine, ...] = ()
    """A line a currency: of leads, not of reps."""


class Counting:
    """The figures of some people in one period. ``ids`` may hold 0: what no person did."""

    def __init__(self, span: Span, beside: Beside, ids: Iterable[int]) -> None:
        self.span, self.beside = span, beside
        self.ids = tuple(ids)
        self._those = frozenset(self.ids)

    # -- pieces ------------------------------------------------------------------------------------

    def count(self, kind: str, of: int | None = None) -> Figure:
        """A count, or with ``of`` a share."""
        return Figure(self.span.count(self.ids, kind), of, self.span.seqs(self.ids, kind))

    def number(self, kind: str) -> int:
        """How many."""
        return self.span.count(self.ids, kind)

    def share(self, good: str, total: int, bad: str, opens: str) -> Figure:
        """A share that opens what speaks against it, or all where nothing does."""
        against = self.span.seqs(self.ids, bad)
        return Figure(
            self.number(good),
            total,
            against or self.span.seqs(self.ids, good),
            opens=opens if against else "",
        )

    def waiting(self) -> list[Waiting]:
        """Their unanswered questions, oldest first."""
        return [one for one in self.beside.waiting if one.rep_id in self._those]

    def responses(self) -> list[Answered]:
        """The responses of their leads."""
        return [one for one in self.beside.responses if one.rep_id in self._those]

    # -- figures of the table of reps --------------------------------------------------------------

    def due(self) -> Figure:
        """Open touches due by the end of the period's last day."""
        return Figure(sum(self.beside.due.get(one, 0) for one in self.ids))

    def on_time(self) -> Figure:
        """Completed on their day, of what was completed and what should have been."""
        still = sum(self.beside.still_late.get(one, 0) for one in self.ids)
        return self.share(
            "timely", self.number("timely") + self.number("late") + still, "late", "those late"
        )

    def sla(self) -> Figure:
        """First attempts within the SLA, of the responses whose SLA ended or that were
        attempted."""
        agreed = [one for one in self.responses() if one.sla_due is not None]
        within = [
            one for one in agreed if one.first is not None and one.first <= (one.sla_due or 0)
        ]
        late = [
            one.seq
            for one in agreed
            if one.seq and not (one.first is not None and one.first <= (one.sla_due or 0))
        ]
        seqs = late or [one.seq for one in within if one.seq]
        return Figure(
            len(within),
            len(agreed),
            tuple(sorted(seqs, reverse=True)[:KEEP]),
            opens="those late" if late else "",
        )

    def no_record(self) -> Figure:
        """Confirmed calls that the phone system does not know; not known before its records were
        imported."""
        if not self.beside.recorded:
            return Figure(None)
        seqs = sorted(
            (seq for one in self.ids for seq in self.beside.silent.get(one, ())), reverse=True
        )
        return Figure(len(seqs), None, tuple(seqs[:KEEP]))

    def unanswered(self) -> Figure:
        """Questions that are open now."""
        found = self.waiting()
        return Figure(
            len(found), None, tuple(sorted((one.seq for one in found if one.seq), reverse=True))
        )

    def row(self) -> tuple[Figure, ...]:
        """In the order of ``FIGURES``."""
        return (
            self.due(),
            self.count("done"),
            self.on_time(),
            self.sla(),
            self.count("deferred"),
            self.count("no"),
            self.no_record(),
            self.unanswered(),
        )

    # -- the others --------------------------------------------------------------------------------

    def first_touch(self) -> FirstTouch:
        """From inquiry to first attempt."""
        found = self.responses()
        minutes = sorted(
            (one.first - one.inquiry) / MINUTE for one in found if one.first is not None
        )
        if not minutes:
            return FirstTouch(0, None, None, (0,) * (len(SPREAD) + 1))
        p90 = quantiles(minutes, n=10, method="inclusive")[-1] if len(minutes) > 1 else minutes[0]
        edges = (float("-inf"), *SPREAD, float("inf"))
        spread = tuple(sum(low <= one < high for one in minutes) for low, high in pairwise(edges))
        seqs = tuple(sorted((one.seq for one in found if one.seq), reverse=True)[:KEEP])
        return FirstTouch(len(minutes), median(minutes), p90, spread, seqs)

    def adherence(self) -> Figure:
        """Of what was offered: the first three taken, or validly put off (a third time is not, and
        is not counted)."""
        put_off, against = self.number("deferred in turn"), self.span.seqs(self.ids, "out of turn")
        return Figure(
            self.number("in turn") + put_off,
            self.number("offered") + put_off,
            against or self.span.seqs(self.ids, "in turn"),
            opens="those out of turn" if against else "",
        )

    def callbacks(self) -> Figure:
        """Promised callbacks called within a quarter of an hour, of those that were due."""
        still = sum(
            rep in self._those and due >= self.beside.start for rep, _, due in self.beside.promises
        )
        return self.share(
            "kept", self.number("kept") + self.number("missed") + still, "missed", "those not kept"
        )

    def answered(self) -> Figure:
        """Of the questions asked in the period, those that have their answer."""
        asked = self.number("started")
        still = [one for one in self.waiting() if one.since >= self.beside.start]
        seqs = tuple(sorted((one.seq for one in still if one.seq), reverse=True))
        every = self.span.seqs(self.ids, "started")
        return Figure(
            max(0, asked - len(still)),
            asked,
            seqs or every,
            opens="those unanswered" if seqs else "",
        )

    def seconds(self, tenths: str, kind: str) -> Figure:
        """The median of lengths, in seconds, with the entries they were measured on."""
        middle, n = _median(self.span.tenths(self.ids, tenths))
        return Figure(middle, None, self.span.seqs(self.ids, kind), unit="s", of=n)

    def set_aside(self, kind: str = "set aside") -> Figure:
        """Due touches that left the queue without an answer, with the entries that took them
        off."""
        touches = sum(each * times for each, times in self.span.tenths(self.ids, kind).items())
        return Figure(
            touches,
            None,
            self.span.seqs(self.ids, kind),
            opens="the entries that did it" if touches else "",
        )

    def latency(self) -> Figure:
        """The longest time from request to block."""
        seqs = [seq for seq in self.span.seqs(self.ids, "blocked") if seq in self.beside.latencies]
        longest = max((self.beside.latencies[seq] for seq in seqs), default=None)
        value = None if longest is None else longest / 1_000_000
        return Figure(value, None, tuple(seqs), unit="s", of=len(seqs))

    def later_calls(self) -> Figure:
        """Dials behind a do-not-call."""
        seqs = sorted(
            (seq for rep, seq in self.beside.later_calls if rep in self._those), reverse=True
        )
        return Figure(len(seqs), None, tuple(seqs[:KEEP]))

    def overdue(self, age: int) -> Figure:
        """Open touches past their time: 0 under a day, 1 up to three, 2 over three."""
        return Figure(sum(self.beside.overdue.get(one, (0, 0, 0))[age] for one in self.ids))


def _median(tenths: Counter[int]) -> tuple[float | None, int]:
    """The median in seconds, and of how many."""
    total = sum(tenths.values())
    if not total:
        return None, 0
    middle: list[int] = []
    seen = 0
    for tenth in sorted(tenths):
        seen += tenths[tenth]
        while len(middle) < 2 and seen > (total - 1 + len(middle)) // 2:
            middle.append(tenth)
        if len(middle) == 2:
            break
    return sum(middle) / len(middle) / 10, total
