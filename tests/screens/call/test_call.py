"""The call panel: what to say, the gate before the dial, what is kept with the call."""

from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event

from leadtui.clock import FixedClock
from leadtui.desk.answers.given import Given
from leadtui.desk.core.views import CallPanel
from leadtui.desk.desk import Desk
from leadtui.desk.intake.files.options import ImportOptions
from leadtui.screens.call.call import CallScreen
from leadtui.screens.call.fit import FitScreen
from leadtui.screens.call.fix import FixScreen
from leadtui.screens.call.objections import ObjectionsScreen
from leadtui.screens.parts.reasons import AcknowledgeDialog, OverrideDialog
from leadtui.screens.question.question import QuestionScreen
from leadtui.store import leads
from leadtui.widgets import lead_card
from leadtui.widgets.fields import MemoField
from tests.builders import a_lead, open_touch
from tests.screens.conftest import running


@asynccontextmanager
async def calling(desk: Desk, lead: int | None = None, size=(120, 36)):
    """A call is started (the first of the queue, or one nobody planned) and its panel is there."""
    async with running(desk, size) as driver:
        await driver.ready()
        started = (
            desk.block.start(desk.block.first_page().ids[0])
            if lead is None
            else desk.block.start_call(lead)
        )
        driver.app.push_screen(CallScreen(desk, started.question))
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        yield driver, driver.app.screen


async def test_everything_for_the_call_is_on_one_screen(desk: Desk):
    """Number, local time, gate, company, history, script, fit questions and outcomes."""
    async with calling(desk) as (driver, _screen):
        for words in (
            "+1 303 555 0142",
            "09:42 in Denver",
            "may call",
            "Brightwater Mutual",
            "Call back at",
            "Script: ",
            "Hello Jane",
            "project?",
            "1 No answer",
            "D Do not call",
            "x Could not dial",
        ):
            await driver.until(lambda words=words: driver.says(words))


async def test_what_came_with_the_lead_is_on_the_panel(desk: Desk):
    """The booth note, the rating, the rival by name and a column that is no field of ours."""
    file = (
        b"Full Name,Email,Phone,Country,State,Rating,Scanned by,Notes,Also looking at?,Booth\n"
        b"Uma Reed,uma@reed.example,+1 303 555 0177,US,CO,warm,Ali Haddad,Mind the dog.,Twinsite,"
        b"Hall 4\n"
    )
    desk.intake.import_file(file, ImportOptions())
    lead = desk.leads.find("Uma Reed")[0].id
    for size in ((120, 36), (80, 24), (60, 15)):
        async with calling(desk, lead, size) as (driver, screen):
            await driver.until(lambda: driver.says("“Mind the dog.”"))
            said = lead_card.came_with(screen.panel.lead.came_with).plain
            for words in ("warm · scanned by Ali Haddad", "Also looking at? Twinsite"):
                assert words in said
            if size == (120, 36):
                assert driver.says("Booth: Hall 4")
                assert driver.says("Twinsite on entry")
        question = desk.block.open_question()
        desk.confirm.answer(question.id, Given("no", reason="opened_by_mistake"))


async def test_keys_pressed_while_the_panel_is_read_are_kept(desk: Desk):
    """``d`` within a quarter of a second dials, and the outcome after it is asked about."""
    read, typed = desk.block.panel, Event()

    def slowly(question: int) -> CallPanel:
        typed.wait(60)
        return read(question)

    desk.block.panel = slowly
    async with running(desk) as driver:
        await driver.ready()
        started = desk.block.start(desk.block.first_page().ids[0])
        driver.app.push_screen(CallScreen(desk, started.question))
        await driver.until(lambda: isinstance(driver.app.screen, CallScreen))
        assert driver.app.screen.panel is None
        await driver.press("d", "1")
        assert not driver.says("There is no number to dial")
        typed.set()
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))
        await driver.until(lambda: desk.block.open_question().dialed)
        assert driver.app.screen.state.outcome == "NO_ANSWER"


async def test_a_data_fix_is_done_by_fixing(desk: Desk):
    """Its title, a key for name, number and e-mail; a bad number is refused, a good one is the
    lead's, and the question follows."""
    lead = a_lead(desk, "Ina Falk", phone="", email="ina@falk.example")
    touch = open_touch(desk, lead)
    assert touch.kind == "data_fix", touch
    async with running(desk) as driver:
        await driver.ready()
        started = desk.block.start(touch.id, out_of_turn="lead_is_calling")
        driver.app.push_screen(CallScreen(desk, started.question))
        await driver.until(lambda: driver.says(touch.title) and driver.app.screen.panel)
        await driver.press("n")
        await driver.until(lambda: isinstance(driver.app.screen, FixScreen))
        form = driver.app.screen
        await driver.until(lambda: form.focused is form.query_one("#phone"))
        await driver.type("303 555")
        await driver.press("enter")
        await driver.until(lambda: form.focused is None)
        await driver.press("enter")
        await driver.until(lambda: driver.says("303 555"))
        await driver.until(lambda: form.focused is form.query_one("#phone"))
        form.focused.value = "+1 303 555 0166"
        await driver.press("enter")
        await driver.until(lambda: form.focused is None)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))
    assert [phone.number for phone in desk.block.lead(lead).phones] == ["+13035550166"]


