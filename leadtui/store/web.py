"""Sources that may post from the web, and what was accepted of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from leadtui.store.engine.tables import WebPost, WebSource


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
