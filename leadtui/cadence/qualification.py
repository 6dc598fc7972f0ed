"""Qualification: which questions a form or a badge has answered already, in the playbook's own
words, and what all answers come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from leadtui.cadence.sources.folding import fold

if TYPE_CHECKING:  # the first page reads views, and knows no playbook
    from leadtui.cadence.model import Question

NOT_KNOWN = "unknown"
"""The answer that is none, whatever a playbook calls it to people."""


class Standing(StrEnum):
    """What an answer does for a lead."""

    PASSES = "passes"
    WARNS = "warns"
    """It may become an opportunity, for a reason that is given."""
    FAILS = "fails"
    """The same, with an answer that does not pass."""
    STOPS = "stops"
    """It cannot become an opportunity."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The questions of a profile by what their answers do."""

    stops: tuple[Question, ...] = ()
    weak: tuple[Question, ...] = ()
    """Those that warn or fail: an opportunity all the same needs a reason."""
    unknown: tuple[Question, ...] = ()


def standing(question: Question, given: Mapping[str, Any]) -> Standing:
    """What the answer to a question does; ``given`` is what a lead keeps of it (``answer``,
    ``said``), empty where it was never asked."""
    answer = str(given.get("answer", ""))
    if answer in {"", NOT_KNOWN}:
        return Standing.UNKNOWN
    if answer in question.stops:
        return Standing.STOPS
    if answer not in question.passes:
        return Standing.FAILS
    unnamed = answer in question.names and not given.get("said")
    return Standing.WARNS if unnamed or answer in question.warns else Standing.PASSES


def verdict(questions: Iterable[Question], given: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """What the answers of a lead come to; ``given`` is question key -> what is kept of it."""
    by = [(standing(question, given.get(question.key, {})), question) for question in questions]
    return Verdict(
        stops=tuple(one for found, one in by if found is Standing.STOPS),
        weak=tuple(one for found, one in by if found in {Standing.WARNS, Standing.FAILS}),
        unknown=tuple(one for found, one in by if found is Standing.UNKNOWN),
    )


def from_form(questions: Iterable[Question], said: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Question key -> ``(answer key, what the form said)`` for every question that a form's columns
    answer."""
    cells = {fold(header): _text(value) for header, value in said.items() if _text(value)}
    found: dict[str, tuple[str, str]] = {}
    for question in questions:
        cell = next(
            (cells[fold(header)] for header in question.mapped_from if fold(header) in cells), ""
        )
        answer = _answer(question, fold(cell)) if cell else ""
        if answer:
            found[question.key] = (answer, cell)
    return found


def _answer(question: Question, word: str) -> str:
    for key, patterns in question.words.items():
        if any(fnmatchcase(word, fold(pattern.strip())) for pattern in patterns.split("|")):
            return key
    return ""


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
