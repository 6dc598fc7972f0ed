"""The question: nothing but an answer gets past it, and nothing typed ahead is one."""

from contextlib import asynccontextmanager
from threading import Event

import pytest
from textual import events

from leadtui.desk.answers.given import Given
from leadtui.desk.desk import Desk
from leadtui.errors import NotSaved
from leadtui.screens.call.call import CallScreen
from leadtui.screens.inbound.inbound import InboundScreen
from leadtui.screens.parts import arming
from leadtui.screens.question.question import QuestionScreen
from leadtui.widgets.fields import MemoField
from tests.conftest import share
from tests.screens.conftest import SIZES, Driver, running


@asynccontextmanager
async def on_the_call(desk: Desk, size=(120, 36)):
    """The first call of the queue is started and its panel is there."""
    async with running(desk, size) as driver:
        await driver.ready()
        await driver.press("enter")
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        yield driver


@asynccontextmanager
async def asked(desk: Desk, key: str = "1", size=(120, 36)):
    """The question of the first call stands armed."""
    async with on_the_call(desk, size) as driver:
        await driver.press(key)
        yield driver, await driver.armed()


async def still_open(driver: Driver, desk: Desk) -> None:
    """The obligation waits, and so does the question on the screen."""
    await driver.pilot.pause(0.05)
    assert desk.block.open_question() is not None
    assert driver.asked is not None


async def test_nothing_is_focused_when_it_opens(desk: Desk):
    """Neither *yes* nor a field has the focus."""
    async with asked(desk) as (driver, question):
        assert question.focused is None
        assert driver.says("Did you complete this action?")
        assert driver.says("Call Jane Okafor, +1 303 555 0142")
        assert driver.says("No answer")


async def test_a_key_typed_ahead_is_lost_and_starts_the_wait_again(desk: Desk, monkeypatch):
    """``1y`` in one go does not answer, however often y is repeated before the question is
    armed."""
    monkeypatch.setattr(arming, "WAIT", 3600)  # however slow the machine, no wait ends by itself
    async with on_the_call(desk) as driver:
        for key in ("1", "y", "y"):
            driver.app.post_message(events.Key(key, key))
        await driver.until(lambda: driver.asked is not None)
        question = driver.asked
        for _ in range(6):
            wait = question._arming
            driver.app.post_message(events.Key("y", "y"))
            await driver.until(lambda wait=wait: question._arming is not wait)
            assert not question.armed
        await still_open(driver, desk)

        monkeypatch.setattr(arming, "WAIT", 0.05)
        driver.app.post_message(events.Key("y", "y"))  # early too: the short wait begins with it
        await driver.armed()
        await still_open(driver, desk)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


async def test_what_is_typed_right_after_an_outcome_stands_in_its_field(desk: Desk):
    """No letter is lost while the question is put up, and none of them answers or starts
    something."""
    async with on_the_call(desk) as driver:
        for char in "5tomorrow 3pm":
            key = "space" if char == " " else char
            driver.app.post_message(events.Key(key, char))
        driver.app.post_message(events.Key("enter", "\r"))
        await driver.until(lambda: driver.asked and driver.asked.state.at)
        assert driver.asked.state.texts["at"] == "tomorrow 3pm"
        await still_open(driver, desk)


async def test_a_reason_pressed_right_after_its_outcome_is_chosen(desk: Desk):
    """A choice is no answer: it need not wait until it stands there."""
    async with on_the_call(desk) as driver:
        for char in "02":
            driver.app.post_message(events.Key(char, char))
        await driver.until(lambda: driver.asked and driver.asked.state.reason)
        assert driver.asked.state.reason == desk.block.reasons("not_interested")[1].code
        await still_open(driver, desk)


async def test_not_now_asks_until_when(desk: Desk):
    """The cursor stands in its date; Enter alone takes the playbook's, and y asks for it."""
    async with asked(desk, "9") as (driver, question):
        await driver.until(lambda: question.focused and question.focused.id == "at")
        await driver.press("escape", "y")
        await driver.until(lambda: question.focused and question.focused.id == "at")
        assert driver.says("Not now needs: when")
        await driver.type("15 jan 10am")
        await driver.until(lambda: driver.says("→ Fri 15 Jan 10:00 Denver, 11:00 yours"))
        for _ in range(len("15 jan 10am")):
            await driver.press("backspace")
        await driver.press("enter")
        await driver.until(lambda: question.state.at is not None)
        assert driver.says("enters not-now from Sun 21 Feb")
        await driver.until(lambda: question.focused is None and not question.reading)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


