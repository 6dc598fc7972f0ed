"""Scores of a lead: written down as what each moment's points follow from, and explained point by
point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leadtui.cadence.model import Playbook
from leadtui.cadence.scoring import Engagement, Sign, score, warmth
from leadtui.desk.core.context import Context
from leadtui.desk.core.facts import LeadSheet, engagement_of, sheet_of
from leadtui.store import leads
from leadtui.store.engine.tables import Company
from leadtui.store.engine.unit_of_work import Unit


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for points: what they were when it happened, and what they are now."""

    rule: str
    part: str
    points: int
    now: float
    at: datetime | None = None
    """When it happened; empty for what does not fade."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A lead's points at one moment, and every cause of them."""

    score: int
    fit: int
    engagement: int
    causes: tuple[Cause, ...]


def rescore(sheet: LeadSheet, book: Playbook, now: datetime) -> None:
    """Write down what a lead's points follow from, after any new fact; nothing of it grows old."""
    lead, facts = sheet.lead, sheet.conditions()
    lead.half_life = max(1, book.floor.half_life_days)
    lead.fit = score(book.scoring, "fit", facts, now)[0]
    lead.engagement = score(book.scoring, "engagement", facts, now)[0]
    lead.warm_at = warmth(book.scoring, facts, signs_of(sheet), lead.half_life)[0]


def signs_of(sheet: LeadSheet) -> Iterator[Sign]:
    """What a lead did, with the facts of each moment; a response is compared with the date of the
    one before it."""
    before: datetime | None = None
    for count, response in enumerate(reversed(sheet.responses), 1):
        known = {
            "offer": response.offer,
            "source": response.source_key or None,
            "event": response.event_key or None,
            "rating": response.rating or None,
            "responses": count,
            "inquiry_at": before or response.inquiry_at,
        }
        before = response.inquiry_at
        yield Sign(response.inquiry_at, known)
    for at, code in sheet.signs:
        yield Sign(at, {"sign": code})


def rescore_all(context: Context, unit: Unit, book: Playbook) -> int:
    """Bring every lead up to changed scoring rules; returns how many."""
    count = 0
    for lead_id in leads.scored(unit.session):
        rescore(sheet_of(context, unit.session, lead_id), book, unit.now)
        count += 1
    return count


def rescore_company(context: Context, unit: Unit, company: Company, book: Playbook) -> None:
    """Bring the leads of a company up to what has become known of it."""
    for lead_id in leads.of_company(unit.session, int(company.id or 0)):
        rescore(sheet_of(context, unit.session, lead_id), book, unit.now)


def explained(context: Context, lead_id: int) -> Scores:
    """A lead's points now, cause by cause."""
    now = context.now()
    with context.store.read() as session:
        book, sheet = context.playbook(session), sheet_of(context, session, lead_id)
        lead, facts = sheet.lead, sheet.conditions()
        standing = [
            Cause(name, part, points, points)
            for part in ("fit", "engagement")
            for name, points in score(book.scoring, part, facts, now)[1]
        ]
        half_life = max(1, lead.half_life)
        fading = [
            Cause(
                name,
                "engagement",
                points,
                round(points * 0.5 ** ((now - at).total_seconds() / 86400 / half_life), 1),
                at,
            )
            for name, points, at in warmth(book.scoring, facts, signs_of(sheet), half_life)[1]
        ]
        worth: Engagement = engagement_of(lead)
        return Scores(lead.fit + worth(now), lead.fit, worth(now), (*standing, *fading))