async def test_a_branch_opens_with_its_letter_and_is_kept(desk: Desk):
    """``A`` shows what to say then; the branches spoken go with the answer."""
    async with calling(desk) as (driver, screen):
        letter, says, answer = screen.panel.script.branches[0]
        await driver.press(letter)
        await driver.until(lambda: driver.says(f"▸ ⇧{letter} {says}"))
        assert driver.says(answer.split("\n")[0][:25])
        await driver.press("B", "1")
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))

        assert driver.app.screen.state.branches == ("A", "B")


async def test_a_dial_that_is_clear_needs_no_more_than_its_key(desk: Desk):
    """``d`` puts the dial on record and says what happened."""
    async with calling(desk) as (driver, _screen):
        await driver.press("d")
        await driver.until(lambda: desk.block.open_question().dialed)
        await driver.until(lambda: driver.says("for you to dial"))


async def test_a_warning_is_acknowledged_before_the_dial(desk: Desk):
    """Outside preferred hours Enter dials, Esc does not."""
    clock: FixedClock = desk.context.clock
    lead = a_lead(desk, "Early Bird", phone="+12065550177", region="WA")
    clock.at -= timedelta(minutes=32)  # 08:10 in Seattle: legal, not preferred
    async with calling(desk, lead) as (driver, screen):
        await driver.press("d")
        await driver.until(lambda: isinstance(driver.app.screen, AcknowledgeDialog))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen)
        assert not desk.block.open_question().dialed

        await driver.press("d")
        await driver.until(lambda: isinstance(driver.app.screen, AcknowledgeDialog))
        await driver.press("enter")
        await driver.until(lambda: desk.block.open_question().dialed)


async def test_a_block_needs_a_code_and_a_reason(desk: Desk):
    """Outside legal hours the call takes a code by key and ten characters of reason; from when on
    it would be allowed stands in the lowest window too."""
    lead = a_lead(desk, "Kenji Mori", phone="+81312345678", country="JP", region="")
    async with calling(desk, lead, (60, 15)) as (driver, _screen):
        await driver.press("d")
        await driver.until(lambda: isinstance(driver.app.screen, OverrideDialog))
        await driver.until(lambda: driver.says("Allowed again Tue 24 Nov"))
        dialog = driver.app.screen
        await driver.press(dialog.codes[0].key)
        await driver.type("short")
        await driver.press("enter")
        await driver.until(lambda: driver.says("ten characters or more."))
        assert not desk.block.open_question().dialed

        await driver.type("er than it was")
        await driver.press("enter")
        await driver.until(lambda: desk.block.open_question().dialed)


async def test_another_number_is_one_key_away(desk: Desk):
    """``]`` shows the next number, ``[`` the one before, and ``c`` copies the one shown."""
    lead = a_lead(desk, "Two Phones", phone="+13035550111")
    with desk.context.write() as unit:
        from leadtui.store.engine.tables import Phone

        unit.session.add(
            Phone(lead_id=lead, number="+13035550222", kind="mobile", created_at=unit.now)
        )
        unit.log("test")
    async with calling(desk, lead) as (driver, _screen):
        assert driver.says("+1 303 555 0111")
        await driver.press("right_square_bracket")
        await driver.until(lambda: driver.says("+1 303 555 0222"))
        await driver.press("c")
        await driver.until(lambda: driver.app.clipboard == "+13035550222")
        await driver.press("left_square_bracket")
        await driver.until(lambda: driver.says("+1 303 555 0111"))


async def test_fit_questions_take_one_key_each(desk: Desk):
    """``f`` asks what is not known yet; the answer stands on the panel at once."""
    async with calling(desk) as (driver, screen):
        await driver.press("f")
        await driver.until(lambda: isinstance(driver.app.screen, FitScreen))
        await driver.press("1")
        await driver.until(lambda: driver.app.screen.place == 1)
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen and screen.panel.lead.fit[0].answer)


