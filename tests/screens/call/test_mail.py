"""One-key e-mail: the finished message, sent and confirmed in one, or opened and asked about."""

from contextlib import asynccontextmanager
from dataclasses import replace

from leadtui.desk.desk import Desk
from leadtui.mail.transports import Draft
from leadtui.screens.call.mail_preview import MailScreen
from leadtui.screens.question.question import QuestionScreen
from leadtui.widgets.fields import BodyField
from tests.builders import a_lead, open_touch
from tests.screens.conftest import running


@asynccontextmanager
async def writing(desk: Desk):
    """An e-mail step is due, selected and opened with ``e``."""
    lead = a_lead(desk, "Pat Moor", email="pat@example.com", offer="contact-us")
    with desk.context.write() as unit:
        from sqlalchemy import text

        unit.session.execute(
            text(
                "UPDATE touch SET channel = 'email', call = 0, template = 'inquiry-missed' "
                "WHERE lead_id = "
                ":lead"
            ),
            {"lead": lead},
        )
        unit.log("test")
    touch = open_touch(desk, lead)
    async with running(desk) as driver:
        await driver.ready()
        await driver.until(lambda: touch.id in driver.queue.queue.ids)
        driver.queue.queue.select(touch.id)
        await driver.until(lambda: driver.queue.queue.selected_row is not None)
        await driver.press("e")
        await driver.until(lambda: not driver.app.screen.is_modal or driver.says("Out of turn"))
        if driver.app.screen.is_modal:
            await driver.press("1")
        await driver.until(
            lambda: isinstance(driver.app.screen, MailScreen) and driver.app.screen.preview
        )
        await driver.until(lambda: driver.app.screen.armed)
        yield driver, driver.app.screen


async def test_y_sends_and_confirms_in_one(desk: Desk):
    """With a transport that sends there is nothing left to ask."""
    async with writing(desk) as (driver, _screen):
        assert driver.says("pat@example.com")
        assert driver.says("Hello Pat")
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
        await driver.until(lambda: driver.says("e-mail sent"))
    assert desk.block.open_question() is None
    assert [line.state for line in desk.mail.outbox() if line.to == "pat@example.com"] == ["sent"]


async def test_a_draft_is_asked_about(desk: Desk):
    """Opened in the mail program: only the rep knows whether it was sent, so the question
    follows."""
    opened = []
    desk.mail._transport = lambda: Draft(desk.settings.folder / "outbox", opener=opened.append)
    async with writing(desk) as (driver, _screen):
        await driver.press("y")
        await driver.until(
            lambda: isinstance(driver.app.screen, QuestionScreen) and driver.app.screen.armed
        )
        assert driver.says("Did you press send?")
        assert driver.says("yes, I sent it")
        (file,) = opened
        assert file in driver.app.screen.question.drafted
        await driver.until(lambda: driver.says("Draft: "))
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)
    (words,) = (line.words for line in desk.mail.outbox(states=("sent",)) if line.path == file)
    assert words == "sent elsewhere, says the rep"


async def test_a_draft_beside_a_call_is_asked_about(desk: Desk):
    """Its file is named, and the outbox has what the rep says of it."""
    desk.mail._transport = lambda: Draft(desk.settings.folder / "outbox", opener=lambda _: None)
    (jane,) = desk.leads.find("Okafor")
    desk.leads.edit(jane.id, {"email": "jane@brightwater.example"})
    async with running(desk) as driver:
        await driver.ready()
        await driver.press("space", "e")
        await driver.until(
            lambda: isinstance(driver.app.screen, MailScreen) and driver.app.screen.preview
        )
        await driver.until(lambda: driver.app.screen.armed)
        await driver.press("y")
        await driver.until(lambda: driver.says("Did you press send?"))
        assert driver.says(".eml, opened in your mail program")
        await driver.press("n")
        await driver.until(lambda: driver.says("The e-mail was not sent"))
    (line,) = desk.mail.outbox(states=("cancelled",))
    assert line.words == "not sent, says a person"


async def test_leaving_the_message_asks(desk: Desk):
    """Esc does not forget that the step was started."""
    async with writing(desk) as (driver, _screen):
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, QuestionScreen))
        assert desk.block.open_question() is not None


async def test_it_can_be_edited_first(desk: Desk):
    """``E`` edits; y is a letter there; what is sent is what was edited."""
    async with writing(desk) as (driver, screen):
        await driver.press("E")
        await driver.until(lambda: isinstance(screen.focused, BodyField))
        await driver.type("yes ")
        await driver.press("escape")
        await driver.until(lambda: screen.focused is None)
        assert screen.preview.body.startswith("yes ")
        assert driver.says("yes Hello Pat")
        await driver.press("y")
        await driver.until(lambda: driver.app.screen is driver.queue)
    sent = [path.read_text() for path in desk.settings.folder.joinpath("sent").glob("*.eml")]
    assert sum("yes Hello Pat" in text for text in sent) == 1


async def test_a_message_that_lacks_something_does_not_leave(desk: Desk):
    """What the lead lacks is named, and y refuses."""
    async with writing(desk) as (driver, screen):
        screen._show(replace(screen.preview, missing=("company",)))
        await driver.press("y")
        await driver.until(lambda: driver.says("lacks: company"))
        assert driver.app.screen is screen


async def test_what_was_filled_in_is_marked(desk: Desk):
    """The parts that came from the lead are underlined."""
    async with writing(desk) as (_driver, screen):
        from leadtui.screens.call.mail_preview import marked

        content = marked(screen.preview)
        underlined = [
            content.plain[span.start : span.end]
            for span in content.spans
            if "underline" in str(span.style)
        ]
        assert underlined == [screen.preview.body[a:b] for a, b in screen.preview.filled]
        assert "Pat" in underlined


async def test_another_template_is_one_key_away(desk: Desk):
    """``]`` shows the next template that fits."""
    async with writing(desk) as (driver, screen):
        first = screen.preview.template
        await driver.press("right_square_bracket")
        await driver.until(lambda: screen.preview.template != first)
        await driver.press("left_square_bracket")
        await driver.until(lambda: screen.preview.template == first)


async def test_a_message_that_was_not_sent_needs_a_second_key(desk: Desk):
    """Esc and y confirm nothing: the question says that nothing was sent, and asks whether it was
    sent elsewhere."""
    async with writing(desk) as (driver, _screen):
        await driver.press("escape")
        question = await driver.armed()
        await driver.until(lambda: driver.says("Not sent through leadtui"))
        await driver.press("y")
        await driver.until(lambda: driver.says("yes, I sent it elsewhere"))
        assert desk.block.open_question() is not None
        await driver.until(lambda: question.armed)
        await driver.press("y")
        await driver.until(lambda: desk.block.open_question() is None)
    assert desk.supervise.show(event="action.confirmed", limit=1)
