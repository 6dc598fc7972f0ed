"""The twin columns that conditions compare, kept in step with their texts at every flush.

What is written past the ORM (an import by the hundred thousand) gives its twins itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import event

from leadtui.cadence.conditions import fold
from leadtui.store.engine.tables import Company, Lead, Response

TWINS: dict[Any, tuple[tuple[str, str], ...]] = {
    Lead: (("title", "title_key"), ("city", "city_key"), ("region", "region_key")),
    Company: (("name", "name_key"), ("industry", "industry_key")),
    Response: (("source", "source_key"), ("event", "event_key")),
}


def twin(text: str) -> str:
    """What a twin holds: the text on one line, folded as conditions fold."""
    joined = " ".join(text.split())
    return joined.lower() if joined.isascii() else fold(joined)


def keep(_mapper: Any, _connection: Any, row: Any) -> None:
    """Bring the twins of a row about to be written up to its texts."""
    for text, key in TWINS[type(row)]:
        folded = twin(getattr(row, text) or "")
        if getattr(row, key) != folded:
            setattr(row, key, folded)


@cache
def listen() -> None:
    """Keep twins in this process from now on; once is enough."""
    for model in TWINS:
        for moment in ("before_insert", "before_update"):
            event.listen(model, moment, keep)
