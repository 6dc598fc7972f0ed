"""The held list: what may not be done now can be started all the same, or put off."""

from leadtui.desk.desk import Desk
from leadtui.screens.parts.reasons import ReasonDialog
from leadtui.screens.queue.defer import DeferScreen
from leadtui.screens.queue.held import HeldScreen
from leadtui.widgets.tables import Grid
from tests.builders import a_lead
from tests.screens.conftest import running


async def test_what_is_held_is_started_or_put_off(desk: Desk):
    """s asks until when, for the touch under the cursor; Enter starts it, and it is out of turn."""
    a_lead(desk, "Yuki Tanaka", country="JP", region="", phone="+81312345678", city="Tokyo")
    first = desk.block.held()[0]
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("h")
        await driver.until(lambda: isinstance(driver.app.screen, HeldScreen))
        await driver.until(lambda: driver.says(first.name) and driver.says(first.message))
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, DeferScreen))
        assert driver.app.screen.row.touch_id == first.touch_id
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, HeldScreen))
        await driver.until(lambda: not driver.app.screen.query_one(Grid).empty)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ReasonDialog))
        assert driver.says("Out of turn")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
