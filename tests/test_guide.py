"""The guide says every key and every column that stands on a screen, and each outcome."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding

from leadtui.app import LeadtuiApp
from leadtui.desk.calls.lines import KIND_WORDS
from leadtui.desk.figures.compliance_views import FIGURES
from leadtui.desk.playbook.files import default_files
from leadtui.screens.parts.keymap import every_screen
from leadtui.screens.question.answering import CHOSEN, TEXTS
from leadtui.screens.supervise.supervise import SuperviseApp
from leadtui.widgets.fields import BodyField, LineField, MemoField
from leadtui.widgets.keys import key_name
from leadtui.widgets.queue_list import Columns
from leadtui.widgets.tables import Grid
from leadtui.widgets.virtual_list import VirtualList

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
ROWS = [line for line in GUIDE.splitlines() if line.startswith("|")]


def bindings() -> Iterator[Binding]:
    """Every key of every screen, list and field."""
    apps = (LeadtuiApp, SuperviseApp, VirtualList, Grid, LineField, MemoField, BodyField)
    for node in (*apps, *every_screen()):
        for binding in vars(node).get("BINDINGS", ()):
            if binding.id:
                yield binding


@pytest.mark.parametrize(
    "binding", [pytest.param(one, id=str(one.id)) for one in {b.id: b for b in bindings()}.values()]
)
def test_every_key_stands_in_the_guide(binding: Binding) -> None:
    """Its keys and its words, in one line."""
    words = binding.tooltip or binding.description
    keys = [f"`{key_name(key)}`" for key in binding.key.split(",")]
    assert any(all(part in row for part in (*keys, words)) for row in ROWS), (keys, words)


def test_every_outcome_stands_in_the_guide() -> None:
    """Key, words and code of the process that comes with the program."""
    for row in tomllib.loads(default_files()["dispositions.toml"])["disposition"]:
        said = f"| `{row['key']}` | {row['label']} | `{row['code']}` |"
        assert any(line.startswith(said) for line in ROWS), said


def test_every_column_and_pane_stands_in_the_guide() -> None:
    """As it is written on the screen."""
    first = {row.split("|")[1].strip() for row in ROWS}
    assert {*Columns(100).heading().split(), *FIGURES} <= first
    panes = ("Number", "Company", "History", "Script", "Fit", "Memo", "Next", "Outcome")
    bold = (*panes, *TEXTS.values(), *CHOSEN.values(), *KIND_WORDS.values(), "Hopper", "Held")
    assert [word for word in bold if f"**{word}**" not in GUIDE] == []
