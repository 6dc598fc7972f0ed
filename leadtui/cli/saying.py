"""What to say, without a screen: a lead's script, the answers to objections, the fit questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leadtui.cli.common import JSON, LEAD, command, emit, iso, open_desk, picked, say
from leadtui.errors import WrongUse

if TYPE_CHECKING:
    from leadtui.desk.core.views import Fit


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    command(app, "script", rep=True)(script)
    command(app, "objections", rep=True)(objections)
    command(app, "fit", rep=True)(fit)


def script(lead: int = LEAD, json: bool = JSON) -> None:
    """The script of a lead's next call, filled in for this lead."""
    with open_desk() as desk:
        found = desk.block.script(lead)
    if json:
        parts = [{"key": key, "they_say": they, "say": text} for key, they, text in found.branches]
        emit({**picked(found, "id title opening closing voicemail"), "branches": parts})
        return
    _part(found.title, found.opening)
    for key, they, text in found.branches:
        _part(f"{key}: {they}", text)
    _part("Close", found.closing)
    _part("Voicemail", found.voicemail)


def _part(heading: str, text: str) -> None:
    if text:
        say(f"{heading}:", *(f"  {line}" for line in text.splitlines()), "")


def objections(
    lead: int = LEAD,
    words: str = typer.Option("", "--find", metavar="WORDS", help="Only those with these words."),
    json: bool = JSON,
) -> None:
    """What leads object, and what to answer, filled in for this lead."""
    with open_desk() as desk:
        every = desk.block.objections(lead)
    wanted = words.casefold()
    found = [(title, text) for title, text in every if wanted in f"{title}\n{text}".casefold()]
    if json:
        emit([{"objection": title, "answer": text} for title, text in found])
        return
    for title, text in found:
        _part(title, text)
    if not found:
        titles = ", ".join(title for title, _ in every)
        say(f"No objection has the words {words!r}; the playbook has: {titles}.")


def fit(
    lead: int = LEAD,
    answers: list[str] = typer.Option(
        [],
        "--set",
        metavar="QUESTION=ANSWER",
        help="Keep an answer: project=yes; with a name: rivals=yes:Acme.",
    ),
    json: bool = JSON,
) -> None:
    """The fit questions (qualification) of a lead, and what is known; --set answers them."""
    given = [_triple(word) for word in answers]
    with open_desk() as desk:
        for question, answer, name in given:
            desk.block.answer_fit(lead, question, answer, name)
        found = desk.block.lead(lead).fit
    if json:
        emit([_as_data(one) for one in found])
        return
    for one in found:
        answer = f"{one.shown}{f': {one.said}' if one.said else ''}"
        known = f"{answer}{f' ({one.by})' if one.by else ''}" if one.answer else "not known"
        say(f"{one.key}: {one.label}", f"  {known}")
        if one.choices and not one.answer:
            choices = ", ".join(f"{key} ({label})" for key, label in one.choices)
            say(f"  --set {one.key}=ANSWER: {choices}")


def _triple(word: str) -> tuple[str, str, str | None]:
    question, equals, answer = word.partition("=")
    if not (question.strip() and equals and answer.strip()):
        raise WrongUse(f"--set {word!r}: write the question, an equals sign and its answer")
    answer, colon, name = answer.partition(":")
    return question.strip(), answer.strip(), name.strip() if colon else None


def _as_data(one: Fit) -> dict[str, Any]:
    return {
        **picked(one, "key label answer shown source by said warns standing"),
        "at": iso(one.at),
        "choices": dict(one.choices),
    }
