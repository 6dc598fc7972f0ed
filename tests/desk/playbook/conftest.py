"""Dana's and Mira's desks on one floor and one clock."""

import pytest

from tests.builders import a_desk, a_floor


@pytest.fixture
def dana(tmp_path, clock):
    """A rep's desk."""
    desk = a_desk(a_floor(tmp_path / "floor"), clock=clock)
    yield desk
    desk.close()


@pytest.fixture
def mira(dana, clock):
    """A supervisor's."""
    desk = a_desk(dana.settings.folder, "mira", clock=clock)
    yield desk
    desk.close()
