"""What is new with a lead is said with keys: in the queue, during a call, on a lead looked up."""

from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.parts.lead import LeadScreen
from tests.screens.conftest import running


async def test_what_is_new_is_said_in_the_queue(desk: Desk):
    """One key opens the choices; what cannot be taken back is asked; a reason where one is due."""
    (jane,) = desk.leads.find("Okafor")
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("L")
        await driver.until(lambda: driver.says("What is new?"))
        await driver.press("o")
        await driver.until(lambda: driver.says("Nobody writes to them any more"))
        await driver.press("escape")
        assert desk.block.lead(jane.id).opted_out == ()
        await driver.press("L", "o", "y")
        await driver.until(lambda: driver.says("▲ no e-mail"))
        await driver.press("L")
        await driver.until(lambda: driver.says("E-mail is welcome again"))
        assert not driver.says("They want no more e-mail")
        await driver.press("r", "y")
        await driver.until(lambda: driver.says("Jane Okafor: noted"))
        await driver.press("L", "m", "1")
        await driver.until(lambda: driver.says("Jane Okafor: back with marketing"))
        assert desk.block.lead(jane.id).stage == "recycled"


async def test_what_is_new_is_said_during_a_call_and_of_a_lead_looked_up(desk: Desk):
    """An address of several is chosen; the desk's no is shown; the palette has each by name."""
    (jane,) = desk.leads.find("Okafor")
    desk.leads.edit(jane.id, {"email": "jane@brightwater.example"})
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("space")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))
        await driver.until(lambda: driver.says("brightwater.example"))
        await driver.press("L", "m", "1")
        await driver.until(lambda: driver.says("answer it first"))
        address = desk.block.lead(jane.id).writable[0]
        await driver.press("L", "b", "1")
        await driver.until(lambda: driver.says("bounced"))
        assert desk.block.lead(jane.id).bounced == (address,)
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
        await driver.press("ctrl+p")
        await driver.type("cobalt")
        await driver.until(lambda: driver.says("open · with Dana"))
        await driver.pilot.pause(0.3)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, LeadScreen))
        await driver.press("ctrl+p")
        await driver.type("prospect of")
        await driver.until(lambda: driver.says("key: L s"))
        await driver.pilot.pause(0.3)
        await driver.press("enter")
        await driver.until(lambda: driver.says("stage prospect"))
