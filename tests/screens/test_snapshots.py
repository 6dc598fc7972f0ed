"""A few pictures, of fixed size and with a clock that stands: what is calm and aligned stays so."""

import pytest

from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.parts.themes import DARK, LIGHT
from tests.screens.conftest import Driver, looks_the_same, picture_id


async def queue(driver: Driver) -> None:
    """The queue with the next lead."""
    await driver.ready()


async def call(driver: Driver) -> None:
    """The call panel with a branch open."""
    await driver.ready()
    await driver.press("enter")
    await driver.until(
        lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
    )
    await driver.press("A")


async def question(driver: Driver) -> None:
    """The question of a callback, armed."""
    await call(driver)
    await driver.press("5")
    await driver.armed()
    await driver.until(lambda: driver.app.screen.focused is not None)


@pytest.mark.parametrize(
    ("scene", "size", "theme"),
    [
        (queue, (120, 36), DARK),
        (queue, (80, 24), LIGHT),
        (queue, (60, 15), DARK),
        (call, (120, 36), LIGHT),
        (call, (80, 24), DARK),
        (question, (120, 36), DARK),
        (question, (60, 15), LIGHT),
    ],
    ids=picture_id,
)
def test_picture(snap_compare, desk: Desk, scene, size, theme):
    """What is calm and aligned stays so."""
    assert looks_the_same(snap_compare, desk, scene, size, theme)
