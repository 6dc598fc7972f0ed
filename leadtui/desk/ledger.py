"""The figures of the supervisor's view, computed from log entries one after the other; pure, no I/O.

A ledger is fed the entries of a period in order and can be fed more at any time; each count keeps the numbers of the
entries behind it. The formulas are those of process.md, section 10, as far as the log alone can answer them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.telling import FAST, Entry
from leadtui.store.types import from_micros

KEPT = timedelta(minutes=15)
"""A promised callback counts as kept within so much of its time."""

HASTY = timedelta(seconds=8)
"""A telephone rings longer than that before anybody can say that nobody answers."""

SCRIPTED = timedelta(seconds=20)
"""A person who types commands answers more slowly than that, many times in a row."""

RUN = 5
"""So many answers in such a row are told as a script's."""

MOVED = 2
"""A promised callback that is moved so often is told."""

COUNTS = (
    "done", "timely", "late", "deferred", "no", "partly", "override", "acknowledged", "hasty", "ringless", "undialed",
    "moved", "asked", "scripted",
    "offered", "out_of_turn", "already", "missed", "kept", "refused", "started", "dialed", "step",
)  # fmt: skip
"""Every kind of entry list that a rep has."""


@dataclass
class Tally:
    """One rep's entries by kind, and what needs more than a count."""

    seqs: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in COUNTS})
    outcomes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Reason codes of deferrals, noes and overrides."""
    contact_ms: list[int] = field(default_factory=list)
    private: list[int] = field(default_factory=list)
    """Entries whose reason is a personal text: repeated ones are told."""
    run: list[int] = field(default_factory=list)
    """The last answers given by command, each within ``SCRIPTED`` of the one before."""
    run_at: int = 0

    def count(self, name: str) -> int:
        """How many entries of that kind."""
        return len(self.seqs[name])


class Ledger:
    """The tallies of a period. ``end_of_day`` tells the last instant of the floor's day that holds an instant."""

    def __init__(self, end_of_day: Callable[[datetime], datetime]) -> None:
        self.last_seq = 0
        self.reps: dict[int, Tally] = defaultdict(Tally)
        self.first_dials: dict[int, list[tuple[int, int]]] = {}
        """Lead -> (at in microseconds, seq) of its dials, in order."""
        self.confirmed_attempts: dict[int, int] = {}
        """Attempt -> the entry that confirmed it."""
        self.started: dict[int, int] = {}
        """Obligation -> the entry that started it, while it is not answered."""
        self._promised: set[int] = set()
        self._end_of_day = end_of_day
        self._handlers: dict[str, Callable[[Tally, Entry], None]] = {
            "touch.started": self._started,
            "call.dialed": self._dialed,
            "action.confirmed": self._confirmed,
            "touch.deferred": self._deferred,
            "touch.deferral_asked": self._asked,
            "gate.override": self._override,
            "gate.acknowledged": self._acknowledged,
            "touch.done_already": self._already,
            "refused": self._refused,
            "clock.step": self._step,
        }

    def add(self, entry: Entry) -> None:
        """Take one entry in; entries come in order."""
        self.last_seq = entry.seq
        if entry.actor is None:
            return
        tally = self.reps[entry.actor]
        handler = self._handlers.get(entry.event)
        if handler is not None:
            handler(tally, entry)

    def first_dial(self, lead_id: int, since: int) -> tuple[int, int] | None:
        """``(at, seq)`` of the first dial to a lead from an instant on."""
        return next((dial for dial in self.first_dials.get(lead_id, ()) if dial[0] >= since), None)

    def _started(self, tally: Tally, entry: Entry) -> None:
        obligation = entry.subjects.get("obligation")
        if isinstance(obligation, int):
            self.started[obligation] = entry.seq
            if entry.codes.get("kind") == "callback":
                self._promised.add(obligation)
        tally.seqs["started"].append(entry.seq)
        if entry.codes.get("rank") is not None:
            tally.seqs["offered"].append(entry.seq)
        if entry.codes.get("out_of_turn"):
            tally.seqs["out_of_turn"].append(entry.seq)

    def _dialed(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["dialed"].append(entry.seq)
        if entry.lead_id is not None:
            self.first_dials.setdefault(entry.lead_id, []).append((entry.at, entry.seq))

    def _confirmed(self, tally: Tally, entry: Entry) -> None:
        codes, seq = entry.codes, entry.seq
        obligation = entry.subjects.get("obligation")
        if isinstance(obligation, int):
            self.started.pop(obligation, None)
        self._by_script(tally, entry)
        answer = codes.get("answer")
        if answer in {"no", "partly"}:
            tally.seqs[answer].append(seq)
            if codes.get("reason"):
                tally.reasons[str(codes["reason"])].append(seq)
        if answer == "no":
            return
        tally.seqs["done"].append(seq)
        if codes.get("already"):
            tally.seqs["already"].append(seq)
        self._punctual(tally, entry, promised=obligation in self._promised)
        if codes.get("channel") == "call":
            self._call(tally, entry)

    def _punctual(self, tally: Tally, entry: Entry, *, promised: bool) -> None:
        due, at = _instant(entry.codes.get("due")), from_micros(entry.at)
        if due is None:
            return
        if promised:
            # What was dialed at the promised time is confirmed some minutes later: the start counts.
            began = _instant(entry.codes.get("started")) or at
            on_time = abs(began - due) <= KEPT
            tally.seqs["kept" if on_time else "missed"].append(entry.seq)
        else:
            on_time = at <= self._end_of_day(due)
        tally.seqs["timely" if on_time else "late"].append(entry.seq)

    def _call(self, tally: Tally, entry: Entry) -> None:
        codes, seq = entry.codes, entry.seq
        tally.outcomes[str(codes.get("outcome") or "")].append(seq)
        attempt = entry.subjects.get("attempt")
        if isinstance(attempt, int):
            self.confirmed_attempts[attempt] = seq
        dialed = codes.get("dialed_ms")
        if codes.get("contact"):
            if entry.answered_in is not None:
                tally.contact_ms.append(int(entry.answered_in / timedelta(milliseconds=1)))
                if entry.answered_in < FAST:
                    tally.seqs["hasty"].append(seq)
        elif isinstance(dialed, int) and timedelta(milliseconds=dialed) < HASTY:
            tally.seqs["ringless"].append(seq)
        if dialed is None and isinstance(attempt, int) and codes.get("verdict") != "not dialed":
            tally.seqs["undialed"].append(seq)

    def _deferred(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["deferred"].append(entry.seq)
        moves = entry.codes.get("deferrals")
        if entry.codes.get("promised") and isinstance(moves, int) and moves >= MOVED:
            tally.seqs["moved"].append(entry.seq)
        tally.reasons[str(entry.codes.get("reason") or "")].append(entry.seq)

    def _asked(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["asked"].append(entry.seq)

    def _by_script(self, tally: Tally, entry: Entry) -> None:
        """Answers by command, one after the other faster than people type: nobody telephones like that."""
        near = entry.at - tally.run_at < SCRIPTED / timedelta(microseconds=1)
        if entry.codes.get("started_in") != "cli":
            tally.run, tally.run_at = [], 0
            return
        tally.run = [*tally.run, entry.seq] if near else [entry.seq]
        tally.run_at = entry.at
        if len(tally.run) == RUN:
            tally.seqs["scripted"] += tally.run
        elif len(tally.run) > RUN:
            tally.seqs["scripted"].append(entry.seq)

    def _override(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["override"].append(entry.seq)
        tally.private.append(entry.seq)

    def _already(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["already"].append(entry.seq)
        tally.seqs["done"].append(entry.seq)
        due = _instant(entry.codes.get("due"))
        if due is not None:
            # The recorded time counts, not the one that was claimed.
            timely = from_micros(entry.at) <= self._end_of_day(due)
            tally.seqs["timely" if timely else "late"].append(entry.seq)

    def _acknowledged(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["acknowledged"].append(entry.seq)

    def _refused(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["refused"].append(entry.seq)

    def _step(self, tally: Tally, entry: Entry) -> None:
        tally.seqs["step"].append(entry.seq)


def _instant(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None
