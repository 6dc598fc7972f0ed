"""The dial: the gate is asked at the key press, and what it says is acknowledged or overridden
before anything rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadtui.errors import Refused
from leadtui.screens.parts.base import ask
from leadtui.screens.parts.reasons import AcknowledgeDialog, OverrideDialog

if TYPE_CHECKING:
    from textual.app import App

    from leadtui.desk.core.views import Dialed, PhoneView
    from leadtui.desk.desk import Desk


async def dial(app: App[None], desk: Desk, obligation_id: int, phone: PhoneView) -> Dialed | None:
    """Put the dial on record, asking whatever the gate wants asked; ``None`` where the rep does not
    dial."""
    acknowledge, override, reason = False, "", ""
    while True:
        try:
            return await ask(
                desk.block.dial,
                obligation_id,
                phone.id,
                acknowledge=acknowledge,
                override=override,
                reason=reason,
            )
        except Refused as refused:
            if refused.code not in {"warn", "blocked"}:
                raise
            gate = await ask(desk.block.gate, phone.id)
            message = str(refused).rpartition(";")[0]
            if refused.code == "warn":
                if acknowledge or not await app.push_screen_wait(
                    AcknowledgeDialog(desk, phone, gate, message)
                ):
                    return None
                acknowledge = True
            else:
                if override:
                    raise
                codes = await ask(desk.block.reasons, "override")
                given = await app.push_screen_wait(
                    OverrideDialog(desk, phone, gate, message, codes)
                )
                if given is None:
                    return None
                override, reason = given


async def place(app: App[None], desk: Desk, dialed: Dialed) -> str:
    """Hand the number to the telephone, as the settings say; what happened, in words."""
    if desk.settings.dial == "copy":
        app.copy_to_clipboard(dialed.number)
    extension = dialed.uri.partition(";ext=")[2]
    return await ask(desk.block.place_call, dialed.number, extension)
