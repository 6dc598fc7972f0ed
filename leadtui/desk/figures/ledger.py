"""What people did on one day of the floor, counted from log entries one after the other; pure, no
I/O.

A day is fed its entries in order and can be fed more at any time; each count keeps the numbers of
the entries behind it. The formulas are those of the process, as far as the log alone can answer
them. Days are added up in ``spans.py``."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from leadtui.desk.figures import patterns
from leadtui.desk.figures.patterns import Tally
from leadtui.desk.log.reading import (
    NO_CODES,
    NO_SUBJECTS,
    Body,
    Codes,
    Subjects,
    instant,
    number,
    read,
)
from leadtui.desk.log.telling import Raw
from leadtui.store.engine.entries import WEB
from leadtui.store.engine.vocabulary import Event

KEPT = 15 * patterns.MINUTE
"""A promised callback counts as kept within so much of its time; microseconds."""

MOVED = 2
"""A promised callback that is moved so often is told."""

NO_ANSWER: Mapping[str, str] = {
    Event.LEAD_SIGN: "",
    Event.LEAD_REJECTED: "rejected",
    Event.DNC_ADDED: "do not call",
    Event.LEAD_EDITED: "place changed",
}
"""What takes due touches off the queue without an answer, and what it is called; a sign is called
by its kind."""

NOBODY = 0
"""Whose tally holds what no person did."""


class Day:
    """The tallies of one day that begins at ``start`` (microseconds).

    ``began_earlier`` is asked for the kind of an obligation that was started before this day.
    Answers of ``taken_back`` are not counted: the answer that stands is.
    """

    def __init__(
        self,
        start: int,
        began_earlier: Callable[[int, int], str] = lambda _obligation, _started: "",
        taken_back: Collection[int] = (),
    ) -> None:
        self.start = start
        self.taken_back: set[int] = set()
        """Answers that entries of this day take back, of this day or an earlier one."""
        self.last_seq = 0
        self.reps: dict[int, Tally] = defaultdict(Tally)
        self.dials: dict[int, array[int]] = defaultdict(lambda: array("q"))
        """Lead -> at, seq, at, seq … of its dials, in order."""
        self.confirmed: dict[int, int] = {}
        """Attempt -> the entry that confirmed it."""
        self.started: dict[int, tuple[int, str]] = {}
        """Obligation without an answer so far -> the entry that started it, and the kind of its
        touch (or ``inbound``)."""
        self.blocks: list[tuple[int, int, int | None, int | None]] = []
        """at, seq, lead, row of do-not-call."""
        self.missed_leads: dict[int, list[int]] = defaultdict(list)
        """Lead -> entries of its callbacks that were not kept."""
        self.erasures = 0
        self._began_earlier = began_earlier
        self._passed_over = taken_back
        self._handlers: dict[str, Callable[[Tally, Codes, Subjects, int, int], None]] = {
            Event.TOUCH_STARTED: self._started,
            Event.CALL_DIALED: self._dialed,
            Event.ACTION_CONFIRMED: self._confirmed,
            Event.ACTION_TAKEN_BACK: self._taken_back,
            Event.TOUCH_DEFERRED: self._deferred,
            Event.TOUCH_DEFERRAL_ASKED: self._asked,
            Event.TOUCH_SKIPPED: self._skipped,
            Event.GATE_OVERRIDE: self._override,
            Event.GATE_ACKNOWLEDGED: self._acknowledged,
            Event.LEAD_TAKEN_OVER: self._taken_over,
            Event.LEAD_ASSIGNED: self._assigned,
            Event.DNC_ADDED: self._blocked,
            Event.IMPORT: self._brought,
            Event.LEAD_EDITED: self._edited,
            Event.POPUP_ANSWERED: self._popped_up,
            Event.NOTICE_ACKNOWLEDGED: self._popped_up,
            Event.REP_AWAY: self._went_away,
            Event.REFUSED: self._refused,
            Event.CLOCK_STEP: self._step,
            Event.PERSON_ERASED: self._erased,
            Event.ENTRY_CORRECTED: self._corrected,
            Event.WEB_EVENT: self._on_the_web,
            Event.WEB_FORM: self._on_the_web,
        }

    def add(self, raw: Raw) -> None:
        """Take one entry in; entries come in order. What is no entry any more is passed over."""
        self.last_seq = raw[0]
        said = read(raw)
        if said is not None:
            self._take(said, raw[0], raw[1] if type(raw[1]) is int else self.start)

    def _take(self, said: Body, seq: int, at: int) -> None:
        if type(said.event) is not str:
            return
        who = said.actor if type(said.actor) is int and said.front != WEB else NOBODY
        codes = said.codes or NO_CODES
        handler = self._handlers.get(said.event)
        if handler is not None:
            handler(self.reps[who], codes, said.subjects or NO_SUBJECTS, seq, at)
        if said.event in NO_ANSWER and said.role != "supervisor":
            _set_aside(self.reps[who], codes, NO_ANSWER[said.event] or str(codes.kind or ""), seq)

    def _started(self, tally: Tally, codes: Codes, about: Subjects, seq: int, _at: int) -> None:
        marks = tally.marks
        marks["started"].append(seq)
        obligation = number(about.obligation)
        if obligation is not None:
            self.started[obligation] = (seq, kind_of(codes))
        if codes.rank is not None:
            marks["offered"].append(seq)
            marks["out of turn" if codes.out_of_turn else "in turn"].append(seq)
        elif codes.out_of_turn:
            marks["out of turn"].append(seq)
        if codes.out_of_turn:
            marks[f"out of turn:{codes.out_of_turn}"].append(seq)

    def _dialed(self, tally: Tally, _codes: Codes, about: Subjects, seq: int, at: int) -> None:
        tally.marks["dialed"].append(seq)
        lead = number(about.lead)
        if lead is not None:
            self.dials[lead].extend((at, seq))

    def _confirmed(self, tally: Tally, codes: Codes, about: Subjects, seq: int, at: int) -> None:
        if seq in self._passed_over:
            return
        marks = tally.marks
        marks["answered"].append(seq)
        patterns.by_script(tally, codes, seq, at)
        patterns.going_round(tally, codes, seq)
        if codes.late:
            marks["answered late"].append(seq)
        obligation, began = number(about.obligation), instant(codes.started) or at
        kind = self._kind(obligation, began)
        answer = codes.answer if type(codes.answer) is str else ""
        if answer in {"no", "partly"}:
            marks[answer].append(seq)
            if codes.reason:
                marks[f"{answer}:{codes.reason}"].append(seq)
                marks[f"reason:{codes.reason}"].append(seq)
        if answer == "no":
            return
        marks["done"].append(seq)
        patterns.given(tally, codes, seq, at)
        if codes.already:
            marks["already"].append(seq)
        if _unsent(codes, about):
            marks["unsent"].append(seq)
        if (number(codes.early_min) or 0) > 0:
            marks["early"].append(seq)
        due = instant(codes.due)
        if due is not None:
            marks[
                "timely" if self._in_time(tally, due, began, kind, about, seq) else "late"
            ].append(seq)
        if codes.channel == "call":
            self._call(tally, codes, about, seq, at - began if kind == "inbound" else None)
            patterns.called(tally, codes, seq, at, inbound=kind == "inbound")

    def _taken_back(self, tally: Tally, _codes: Codes, about: Subjects, seq: int, _at: int) -> None:
        tally.marks["taken back"].append(seq)
        if (entry := number(about.entry)) is not None:
            self.taken_back.add(entry)

    def _in_time(
        self, tally: Tally, due: int, began: int, kind: str, about: Subjects, seq: int
    ) -> bool:
        """By the end of its day; a promised callback within a quarter of an hour."""
        if kind != "callback":
            # The day on which it was due has not ended before this day began.
            return due >= self.start
        # What was dialed at the promised time is confirmed some minutes later: the start counts.
        kept = abs(began - due) <= KEPT
        tally.marks["kept" if kept else "missed"].append(seq)
        lead = number(about.lead)
        if not kept and lead is not None:
            self.missed_leads[lead].append(seq)
        return kept

    def _kind(self, obligation: int | None, began: int) -> str:
        if obligation is None:
            return ""
        known = self.started.pop(obligation, None)
        if known is not None:
            return known[1]
        return self._began_earlier(obligation, began) if began < self.start else ""

    def _call(
        self, tally: Tally, codes: Codes, about: Subjects, seq: int, inbound: int | None
    ) -> None:
        """``inbound`` is how long an inbound call has taken so far, ``None`` for a call that had to
        be dialed."""
        marks = tally.marks
        marks["calls"].append(seq)
        marks[f"outcome:{codes.outcome or ''}"].append(seq)
        attempt, dialed, took = (
            number(about.attempt),
            number(codes.dialed_ms),
            number(codes.seconds_ms),
        )
        if attempt is not None:
            self.confirmed[attempt] = seq
        if codes.contact:
            since = dialed if inbound is None else inbound // 1000
            patterns.talked(tally, took, since, seq, inbound=inbound is not None)
        elif dialed is not None:
            marks["no contact"].append(seq)
            tally.tenths["no contact"][dialed // 100] += 1
            if dialed < patterns.HASTY_MS:
                marks["ringless"].append(seq)
        if (
            inbound is None
            and codes.dialed_ms is None
            and attempt is not None
            and codes.verdict != "not dialed"
        ):
            marks["undialed"].append(seq)

    def _deferred(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        marks = tally.marks
        marks["deferred"].append(seq)
        patterns.going_round(tally, codes, seq)
        if codes.offered:
            marks["deferred in turn"].append(seq)
        moves = number(codes.deferrals)
        if codes.promised and moves is not None and moves >= MOVED:
            marks["moved"].append(seq)
        if codes.reason:
            marks[f"deferred:{codes.reason}"].append(seq)
            marks[f"reason:{codes.reason}"].append(seq)

    def _override(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        marks = tally.marks
        marks["override"].append(seq)
        marks[f"override by code:{codes.code or ''}"].append(seq)
        marks[f"override by rule:{codes.rule or ''}"].append(seq)
        marks["private"].append(seq)
        patterns.hollow(tally, codes, seq)

    def _acknowledged(
        self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int
    ) -> None:
        tally.marks["acknowledged"].append(seq)
        tally.marks[f"acknowledged:{codes.rule or ''}"].append(seq)

    def _taken_over(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        """It is told of the rep who left the question open, not of who took the lead over."""
        left = number(codes.left_by)
        (self.reps[left] if left is not None else tally).marks["taken over"].append(seq)

    def _blocked(self, tally: Tally, _codes: Codes, about: Subjects, seq: int, at: int) -> None:
        tally.marks["blocked"].append(seq)
        self.blocks.append((at, seq, number(about.lead), number(about.dnc)))

    def _asked(self, tally: Tally, _codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        tally.marks["asked"].append(seq)

    def _skipped(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        tally.marks["skipped"].append(seq)
        tally.marks[f"skipped:{codes.why or ''}"].append(seq)

    def _brought(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        if codes.own:
            patterns.own(tally, codes, seq)

    def _edited(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        if codes.why == "program":
            tally.marks["enriched"].append(seq)
            return
        patterns.own(tally, codes, seq)
        if codes.why == "colleague":
            tally.marks["colleague"].append(seq)

    def _popped_up(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        stood = number(codes.seconds_ms)
        patterns.popped_up(tally, number(codes.shown_ms) if stood is None else stood, seq)

    def _assigned(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        if codes.why == "away":
            tally.marks["away"].append(seq)

    def _went_away(self, tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        if codes.why == "own" and (touches := number(codes.touches) or 0) > 0:
            tally.marks["put off"].append(seq)
            tally.tenths["put off"][touches] += 1

    def _refused(self, tally: Tally, _codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        tally.marks["refused"].append(seq)

    def _step(self, tally: Tally, _codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        tally.marks["step"].append(seq)

    def _corrected(self, tally: Tally, _codes: Codes, _about: Subjects, seq: int, _at: int) -> None:
        tally.marks["corrected"].append(seq)

    def _on_the_web(
        self, _tally: Tally, codes: Codes, _about: Subjects, seq: int, _at: int
    ) -> None:
        """No person's work: who visited, and whom a form brought."""
        if codes.kind == "visit" and codes.new:
            kind = "visitors"
        elif codes.kind in {"new", "updated", "review"}:
            kind = "forms"
        else:
            return
        for mark in (kind, f"{kind}:{codes.offer or ''}"):
            self.reps[NOBODY].marks[mark].append(seq)

    def _erased(self, _tally: Tally, _codes: Codes, _about: Subjects, _seq: int, _at: int) -> None:
        self.erasures += 1


def kind_of(codes: Codes) -> str:
    """The kind of the touch that an entry started; ``inbound`` for a call that came in, whatever
    its touch is."""
    return "inbound" if codes.inbound else str(codes.kind or "")


def _set_aside(tally: Tally, codes: Codes, kind: str, seq: int) -> None:
    """Due touches that left the queue though nobody answered for them; a block that an answer
    brought is answered for."""
    if codes.place and codes.why != "program":
        tally.marks["place"].append(seq)
    count = number(codes.set_aside) or 0
    if count > 0 and not codes.by_answer:
        for mark in ("set aside", f"set aside:{kind}"):
            tally.marks[mark].append(seq)
            tally.tenths[mark][count] += 1


def _unsent(codes: Codes, about: Subjects) -> bool:
    """An e-mail that is said to be sent and was never handed over; older entries say so by naming
    no message."""
    if codes.unsent is not None:
        return bool(codes.unsent)
    return codes.channel == "email" and codes.answer == "yes" and about.email is None
