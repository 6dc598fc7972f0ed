"""A post from the web: what every one carries, and how each is accepted once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from leadtui.desk.core.context import Context
from leadtui.desk.web.sources import origin_of, source_of
from leadtui.errors import LeadtuiError, WrongUse
from leadtui.store import web
from leadtui.store.engine.tables import WebPost, WebSource
from leadtui.store.engine.unit_of_work import Unit
from leadtui.text import clean

T = TypeVar("T")

FIELDS, NAME, VALUE = 60, 80, 4_000
"""So many fields a post has at most, so long are a name and a value."""
PAGE = 500
_NO_TEXT = re.compile("[\\ud800-\\udfff\\0]")
"""What no database takes."""
TRAP = "_url"
"""A field that people do not see; programs that fill in forms do."""


class Mistakes(WrongUse):
    """What is wrong with a post, a sentence for each mistake; nothing was kept."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("; ".join(self.sentences))


@dataclass(frozen=True, slots=True)
class Post:
    """A post as it arrived: its fields by name, and where it came from."""

    said: Mapping[str, str]
    token: str
    key: str = ""
    """Its id; the same one is accepted once."""
    origin: str = ""
    """The page's site, where a browser says it."""
    address: str = ""

    @property
    def digest(self) -> str:
        """What is kept of its id; without one it is a post of its own."""
        if not self.key:
            return secrets.token_hex(16)
        return hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a post. Whoever posts is told no more than that it was accepted: not whether
    somebody is known here."""

    source: str
    kind: str
    """``new``, ``updated``, ``unchanged`` or ``review`` of a form; ``known`` or ``nobody`` of an
    event."""
    lead_id: int | None = None
    again: bool = False
    """Whether it had been accepted before, and nothing was done."""
    on: str = ""
    """Where the form leads on to."""


def check_size(said: Mapping[str, str]) -> list[str]:
    """What is too much in a post."""
    wrong = [f"{len(said)} fields are too many; {FIELDS} are the most"] * (len(said) > FIELDS)
    for name, text in said.items():
        if not name.strip() or len(name) > NAME:
            wrong.append(f"a field is called {shown(name)}; a name has 1 to {NAME} characters")
        elif len(text) > VALUE:
            wrong.append(f"{shown(name)} has {len(text):,} characters; {VALUE:,} are the most")
        elif _NO_TEXT.search(name + text):
            wrong.append(f"{shown(name)} holds half a character, or a NUL: send whole UTF-8")
    return wrong


def trapped(said: Mapping[str, str]) -> list[str]:
    """What to say to a program that fills in every field."""
    if not said.get(TRAP, "").strip():
        return []
    sentence = (
        f"the field {TRAP} is not for people and has to stay empty: a program, or the browser's "
        "own filling-in, wrote into it; reload the page and type, or write to us"
    )
    return [sentence]


def offer_of(source: WebSource, said: str) -> str:
    """The offer of a post. Raises ``Mistakes`` for one that the source does not have."""
    if said and said not in source.offers:
        raise Mistakes(
            [f"_offer {shown(said)} is none of this source; it has {', '.join(source.offers)}"]
        )
    return said or str(source.offers[0])


def page_of(post: Post, wrong: list[str]) -> str:
    """The page that a post came from, without what stands behind ``?`` or ``#``."""
    page = post.said.get("_page", "").strip().partition("#")[0].partition("?")[0]
    if len(page) > PAGE:
        wrong.append(f"_page has {len(page)} characters; {PAGE} are the most")
    return clean(page, PAGE)


@dataclass(frozen=True, slots=True)
class Ready(Generic[T]):
    """A post that can be accepted: of which source, and what it says."""

    post: Post
    source: WebSource
    said: T
    digest: str
    on: str = ""


def accept(
    context: Context,
    posts: Sequence[Post],
    read: Callable[[Any, WebSource, Post, datetime], T],
    bring: Callable[[Unit, Sequence[Ready[T]]], list[Accepted]],
) -> list[Accepted | LeadtuiError]:
    """Posts in one transaction, and what became of each: ``read`` raises ``Mistakes``, ``bring``
    writes and logs those that are new.

    Raises what the database raises; nothing of any was kept then."""
    now = context.now()
    found: dict[int, Accepted | LeadtuiError] = {}
    ready: dict[int, Ready[T]] = {}
    with context.store.read() as session:
        for place, post in enumerate(posts):
            try:
                source = source_of(session, post.token, post.origin)
                on = lead_on(source, post.said.get("_next", "").strip())
                if post.key and web.known(session, int(source.id or 0), [post.digest]):
                    found[place] = Accepted(source.name, "unchanged", again=True, on=on)
                    continue
                said = read(session, source, post, now)
                ready[place] = Ready(post, source, said, post.digest, on)
            except LeadtuiError as error:
                found[place] = error
    if ready:
        with context.write(now) as unit:
            found |= _write(unit, ready, bring)
    return [found[place] for place in range(len(posts))]


def _write(
    unit: Unit,
    ready: dict[int, Ready[T]],
    bring: Callable[[Unit, Sequence[Ready[T]]], list[Accepted]],
) -> dict[int, Accepted | LeadtuiError]:
    """Those that are still new, and whose source still stands, now that nobody else writes."""
    found: dict[int, Accepted | LeadtuiError] = {}
    fresh: dict[int, Ready[T]] = {}
    taken: set[tuple[Any, str]] = set()
    for place, one in ready.items():
        try:
            source_of(unit.session, one.post.token, one.post.origin)
        except LeadtuiError as error:
            found[place] = error
            continue
        mark = (one.source.id, one.digest)
        if mark in taken or web.known(unit.session, int(one.source.id or 0), [one.digest]):
            found[place] = Accepted(one.source.name, "unchanged", again=True, on=one.on)
        else:
            taken.add(mark)
            fresh[place] = one
    if fresh:
        found |= dict(zip(fresh, bring(unit, list(fresh.values())), strict=True))
    return found


def keep(unit: Unit, one: Ready[Any], kind: str, **columns: Any) -> None:
    """Note that it was accepted."""
    source_id = int(one.source.id or 0)
    unit.session.add(
        WebPost(source_id=source_id, key=one.digest, at=unit.now, kind=kind, **columns)
    )


def lead_on(source: WebSource, url: str) -> str:
    """Where a form leads on to: to a page of the source's own sites and nowhere else."""
    if not url:
        return ""
    try:
        site = origin_of(url)
    except WrongUse:
        site = ""
    if site and site in source.sites and url.isprintable() and "\\" not in url:
        return url
    own = " or ".join(source.sites)
    raise Mistakes(
        [
            f"_next {shown(url)}: a form leads on to a page of {own}, and nowhere else"
            if own
            else f"_next {shown(url)}: this source has no site to lead on to; make one with --site"
        ]
    )


def time_of(text: str, now: datetime, wrong: list[str]) -> datetime:
    """When a post was made: now, or what ``_at`` says of a post that was kept for a while."""
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        wrong.append(f"_at {shown(text)} is no time; write it like 2026-11-27T15:00:00Z")
        return now
    if not 0 <= (now - at).days <= 30:
        wrong.append(f"_at {shown(text)} is not within the last 30 days; leave it away for now")
        return now
    return at


def shown(text: str) -> str:
    """A text from outside, in quotes and not too long."""
    return repr(clean(text, 60))