async def test_no_other_key_passes(desk: Desk):
    """Leaving, interrupting, the palette: none of them answers or passes."""
    async with asked(desk) as (driver, question):
        for key in (
            "escape",
            "ctrl+q",
            "ctrl+c",
            "ctrl+p",
            "q",
            "enter",
            "space",
            "question_mark",
            "f1",
            "1",
            "ctrl+z",
        ):
            await driver.press(key, key)
            await still_open(driver, desk)
            assert driver.app.screen is question, key
            assert driver.app.is_running, key


async def test_no_action_of_the_application_passes(desk: Desk):
    """Not even by name: what is not on the list is refused while the question stands."""
    async with asked(desk) as (driver, question):
        for action in (
            "leave",
            "quit",
            "command_palette",
            "pop_screen",
            "back",
            "switch_screen('x')",
            "suspend_process",
        ):
            assert not driver.app.check_action(action.partition("(")[0], ())
            await driver.app.run_action(action)
        assert driver.app.screen is question


async def test_the_mouse_does_not_pass(desk: Desk):
    """Clicks beside the question and on it change nothing."""
    async with asked(desk) as (driver, question):
        for spot in ((1, 1), (60, 18), (119, 35)):
            await driver.pilot.click(offset=spot)
        await still_open(driver, desk)
        assert driver.app.screen is question


async def test_a_paste_does_not_answer(desk: Desk):
    """Pasted text is thrown away, before and after the question is armed."""
    async with on_the_call(desk) as driver:
        await driver.press("1")
        driver.app.post_message(events.Paste("y"))
        await driver.armed()
        driver.app.post_message(events.Paste("yyy\ny"))
        await still_open(driver, desk)


async def test_letters_in_the_memo_are_text(desk: Desk):
    """Tab writes, Tab or Enter brings the answers back, and the memo goes with the answer; no
    answer is lit meanwhile."""
    async with asked(desk) as (driver, question):
        await driver.until(lambda: driver.says("● y"))
        await driver.press("tab")
        await driver.until(lambda: isinstance(question.focused, MemoField))
        await driver.until(lambda: driver.says("○ y"))
        await driver.type("nobody, yes")
        await still_open(driver, desk)
        await driver.press("enter")
        await driver.until(lambda: question.focused is None and driver.says("● y"))
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)

    lead = question.question.touch.lead_id
    assert "nobody, yes" in desk.block.history(lead)[0].words


async def test_no_needs_one_more_key_for_the_reason(desk: Desk, monkeypatch):
    """``n`` shows the reasons, armed anew; one key answers."""
    async with asked(desk) as (driver, question):
        usual = arming.WAIT
        monkeypatch.setattr(arming, "WAIT", 3600)  # keys of a busy machine are early too
        await driver.press("n")
        await driver.until(lambda: driver.says("Ran out of time"))
        monkeypatch.setattr(arming, "WAIT", usual)
        await driver.press("1")
        await still_open(driver, desk)
        await driver.until(lambda: question.armed)
        await driver.press("1")
        await driver.until(lambda: desk.block.open_question() is None)
        await driver.until(lambda: driver.says("Jane Okafor: not done"))


async def test_a_callback_asks_for_its_time_and_for_which_one(desk: Desk):
    """What the outcome requires is asked for; a time that may mean two is asked, never guessed."""
    async with asked(desk, "5") as (driver, question):
        await driver.until(lambda: question.focused is not None and question.focused.id == "at")
        await driver.until(lambda: driver.says("tomorrow 3pm, mon 10:30, in 2 hours"))
        await driver.type("tomorrow")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Which one do you mean?"))
        await driver.press("3")
        await driver.until(lambda: question.state.at is not None and driver.says("14:00 Denver"))
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


