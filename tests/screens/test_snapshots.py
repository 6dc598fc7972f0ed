"""A few pictures, of fixed size and with a clock that stands: what is calm and aligned stays so."""

import pytest
from textual.pilot import Pilot

from leadtui.app import LeadtuiApp
from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.parts.themes import DARK, LIGHT
from tests.screens.conftest import Driver


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
    ids=lambda value: (
        value.__name__
        if callable(value)
        else "x".join(map(str, value))
        if isinstance(value, tuple)
        else value
    ),
)
def test_picture(snap_compare, desk: Desk, scene, size, theme):
    """The scene looks as it did when somebody last looked at it and found it good."""

    async def play(pilot: Pilot[None]) -> None:
        await scene(Driver(pilot.app, pilot))
        await pilot.pause(0.2)

    assert snap_compare(LeadtuiApp(desk, theme=theme), terminal_size=size, run_before=play)
