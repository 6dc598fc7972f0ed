"""Rows against the digests that the log keeps of them: whatever was changed, added or deleted
outside leadtui."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from leadtui.store.engine.digests import (
    KEY,
    OF_ALL,
    TOLD,
    Digests,
    columns_of,
    fingerprint,
    parse,
    plain,
    query,
    told_in,
    watched,
)
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros
from leadtui.store.engine.vocabulary import Event

PAGE = 5_000
GONE = 1 << 63
LARGEST = 1 << 32
"""No floor gives so many ids; a larger one is not worth its memory."""

NAMED = 1_000
"""So many rows are looked at column by column; beyond that it is enough to know which rows they
are."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One row that is not what the log says: table, id, column, both values, and the entry that
    said so (0: none).

    ``column`` is ``row`` where the whole row is meant. ``later`` is the entry that found the row
    changed already, 0 while none has touched it since."""

    table: str
    id: int
    column: str
    logged: str
    stored: str
    seq: int
    later: int = 0

    @property
    def words(self) -> str:
        """What is wrong with it, without saying which row it is."""
        by = f"entry {self.seq} says" if self.seq else "no entry says how it came to that"
        if self.later and self.column == "role":
            return (
                f"acted as {self.stored} in entry {self.later}, and entry {self.seq} says "
                f"{self.logged!r}"
            )
        if self.later and not self.seq:
            return f"was {self.stored} outside leadtui before entry {self.later}"
        if self.later:
            return f"was changed outside leadtui between entries {self.seq} and {self.later}"
        if self.column != "row":
            return f"{self.column} is {self.stored!r}, and {by}" + (
                f" {self.logged!r}" if self.seq else ""
            )
        if self.stored == "changed":
            return f"was changed outside leadtui after entry {self.seq}"
        if not self.seq:
            return f"is there ({self.stored}), and no entry says how it came"
        return f"is {self.stored}, and {by} {self.logged!r}"


@dataclass
class _Table:
    """What was last said of the rows of one table, by id: 0 for nothing, the digest and one, or
    ``GONE``."""

    left: array[int] = field(default_factory=lambda: array("Q"))
    seqs: array[int] = field(default_factory=lambda: array("q"))
    first: int = 0
    """The smallest id that an entry made: from there on every row was said."""

    def room(self, one: int) -> None:
        if one >= len(self.left):
            more = bytes(8 * (one + 1 - len(self.left) + len(self.left) // 4))
            self.left.frombytes(more)
            self.seqs.frombytes(more)


class Held:
    """The digests of a log, taken in entry by entry, and then held against the tables. 16 bytes a
    row."""

    def __init__(self) -> None:
        self._tables = {table: _Table() for table in watched()}
        self._breaks: list[Disagreement] = []
        self._key = ("", 0)
        """The fingerprint of the digests' key, and the entry that says it."""
        self._roles: dict[int, tuple[str, int]] = {}
        """Person -> the role that the log gave them, and the entry that did."""
        self._doubtful: dict[int, list[tuple[int, str]]] = {}
        """Entry -> (person, role) that it found in a row changed outside leadtui, or that a usurper
        wrote."""
        self._unsure: set[int] = set()
        self._posing: set[tuple[int, str]] = set()
        self._settled: set[int] = set()
        self.accepted: set[tuple[str, int]] = set()
        """Rows that a supervisor took as they are, by a correction."""

    def take(self, seq: int, entry: dict[str, Any]) -> None:
        """Take in what one entry says of rows; entries come in order."""
        claimed = str(entry.get("role", ""))
        acted = self._acted_as(seq, entry.get("actor"), claimed)
        if corrected := entry["event"] == Event.ENTRY_CORRECTED and acted == "supervisor":
            self._settle(seq, (entry.get("subjects") or {}).get("entry", 0))
        of_all = (entry.get("rows") or {}).get(OF_ALL)
        if of_all and not self._key[0]:
            self._key = (of_all["key"], seq)
            for every in self._tables.values() if of_all["first"] == "1" else ():
                every.first = 1
        for name, rows in (entry.get("rows") or {}).items():
            table = self._tables.get(name)
            if table is None:
                continue
            for key, said in rows.items():
                whole = self._row(name, table, int(key), seq, *parse(said))
                if name == "rep" and (role := told_in(said).get("role")):
                    self._told_role(
                        int(key), role, seq, sure=corrected or (whole and acted == claimed)
                    )
                if corrected:
                    self.accepted.add((name, int(key)))

    def _settle(self, seq: int, entry: int) -> None:
        """A correction settles what an entry found changed; roles that were doubtful for it are so
        no more."""
        self._settled.update((seq, entry))
        for rep_id, role in self._doubtful.pop(entry, ()):
            self._roles[rep_id] = (role, seq)

    def _told_role(self, rep_id: int, role: str, seq: int, *, sure: bool) -> None:
        """A role as an entry tells it: one that came into the row outside leadtui is not given by
        telling it again."""
        if sure:
            self._roles[rep_id] = (role, seq)
        elif self.role_of(rep_id, "rep") != role:
            self._doubtful.setdefault(seq, []).append((rep_id, role))
            self._unsure.add(rep_id)

    def role_of(self, rep_id: int, claimed: str) -> str:
        """The role that the log gave somebody; ``claimed`` where it never said one, ``rep`` where
        it should have."""
        known = self._roles.get(rep_id)
        if known is not None:
            return known[0]
        people = self._tables["rep"]
        made = rep_id < len(people.left) and people.left[rep_id]
        unmade = people.first and rep_id >= people.first and not made
        return "rep" if unmade or rep_id in self._unsure else claimed

    def _acted_as(self, seq: int, actor: int | None, role: str) -> str:
        """In which role somebody acted, as far as the log gave it to them: a role taken by SQL
        settles nothing."""
        known, since = self.role_of(actor or 0, role), self._roles.get(actor or 0, ("", 0))[1]
        if role not in {known, "rep"}:
            # Once a person: the row may have been put back since, but what was done in that role
            # stands in the log.
            one = Disagreement("rep", actor or 0, "role", known, role, since, seq)
            if (one.id, one.stored) not in self._posing:
                self._posing.add((one.id, one.stored))
                self._breaks.append(one)
            return known
        return role

    def _row(
        self,
        name: str,
        table: _Table,
        one: int,
        seq: int,
        left: str,
        found: str,
        new: bool,  # noqa: FBT001
    ) -> bool:
        """Take in one row; whether it was found as it had been left."""
        if not 0 < one < LARGEST:
            return False
        whole = True
        table.room(one)
        known = table.left[one]
        if new and (not table.first or one < table.first):
            table.first = one
        if known and found and known != int(found, 16) + 1:
            whole = False
            self._breaks.append(Disagreement(name, one, "row", "", "changed", table.seqs[one], seq))
        elif not known and found and table.first and one >= table.first:
            whole = False
            self._breaks.append(Disagreement(name, one, "row", "nothing", "added", 0, seq))
        table.left[one] = int(left, 16) + 1 if left else GONE
        table.seqs[one] = seq
        return whole

    def check(self, rows: Rows) -> Iterator[Disagreement]:
        """Every row that is not as its last entry left it, and every break that a later entry found
        and none settled."""
        yield from (one for one in self._breaks if one.later not in self._settled)
        printed, seq = self._key
        if not printed:
            return
        key = rows.value("SELECT value FROM meta WHERE key = ?", (KEY,)) or ""
        try:
            known = bytes.fromhex(key)
        except ValueError:
            known = b""
        if fingerprint(known) != printed:
            stored = "another one" if key else "gone"
            yield Disagreement("meta", 0, "row", "the key of the rows' digests", stored, seq)
            return
        digests, named = Digests(known), 0
        for name, table in self._tables.items():
            for found in _differing(rows, name, table, digests):
                named += 1
                yield from _named(rows, found) if named <= NAMED else (found[0],)


