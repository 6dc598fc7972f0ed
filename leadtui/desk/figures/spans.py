"""Days of the log added up to a period: the newest day first, so that its figures can be shown
before all is read.

Counts of closed days are added up as they come; the day that runs stands beside them and grows."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice

from leadtui.desk.figures.ledger import NOBODY, Day
from leadtui.desk.figures.patterns import Tally
from leadtui.store.engine.types import from_micros

KEEP = 1_000
"""So many entries are kept behind each number, the newest; the number itself counts all."""


@dataclass(slots=True)
class Sum:
    """A count over several days, with the newest of its entries, newest first."""

    count: int = 0
    seqs: list[int] = field(default_factory=list)

    def behind(self, older: array[int]) -> None:
        """Put the entries of an older day behind."""
        self.count += len(older)
        room = KEEP - len(self.seqs)
        if room > 0:
            self.seqs.extend(reversed(older[-room:]))


@dataclass(slots=True)
class Sums:
    """One rep over several days."""

    marks: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    tenths: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


class Span:
    """A period as far as it was read: closed days added up, and the day that runs beside them."""

    def __init__(self, start: int, end: int | None) -> None:
        self.start, self.end = start, end
        """Microseconds; ``end`` is ``None`` while the period runs."""
        self.live: Day | None = None
        self.days: list[Day] = []
        """The closed days that were read, newest first."""
        self.lower = self.upper = self.top = 0
        """Entries ``lower < seq <= upper`` are not read yet; ``top`` is the last of the closed
        days."""
        self.reps: dict[int, Sums] = defaultdict(Sums)
        self._dials: dict[int, array[int]] = {}
        """Lead -> seq, at, seq, at … of its dials in closed days, newest first."""
        self._missed: dict[int, list[int]] = defaultdict(list)

    @property
    def complete(self) -> bool:
        """Whether every entry of the period was read."""
        return self.upper <= self.lower

    @property
    def share(self) -> float:
        """How much of the closed days was read, 0..1."""
        return 1.0 if self.complete else (self.top - self.upper) / (self.top - self.lower)

    @property
    def read_from(self) -> datetime | None:
        """The first instant of the oldest day that was read; ``None`` when all of it is there."""
        if self.complete:
            return None
        days = [*self.all_days()]
        return from_micros(days[0].start) if days else None

    @property
    def last_seq(self) -> int:
        """The newest entry that was read."""
        return max(self.top, self.live.last_seq if self.live else 0)

    def all_days(self) -> Iterator[Day]:
        """Every day that was read and has entries, oldest first."""
        yield from reversed(self.days)
        if self.live is not None:
            yield self.live

    def absorb(self, day: Day) -> None:
        """Add the next older day."""
        self.days.append(day)
        for rep_id, tally in day.reps.items():
            sums = self.reps[rep_id]
            for kind, seqs in tally.marks.items():
                sums.marks[kind].behind(seqs)
            for kind, counted in tally.tenths.items():
                sums.tenths[kind].update(counted)
        for lead, dials in day.dials.items():
            known = self._dials.get(lead)
            backwards = dials[::-1]
            if known is None:
                self._dials[lead] = backwards
            else:
                known.extend(backwards)
        for lead, missed in day.missed_leads.items():
            self._missed[lead].extend(reversed(missed))

    def others(self, rep_id: int) -> tuple[int, ...]:
        """Everybody else who has entries in it."""
        return tuple(({*self.reps} | {*(self.live.reps if self.live else ())}) - {rep_id, NOBODY})

    # -- asking ------------------------------------------------------------------------------------

    def count(self, reps: Iterable[int], kind: str) -> int:
        """How many entries of a kind these people have."""
        return sum(self._count(rep_id, kind) for rep_id in reps)

    def seqs(self, reps: Iterable[int], *kinds: str) -> tuple[int, ...]:
        """The newest entries of these kinds, newest first."""
        lists = [self._newest(rep_id, kind) for rep_id in reps for kind in kinds]
        found = [one for one in lists if one]
        if len(found) == 1:
            return tuple(found[0])
        return tuple(islice(merge(*found, reverse=True), KEEP))

    def codes(self, reps: Iterable[int], kind: str) -> list[str]:
        """The codes that a kind was counted with, the most frequent first."""
        counts: Counter[str] = Counter()
        begin = f"{kind}:"
        for rep_id in reps:
            for key in {*self._sums(rep_id), *self._today(rep_id)}:
                if key.startswith(begin):
                    counts[key.removeprefix(begin)] += self._count(rep_id, key)
        return sorted(counts, key=lambda code: (-counts[code], code))

    def tenths(self, reps: Iterable[int], kind: str) -> Counter[int]:
        """Durations by tenths of a second."""
        found: Counter[int] = Counter()
        for rep_id in reps:
            if rep_id in self.reps and kind in self.reps[rep_id].tenths:
                found.update(self.reps[rep_id].tenths[kind])
            tally = self._tally(rep_id)
            if tally is not None and kind in tally.tenths:
                found.update(tally.tenths[kind])
        return found

    def first_dial(self, lead_id: int, since: int) -> tuple[int, int] | None:
        """``(at, seq)`` of the first dial to a lead from an instant on."""
        older = self._dials.get(lead_id)
        if older is not None:
            for place in range(len(older) - 1, 0, -2):
                if older[place] >= since:
                    return older[place], older[place - 1]
        live = self.live.dials.get(lead_id) if self.live else None
        if live is not None:
            for place in range(0, len(live), 2):
                if live[place] >= since:
                    return live[place], live[place + 1]
        return None

    def dials_after(self, lead_id: int, at: int) -> list[int]:
        """Entries of the dials to a lead behind an instant, newest first."""
        older = self._dials.get(lead_id, array("q"))
        live = self.live.dials.get(lead_id, array("q")) if self.live else array("q")
        found = [older[place - 1] for place in range(1, len(older), 2) if older[place] > at]
        return sorted(
            found + [live[place + 1] for place in range(0, len(live), 2) if live[place] > at],
            reverse=True,
        )

    def missed_of(self, lead_id: int) -> list[int]:
        """Entries of a lead's callbacks that were not kept, newest first."""
        live = self.live.missed_leads.get(lead_id, ()) if self.live else ()
        return [*reversed(live), *self._missed.get(lead_id, ())]

    def started(self, obligation: int) -> int:
        """The entry that started an obligation, 0 where it was not read."""
        return max((day.started.get(obligation, (0, ""))[0] for day in self.all_days()), default=0)

    def _sums(self, rep_id: int) -> dict[str, Sum]:
        return self.reps[rep_id].marks if rep_id in self.reps else {}

    def _tally(self, rep_id: int) -> Tally | None:
        return self.live.reps.get(rep_id) if self.live else None

    def _today(self, rep_id: int) -> dict[str, array[int]]:
        tally = self._tally(rep_id)
        return tally.marks if tally is not None else {}

    def _count(self, rep_id: int, kind: str) -> int:
        closed = self._sums(rep_id).get(kind)
        today: array[int] | None = self._today(rep_id).get(kind)
        return (closed.count if closed else 0) + (len(today) if today else 0)

    def _newest(self, rep_id: int, kind: str) -> list[int]:
        closed = self._sums(rep_id).get(kind)
        today = self._today(rep_id).get(kind)
        if not today:
            return closed.seqs if closed else []
        return [*reversed(today[-KEEP:]), *(closed.seqs if closed else ())][:KEEP]
