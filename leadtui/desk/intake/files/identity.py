"""Who is the same person, and who only looks like it: e-mail, else number with last name, else name
with company.

A key decides only where no better one contradicts it. Two people who share a key and differ in a
better one, or whose names are nearly alike, are *near*: a person decides, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from leadtui.sheets.cells import key
from leadtui.sheets.incoming import IncomingLead
from leadtui.text import words

_LEGAL = frozenset(
    words("""
    inc incorporated llc llp lp ltd limited corp corporation co company gmbh ag kg kgaa ohg ug
    mbh se sa sas sarl srl spa bv nv plc pty ab as oy oyj aps sl ltda pte pvt holding holdings
    group & and
""")
)
_SHARED = frozenset(
    words("""
    info sales office contact admin support hello mail team marketing it purchasing kontakt
    service reception events enquiries inquiries accounts billing webmaster postmaster
""")
)
_WORDS = re.compile(r"[^\w&]+")
_BLOCK = 40
"""How many of a block are looked at: a name that hundreds share tells nobody apart."""


@dataclass(slots=True, eq=False)
class Person:
    """Somebody rows can join: a lead of the floor, one that this file makes, or one that waits for
    a decision."""

    full_name: str
    name_key: str
    last_key: str
    company_key: str
    emails: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    lead_id: int | None = None
    company: str = ""
    had_emails: frozenset[str] = frozenset()
    had_numbers: frozenset[str] = frozenset()
    """What the floor had of a lead before this file."""
    rows: list[IncomingLead] = field(default_factory=list)
    near: tuple[Person, ...] = ()
    why: str = ""
    """Why this one waits for a decision; empty for all others."""


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a row: the person it is, or those it is near to, and why."""

    person: Person | None = None
    near: tuple[Person, ...] = ()
    why: str = ""


_NOBODY = Match()


