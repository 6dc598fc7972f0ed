"""A demo floor for each test of the command line, copied from one that is made once."""

from pathlib import Path

import pytest

from leadtui.desk.core.people import os_login
from leadtui.desk.floor.making import NewRep
from tests.builders import PEOPLE, a_copy, a_desk, a_floor, a_lead
from tests.cli.running import NOW, Line


@pytest.fixture(scope="session")
def laid_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo floor with five leads of Dana's, all due, and one of Ali's; this login is another
    person's."""
    folder = a_floor(
        tmp_path_factory.mktemp("demo") / "floor",
        people=(*PEOPLE, NewRep("Own Er", os_login(), "supervisor")),
    )
    for login, names in (
        ("dana", ("Jane Okafor", "Tom Weiss", "Ana Duarte", "Sam Ito", "Mia Holm")),
        ("ali", ("Lee Brandt",)),
    ):
        desk = a_desk(folder, login)
        for name in names:
            a_lead(
                desk,
                name,
                phone=f"+1303555{1000 + len(name):04}",
                offer="contact-us",
                email=f"{name[:3]}@example.com",
            )
        desk.close()
    return folder


@pytest.fixture
def demo(laid_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo floor of the test's own; the test runs in an empty folder."""
    monkeypatch.setenv("LEADTUI_NOW", NOW)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return a_copy(laid_demo, tmp_path / "floor")


@pytest.fixture
def run(demo: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    """Runs commands on that floor."""
    return Line(demo, capsys)
