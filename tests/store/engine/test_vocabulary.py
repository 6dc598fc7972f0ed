"""The log has one vocabulary: what is written, what is told and what is documented are the same."""

import ast
from pathlib import Path

from leadtui.desk.log.telling import VERBS
from leadtui.store.engine.vocabulary import Code, Event

ROOT = Path(__file__).parents[3]
SOURCES = [
    path
    for path in sorted((ROOT / "leadtui").rglob("*.py"))
    if path.name not in {"vocabulary.py", "telling.py"} and "data" not in path.parts
]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def named(kind: str) -> set[str]:
    """Every member of an enum that the program names."""
    return {
        node.attr
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == kind
    }


def test_every_event_and_code_is_used():
    """A word that nobody writes would be counted and never come."""
    assert {event.name for event in Event} - named("Event") == set()
    assert {code.name for code in Code} - named("Code") == set()


def test_no_event_is_written_as_a_text():
    """A misspelt event would be an entry that no figure counts."""
    said = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "log"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert said == []


def test_every_event_has_words_and_stands_in_the_document():
    """The feed says what each entry was, and the document lists it."""
    document = (ROOT / "docs" / "compliance-log.md").read_text(encoding="utf-8")
    untold = {event.value for event in Event} - set(VERBS) - {Event.ACTION_CONFIRMED}
    assert untold == set()
    assert [event.value for event in Event if f"`{event.value}`" not in document] == []
