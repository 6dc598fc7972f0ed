"""A wrong key taken back on the screen: `U`, why, and the question again."""

import pytest

from leadtui.desk.desk import Desk
from leadtui.store.engine.tables import Attempt
from tests.desk.acting import call, log, rows
from tests.screens.conftest import SIZES, running


@pytest.mark.parametrize("size", SIZES)
async def test_a_wrong_key_is_taken_back_by_keys(desk: Desk, size):
    """U shows the last answer, 1 says why, and the question stands open with all as it was."""
    touch = desk.block.rows(desk.block.first_page(1).ids)[0]
    done = call(desk, touch.lead_id, "BUSY")
    async with running(desk, size) as driver:
        await driver.ready()
        await driver.press("U")
        await driver.until(lambda: driver.says("Take your last answer back?"))
        assert driver.says(f"call {touch.name} · busy")
        await driver.press("1")
        await driver.until(lambda: driver.asked is not None)
        assert rows(desk, Attempt, lead_id=touch.lead_id)[-1].disposition == ""
        await driver.until(lambda: driver.asked is not None and driver.asked.armed)
        await driver.press("o")
        await driver.until(lambda: driver.says("No answer"))
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
    first, second = log(desk, "action.confirmed")[-2:]
    assert first["seq"] == second["codes"]["again"] == done.entry
    assert (first["codes"]["outcome"], second["codes"]["outcome"]) == ("BUSY", "NO_ANSWER")


async def test_what_stands_in_the_way_is_said(desk: Desk):
    """Esc leaves the answer as it is; where something was built on it, U says what."""
    async with running(desk) as driver:
        await driver.ready()
        lead = desk.block.rows(desk.block.first_page(1).ids)[0].lead_id
        call(desk, lead, "BUSY")
        await driver.press("U")
        await driver.until(lambda: driver.says("Take your last answer back?"))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        assert log(desk, "action.taken_back") == []
        desk.leads.sign(lead, "reply")
        await driver.press("U")
        await driver.until(lambda: driver.says("Take your last answer back?"))
        await driver.press("1")
        await driver.until(lambda: driver.says("cannot be taken back"))
