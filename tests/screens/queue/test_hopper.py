"""The hopper on the screen: how many are nobody's, who they are, and taking one."""

import pytest

from leadtui.desk.core.views import Counts
from leadtui.desk.desk import Desk
from leadtui.screens.queue.hopper import HopperScreen
from leadtui.store.engine.tables import Lead, Rep, Touch
from tests.builders import a_desk, a_lead
from tests.conftest import share
from tests.desk.acting import log, rows
from tests.screens.conftest import SIZES, running

LONG = "Ivo Featherstonehaugh-Smythe"
"""Whose name is cut before the reason is."""


@pytest.fixture
def left(desk: Desk):
    """Two leads whose rep works here no longer, beside Dana's own; the hottest is Olga's."""
    ali = a_desk(desk.settings.folder, "ali", clock=desk.clock)
    cold = a_lead(ali, LONG, phone="+13125550188", email="ivo@x.example", rating="cold")
    hot = a_lead(ali, "Olga Lind", phone="+13125550189", email="o@x.example", offer="contact-us")
    with ali.context.write() as unit:
        unit.session.get(Rep, ali.identity.id).active = False
        unit.log("rep.set", subjects={"rep": ali.identity.id})
    ali.close()
    return hot, cold


@pytest.mark.parametrize("size", share(SIZES[::-1], 1))
async def test_the_hopper_is_opened_and_a_lead_taken(desk: Desk, left, size):
    """The queue says how many wait; H lists them, the hottest first; Enter makes one mine."""
    hot, _ = left
    async with running(desk, size) as driver:
        await driver.ready()
        await driver.until(lambda: driver.says("Hopper 2"))
        await driver.press("H")
        await driver.until(lambda: isinstance(driver.app.screen, HopperScreen))
        await driver.until(lambda: driver.says(LONG[:11]))
        first = next(line for line in driver.text().splitlines() if "Olga Lind" in line)
        assert "in 5 min" in first
        assert "its rep left" in first
        assert driver.text().count("its rep left") == 2
        assert "take it" in driver.text()
        await driver.press("enter")
        await driver.until(lambda: driver.says("Olga Lind is yours now"))
        await driver.until(lambda: driver.says("Hopper 1"))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        (touch,) = rows(desk, Touch, lead_id=hot, state="open")
        await driver.until(lambda: touch.id in driver.queue.queue.ids)
    assert [lead.id for lead in rows(desk, Lead, owner_id=desk.identity.id)][-1] == hot
    assert [entry["subjects"]["lead"] for entry in log(desk, "lead.pulled")] == [hot]


async def test_who_was_faster_is_said(desk: Desk, left):
    """A lead that somebody took meanwhile is not mine; the list is read anew."""
    hot, _ = left
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("H")
        await driver.until(lambda: driver.says("Olga Lind"))
        mira = a_desk(desk.settings.folder, "mira", clock=desk.clock)
        mira.hopper.pull(hot)
        mira.close()
        await driver.press("enter")
        await driver.until(lambda: driver.says(f"Olga Lind (lead {hot}) is Mira Sand's already"))
        await driver.until(lambda: driver.says("Hopper 1"))


async def test_an_empty_queue_says_who_waits(desk: Desk, left):
    """Somebody new has nothing due, and is told where to find something."""
    with desk.context.write() as unit:
        rep = Rep(name="Nia Cole", name_key="nia cole", login="nia", created_at=unit.now)
        unit.session.add(rep)
        unit.session.flush()
        unit.log("rep.added", subjects={"rep": rep.id}, after={"role": "rep", "login": "nia"})
    nia = a_desk(desk.settings.folder, "nia", clock=desk.clock)
    async with running(nia) as driver:
        await driver.until(lambda: driver.says("2 leads wait in the hopper: H"))
        await driver.press("H")
        await driver.until(lambda: driver.says("Olga Lind"))
    nia.close()


async def test_a_hopper_that_is_full_is_not_counted_to_its_end(desk: Desk, left, monkeypatch):
    """Whoever looks all day is told that it is so many or more."""
    monkeypatch.setattr(Counts, "MOST", 2)
    async with running(desk) as driver:
        await driver.until(lambda: driver.says("Hopper 2+"))
