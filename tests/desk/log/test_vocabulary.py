"""The words of the compliance log: what is written, read, told and documented are the same ones."""

import ast
import json
import re
from pathlib import Path

import msgspec
import pytest

import leadtui
from leadtui.desk.log.reading import Codes
from leadtui.desk.log.telling import ALARMING, QUIET, VERBS, parse, words_of
from leadtui.store.engine import vocabulary
from leadtui.store.engine.vocabulary import Code, Event

ROOT = Path(leadtui.__file__).parent
LOGGING = {"log", "_log", "give"}
"""What takes the name of an event: the unit, and what logs on behalf of two use cases."""


@pytest.fixture(scope="module")
def nodes():
    """Every node of the program's modules."""
    own = Path(vocabulary.__file__)
    paths = [path for path in ROOT.rglob("*.py") if path != own]
    ours = [path for path in paths if ROOT / "data" not in path.parents]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ours]
    return [node for tree in trees for node in ast.walk(tree)]


def members(found, enum):
    """The members that some nodes name as ``Event.X`` or ``Code.X``."""
    return {
        enum[node.attr]
        for node in found
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == enum.__name__
        and node.attr in enum.__members__
    }


def logged(nodes):
    """The positional arguments of every call that makes an entry."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    named = [call for call in calls if called(call.func) in LOGGING]
    return [argument for call in named for argument in call.args]


def called(function):
    """The name of what is called, without whose it is."""
    return getattr(function, "attr", "") or getattr(function, "id", "")


def documented():
    """Event -> the codes that the document gives it, as texts."""
    page = ROOT.parent / "docs" / "compliance-log.md"
    table = page.read_text(encoding="utf-8").split("## What is logged")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_.]+)` \| .+? \|(.*)\|$", table, re.MULTILINE)
    return {event: set(re.findall(r"`([a-z_]+)`", codes)) for event, codes in rows}


def test_every_event_is_written_somewhere(nodes):
    """A name that no use case writes is no event; the unit writes one by itself."""
    by_the_unit = {Event.CLOCK_STEP}

    assert members(logged(nodes), Event) | by_the_unit == set(Event)


def test_no_entry_is_named_by_a_plain_text(nodes):
    """Only a member of the list is passed to what makes an entry."""
    texts = [node.value for node in logged(nodes) if isinstance(node, ast.Constant)]

    assert [text for text in texts if isinstance(text, str)] == []


def test_every_code_is_written_somewhere(nodes):
    """A key that stands in no entry is no code."""
    keys = [key for node in nodes if isinstance(node, ast.Dict) for key in node.keys]
    set_later = [node.slice for node in nodes if isinstance(node, ast.Subscript)]

    assert members([*keys, *set_later], Code) == set(Code)


def test_the_figures_read_codes_that_are_written():
    """Each field of the decoder is a code, under the name that it has in a body."""
    assert {field.encode_name for field in msgspec.structs.fields(Codes)} <= set(Code)


def test_every_event_has_words():
    """An answer has words of its own; all others have a verb, and no verb tells what is not."""
    assert {*VERBS, Event.ACTION_CONFIRMED} == set(Event)
    assert set(Event) >= ALARMING | QUIET


def test_the_document_lists_every_event_and_code():
    """Who reads an exported log finds in the document what its words mean."""
    table = documented()

    assert set(table) == set(Event)
    assert set().union(*table.values()) == set(Code)


@pytest.mark.parametrize("event", ["touch.done_already", "lead.seen_twice"])
def test_an_event_of_another_version_is_told_as_it_stands(event):
    """A log is never rewritten: what this version does not know is shown and not hidden."""
    body = json.dumps({"event": event, "subjects": {"lead": 1}, "codes": {"reason": "NO_TIME"}})

    words = words_of(parse((1, 0, "dana", body)), "Jane Okafor")

    assert words == f"{event.replace('.', ' ').replace('_', ' ')} Jane Okafor · no time"


def test_a_word_of_the_list_stands_in_a_body_as_its_text():
    """Entries hold plain JSON, whatever holds the words in the program."""
    said = json.dumps({Code.REASON: Event.LEAD_NOTE}, sort_keys=True)

    assert json.loads(said) == {"reason": "lead.note"}
    assert said == '{"reason": "lead.note"}'
