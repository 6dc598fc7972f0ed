"""How much is known of the leads, by the fields that the playbook wants of each, and which are
worth completing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadtui.desk.core.context import Context
from leadtui.desk.core.people import named
from leadtui.sheets.mailboxes import DISPOSABLE, ROLES, kind_of
from leadtui.store import completeness, floor

BOXES = completeness.Mailboxes(ROLES, lambda address: kind_of(address) == DISPOSABLE)
"""An address that is nobody's own is none by which a person can be written to."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A lead of which something is not known."""

    lead: int
    name: str
    company: str
    rep: str
    fit: int
    due: datetime | None
    """When it is worked on next."""
    lacks: tuple[str, ...]
    share: float
    """Of the wanted fields, how many are known, 0..1."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much is known of a rep's open leads; ``rep`` is empty for those that are nobody's."""

    rep: str
    leads: int
    share: float


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the playbook wants to know of every lead, how much of it is known, and the leads that
    are worth completing first."""

    wanted: tuple[str, ...]
    reps: tuple[Share, ...]
    first: tuple[Gap, ...]


def of_leads(context: Context, rep: str = "", limit: int = 20) -> Completeness:
    """Of all open leads, or of one rep's. Raises ``NotFound`` for a rep nobody knows."""
    now = context.now()
    with context.store.read() as session:
        wanted = context.playbook(session).floor.must_have
        owner = named(session, rep, "--rep") if rep else None
        names = {one.id: one.name for one in floor.reps(session)}
        if not wanted:
            return Completeness((), (), ())
        shares = tuple(
            Share(names.get(owner_id, "") if owner_id else "", count, known / count / len(wanted))
            for owner_id, count, known in completeness.by_owner(session, wanted, BOXES)
            if owner is None or owner_id == owner.id
        )
        rows = completeness.worth_fixing(
            session, wanted, BOXES, context.end_of_day(now), owner.id if owner else None, limit
        )
        return Completeness(wanted, shares, tuple(_gap(row, wanted, names) for row in rows))


def lacking(context: Context, lead_id: int) -> tuple[str, ...]:
    """What is not known of a lead and ought to be."""
    with context.store.read() as session:
        wanted = context.playbook(session).floor.must_have
        return completeness.lacking(session, lead_id, wanted, BOXES)


def _gap(row: Any, wanted: tuple[str, ...], names: dict[int | None, str]) -> Gap:
    lacks = tuple(name for name in wanted if not getattr(row, f"has_{name}"))
    return Gap(
        int(row.id),
        row.name,
        row.company or "",
        names.get(row.owner_id, ""),
        row.fit,
        row.due,
        lacks,
        1 - len(lacks) / len(wanted),
    )
