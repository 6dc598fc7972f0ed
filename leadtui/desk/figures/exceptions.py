"""What a supervisor should look at first, drawn from a period's counts and what is open now; pure,
no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.core.words import leads_wait
from leadtui.desk.figures.compliance_views import ExceptionLine, Figure
from leadtui.desk.figures.patterns import PATTERNS, Pattern
from leadtui.desk.figures.spans import Span
from leadtui.desk.log.telling import plain
from leadtui.store.engine.types import from_micros
from leadtui.text import fold

REPEATED = 3
"""So often the same words or the same code are worth a look."""

WEIGHTS = {"open": 90, "hopper": 79, "unkept": 57, "repeated": 44}

COUNTED = (
    ("blocked call", 99, "{n} call{s} to somebody who said: do not call"),
    ("taken over", 88, "{n} lead{s} taken over: left unanswered"),
    ("answered late", 86, "{n} answered after the lead was taken over"),
    ("step", 85, "the clock went back {n} time{s}"),
    ("set aside", 77, "{n} due touch{es} set aside by signs, rejections or blocks"),
    ("away", 76, "{n} hot lead{s} of somebody away given to a colleague"),
    ("skipped:held", 74, "{n} call{s} passed over that no waiting makes allowed"),
    ("put off", 76, "{n} touch{es} put off by an absence of their own making"),
    ("no", 75, "{n} answered no"),
    ("taken back", 73, "{n} answer{s} taken back"),
    ("unsent", 71, "{n} e-mail{s} confirmed without a message"),
    ("undialed", 70, "{n} call{s} confirmed without a dial"),
    ("unmeasured", 68, "{n} contact{s} without a measured time"),
    ("corrected", 66, "{n} correction{s} of the log"),
    ("override", 65, "{n} override{s} of the calling rules"),
    ("place", 62, "{n} change{s} of a lead's place"),
    ("colleague", 61, "{n} change{s} of a colleague's lead"),
    ("enriched", 42, "{n} fact{s} filled in by the floor's program (enrichment)"),
    ("partly", 60, "{n} answered partly"),
    ("missed", 58, "{n} promised callback{s} called more than 15 min off"),
    ("early", 57, "{n} promised action{s} confirmed before the time"),
    ("moved", 56, "{n} promised callback{s} moved twice"),
    ("asked", 55, "{n} asked to be put off a third time"),
    ("already", 50, "{n} said to be done already"),
    ("deferred", 45, "{n} deferred"),
    ("refused", 40, "{n} refused"),
    ("out of turn", 30, "{n} taken out of turn"),
)
"""Kinds of entries, how high their line stands, and what it says."""

OF_TOUCHES = frozenset(("set aside", "put off"))
"""Kinds whose lines say how many touches their entries took off the queue."""


@dataclass(frozen=True, slots=True)
class Open:
    """An unanswered question or an unkept promise, as the tables know it."""

    kind: str
    rep_id: int
    lead_id: int
    words: str
    since: datetime
    seqs: tuple[int, ...]


def exceptions(
    span: Span,
    waiting: Iterable[Open],
    texts: Mapping[int, str],
    names: Mapping[int, str],
    now: datetime,
    blocked_calls: Sequence[tuple[int, int]] = (),
    in_hopper: int = 0,
) -> tuple[ExceptionLine, ...]:
    """Everything worth a look, the most urgent first: open questions by age, then by weight and
    number.

    ``texts`` are folded personal texts by entry, for reasons that repeat; ``names`` are those who
    are asked about; ``blocked_calls`` are ``(rep, entry)`` of dials behind a do-not-call;
    ``in_hopper`` is how many leads are nobody's."""
    waits = [one for one in waiting if one.rep_id in names]
    # A promise that is still open has its own line; the calls that were tried for it meanwhile
    # stand behind that one.
    told = {seq for one in waits if one.kind == "unkept" for seq in one.seqs}
    found = [_open_line(one, names, now) for one in waits]
    if in_hopper:
        found.append(_hopper_line(in_hopper))
    for rep_id, name in names.items():
        whose = _Whose(
            span, rep_id, name, told, tuple(seq for rep, seq in blocked_calls if rep == rep_id)
        )
        found += [
            line for kind, weight, words in COUNTED if (line := whose.counted(kind, weight, words))
        ]
        found += [line for one in PATTERNS if (line := whose.shown(one))]
        found += whose.repeated(texts)
    return tuple(sorted(found, key=lambda line: (-line.weight, -line.count, line.rep, line.of)))