class Directory:
    """Everybody a row can be, by every key."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.by_email: dict[str, list[Person]] = {}
        self.by_number: dict[str, list[Person]] = {}
        self.by_line: dict[tuple[str, str], list[Person]] = {}
        self.by_name: dict[tuple[str, str], list[Person]] = {}
        self.by_colleague: dict[tuple[str, str], list[Person]] = {}
        for person in people:
            self.learn(person)

    def learn(self, person: Person) -> None:
        """Know a person by all keys they have now."""
        for email in person.emails:
            _into(self.by_email, email, person)
        for number in person.numbers:
            _into(self.by_number, number, person)
            _into(self.by_line, (number, person.last_key), person)
        if person.name_key and person.company_key:
            _into(self.by_name, (person.name_key, person.company_key), person)
            _into(self.by_name, (person.name_key, f"{person.company_key[:4]}…"), person)
            _into(
                self.by_colleague,
                (person.company_key, (person.last_key or person.name_key)[:2]),
                person,
            )

    def join(self, person: Person, made: Person, row: IncomingLead) -> Person:
        """Add a row, which is ``made`` by itself, to the person it is, and what it says to what
        they are known by."""
        person.rows.append(row)
        if person is not made:
            person.emails |= made.emails
            person.numbers |= made.numbers
            person.company_key = person.company_key or made.company_key
            if not person.name_key:
                person.full_name, person.name_key, person.last_key = (
                    made.full_name,
                    made.name_key,
                    made.last_key,
                )
        self.learn(person)
        return person

    def match(self, made: Person) -> Match:
        """Who somebody of a row is, or is near to; the first key that says anything decides."""
        for look in (self._email, self._number, self._name, self._alike):
            found = look(made)
            if found is not _NOBODY:
                return found
        return _NOBODY

    def _email(self, made: Person) -> Match:
        people = _unique(
            [person for email in made.emails for person in self.by_email.get(email, ())]
        )
        if not people:
            return _NOBODY
        if len(people) > 1:
            return Match(near=people, why="its e-mail addresses belong to two leads")
        other = people[0]
        if all(map(_is_shared, made.emails & other.emails)) and _strangers(made, other):
            return Match(near=people, why="the same shared mailbox, another name")
        if _others(made, other) and _similar(made.name_key, other.name_key) < 0.6:
            return Match(near=people, why="the same e-mail address, another name")
        return Match(other)

    def _number(self, made: Person) -> Match:
        same: list[Person] = []
        near: list[Person] = []
        for person in self._sharing(made):
            apart = _apart(made.emails, person.emails)
            if not apart and made.name_key == person.name_key:
                same.append(person)
            elif not made.name_key or not person.name_key:
                if not apart:
                    near.append(person)
            elif not apart and made.last_key and made.last_key == person.last_key:
                (near if _strangers(made, person) else same).append(person)
            elif _nearly(made.name_key, person.name_key, 2):
                near.append(person)
        if len(same) == 1:
            return Match(same[0])
        if same or near:
            return Match(
                near=(*same, *near),
                why="the same telephone number and a name that is nearly the same",
            )
        return _NOBODY

    def _sharing(self, made: Person) -> tuple[Person, ...]:
        """Who has one of these numbers: all with the last name, and of a switchboard's others
        some."""
        found: list[Person] = []
        for number in made.numbers:
            found += self.by_line.get((number, made.last_key), ())
            found += self.by_number.get(number, ())[:_BLOCK]
        return _unique(found)

    def _name(self, made: Person) -> Match:
        if not (made.name_key and made.company_key):
            return _NOBODY
        people = _unique(self.by_name.get((made.name_key, made.company_key), ()))
        same = [
            one
            for one in people
            if not (_apart(made.emails, one.emails) or _apart(made.numbers, one.numbers))
        ]
        if len(same) == 1:
            return Match(same[0])
        if people:
            return Match(
                near=people, why="the same name and company, another e-mail address or number"
            )
        return _NOBODY

    def _alike(self, made: Person) -> Match:
        if not (made.name_key and made.company_key):
            return _NOBODY
        by_firm = self.by_colleague.get(
            (made.company_key, (made.last_key or made.name_key)[:2]), ()
        )[:_BLOCK]
        by_name = self.by_name.get((made.name_key, f"{made.company_key[:4]}…"), ())[:_BLOCK]
        near = [
            other
            for other in by_firm
            if _nearly(made.name_key, other.name_key, 2) and _could_be(made, other)
        ]
        near += [
            other
            for other in by_name
            if _nearly(made.company_key, other.company_key, 1) and _could_be(made, other)
        ]
        return (
            Match(near=_unique(near), why="a name and company that are nearly the same")
            if near
            else _NOBODY
        )


def person_of(row: IncomingLead) -> Person:
    """A row as a person of its own; who has no name is known by address or number alone."""
    named = bool(row.first_name or row.last_name)
    return Person(
        row.full_name,
        key(row.full_name) if named else "",
        key(row.last_name),
        company_key(row.company),
        set(map(key, row.emails)),
        {phone.number for phone in row.phones},
    )


@lru_cache(maxsize=65536)
def company_key(name: str) -> str:
    """A company's name for comparing: folded, without ``The``, punctuation and the form of the
    company."""
    words = [word for word in _WORDS.split(key(name).replace(".", "")) if word]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)


def _into(
    index: dict[str, list[Person]] | dict[tuple[str, str], list[Person]],
    where: object,
    person: Person,
) -> None:
    people = index.setdefault(where, [])  # type: ignore[arg-type]
    if all(other is not person for other in people[-_BLOCK:]):
        people.append(person)


def _unique(people: Sequence[Person]) -> tuple[Person, ...]:
    if len(people) < 2:
        return tuple(people)
    return tuple({id(person): person for person in people}.values())


def _apart(ours: set[str], theirs: set[str]) -> bool:
    """Both say something, and nothing of it is the same."""
    return bool(ours) and bool(theirs) and ours.isdisjoint(theirs)


def _is_shared(email: str) -> bool:
    return email.partition("@")[0] in _SHARED


def _others(one: Person, other: Person) -> bool:
    """Two names that are not the same, be they alike."""
    return bool(one.name_key) and bool(other.name_key) and not set(_names(one)) & set(_names(other))


def _strangers(one: Person, other: Person) -> bool:
    """Two names that nobody would take for one: no part in common, and no likeness as a whole.

    Parts agree when one begins with the other (``J.`` and ``John``); of a whole name the first
    parts decide too."""
    if not one.name_key or not other.name_key or one.name_key == other.name_key:
        return False
    if one.last_key == other.last_key and one.last_key:
        ours, theirs = one.name_key.split()[0].rstrip("."), other.name_key.split()[0].rstrip(".")
        return not (
            ours.startswith(theirs) or theirs.startswith(ours) or _similar(ours, theirs) >= 0.4
        )
    return _others(one, other) and _similar(one.name_key, other.name_key) < 0.6


def _names(person: Person) -> Iterator[str]:
    return (word for word in person.name_key.replace(".", " ").split() if len(word) > 1)


def _could_be(one: Person, other: Person) -> bool:
    """Whether addresses leave it open that two are one: none on one side, one in common, or a slip
    of the pen."""
    if not _apart(one.emails, other.emails):
        return True
    return any(_similar(ours, theirs) >= 0.9 for ours in one.emails for theirs in other.emails)


def _nearly(one: str, other: str, least: int) -> bool:
    """Whether two names differ by no more than a slip in each word, or one has ``least`` words and
    the other more.

    Initials do not count. Plain loops: this is asked of every colleague of every row."""
    if one == other:
        return True
    ours = [word for word in one.split() if len(word.rstrip(".")) > 1]
    theirs = [word for word in other.split() if len(word.rstrip(".")) > 1]
    if len(ours) != len(theirs):
        few, many = sorted((ours, theirs), key=len)
        return len(few) >= least and set(few) <= set(many)
    return bool(ours) and all(map(_slip, ours, theirs))


def _slip(one: str, other: str) -> bool:
    """Whether two words are the same but for one place of at most two letters, and share more than
    half."""
    if one == other:
        return True
    short, longest = sorted((len(one), len(other)))
    if longest - short > 2:
        return False
    start = 0
    while start < short and one[start] == other[start]:
        start += 1
    end = 0
    while end < short - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return longest - start - end <= 2 and 2 * (start + end) > longest


def _similar(one: str, other: str) -> float:
    return 1.0 if one == other else SequenceMatcher(None, one, other, autojunk=False).ratio()
