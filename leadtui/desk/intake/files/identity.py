"""Who is the same person, and who only looks like it: e-mail, else number with last name, else name
with company.

A key decides only where no better one contradicts it, and a name never where it is another. Two
people who share a key and differ in a better one, or whose names are nearly alike, are *near*: a
person decides, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from leadtui.sheets.cells import key, letters
from leadtui.sheets.incoming import IncomingLead
from leadtui.sheets.mailboxes import kind_of
from leadtui.text import words

_LEGAL = frozenset(
    words("""
    inc incorporated llc llp lp ltd limited corp corporation co company gmbh ag kg kgaa ohg ug
    mbh se sa sas sarl srl spa bv nv plc pty ab as oy oyj aps sl ltda pte pvt holding holdings
    group & and
""")
)
_HONORIFICS = frozenset(words("mr mrs ms miss mx dr prof herr frau"))
_UMLAUT = re.compile("([aou])e")
_BETWEEN = re.compile(r"[\W_]+")
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
    title_key: str = ""
    had_emails: frozenset[str] = frozenset()
    had_numbers: frozenset[str] = frozenset()
    """What the floor had of a lead before this file."""
    since: datetime | None = None
    edited: datetime | None = None
    """When the floor was last told of a lead by a response, and by hand."""
    known: dict[str, Any] = field(default_factory=dict)
    """What the lead is in the end, where its rows may say otherwise."""
    is_known: bool = False
    """Whether it was a lead before this file."""
    idle: bool = False
    """Whether its rows said nothing new."""
    rows: list[IncomingLead] = field(default_factory=list)
    near: tuple[Person, ...] = ()
    why: str = ""
    """Why this one waits for a decision; empty for all others."""


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for a row: the person it is, or those it is near to, and by what evidence."""

    person: Person | None = None
    near: tuple[Person, ...] = ()
    why: str = ""
    beside: tuple[Person, ...] = ()
    """Who has the same number and is somebody else."""


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
            person.title_key = person.title_key or made.title_key
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
        if beside := self._sharing(made):
            return Match(beside=beside)
        return _NOBODY

    def _email(self, made: Person) -> Match:
        people = _unique(
            [person for email in made.emails for person in self.by_email.get(email, ())]
        )
        if not people:
            return _NOBODY
        known = {email for email in made.emails if email in self.by_email}
        named = [one for one in people if one.name_key == made.name_key and known <= one.emails]
        same = named if made.name_key else []
        if len(people) > 1 and len(same) != 1:
            return Match(near=people, why="its e-mail addresses belong to two leads")
        other = same[0] if same else people[0]
        if all(map(kind_of, made.emails & other.emails)):
            return _in_one_mailbox(made, other, people)
        if not made.name_key or not other.name_key or agree(made.name_key, other.name_key):
            return Match(other, why="the same e-mail address")
        return Match(near=people, why="the same e-mail address, another name")

    def _number(self, made: Person) -> Match:
        same: list[Person] = []
        near: list[Person] = []
        for person in self._sharing(made):
            apart = _apart(made.emails, person.emails)
            if made.name_key and not person.name_key:
                continue  # a nameless scan on a line is nobody of those who have it
            namesakes = not made.name_key or (made.last_key and made.last_key == person.last_key)
            if not apart and made.name_key == person.name_key:
                same.append(person)
            elif (namesakes and not apart) or _nearly(made.name_key, person.name_key, 2):
                near.append(person)
        if len(same) == 1:
            named = "and name" if made.name_key else "of somebody without a name"
            return Match(same[0], why=f"the same telephone number {named}")
        if not same and not near:
            return _NOBODY
        name = "a name that is alike" if made.name_key else "no name"
        return Match(near=(*same, *near), why=f"the same telephone number, and {name}")

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
        if len(same) == 1 and made.title_key and same[0].title_key not in ("", made.title_key):
            return Match(near=people, why="the same name and company, another title")
        if len(same) == 1:
            return Match(same[0], why="the same name and company")
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
            if _alike_firms(made.company_key, other.company_key) and _could_be(made, other)
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
        title_key=key(row.title),
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


def _in_one_mailbox(made: Person, other: Person, people: tuple[Person, ...]) -> Match:
    """Who writes from a mailbox that several read, or that is thrown away: it says nobody's name,
    so that only the same name, or none on either side, is the same person."""
    if made.name_key == other.name_key:
        named = ", and name" if made.name_key else ""
        return Match(other, why=f"the same shared mailbox{named}")
    other_name = "another name" if made.name_key and other.name_key else "one of them has no name"
    return Match(near=people, why=f"the same shared mailbox, {other_name}")


def agree(one: str, other: str) -> bool:
    """Whether two folded names can be one person's: an initial for a name, a middle name left out,
    another order; never another first or last name, however alike."""
    if one == other:
        return True
    few, many = sorted((_parts(one), _parts(other)), key=len)
    rest, equal = list(many), 0
    for word in sorted(few, key=len, reverse=True):
        found = next((there for there in rest if there == word), "")
        equal += bool(found)
        found = found or next((there for there in rest if _initial(word, there)), "")
        if not found:
            return False
        rest.remove(found)
    return equal > 0


def written_out(name: str) -> int:
    """How many letters of a folded name are written, without titles, two dots and ``e`` alike."""
    return sum(map(len, _parts(name)))


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """The words of a name without accents, titles, and the ``e`` that stands for two dots."""
    parts = (_UMLAUT.sub(r"\1", letters(word)) for word in _BETWEEN.split(name))
    return tuple(word for word in parts if word and word not in _HONORIFICS)


def _initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


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
    ours, theirs = _long(one), _long(other)
    if len(ours) != len(theirs):
        few, many = sorted((ours, theirs), key=len)
        return len(few) >= least and set(few) <= set(many)
    return bool(ours) and all(map(_slip, ours, theirs))


def _long(name: str) -> list[str]:
    return [word for word in name.split() if len(word.rstrip(".")) > 1 or word.isdigit()]


def _alike_firms(one: str, other: str) -> bool:
    """Whether two companies differ by a slip; ``Branch 1`` and ``Branch 2``, ``Plant A`` and
    ``Plant B`` do not."""
    marks = [{word for word in name.split() if len(word) == 1} for name in (one, other)]
    return not (all(marks) and marks[0] != marks[1]) and _nearly(one, other, 1)


def _slip(one: str, other: str) -> bool:
    """Whether two words are the same but for one place of at most two letters, and share more than
    half."""
    if one == other:
        return True
    if any(map(str.isdigit, one + other)):
        return False
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
