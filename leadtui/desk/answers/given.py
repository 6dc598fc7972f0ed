"""An answer as it was given: the word, and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from leadtui.cadence.model import Answer

ANSWERS = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class Given:
    """What a rep answered: the word, and what goes with it."""

    answer: str
    outcome: str = ""
    note: str = ""
    at: datetime | None = None
    next_action: str = ""
    reason: str = ""
    colleague: str = ""
    colleague_phone: str = ""
    colleague_email: str = ""
    branches: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    already: str = ""
    """The time (or ``now``) at which a rep claims to have done it before it was started; kept
    beside the recorded one."""
    elsewhere: bool = False
    """Whether they say that an e-mail was sent without leadtui."""

    def as_answer(self) -> Answer:
        """The answer as the engine judges it."""
        return Answer(
            code=self.outcome,
            note=self.note,
            at=self.at,
            next_action=self.next_action,
            reason=self.reason,
            colleague=self.colleague,
        )
