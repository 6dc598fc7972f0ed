"""The palette: what the keys of the screen do, by name, and every lead of the floor, to look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from leadtui.errors import LeadtuiError
from leadtui.screens.parts.base import DeskScreen, ask
from leadtui.screens.parts.news import NEWS, TellsNews
from leadtui.widgets.keys import key_name
from leadtui.widgets.safe import shown

if TYPE_CHECKING:
    from leadtui.desk.core.views import LeadView

ELSEWHERE = ("list.", "grid.", "field.", "memo.", "body.", "app.")
"""Keys that only move, or that every screen has: those stand in the palette anyway."""
SHORTEST = 2
"""Letters from which on leads are looked for."""


class ScreenActions(Provider):
    """The actions of the screen below, each with its key."""

    async def discover(self) -> Hits:
        """All of them."""
        for words, key, run in self._actions():
            yield DiscoveryHit(words, run, help=f"key: {key}")

    async def search(self, query: str) -> Hits:
        """Those whose words have all that was typed; letters that lie apart would find the name of
        a lead in a sentence."""
        matcher, parts = self.matcher(query), query.casefold().split()
        for words, key, run in self._actions():
            if all(part in words.casefold() for part in parts):
                yield Hit(matcher.match(words), matcher.highlight(words), run, help=f"key: {key}")

    def _actions(self) -> Iterator[tuple[str, str, partial[bool]]]:
        met: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            words, name = binding.tooltip or binding.description, binding.id or ""
            if words and name and name not in met and not name.startswith(ELSEWHERE):
                met.add(name)
                run = partial(self.app.call_later, self.app.run_action, binding.action, active.node)
                yield words, key_name(binding.key), run
        if isinstance(self.screen, TellsNews):
            yield from self._news(self.screen)

    def _news(self, screen: DeskScreen[Any]) -> Iterator[tuple[str, str, partial[bool]]]:
        """Each thing that can be new with the lead on the screen."""
        for one in NEWS:
            action = f"news({one.code!r})"
            run = partial(self.app.call_later, self.app.run_action, action, screen)
            yield one.label, f"L {one.key}", run


class Leads(Provider):
    """Leads by a part of their name, company, e-mail or number: anybody's, also closed ones."""

    async def search(self, query: str) -> Hits:
        """Those that the desk finds."""
        screen = self.screen
        if not isinstance(screen, DeskScreen) or len(query.strip()) < SHORTEST:
            return
        try:
            found = await ask(screen.desk.leads.find, query)
        except LeadtuiError as error:
            screen.warn(str(error))
            return
        for lead in found:
            yield Hit(
                1.0, _line(lead), partial(self._show, lead), text=lead.name, help=_about(lead)
            )

    def _show(self, lead: LeadView) -> None:
        from leadtui.screens.parts.lead import LeadScreen

        if isinstance(self.screen, DeskScreen):
            self.app.push_screen(LeadScreen(self.screen.desk, lead))


def _line(lead: LeadView) -> Content:
    return shown(" · ".join(filter(None, (lead.name, lead.title, lead.company))))


def _about(lead: LeadView) -> str:
    return f"{lead.status} · {f'with {lead.owner}' if lead.owner else 'nobody has it'}"
