"""What is done on the floor's pages: counted for everybody, and noted of a lead where the page says
whose it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.desk.intake.files.known import people_of
from leadtui.desk.leads.signs import take_in
from leadtui.desk.web.posts import (
    Accepted,
    Mistakes,
    Post,
    Ready,
    accept,
    check_size,
    keep,
    offer_of,
    page_of,
    shown,
)
from leadtui.errors import LeadtuiError
from leadtui.sheets.cells import key
from leadtui.sheets.fields import read_emails
from leadtui.sheets.mailboxes import kind_of
from leadtui.store import importing, leads, web
from leadtui.store.engine.tables import WebSource
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code, Event
from leadtui.text import words

KINDS = ("visit", "download", "webinar", "click")
FIELDS = frozenset(words("kind seconds visitor email _token _id _offer _page"))
LONGEST = 86_400
"""Seconds on one page."""
HEARD = "heard"
"""The kind of a history event about something that a page said and that was not counted."""
MOST_A_DAY = 10
"""So many signs of one lead a day are taken from pages."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What an event says, read."""

    kind: str
    offer: str
    page: str
    seconds: int | None
    address: str
    visitor: str


def take(context: Context, posts: Sequence[Post]) -> list[Accepted | LeadtuiError]:
    """Accept events, each once. Whoever is no lead yet is counted, and nothing is kept of them."""

    def read(_session: Any, source: WebSource, post: Post, now: datetime) -> Happened:
        return _read(context, source, post, now)

    def bring(unit: Unit, ready: Sequence[Ready[Happened]]) -> list[Accepted]:
        return [_kept(context, unit, one) for one in ready]

    return accept(context, posts, read, bring)


def _read(context: Context, source: WebSource, post: Post, now: datetime) -> Happened:
    """Raises ``Mistakes`` with all that is wrong."""
    wrong = check_size(post.said)
    if unknown := sorted(set(post.said) - FIELDS):
        wrong.append(
            f"the field {shown(unknown[0])} is unknown; an event has {', '.join(sorted(FIELDS))}"
        )
    kind, page = post.said.get("kind", "").strip(), page_of(post, wrong)
    if kind not in KINDS:
        wrong.append(f"kind {shown(kind)} is unknown; write {', '.join(KINDS)}")
    seconds, address = _seconds(post, wrong), _address(post, wrong)
    if wrong:
        raise Mistakes(wrong)
    offer = offer_of(source, post.said.get("_offer", "").strip())
    visitor = _visitor(context, source, post, now) if kind == "visit" else ""
    return Happened(kind, offer, page, seconds, address, visitor)


def _kept(context: Context, unit: Unit, one: Ready[Happened]) -> Accepted:
    what, source = one.said, one.source
    seen = bool(what.visitor) and web.has_visited(unit.session, what.offer, what.visitor)
    lead_id = _lead(unit.session, what.address)
    why = ""
    if lead_id is not None:
        note = f"{what.page}, {what.seconds} s" if what.seconds is not None else what.page
        why = _doubt(context, unit, source, lead_id)
        if not why:
            about = {Code.NAME: source.name}
            take_in(context, unit, lead_id, what.kind, note=note, source=about)
        elif not web.is_told(unit.session, lead_id, HEARD, context.start_of_day(unit.now)):
            leads.add_event(unit, lead_id, HEARD, code=what.kind, note=f"{note}; {why}")
    keep(
        unit,
        one,
        what.kind,
        offer=what.offer,
        page=what.page,
        seconds=what.seconds,
        visitor=what.visitor,
    )
    unit.log(
        Event.WEB_EVENT,
        subjects={"source": source.id, "lead": lead_id},
        codes={
            Code.NAME: source.name,
            Code.OFFER: what.offer,
            Code.KIND: what.kind,
            Code.NEW: int(what.kind == "visit" and not seen),
            **({Code.WHY: "not counted"} if why else {}),
        },
    )
    return Accepted(source.name, "nobody" if lead_id is None else "known", lead_id)


def _doubt(context: Context, unit: Unit, source: WebSource, lead_id: int) -> str:
    """Why an event may not raise a lead's points; empty where it may.

    The token of a page can be read by everybody who sees the page, and whoever has it can name
    anybody's address: what it says of a person counts where that person came in by it, and so often
    a day. A program's token is nobody else's."""
    if not source.sites:
        return ""
    if not web.came_by(unit.session, lead_id, source.name):
        return f"said by {source.name}, by which they did not come in: not counted"
    if web.signs_since(unit.session, lead_id, context.start_of_day(unit.now)) >= MOST_A_DAY:
        return f"more than {MOST_A_DAY} signs from the web in a day: not counted"
    return ""


def _seconds(post: Post, wrong: list[str]) -> int | None:
    text = post.said.get("seconds", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= LONGEST:
        return int(text)
    wrong.append(f"seconds {shown(text)}: write a whole number from 0 to {LONGEST}")
    return None


def _address(post: Post, wrong: list[str]) -> str:
    text = post.said.get("email", "").strip()
    good, bad = read_emails(text)
    wrong += [f"email {shown(text)}: {reason}; leave it away" for _, reason in bad]
    return good[0] if good else ""


def _visitor(context: Context, source: WebSource, post: Post, now: datetime) -> str:
    """The page's mark of a visitor as it is kept: a hash that is another one tomorrow."""
    mark = post.said.get("visitor", "").strip()
    day = now.astimezone(context.zone).date()
    said = f"{day}|{source.id}|{source.token_hash}|{mark}"
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32] if mark else ""


def _lead(session: Any, address: str) -> int | None:
    """The one lead with this address; of an address that two have, or a mailbox that several
    read, nobody knows whose it is."""
    if not address or kind_of(address):
        return None
    keys = importing.Keys(emails=[key(address)], numbers=[], names=[], companies=[])
    found = people_of(session, keys)
    return found[0].lead_id if len(found) == 1 else None