@pytest.mark.parametrize("leave", ["tab", "enter", "escape"])
async def test_a_time_is_shown_on_both_clocks_and_taken_however_it_is_left(desk: Desk, leave):
    """While it is typed one sees what it means; Tab, Enter and Esc take it."""
    async with asked(desk, "5") as (driver, question):
        await driver.until(lambda: question.focused is not None and question.focused.id == "at")
        await driver.type("thurs 3pm EST")
        await driver.until(lambda: driver.says("→ Thu 26 Nov 13:00 Denver, 14:00 yours"))
        await driver.until(lambda: driver.says("Thanksgiving"))
        assert question.state.at is None
        await driver.press(leave)
        await driver.until(lambda: question.state.at is not None)
        assert f"{question.state.at:%d %H:%M}" == "26 20:00"
        await driver.until(lambda: driver.says("Thu 26 Nov 13:00 Denver, still at the top"))


async def test_an_outcome_opens_its_first_required_field_once(desk: Desk):
    """The cursor stands in it as soon as keys count; one that requires nothing focuses nothing."""
    async with asked(desk, "r") as (driver, question):
        await driver.until(lambda: question.focused is not None)
        assert question.focused.id == "colleague"
        await driver.press("escape")
        await driver.until(lambda: question.focused is None)
        await driver.settled()
        assert question.focused is None
    desk.confirm.answer(question.question.id, Given("no", reason="opened_by_mistake"))
    async with asked(desk, "u") as (driver, question):
        await driver.until(lambda: question.stage == "reason")


async def test_a_time_that_cannot_be_read_stays_in_its_field(desk: Desk):
    """The message says how to write it, and what was typed is there to be mended."""
    async with asked(desk, "5") as (driver, question):
        await driver.until(lambda: question.focused is not None)
        await driver.type("whenever")
        await driver.press("enter")
        await driver.until(lambda: driver.says("is no time"))
        assert question.focused.value == "whenever"


async def test_talked_asks_what_happens_then_and_when(desk: Desk):
    """A next action and its date are required."""
    async with asked(desk, "6") as (driver, question):
        await driver.until(lambda: question.focused is not None)
        await driver.type("mon 10:30")
        await driver.press("enter")
        await driver.until(lambda: question.state.at is not None or question.stage == "when")
        if question.stage == "when":
            await driver.press("1")
        await driver.until(
            lambda: "at" not in question.state.missing() and question.focused is None
        )
        await driver.press("y")
        await driver.until(lambda: question.stage == "next" or question.focused is not None)
        if question.stage == "next":
            await driver.press("1")
        await driver.until(lambda: question.state.next_action.startswith("call"))


async def test_do_not_call_asks_whether_one_is_sure(desk: Desk, monkeypatch):
    """``D`` needs a second yes, and the second yes needs its own wait."""
    async with asked(desk, "D") as (driver, question):
        usual = arming.WAIT
        monkeypatch.setattr(arming, "WAIT", 3600)  # keys of a busy machine are early too
        await driver.press("y")
        await driver.until(lambda: driver.says("are you sure?"))
        monkeypatch.setattr(arming, "WAIT", usual)
        await driver.press("y")
        await still_open(driver, desk)
        await driver.until(lambda: question.armed)
        await driver.press("escape")
        await driver.until(lambda: question.stage == "ask")
        await driver.press("y")
        await driver.until(lambda: question.stage == "sure" and question.armed)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


async def test_the_outcome_can_be_changed(desk: Desk):
    """``o`` lists the outcomes, and one key takes another."""
    async with asked(desk) as (driver, question):
        await driver.press("o")
        await driver.until(lambda: driver.says("Hung up"))
        await driver.press("2")
        await driver.until(
            lambda: question.state.preview is not None and question.state.preview.outcome == "BUSY"
        )
        await driver.until(lambda: driver.says("Busy"))


async def test_what_cannot_be_saved_keeps_the_question(desk: Desk, monkeypatch):
    """A locked or full database: the modal, the outcome and the memo stay, and trying again
    works."""
    real = desk.confirm.answer

    def refuse(*args, **kwargs):
        raise NotSaved("not saved: the database is locked; try again")

    async with asked(desk) as (driver, _question):
        await driver.press("tab")
        await driver.type("keep me")
        await driver.press("tab")
        monkeypatch.setattr(desk.confirm, "answer", refuse)
        await driver.press("y")
        await driver.until(lambda: driver.says("not saved: the database is locked"))
        await still_open(driver, desk)
        assert driver.says("keep me")

        monkeypatch.setattr(desk.confirm, "answer", real)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


