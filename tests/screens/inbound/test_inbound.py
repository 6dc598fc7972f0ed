"""``a`` from anywhere: who calls is found by any form of a number, or added in a short form;
nothing is lost by it."""

import threading

import pytest

from leadtui.desk.desk import Desk
from leadtui.screens.call.call import CallScreen
from leadtui.screens.inbound.caller import CallerScreen
from leadtui.screens.inbound.inbound import InboundScreen
from leadtui.screens.parts.help import HelpScreen
from leadtui.screens.parts.note import NoteScreen
from leadtui.screens.parts.reasons import ReasonDialog
from leadtui.screens.parts.themes import DARK, LIGHT
from leadtui.screens.queue.find import FindScreen
from leadtui.screens.queue.held import HeldScreen
from leadtui.screens.queue.why import WhyScreen
from tests.builders import a_lead
from tests.conftest import share
from tests.screens.conftest import SIZES, Driver, looks_the_same, picture_id, running
from tests.screens.test_hostile import ATTACKS, looked_at


def on(driver: Driver, screen: type):
    return lambda: isinstance(driver.app.screen, screen) and driver.app.screen.is_current


async def who_calls(driver: Driver) -> None:
    """``a``, and the field is there."""
    await driver.press("a")
    await driver.until(on(driver, InboundScreen))
    await driver.until(lambda: driver.app.screen.focused is not None)


async def looked_for(driver: Driver, words: str) -> None:
    """Words are typed, and what they find is shown."""
    await driver.type(words)
    await driver.until(lambda: driver.app.screen.looked_for == words)


async def somebody_new(driver: Driver, words: str = "Zoe Lund") -> CallerScreen:
    """The form, from the list of who calls."""
    await looked_for(driver, words)
    await driver.press("tab")
    await driver.until(on(driver, CallerScreen))
    await driver.until(lambda: driver.app.screen.query_one("#offer").value)
    screen = driver.app.screen
    assert isinstance(screen, CallerScreen)
    return screen


def known(desk: Desk, words: str) -> list[str]:
    from leadtui.desk.intake.callers import find_callers

    return [lead.name for lead in find_callers(desk.context, words)]


@pytest.mark.parametrize(
    "words",
    ["617-555-0121", "(617) 555 0121", "001 617 555 0121", "raman", "northgate", "+16175550121"],
)
def test_a_caller_is_found_by_any_form(desk: Desk, words):
    """A number as the telephone shows it, a name, a company."""
    assert known(desk, words) == ["Priya Raman"]


async def test_somebody_new_is_added_and_the_call_starts(desk: Desk):
    """A number that nobody has: Enter, a name, Enter, Enter."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await looked_for(driver, "303 555 0177")
        assert driver.says("Nobody matches.")
        await driver.press("enter")
        await driver.until(on(driver, CallerScreen))
        assert driver.app.screen.query_one("#phone").value == "303 555 0177"
        await driver.type("Zoe Lund")
        await driver.until(lambda: driver.app.screen.query_one("#offer").value == "phone")
        await driver.press("enter")
        await driver.until(lambda: driver.says("take the call"))
        await driver.press("enter")
        await driver.until(lambda: on(driver, CallScreen)() and driver.app.screen.panel)
        assert driver.says("Inbound call")
        assert driver.says("Zoe Lund")

    question = desk.block.open_question()
    assert question is not None
    assert question.inbound
    lead = desk.block.lead(question.touch.lead_id)
    assert [phone.number for phone in lead.phones] == ["+13035550177"]
    assert lead.responses[0].startswith("Inbound call")


async def test_a_lead_can_only_be_added(desk: Desk):
    """``o``: no call, and it is said."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await somebody_new(driver)
        await driver.press("down", "down")  # from the company to the e-mail
        await driver.type("zoe@ondal.example")
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen.focused is None)
        await driver.press("o")
        await driver.until(lambda: driver.says("Zoe Lund was added."))
        assert driver.app.screen is driver.queue
    assert desk.block.open_question() is None
    assert known(desk, "ondal") == ["Zoe Lund"]


