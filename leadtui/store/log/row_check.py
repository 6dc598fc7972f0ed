"""Rows against the digests that the log keeps of them: whatever was changed, added or deleted
outside leadtui."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from leadtui.store.engine.digests import (
    KEY,
    OF_ALL,
    TOLD,
    Digests,
    Said,
    columns_of,
    fingerprint,
    key_in,
    plain,
    query,
    told_in,
    watched,
)
from leadtui.store.engine.rows import Rows
from leadtui.store.engine.types import from_micros
from leadtui.store.engine.vocabulary import Event
from leadtui.store.log import bodies
from leadtui.store.log.bodies import Body

NAMED = 1_000
"""So many rows are looked at column by column; beyond that it is enough to know which rows they
are."""


OF_THE_FILE = frozenset(("log", "schema"))
"""What is no row: an entry that is none, and what the database is made of."""


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
        if self.table in OF_THE_FILE:
            return self.stored
        by = f"entry {self.seq} says" if self.seq else "no entry says how it came to that"
        if self.later and self.column == "role":
            return (
                f"acted as {self.stored} in entry {self.later}, and entry {self.seq} says "
                f"{self.logged!r}"
            )
        if self.later and not self.seq:
            return f"was {self.stored} outside leadtui before entry {self.later}"
        if self.later:
            return f"was {self.stored} outside leadtui between entries {self.seq} and {self.later}"
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
    """What was last said of the rows of one table."""

    left: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    """Row -> its digest (empty: gone) and the entry that says it."""
    first: int = 0
    """The smallest id that an entry made: from there on every row was said. 0: none was."""

    def unmade(self, one: int) -> bool:
        """Whether an entry would have made this row if leadtui had: it numbers from 1."""
        if one in self.left:
            return False
        return type(one) is not int or one < 1 or 0 < self.first <= one


class Held:
    """The digests of a log, taken in entry by entry, and then held against the tables. About 250
    bytes a row."""

    def __init__(self) -> None:
        self._tables = {table: _Table() for table in watched()}
        self._names = frozenset(self._tables)
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

    def take(self, seq: int, entry: Body) -> None:
        """Take in what one entry says of rows; entries come in order. Raises ``NoEntryError``,
        and nothing was taken in then."""
        said = bodies.rows_in(entry, self._names)
        acted = self._acted_as(seq, entry.actor, entry.role)
        corrected = entry.event == Event.ENTRY_CORRECTED and acted == "supervisor"
        if corrected:
            self._settle(seq, entry.subjects.entry or 0)
        of_all = entry.rows.get(OF_ALL, {})
        if not self._key[0]:
            self._key = (of_all.get("key", ""), seq)
        if of_all.get("first") == "1":
            self._every_row_from_here_on()
        for name, one, digests, kept in said:
            whole = self._row(name, one, seq, digests)
            if name == "rep" and (role := told_in(kept).get("role")):
                self._told_role(one, role, seq, sure=corrected or (whole and acted == entry.role))
            if corrected:
                self.accepted.add((name, one))
        if of_all.get("all") == "1":
            self._every_row_from_here_on()

    def no_entry(self, seq: int, why: str) -> None:
        """Keep that an entry is none that leadtui writes, until a supervisor settles it."""
        words = f"is no entry that leadtui writes ({why}); what it says counts for nothing"
        self._breaks.append(Disagreement("log", seq, "row", "", words, 0, seq))

    def _every_row_from_here_on(self) -> None:
        for table in self._tables.values():
            table.first = 1

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
        unmade = self._tables["rep"].unmade(rep_id)
        return "rep" if unmade or rep_id in self._unsure else claimed

    def _acted_as(self, seq: int, actor: int | None, role: str) -> str:
        """In which role somebody acted, as far as the log gave it to them: a role taken by SQL
        settles nothing. Nobody acts before there are people, and then no more."""
        if actor is None:
            return "rep" if self._roles else role
        known, since = self.role_of(actor, role), self._roles.get(actor, ("", 0))[1]
        if role not in {known, "rep"}:
            # Once a person: the row may have been put back since, but what was done in that role
            # stands in the log.
            one = Disagreement("rep", actor, "role", known, role, since, seq)
            if (one.id, one.stored) not in self._posing:
                self._posing.add((one.id, one.stored))
                self._breaks.append(one)
            return known
        return role

    def _row(self, name: str, one: int, seq: int, said: Said) -> bool:
        """Take in one row; whether it was found as it had been left."""
        table, wrong = self._tables[name], ""
        known, since = table.left.get(one, (b"", 0))
        if said.new and known:
            wrong = "given its number a second time"
        elif said.found and known and said.found != known:
            wrong = "changed"
        elif said.found and since and not known:
            wrong = "there again"
        elif said.found and table.unmade(one):
            wrong = "added"
        if wrong:
            self._breaks.append(Disagreement(name, one, "row", "", wrong, since, seq))
        if said.new and one > 0 and not 0 < table.first <= one:
            table.first = one
        table.left[one] = (said.left, seq)
        return not wrong

    def check(self, rows: Rows) -> Iterator[Disagreement]:
        """Every row that is not as its last entry left it, and every break that a later entry found
        and none settled."""
        yield from (one for one in self._breaks if one.later not in self._settled)
        printed, seq = self._key
        if not printed:
            return
        key = rows.value("SELECT value FROM meta WHERE key = ?", (KEY,))
        known = key_in(key)
        if fingerprint(known)[: len(printed)] != printed:
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
    names, seen = columns_of(name), set()
    for row in rows.every(query(name)):
        one = row[0]
        known, seq = table.left.get(one, (b"", 0))
        seen.add(one)
        if seq and not known:
            found = Disagreement(name, one, "row", "gone", "there again", seq)
        elif seq and bytes.fromhex(digests.of(name, row)) != known:
            found = Disagreement(name, one, "row", "", "changed", seq)
        elif table.unmade(one):
            found = Disagreement(name, one, "row", "nothing", "added", 0)
        else:
            continue
        yield found, dict(zip(names, map(plain, row), strict=True))
    for one, (known, seq) in table.left.items():
        if known and one not in seen:
            yield Disagreement(name, one, "row", "there", "gone", seq), {}


def _named(rows: Rows, found: tuple[Disagreement, dict[str, str]]) -> Iterator[Disagreement]:
    """The columns in which a changed row differs, as far as its entry tells values; else the
    row."""
    whole, stored = found
    if whole.stored != "changed":
        yield whole
        return
    body = bodies.read(rows.value("SELECT body FROM log WHERE seq = ?", (whole.seq,)))
    told = told_in(body.rows.get(whole.table, {}).get(str(whole.id), ""))
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
    if column == "due" or column.endswith(("_at", "_due")):
        with suppress(ValueError, OverflowError):
            return from_micros(int(value)).isoformat()
    return value or "empty"
