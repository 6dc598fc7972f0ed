"""Patterns: what several entries show together and ordinary work does not. When each is told, and
how a day marks the entries of it; pure, no I/O.

``docs/compliance-log.md`` has the same table for people. Whatever text was erased meanwhile, what
is marked by stands in the bodies."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from leadtui.desk.log.reading import Codes, instant, number

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE

FAST_MS = 3_000
"""Nobody who talked to somebody answers sooner."""

HASTY_MS = 8_000
"""A telephone rings longer than that before anybody can say that nobody answers, and nobody is
reached, heard and answered for in less."""

BURN_MS = 15_000
"""Even a voice that says that a number is not in service takes longer, with the dial and the
answer."""

SCRIPTED = 20 * SECOND
"""A person who types commands answers more slowly than that, many times in a row."""

BY_THE_MINUTE = 3 * MINUTE
"""So near to each other nobody telephones with one caller after the other, many times in a row."""

ROW = 5
"""So many entries in a row are a pattern, and so many answers without anything done about one
lead."""

FAR, YEAR = 150 * DAY, 366 * DAY
"""What is promised for later than in five months, and for later than in a year."""

LETTERS = 5
"""A reason of an override with fewer different letters says nothing."""

FEW = 3
"""So few different letters are no word of an answer."""

BLINK_MS = 1_000
"""Nobody reads what came up and decides in less."""


@dataclass(slots=True)
class Tally:
    """One rep's day. Kinds are words such as ``done``; ``kind:code`` counts one code of a kind."""

    marks: dict[str, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("q")))
    tenths: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """``contact``: from question to answer; ``no contact``: from dial to outcome; tenths of
    seconds.

    ``set aside``, ``set aside:kind`` and ``put off`` hold no length but how many touches each entry
    took off the queue."""
    rows: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Kind -> the entries of a row that goes on."""
    last: dict[str, int] = field(default_factory=dict)
    """Kind -> the instant of the last of these entries."""

    def in_a_row(self, kind: str, seq: int) -> None:
        """One more of a row: the fifth marks all of them, each later one itself."""
        row = self.rows[kind]
        row.append(seq)
        if len(row) >= ROW:
            self.marks[kind].extend(row if len(row) == ROW else (seq,))

    def near(self, kind: str, seq: int, at: int, apart: int) -> None:
        """One more of a row whose entries follow each other within ``apart`` (microseconds)."""
        if at - self.last.get(kind, at) >= apart:
            self.rows[kind].clear()
        self.last[kind] = at
        self.in_a_row(kind, seq)


@dataclass(frozen=True, slots=True)
class Pattern:
    """When the marks of a ``kind`` are told: from ``least`` entries on that are ``part`` of the
    rep's entries of the kind ``of``, beside what they are of everybody else's."""

    kind: str
    weight: int
    words: str
    name: str
    formula: str
    of: tuple[str, ...]
    least: int = 1
    part: float = 0.0


PATTERNS = (
    Pattern(
        "own",
        84,
        "{n} own number{s} given to leads",
        "own numbers and addresses",
        "changes that give a lead what is a colleague's or the floor's; of changes",
        ("edited",),
    ),
    Pattern(
        "years",
        82,
        "{n} promise{s} over a year ahead",
        "promises for later than a year",
        "callbacks, next actions, not now; of promises",
        ("promises",),
    ),
    Pattern(
        "loop",
        81,
        "{n} time{s} round with nothing done",
        "leads that go round",
        "no, partly, not dialed, put off: the fifth in a row and later; of answers, deferrals",
        ("answered", "deferred"),
    ),
    Pattern(
        "brief",
        80,
        "{n} contact{s} within seconds",
        "contacts within seconds",
        "under 8 s after the dial, or 3 s after an inbound call came; of contacts",
        ("contact",),
    ),
    Pattern(
        "scripted",
        78,
        "{n} answers at a script's pace",
        "answered by a script",
        "five or more answers, each within 20 s; of answers",
        ("answered",),
    ),
    Pattern(
        "burnt",
        76,
        "{n} burnt or not dialed in a row",
        "burnt in a row",
        "five or more: not dialed, or ended under 15 s after the dial; of calls",
        ("calls",),
    ),
    Pattern(
        "by the minute",
        74,
        "{n} inbound calls by the minute",
        "inbound calls by the minute",
        "five or more, each within 3 min of the last; of inbound calls",
        ("inbound",),
    ),
    Pattern(
        "ringless",
        72,
        "{n} without contact under 8 s",
        "no contact under 8 s",
        "of calls without one",
        ("no contact",),
    ),
    Pattern(
        "hollow",
        64,
        "{n} override{s} for no real reason",
        "reasons that say nothing",
        "fewer than five different letters; of overrides",
        ("override",),
    ),
    Pattern(
        "bare",
        63,
        "{n} talks answered with nothing",
        "talks answered with nothing",
        "no or filler words, or only the outcome; of talks; told from 5 and 50 % on",
        ("worded",),
        least=5,
        part=0.5,
    ),
    Pattern(
        "blink",
        61,
        "{n} pop-ups answered in no time",
        "pop-ups under a second",
        "of pop-ups and notices; told from 5 and 50 % on",
        ("pop-ups",),
        least=5,
        part=0.5,
    ),
    Pattern(
        "far",
        59,
        "{n} promises over 5 months ahead",
        "promises for later than five months",
        "up to a year; of promises; told from 3 and 25 % on",
        ("promises",),
        least=3,
        part=0.25,
    ),
)
"""What is told when it goes beyond ordinary work, the heaviest first."""


def by_script(tally: Tally, codes: Codes, seq: int, at: int) -> None:
    """Answers by command, one after the other faster than people type: nobody telephones like
    that."""
    if codes.started_in == "cli":
        tally.near("scripted", seq, at, SCRIPTED)
    else:
        tally.rows["scripted"].clear()


def going_round(tally: Tally, codes: Codes, seq: int) -> None:
    """A lead put off or left undone once more: the entry says how many times in a row by now."""
    if (number(codes.idle) or 0) >= ROW:
        tally.marks["loop"].append(seq)


def given(tally: Tally, codes: Codes, seq: int, at: int) -> None:
    """What goes with an answer that something was done: its words, and what was promised."""
    marks = tally.marks
    if codes.own:
        own(tally, codes, seq)
    if codes.contact or codes.answer == "partly":
        marks["worded"].append(seq)
        letters = number(codes.letters)
        if codes.empty or (letters is not None and letters < FEW):
            marks["bare"].append(seq)
    until = instant(codes.until)
    if until is not None:
        marks["promises"].append(seq)
        if until - at > FAR:
            marks["years" if until - at > YEAR else "far"].append(seq)


def called(tally: Tally, codes: Codes, seq: int, at: int, *, inbound: bool) -> None:
    """What a call shows: inbound ones that follow each other by the minute, and others that take no
    time, one after the other."""
    if inbound:
        tally.marks["inbound"].append(seq)
        tally.near("by the minute", seq, at, BY_THE_MINUTE)
        return
    dialed = number(codes.dialed_ms)
    burnt = codes.burns and (dialed is None or dialed < BURN_MS)
    if burnt or codes.verdict == "not dialed":
        tally.in_a_row("burnt", seq)
    else:
        tally.rows["burnt"].clear()


def talked(tally: Tally, took: int | None, since: int | None, seq: int, *, inbound: bool) -> None:
    """A contact: ``took`` is how long its question stood, ``None`` where it was answered by
    command; ``since`` how long ago it was dialed, or an inbound call taken; milliseconds."""
    marks = tally.marks
    if took is not None:
        marks["contact shown"].append(seq)
        tally.tenths["contact"][took // 100] += 1
    measured = since if took is None else took
    if measured is None:
        marks["unmeasured"].append(seq)
        return
    marks["contact"].append(seq)
    if measured < FAST_MS:
        marks["hasty"].append(seq)
    if _brief(took, since, inbound=inbound):
        marks["brief"].append(seq)


def _brief(took: int | None, since: int | None, *, inbound: bool) -> bool:
    """Its question alone says nothing where the call is known to have been longer: what came of it
    is known then, and answered at once."""
    if since is not None and since < (FAST_MS if inbound else HASTY_MS):
        return True
    return since is None and took is not None and took < FAST_MS


def hollow(tally: Tally, codes: Codes, seq: int) -> None:
    """An override's reason that fills its place."""
    letters = number(codes.letters)
    if letters is not None and letters < LETTERS:
        tally.marks["hollow"].append(seq)


def popped_up(tally: Tally, shown_ms: int | None, seq: int) -> None:
    """What came up by itself and was answered after so long; ``None`` where none stood on a
    screen."""
    if shown_ms is None:
        return
    tally.marks["pop-ups"].append(seq)
    if shown_ms < BLINK_MS:
        tally.marks["blink"].append(seq)


def own(tally: Tally, codes: Codes, seq: int) -> None:
    """A change of a lead; somebody typed in, or named as a colleague, where it is not theirs."""
    tally.marks["edited"].append(seq)
    if codes.own:
        tally.marks["own"].append(seq)
