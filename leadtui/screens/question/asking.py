"""The way to the question, for every screen on which something is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadtui.screens.question.answering import Answering

if TYPE_CHECKING:
    from textual.app import App

    from leadtui.desk.core.views import Confirmed
    from leadtui.desk.desk import Desk


async def put_question(app: App[None], desk: Desk, answering: Answering) -> Confirmed | None:
    """Show the question until it is answered."""
    from leadtui.screens.question.question import QuestionScreen

    return await app.push_screen_wait(QuestionScreen(desk, answering))