async def test_letters_in_the_form_are_letters(desk: Desk):
    """Neither ``o`` nor ``a`` nor a digit does anything but stand there."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        screen = await somebody_new(driver, "q")
        await driver.press("tab", "shift+tab", "shift+tab")
        await driver.until(lambda: screen.focused is not None and screen.focused.id == "name")
        await driver.type("oa1yd?")
        assert screen.query_one("#name").value == "qoa1yd?"
        assert driver.app.screen is screen


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk: Desk):
    """The words of ``lead add``; after going back the form is as it was."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await somebody_new(driver)
        await driver.press("enter", "enter")
        await driver.until(lambda: driver.says("This is no lead: neither an e-mail address"))
        await driver.press("escape")
        await driver.until(on(driver, InboundScreen))
        assert driver.app.screen.words == "Zoe Lund"
        await driver.press("tab")
        await driver.until(on(driver, CallerScreen))
        assert driver.app.screen.query_one("#name").value == "Zoe Lund"
        await driver.press("escape", "escape")
        await driver.until(on(driver, InboundScreen))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is driver.queue)
    assert known(desk, "zoe") == []
    assert desk.block.open_question() is None


@pytest.mark.parametrize(
    ("field", "wrong", "right"),
    [("phone", "303 555", "+1 303 555 0191"), ("email", "zoe@lund", "zoe@lund.example")],
)
async def test_a_bad_number_or_address_is_refused_where_it_stands(desk: Desk, field, wrong, right):
    """Nobody is made without it: the cursor is back in the field, and mended it is kept."""
    good = {"phone": "+1 303 555 0190", "email": "zoe.lund@example.com"}
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        screen = await somebody_new(driver)
        for name, said in {**good, field: wrong}.items():
            screen.query_one(f"#{name}").value = said
        await driver.press("escape")
        await driver.until(lambda: screen.focused is None)
        await driver.press("o")
        await driver.until(lambda: driver.says(f"'{wrong}'"))
        await driver.until(lambda: screen.focused is screen.query_one(f"#{field}"))
        assert known(desk, "zoe") == []
        screen.focused.value = right
        await driver.press("enter", "o")
        await driver.until(lambda: known(desk, "zoe") == ["Zoe Lund"])


async def test_whoever_looks_like_a_lead_is_shown_that_lead(desk: Desk):
    """Nearly the same name and company: nobody is added, and the call is one Enter away."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await somebody_new(driver, "Priya Ramann")  # the first field that is empty is the company
        await driver.type("Northgate Foods")
        await driver.press("enter", "enter")
        await driver.until(lambda: driver.says("It looks like this lead"))
        assert on(driver, InboundScreen)()
        assert [lead.name for lead in driver.app.screen.found] == ["Priya Raman"]
    assert known(desk, "ramann") == []


async def test_nobody_takes_a_call_that_was_not_shown(desk: Desk):
    """Enter before the list has followed the words only looks."""
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await looked_for(driver, "raman")
        screen = driver.app.screen
        await driver.type(" zzz")
        await driver.press("enter")
        await driver.until(lambda: screen.looked_for == "raman zzz")
        assert driver.app.screen is screen
        assert driver.says("Nobody matches.")
    assert desk.block.open_question() is None


async def over_the_queue(driver: Driver, desk: Desk) -> None:
    """Nothing but the queue."""


async def over_held(driver: Driver, desk: Desk) -> None:
    """The held list."""
    await driver.press("h")
    await driver.until(on(driver, HeldScreen))


async def over_keys(driver: Driver, desk: Desk) -> None:
    """The help."""
    await driver.press("question_mark")
    await driver.until(on(driver, HelpScreen))


async def over_why(driver: Driver, desk: Desk) -> None:
    """Why a touch stands there."""
    await driver.press("i")
    await driver.until(on(driver, WhyScreen))


async def over_a_reason(driver: Driver, desk: Desk) -> None:
    """A reason for taking a touch out of turn."""
    await driver.press("G", "enter")
    await driver.until(on(driver, ReasonDialog))


async def over_a_call(driver: Driver, desk: Desk) -> None:
    """The call panel."""
    await driver.press("enter")
    await driver.until(lambda: on(driver, CallScreen)() and driver.app.screen.panel)


async def over_a_question(driver: Driver, desk: Desk) -> None:
    """The question."""
    await over_a_call(driver, desk)
    await driver.press("1")
    await driver.armed()


PLACES = [over_the_queue, over_held, over_keys, over_why, over_a_reason, over_a_call]
PLACES += [over_a_question]


@pytest.mark.parametrize("place", share(PLACES, 2))
async def test_a_works_from_everywhere(desk: Desk, place):
    """The call is taken above whatever was there, and afterwards that is there again."""
    async with running(desk) as driver:
        await driver.ready()
        await place(driver, desk)
        before = driver.app.screen
        await who_calls(driver)
        await looked_for(driver, "raman")
        await driver.press("enter")
        await driver.until(lambda: on(driver, CallScreen)() and driver.app.screen.panel)
        assert desk.block.open_question().inbound
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is before)


async def test_the_very_lead_that_is_asked_about_may_call(desk: Desk):
    """They call back while their question is open: the inbound call is answered first, then the
    question."""
    async with running(desk) as driver:
        await driver.ready()
        await over_a_question(driver, desk)
        before = driver.app.screen
        await who_calls(driver)
        await looked_for(driver, "okafor")
        await driver.press("enter")
        await driver.until(lambda: on(driver, CallScreen)() and driver.app.screen.panel)
        assert driver.says("Inbound call   Jane Okafor")
        await driver.press("1")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is before and before.armed)
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
    assert desk.block.open_question() is None


async def test_nothing_comes_up_over_who_calls(desk: Desk):
    """A pop-up that was on its way when ``a`` was pressed waits: its Enter is not the caller's."""
    asked = threading.Event()
    go_on = threading.Event()
    still_open = desk.popups.still_open

    def slowly(touch_id: int) -> bool:
        asked.set()
        go_on.wait(20)
        return still_open(touch_id)

    desk.popups.still_open = slowly
    async with running(desk) as driver:
        await driver.ready()
        desk.clock.advance(minutes=5)
        driver.queue.remind()
        await driver.until(asked.is_set)
        await who_calls(driver)
        go_on.set()
        await driver.until(lambda: not driver.queue._reminding)
        assert on(driver, InboundScreen)()
        driver.queue.remind()
        await driver.until(lambda: not driver.queue._reminding)
        assert on(driver, InboundScreen)()


