"""The call block: what a rep sees first, and the way from the queue to an answer and back."""

import pytest

from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.parts.reasons import ReasonDialog
from leadtui.widgets.lines import Feedback
from tests.builders import a_lead, open_touch
from tests.conftest import share
from tests.screens.conftest import SIZES, running


@pytest.mark.parametrize("size", share(SIZES[::-1], 1))
async def test_the_queue_says_who_why_and_when(desk: Desk, size):
    """A promised callback stands on top, with its time and the person."""
    async with running(desk, size) as driver:
        await driver.ready()
        first = next(line for line in driver.text().splitlines() if "▸" in line)

        assert "callback 10:45" in first
        assert "Jane Okafor" in first
        assert driver.says("Due ")


async def test_next_lead_shows_number_local_time_and_gate(desk: Desk):
    """Beside the queue stands what is needed before the call."""
    async with running(desk) as driver:
        await driver.ready()

        await driver.until(lambda: driver.says("ask me Monday 10:45"))
        assert driver.says("+1 303 555 0142")
        assert driver.says("09:42 in Denver")


async def test_a_call_without_answer_takes_four_keys(desk: Desk):
    """Enter, d, 1, y: and the next lead is selected in the queue."""
    async with running(desk) as driver:
        await driver.ready()
        jane = driver.queue.queue.selected

        await driver.press("enter")
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        await driver.press("d")
        await driver.until(lambda: desk.block.open_question().dialed)
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
        await driver.until(lambda: driver.says("Jane Okafor: no answer"))
        await driver.until(lambda: jane not in driver.queue.queue.ids)

        assert desk.block.open_question() is None
        assert driver.queue.queue.cursor == 0
        assert desk.block.header().calls == 1


async def test_a_touch_out_of_turn_asks_why_with_one_key(desk: Desk):
    """Below the third offered a reason is asked; Esc starts nothing, a key starts the call."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("j", "j", "j", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, ReasonDialog))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
        assert desk.block.open_question() is None

        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, ReasonDialog))
        await driver.press("2")
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))
        await driver.until(lambda: desk.block.open_question() is not None)


async def test_what_is_open_is_asked_first(desk: Desk):
    """After a crash the question of before stands over the queue at once, with what was typed."""
    first = desk.block.first_page().ids[0]
    started = desk.block.start(first)
    desk.confirm.keep(started.question.id, "TALKED", note="wants a price")
    async with running(desk) as driver:
        question = await driver.armed()

        assert question.question.id == started.question.id
        assert driver.says("Talked, follow up")
        assert driver.says("wants a price")


async def test_the_selection_stays_with_its_lead(desk: Desk):
    """A new lead on top moves the others down, not the rep's choice."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("j", "j")
        chosen = driver.queue.queue.selected
        lead = a_lead(desk, "New Person", offer="contact-us", phone="+13125550199", region="IL")
        await driver.pilot.pause(0.8)
        driver.queue.look()
        touch = open_touch(desk, lead).id
        await driver.until(lambda: touch in driver.queue.queue.ids)

        assert driver.queue.queue.selected == chosen


async def test_an_empty_queue_says_what_to_do(desk: Desk):
    """Nothing due is no blank screen."""
    with desk.context.write() as unit:
        from sqlalchemy import text

        unit.session.execute(text("UPDATE touch SET state = 'cancelled'"))
        unit.log("test")
    async with running(desk) as driver:
        await driver.until(lambda: driver.says("Nothing is due."))
        assert driver.says("take an inbound call")


async def test_deferring_takes_a_time_and_a_reason(desk: Desk):
    """``s``, when, why: the touch is due then."""
    async with running(desk) as driver:
        await driver.ready()
        touch = driver.queue.queue.selected
        await driver.press("s")
        await driver.type("tomorrow 3pm")
        await driver.press("enter")
        await driver.until(lambda: driver.says("I need to prepare"))
        await driver.press("2")
        await driver.until(lambda: driver.says("Deferred: call Jane Okafor"))

        row = desk.block.rows([touch])[0]
        assert (row.due - desk.now()).days == 1


async def test_find_goes_to_a_touch(desk: Desk):
    """``/`` finds by name, and Enter selects it in the queue."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("slash")
        await driver.type("raman")
        await driver.until(lambda: driver.says("1 found"))
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is driver.queue)
        await driver.until(lambda: driver.queue.queue.selected_row.name == "Priya Raman")


async def test_why_shows_the_arithmetic(desk: Desk):
    """``i`` shows every term of the rank and their sum."""
    async with running(desk) as driver:
        await driver.ready()
        rank = desk.block.explain(driver.queue.queue.selected)
        await driver.press("i")
        await driver.until(lambda: driver.says(f"{rank.priority:,.2f}"))

        for part in rank.parts:
            assert driver.says(part.term)


async def test_a_note_is_kept(desk: Desk):
    """``m`` writes a note about the selected lead; letters are text there."""
    async with running(desk) as driver:
        await driver.ready()
        lead = driver.queue.queue.selected_row.lead_id
        await driver.press("m")
        await driver.type("jazz fan q")
        await driver.press("enter")
        await driver.until(lambda: driver.says("Noted: Jane Okafor"))

        assert desk.block.history(lead)[0].words == "jazz fan q"


async def test_help_lists_the_keys(desk: Desk):
    """``?`` shows every key of the screen, and Esc closes it."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("question_mark")
        await driver.until(lambda: driver.says("Start the selected touch"))
        assert driver.says("Find a touch by name")
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)


async def test_keys_can_be_remapped(desk: Desk):
    """A binding's id is enough to move it to another key."""
    async with running(desk, keymap={"queue.why": "w"}) as driver:
        await driver.ready()
        await driver.press("w")
        await driver.until(lambda: driver.says("Why does Jane Okafor stand here?"))


async def test_the_next_pane_ticks(desk: Desk):
    """What is said of the lead under the cursor is true now, though no key was pressed."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.until(lambda: driver.says("09:42 in Denver"))
        driver.queue.remind = lambda: None
        desk.clock.advance(minutes=2)
        driver.queue.look()
        await driver.until(lambda: driver.says("09:44 in Denver"), patience=8)


async def test_what_was_said_ages(desk: Desk):
    """What was done is not told as if it were now: it says how long ago that was."""
    async with running(desk) as driver:
        await driver.ready()
        driver.queue.say("No answer")
        line = driver.queue.query_one(Feedback)
        line.age()
        await driver.until(lambda: driver.says("✓ No answer"))
        assert not driver.says("ago")
        line.since -= 180
        line.age()
        await driver.until(lambda: driver.says("✓ No answer 3 min ago"), patience=5)
