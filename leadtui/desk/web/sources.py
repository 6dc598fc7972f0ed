"""Sources: forms and pages that may post, each by a token of its own that can be taken away."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from leadtui.desk.core import people
from leadtui.desk.core.context import Context
from leadtui.errors import NotFound, Refused, WrongUse
from leadtui.store import floor, web
from leadtui.store.engine.tables import WebSource
from leadtui.store.engine.vocabulary import Code, Event

OFFICE = ("supervisor", "marketer")
TOKEN_BYTES = 24
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LOCAL = frozenset(("localhost", "127.0.0.1"))


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is listed, with what was accepted of it."""

    name: str
    offers: tuple[str, ...]
    sites: tuple[str, ...]
    made_at: datetime
    made_by: str
    revoked_at: datetime | None
    forms: int = 0
    events: int = 0
    last_at: datetime | None = None


def make(
    context: Context, name: str, offers: Sequence[str], sites: Sequence[str] = ()
) -> tuple[Source, str]:
    """A new source and its token, which is kept nowhere. Supervisors and marketers.

    Raises ``WrongUse`` for a name, an offer or a site that cannot be one."""
    people.require(context, "making a source of web forms", *OFFICE)
    if not _NAME.fullmatch(name):
        raise WrongUse(
            f"the source {name!r}: write small letters, digits and '-', like pricing-page"
        )
    origins = tuple(dict.fromkeys(map(origin_of, sites)))
    token = f"lt_{secrets.token_urlsafe(TOKEN_BYTES)}"
    with context.write() as unit:
        known = context.playbook(unit.session).offers
        for offer in offers:
            if offer not in known:
                raise WrongUse(f"--offer {offer!r} is unknown; the playbook has {', '.join(known)}")
        if any(one.name == name for one in web.sources(unit.session)):
            raise Refused(
                "name",
                f"there is a source {name!r}, and names stay with what came in by them; "
                "choose another",
            )
        row = WebSource(
            name=name,
            token_hash=hashed(token),
            offers=list(dict.fromkeys(offers)),
            sites=list(origins),
            made_at=unit.now,
            made_by=context.identity.id,
        )
        unit.session.add(row)
        unit.session.flush()
        unit.log(Event.WEB_SOURCE_MADE, subjects={"source": row.id}, codes={Code.NAME: name})
        return _view(row, {context.identity.id: context.identity.name}, {}), token


def listed(context: Context) -> tuple[Source, ...]:
    """Every source, the revoked ones too."""
    with context.store.read() as session:
        names = {rep.id: rep.name for rep in floor.reps(session)}
        accepted = web.accepted(session)
        return tuple(_view(row, names, accepted) for row in web.sources(session))


def revoke(context: Context, name: str) -> Source:
    """Take a source's token away: nothing more comes in by it. Supervisors and marketers."""
    people.require(context, "revoking a source of web forms", *OFFICE)
    with context.write() as unit:
        row = next((one for one in web.sources(unit.session) if one.name == name), None)
        if row is None:
            raise NotFound(f"there is no source {name!r}; 'leadtui intake list' has them all")
        if row.revoked_at is not None:
            raise Refused("revoked", f"the source {name!r} was revoked already")
        row.revoked_at, row.revoked_by = unit.now, context.identity.id
        unit.log(Event.WEB_SOURCE_REVOKED, subjects={"source": row.id}, codes={Code.NAME: name})
        return _view(row, {}, web.accepted(unit.session))


def sites(context: Context) -> frozenset[str]:
    """The origins whose pages some source lets in."""
    with context.store.read() as session:
        live = [row for row in web.sources(session) if row.revoked_at is None]
    return frozenset(site for row in live for site in row.sites)


def hashed(token: str) -> str:
    """What is kept of a token: it is random, so that nobody finds it by trying."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def source_of(session: Any, token: str, origin: str) -> WebSource:
    """The live source of a token, for a page of ``origin`` (empty: no browser says one).

    Raises ``Refused`` with the code ``token`` or ``site``."""
    row = web.by_token(session, hashed(token)) if token else None
    if row is None:
        said = "is unknown or was revoked" if token else "is missing"
        raise Refused(
            "token",
            f"the token {said}; 'leadtui intake add' makes one, send it as 'Authorization: "
            "Bearer TOKEN' or in the field _token",
        )
    if row.sites and origin and origin not in row.sites:
        raise Refused(
            "site", f"pages of {origin!r} may not post here; this source is for {_all(row.sites)}"
        )
    return row


def origin_of(url: str) -> str:
    """``https://www.example.com`` of an address there.

    Raises ``WrongUse`` for what is no site; without TLS only this machine is one."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise WrongUse(f"the site {url!r} cannot be read; write https://www.example.com") from None
    plain = parts.scheme == "http" and host in _LOCAL
    if not host or parts.username or not (parts.scheme == "https" or plain):
        raise WrongUse(f"the site {url!r} is none; write https://www.example.com")
    usual = port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}" + ("" if usual else f":{port}")


def _all(names: Sequence[str]) -> str:
    return " and ".join(names)


def _view(row: WebSource, names: dict[Any, str], accepted: dict[int, Any]) -> Source:
    forms, events, last = accepted.get(int(row.id or 0), (0, 0, None))
    return Source(
        row.name,
        tuple(row.offers),
        tuple(row.sites),
        row.made_at,
        names.get(row.made_by, ""),
        row.revoked_at,
        forms,
        events,
        last,
    )
