"""Scores as the playbook counts them: fit (who they are) and engagement (what they do), explained point by point."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadtui.cadence.conditions import matches
from leadtui.cadence.model import ScoreRule

HIGHEST = 100


def score(
    rules: tuple[ScoreRule, ...], part: str, facts: Mapping[str, Any], now: datetime
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """``(points, ((rule, points), …))`` of one part, kept between 0 and 100."""
    found = tuple((rule.name, rule.points) for rule in rules if rule.part == part and matches(rule.when, facts, now))
    return max(0, min(HIGHEST, sum(points for _, points in found))), found
