"""What is known of leads and what is not, by the fields that the playbook wants of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_
from sqlmodel import Session, col, select

from leadtui.store.engine.tables import Company, EmailAddress, Lead, Phone, Touch


def _works(table: Any) -> ColumnElement[bool]:
    return exists().where(col(table.lead_id) == Lead.id, col(table.status) == "ok")


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Which addresses are nobody's own: those of ``roles``, and those that are thrown away."""

    roles: Collection[str]
    is_thrown_away: Callable[[str], bool]


def _own_address(session: Session, boxes: Mailboxes, lead_id: int | None) -> ColumnElement[bool]:
    """Whether an address is known that works and is a person's own: no role's, none that is thrown
    away."""
    key = col(EmailAddress.address_key)
    found = select(key).where(EmailAddress.status == "ok")
    every = session.exec(found if lead_id is None else found.where(EmailAddress.lead_id == lead_id))
    # Domains that are thrown away are thousands, and a floor meets few of them.
    thrown = sorted(set(filter(boxes.is_thrown_away, every)))[:MOST]
    roles = or_(*(key.like(f"{role}@%") for role in sorted(boxes.roles)))
    return exists().where(
        col(EmailAddress.lead_id) == Lead.id,
        col(EmailAddress.status) == "ok",
        ~roles,
        key.not_in(thrown),
    )


MOST = 5_000
"""So many addresses that are thrown away are told apart."""

KNOWN: Mapping[str, ColumnElement[bool]] = {
    "phone": _works(Phone),
    "email": _works(EmailAddress),
    **{
        name: col(getattr(Lead, name)) != ""
        for name in ("title", "country", "region", "city", "postal_code", "street", "language")
    },
    "company": col(Company.name) != "",
    "website": col(Company.website) != "",
    "industry": col(Company.industry) != "",
    "employees": col(Company.employees).is_not(None),
    "revenue": col(Company.revenue_minor).is_not(None),
}
"""Field -> whether it is known of a lead; of a number or address, one that works. That the address
is the person's own is asked beside."""


def _known(
    session: Session, fields: Sequence[str], boxes: Mailboxes, lead_id: int | None = None
) -> list[Any]:
    # Of a lead without a company nothing is known of its company: NULL is no yes.
    own = {"email": _own_address(session, boxes, lead_id)} if "email" in fields else {}
    return [
        case((own[name] if name in own else KNOWN[name], 1), else_=0).label(f"has_{name}")
        for name in fields
    ]


def lacking(
    session: Session, lead_id: int, fields: Sequence[str], boxes: Mailboxes
) -> tuple[str, ...]:
    """Those of the fields that are not known of a lead."""
    if not fields:
        return ()
    asked: Any = (
        select(*_known(session, fields, boxes)).select_from(Lead).join(Company, isouter=True)
    )
    row = session.exec(asked.where(col(Lead.id) == lead_id)).first() or ()
    return tuple(name for name, known in zip(fields, row, strict=False) if not known)


def by_owner(
    session: Session, fields: Sequence[str], boxes: Mailboxes
) -> list[tuple[int | None, int, int]]:
    """``(rep id, open leads, fields that are known of them)``, the rep without an id being
    nobody."""
    known = sum(_known(session, fields, boxes), start=case((col(Lead.id).is_(None), 1), else_=0))
    asked: Any = select(col(Lead.owner_id), func.count(), func.sum(known))
    asked = asked.select_from(Lead).join(Company, isouter=True).where(col(Lead.status) == "open")
    rows = session.exec(asked.group_by(col(Lead.owner_id)).order_by(col(Lead.owner_id))).all()
    return [(owner, int(count), int(total or 0)) for owner, count, total in rows]


def worth_fixing(
    session: Session,
    fields: Sequence[str],
    boxes: Mailboxes,
    today: datetime,
    owner_id: int | None,
    limit: int,
) -> list[Any]:
    """Open leads of which something is not known: those first that somebody works on by ``today``,
    then those that fit best. A row has ``id``, ``name``, ``company``, ``owner_id``, ``fit``,
    ``due``, and ``has_FIELD`` as 0 or 1."""
    known = _known(session, fields, boxes)
    all_known = sum((one for one in known[1:]), start=known[0]) == len(fields)
    soon = case((col(Touch.due) <= today, 0), else_=1)
    shown: list[Any] = [
        Lead.id,
        col(Lead.full_name).label("name"),
        col(Company.name).label("company"),
        Lead.owner_id,
        Lead.fit,
        Touch.due,
    ]
    asked: Any = (
        select(*shown, *known)
        .select_from(Lead)
        .join(Company, isouter=True)
        .outerjoin(
            Touch, (col(Touch.lead_id) == Lead.id) & col(Touch.state).in_(("open", "started"))
        )
        .where(col(Lead.status) == "open", ~all_known)
        .order_by(soon, col(Lead.fit).desc(), col(Touch.due), col(Lead.id))
        .limit(limit)
    )
    if owner_id is not None:
        asked = asked.where(col(Lead.owner_id) == owner_id)
    return list(session.exec(asked).all())
