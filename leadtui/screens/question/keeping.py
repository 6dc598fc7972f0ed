"""What was chosen and typed so far is kept while it grows, so that a kill takes a second of it at
most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.timer import Timer

from leadtui.errors import Refused
from leadtui.screens.parts.base import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from leadtui.desk.desk import Desk
    from leadtui.screens.question.answering import Answering

PAUSE = 1.0
"""Seconds after the last key until what was typed is kept."""


class Pause:
    """Does something once nobody has typed for ``PAUSE`` seconds."""

    def __init__(self, screen: Screen[Any], then: Callable[[], object]) -> None:
        self.screen, self.then = screen, then
        self._timer: Timer | None = None

    def begin(self) -> None:
        """A key was typed: wait from here."""
        self.end()
        self._timer = self.screen.set_timer(PAUSE, self.then)

    def end(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


async def keep(desk: Desk, state: Answering, typing: Mapping[str, str] | None = None) -> None:
    """Keep the outcome and everything typed, ``typing`` (field -> text) with what no field was left
    with yet.

    Nothing is written where nothing is new, and what was answered meanwhile needs keeping no more.
    """
    async with state.keeping:
        draft = {**state.draft(), **(typing or {})}
        fresh = {**draft, "outcome": state.outcome}
        if fresh == state.kept:
            return
        try:
            await ask(desk.confirm.keep, state.question.id, state.outcome, **draft)
        except Refused as refused:
            if refused.code != "no_question":
                raise
        else:
            state.kept.clear()
            state.kept.update(fresh)
