"""Floors to be hard on, and how often: a tenth of the rounds, or with LEADTUI_FAULT_ROUNDS=full all
of them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadtui.clock import FixedClock
from tests.builders import MONDAY, a_copy, a_desk, a_floor, a_lead

FULL = os.environ.get("LEADTUI_FAULT_ROUNDS") == "full"
PLACES = (("CO", "303"), ("IL", "312"), ("MA", "617"), ("GA", "404"), ("AZ", "602"))
OFFERS = ("trade-show", "trade-show", "contact-us", "trade-show", "white-paper", "trial")

if sys.platform != "linux":
    collect_ignore_glob = ["test_*.py"]


def rounds(full: int) -> int:
    """So many rounds, or a tenth of them."""
    return full if FULL else max(1, full // 10)


@pytest.fixture(scope="session", autouse=True)
def _path() -> Iterator[None]:
    """Processes of these tests find what the tests find."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        yield


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty leads of Dana Reyes, nobody called yet."""
    return with_leads(a_floor(tmp_path_factory.mktemp("laid") / "floor"))


def with_leads(folder: Path) -> Path:
    """A floor on which Dana Reyes has thirty leads."""
    clock = FixedClock(MONDAY)
    desk = a_desk(folder, clock=clock)
    for number in range(30):
        region, area = PLACES[number % len(PLACES)]
        a_lead(
            desk,
            f"Lead Number{number:02}",
            title="IT Manager",
            company=f"Company {number:02}",
            phone=f"+1{area}55501{number:02}",
            email=f"lead{number}@company{number}.example",
            region=region,
            offer=OFFERS[number % len(OFFERS)],
        )
    desk.tick()
    desk.close()
    return folder


@pytest.fixture
def folder(laid: Path, tmp_path: Path) -> Path:
    """A floor of the test's own."""
    return a_copy(laid, tmp_path / "floor")