async def test_a_slow_database_does_not_stop_the_screen(desk: Desk, monkeypatch):
    """While an answer waits for a lock the application goes on, and a second y is lost."""
    calls, free = [], Event()
    real = desk.confirm.answer

    def slow(*args, **kwargs):
        calls.append(args)
        free.wait(60)
        return real(*args, **kwargs)

    async with asked(desk) as (driver, question):
        monkeypatch.setattr(desk.confirm, "answer", slow)
        await driver.press("y")
        await driver.until(lambda: driver.says("saving"))
        seconds = question.box.query_one("#what").visual
        await driver.until(lambda: question.box.query_one("#what").visual is not seconds)
        await driver.press("y", "n")
        free.set()
        await driver.until(lambda: desk.block.open_question() is None)
        assert len(calls) == 1


async def test_it_comes_back_when_there_is_room(desk: Desk):
    """In a window that is too small no key counts; the question is there again, armed anew, when it
    grows."""
    async with asked(desk) as (driver, question):
        await driver.pilot.resize_terminal(40, 10)
        await driver.until(lambda: driver.says("too small"))
        await driver.press("y", "y")
        await still_open(driver, desk)
        assert not question.armed

        await driver.pilot.resize_terminal(80, 24)
        await driver.armed()
        assert driver.says("Did you complete this action?")


async def test_a_ringing_phone_is_never_locked_out(desk: Desk):
    """``a`` takes an inbound call over the open question; both are answered afterwards."""
    async with asked(desk) as (driver, first):
        await driver.press("a")
        await driver.until(lambda: isinstance(driver.app.screen, InboundScreen))
        await driver.type("raman")
        await driver.until(lambda: driver.says("1 found"))
        await driver.press("enter")
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        assert driver.says("Inbound call")
        await driver.press("1")
        second = await driver.armed()
        assert second is not first
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is first)
        await driver.until(lambda: first.armed)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)
        await driver.until(lambda: driver.app.screen is driver.queue)


async def test_outcome_and_memo_survive_a_kill(desk: Desk):
    """What was chosen and typed stands in the question of the next start."""
    async with asked(desk, "5") as (driver, question):
        await driver.until(lambda: question.focused is not None)
        await driver.press("tab")
        await driver.until(lambda: isinstance(question.focused, MemoField))
        await driver.type("ask for Bob")
        await driver.press("tab")
        await driver.until(lambda: desk.block.open_question().draft.get("note") == "ask for Bob")
    async with running(desk) as driver:
        await driver.armed()
        assert driver.says("Call back at")
        assert driver.says("ask for Bob")


@pytest.mark.parametrize("key", share("D61", 1))
async def test_answers_and_message_are_visible_at_every_size(desk: Desk, key):
    """However small the window: what is asked, the answers and what it leads to can be read."""
    async with asked(desk, key, SIZES[0]) as (driver, _question):
        for size in SIZES:
            await driver.pilot.resize_terminal(*size)
            for words in ("Did you complete this action?", "yes, I did it", "Jane Okafor"):
                await driver.until(lambda words=words: driver.says(words))
            assert isinstance(driver.app.screen, QuestionScreen), size


TYPED = {
    "at": "tomorrow 3pm",
    "colleague": "Bob Lee",
    "colleague_phone": "+1 303 555 0188",
    "colleague_email": "bob@example.com",
    "gatekeeper": "Ms Park",
    "note": "said so",
}


@pytest.mark.parametrize("key", share("1234567890wlrhuDx", 4))
async def test_every_outcome_can_be_answered(desk: Desk, key):
    """Whatever an outcome requires is asked for, field by field, until ``y`` is the answer."""
    async with asked(desk, key) as (driver, question):
        await driver.settled()
        for _ in range(8):
            if question.focused is None and question.stage in {"ask", "sure"}:
                await driver.press("y")
            await driver.until(
                lambda: (
                    driver.asked is not question
                    or question.focused
                    or question.stage != "ask"
                    or question.saving
                )
            )
            await driver.until(lambda: driver.asked is not question or not question.saving)
            if driver.asked is not question:
                break
            if question.focused is not None:
                await driver.type(TYPED[question.focused.id])
                await driver.press("enter")
                await driver.until(lambda: question.focused is None)
                await driver.settled()
            elif question.stage == "sure":
                await driver.until(lambda: question.armed)
                continue
            if question.stage not in {"ask", "sure"}:
                await driver.press(question.options[0][0])
                await driver.until(lambda: question.stage == "ask")
                await driver.settled()
        await driver.until(lambda: desk.block.open_question() is None)
