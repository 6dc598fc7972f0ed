"""A rep's whole day, from the notice to the last call, three times: by keys alone, with the mouse,
and by commands. Only what is text is typed: a name, a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from leadtui.clock import FixedClock
from leadtui.desk.calls.popups import PopupRules
from leadtui.desk.desk import Desk
from leadtui.desk.playbook import notices
from leadtui.screens.call.call import CallScreen
from leadtui.screens.call.mail_preview import MailScreen
from leadtui.screens.inbound.inbound import InboundScreen
from leadtui.screens.parts.reasons import ReasonDialog
from leadtui.screens.queue.find import FindScreen
from leadtui.screens.queue.notice import NoticeScreen
from tests import builders
from tests.builders import a_desk, a_lead
from tests.cli.running import Line
from tests.desk.acting import log
from tests.screens.conftest import Driver, running
from tests.screens.floors import NOW, a_copy
from tests.screens.test_own_screen import click


@pytest.fixture(scope="module")
def morning(busy_floor: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy floor, on which an e-mail is due too and the process has changed."""
    folder = tmp_path_factory.mktemp("day") / "floor"
    desk = a_copy(busy_floor, folder)
    lead = a_lead(desk, "Pat Moor", email="pat@example.com", offer="contact-us")
    as_email = "UPDATE touch SET channel = 'email', call = 0, template = 'inquiry-missed'"
    with desk.context.write() as unit:
        unit.session.execute(text(f"{as_email} WHERE lead_id = :lead"), {"lead": lead})
        unit.log("test")
    desk.close()
    mira = a_desk(folder, "mira", clock=FixedClock(NOW), now=NOW)
    notices.publish(mira.context, "New script", "Use it.")
    mira.close()
    return folder


@pytest.fixture
def desk(morning: Path, tmp_path: Path) -> Iterator[Desk]:
    """Dana's desk on a copy of that morning."""
    desk = a_copy(morning, tmp_path / "floor")
    yield desk
    desk.close()


class Hand:
    """What a rep does to the screen: a key, or a click on the words that stand for it."""

    def __init__(self, driver: Driver, *, mouse: bool) -> None:
        self.driver, self.mouse = driver, mouse

    async def __call__(self, key: str, words: str) -> None:
        """Do one thing; what the screen does not name stands in its list of keys."""
        if not self.mouse:
            await self.driver.press(key)
            return
        if not self.driver.says(words):
            await click(self.driver, "? keys")
            await self.driver.until(lambda: self.driver.says(words))
        await click(self.driver, words)

    async def take(self, name: str, way: str) -> None:
        """Take what was found."""
        screen = self.driver.app.screen
        await self.driver.until(
            lambda: screen.words == screen.looked_for and self.driver.says(name)
        )
        if self.mouse:
            await click(self.driver, name)
        await self("enter", way)


async def on(driver: Driver, screen: type) -> None:
    """Wait for a screen that is ready."""
    await driver.until(
        lambda: isinstance(driver.app.screen, screen) and driver.app.screen.is_current
    )
    await driver.settled()


async def answered(driver: Driver, hand: Hand) -> None:
    """Yes, and back at the queue."""
    await driver.armed()
    await hand("y", "yes, I did it")
    await driver.until(lambda: driver.app.screen is driver.queue)
    await driver.settled()


@pytest.mark.parametrize("mouse", [False, True], ids=["keys", "mouse"])
async def test_a_day_on_the_screen(desk: Desk, mouse: bool):
    """Notice, call, a wrong key taken back, a promise, find, e-mail, a call that comes in."""
    async with running(desk) as driver:
        hand = Hand(driver, mouse=mouse)
        await on(driver, NoticeScreen)
        driver.queue._rules = PopupRules(due=False)
        await driver.until(lambda: driver.app.screen.armed and driver.app.screen.seen)
        await hand("y", "I have read it")
        await driver.until(lambda: driver.app.screen is driver.queue)
        await driver.ready()
        await a_call(driver, hand)
        await a_promise_instead(driver, hand)
        await an_email(driver, hand)
        await a_call_comes_in(driver, hand)
        await hand("q", "Leave leadtui")
        await driver.until(lambda: driver.app._exit)
    done(desk)


