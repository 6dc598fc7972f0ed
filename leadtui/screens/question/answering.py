"""What has been answered so far, and what is still missing: the state behind the question, without
a widget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from leadtui.desk.core.views import OpenQuestion, Preview

if TYPE_CHECKING:
    from leadtui.desk.answers.given import Given

ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("1", "call", "Call"),
    ("2", "email", "E-mail"),
    ("3", "demo", "Demo"),
    ("4", "letter", "Letter"),
    ("5", "task", "Task"),
)
"""(key, channel, words) of the next actions that can be agreed on."""
TEXTS = {
    "at": "When",
    "colleague": "Colleague",
    "colleague_phone": "Number",
    "colleague_email": "E-mail",
    "gatekeeper": "Gatekeeper",
}
"""Fields that are typed, beside the memo."""
BESIDE = {"colleague_phone": "colleague", "colleague_email": "colleague"}
"""Fields that nobody must fill, and the one they stand beside."""
CHOSEN = {"next": "Then", "reason": "Reason"}
"""Fields that are chosen with one key."""


@dataclass
class Answering:
    """The answer as it grows. ``texts`` holds what was typed, by field; ``at`` is what the typed
    time means."""

    question: OpenQuestion
    outcome: str = ""
    preview: Preview | None = None
    texts: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None
    next_action: str = ""
    reason: str = ""
    reason_label: str = ""
    branches: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)
    """One at a time is kept, so that what was typed last is kept last."""
    kept: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """What stands in the database already."""

    @classmethod
    def of(cls, question: OpenQuestion, outcome: str = "") -> Answering:
        """What a restart finds again: the kept outcome and everything typed."""
        draft = question.draft
        found = cls(
            question,
            outcome or question.outcome,
            texts={name: draft.get(name, "") for name in ("note", *TEXTS)},
            next_action=draft.get("next", ""),
            branches=tuple(filter(None, draft.get("branches", "").split(","))),
            objections=tuple(filter(None, draft.get("objections", "").split("\n"))),
        )
        found.kept.update({**found.draft(), "outcome": question.outcome})
        return found

    @property
    def is_call(self) -> bool:
        """Whether an outcome is asked for."""
        return self.question.touch.action == "call"

    def choose(self, outcome: str) -> None:
        """Take another outcome; what belonged to the old one goes."""
        if outcome != self.outcome:
            self.outcome, self.preview = outcome, None
            self.reason = self.reason_label = ""

    def asks_for(self, name: str) -> bool:
        """Whether the outcome requires that field, or one that it stands beside."""
        name = BESIDE.get(name, name)
        return self.preview is not None and (
            name in self.preview.missing or bool(self._value(name))
        )

    @property
    def suggested(self) -> str:
        """The time that the outcome has where they named none."""
        return self.preview.suggested if self.preview is not None else ""

    def missing(self) -> tuple[str, ...]:
        """What the outcome requires and nobody has given yet, in the order in which it is asked."""
        lacking = self.preview.missing if self.preview is not None else ()
        order = ("at", "next", "reason", "colleague", "gatekeeper", "note")
        return tuple(name for name in order if name in lacking and not self._value(name))

    def draft(self) -> Mapping[str, str]:
        """What is kept for a restart."""
        return {
            **self.texts,
            "next": self.next_action,
            "branches": ",".join(self.branches),
            "objections": "\n".join(self.objections),
        }

    def given(self, answer: str, reason: str = "", *, elsewhere: bool = False) -> Given:
        """The answer for the desk."""
        from leadtui.desk.answers.given import Given

        return Given(
            answer,
            outcome=self.outcome if answer != "no" else "",
            note=self.texts.get("note", ""),
            at=self.at,
            next_action=self.next_action,
            reason=reason or self.reason,
            colleague=self.texts.get("colleague") or self.texts.get("gatekeeper", ""),
            colleague_phone=self.texts.get("colleague_phone", ""),
            colleague_email=self.texts.get("colleague_email", ""),
            branches=self.branches,
            objections=self.objections,
            elsewhere=elsewhere,
        )

    def in_words(self, answer: str) -> str:
        """What was answered, for the line of feedback: ``Jane Okafor: no answer``."""
        label = self.preview.label if self.preview is not None and self.is_call else "Done"
        words = {"yes": label, "partly": f"{label}, partly", "no": "Not done"}[answer]
        return f"{self.question.lead}: {words[:1].lower()}{words[1:]}"

    def _value(self, name: str) -> object:
        if name == "at":
            return self.at
        if name == "next":
            return self.next_action
        if name == "reason":
            return self.reason
        return self.texts.get(name, "").strip()
