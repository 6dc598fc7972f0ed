"""A time while it is typed: what it means so far, on both clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import ask

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk

TIMES = "tomorrow 3pm, mon 10:30, in 2 hours"
"""What stands in an empty field for a time."""


async def time_words(desk: Desk, text: str, lead_id: int) -> str:
    """``→ Tue 24 Nov 15:00 Denver, 16:00 yours``; the choices where it may mean several; nothing
    where it is no time yet."""
    from leadtui.desk.calls.when import Ambiguous

    try:
        found = await ask(desk.block.parse_when, text, lead_id)
    except LeadtuiError:
        return ""
    if isinstance(found, Ambiguous):
        return f"→ {found.question} {' or '.join(one.shown for one in found.options)}"
    return f"→ {found.words}"
