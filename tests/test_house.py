"""What the import contracts cannot see: what is really loaded when a module is imported."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from leadtui.cli.tree import build
from leadtui.desk.core import words
from leadtui.desk.desk import Desk

FRONT_ENDS = ("app.py", "cli/**/*.py", "screens/**/*.py", "web/**/*.py", "widgets/**/*.py")
NEEDS_NO_DESK = {
    "floor.doctor.own_words",
    "floor.doctor.strangers",
    "floor.first_day.beginning",
    "floor.first_day.of_options",
    "floor.first_day.plan",
    "playbook.simulating.simulated",
    "playbook.cadenceml_files.bring_in",
    "playbook.files.default_files",
    "playbook.files.read_folder",
    "playbook.files.sample",
    "playbook.firm.paired",
}
"""What front ends may call of the desk past its doors: it works without a floor."""

HEADLESS = ["leadtui.desk", "leadtui.cadence", "leadtui.store", "leadtui.mail", "leadtui.sheets"]
ROOT = Path(__file__).parents[1]
CODE = ROOT / "leadtui"
ROOMS = sorted({file.parent for file in CODE.rglob("*.py") if "data" not in file.parts})

IMPORT_ALL = """
import importlib, json, pkgutil, sys
loaded_by = {}
for package in map(importlib.import_module, json.loads(sys.argv[1])):
    below = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    names = [package.__name__, *(module.name for module in below)]
    for name in names:
        importlib.import_module(name)
        if "textual" in sys.modules:
            loaded_by[name] = sorted(m for m in sys.modules if m.startswith("leadtui"))
            print(json.dumps(loaded_by))
            sys.exit()
print(json.dumps(loaded_by))
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter with the arguments."""
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)


def test_headless_packages_load_no_textual():
    """The core serves scripts and timers, and starts without the weight of a terminal toolkit."""
    done = run("-c", IMPORT_ALL, json.dumps(HEADLESS))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}


def test_help_loads_neither_textual_nor_sql():
    """`leadtui --help` answers at once: heavy libraries are imported inside the commands that use
    them."""
    done = run("-X", "importtime", "-m", "leadtui", "--help")
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in done.stderr.splitlines()
        if "|" in line
    }

    assert done.returncode == 0, done.stderr[-2000:]
    assert "leadtui" in done.stdout
    assert loaded & {"textual", "sqlmodel", "sqlalchemy", "pydantic", "phonenumbers"} == set()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix())
def test_no_room_is_too_large_and_each_says_what_it_is_for(room: Path):
    """A newcomer finds a module from the name of its folder: at most 25 stand in one, and the
    folder says in a sentence what people do there."""
    assert len(list(room.glob("*.py"))) <= 25
    assert (room / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_the_map_names_every_room():
    """ARCHITECTURE.md names every folder of the program."""
    map_ = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [room.name for room in ROOMS if f"{room.name}/" not in map_] == []


def front_ends() -> Iterator[tuple[str, ast.AST]]:
    """Every piece of a front end, with the name of its file."""
    for path in sorted(path for pattern in FRONT_ENDS for path in CODE.glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.name, node


def takes_a_context(found: object) -> bool:
    """Whether it is code that needs a desk, and no value."""
    if found is Desk:
        return False
    if isinstance(found, FunctionType | ModuleType):
        return found.__name__ not in vars(words)
    return isinstance(found, type) and "context" in inspect.signature(found).parameters


def test_front_ends_import_values_from_the_desk_and_reach_use_cases_through_its_doors():
    """A front end that calls a use case past the door would have to be given somebody's context."""
    past = set()
    for file, node in front_ends():
        if isinstance(node, ast.ImportFrom) and f"{node.module}".startswith("leadtui.desk"):
            module = importlib.import_module(f"{node.module}")
            past |= {
                (file, f"{node.module}.{name.name}".removeprefix("leadtui.desk."))
                for name in node.names
                if takes_a_context(getattr(module, name.name))
            }

    assert {name for _, name in past} == NEEDS_NO_DESK, past


def test_no_front_end_asks_a_desk_for_its_context():
    """Who acts, on which floor and by which clock is the desk's own business."""
    asked = {
        (file, node.lineno)
        for file, node in front_ends()
        if isinstance(node, ast.Attribute)
        and node.attr == "context"
        and ast.unparse(node.value).endswith("desk")
    }

    assert asked == set()


def test_every_command_is_registered_once():
    """Of two commands of one name the later would hide the other."""
    named: list[str] = []

    def walk(group, above: str) -> None:
        named.extend(f"{above} {command.name}" for command in group.registered_commands)
        for below in group.registered_groups:
            place = f"{above} {below.name or below.typer_instance.info.name}"
            named.append(place)
            walk(below.typer_instance, place)

    walk(build(), "leadtui")

    assert len(named) > 90
    assert sorted(named) == sorted(set(named))