async def test_a_rival_has_a_name_and_enter_says_that_the_form_is_right(desk: Desk):
    """The cursor goes where the name is typed; what a form said is a rep's answer then."""
    lead = a_lead(desk, "Ina Falk", email="ina@falk.example")
    with desk.context.write() as unit:
        row = leads.lead(unit.session, lead)
        row.qualification = {
            "project": {"answer": "yes", "source": "form", "said": "ja", "at": "", "by": ""}
        }
        unit.log("test")
    async with calling(desk, lead) as (driver, _):
        await driver.press("f")
        await driver.until(lambda: isinstance(driver.app.screen, FitScreen))
        fit = driver.app.screen
        fit.place = 3
        await driver.press("1")
        await driver.until(lambda: fit.takes_text)
        await driver.press(*"Acme", "enter")
        await driver.until(lambda: fit.questions[3].said == "Acme")
        fit.place = 0
        await driver.press("enter")
        await driver.until(lambda: fit.questions[0].source == "rep")


async def test_an_objection_met_is_kept_with_the_call(desk: Desk):
    """``o`` shows what to say; Enter marks what they said."""
    async with calling(desk) as (driver, screen):
        title, answer = screen.panel.objections[1]
        await driver.press("o")
        await driver.until(lambda: isinstance(driver.app.screen, ObjectionsScreen))
        await driver.press("j", "enter")
        assert driver.says(answer.split("\n")[0][:30])
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen)
        await driver.until(lambda: screen.state.objections == (title,))


async def test_the_memo_goes_into_the_question(desk: Desk):
    """``m`` writes; outcome keys are letters there; what was written is in the question and
    kept."""
    async with calling(desk) as (driver, screen):
        await driver.press("m")
        await driver.until(lambda: isinstance(screen.focused, MemoField))
        await driver.type("h wants 12 D")
        assert driver.app.screen is screen
        await driver.press("escape")
        await driver.until(lambda: screen.focused is None)
        await driver.until(lambda: desk.block.open_question().draft.get("note") == "h wants 12 D")
        await driver.press("1")
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))
        await driver.until(lambda: driver.says("h wants 12 D"))


async def test_leaving_the_call_asks(desk: Desk):
    """``q`` and ctrl+q do not leave a started call: they ask what came of it."""
    async with calling(desk) as (driver, _screen):
        await driver.press("ctrl+q")
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))
        await driver.until(lambda: driver.app.screen.armed)
        assert driver.says("not chosen yet")
        await driver.press("y")
        await driver.until(lambda: driver.says("Choose the outcome first"))
        assert desk.block.open_question() is not None


async def test_what_is_no_call_has_no_dial(desk: Desk):
    """A task is finished with Enter; the keys of a call do nothing."""
    lead = a_lead(desk, "Task Owner")
    with desk.context.write() as unit:
        from sqlalchemy import text

        unit.session.execute(
            text("UPDATE touch SET channel = 'task', call = 0 WHERE lead_id = :lead"),
            {"lead": lead},
        )
        unit.log("test")
    async with running(desk) as driver:
        await driver.ready()
        started = desk.block.start(open_touch(desk, lead).id, out_of_turn="lead_is_calling")
        driver.app.push_screen(CallScreen(desk, started.question))
        await driver.until(
            lambda: isinstance(driver.app.screen, CallScreen) and driver.app.screen.panel
        )
        await driver.press("d", "1")
        assert isinstance(driver.app.screen, CallScreen)
        await driver.press("enter")
        await driver.armed()
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)


async def test_the_outcome_is_kept_with_its_key(desk: Desk):
    """Before the question is answered the outcome stands in the database."""
    async with calling(desk) as (driver, _screen):
        await driver.press("3")
        await driver.until(lambda: desk.block.open_question().outcome == "VOICEMAIL")
        assert (await driver.armed()).state.outcome == "VOICEMAIL"


async def test_a_memo_that_is_being_typed_is_kept(desk: Desk):
    """On the panel and in the question, without leaving the field."""
    async with calling(desk) as (driver, _screen):
        await driver.press("m")
        await driver.type("left with clerk")
        await driver.until(
            lambda: desk.block.open_question().draft.get("note") == "left with clerk"
        )
        await driver.press("escape", "1")
        await driver.armed()
        await driver.press("tab")
        await driver.until(lambda: isinstance(driver.app.screen.focused, MemoField))
        await driver.press("end")
        await driver.type(" Ada")
        await driver.until(
            lambda: desk.block.open_question().draft["note"] == "left with clerk Ada"
        )
        assert desk.block.open_question().outcome == "NO_ANSWER"
        assert isinstance(driver.app.screen.focused, MemoField)


def test_no_outcome_may_claim_a_key_of_the_screens():
    """What the call panel and the question do by one key is what a playbook is refused."""
    from leadtui.app import LeadtuiApp
    from leadtui.cadence.reading._answers import SCREEN_KEYS
    from leadtui.screens.call import call_keys
    from leadtui.screens.question.question import QuestionScreen

    names = {"question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]"}
    bindings = [*LeadtuiApp.BINDINGS, *call_keys.BINDINGS, *QuestionScreen.BINDINGS]
    keys = {names.get(key, key) for one in bindings for key in one.key.split(",")}
    assert {key for key in keys if len(key) == 1} <= SCREEN_KEYS
