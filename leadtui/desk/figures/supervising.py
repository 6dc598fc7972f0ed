"""The supervisor's read-only view: the feed, exceptions first, the table of reps, and the entries
behind each number.

It opens a connection of its own that cannot write. Figures come from the log, through a ledger that
reads only what is new; what the log cannot know (what is due now, when an inquiry came) is read
from the tables beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from leadtui.desk.audit.auditing import Auditing
from leadtui.desk.core.context import Context
from leadtui.desk.core.views import FeedLine
from leadtui.desk.figures.catalogue import aside
from leadtui.desk.figures.compliance_report import write_report
from leadtui.desk.figures.compliance_views import (
    EVERYBODY,
    Board,
    EntryView,
    ExceptionLine,
    OverdueLine,
    Period,
    RepLine,
    Table,
    Whose,
)
from leadtui.desk.figures.costs import Costs, costs_of
from leadtui.desk.figures.figures import OVERDUE_EDGES, Figures
from leadtui.desk.figures.periods import period_of
from leadtui.desk.figures.row_check import RowCheck, row_check
from leadtui.desk.log.telling import QUIET, Entry, channel, feed_lines, parse
from leadtui.errors import NotFound
from leadtui.store import supervising as queries
from leadtui.store.engine.entries import ZERO, Verification
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log.auditing import erased_seqs

PAGE = 2_000
SHOWN = 1_000
"""So many entries behind a number are listed, the newest."""


class _LeftError(Exception):
    """Nobody waits for the answer any more."""


class Supervising:
    """The use cases of the read-only view; safe to call from several threads."""

    aside = staticmethod(aside)

    def __init__(self, context: Context) -> None:
        self.context = context
        self._opened: Rows | None = None
        self._auditing: Auditing | None = None
        self._figures: Figures | None = None
        self._lock = threading.Lock()
        self._leaving = threading.Event()
        self._rows_found: RowCheck | None = None

    # -- connection --------------------------------------------------------------------------------

    @property
    def rows(self) -> Rows:
        """The connection, opened when first asked for. Raises ``LeadtuiError`` where it cannot
        be."""
        with self._lock:
            return self._rows()

    def _rows(self) -> Rows:
        if self._opened is None:
            self._opened = Rows(self.context.store.url)
        return self._opened

    @property
    def auditing(self) -> Auditing:
        """The verifier, over a connection of its own: it must not hold up the view."""
        if self._auditing is None:
            self._auditing = Auditing(
                self.context.store.url, self.context.clock, folder=self.context.settings.folder
            )
        return self._auditing

    def close(self) -> None:
        """Give the connections back; the next question opens them again."""
        with self._lock:
            for held in (self._opened, self._auditing):
                if held is not None:
                    held.close()
            self._opened = self._auditing = self._figures = None

    def now(self) -> datetime:
        """The present instant."""
        return self.context.now()

    def stamp(self) -> int:
        """A number that changes when something was written; cheap enough to ask twice a second."""
        return self.rows.stamp()

    def verify(self, progress: Callable[[int], None] | None = None) -> Verification:
        """Verify the log, or what is new in it since the last call; a witness is stored when it
        holds."""
        return self.auditing.verify(progress=progress)

    def check_rows(self) -> RowCheck | None:
        """Hold every row against the log, which must hold itself; ``None`` when the view was left
        meanwhile.

        What differs stands above all exceptions of every later ``board``."""
        self._leaving.clear()
        try:
            found = row_check(self.auditing.changed_rows(self._tick))
        except _LeftError:
            return None
        self._rows_found = found
        return found

    def _tick(self) -> None:
        if self._leaving.is_set():
            raise _LeftError

    def leave(self) -> None:
        """Stop what is done in the background."""
        self._leaving.set()

    @property
    def witnessed_at(self) -> datetime | None:
        """When the newest witness of this log was seen."""
        return self.auditing.witnessed_at

    # -- entries -----------------------------------------------------------------------------------

    def feed(self, after_seq: int = 0, limit: int = 200) -> tuple[FeedLine, ...]:
        """Entries behind ``after_seq`` (0: the last ones), newest first, at most ``limit``."""
        if after_seq:
            raws = list(reversed(queries.after(self.rows, after_seq, limit)))
        else:
            raws = queries.latest(self.rows, 2 * limit)
        return self._lines(
            [entry for entry in map(parse, raws) if entry.event not in QUIET][:limit]
        )

    def entries(self, seqs: Sequence[int], limit: int = SHOWN) -> tuple[FeedLine, ...]:
        """These entries, newest first."""
        return self._lines(
            map(parse, queries.by_seqs(self.rows, sorted(seqs, reverse=True)[:limit]))
        )

    def lead_entries(self, lead_id: int, limit: int = 200) -> tuple[FeedLine, ...]:
        """What the log says of a lead, newest first."""
        raws = queries.about(self.rows, "lead", lead_id, limit)
        return self._lines(entry for entry in map(parse, raws) if entry.lead_id == lead_id)

    def rep_entries(
        self, rep_id: int, period: str = "all", limit: int = 200
    ) -> tuple[FeedLine, ...]:
        """What a rep did, newest first."""
        found = self.period(period)
        start = self._start(found.since)
        last = self._start(found.until) if found.until else queries.last_seq(self.rows)
        entries = map(parse, queries.by_actor(self.rows, rep_id, start, last, limit))
        return self._lines(entry for entry in entries if entry.event not in QUIET)

    def show(
        self,
        *,
        rep_id: int | None = None,
        lead_id: int | None = None,
        since: datetime | None = None,
        event: str = "",
        limit: int = 200,
    ) -> tuple[FeedLine, ...]:
        """Entries that fit every given test, newest first."""
        start = self._start(since)
        found: list[Entry] = []
        upper = queries.last_seq(self.rows)
        while upper > start and len(found) < limit:
            lower = max(start, upper - PAGE)
            for raw in reversed(queries.after(self.rows, lower, upper - lower)):
                entry = parse(raw)
                if _fits(entry, rep_id, lead_id, event):
                    found.append(entry)
            upper = lower
        return self._lines(found[:limit])

    def find(self, words: str, limit: int = 200) -> tuple[FeedLine, ...]:
        """Entries that hold the words: codes, memos and reasons, names of leads; newest first."""
        return self._lines(map(parse, queries.find(self.rows, words.strip(), limit)))

    def entry(self, seq: int) -> EntryView:
        """One entry whole. Raises ``NotFound``."""
        raw = queries.whole(self.rows, seq)
        if raw is None:
            raise NotFound(f"the log has no entry {seq}; 'leadtui log show' lists them")
        entry = parse(raw[:4])
        line = self._lines([entry])[0]
        sealed = bytes(raw[4]) != ZERO
        corrections = queries.about(self.rows, "entry", seq, 50)
        return EntryView(
            seq=seq,
            at=line.at,
            recorded_by=entry.recorded_by,
            event=entry.event,
            who=line.who,
            words=line.words,
            lead_id=entry.lead_id,
            body=_pretty(raw[3]),
            private=raw[6] or "",
            erased=sealed
            and raw[6] is None
            and seq in erased_seqs(self.rows, queries.last_seq(self.rows)),
            private_hash=bytes(raw[4]).hex() if sealed else "",
            hash=bytes(raw[5]).hex(),
            corrections=tuple(
                sorted(one.seq for one in map(parse, corrections) if _corrects(one, seq))
            ),
        )

    def _lines(self, entries: Iterable[Entry]) -> tuple[FeedLine, ...]:
        found = list(entries)
        names = queries.lead_names(
            self.rows, (entry.lead_id for entry in found if entry.lead_id is not None)
        )
        return feed_lines(found, self.rep_names(), names)

    def _start(self, since: datetime | None) -> int:
        return queries.seq_before(self.rows, to_micros(since)) if since else 0

    def rep_names(self) -> dict[int, str]:
        """Names by id."""
        return {row[0]: row[1] for row in queries.people(self.rows)}

    # -- figures -----------------------------------------------------------------------------------

    @property
    def figures(self) -> Figures:
        """The figures, kept up to date between calls."""
        with self._lock:
            if self._figures is None:
                self._figures = Figures(self.context, self._rows())
            return self._figures

    def period(self, name: str) -> Period:
        """A period by its name or its dates. Raises ``NotFound``."""
        return period_of(name, self.now(), self.context.zone)

    def board(
        self, period: str = "today", whose: Whose = EVERYBODY, *, budget: int | None = None
    ) -> Board:
        """The view's figures; with a ``budget`` of entries as far back as they reach, see
        ``Figures.board``."""
        found, rows = self.figures.board(period, whose, budget=budget), self._rows_found
        return (
            replace(found, exceptions=(*rows.lines, *found.exceptions))
            if rows and rows.lines
            else found
        )

    def table(
        self, period: str = "today", whose: Whose = EVERYBODY, *, budget: int | None = None
    ) -> Table:
        """Every compliance figure by name, of those asked for and of each of their teams and
        reps."""
        return self.figures.table(period, whose, budget=budget)

    def export(self, period: str, whose: Whose, state: str, stem: Path) -> tuple[Path, Path]:
        """Read the whole period and write it as files (``compliance_report.write_report``)."""
        table, board = self.table(period, whose), self.board(period, whose)
        return write_report(board, table, state, self.context.settings.name, stem)

    def costs(self, by: str = "source", period: str = "all") -> Costs:
        """What leads cost, by offer, source or batch."""
        return costs_of(self.rows, by, self.period(period), self.now())

    def reps(self, period: str = "today") -> tuple[RepLine, ...]:
        """The table of reps."""
        return self.board(period).reps

    def exceptions(self, period: str = "today") -> tuple[ExceptionLine, ...]:
        """What to look at first."""
        return self.board(period).exceptions

    def overdue(
        self, whose: Whose = EVERYBODY, limit: int = SHOWN, *, age: int | None = None
    ) -> tuple[OverdueLine, ...]:
        """Open touches past their time, oldest first; with an age under a day (0), one to three
        (1), or over (2)."""
        now = self.now()
        edges = (now, *(now - days for days in OVERDUE_EDGES))
        before = now if age is None else edges[age]
        since = to_micros(edges[age + 1]) if age is not None and age + 1 < len(edges) else None
        people = queries.people(self.rows)
        ids = None
        if whose.rep_id is not None or whose.team:
            ids = [
                row[0]
                for row in people
                if whose.rep_id == row[0] or (whose.team and row[2] == whose.team)
            ]
        found = queries.overdue(self.rows, to_micros(before), limit, ids, since)
        reps, leads = (
            {row[0]: row[1] for row in people},
            queries.lead_names(self.rows, (row[2] for row in found)),
        )
        return tuple(
            OverdueLine(
                touch_id=id_,
                rep=reps.get(rep_id, "nobody"),
                lead_id=lead_id,
                lead=leads.get(lead_id, ""),
                words=f"{channel({Code.CHANNEL: kind})} · {title}",
                due=from_micros(due),
                promised=bool(promised),
            )
            for id_, rep_id, lead_id, kind, title, due, promised in found
        )

    def teams(self) -> tuple[str, ...]:
        """The teams of the floor."""
        return tuple(dict.fromkeys(row[2] for row in queries.people(self.rows) if row[2]))

    def everybody(self) -> tuple[Whose, ...]:
        """Whose figures can be asked for: everybody's, each team's where there are several, each
        person's."""
        people, teams = queries.people(self.rows), self.teams()
        several = [Whose(f"team {team}", team=team) for team in teams] if len(teams) > 1 else []
        return (EVERYBODY, *several, *(Whose(row[1], rep_id=row[0]) for row in people))


def _fits(entry: Entry, rep_id: int | None, lead_id: int | None, event: str) -> bool:
    return (
        (rep_id is None or entry.actor == rep_id)
        and (lead_id is None or entry.lead_id == lead_id)
        and (not event or entry.event == event)
    )


def _corrects(entry: Entry, seq: int) -> bool:
    named = entry.subjects.get("entry") == seq
    return named and entry.event in {Event.ENTRY_CORRECTED, Event.ACTION_TAKEN_BACK}


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False, sort_keys=True)
    except (ValueError, RecursionError):
        return body
