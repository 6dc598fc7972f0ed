"""What comes up over the queue by itself: notices, promised callbacks, and what is due."""

from datetime import timedelta

import pytest

from leadtui.desk.calls.popups import PopupRules
from leadtui.desk.desk import Desk
from leadtui.desk.playbook import notices
from leadtui.screens.call.call import CallScreen
from leadtui.screens.parts import arming
from leadtui.screens.parts.base import DeskDialog
from leadtui.screens.parts.themes import DARK, LIGHT
from leadtui.screens.queue.defer import DeferScreen
from leadtui.screens.queue.due import DueScreen
from leadtui.screens.queue.notice import NoticeScreen
from tests.builders import a_desk
from tests.conftest import share
from tests.screens.conftest import SIZES, running

HOSTILE = "[/][@click=app.quit]run[/] \x1b]0;title\x07 Jane"


@pytest.fixture
def mira(desk: Desk):
    """The supervisor, on the same floor at the same time."""
    mira = a_desk(desk.settings.folder, "mira", clock=desk.clock)
    yield mira
    mira.close()


async def shown(driver):
    await driver.until(
        lambda: isinstance(driver.app.screen, NoticeScreen) and driver.app.screen.armed
    )
    return driver.app.screen


async def due(driver):
    await driver.until(lambda: isinstance(driver.app.screen, DueScreen) and driver.app.screen.armed)
    return driver.app.screen


def rested(driver):
    """The hands have not touched a key for a while."""
    driver.queue._last_key -= 60


@pytest.mark.parametrize("size", share(SIZES[::-1], 1))
async def test_a_notice_stands_before_the_call_block_and_is_read_to_its_end(desk, mira, size):
    """A long one cannot be acknowledged before its end was on the screen; markup in it is text."""
    body = "\n".join(f"line {number} {HOSTILE}" for number in range(80))
    notices.publish(mira.context, f"New script {HOSTILE}", body)
    async with running(desk, size) as driver:
        screen = await shown(driver)
        assert driver.says("The process has changed")
        await driver.press("y")
        await driver.until(lambda: driver.says("read it to the end"))
        assert len(desk.notices.unread()) == 1
        await driver.press("G")
        await driver.until(lambda: screen.seen)
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)

    assert desk.notices.unread() == ()


async def test_keys_typed_ahead_do_not_acknowledge(desk, mira, monkeypatch):
    """A key before the notice is armed is lost."""
    notices.publish(mira.context, "New script", "Use it.")
    usual = arming.WAIT
    monkeypatch.setattr(arming, "WAIT", 60)  # keys of a busy machine are early too
    async with running(desk) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, NoticeScreen))
        await driver.press("y", "y")
        assert isinstance(driver.app.screen, NoticeScreen)
        assert len(desk.notices.unread()) == 1
        monkeypatch.setattr(arming, "WAIT", usual)
        await driver.press("y")
        await shown(driver)
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)


async def test_a_refused_start_shows_the_notice_and_goes_on(desk, mira):
    """Put off, it comes back with the start it refuses; read, the call begins."""
    async with running(desk) as driver:
        await driver.ready()
        driver.queue._rules = PopupRules(due=False)
        notices.publish(mira.context, "New script", "Use it.")
        desk.clock.advance(minutes=61)
        await driver.press("enter")
        await shown(driver)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        assert desk.block.open_question() is None
        await driver.press("enter")
        await shown(driver)
        await driver.press("y")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))
        assert desk.block.open_question() is not None


async def test_a_promised_callback_asks_and_is_started(desk):
    """Two minutes before its time; Enter starts it, and the log has both."""
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=1, seconds=30)
        rested(driver)
        driver.queue.remind()
        await due(driver)
        assert driver.says("A promised callback")
        assert driver.says("Jane Okafor")
        await driver.press("escape")
        assert isinstance(driver.app.screen, DueScreen)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))
        assert desk.block.open_question().lead == "Jane Okafor"
        events = [line.event for line in desk.supervise.show(limit=5)]
        assert {"popup.answered", "popup.shown"} <= set(events)
        desk.supervise.close()


async def test_a_promised_callback_never_comes_between_two_keystrokes(desk):
    """Somebody scrolls: it waits until the keys rest for as long as the playbook says."""
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=1, seconds=30)
        driver.queue._rules = PopupRules(settle=timedelta(hours=1))
        await driver.press("j", "k")
        driver.queue.remind()
        await driver.pilot.pause(0.3)
        assert driver.app.screen is driver.queue
        driver.queue._last_key -= 3600
        driver.queue.remind()
        await due(driver)


async def test_keys_that_were_meant_for_the_queue_start_nothing(desk, monkeypatch):
    """A pop-up comes up under the fingers: what is typed on in one rhythm is lost; a key after a
    pause counts."""
    async with running(desk) as driver:
        await driver.ready()
        usual = arming.WAIT
        monkeypatch.setattr(arming, "WAIT", 3600)  # keys of a busy machine are early too
        desk.clock.advance(minutes=1, seconds=30)
        rested(driver)
        driver.queue.remind()
        await driver.until(lambda: isinstance(driver.app.screen, DueScreen))
        screen = driver.app.screen
        for _ in range(6):
            await driver.press("enter", "t")
        assert driver.app.screen is screen
        assert desk.block.open_question() is None
        monkeypatch.setattr(arming, "WAIT", usual)
        await driver.press("t")
        await due(driver)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))


