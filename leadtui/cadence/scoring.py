"""Scores as the playbook counts them: fit (who they are) and engagement (what they do), explained
point by point.

Engagement is never stored as a number that grows old. What a lead did at a moment (a response, a
click) is worth its points then and half of them every half-life later; the sum of such curves is
one curve of the same kind, so one instant tells it whole: the one at which it is worth a single
point. Points of any moment, here and in SQL, are read off that instant. Rules that ask for nothing
that happened at a moment (a project, a budget) do not fade."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log2
from typing import Any

from leadtui.cadence.conditions import fields_of, matches
from leadtui.cadence.model import Condition, ScoreRule

HIGHEST = 100
SIGNS = ("reply", "click", "open", "visit", "download", "webinar")
"""What a lead does without answering an offer; the words of the condition ``sign``."""

DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_OF_RESPONSES = frozenset(
    ("offer", "rating", "source", "event", "responses", "inquiry_at", "webinar_topic")
)

LEVELS = tuple(round(DAY / _MICROSECOND * log2(points - 0.5)) for points in range(1, HIGHEST + 1))
"""Points (from 1) -> microseconds that, times the half-life in days, must be left until it is worth
one point."""


def score(
    rules: Iterable[ScoreRule], part: str, facts: Mapping[str, Any], now: datetime
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """``(points, ((rule, points), …))`` of one part, kept between 0 and 100; of engagement what
    does not fade."""
    found = tuple(
        (rule.name, rule.points)
        for rule in rules
        if rule.part == part
        and (part == "fit" or not _kind(rule.when))
        and matches(rule.when, facts, now)
    )
    return max(0, min(HIGHEST, sum(points for _, points in found))), found


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a lead did: when, and the facts of that moment (``sign``, or those of the
    response)."""

    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Engagement:
    """A lead's engagement as a function of time; call it with a moment for its points, 0 to 100."""

    standing: int = 0
    """Points that do not fade."""
    warm_at: datetime | None = None
    half_life: int = 30
    """Days."""
    plus: int = 0
    """Added to the result: the fit, for the whole score."""

    def __call__(self, now: datetime) -> int:
        fading = 0
        if self.warm_at is not None:
            left = (self.warm_at - now) // _MICROSECOND
            fading = bisect_right(LEVELS, left, key=lambda level: level * self.half_life)
        return max(0, min(HIGHEST, self.standing + fading)) + self.plus


def warmth(
    rules: Iterable[ScoreRule], facts: Mapping[str, Any], signs: Iterable[Sign], half_life: int
) -> tuple[datetime | None, tuple[tuple[str, int, datetime], ...]]:
    """When what was done will be worth one point (``None``: never), and ``(rule, points, at)`` of
    each cause.

    A rule counts once a day: ten clicks of one afternoon, or of a mail filter, are one sign of
    interest."""
    found: dict[tuple[str, date], tuple[str, int, datetime]] = {}
    fading = [
        (rule, kind) for rule in rules if rule.part == "engagement" and (kind := _kind(rule.when))
    ]
    for sign in signs:
        done = "sign" if "sign" in sign.facts else "response"
        known = {**facts, **sign.facts}
        for rule, kind in fading:
            if kind == done and matches(rule.when, known, sign.at):
                found.setdefault((rule.name, sign.at.date()), (rule.name, rule.points, sign.at))
    causes = tuple(found.values())
    newest = max((at for *_, at in causes), default=None)
    if newest is None:
        return None, ()
    worth = sum(points * 2 ** ((at - newest) / (DAY * half_life)) for _, points, at in causes)
    return (newest + DAY * half_life * log2(worth) if worth > 0 else None), causes


def is_fading(rule: ScoreRule) -> bool:
    """Whether a rule is about something that happened at a moment, and is worth less since."""
    return rule.part == "engagement" and bool(_kind(rule.when))


_KINDS: dict[int, tuple[Condition, str]] = {}
"""By the identity of a condition, which is kept beside it: hashing one costs as much as asking
anew."""


def _kind(condition: Condition) -> str:
    """``sign`` or ``response`` for a rule about something that happened at a moment, else empty."""
    known = _KINDS.get(id(condition))
    if known is None or known[0] is not condition:
        fields = set(fields_of(condition))
        found = "sign" if "sign" in fields else "response" if fields & _OF_RESPONSES else ""
        known = _KINDS[id(condition)] = (condition, found)
    return known[1]
