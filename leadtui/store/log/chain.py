"""Walking the hash chain: the one loop that recomputes every entry, page by page, in constant
memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leadtui.store.engine.entries import PREFIX, ZERO
from leadtui.store.engine.micros import LATEST
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log import bodies

Row = tuple[int, int, bytes, bytes, bytes, bytes]
"""seq, at, recorded_by, body, private_hash, hash; the texts as the bytes that are stored."""

AUTHORS = 1000
"""So many hashed logins are kept; a forger who signs every entry differently must not fill the
memory."""


@dataclass(frozen=True, slots=True)
class Damage:
    """The first entry that does not hold, the kind of damage, and what it says to a person."""

    seq: int
    kind: str
    words: str


class Chain:
    """A walk along one log. ``feed`` takes rows in order of seq; the state stands after the last
    good entry.

    ``marks`` are witnessed heads ``(seq, hash)``. ``sealed(seq, private_hash)`` is asked for
    entries with personal text and returns what is wrong with it, or nothing."""

    def __init__(
        self, log_id: bytes, marks: Iterable[tuple[int, bytes]], sealed: Callable[[int, bytes], str]
    ) -> None:
        self.seq, self.at, self.hash = 0, 0, ZERO
        self.passed: list[int] = []
        """Seqs of the entries that this walk's marks confirmed."""
        self.settled: list[int] = []
        """Seqs of the entries at which a supervisor set the log's time back."""
        self._base = hashlib.sha256(PREFIX + log_id)
        self._marks = sorted(set(marks), reverse=True)
        self._sealed = sealed
        self._authors: dict[bytes, bytes] = {}

    @property
    def beyond(self) -> int | None:
        """The highest witnessed seq that the walk has not reached."""
        return self._marks[0][0] if self._marks else None

    def feed(self, rows: Iterable[Row]) -> Damage | None:
        """Check rows; returns the first damage, and stands before it then."""
        pack, base, authors, sealed = (
            struct.Struct(">qq").pack,
            self._base,
            self._authors,
            self._sealed,
        )
        before, last_at, previous = self.seq, self.at, self.hash
        mark = self._marks[-1][0] if self._marks else -1
        damage: Damage | None = None
        row: Row | None = None
        try:
            for row in rows:
                seq, at, who, body, private, stored = row
                author = authors.get(who) or self._author(who)
                digest = base.copy()
                digest.update(previous + pack(seq, at) + author + private + body)
                if digest.digest() != stored or seq != before + 1 or not last_at <= at <= LATEST:
                    damage = _broken(row, before, last_at, hashes=digest.digest() == stored)
                    if damage is not None:
                        break
                    self.settled.append(seq)
                if private != ZERO and (wrong := sealed(seq, private)):
                    damage = Damage(seq, "private-edited", wrong)
                    break
                if seq == mark:
                    if damage := self._witnessed(seq, stored):
                        break
                    mark = self._marks[-1][0] if self._marks else -1
                before, last_at, previous = seq, at, stored
        except (TypeError, struct.error, AttributeError):
            # SQLite keeps any type in any column: a text in ``at`` is an edit, not a crash.
            damage = _broken(row, before, last_at, hashes=False) if row else None
        self.seq, self.at, self.hash = before, last_at, previous
        return damage

    def _author(self, who: bytes) -> bytes:
        if len(self._authors) >= AUTHORS:
            self._authors.clear()
        found = self._authors[who] = hashlib.sha256(who).digest()
        return found

    def _witnessed(self, seq: int, stored: bytes) -> Damage | None:
        while self._marks and self._marks[-1][0] == seq:
            if self._marks[-1][1] != stored:
                known = self.passed[-1] if self.passed else 0
                return Damage(
                    seq,
                    "relinked",
                    f"entry {seq} is not the one that was witnessed: something from entry "
                    f"{known + 1} to {seq} was "
                    "changed and the chain behind it computed anew",
                )
            self._marks.pop()
        self.passed.append(seq)
        return None


def settles(body: bytes, last_at: int) -> bool:
    """Whether an entry settles that the one before it, of that time, was dated ahead."""
    try:
        entry = bodies.read(body)
    except bodies.NoEntryError:
        return False
    return (
        entry.event == Event.CLOCK_SETTLED
        and entry.role == "supervisor"
        and entry.codes.last == last_at
    )


def _broken(row: Row, before: int, last_at: int, *, hashes: bool) -> Damage | None:
    """What is wrong with an entry that does not follow the one before; nothing where it is there to
    set the time back."""
    seq = row[0]
    if type(seq) is not int or seq <= before:
        return Damage(
            before + 1, "edited", f"an entry numbered {seq!r} stands where {before + 1} should"
        )
    if seq != before + 1:
        many = (
            f"entries {before + 1} to {seq - 1} are"
            if seq > before + 2
            else f"entry {before + 1} is"
        )
        return Damage(before + 1, "gap", f"{many} missing")
    if hashes and settles(row[3], last_at):
        return None
    if hashes:
        when = (
            "after the last day that has a date" if row[1] > LATEST else "before the one it follows"
        )
        return Damage(seq, "time", f"entry {seq} is dated {when}")
    return Damage(
        seq, "edited", f"entry {seq} does not hash to what it says: it, or its link, was changed"
    )
