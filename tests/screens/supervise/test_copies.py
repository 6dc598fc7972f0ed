"""Copies leave while the application runs: nobody types a command for them."""

from dataclasses import replace

from leadtui.desk.audit import copying
from leadtui.desk.audit.copies import standing
from leadtui.desk.desk import Desk
from tests.mail.servers import Answers, a_server
from tests.screens.conftest import running


async def test_a_confirmation_is_copied_by_itself(desk: Desk, monkeypatch):
    """From ``y`` in the question to the supervisor's mailbox; with the application the thread
    ends."""
    monkeypatch.setattr(copying, "FIRST", 0)
    monkeypatch.setattr(copying, "EVERY", 0.05)
    server = Answers()
    with a_server(server) as port:
        mail = replace(
            desk.settings.mail,
            copies="each",
            transport="smtp",
            host="127.0.0.1",
            port=port,
            tls="none",
        )
        desk.context.settings = replace(desk.settings, mail=mail)
        async with running(desk) as driver:
            await driver.ready()
            await driver.until(lambda: standing(desk.context)[0].upto)
            await driver.press("enter")
            await driver.until(lambda: driver.says("Script"))
            await driver.press("1")
            await driver.armed()
            await driver.press("y")
            await driver.until(lambda: server.got)
            thread = driver.app._copying._thread
        thread.join(10)
        assert not thread.is_alive()

    assert [message["Subject"] for message in server.messages] == [
        "Dana Reyes: call Jane Okafor · no answer"
    ]
