"""The reference of the playbook is made from what the parser reads by, and lacks nothing."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from leadtui.cadence.reading._readers import Reader
from leadtui.cadence.reading.loading import read
from leadtui.cadence.reading.reference import TABLES, example, explained, markdown
from leadtui.cadence.sources.keys import CONDITION
from leadtui.desk.playbook.files import default_files
from leadtui.errors import NotFound

PAGE = Path(__file__).parents[3] / "docs" / "playbook.md"
RETIRED = {"max_voicemails", "blocker"}


def examples():
    """A playbook of every example, each file whole."""
    texts = {}
    for table in TABLES:
        if table is not CONDITION:
            for file in table.file.split(", "):
                name = file.replace("*", "trial")
                texts[name] = texts.get(name, "") + example(table) + "\n\n"
    return texts


def test_the_page_is_what_the_tables_say():
    """Renew it with 'leadtui playbook help --all > docs/playbook.md'."""
    assert PAGE.read_text(encoding="utf-8") == markdown()


def test_every_example_can_be_read():
    """Alone and together: nothing in them is refused."""
    problems = []
    read(examples(), problems)
    assert [str(problem) for problem in problems if "write either" not in str(problem)] == []
    for line in example(CONDITION).splitlines():
        assert tomllib.loads(line)["when"]


def test_every_key_that_the_parser_asks_for_stands_in_the_reference(monkeypatch):
    """Whatever a reader knows in a file is a key or a table of that file."""
    asked = []
    done = Reader.done

    def recorded(reader):
        asked.append((reader.place.file, reader.place.path, set(reader.known)))
        done(reader)

    monkeypatch.setattr(Reader, "done", recorded)
    read(default_files(), [])
    read(examples(), [])
    assert len(asked) > 100
    for file, path, known in asked:
        tables = [t for t in TABLES if any(fnmatch(file, one) for one in t.file.split(", "))]
        names = {key.name for table in tables for key in table.keys}
        heads = {part for table in tables for part in table.head.strip("[]").split(".")}
        own = any(key.free for table in tables for key in table.keys if table.head[1:2] != "[")
        missing = known - names - heads - RETIRED - {"close", "mon", "tue", "wed", "thu", "fri"}
        assert not missing - {"sat", "sun"} or (own and path), (file, path, missing)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("at", "value: an anchor and a span; needed"),
        ("step.day_part", "in which part of the lead's day"),
        ("[[offer]]", "goes to a rep whatever the score"),
        ("calling.toml", "attempts to one number in 24 hours"),
        ("engagement", "the points for what they do"),
        ("", "offers.toml [[offer]]: What a person can answer"),
    ],
)
def test_a_key_is_explained(word, said):
    """By its name, its table or its file; without a word every file is named."""
    assert said in explained(word)


def test_an_unknown_key_has_the_nearest():
    """As check would say."""
    with pytest.raises(NotFound, match="did you mean 'on_closed_day'"):
        explained("on_close_day")
