"""What a supervisor's copy says: one confirmation, or a digest of days with the exceptions
first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from leadtui.desk.core.context import Context
from leadtui.desk.log.telling import Entry, words_of
from leadtui.mail.rendering import MAX_BODY, one_line
from leadtui.store import supervising as queries
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros, to_micros
from leadtui.store.engine.vocabulary import Code, Event

COPIED: Mapping[str, str] = {
    Event.ACTION_CONFIRMED: "",
    Event.ACTION_TAKEN_BACK: "taken back",
    Event.GATE_OVERRIDE: "override",
    Event.TOUCH_DEFERRED: "deferred",
    Event.TOUCH_DEFERRAL_ASKED: "asked",
    Event.LEAD_TAKEN_OVER: "taken",
}
"""Entries that a supervisor gets a copy of, what a rep answered and what was done against the order
of things, and which kind of exception each is by itself."""
FIRST = {
    "no": "Answered no",
    "partly": "Answered partly",
    "taken back": "Answers taken back",
    "override": "Overrides of the calling rules",
    "missed": "Promised callbacks called too late",
    "uncalled": "Promised callbacks that nobody has called yet",
    "deferred": "Deferred",
    "asked": "Asked to be put off a third time",
    "taken": "Leads taken over",
    "already": "Said to be done already",
}
"""Kinds of exceptions, in the order in which a digest begins with them, and what it calls them."""
KEPT = timedelta(minutes=15)
"""A promised callback counts as kept within so much of its time."""
UNCALLED = 200
"""So many promised callbacks that nobody called are listed."""
ROOM = MAX_BODY - 2_000
"""Characters of a body; what does not fit is counted."""


class Parcel:
    """The entries of one message, in order; a digest tells many."""

    def __init__(self, *, digest: bool) -> None:
        self.digest = digest
        self.entries: list[Entry] = []
        self.exceptions: dict[str, list[Entry]] = {kind: [] for kind in FIRST}
        self._promised: set[object] = set()

    def add(self, entry: Entry) -> None:
        """Take an entry of the log in, if it is to be told."""
        if entry.event == Event.TOUCH_STARTED and entry.codes.get(Code.KIND) == "callback":
            self._promised.add(entry.subjects.get("obligation"))
        if entry.event in COPIED:
            self.entries.append(entry)
            if kind := COPIED[entry.event] or self._kind(entry):
                self.exceptions[kind].append(entry)

    def _kind(self, entry: Entry) -> str:
        """Which exception a confirmation is; empty for none."""
        codes = entry.codes
        if codes.get(Code.ANSWER) in {"no", "partly"}:
            return str(codes[Code.ANSWER])
        if codes.get(Code.ALREADY):
            return "already"
        if entry.subjects.get("obligation") in self._promised:
            # What was dialed at the promised time is confirmed some minutes later: the start
            # counts.
            due, began = (
                _instant(codes.get(Code.DUE)),
                _instant(codes.get(Code.STARTED)) or from_micros(entry.at),
            )
            return "missed" if due is not None and abs(began - due) > KEPT else ""
        return ""


def _instant(said: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None


class _Teller:
    """Entries as lines of text: nothing that a lead or a rep wrote can begin a line of its own."""

    def __init__(self, context: Context, log: Rows, entries: Sequence[Entry]) -> None:
        self.zone = context.zone
        self.reps = {row[0]: row[1] for row in queries.people(log)}
        self.leads = queries.lead_names(
            log, (entry.lead_id for entry in entries if entry.lead_id is not None)
        )
        self.texts = queries.private_texts(log, [entry.seq for entry in entries])

    def who(self, entry: Entry) -> str:
        return one_line(self.reps.get(entry.actor or 0, entry.recorded_by))

    def words(self, entry: Entry) -> str:
        return words_of(entry, one_line(self.leads.get(entry.lead_id or 0, "")))

    def local(self, micros: int) -> datetime:
        return from_micros(micros).astimezone(self.zone)

    def line(self, entry: Entry, *, named: bool, days: bool) -> str:
        """``10:41  call Jane Okafor · no answer  [812]``, and the memo below it."""
        memo = one_line(self.texts.get(entry.seq, ""), 4_000)
        when = f"{self.local(entry.at):{'%d %b %H:%M' if days else '%H:%M'}}"
        who = f"{self.who(entry)}: " if named else ""
        below = f"\n  {' ' * len(when)}  {memo}" if memo else ""
        return f"  {when}  {who}{self.words(entry)}  [{entry.seq}]{below}"


def written(context: Context, log: Rows, parcel: Parcel) -> tuple[str, str]:
    """Subject and body."""
    teller = _Teller(context, log, parcel.entries)
    foot = (
        "\nEach number in brackets is an entry of the compliance log; 'leadtui log show' "
        "lists them.\n"
    )
    if not parcel.digest:
        (entry,) = parcel.entries
        who = teller.who(entry)
        return (
            f"{who}: {teller.words(entry)}",
            f"{who}\n\n{teller.line(entry, named=False, days=True)}\n{foot}",
        )
    first, last = (teller.local(entry.at) for entry in (parcel.entries[0], parcel.entries[-1]))
    days = first.date() != last.date()
    span = f"{first:%d %b} to {last:%d %b}" if days else f"{first:%d %b}"
    count = sum(entry.event == Event.ACTION_CONFIRMED for entry in parcel.entries)
    lines, told = _exceptions(context, log, teller, parcel, days=days)
    subject = f"{count} confirmation{'' if count == 1 else 's'} of {span}" + (
        f", {told} exception{'' if told == 1 else 's'}" if told else ""
    )
    return subject, _joined([*lines, *_rest(teller, parcel, days=days)], foot)


def _exceptions(
    context: Context, log: Rows, teller: _Teller, parcel: Parcel, *, days: bool
) -> tuple[list[str], int]:
    """The lines that come first, and how many exceptions they tell of."""
    found: list[str] = []
    told = 0
    for kind, title in FIRST.items():
        lines = [teller.line(entry, named=True, days=days) for entry in parcel.exceptions[kind]]
        if kind == "uncalled":
            lines = _uncalled(context, log, teller)
        if lines:
            found += [f"{title}: {len(lines)}", *lines, ""]
            told += len(lines)
    return found, told


def _uncalled(context: Context, log: Rows, teller: _Teller) -> list[str]:
    """What was promised for before last midnight and still waits."""
    by = to_micros(context.start_of_day(context.now()) - KEPT)
    promised = [row for row in queries.overdue(log, by, UNCALLED * 50) if row[6]][:UNCALLED]
    names = queries.lead_names(log, (row[2] for row in promised))
    return [
        f"  {teller.local(row[5]):%d %b %H:%M}  {one_line(teller.reps.get(row[1], 'nobody'))}: "
        f"{one_line(names.get(row[2], ''))}"
        for row in promised
    ]


def _rest(teller: _Teller, parcel: Parcel, *, days: bool) -> list[str]:
    """All that was confirmed as it should be, by rep."""
    listed = {entry.seq for entries in parcel.exceptions.values() for entry in entries}
    by_rep: dict[str, list[str]] = {}
    for entry in parcel.entries:
        if entry.seq not in listed:
            by_rep.setdefault(teller.who(entry), []).append(
                teller.line(entry, named=False, days=days)
            )
    return [
        line
        for who, lines in sorted(by_rep.items())
        for line in (f"{who}: {len(lines)} confirmed", *lines, "")
    ]


def _joined(lines: Sequence[str], foot: str) -> str:
    """The lines below one another; what has no room any more is counted, so that nothing is cut in
    silence."""
    used = kept = 0
    for line in lines:
        used += len(line) + 1
        if used > ROOM:
            break
        kept += 1
    left = sum(bool(line) for line in lines[kept:])
    more = f"\n… and {left} more lines that have no room here.\n" if left else ""
    return "\n".join(lines[:kept]) + more + foot