async def test_hostile_names_are_text_here_too(desk: Desk):
    """In the list of who calls, and in the form where they may have been pasted."""
    for place, attack in enumerate(ATTACKS.values()):
        a_lead(
            desk,
            f"{attack} zq{place}",
            title=attack,
            company=attack,
            phone="",
            email=f"{place}@zq.example",
        )
    async with running(desk) as driver:
        await driver.ready()
        await who_calls(driver)
        await looked_for(driver, "zq")
        for _ in range(len(ATTACKS)):
            looked_at(driver)
            await driver.press("down")
        for attack in ATTACKS.values():
            screen = CallerScreen(desk, {"name": attack, "company": attack, "source": attack})
            driver.app.push_screen(screen)
            await driver.until(
                lambda screen=screen: driver.app.screen is screen and screen.focused is not None
            )
            await driver.pilot.pause(0.05)
            looked_at(driver)
            driver.app.pop_screen()
            await driver.until(on(driver, InboundScreen))


@pytest.mark.parametrize("kind", [NoteScreen, FindScreen])
async def test_a_in_a_field_is_a_letter(desk: Desk, kind):
    """Where something is typed no call comes in by itself."""
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("m" if kind is NoteScreen else "slash")
        await driver.until(lambda: on(driver, kind)() and driver.app.screen.focused is not None)
        await driver.type("ana")
        await driver.until(lambda: driver.app.screen.focused.value == "ana")
        assert on(driver, kind)()


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_is_whole_at_every_size(desk: Desk, size):
    """Every field, what is wrong, and the keys."""
    async with running(desk, size) as driver:
        await driver.ready()
        await who_calls(driver)
        assert driver.says("+ somebody new")
        await somebody_new(driver)
        for words in ("Name", "Company", "Number", "E-mail", "Offer", "Source", "⏎ done"):
            assert driver.says(words)
        await driver.press("enter", "enter")
        await driver.until(lambda: driver.says("This is no lead"))
        for words in ("Name", "Source", "take the call", "only add", "esc back"):
            assert driver.says(words), words


async def form(driver: Driver) -> None:
    """The form over an open question."""
    await driver.ready()
    await over_a_question(driver, driver.app.desk)
    await who_calls(driver)
    await somebody_new(driver, "303 555 0177")
    await driver.type("Zoe Lund")


async def matches(driver: Driver) -> None:
    """Who calls, with more than one match."""
    await driver.ready()
    await who_calls(driver)
    await looked_for(driver, "an")


@pytest.mark.parametrize(
    ("scene", "size", "theme"),
    [
        (form, (120, 36), DARK),
        (form, (60, 15), LIGHT),
        (matches, (80, 24), LIGHT),
        (matches, (60, 15), DARK),
    ],
    ids=picture_id,
)
def test_picture(snap_compare, desk: Desk, scene, size, theme):
    """What is calm and aligned stays so."""
    assert looks_the_same(snap_compare, desk, scene, size, theme)