async def a_call(driver: Driver, hand: Hand) -> None:
    """The first of the queue; nobody answers."""
    await hand("space", "first")
    await on(driver, CallScreen)
    await hand("d", "dial")
    await driver.until(lambda: driver.app.screen.panel.question.dialed)
    await driver.settled()
    await hand("1", "No answer")
    await answered(driver, hand)


async def a_promise_instead(driver: Driver, hand: Hand) -> None:
    """That was the wrong key: they want to be called again."""
    await hand("U", "A wrong key")
    await on(driver, ReasonDialog)
    await hand("1", driver.app.screen.reasons[0].label)
    await driver.armed()
    await hand("o", "change")
    await driver.until(lambda: driver.says("Call back at"))
    await hand("5", "Call back at")
    await driver.until(lambda: driver.asked.focused is not None)
    await driver.type("tomorrow 3pm")
    await hand("enter", "write")
    await driver.until(lambda: driver.asked.state.at is not None)
    await answered(driver, hand)


async def an_email(driver: Driver, hand: Hand) -> None:
    """Somebody is found, and written to in their turn."""
    await hand("slash", "find")
    await on(driver, FindScreen)
    await driver.type("moor")
    await hand.take("Pat Moor", "go there")
    await driver.until(lambda: driver.queue.queue.selected_row.name == "Pat Moor")
    await hand("e", "e-mail")
    await on(driver, MailScreen)
    await driver.until(lambda: driver.app.screen.armed)
    await hand("y", "send")
    await driver.until(lambda: driver.says("e-mail sent"))


async def a_call_comes_in(driver: Driver, hand: Hand) -> None:
    """Whoever calls is found, and qualifies."""
    await hand("a", "add")
    await on(driver, InboundScreen)
    await driver.type("weiss")
    await hand.take("Tom Weiss", "take the call")
    await on(driver, CallScreen)
    await hand("8", "Qualified")
    await answered(driver, hand)


def done(desk: Desk) -> None:
    """What the log has of such a day."""
    outcomes = [entry["codes"]["outcome"] for entry in log(desk, "action.confirmed")]
    assert outcomes[-4:] == ["NO_ANSWER", "CALLBACK", "", "QUALIFIED"]
    assert desk.block.open_question() is None
    assert desk.notices.unread() == ()
    (jane,) = desk.leads.find("Okafor")
    assert "15:00 Denver" in desk.leads.following(jane.id)[1].local


def test_a_day_by_commands(morning: Path, tmp_path: Path, capsys, monkeypatch):
    """The same day without a screen."""
    monkeypatch.setenv("LEADTUI_NOW", NOW.isoformat())
    run = Line(builders.a_copy(morning, tmp_path / "floor"), capsys)
    (notice,) = run("notice", "list", "--json").data
    assert run("notice", "ack", notice["id"], "--yes").code == 0
    assert run("start", run("next", "--json").data["touch"]).code == 0
    answer = run("confirm", "--yes", "--outcome", "NO_ANSWER", "--json").data
    promise = ("--yes", "--outcome", "CALLBACK", "--at", "tomorrow 3pm")
    assert run("confirm", "--again", answer["entry"], *promise).code == 0
    (moor,) = run("lead", "find", "moor", "--json").data
    lines = run("queue", "--json").data
    (email,) = (line["touch"] for line in lines if line["lead"] == moor["id"])
    assert run("start", email).code == 0
    assert run("mail", "send", email).code == 0
    assert run("confirm", "--yes").code == 0
    (weiss,) = run("lead", "find", "weiss", "--json").data
    assert run("call", weiss["id"], "--inbound").code == 0
    assert run("confirm", "--yes", "--outcome", "QUALIFIED").code == 0
    desk = a_desk(run.floor, clock=FixedClock(NOW), now=NOW)
    done(desk)
    desk.close()
