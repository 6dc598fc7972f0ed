"""Verifying the compliance log against itself, its personal texts and every witness; and erasing a
person's texts.

``verify`` reads pages of entries through the bare driver, each page in a transaction of its own,
and hashes the stored bytes. What it finds first is named; what only looks odd (a clock, a missing
guard) is a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from leadtui.store.engine.entries import SALT, Head, Verification, Witness
from leadtui.store.engine.micros import dated, from_micros
from leadtui.store.engine.rows import Rows, errors
from leadtui.store.engine.unit_of_work import IMAGES, Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.store.log import bodies, schema_check
from leadtui.store.log.chain import Chain, Damage

PAGE = 10_000
SKEW = timedelta(minutes=5)
"""Clocks of two machines may differ by so much without a word."""

SHOWN = 20
"""So many times that were set back are named."""

ADVICE = {
    "gap": "entries were deleted; keep this database as it is and compare it with the last backup",
    "edited": "keep this database as it is and compare the entry with the last backup",
    "relinked": "keep this database as it is, and look for a backup made before that witness",
    "cut": (
        "entries at the end were deleted; keep this database as it is and compare it with "
        "the last backup"
    ),
    "older-copy": (
        "an earlier copy was put in place of the database; ask who did it and restore the newer one"
    ),
    "time": "a machine's clock was set back and the chain computed anew; keep this database "
    "and ask",
    "other-log": "this is not the floor that was witnessed; ask who replaced it",
    "private-edited": (
        "a personal text was changed or removed outside leadtui; compare it with the last backup"
    ),
    "tables": "keep this database as it is, ask who worked on it, and restore the last backup",
    "unreadable": (
        "the database file is damaged; stop writing, run 'leadtui doctor' and "
        "restore the last "
        "backup"
    ),
}


class Verifier:
    """One log under verification; ``run`` may be called again and then checks only what is new."""

    def __init__(
        self, rows: Rows, witnesses: Iterable[Witness] = (), now: datetime | None = None
    ) -> None:
        self.rows = rows
        self.now = now
        self.witnesses = tuple(witnesses)
        self.log_id = _log_id(rows)
        self._texts: dict[int, tuple[bytes, bytes]] = {}
        self._missing: list[int] = []
        self._chain = self._fresh()

    def _fresh(self) -> Chain:
        marks = [
            (witness.seq, witness.hash)
            for witness in self.witnesses
            if witness.log_id == self.log_id
        ]
        self._missing.clear()
        return Chain(self.log_id, marks, self._sealed)

    def run(self, progress: Callable[[int], None] | None = None) -> Verification:
        """Check everything from where the last run stopped; ``progress`` is told the seq
        reached."""
        other = next((witness for witness in self.witnesses if witness.log_id != self.log_id), None)
        if other is not None or len(self.log_id) != 16:
            known = other.log_id.hex()[:8] if other else "none"
            words = (
                f"the witness is of log {known}, this is log "
                f"{self.log_id.hex()[:8] or 'without a name'}"
            )
            return self._result(Damage(1, "other-log", words))
        try:
            if lost := schema_check.replaced(self.rows):
                words = f"{', '.join(lost)}: something else stands in the table's place, or nothing"
                return self._result(Damage(1, "tables", words))
            if self._chain.seq and self._hash_at(self._chain.seq) != self._chain.hash:
                self._chain = self._fresh()
            damage = self._walk(progress)
            if damage is None:
                with self.rows.snapshot():
                    damage = self._beyond()
            damage = self._unexplained(damage)
            return self._result(damage, () if damage else self._findings())
        except errors(self.rows) as error:
            return self._result(
                Damage(self._chain.seq + 1, "unreadable", f"reading stopped: {error}")
            )

    def _walk(self, progress: Callable[[int], None] | None) -> Damage | None:
        texts = f"{self.rows.text_bytes('recorded_by')}, {self.rows.text_bytes('body')}"
        columns = f"seq, at, {texts}, private_hash, hash"
        after = ""
        if self._chain.seq:
            after = "WHERE seq > ?"
        while True:
            values = (self._chain.seq, PAGE) if after else (PAGE,)
            with self.rows.snapshot():
                page = self.rows.all(
                    f"SELECT {columns} FROM log {after} ORDER BY seq LIMIT ?", values
                )
                if not page:
                    return None
                self._texts = self._private(self._chain.seq, page[-1][0])
            if damage := self._chain.feed(page):
                return damage
            if self._texts:
                seq = min(self._texts)
                return Damage(
                    seq,
                    "private-edited",
                    f"entry {seq} has a personal text that it does not vouch for",
                )
            after = "WHERE seq > ?"
            if progress:
                progress(self._chain.seq)

    def _private(self, after: int, last: Any) -> dict[int, tuple[bytes, bytes]]:
        found = self.rows.all(
            f"SELECT seq, salt, {self.rows.text_bytes('text')} FROM log_private "
            "WHERE seq > ? AND seq <= ?",
            (after, last),
        )
        return {seq: (salt, words) for seq, salt, words in found}

    def _sealed(self, seq: int, expected: bytes) -> str:
        held = self._texts.pop(seq, None)
        if len(expected) != 32:
            return (
                f"entry {seq} vouches for its personal text with {len(expected)} bytes "
                "instead of 32"
            )
        if held is None:
            self._missing.append(seq)
            return ""
        if (
            not all(isinstance(part, bytes) for part in held)
            or len(held[0]) != SALT
            or hashlib.sha256(held[0] + held[1]).digest() != expected
        ):
            return f"the personal text of entry {seq} is not the one that was logged"
        return ""

    def _unexplained(self, damage: Damage | None) -> Damage | None:
        """A missing personal text is damage unless an erasure names it; the earlier of the two
        counts."""
        if not self._missing:
            return damage
        explained = erased_seqs(self.rows, self._chain.seq)
        lost = next((seq for seq in self._missing if seq not in explained), None)
        if lost is None or (damage is not None and damage.seq <= lost):
            return damage
        return Damage(
            lost,
            "private-edited",
            f"the personal text of entry {lost} is gone, and no erasure names it",
        )

    def _beyond(self) -> Damage | None:
        """What knows of entries past the end: a witness, or rows written together with entries that
        are gone."""
        seq = self._chain.seq
        trace = max(
            int(self.rows.value(f"SELECT coalesce(max({column}), 0) FROM {table}") or 0)
            for table, column in (
                ("log_private", "seq"),
                ("beforeimage", "seq"),
                ("obligation", "log_seq"),
            )
        )
        if trace > seq and self.rows.value("SELECT max(seq) FROM log") == seq:
            return Damage(
                seq + 1, "cut", f"the log ends at {seq}, but other tables still know entry {trace}"
            )
        seen = self._chain.beyond
        if seen is not None:
            words = (
                f"entry {seen} was witnessed, but the log ends at {seq}, and no table knows of more"
            )
            return Damage(seq + 1, "older-copy", words)
        return None

    def _hash_at(self, seq: int) -> bytes:
        return bytes(self.rows.value("SELECT hash FROM log WHERE seq = ?", (seq,)) or b"")

    def _findings(self) -> tuple[str, ...]:
        found = [*_guards(self.rows)]
        first = self.rows.value("SELECT body FROM log WHERE seq = 1")
        if first and is_demo(first):
            return tuple(found)
        if (
            self.now is not None
            and self._chain.seq
            and from_micros(self._chain.at) > self.now + SKEW
        ):
            ahead = from_micros(self._chain.at) - self.now
            found.append(
                f"the last entry is dated {_span(ahead)} ahead of this machine's clock; set "
                "the clocks right, and if the log is wrong a supervisor settles it with "
                "'leadtui log clock --settle'"
            )
        found += [
            f"entry {seq} set the log's time back: a clock had been ahead, and a supervisor "
            f"settled it; 'leadtui log show {seq}' says who"
            for seq in self._chain.settled[-SHOWN:]
        ]
        for witness in self.witnesses:
            at = self.rows.value("SELECT at FROM log WHERE seq = ?", (witness.seq + 1,))
            if at is not None and from_micros(at) < witness.seen_at - SKEW:
                behind = witness.seen_at - from_micros(at)
                found.append(
                    f"entry {witness.seq + 1} is dated {_span(behind)} before its predecessor "
                    "was witnessed: a clock "
                    "was behind, or it was backdated"
                )
                break
        return tuple(found)

    def _result(self, damage: Damage | None, findings: tuple[str, ...] = ()) -> Verification:
        chain = self._chain
        head = Head(
            self.log_id, chain.seq, chain.hash, from_micros(chain.at) if chain.seq else None
        )
        return Verification(
            ok=damage is None,
            entries=chain.seq,
            head=head,
            first_bad=damage.seq if damage else None,
            damage=damage.kind if damage else "",
            message=f"{damage.words}; {ADVICE[damage.kind]}" if damage else "",
            erased=tuple(self._missing) if damage is None else (),
            witnesses=len(self.witnesses),
            findings=findings,
        )


def verify(
    store: Any, witnesses: Sequence[Witness] = (), now: datetime | None = None
) -> Verification:
    """Verify the log of a store (anything with a ``url``) in constant memory, against all
    ``witnesses``."""
    rows = Rows(store.url)
    try:
        return Verifier(rows, witnesses, now).run()
    finally:
        rows.close()


def head(rows: Rows) -> Head:
    """The last entry as it stands, unverified."""
    row = rows.one("SELECT seq, hash, at FROM log ORDER BY seq DESC LIMIT 1")
    if row is None:
        return Head(_log_id(rows), 0, bytes(32))
    return Head(_log_id(rows), int(row[0]), bytes(row[1]), dated(row[2]))


def is_demo(first_body: str) -> bool:
    """Whether entry 1 says that this floor is a demo."""
    try:
        return bodies.read(first_body).after.demo
    except bodies.NoEntryError:
        return False


def demo_floor(rows: Rows) -> bool:
    """Whether the log's first entry makes this floor a demo."""
    return is_demo(rows.value("SELECT body FROM log WHERE seq = 1") or "")


