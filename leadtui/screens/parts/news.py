"""What is new with a lead beside a call: it wrote back, opted out, an e-mail bounced; accepted, or
sent back to marketing. One key opens the choices, one chooses, one says that it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from leadtui.desk.core.views import LeadView, ReasonView
from leadtui.screens.parts.base import DeskScreen, Result, ask

if TYPE_CHECKING:
    from textual.app import App

    from leadtui.desk.desk import Desk

MENU = Binding(
    "L",
    "news",
    "lead",
    show=False,
    id="lead.news",
    tooltip="They wrote back, opted out, bounced; accept the lead, or send it back",
)
NEWS = (
    ReasonView("reply", "They wrote back", "r"),
    ReasonView("yes-call-me", "They ask to be called", "c"),
    ReasonView("opt-out", "They want no more e-mail", "o"),
    ReasonView("opt-in", "E-mail is welcome again", "i"),
    ReasonView("bounce", "An e-mail came back", "b"),
    ReasonView("accept", "Accept: a prospect of sales from now on", "s"),
    ReasonView("reject", "Send back to marketing, with a reason", "m"),
)
"""What can be said of a lead: kinds of sign, ``accept`` and ``reject``."""
CONSEQUENCES = {
    "reply": "Their cadences wait, and you get a task to answer them.",
    "yes-call-me": "It counts as a new response, with its own first call.",
    "opt-out": "Nobody writes to them any more, in any cadence. What was planned is passed over.",
    "opt-in": "They are written to again, from the next e-mail on.",
}
"""What follows at once; it cannot be taken back, so it is asked."""


class TellsNews(DeskScreen[Result]):
    """A screen with a lead on it of which something new can be said."""

    @property
    def told_lead(self) -> int | None:
        """The lead it is about, if any."""
        raise NotImplementedError

    def news_told(self) -> None:
        """Read again what may have changed."""

    def action_news(self, kind: str = "") -> None:
        if self.told_lead is None:
            self.warn("There is no lead under the cursor.")
        else:
            self.tell_news(self.told_lead, kind)

    @work(group="flow")
    async def tell_news(self, lead_id: int, kind: str) -> None:
        """Ask what it is, and whether it is meant; then say what came of it."""
        with self.mishaps():
            if said := await tell(self.app, self.desk, lead_id, kind):
                self.say(said)
                self.news_told()


async def tell(app: App[None], desk: Desk, lead_id: int, kind: str = "") -> str:
    """Note what is new with a lead; what came of it in words, nothing where it was left."""
    from leadtui.screens.parts.reasons import ReasonDialog

    lead = await ask(desk.block.lead, lead_id)
    if not kind:
        open_ones = tuple(one for one in NEWS if _fits(one.code, lead))
        menu = ReasonDialog(desk, lead.name, "What is new?", open_ones)
        said = await app.push_screen_wait(menu)
        kind = said or ""
    found = await _carry(app, desk, lead, kind) if kind else ""
    if not found:
        return ""
    following = await ask(desk.leads.following, lead_id)
    after = (
        f"next: {following[1].action}, {following[1].local}"
        if following
        else "a supervisor is asked what comes next"
    )
    return f"{lead.name}: {found[:1].lower()}{found[1:]}; {after}"


def _fits(code: str, lead: LeadView) -> bool:
    """Whether it can be said of this lead."""
    out = "e-mail" in lead.opted_out
    return {"opt-out": not out, "opt-in": out, "bounce": bool(lead.writable)}.get(code, True)


async def _carry(app: App[None], desk: Desk, lead: LeadView, kind: str) -> str:
    from leadtui.screens.parts.reasons import ReasonDialog

    if kind == "accept":
        return (await ask(desk.leads.accept, lead.id)).words
    title = next(one.label for one in NEWS if one.code == kind).partition(",")[0]
    words = CONSEQUENCES.get(kind, "")
    if kind == "reject":
        words = "Their cadence ends, and marketing decides what becomes of them. Why?"
        choices = await ask(desk.block.reasons, "reject")
    elif kind == "bounce":
        words = "That address is not written to any more. Which one was it?"
        choices = tuple(
            ReasonView(address, address, str(place))
            for place, address in enumerate(lead.writable[:9], 1)
        )
    else:
        choices = (ReasonView(kind, "Yes", "y"),)
    dialog = ReasonDialog(desk, f"{title}: {lead.name}", words, choices)
    chosen = await app.push_screen_wait(dialog)
    if chosen is None:
        return ""
    if kind == "reject":
        return (await ask(desk.leads.reject, lead.id, chosen)).words
    address = chosen if kind == "bounce" else ""
    return (await ask(desk.leads.sign, lead.id, kind, address=address)).words
