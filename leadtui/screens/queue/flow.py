"""What leads from the queue to an answer and back: start, perform, be asked, go on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leadtui.errors import Refused
from leadtui.screens.parts.base import ask
from leadtui.screens.question.answering import Answering
from leadtui.screens.question.asking import put_question
from leadtui.widgets import times

if TYPE_CHECKING:
    from textual.app import App

    from leadtui.desk.core.views import Confirmed, OpenQuestion, QueueRow, Started
    from leadtui.desk.desk import Desk


async def answer_open(app: App[None], desk: Desk) -> Confirmed | None:
    """Ask every open question, one after the other; the last answer comes back."""
    confirmed: Confirmed | None = None
    while (question := await ask(desk.block.open_question)) is not None:
        confirmed = await put_question(app, desk, Answering.of(question)) or confirmed
    return confirmed


async def take_back(app: App[None], desk: Desk) -> Confirmed | None:
    """Take the last answer back for a reason, and ask its question again."""
    from leadtui.screens.parts.reasons import ReasonDialog

    last = await ask(desk.confirm.last)
    at = times.stamp(last.at.astimezone(desk.zone))
    words = f"{at}  {last.words}. All goes back to what it was; both answers stay on record."
    dialog = ReasonDialog(desk, "Take your last answer back?", words, last.reasons)
    why = await app.push_screen_wait(dialog)
    if why is None:
        return None
    await ask(desk.confirm.take_back, last.entry, why)
    return await answer_open(app, desk)


async def run_touch(app: App[None], desk: Desk, touch_id: int) -> Confirmed | None:
    """Start a touch, perform it, and ask. ``None`` where it was not started."""
    started = await start(app, desk, touch_id)
    return None if started is None else await perform(app, desk, started.question)


async def start(app: App[None], desk: Desk, touch_id: int) -> Started | None:
    """Start a touch; what stands before it is asked first. ``None`` where it was not started."""
    try:
        return await ask(desk.block.start, touch_id)
    except Refused as refused:
        if refused.code == "question_open":
            await answer_open(app, desk)
            return None
        if refused.code == "notice":
            from leadtui.screens.queue.notice import read_notices

            return await start(app, desk, touch_id) if await read_notices(app, desk) else None
        if refused.code != "out_of_turn":
            raise
        words = str(refused).partition(";")[0]
    from leadtui.screens.parts.reasons import ReasonDialog

    reasons = await ask(desk.block.reasons, "out_of_turn")
    words = f"{words[:1].upper()}{words[1:]}. Why this one now?"
    code = await app.push_screen_wait(ReasonDialog(desk, "Out of turn", words, reasons))
    return None if code is None else await ask(desk.block.start, touch_id, out_of_turn=code)


async def perform(app: App[None], desk: Desk, question: OpenQuestion) -> Confirmed | None:
    """The screen on which the action is done; it comes back when the question is answered."""
    if question.touch.action == "e-mail":
        from leadtui.screens.call.mail_preview import MailScreen

        return await app.push_screen_wait(
            MailScreen(desk, question.touch.lead_id, question=question)
        )
    from leadtui.screens.call.call import CallScreen

    confirmed = await app.push_screen_wait(CallScreen(desk, question))
    if confirmed is not None and confirmed.email_offer:
        from leadtui.screens.call.mail_preview import MailScreen

        screen = MailScreen(desk, question.touch.lead_id, template=confirmed.email_offer)
        await app.push_screen_wait(screen)
        said = ". ".join(filter(None, (confirmed.outcome, screen.said)))
        return replace(confirmed, outcome=said)
    return confirmed


async def take_inbound(app: App[None], desk: Desk) -> str:
    """Find or add the lead that calls, and take the call; what was open waits underneath. What was
    done without a call comes back in words."""
    from leadtui.screens.inbound.inbound import InboundScreen

    caller = await app.push_screen_wait(InboundScreen(desk))
    if caller is None:
        return ""
    if not caller.calls:
        return (
            f"{caller.name} was added."
            if caller.added
            else f"{caller.name} was known: another response was added."
        )
    try:
        started = await ask(desk.block.inbound, caller.lead_id)
    except Refused as refused:
        if not caller.added:
            raise
        raise Refused(
            refused.code, f"{caller.name} was added, but no call was started: {refused}"
        ) from refused
    await perform(app, desk, started.question)
    return ""


async def dialog(
    name: str, app: App[None], desk: Desk, row: QueueRow | None
) -> tuple[str, int | None]:
    """One of the small screens: (what was done in words, the touch to go to)."""
    if name == "find":
        from leadtui.screens.queue.find import FindScreen

        return "", await app.push_screen_wait(FindScreen(desk))
    if name == "held":
        from leadtui.screens.queue.held import HeldScreen

        return "", await app.push_screen_wait(HeldScreen(desk))
    if name == "hopper":
        from leadtui.screens.queue.hopper import HopperScreen

        await app.push_screen_wait(HopperScreen(desk))
    elif row is None:
        return "", None
    elif name == "why":
        from leadtui.screens.queue.why import WhyScreen

        await app.push_screen_wait(WhyScreen(desk, row))
    elif name == "defer":
        from leadtui.screens.queue.defer import DeferScreen

        return await app.push_screen_wait(DeferScreen(desk, row)) or "", None
    elif name == "note":
        from leadtui.screens.parts.note import NoteScreen

        return await app.push_screen_wait(NoteScreen(desk, row)) or "", None
    return "", None
