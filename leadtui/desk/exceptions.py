"""What a supervisor should look at first, drawn from a ledger and the open questions; pure, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadtui.desk.compliance_views import ExceptionLine
from leadtui.desk.ledger import Ledger, Tally
from leadtui.desk.telling import plain
from leadtui.store.types import from_micros
from leadtui.text import fold

REPEATED = 3
"""So often the same words or the same code are worth a look."""

LETTERS = 5
"""A reason with fewer different letters says nothing."""

WEIGHTS = {
    "open": 90, "hasty": 80, "no": 75, "ringless": 72, "undialed": 70, "override": 65, "partly": 60, "missed": 58,
    "unkept": 57, "already": 50, "deferred": 45, "repeated": 44, "refused": 40, "out_of_turn": 30, "step": 85,
    "scripted": 78, "moved": 56, "asked": 55, "hollow": 64,
}  # fmt: skip

COUNTED = (
    ("hasty", "{n} contact{s} answered in under 3 s"),
    ("no", "{n} answered no"),
    ("ringless", "{n} without contact confirmed under 8 s after the dial"),
    ("undialed", "{n} call{s} confirmed without a dial"),
    ("override", "{n} override{s} of the calling rules"),
    ("partly", "{n} answered partly"),
    ("missed", "{n} promised callback{s} not kept"),
    ("scripted", "{n} answers in a row by command, faster than anybody telephones"),
    ("moved", "{n} promised callback{s} moved twice"),
    ("asked", "{n} asked to be put off a third time"),
    ("already", "{n} said to be done already"),
    ("deferred", "{n} deferred"),
    ("refused", "{n} refused"),
    ("out_of_turn", "{n} taken out of turn"),
    ("step", "the clock went back {n} time{s}"),
)
"""Kinds of entry lists, and what a line says of one."""


@dataclass(frozen=True, slots=True)
class Open:
    """An unanswered question or an unkept promise, as the tables know it."""

    kind: str
    rep_id: int
    lead_id: int
    words: str
    since: datetime
    seq: int


def exceptions(
    ledger: Ledger, waiting: Iterable[Open], texts: Mapping[int, str], names: Mapping[int, str], now: datetime
) -> tuple[ExceptionLine, ...]:
    """Everything worth a look, the most urgent first: open questions by age, then by weight and number.

    ``texts`` are personal texts by entry, for reasons that repeat; ``names`` are the reps.
    """
    found = [_open_line(one, names, now) for one in waiting]
    for rep_id, tally in ledger.reps.items():
        found += _counted(rep_id, tally, names)
        found += _repeated(rep_id, tally, texts, names)
        found += _hollow(rep_id, tally, texts, names)
    return tuple(sorted(found, key=lambda line: (-line.weight, -len(line.seqs), line.rep)))


def _open_line(one: Open, names: Mapping[int, str], now: datetime) -> ExceptionLine:
    age = max(now - one.since, timedelta(0))
    said = "question open" if one.kind == "open" else "promised callback missed by"
    minutes = min(int(age / timedelta(minutes=1)), 9)
    return ExceptionLine(
        kind=one.kind,
        rep_id=one.rep_id,
        rep=names.get(one.rep_id, ""),
        words=f"{said} {_age(age)} · {one.words}",
        seqs=(one.seq,) if one.seq else (),
        weight=WEIGHTS[one.kind] + minutes,
        lead_id=one.lead_id,
    )


def _counted(rep_id: int, tally: Tally, names: Mapping[int, str]) -> list[ExceptionLine]:
    return [
        ExceptionLine(
            kind=kind,
            rep_id=rep_id,
            rep=names.get(rep_id, ""),
            words=words.format(n=len(seqs), s="" if len(seqs) == 1 else "s"),
            seqs=tuple(reversed(seqs)),
            weight=WEIGHTS[kind],
        )
        for kind, words in COUNTED
        if (seqs := tally.seqs[kind])
    ]


def _repeated(rep_id: int, tally: Tally, texts: Mapping[int, str], names: Mapping[int, str]) -> list[ExceptionLine]:
    groups: dict[str, list[int]] = {}
    for seq in tally.private:
        if texts.get(seq):
            groups.setdefault(f'"{fold(texts[seq])}"', []).append(seq)
    groups |= {plain(code): seqs for code, seqs in tally.reasons.items() if code}
    return [
        ExceptionLine(
            kind="repeated",
            rep_id=rep_id,
            rep=names.get(rep_id, ""),
            words=f"the same reason {len(seqs)} times: {reason}",
            seqs=tuple(reversed(seqs)),
            weight=WEIGHTS["repeated"],
        )
        for reason, seqs in groups.items()
        if len(seqs) >= REPEATED
    ]


def _hollow(rep_id: int, tally: Tally, texts: Mapping[int, str], names: Mapping[int, str]) -> list[ExceptionLine]:
    """Reasons that fill their place and say nothing: a few letters over and over."""
    seqs = [seq for seq in tally.private if seq in texts and len(set(fold(texts[seq])) - set(" .,-_!?")) < LETTERS]
    if not seqs:
        return []
    words = f"{len(seqs)} reason{'' if len(seqs) == 1 else 's'} that say{'s' if len(seqs) == 1 else ''} nothing"
    kind = "hollow"
    return [ExceptionLine(kind, rep_id, names.get(rep_id, ""), words, tuple(reversed(seqs)), WEIGHTS[kind])]


def open_of(row: Any, kind: str, words: str, seq: int) -> Open:
    """An ``Open`` from ``(rep, lead, since in microseconds)``."""
    rep_id, lead_id, since = row
    return Open(kind, int(rep_id or 0), int(lead_id or 0), words, from_micros(since), seq)


def _age(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    if minutes < 1:
        return f"{int(age.total_seconds())} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"