def _differing(
    rows: Rows, name: str, table: _Table, digests: Digests
) -> Iterator[tuple[Disagreement, dict[str, str]]]:
    last, seen = 0, bytearray(len(table.left))
    page_of = f"{query(name, 'id > ?')} ORDER BY id LIMIT ?"
    names = columns_of(name)
    while page := rows.all(page_of, (last, PAGE)):
        for row in page:
            one = row[0]
            known = table.left[one] if one < len(table.left) else 0
            if known and known != GONE:
                seen[one] = 1
                if int(digests.of(name, row), 16) + 1 == known:
                    continue
                found = Disagreement(name, one, "row", "", "changed", table.seqs[one])
            elif known == GONE:
                found = Disagreement(name, one, "row", "gone", "there again", table.seqs[one])
            elif table.first and one >= table.first:
                found = Disagreement(name, one, "row", "nothing", "added", 0)
            else:
                continue
            yield found, dict(zip(names, map(plain, row), strict=True))
        last = page[-1][0]
    for one, known in enumerate(table.left):
        if known and known != GONE and not seen[one]:
            yield Disagreement(name, one, "row", "there", "gone", table.seqs[one]), {}


def _named(rows: Rows, found: tuple[Disagreement, dict[str, str]]) -> Iterator[Disagreement]:
    """The columns in which a changed row differs, as far as its entry tells values; else the
    row."""
    whole, stored = found
    if whole.stored != "changed":
        yield whole
        return
    body = json.loads(rows.value("SELECT body FROM log WHERE seq = ?", (whole.seq,)) or "{}")
    said = body.get("rows", {}).get(whole.table, {}).get(str(whole.id), "")
    told = told_in(said)
    differing = [
        Disagreement(
            whole.table,
            whole.id,
            name,
            shown(name, told.get(name, "")),
            shown(name, stored[name]),
            whole.seq,
        )
        for name in TOLD.get(whole.table, ())
        if told and told.get(name, "") != stored[name]
    ]
    yield from differing or (whole,)


def shown(column: str, value: str) -> str:
    """A value for people: times in ISO 8601."""
    if value.lstrip("-").isdigit() and (column == "due" or column.endswith(("_at", "_due"))):
        return from_micros(int(value)).isoformat()
    return value or "empty"
