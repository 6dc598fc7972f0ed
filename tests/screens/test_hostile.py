"""Text from outside: whatever a lead is called, nothing of it reaches the terminal as a command or
Textual as markup."""

import re
from itertools import zip_longest

import pytest

from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.call.fit import FitScreen
from leadtui.screens.call.mail_preview import MailScreen
from leadtui.screens.call.objections import ObjectionsScreen
from leadtui.screens.parts.note import NoteScreen
from leadtui.screens.queue.defer import DeferScreen
from leadtui.screens.queue.find import FindScreen
from leadtui.screens.queue.held import HeldScreen
from leadtui.screens.queue.hopper import HopperScreen
from leadtui.screens.queue.why import WhyScreen
from leadtui.store.engine.tables import Lead
from tests.builders import a_lead
from tests.conftest import share
from tests.screens.conftest import Driver, running

ATTACKS = {
    "clipboard": "\x1b]52;c;aGFja2Vk\x07Eve",
    "title": "\x1b]0;owned\x07Eve",
    "c1": "\x9b31mEve\x9d0;owned\x9c",
    "colour": "\x1b[31mEve\x1b[2J",
    "action": "[@click=app.quit]Eve[/]",
    "closing": "Eve [/] [/b]",
    "markup": "[bold red]Eve[/bold red] [VIP]",
    "backslash": "Eve \\[bold]\\",
    "unbalanced": "Eve [b",
    "rtl": "Eve \u202eevE\u2066\u2069\u200f",
    "zalgo": "E" + "\u0301\u0302\u0303\u0304" * 40 + "ve",
    "invisible": "E\u200bv\u2060e\ufeff\U000e0041",
    "separators": "Eve\u2028next\u2029last\x85x\nline\ttab\r",
    "wide": "漢字" * 120,
    "long": "E" * 5000,
    "emoji": "👩‍👩‍👧‍👦 Eve 🏳️‍🌈",
    "variables": "$accent {name} %s Eve",
    "nul": "E\x00v\x7fe\x08\x08",
    "rich": "Eve :smile: [link=file:///etc/passwd]x[/link]",
}
ALLOWED = re.compile(r"\x1b\[[0-9;]*[mH]")
"""Colours and cursor positions are Textual's own."""


def looked_at(driver: Driver) -> str:
    """What the screen would write to a terminal, checked: no other escape, no control, no override
    of direction."""
    app = driver.app
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    written = update.render_segments(app.console)
    rest = ALLOWED.sub("", written)
    bad = [char for char in rest if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) <= 0x9F]
    assert not bad, f"{bad[:5]} in {type(app.screen).__name__}"
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff]", rest)
    return rest


async def through_every_screen(driver: Driver, desk: Desk, lead: int) -> None:
    """Visit all that shows something of a lead, looking each time."""
    app = driver.app
    row = driver.queue.queue.selected_row
    for screen in (
        WhyScreen(desk, row),
        DeferScreen(desk, row),
        NoteScreen(desk, row),
        FindScreen(desk),
    ):
        app.push_screen(screen)
        await driver.until(
            lambda screen=screen: (
                (app.screen is screen and screen.focused is not None) or screen.is_running
            )
        )
        await driver.pilot.pause(0.05)
        looked_at(driver)
        app.pop_screen()
        await driver.until(lambda: app.screen is driver.queue)
    app.push_screen(HeldScreen(desk))
    await driver.until(lambda: app.screen.rows and "■" in looked_at(driver))
    app.pop_screen()
    await driver.until(lambda: app.screen is driver.queue)
    app.push_screen(HopperScreen(desk))
    await driver.until(lambda: app.screen.places and "no rule matched" in looked_at(driver))
    app.pop_screen()
    await driver.until(lambda: app.screen is driver.queue)
    started = desk.block.start_call(lead)
    app.push_screen(CallScreen(desk, started.question))
    await driver.until(lambda: isinstance(app.screen, CallScreen) and app.screen.panel)
    looked_at(driver)
    panel = app.screen.panel
    for screen in (
        MailScreen(desk, lead),
        FitScreen(desk, panel.lead),
        ObjectionsScreen(desk, panel.objections),
    ):
        app.push_screen(screen)
        await driver.until(lambda screen=screen: app.screen is screen)
        await driver.pilot.pause(0.1)
        looked_at(driver)
        app.pop_screen()
        await driver.until(lambda: isinstance(app.screen, CallScreen))
    await driver.press("1")
    await driver.armed()
    looked_at(driver)
    await driver.press("y")
    await driver.until(lambda: desk.block.open_question() is None)
    await driver.until(lambda: app.screen is driver.queue)
    looked_at(driver)


PAIRS = list(zip_longest(list(ATTACKS)[::2], list(ATTACKS)[1::2], fillvalue=next(iter(ATTACKS))))


@pytest.mark.parametrize("pair", share(PAIRS, 3), ids=" and ".join)
async def test_a_hostile_lead_on_every_screen(desk: Desk, pair):
    """Name, title, company, city, e-mail and memo all carry two attacks; they are shown as harmless
    text everywhere."""
    attack = " ".join(ATTACKS[name] for name in pair)
    with desk.context.write() as unit:
        from sqlalchemy import text

        unit.session.execute(text("UPDATE touch SET state = 'cancelled'"))
        unit.log("test")
    lead = a_lead(
        desk, attack, title=attack, company=attack, city=attack, email=f"{attack}@example.com"[:200]
    )
    desk.block.note(lead, attack)
    nobodys = a_lead(desk, attack, company=attack, phone="+13125550177", email="e@x.example")
    a_lead(desk, attack, company=attack, country="JP", region="", phone="+81312345678", email="")
    with desk.context.write() as unit:
        unit.session.get(Lead, nobodys).owner_id = None
        unit.log("test")
    async with running(desk) as driver:
        await driver.ready()
        assert "Eve" in looked_at(driver) or {*pair} & {"zalgo", "invisible", "wide", "long", "nul"}
        await through_every_screen(driver, desk, lead)
        assert driver.app.is_running


async def test_what_looks_like_markup_is_shown_as_it_is(desk: Desk):
    """ "Bob [VIP]" loses nothing."""
    lead = a_lead(desk, "Bob [VIP] [/]", offer="demo")
    async with running(desk) as driver:
        await driver.ready()
        await driver.until(lambda: driver.says("Bob [VIP] [/]"))
        assert lead
