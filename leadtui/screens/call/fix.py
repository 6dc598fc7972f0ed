"""What is known of a lead is mended: name, number and e-mail, or whoever is there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leadtui.desk.core.views import LeadView
from leadtui.screens.inbound.caller import Caller, CallerScreen
from leadtui.screens.parts.base import ask

if TYPE_CHECKING:
    from leadtui.desk.desk import Desk


class FixScreen(CallerScreen):
    """Comes back with whom it was about; what was typed is then kept with the lead."""

    PLACE = "Mend what is known"
    FIELDS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("name", "Name", "first and last name"),
        ("phone", "Number", "another number, however it is written"),
        ("email", "E-mail", "another address"),
    )
    DECIDING: ClassVar[tuple[tuple[str, str], ...]] = (
        ("⏎", "mend this lead"),
        ("o", "add somebody else there"),
        ("⇥", "change"),
        ("esc", "back"),
    )

    def __init__(self, desk: Desk, lead: LeadView, title: str) -> None:
        super().__init__(desk, {"name": lead.name})
        self.lead = lead
        self.TITLE_WORDS = title

    def usual(self) -> None:  # type: ignore[override]
        """Nobody accepted an offer here."""

    async def save(self, draft: dict[str, str], *, calls: bool) -> None:
        """``calls`` (Enter) mends this lead; else whoever was typed is added, at the same
        company."""
        said = {name: text for name, text in draft.items() if text.strip()}
        if not calls:
            other = {**said, "company": self.lead.company, "source": "successor"}
            self._added(await ask(self.desk.intake.add_caller, other), calls=False)
            return
        if said.get("name") == self.lead.name:
            del said["name"]
        if (await ask(self.desk.leads.edit, self.lead.id, said)).changed:
            self.dismiss(Caller(self.lead.id, self.lead.name))
        else:
            self.warn("Nothing is new: all of it was known already.")