def erased_seqs(rows: Rows, last: int) -> set[int]:
    """Entries that erasures up to entry ``last`` name as emptied of personal text."""
    found: set[int] = set()
    said = rows.all(
        f"SELECT seq, {rows.blob('body')} FROM log WHERE seq <= ? AND body LIKE ?",
        (last, f'%"event":"{Event.PERSON_ERASED}"%'),
    )
    for seq, body in said:
        with suppress(bodies.NoEntryError):
            entry = bodies.read(body)
            named = entry.codes.seqs if entry.event == Event.PERSON_ERASED else ()
            if isinstance(named, list):
                found.update(one for one in named if isinstance(one, int) and one < seq)
    return found


def erase_texts(
    unit: Unit,
    lead_ids: Sequence[int],
    also: Mapping[Code, int],
    images: Mapping[str, str] | None = None,
) -> int:
    """Delete the personal texts of every entry about these leads, and log which entries they were,
    what is said of it ``also``, and entry -> the digest of what is left of its before-images;
    returns the seq.

    The chain stays whole: the entries keep the salted hash of what they once said."""
    about = text(
        "SELECT l.seq, l.body FROM log l JOIN log_private p ON p.seq = l.seq WHERE l.body "
        "LIKE :like"
    )
    seqs = sorted(
        seq
        for lead_id in lead_ids
        for seq, body in unit.connection.execute(about, {"like": f'%"lead":{lead_id}%'})
        if _is_about(body, lead_id)
    )
    for seq in seqs:
        unit.connection.execute(text("DELETE FROM log_private WHERE seq = :seq"), {"seq": seq})
    return unit.log(
        Event.PERSON_ERASED,
        subjects={"lead": lead_ids[0]},
        codes={Code.SEQS: seqs, Code.LEADS: list(lead_ids), **also},
        hashes={IMAGES: dict(images)} if images else None,
    )


def _is_about(body: Any, lead_id: int) -> bool:
    try:
        return bodies.read(body).subjects.lead == lead_id
    except bodies.NoEntryError:
        return False


def _log_id(rows: Rows) -> bytes:
    found = rows.all("SELECT log_id FROM log_meta")
    return bytes(found[0][0]) if len(found) == 1 and isinstance(found[0][0], bytes) else b""


def _guards(rows: Rows) -> list[str]:
    """What the database is made of, where that is not what leadtui makes."""
    if not rows.is_sqlite:
        count = rows.value(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'log_no_change' AND tgenabled <> 'D'"
        )
        return (
            []
            if count
            else ["the trigger that keeps the log append-only is gone; run 'leadtui doctor'"]
        )
    found = [one.words for one in schema_check.differences(rows)]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return [f"{found[0]}{more}; somebody worked on the file"] if found else []


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return (
        f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h"
        if minutes < 2880
        else f"{minutes // 1440} days"
    )
