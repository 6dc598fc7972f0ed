"""Moving what belongs to one lead to another, by statement: history can be long."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import col

from leadtui.store.engine.tables import (
    Attempt,
    Email,
    Fulfilment,
    HistoryEvent,
    Lead,
    Matter,
    Response,
)
from leadtui.store.engine.unit_of_work import Unit
from leadtui.store.engine.vocabulary import Code

MOVED: dict[Code, type[Any]] = {
    Code.RESPONSES: Response,
    Code.EVENTS: HistoryEvent,
    Code.ATTEMPTS: Attempt,
    Code.MESSAGES: Email,
    Code.KITS: Fulfilment,
    Code.QUESTIONS: Matter,
}
"""Kind -> its table. Touches that are over stay with the lead they were done for, as the log
says."""


def move_rows(unit: Unit, from_lead: int, to_lead: int) -> dict[Code, int]:
    """Give every row of one lead to another; kind -> how many."""
    unit.session.flush()
    moved = {
        kind: unit.connection.execute(
            update(model).where(col(model.lead_id) == from_lead).values(lead_id=to_lead)
        ).rowcount
        for kind, model in MOVED.items()
    }
    # Whoever was merged into the one that goes is found under the one that stays.
    unit.connection.execute(
        update(Lead).where(col(Lead.merged_into) == from_lead).values(merged_into=to_lead)
    )
    return moved