@dataclass(frozen=True, slots=True)
class _Whose:
    span: Span
    rep_id: int
    name: str
    told: set[int]
    blocked: tuple[int, ...]

    def counted(self, kind: str, weight: int, words: str) -> ExceptionLine | None:
        count, seqs = self.span.count((self.rep_id,), kind), self.span.seqs((self.rep_id,), kind)
        if kind == "blocked call":
            count, seqs = len(self.blocked), self.blocked
        if kind == "missed":
            count -= sum(seq in self.told for seq in seqs)
            seqs = tuple(seq for seq in seqs if seq not in self.told)
        if not count:
            return None
        said = count
        if kind in OF_TOUCHES:
            said = sum(
                each * times for each, times in self.span.tenths((self.rep_id,), kind).items()
            )
        one = said == 1
        words = words.format(n=f"{said:,}", s="" if one else "s", es="" if one else "es")
        return self.line(kind, weight, words, seqs, count)

    def shown(self, pattern: Pattern) -> ExceptionLine | None:
        """A pattern that goes beyond ordinary work, beside what it is of everybody else."""
        line = self.counted(pattern.kind, pattern.weight, pattern.words)
        mine = self._part(pattern, (self.rep_id,))
        if line is None or line.count < pattern.least or (mine.share or 1) < pattern.part:
            return None
        peers = self._part(pattern, self.span.others(self.rep_id))
        beside = f"{mine.shown} of {mine.total:,}, peers {peers.shown}"
        return replace(line, words=f"{line.words} · {beside}", part=mine, peers=peers)

    def _part(self, pattern: Pattern, reps: Iterable[int]) -> Figure:
        of = sum(self.span.count(reps, kind) for kind in pattern.of)
        return Figure(self.span.count(reps, pattern.kind), of)

    def repeated(self, texts: Mapping[int, str]) -> list[ExceptionLine]:
        groups: dict[str, list[int]] = {}
        for seq in self.span.seqs((self.rep_id,), "private"):
            if texts.get(seq):
                groups.setdefault(f'"{texts[seq]}"', []).append(seq)
        found = [(reason, len(seqs), tuple(seqs)) for reason, seqs in groups.items()]
        for code in self.span.codes((self.rep_id,), "reason"):
            kind = f"reason:{code}"
            found.append(
                (
                    plain(code),
                    self.span.count((self.rep_id,), kind),
                    self.span.seqs((self.rep_id,), kind),
                )
            )
        return [
            self.line(
                "repeated",
                WEIGHTS["repeated"],
                f"the same reason {count:,} times: {reason}",
                seqs,
                count,
                reason,
            )
            for reason, count, seqs in found
            if count >= REPEATED
        ]

    def line(
        self, kind: str, weight: int, words: str, seqs: tuple[int, ...], count: int, of: str = ""
    ) -> ExceptionLine:
        return ExceptionLine(
            kind=kind,
            rep_id=self.rep_id,
            rep=self.name,
            words=words,
            seqs=seqs,
            weight=weight,
            count=count,
            of=of,
        )


def _open_line(one: Open, names: Mapping[int, str], now: datetime) -> ExceptionLine:
    age = max(now - one.since, timedelta(0))
    said = "question open" if one.kind == "open" else "promised callback missed by"
    tried = len(one.seqs) if one.kind == "unkept" else 0
    since = f" · tried {tried} time{'' if tried == 1 else 's'}" if tried else ""
    minutes = min(int(age / timedelta(minutes=1)), 9)
    return ExceptionLine(
        kind=one.kind,
        rep_id=one.rep_id,
        rep=names.get(one.rep_id, ""),
        words=f"{said} {_age(age)} · {one.words}{since}",
        seqs=one.seqs,
        weight=WEIGHTS[one.kind] + minutes,
        lead_id=one.lead_id,
        count=len(one.seqs),
        of=str(one.since.timestamp()),
    )


def _hopper_line(waiting: int) -> ExceptionLine:
    words = f"{leads_wait(waiting)} in the hopper ('leadtui hopper'); 'leadtui assign' gives one"
    return ExceptionLine("hopper", None, "nobody", words, (), WEIGHTS["hopper"], count=waiting)


def open_of(row: Any, kind: str, words: str, seqs: tuple[int, ...]) -> Open:
    """An ``Open`` from ``(rep, lead, since in microseconds)``."""
    rep_id, lead_id, since = row
    return Open(kind, int(rep_id or 0), int(lead_id or 0), words, from_micros(since), seqs)


def folded(texts: Mapping[int, str]) -> dict[int, str]:
    """Texts as they are compared: without case and spaces at the ends."""
    return {seq: fold(words) for seq, words in texts.items()}


def _age(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    if minutes < 1:
        return f"{int(age.total_seconds())} s"
    return (
        f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h"
        if minutes < 2880
        else f"{minutes // 1440} d"
    )
