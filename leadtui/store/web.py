"""Sources that may post from the web, and what was accepted of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from leadtui.store.engine.tables import HistoryEvent, LogEntry, Response, WebPost, WebSource
from leadtui.store.engine.vocabulary import Event


def sources(session: Session) -> list[WebSource]:
    """Every source, the revoked ones too, by name."""
    return list(session.exec(select(WebSource).order_by(col(WebSource.name))).all())


def by_token(session: Session, token_hash: str) -> WebSource | None:
    """The source of a token that was not revoked."""
    found = select(WebSource).where(
        WebSource.token_hash == token_hash, col(WebSource.revoked_at).is_(None)
    )
    return session.exec(found).first()


def known(session: Session, source_id: int, keys: Sequence[str]) -> set[str]:
    """Those of ``keys`` that were accepted of a source already."""
    found = select(WebPost.key).where(WebPost.source_id == source_id, col(WebPost.key).in_(keys))
    return set(session.exec(found).all())


def has_visited(session: Session, offer: str, visitor: str) -> bool:
    """Whether this visitor was counted for an offer already."""
    found = select(WebPost.id).where(WebPost.visitor == visitor, WebPost.offer == offer)
    return session.exec(found.limit(1)).first() is not None


def accepted(session: Session) -> dict[int, tuple[int, int, datetime]]:
    """Source -> its forms, its events, and when the last of them came."""
    is_form: Any = col(WebPost.kind) == "form"
    found = select(
        col(WebPost.source_id),
        func.count().filter(is_form),
        func.count(),
        func.max(col(WebPost.at)),
    ).group_by(col(WebPost.source_id))
    return {
        source: (forms, every - forms, last) for source, forms, every, last in session.exec(found)
    }


def came_by(session: Session, lead_id: int, source: str) -> bool:
    """Whether a form of this source ever brought this lead in, or another response of it."""
    found = select(Response.id).where(Response.lead_id == lead_id, Response.source == source)
    return session.exec(found.limit(1)).first() is not None


def signs_since(session: Session, lead_id: int, since: datetime) -> int:
    """How many signs of a lead were noted since then, by no person."""
    found = select(func.count()).where(
        HistoryEvent.lead_id == lead_id,
        HistoryEvent.kind == "sign",
        col(HistoryEvent.at) >= since,
        col(HistoryEvent.rep_id).is_(None),
    )
    return int(session.exec(found).one())


def is_told(session: Session, lead_id: int, kind: str, since: datetime) -> bool:
    """Whether a lead's history has an event of this kind since then."""
    found = select(HistoryEvent.id).where(
        HistoryEvent.lead_id == lead_id, HistoryEvent.kind == kind, col(HistoryEvent.at) >= since
    )
    return session.exec(found.limit(1)).first() is not None


def run_out(session: Session, before: datetime, limit: int) -> list[int]:
    """The ids of posts from before then, the oldest first; ids are in the order of time."""
    found = select(WebPost.id, WebPost.at).order_by(col(WebPost.id)).limit(limit)
    return [int(number or 0) for number, at in session.exec(found) if at < before]


def entries_of(session: Session, event: Event, since: datetime, until: datetime) -> list[Any]:
    """``(at, body)`` of the entries of one event in a span, oldest first."""
    found = select(LogEntry.at, LogEntry.body).where(
        col(LogEntry.at) >= since,
        col(LogEntry.at) < until,
        col(LogEntry.body).contains(f'"event":"{event}"'),
    )
    return list(session.exec(found.order_by(col(LogEntry.seq))).all())
