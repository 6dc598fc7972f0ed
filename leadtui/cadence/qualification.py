"""Qualification: which questions a form or a badge has answered already, in the playbook's own
words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from leadtui.cadence.conditions import fold
from leadtui.cadence.model import Question


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


def missing(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions that keep a lead from being an opportunity: unanswered, or answered with what
    does not pass."""
    return tuple(
        question for question in questions if answers.get(question.key, "") not in question.passes
    )


def _answer(question: Question, word: str) -> str:
    for key, patterns in question.words.items():
        if any(fnmatchcase(word, fold(pattern.strip())) for pattern in patterns.split("|")):
            return key
    return ""


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
