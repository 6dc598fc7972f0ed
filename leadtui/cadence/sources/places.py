"""Where in a playbook something stands, and how a sentence names it and the nearest right word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType

from leadtui.cadence.sources.toml_lines import Path, locate
from leadtui.errors import PlaybookError


@dataclass(frozen=True, slots=True)
class Place:
    """A path inside a file's TOML ``text``; without a text ``line`` stands for every path."""

    file: str
    path: Path = ()
    text: str = ""
    line: int = 0

    def at(self, *keys: str | int) -> Place:
        """A place further inside."""
        return replace(self, path=(*self.path, *keys))

    def where(self) -> int:
        """The line; what is missing at the top of a file is missed on its first line."""
        return (locate(self.text, self.path) or 1) if self.text else self.line

    def error(self, message: str) -> PlaybookError:
        """The error that names this file and line."""
        return PlaybookError(self.file, self.where(), message)


def quoted(value: object, limit: int = 60) -> str:
    """A value as people write it, harmless to a terminal and cut to ``limit`` characters."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else ascii_quotes(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def ascii_quotes(value: object) -> str:
    """``repr`` of text, plain text of anything else."""
    return repr(value) if isinstance(value, str | list | dict) else str(value)


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """What to do about a wrong word: the nearest right one, else all of them."""
    words = list(dict.fromkeys(allowed))
    if near := nearest(word, words):
        return f"did you mean '{near}'?"
    return f"allowed is {listed(words)}" if words else "take it out"


_MEANT = MappingProxyType(
    {
        **dict.fromkeys(("phone", "telephone", "ring", "dial"), "call"),
        **dict.fromkeys(("mail", "e-mail", "message"), "email"),
        **dict.fromkeys(("linkedin", "sms", "whatsapp"), "social"),
        "post": "letter",
        "meeting": "demo",
        "reminder": "task",
        "to-do": "task",
        **dict.fromkeys(("sales", "salesperson", "agent", "seller", "me", "human"), "rep"),
        **dict.fromkeys(("auto", "automatic", "robot", "machine", "computer"), "system"),
        "evening": "late",
        "noon": "midday",
        "lunch": "midday",
        "am": "morning",
        "pm": "afternoon",
        "before": "previous",
        "earlier": "previous",
        "after": "next",
        "later": "next",
        "following": "next",
        "stay": "keep",
        **dict.fromkeys(("company_size", "size", "headcount", "staff"), "employees"),
        **dict.fromkeys(("job_title", "job", "role", "position"), "title"),
        "state": "region",
        "province": "region",
        "if": "when",
        "condition": "when",
        "manager": "supervisor",
        "boss": "supervisor",
        "admin": "supervisor",
        "interest": "engagement",
        "behaviour": "engagement",
        "profile": "fit",
        "again": "retry",
        "repeat": "retry",
        "calls_per_day": "calls_a_day",
        "hrs": "hours",
        "mins": "minutes",
        "dates": "date",
    }
)
"""What people write -> the word they mean, where it is not spelt alike."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that is meant by ``word`` or most like it, case aside; empty if none is."""
    folded = {choice.casefold(): choice for choice in allowed}
    said = word.casefold()[:100]
    if _MEANT.get(said) in folded:
        return folded[_MEANT[said]]
    close = get_close_matches(said, folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


def listed(words: Iterable[str]) -> str:
    """``a, b or c``."""
    *most, last = [f"'{word}'" for word in words]
    return f"{', '.join(most)} or {last}" if most else last