async def test_what_is_due_waits_for_idle_hands_and_can_be_put_off(desk):
    """Nothing comes up while keys are pressed; then it is put off with a reason."""
    async with running(desk) as driver:
        await driver.ready()
        jane = driver.queue.queue.ids[0]
        started = desk.block.start(jane)
        from leadtui.desk.answers.given import Given

        desk.confirm.answer(started.question.id, Given("yes", "NO_ANSWER"))
        driver.queue.remind()
        await driver.pilot.pause(0.3)
        assert driver.app.screen is driver.queue
        driver.queue._last_key -= 60
        driver.queue.remind()
        await due(driver)
        assert driver.says("This is due")
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, DeferScreen))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        driver.queue._last_key -= 60
        driver.queue.remind()
        await driver.pilot.pause(0.3)
        assert driver.app.screen is driver.queue


async def test_done_already_is_answered_for(desk):
    """It becomes an obligation and the question follows; the log keeps that it was claimed."""
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=2)
        rested(driver)
        driver.queue.remind()
        await due(driver)
        await driver.press("t")
        await driver.until(lambda: driver.asked is not None and driver.asked.armed)
        await driver.press("o")
        await driver.until(lambda: driver.asked.stage == "outcome")
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
        confirmed = desk.supervise.show(event="action.confirmed", limit=1)[0]
        assert '"already": "now"' in desk.supervise.entry(confirmed.seq).body
        desk.supervise.close()


async def test_nothing_comes_up_over_another_screen(desk):
    """In a call, or while a dialog is open, the queue is silent."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("h")
        await driver.until(lambda: driver.app.screen is not driver.queue)
        held = driver.app.screen
        desk.clock.advance(minutes=3)
        driver.queue._last_key -= 600
        driver.queue.remind()
        await driver.pilot.pause(0.4)
        assert driver.app.screen is held


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize("size", share(SIZES[::-1], 1))
async def test_it_stands_in_the_middle_over_the_queue(desk, size, theme):
    """Every choice is to be seen, and the queue behind it, whatever the size."""
    async with running(desk, size, theme=theme) as driver:
        await driver.ready()
        desk.clock.advance(minutes=1, seconds=30)
        rested(driver)
        driver.queue.remind()
        screen = await due(driver)
        await driver.until(lambda: driver.says("it is done already"))
        for words in (
            "A promised callback",
            "call Jane Okafor, CIO",
            "start it now",
            "do it later, because …",
        ):
            assert driver.says(words), driver.text()
        for words in ("leadtui   Call block", "Dana", "(demo)", "calls 0/60", "? keys"):
            assert driver.says(words), driver.text()
        box = screen.query_one(".box").region
        assert abs(box.x - (size[0] - box.right)) <= 1
        assert abs(box.y - (size[1] - box.bottom)) <= 1
        assert screen.styles.background.a < 1


async def test_in_a_window_too_small_for_it_no_key_counts(desk):
    """20×5: that is said and nothing answers; with more room it asks again."""
    async with running(desk, (20, 5)) as driver:
        await driver.until(lambda: driver.queue.queue.ids)
        desk.clock.advance(minutes=1, seconds=30)
        rested(driver)
        driver.queue.remind()
        await driver.until(lambda: isinstance(driver.app.screen, DueScreen))
        screen = driver.app.screen
        await driver.press("enter", "t", "s")
        await driver.pilot.pause(0.4)
        assert driver.app.screen is screen
        assert driver.says("too small")
        assert desk.block.open_question() is None
        await driver.pilot.resize_terminal(60, 15)
        await due(driver)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))


async def test_one_at_a_time(desk):
    """Asked for again and again, it comes up once, and the next one only when it is answered and
    time has gone by."""
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=2)
        rested(driver)
        for _ in range(5):
            driver.queue.remind()
        await due(driver)
        driver.queue._last_key -= 600
        driver.queue.remind()
        await driver.pilot.pause(0.3)
        assert [type(screen) for screen in driver.app.screen_stack[1:]] == [DueScreen]


async def test_nothing_comes_up_in_a_call_or_while_something_is_typed(desk):
    """The panel of a call, the question, and the line in which one searches."""
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=2)

        async def quiet():
            top = driver.app.screen
            driver.queue._last_key -= 600
            driver.queue.remind()
            await driver.pilot.pause(0.3)
            assert driver.app.screen is top

        await driver.press("slash")
        await driver.until(lambda: driver.app.screen is not driver.queue)
        await driver.type("jan")
        await quiet()
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        driver.queue._rules = PopupRules(due=False)
        await driver.press("enter")
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        driver.queue._rules = None
        await quiet()
        await driver.press("1")
        await driver.armed()
        await quiet()


def test_every_dialog_is_dressed_as_one():
    """Textual takes the styles of the first base of each class only."""
    undressed = [
        each.__name__ for each in _below(DeskDialog) if "DeskDialog" not in each._css_type_names
    ]
    assert undressed == []


def _below(kind: type) -> list[type]:
    return [found for each in kind.__subclasses__() for found in (each, *_below(each))]


def test_the_wait_is_the_playbooks(desk):
    """The seconds stand in the playbook."""
    assert desk.popups.rules().settle == timedelta(seconds=2)
    assert desk.popups.rules().idle == timedelta(seconds=20)
