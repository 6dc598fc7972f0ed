"""A floor for each test of the desk, copied from one that is laid once; two reps' desks on one
clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadtui.clock import FixedClock
from leadtui.desk.desk import Desk
from tests.builders import MONDAY, a_copy, a_desk, a_floor
from tests.desk.lives import Life


@pytest.fixture(scope="session")
def laid_floor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A floor nobody has worked on."""
    return a_floor(tmp_path_factory.mktemp("laid") / "floor")


@pytest.fixture
def floor(laid_floor: Path, tmp_path: Path) -> Path:
    """A floor of the test's own."""
    return a_copy(laid_floor, tmp_path / "floor")


@pytest.fixture
def clock() -> FixedClock:
    """The clock of both desks: Monday 23 November 2026, 09:40 in Denver."""
    return FixedClock(MONDAY)


@pytest.fixture
def desk(floor: Path, clock: FixedClock) -> Iterator[Desk]:
    """The desk of Dana Reyes, a rep."""
    opened = a_desk(floor, "dana", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def other(floor: Path, clock: FixedClock) -> Iterator[Desk]:
    """The desk of Ali Haddad, another rep."""
    opened = a_desk(floor, "ali", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """Dana, Ali and Mira on one clock; at the end nobody is forgotten, and the tables say what the
    log says."""
    found = Life(tmp_path / "floor")
    yield found
    found.holds()
    found.close()
